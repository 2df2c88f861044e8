package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/store"
)

// place is where a program's data are: its folder, and on PostgreSQL the
// address of the database.
type place struct {
	db  dbx.Dialect
	dir string
	url string
}

func (p place) databasePath() string { return filepath.Join(p.dir, "prosa.db") }

// stage is a copy of the data on which one run works.
type stage struct {
	place
	d       *dataset
	company *company
	cluster *cluster // PostgreSQL's
}

func (s *stage) close() {
	if s.cluster != nil {
		s.cluster.stop()
	}
}

// library keeps built data, so that they are built once per generator, schema
// and size.
type library struct {
	dir  string // of the cache
	work string // of runs
	prog *program
}

// key names the data: what the generator makes and the schema it is kept in.
func (l *library) key(d *dataset) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, d.hash(), loaderVersion)
	err := fs.WalkDir(store.Schema(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(store.Schema(), path)
		h.Write(b)
		return err
	})
	return d.Name + "-" + hex.EncodeToString(h.Sum(nil))[:12], err
}

// loaderVersion changes when the loader writes the same data otherwise.
const loaderVersion = 2

// parts of a kept data set.
const (
	keptFolder  = "prosa"    // the program's data folder
	keptCluster = "postgres" // PostgreSQL's
)

// open returns a fresh copy of the data, building them first if need be.
func (l *library) open(ctx context.Context, db dbx.Dialect, d *dataset) (*stage, error) {
	key, err := l.key(d)
	if err != nil {
		return nil, err
	}
	kept := filepath.Join(l.dir, key, string(db))
	if _, err := os.Stat(filepath.Join(kept, companyFile)); errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("building data %s for %s …\n", key, db)
		if err := l.forget(d.Name, key); err != nil {
			return nil, err
		}
		if err := l.build(ctx, db, d, kept); err != nil {
			return nil, fmt.Errorf("build data: %w", err)
		}
	}
	c, err := readCompany(kept)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp(l.work, string(db)+"-")
	if err != nil {
		return nil, err
	}
	if err := copyTree(ctx, kept, work); err != nil {
		return nil, err
	}
	s := &stage{place: place{db: db, dir: filepath.Join(work, keptFolder)}, d: d, company: c}
	if db == dbx.Postgres {
		if s.cluster, err = startCluster(ctx, filepath.Join(work, keptCluster)); err != nil {
			return nil, err
		}
		s.url = s.cluster.url(databaseName)
	}
	return s, nil
}

// forget removes data of a size that earlier generators or schemas made.
func (l *library) forget(size, key string) error {
	old, err := filepath.Glob(filepath.Join(l.dir, size+"-*"))
	for _, dir := range old {
		if filepath.Base(dir) != key {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}
	return err
}

const databaseName = "prosa"

// wordIndex is the one whose upkeep would take most of the time of building; it
// is built when its rows are there.
const wordIndex = "message_text_words"

// build makes the data beside their place and moves them there when whole.
func (l *library) build(ctx context.Context, db dbx.Dialect, d *dataset, kept string) error {
	made, err := os.MkdirTemp(l.work, "build-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(made) }()
	at := place{db: db, dir: filepath.Join(made, keptFolder)}
	if err := os.Mkdir(at.dir, 0o700); err != nil {
		return err
	}
	var cl *cluster
	if db == dbx.Postgres {
		if cl, err = newCluster(ctx, filepath.Join(made, keptCluster)); err != nil {
			return err
		}
		defer cl.stop()
		if err := cl.exec(ctx, "postgres", "CREATE DATABASE "+databaseName); err != nil {
			return err
		}
		at.url = cl.url(databaseName)
	}
	c, err := found(ctx, l.prog, at, d)
	if err != nil {
		return err
	}
	if err := cl.setAside(ctx, databaseName, wordIndex); err != nil {
		return err
	}
	photos, err := savePhotos(ctx, at, c, d)
	if err != nil {
		return err
	}
	if err := withStore(ctx, at, func(s *store.Store) error { return load(ctx, s, c, d, photos) }); err != nil {
		return err
	}
	if cl != nil {
		if err := cl.bringBack(ctx, databaseName); err != nil {
			return err
		}
		cl.stop()
	}
	if err := c.save(made); err != nil {
		return err
	}
	return keep(ctx, made, kept)
}

// keep moves finished data into the cache; the file that marks them comes last.
func keep(ctx context.Context, made, kept string) error {
	if err := errors.Join(os.RemoveAll(kept), os.MkdirAll(kept, 0o755)); err != nil {
		return err
	}
	for _, name := range []string{keptFolder, keptCluster, companyFile} {
		from := filepath.Join(made, name)
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := run(ctx, "cp", "-a", from, kept); err != nil {
			return err
		}
	}
	return nil
}

// copyTree copies what is in a folder, by the system's own means, which share
// blocks where the file system can.
func copyTree(ctx context.Context, from, to string) error {
	return run(ctx, "cp", "-a", "--reflink=auto", from+"/.", to)
}

func run(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// bytesOf is the size of a stage's database on disk; the program must be
// stopped.
func (s *stage) bytes(ctx context.Context) (int64, error) {
	if s.cluster != nil {
		return s.cluster.size(ctx, databaseName)
	}
	info, err := os.Stat(s.databasePath())
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
