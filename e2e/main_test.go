// Package e2e_test lives the product's story from outside: it builds the real
// program, starts it on each database, plays Meta with the simulator in this
// process (so that killing the program leaves the provider alive) and talks to
// it as browsers and providers do: HTTP and the event stream.
//
// Every answer and every frame is checked against api/openapi.json on the way.
package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// prosa is the built program, the package's only global: TestMain has no other
// way to hand it to the tests.
var prosa string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "prosa-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system empties its folder too
	prosa = filepath.Join(dir, "prosa")
	build := exec.Command("go", "build", "-o", prosa, "./cmd/prosa")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// eachDatabase runs fn on an embedded database and on PostgreSQL, both empty:
// the program makes its tables itself. PROSA_TEST_DATABASES names the only one
// wanted.
func eachDatabase(t *testing.T, fn func(t *testing.T, d database)) {
	t.Helper()
	only := os.Getenv("PROSA_TEST_DATABASES")
	if only == "" || only == "sqlite" {
		t.Run("sqlite", func(t *testing.T) { fn(t, database{}) })
	}
	if only == "" || only == "postgres" {
		t.Run("postgres", func(t *testing.T) { fn(t, database{url: emptyPostgres(t)}) })
	}
}

// emptyPostgres is a fresh database of the test cluster without any table.
func emptyPostgres(t *testing.T) string {
	t.Helper()
	url := testkit.PostgresURL(t, testkit.Schema(t))
	db, err := dbx.Open(t.Context(), dbx.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Do(t.Context(), func(tx *dbx.Tx) error {
		_, dropped := tx.Exec(`DROP SCHEMA public CASCADE`)
		_, made := tx.Exec(`CREATE SCHEMA public`)
		return errors.Join(dropped, made)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return url
}

// database is where a program keeps its data; the zero value is embedded.
type database struct{ url string }

// secretKey is what PostgreSQL needs: the key is not kept beside the data.
const secretKey = "6f1d3a5be0c7429d8a4f60b1275e93cc11f08d2b4e6a7935c0d1e2f3a4b5c6d7"

func (d database) env() []string {
	if d.url == "" {
		return nil
	}
	return []string{"PROSA_DATABASE_URL=" + d.url, "PROSA_SECRET_KEY=" + secretKey}
}

// patience is how long anything that must happen may take, on a busy machine.
const patience = 20 * time.Second

// eventually polls until ok, or fails with what ok last said.
func eventually(t *testing.T, what string, ok func() (done bool, seen any)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		done, seen := ok()
		if done {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s; last seen: %+v", what, patience, seen)
		}
		time.Sleep(pause)
	}
}
