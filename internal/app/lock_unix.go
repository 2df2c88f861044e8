//go:build unix

package app

import (
	"fmt"
	"os"
	"syscall"
)

// lockFolder takes the lock that a running program holds on its data folder.
// The system drops it when the process ends, however it ends.
func lockFolder(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another Prosa uses this data folder (%s is locked); stop it or choose another with --data-dir", path)
	}
	return f, nil
}
