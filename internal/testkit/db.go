// Package testkit gives tests fresh databases of both kinds and a clock that
// only moves when told to.
package testkit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// process is what the tests of one process share, because it is slow to make:
// a PostgreSQL cluster, and migrated databases to copy. It is the package's
// only global; a test process has no other place that outlives its tests.
var process = struct {
	cluster func() (*cluster, error)
	mu      sync.Mutex
	files   map[string][]byte // migrated SQLite files by fingerprint
}{
	cluster: sync.OnceValues(findCluster),
	files:   map[string][]byte{},
}

// EachDBWith runs fn as the subtests "sqlite" and "postgres", each on a fresh
// database to which the migrations were applied. PROSA_TEST_DATABASES names the
// one that is wanted when make test splits the work: with the race detector on
// SQLite, without it on PostgreSQL.
func EachDBWith(t *testing.T, migrations fs.FS, fn func(t *testing.T, db *dbx.DB)) {
	t.Helper()
	wanted := func(name string) bool {
		only := os.Getenv("PROSA_TEST_DATABASES")
		return only == "" || only == name
	}
	if wanted("sqlite") {
		t.Run("sqlite", func(t *testing.T) { fn(t, SQLiteWith(t, migrations)) })
	}
	if wanted("postgres") {
		t.Run("postgres", func(t *testing.T) { fn(t, PostgresWith(t, migrations)) })
	}
}

// SQLiteWith opens a fresh migrated SQLite database that ends with the test.
func SQLiteWith(t testing.TB, migrations fs.FS) *dbx.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prosa.db")
	if err := os.WriteFile(path, migratedFile(t, migrations), 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, dbx.Config{Path: path})
}

// PostgresWith opens a fresh migrated PostgreSQL database that ends with the
// test. Without PostgreSQL the test is skipped, except in CI.
func PostgresWith(t testing.TB, migrations fs.FS) *dbx.DB {
	t.Helper()
	return open(t, dbx.Config{URL: PostgresURL(t, migrations)})
}

// PostgresURL makes a fresh migrated PostgreSQL database for tests that open
// it themselves.
func PostgresURL(t testing.TB, migrations fs.FS) string {
	t.Helper()
	c, err := process.cluster()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL for tests: %v", err)
		}
		t.Skipf("PostgreSQL for tests: %v", err)
	}
	name, err := c.create(t.Context(), migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.drop(name); err != nil {
			t.Error(err)
		}
	})
	return c.url(name)
}

func open(t testing.TB, c dbx.Config) *dbx.DB {
	t.Helper()
	c.Fatal = func(err error) { t.Errorf("COMMIT failed: %v", err) }
	db, err := dbx.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	return db
}

// migratedFile returns the bytes of a migrated SQLite database. Copying them
// is much quicker than migrating for every test.
func migratedFile(t testing.TB, migrations fs.FS) []byte {
	t.Helper()
	key, err := fingerprint(migrations)
	if err != nil {
		t.Fatal(err)
	}
	process.mu.Lock()
	defer process.mu.Unlock()
	if file, ok := process.files[key]; ok {
		return file
	}
	path := filepath.Join(t.TempDir(), "template.db")
	db, err := dbx.Open(t.Context(), dbx.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := dbx.Migrate(t.Context(), db, migrations); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // also empties the -wal file into it
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	process.files[key] = file
	return file
}

// fingerprint tells sets of migrations apart.
func fingerprint(migrations fs.FS) (string, error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}
