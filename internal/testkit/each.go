package testkit

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// EachDB runs fn as the subtests "sqlite" and "postgres", each on a fresh
// database with Prosa's schema.
func EachDB(t *testing.T, fn func(t *testing.T, db *dbx.DB)) {
	t.Helper()
	EachDBWith(t, Schema(t), fn)
}

// SQLite opens a fresh SQLite database with Prosa's schema.
func SQLite(t testing.TB) *dbx.DB {
	t.Helper()
	return SQLiteWith(t, Schema(t))
}

// Postgres opens a fresh PostgreSQL database with Prosa's schema.
func Postgres(t testing.TB) *dbx.DB {
	t.Helper()
	return PostgresWith(t, Schema(t))
}

// Schema returns Prosa's migrations. They are read from the source tree
// rather than imported from store, so that the tests of store and of every
// room below it can use this package.
func Schema(t testing.TB) fs.FS {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return os.DirFS(filepath.Join(dir, "internal", "store", "migrations"))
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's directory")
		}
		dir = parent
	}
}
