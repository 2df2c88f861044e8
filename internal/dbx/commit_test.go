package dbx_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// Every call takes the next number of one row and says after commit which it
// got: the callbacks must run in the order of the numbers.
func TestAfterCommitKeepsCommitOrder(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "counter") })
		const callers, calls = 8, 15
		var got []int64 // only callbacks touch it, and they run one at a time
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for range calls {
					if err := db.Do(context.Background(), takeNumber(&got)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		db.Settle()
		if len(got) != callers*calls {
			t.Fatalf("%d callbacks ran", len(got))
		}
		for i, n := range got {
			if n != int64(i+1) {
				t.Fatalf("callback %d belongs to commit %d", i+1, n)
			}
		}
	})
}

func takeNumber(got *[]int64) func(tx *dbx.Tx) error {
	return func(tx *dbx.Tx) error {
		var n int64
		err := tx.QueryRow(`UPDATE item SET rank = (rank + 1) WHERE id = $1 AND rank < 900 RETURNING rank`, 1).Scan(&n)
		tx.AfterCommit(func() { *got = append(*got, n) })
		return err
	}
}

func TestAfterCommitIsDroppedWithItsSavepoint(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		var ran []string
		note := func(tx *dbx.Tx, what string) { tx.AfterCommit(func() { ran = append(ran, what) }) }
		mustDo(t, db, func(tx *dbx.Tx) error {
			note(tx, "first")
			_ = tx.Savepoint(func(tx *dbx.Tx) error {
				note(tx, "dropped")
				return errors.New("boom")
			})
			return tx.Savepoint(func(tx *dbx.Tx) error {
				note(tx, "second")
				tx.AfterCommit(func() { panic("a bad callback") })
				note(tx, "third")
				return nil
			})
		})
		_ = db.Do(t.Context(), func(tx *dbx.Tx) error {
			note(tx, "failed")
			return errors.New("boom")
		})
		db.Settle()
		if fmt.Sprint(ran) != "[first second third]" {
			t.Fatal(ran)
		}
	})
}

func TestAfterCommitMayWrite(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			tx.AfterCommit(func() {
				if err := db.Do(context.Background(), func(tx *dbx.Tx) error { return insert(tx, 2, "b") }); err != nil {
					t.Error(err)
				}
			})
			return insert(tx, 1, "a")
		})
		db.Settle()
		if n := count(t, db); n != 2 {
			t.Fatalf("%d rows", n)
		}
	})
}

// The server goes away while it commits: nobody may be told that it happened,
// and those who would have been have to look.
func TestPostgresTellsOfACommitInDoubt(t *testing.T) {
	db := testkit.PostgresWith(t, schema())
	mustDo(t, db, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`)
		if err == nil {
			_, err = tx.Exec(`CREATE CONSTRAINT TRIGGER vanish AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW WHEN (NEW.id = 9) EXECUTE FUNCTION vanish()`)
		}
		return err
	})
	var told []string
	write := func(id int) error {
		return db.Do(t.Context(), func(tx *dbx.Tx) error {
			tx.AfterCommit(func() { told = append(told, fmt.Sprint("committed ", id)) })
			tx.InDoubt(func() { told = append(told, fmt.Sprint("look for ", id)) })
			return insert(tx, id, fmt.Sprint("item ", id))
		})
	}
	var lost *dbx.Error
	if err := write(9); !errors.As(err, &lost) || !lost.Uncertain {
		t.Fatalf("the lost commit is %v", err)
	}
	if err := errors.Join(write(1), write(2)); err != nil {
		t.Fatal(err)
	}
	if err := write(2); !dbx.IsUnique(err) {
		t.Fatal(err)
	}
	db.Settle()
	if fmt.Sprint(told) != "[look for 9 committed 1 committed 2]" {
		t.Fatal(told)
	}
}

func TestPostgresRetriesDeadlocks(t *testing.T) {
	db := testkit.PostgresWith(t, schema())
	mustDo(t, db, func(tx *dbx.Tx) error { return errors.Join(insert(tx, 1, "a"), insert(tx, 2, "b")) })
	var wg sync.WaitGroup
	tries := make(chan int, 20)
	touch := func(first, second int) {
		err := db.Do(context.Background(), func(tx *dbx.Tx) error {
			tries <- first
			for i, id := range []int{first, second} {
				if _, err := tx.Exec(`UPDATE item SET rank = rank + 1 WHERE id = $1`, id); err != nil {
					return err
				}
				if i == 0 {
					time.Sleep(50 * time.Millisecond)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	wg.Go(func() { touch(1, 2) })
	wg.Go(func() { touch(2, 1) })
	wg.Wait()
	var ranks int
	if err := db.Read(t.Context()).QueryRow(`SELECT CAST(sum(rank) AS BIGINT) FROM item`).Scan(&ranks); err != nil || ranks != 4 {
		t.Fatal(ranks, err)
	}
	if len(tries) < 3 {
		t.Fatal("no deadlock happened")
	}
}

func TestPostgresLostConnectionIsTransient(t *testing.T) {
	db := testkit.PostgresWith(t, schema())
	err := db.Do(t.Context(), func(tx *dbx.Tx) error {
		_, err := tx.Exec(`SELECT pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	if !dbx.IsTransient(err) {
		t.Fatal(err)
	}
	mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "a") })
}
