//go:build !unix

package app

import (
	"fmt"
	"os"
)

// lockFolder opens the lock file; this system has no advisory locks for it.
func lockFolder(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return f, nil
}

// lockIdentity is empty: without locks a former process may still be alive.
func lockIdentity(*os.File) string { return "" }
