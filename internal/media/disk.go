// Package media keeps files on disk, finds out what they are, and serves them
// without danger to who opens them.
//
// A file lives under <dir>/<account>/<first two digits>/<sha256>, written to a
// temporary name, synced and renamed, so that a name always holds the whole
// file. The same bytes are kept once within an account and never shared
// between accounts. Which files are still wanted, the database knows.
package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

const tempDir = "tmp"

// Disk is a directory of files.
type Disk struct {
	dir string
	now func() time.Time
	// decode bounds how many images are decoded at once: each may take a few
	// hundred megabytes.
	decode chan struct{}
	// names is held shared while a file gets its name and exclusively while
	// one is removed, so that a file saved again is not swept away.
	names sync.RWMutex
}

// New opens the directory, making it if needed, and throws away what an
// earlier process left half-written.
func New(dir string, now func() time.Time) (*Disk, error) {
	temp := filepath.Join(dir, tempDir)
	if err := os.RemoveAll(temp); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	if err := os.MkdirAll(temp, 0o700); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	return &Disk{dir: dir, now: now, decode: make(chan struct{}, 1)}, nil
}

// Save stores a file of at most limit bytes and returns what it is: SHA256,
// Size, MIME (sniffed), Kind, and where it has them Width, Height, DurationMS
// and ThumbSHA. Refusals are a 422 media_too_large with "max", or media_empty.
// An error of the reader itself is returned as it is.
func (d *Disk) Save(ctx context.Context, account desk.ID, r io.Reader, limit int64) (desk.Media, error) {
	temp, err := d.create()
	if err != nil {
		return desk.Media{}, err
	}
	defer temp.discard()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(temp, sum), io.LimitReader(contextReader{ctx, r}, limit+1))
	switch {
	case err != nil:
		return desk.Media{}, err
	case n > limit:
		return desk.Media{}, desk.RefuseField("file", desk.CodeMediaTooLarge).With("max", limit)
	case n == 0:
		return desk.Media{}, desk.RefuseField("file", desk.CodeMediaEmpty)
	}
	m := desk.Media{AccountID: account, State: desk.MediaReady, SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
	thumb, err := d.inspect(ctx, temp.File, &m)
	if err != nil {
		return desk.Media{}, err
	}
	if err := d.keep(temp, account, m.SHA256); err != nil {
		return desk.Media{}, err
	}
	if len(thumb) > 0 {
		m.ThumbSHA, err = d.saveBytes(account, thumb)
	}
	return m, err
}

// IsFull reports whether the disk has no room: what it refused to take may be
// offered again.
func IsFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// saveBytes stores a small file of our own making.
func (d *Disk) saveBytes(account desk.ID, b []byte) (string, error) {
	temp, err := d.create()
	if err != nil {
		return "", err
	}
	defer temp.discard()
	if _, err := temp.Write(b); err != nil {
		return "", fmt.Errorf("media: %w", err)
	}
	sum := sha256.Sum256(b)
	sha := hex.EncodeToString(sum[:])
	return sha, d.keep(temp, account, sha)
}

// Open returns a stored file. A missing one is fs.ErrNotExist.
func (d *Disk) Open(account desk.ID, sha string) (io.ReadCloser, error) {
	return d.open(account, sha)
}

func (d *Disk) open(account desk.ID, sha string) (*os.File, error) {
	path, err := d.path(account, sha)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Remove deletes a file unless it was saved after the given time, and reports
// whether it is gone.
func (d *Disk) Remove(account desk.ID, sha string, savedBefore time.Time) (bool, error) {
	path, err := d.path(account, sha)
	if err != nil {
		return false, err
	}
	d.names.Lock()
	defer d.names.Unlock()
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, err
	case !info.ModTime().Before(savedBefore):
		return false, nil
	}
	return true, os.Remove(path)
}

// Old calls fn with batches of the account's files that were saved before the
// given time. fn may remove them.
func (d *Disk) Old(ctx context.Context, account desk.ID, savedBefore time.Time, fn func(shas []string) error) error {
	root := filepath.Join(d.dir, account.String())
	var batch []string
	err := filepath.WalkDir(root, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(savedBefore) || !isSHA(e.Name()) {
			return nil //nolint:nilerr // removed meanwhile
		}
		if batch = append(batch, e.Name()); len(batch) < sweepBatch {
			return nil
		}
		full := batch
		batch = nil
		return fn(full)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(batch) > 0 {
		err = fn(batch)
	}
	return err
}

const sweepBatch = 200

// path refuses anything but a hash, so that no name from outside leads
// elsewhere.
func (d *Disk) path(account desk.ID, sha string) (string, error) {
	if !isSHA(sha) || account <= 0 {
		return "", fs.ErrNotExist
	}
	return filepath.Join(d.dir, strconv.FormatInt(int64(account), 10), sha[:2], sha), nil
}

func isSHA(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// temporary is a file that has no name yet.
type temporary struct {
	*os.File
	kept bool
}

func (d *Disk) create() (*temporary, error) {
	f, err := os.CreateTemp(filepath.Join(d.dir, tempDir), "*")
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	return &temporary{File: f}, nil
}

// discard closes the file and, if it was not kept, removes it. What fails here
// is swept at the next start.
func (t *temporary) discard() {
	_ = t.Close()
	if !t.kept {
		_ = os.Remove(t.Name())
	}
}

// keep gives the file its name, replacing the same bytes if they are there:
// the file's time then says that it was wanted again.
func (d *Disk) keep(t *temporary, account desk.ID, sha string) error {
	path, err := d.path(account, sha)
	if err != nil {
		return fmt.Errorf("media: no place for %q of account %d", sha, account)
	}
	if err := t.Sync(); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	d.names.RLock()
	defer d.names.RUnlock()
	if err := os.Rename(t.Name(), path); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	t.kept = true
	return syncDir(dir)
}

// syncDir makes the new name survive a power cut.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// contextReader ends a copy when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
