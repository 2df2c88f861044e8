package dbx_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

const itemSchema = `
CREATE TABLE parent (id ID PRIMARY KEY);
CREATE TABLE item (
  id        ID PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name      TEXT NOT NULL,
  parent_id BIGINT REFERENCES parent (id),
  done      BOOLEAN NOT NULL DEFAULT FALSE,
  rank      BIGINT NOT NULL DEFAULT 0 CONSTRAINT rank_positive CHECK (rank >= 0)
);
CREATE UNIQUE INDEX item_name ON item (account_id, name);
CREATE UNIQUE INDEX item_folded ON item ((rank / 1000)) WHERE rank >= 1000;
`

func schema() fstest.MapFS {
	return fstest.MapFS{
		"0001_items.sql":  {Data: []byte(itemSchema)},
		"0002_search.sql": {Data: []byte(dbx.SearchSchema)},
	}
}

func eachDB(t *testing.T, fn func(t *testing.T, db *dbx.DB)) {
	t.Helper()
	testkit.EachDBWith(t, schema(), fn)
}

const insertItem = `INSERT INTO item (id, account_id, name) VALUES ($1, 1, $2)`

func insert(tx *dbx.Tx, id int, name string) error {
	_, err := tx.Exec(insertItem, id, name)
	return err
}

func mustDo(t testing.TB, db *dbx.DB, fn func(tx *dbx.Tx) error) {
	t.Helper()
	if err := db.Do(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func names(t testing.TB, q dbx.Querier) []string {
	t.Helper()
	list, err := dbx.All(q, func(s dbx.Scanner) (name string, err error) {
		return name, s.Scan(&name)
	}, `SELECT name FROM item ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func count(t testing.TB, db *dbx.DB) (n int) {
	t.Helper()
	if err := db.Read(context.Background()).QueryRow(`SELECT count(*) FROM item`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// holdWriter keeps SQLite's writer busy until the returned function is
// called, so that the calls made meanwhile share the next group.
func holdWriter(t *testing.T, db *dbx.DB) (release func()) {
	t.Helper()
	entered, gate, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Do(context.Background(), func(*dbx.Tx) error {
			close(entered)
			<-gate
			return nil
		})
	}()
	<-entered
	return func() {
		close(gate)
		if err := <-done; err != nil {
			t.Errorf("the holding call failed: %v", err)
		}
	}
}

// queueTime is enough for goroutines to reach the writer's queue.
const queueTime = 30 * time.Millisecond
