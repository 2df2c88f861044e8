package faults_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite" // for the lock that another process holds

	"github.com/prosa-desk/prosa/internal/dbx"
)

// secretKey is what PostgreSQL needs: the key is not kept beside the data.
const secretKey = "6f1d3a5be0c7429d8a4f60b1275e93cc11f08d2b4e6a7935c0d1e2f3a4b5c6d7"

// embedded is SQLite on a volume of its own.
type embedded struct {
	dir string
	vol *volume
}

func newEmbedded(t *testing.T) *embedded {
	t.Helper()
	e := &embedded{dir: t.TempDir()}
	e.vol = newVolume(t, e.dir)
	return e
}

func newVolume(t *testing.T, dir string) *volume {
	t.Helper()
	v := mount(dir)
	if v == nil {
		t.Log("mounting is not allowed: this run has no full disk")
		return nil
	}
	t.Cleanup(func() {
		if err := v.unmount(); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return v
}

func (e *embedded) volume() *volume   { return e.vol }
func (e *embedded) cluster() *cluster { return nil }
func (e *embedded) path() string      { return filepath.Join(e.dir, "data", "prosa.db") }

func (e *embedded) open(ctx context.Context) (*dbx.DB, error) {
	return dbx.Open(ctx, dbx.Config{Path: e.path()})
}

// lock holds the write lock from this process.
func (e *embedded) lock(ctx context.Context, d time.Duration) (err error) {
	db, err := sql.Open("sqlite", "file:"+e.path()+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return tx.Rollback()
}

// served is PostgreSQL, a server of the run's own on a volume of its own.
type served struct {
	*cluster
	vol *volume
	dir string // of the program's files
}

func newServed(t *testing.T) *served {
	t.Helper()
	base, err := os.MkdirTemp("", "prosa-faults-") // short: sockets have short names
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) }) // the system empties its folder too
	s := &served{dir: t.TempDir()}
	dir := filepath.Join(base, "pg")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s.vol = newVolume(t, dir)
	if s.cluster, err = newCluster(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(quickly); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(base, "postgres.log")) // there may be none
			t.Logf("PostgreSQL's last words:\n%s", log[max(0, len(log)-3000):])
		}
	})
	return s
}

func (s *served) volume() *volume { return s.vol }

func (s *served) open(ctx context.Context) (*dbx.DB, error) {
	return dbx.Open(ctx, dbx.Config{URL: s.url()})
}

// The method of the embedded cluster would be hidden by the field of its name.
type postgresStorage struct{ *served }

func (s postgresStorage) cluster() *cluster { return s.served.cluster }
