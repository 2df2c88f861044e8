//go:build unix

package app

import (
	"fmt"
	"os"
	"strings"
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
		return nil, fmt.Errorf("%w (%s is locked); stop it or choose another with --data-dir", errLocked, path)
	}
	return f, nil
}

// lockIdentity tells one lock file on one running system from its copies; empty
// where the system doesn't say.
func lockIdentity(f *os.File) string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id") // Linux: new at every start, proc(5)
	if err != nil {
		return ""
	}
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	file, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %d:%d", strings.TrimSpace(string(boot)), file.Dev, file.Ino)
}
