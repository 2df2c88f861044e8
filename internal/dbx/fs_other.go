//go:build !linux

package dbx

// networkFileSystem is only known on Linux, where servers run.
func networkFileSystem(string) (kind string, network bool) { return "", false }
