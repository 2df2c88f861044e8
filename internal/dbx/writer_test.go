package dbx_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// neighbours queues eight healthy calls and, in their midst, bad ones, so
// that they share a group on SQLite; it returns what the bad ones got.
func neighbours(t *testing.T, db *dbx.DB, bad ...func(tx *dbx.Tx) error) []error {
	t.Helper()
	release := func() {}
	if db.Dialect() == dbx.SQLite {
		release = holdWriter(t, db)
	}
	var wg sync.WaitGroup
	var told []int // only callbacks touch it, and they run one at a time
	errs := make([]error, len(bad))
	for i := range 8 {
		wg.Go(func() { healthy(t, db, i+1, &told) })
		if i == 3 {
			time.Sleep(queueTime)
			for j, fn := range bad {
				wg.Go(func() { errs[j] = db.Do(context.Background(), fn) })
			}
			time.Sleep(queueTime)
		}
	}
	time.Sleep(queueTime)
	release()
	wg.Wait()
	db.Settle()
	if n := count(t, db); n != 8 {
		t.Errorf("%d rows instead of the 8 neighbours'", n)
	}
	if len(told) != 8 {
		t.Errorf("callbacks ran for %v", told)
	}
	return errs
}

func healthy(t *testing.T, db *dbx.DB, id int, told *[]int) {
	err := db.Do(context.Background(), func(tx *dbx.Tx) error {
		tx.AfterCommit(func() { *told = append(*told, id) })
		return insert(tx, id, fmt.Sprint("neighbour ", id))
	})
	if err != nil {
		t.Errorf("neighbour %d: %v", id, err)
	}
}

func failing(tx *dbx.Tx) error {
	tx.AfterCommit(func() { panic("callback of a failed call") })
	return errors.Join(insert(tx, 100, "failing"), errors.New("boom"))
}

func panicking(tx *dbx.Tx) error {
	_ = insert(tx, 101, "panicking")
	panic("boom")
}

func conflicting(tx *dbx.Tx) error {
	return errors.Join(insert(tx, 102, "x"), insert(tx, 102, "x"))
}

func rawRollback(tx *dbx.Tx) error {
	_ = insert(tx, 103, "raw")
	_, err := tx.Exec("ROLLBACK")
	return err
}

// leaving ends its goroutine, as t.FailNow in a write function does.
func leaving(tx *dbx.Tx) error {
	_ = insert(tx, 104, "leaving")
	runtime.Goexit()
	return nil
}

// killing has SQLite roll back the transaction the whole group shares.
func killing(id int) func(tx *dbx.Tx) error {
	return func(tx *dbx.Tx) error {
		_ = insert(tx, id, fmt.Sprint("killing", id))
		_, err := tx.Exec(`INSERT OR ROLLBACK INTO item (id, account_id, name) VALUES ($1, 1, 'y')`, id)
		return err
	}
}

// killingInside does so within a savepoint of its own, and swallows it.
func killingInside(tx *dbx.Tx) error {
	_ = tx.Savepoint(killing(106))
	_ = insert(tx, 107, "after")
	return nil
}

func TestBadNeighboursHarmNone(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		errs := neighbours(t, db, failing, panicking, conflicting, rawRollback)
		for i, err := range errs {
			if err == nil {
				t.Errorf("bad call %d got no error", i)
			}
		}
		if !strings.Contains(errs[1].Error(), "panicked: boom") || !dbx.IsUnique(errs[2]) {
			t.Errorf("got %v and %v", errs[1], errs[2])
		}
	})
}

func TestKillingTheSharedTransaction(t *testing.T) {
	cases := map[string][]func(tx *dbx.Tx) error{
		"one":    {killing(105)},
		"inside": {killingInside},
		"three":  {killing(105), failing, killing(106), killing(107), conflicting},
	}
	for name, bad := range cases {
		t.Run(name, func(t *testing.T) {
			db := testkit.SQLiteWith(t, schema())
			before := db.Stats()
			for i, err := range neighbours(t, db, bad...) {
				if err == nil {
					t.Errorf("bad call %d got no error", i)
				}
			}
			if got := db.Stats().Minus(before); got.Calls != 9 || got.Commits > 12 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestKillingAlone(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	for _, fn := range []func(tx *dbx.Tx) error{killing(1), killingInside} {
		if err := db.Do(t.Context(), fn); !dbx.IsUnique(err) && !strings.Contains(fmt.Sprint(err), "whole transaction") {
			t.Errorf("got %v", err)
		}
	}
	mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "a") })
	if n := count(t, db); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestLeavingTheWriterGoroutine(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	for _, err := range neighbours(t, db, leaving) {
		if err == nil || !strings.Contains(err.Error(), "left its goroutine") {
			t.Errorf("got %v", err)
		}
	}
	if err := db.Do(t.Context(), leaving); err == nil { // alone, too
		t.Error("no error")
	}
	mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 50, "goes on") })
}

