//go:build !linux

package e2e_test

import "syscall"

// dieWithParent would tie a child's life to ours; here only the tests' own
// cleaning up does.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
