package faults_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// volume is a small file system of its own, so that a full disk is a real one.
// Only root may mount; others run without that fault.
type volume struct {
	dir    string
	filler string
}

const volumeSize = "size=512m,mode=0755"

// mount makes a volume at a folder; nil when that is not allowed.
func mount(dir string) *volume {
	if syscall.Mount("prosa-faults", dir, "tmpfs", 0, volumeSize) != nil {
		return nil
	}
	return &volume{dir: dir, filler: filepath.Join(dir, "filler")}
}

// lessBuffer makes a socket's buffer for what arrives small.
func lessBuffer(fd uintptr) error {
	return syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
}

// fill leaves only a little room.
func (v *volume) fill(room int64) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(v.dir, &fs); err != nil {
		return err
	}
	f, err := os.Create(v.filler)
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	size := int64(fs.Bavail)*fs.Bsize - room
	if size > 0 {
		err = syscall.Fallocate(int(f.Fd()), 0, 0, size)
	}
	return errors.Join(err, f.Close())
}

func (v *volume) free() error {
	err := os.Remove(v.filler)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (v *volume) unmount() error { return syscall.Unmount(v.dir, syscall.MNT_DETACH) }