func TestCancelledWhileQueued(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	release := holdWriter(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan error)
	go func() { got <- db.Do(ctx, func(tx *dbx.Tx) error { return insert(tx, 1, "never") }) }()
	time.Sleep(queueTime)
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) { // before the writer is free
		t.Fatal(err)
	}
	release()
	if n := count(t, db); n != 0 {
		t.Fatalf("%d rows", n)
	}
}

func TestGroupSharesOneCommit(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	before := db.Stats()
	neighbours(t, db, failing)
	got := db.Stats().Minus(before)
	if got.Commits != 2 || got.Savepoints != 9 || got.Releases != 9 || got.RollbacksTo != 1 { // the holder's and the group's
		t.Errorf("got %+v", got)
	}
}

// TestPatientCallsLetOthersPass: an impatient call is written before a crowd of
// patient ones that were there first; and a patient one goes along with the first
// group, however many impatient ones there are.
func TestPatientCallsLetOthersPass(t *testing.T) {
	for _, c := range []struct {
		name          string
		crowd, single func(context.Context) context.Context
		most          int // of the crowd, before the single one
	}{
		{"one behind a patient crowd", dbx.Patient, same, 1},
		{"a patient one behind a crowd", same, dbx.Patient, 48},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := testkit.SQLiteWith(t, schema())
			release := holdWriter(t, db)
			var written []string // by the writer's goroutine alone
			var calls sync.WaitGroup
			call := func(ctx context.Context, name string) {
				calls.Go(func() {
					if err := db.Do(ctx, func(*dbx.Tx) error { written = append(written, name); return nil }); err != nil {
						t.Error(err)
					}
				})
			}
			for range 120 {
				call(c.crowd(t.Context()), "crowd")
			}
			time.Sleep(queueTime)
			call(c.single(t.Context()), "single")
			time.Sleep(queueTime)
			release()
			calls.Wait()
			if before := slices.Index(written, "single"); len(written) != 121 || before < 0 || before > c.most {
				t.Errorf("%d of %d before it", before, len(written))
			}
		})
	}
}

func same(ctx context.Context) context.Context { return ctx }

func TestNestedDoFailsLoudly(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	var inner error
	mustDo(t, db, func(tx *dbx.Tx) error {
		inner = db.Do(context.Background(), func(tx *dbx.Tx) error { return insert(tx, 1, "inner") })
		return nil
	})
	if !errors.Is(inner, dbx.ErrNested) {
		t.Fatal(inner)
	}
	mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "outer") })
}

// diskError looks like the driver's SQLITE_IOERR_FSYNC.
type diskError struct{ code int }

func (e diskError) Error() string { return "disk" }
func (e diskError) Code() int     { return e.code }

func TestFailedCommit(t *testing.T) {
	for code, want := range map[int]struct{ fatal bool }{10 | 4<<8: {true}, 13: {false}} {
		fatal := false
		db, err := dbx.Open(t.Context(), dbx.Config{
			Path:  filepath.Join(t.TempDir(), "a.db"),
			Fatal: func(error) { fatal = true },
		})
		if err != nil {
			t.Fatal(err)
		}
		db.FailCommits(diskError{code})
		err = db.Do(t.Context(), func(tx *dbx.Tx) error {
			tx.AfterCommit(func() { t.Error("a callback ran") })
			_, err := tx.Exec(`CREATE TABLE x (a)`)
			return err
		})
		if !dbx.IsTransient(err) || fatal != want.fatal {
			t.Errorf("code %d: fatal %v, error %v", code, fatal, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestBusyFromAnotherProcessIsTransient(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	var dbs [2]*dbx.DB
	for i := range dbs {
		db, err := dbx.Open(t.Context(), dbx.Config{Path: path, BusyTimeout: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		dbs[i] = db
	}
	mustDo(t, dbs[0], func(tx *dbx.Tx) error { _, err := tx.Exec(`CREATE TABLE x (a)`); return err })
	release := holdWriter(t, dbs[0])
	err := dbs[1].Do(t.Context(), func(*dbx.Tx) error { return nil })
	release()
	if !dbx.IsTransient(err) {
		t.Fatal(err)
	}
	mustDo(t, dbs[1], func(tx *dbx.Tx) error { _, err := tx.Exec(`INSERT INTO x VALUES (1)`); return err })
}
