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

// fill leaves only a little room. The program writes meanwhile: where it took
// what was to be filled, the rest is measured again.
func (v *volume) fill(room int64) error {
	f, err := os.Create(v.filler)
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	for range 20 {
		if err = v.fillOnce(f, room); !errors.Is(err, syscall.ENOSPC) {
			break
		}
	}
	return errors.Join(err, f.Close())
}

func (v *volume) fillOnce(f *os.File, room int64) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(v.dir, &fs); err != nil {
		return err
	}
	if size := int64(fs.Bavail)*fs.Bsize - room; size > 0 {
		return syscall.Fallocate(int(f.Fd()), 0, 0, size)
	}
	return nil
}

func (v *volume) free() error {
	err := os.Remove(v.filler)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (v *volume) unmount() error { return syscall.Unmount(v.dir, syscall.MNT_DETACH) }
