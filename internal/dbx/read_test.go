package dbx_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestSnapshotSeesOneMoment(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "a") })
		err := db.Snapshot(t.Context(), func(q dbx.Querier) error {
			before := len(names(t, q))
			mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 2, "b") })
			if after := len(names(t, q)); before != 1 || after != 1 {
				t.Errorf("saw %d rows, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, db); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestSnapshotErrorsPass(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		boom := errors.New("boom")
		for range 20 { // more often than there are connections: none is lost
			if err := db.Snapshot(t.Context(), func(dbx.Querier) error { return boom }); !errors.Is(err, boom) {
				t.Fatal(err)
			}
			err := db.Snapshot(t.Context(), func(q dbx.Querier) error {
				return q.QueryRow(`SELECT nothing`).Scan(new(int))
			})
			if err == nil {
				t.Fatal("no error")
			}
		}
	})
}

func TestReadPoolCannotWrite(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	rows, err := db.Read(t.Context()).Query(`INSERT INTO item (id, account_id, name) VALUES (1, 1, 'a') RETURNING id`)
	if err == nil {
		err = rows.Close()
	}
	if err == nil {
		t.Fatal("the read pool wrote")
	}
}

func TestLongReadEndsWithItsContext(t *testing.T) {
	const endless = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n`
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		for range 6 {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			var n int
			err := db.Read(dbx.Long(ctx)).QueryRow(endless).Scan(&n)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || dbx.IsTransient(err) {
				t.Fatalf("got %v", err)
			}
		}
		if n := count(t, db); n != 0 { // the pool still answers
			t.Fatal(n)
		}
	})
}

func TestNoReadBeginsAfterItsContext(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		var n int
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Snapshot(ctx, func(q dbx.Querier) error {
			if err := q.QueryRow(`SELECT 1`).Scan(&n); err != nil {
				t.Error(err)
			}
			cancel()
			return q.QueryRow(`SELECT 1`).Scan(&n)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("within a snapshot: %v", err)
		}
		if err := db.Read(ctx).QueryRow(`SELECT 1`).Scan(&n); !errors.Is(err, context.Canceled) {
			t.Errorf("alone: %v", err)
		}
		if n := count(t, db); n != 0 { // the pool still answers
			t.Fatal(n)
		}
	})
}

// A goroutine or two to watch over each statement were a fifteenth of a list.
func TestShortReadStartsNoGoroutine(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	before := runtime.NumGoroutine()
	rows, err := db.Read(ctx).Query(`SELECT 1 UNION ALL SELECT 2`)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	if n := runtime.NumGoroutine() - before; n > 0 {
		t.Errorf("%d goroutines while its rows are read", n)
	}
	cancel()
	if !rows.Next() || rows.Next() || rows.Err() != nil {
		t.Errorf("a statement that had begun did not run to its end: %v", rows.Err())
	}
}

func TestManyTextsStayWithinTheCache(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		for n := range 600 {
			var got int
			text := fmt.Sprintf(`SELECT count(*) FROM item WHERE id = $1 OR id = %d`, n)
			if err := db.Read(t.Context()).QueryRow(text, n).Scan(&got); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestStatsCountApart(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		before := db.Stats()
		mustDo(t, db, func(tx *dbx.Tx) error {
			if err := insert(tx, 1, "a"); err != nil {
				return err
			}
			return tx.Savepoint(func(tx *dbx.Tx) error { return insert(tx, 2, "b") })
		})
		count(t, db)
		want := dbx.Stats{Statements: 3, InWrites: 2, Calls: 1, Begins: 1, Commits: 1, Savepoints: 1, Releases: 1}
		if got := db.Stats().Minus(before); got != want {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestCloseLeavesNothing(t *testing.T) {
	configs := map[string]dbx.Config{
		"sqlite":   {Path: filepath.Join(t.TempDir(), "leak.db")},
		"postgres": {URL: testkit.PostgresURL(t, schema())},
	}
	ignore := goleak.IgnoreCurrent()
	for name, config := range configs {
		t.Run(name, func(t *testing.T) {
			db, err := dbx.Open(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			if err := dbx.Migrate(t.Context(), db, schema()); err != nil {
				t.Fatal(err)
			}
			ran := false
			mustDo(t, db, func(tx *dbx.Tx) error {
				tx.AfterCommit(func() { ran = true })
				return insert(tx, 1, "a")
			})
			count(t, db)
			if err := errors.Join(db.Close(), db.Close()); err != nil {
				t.Fatal(err)
			}
			if !ran {
				t.Error("Close did not wait for the callback")
			}
			if err := db.Do(context.Background(), func(*dbx.Tx) error { return nil }); !errors.Is(err, dbx.ErrClosed) {
				t.Errorf("a closed database answered %v", err)
			}
			if err := db.Read(context.Background()).QueryRow(`SELECT 1`).Scan(new(int)); err == nil {
				t.Error("a closed database was read")
			}
		})
	}
	goleak.VerifyNone(t, ignore)
}
