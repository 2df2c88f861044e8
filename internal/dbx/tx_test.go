package dbx_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
)

func TestCommitAndRollback(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		boom := errors.New("boom")
		mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "kept") })
		err := db.Do(t.Context(), func(tx *dbx.Tx) error {
			return errors.Join(insert(tx, 2, "dropped"), boom)
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		if got := names(t, db.Read(t.Context())); !reflect.DeepEqual(got, []string{"kept"}) {
			t.Fatal(got)
		}
	})
}

func TestPlaceholdersRepeat(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		var got string
		err := db.Read(t.Context()).QueryRow(
			`SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || CAST($2 AS TEXT) || '$3;' -- $4`, "a", "b").Scan(&got)
		if err != nil || got != "bab$3;" {
			t.Fatal(got, err)
		}
		for _, args := range [][]any{{}, {"a"}, {"a", "b", "c"}} {
			err := db.Read(t.Context()).QueryRow(`SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT)`, args...).Scan(&got)
			if err == nil {
				t.Fatalf("%d arguments for 2 placeholders were accepted", len(args))
			}
		}
	})
}

func TestArgs(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			return errors.Join(insert(tx, 1, "a"), insert(tx, 2, "b"), insert(tx, 3, "c"))
		})
		var a dbx.Args
		where := "account_id = " + a.Add(1) + " AND id IN (" + dbx.List(&a, []int64{1, 3, 9}) + ")"
		var n int
		if err := db.Read(t.Context()).QueryRow("SELECT count(*) FROM item WHERE "+where, a.Values()...).Scan(&n); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		var none dbx.Args
		err := db.Read(t.Context()).QueryRow("SELECT count(*) FROM item WHERE id IN (" + dbx.List(&none, []int64{}) + ")").Scan(&n)
		if err != nil || n != 0 {
			t.Fatal(n, err)
		}
	})
}

func TestLocks(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			for _, lock := range []string{dbx.ForUpdate(tx), dbx.SkipLocked(tx)} {
				if _, err := dbx.All(tx, scanID, `SELECT id FROM item`+lock); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func scanID(s dbx.Scanner) (id int64, err error) { return id, s.Scan(&id) }

func TestErrorKinds(t *testing.T) {
	cases := []struct {
		name, text, constraint string
		kind                   dbx.Kind
	}{
		{"unique index", `INSERT INTO item (id, account_id, name) VALUES (7, 1, 'a')`, "item(account_id,name)", dbx.Unique},
		{"primary key", `INSERT INTO item (id, account_id, name) VALUES (1, 1, 'x')`, "item(id)", dbx.Unique},
		{"expression index", `INSERT INTO item (id, account_id, name, rank) VALUES (8, 1, 'x', 5000), (9, 1, 'y', 5001)`, "item_folded", dbx.Unique},
		{"check", `INSERT INTO item (id, account_id, name, rank) VALUES (9, 1, 'x', -1)`, "rank_positive", dbx.Check},
		{"not null", `INSERT INTO item (id, account_id, name) VALUES (9, 1, NULL)`, "item(name)", dbx.Check},
		{"foreign key", `INSERT INTO item (id, account_id, name, parent_id) VALUES (9, 1, 'x', 99)`, "", dbx.ForeignKey},
		{"syntax", `INSERT INTO nowhere VALUES (1)`, "", dbx.Other},
	}
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "a") })
		for _, c := range cases {
			for _, returning := range []bool{false, true} {
				err := db.Do(t.Context(), func(tx *dbx.Tx) error {
					if returning && c.kind != dbx.Other {
						return tx.QueryRow(c.text + " RETURNING id").Scan(new(int64))
					}
					_, err := tx.Exec(c.text)
					return err
				})
				var e *dbx.Error
				if !errors.As(err, &e) || e.Kind != c.kind {
					t.Errorf("%s: got %v", c.name, err)
				} else if c.constraint != "" && dbx.ConstraintOf(err) != c.constraint {
					t.Errorf("%s: constraint %q", c.name, e.Constraint)
				}
			}
		}
		err := db.Read(t.Context()).QueryRow(`SELECT id FROM item WHERE id = 99`).Scan(new(int64))
		if !dbx.IsNotFound(err) || !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("no row: %v", err)
		}
	})
}

func TestRefusesAfterError(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 1, "a") })
		var swallowed, next error
		err := db.Do(t.Context(), func(tx *dbx.Tx) error {
			swallowed = insert(tx, 2, "a")
			next = insert(tx, 3, "b")
			return nil
		})
		if !dbx.IsUnique(swallowed) || !dbx.IsUnique(err) {
			t.Fatalf("swallowed %v, answered %v", swallowed, err)
		}
		if next == nil || dbx.IsUnique(next) {
			t.Fatalf("the next statement got %v", next)
		}
		if n := count(t, db); n != 1 {
			t.Fatalf("%d rows", n)
		}
		mustDo(t, db, func(tx *dbx.Tx) error { // no row is no error
			if err := tx.QueryRow(`SELECT id FROM item WHERE id = 9`).Scan(new(int64)); !dbx.IsNotFound(err) {
				return fmt.Errorf("got %w", err)
			}
			return insert(tx, 4, "d")
		})
	})
}

func TestSavepoint(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			failed := tx.Savepoint(func(tx *dbx.Tx) error {
				return errors.Join(insert(tx, 1, "dropped"), insert(tx, 2, "dropped"))
			})
			if !dbx.IsUnique(failed) {
				return fmt.Errorf("got %w", failed)
			}
			return tx.Savepoint(func(tx *dbx.Tx) error {
				_ = tx.Savepoint(func(tx *dbx.Tx) error {
					return errors.Join(insert(tx, 3, "inner"), errors.New("inner fails"))
				})
				swallowed := tx.Savepoint(func(tx *dbx.Tx) error {
					_ = insert(tx, 4, "swallowed")
					_ = insert(tx, 4, "swallowed")
					return nil
				})
				if !dbx.IsUnique(swallowed) {
					return fmt.Errorf("a swallowed error came out as %w", swallowed)
				}
				return insert(tx, 5, "kept")
			})
		})
		if got := names(t, db.Read(t.Context())); !reflect.DeepEqual(got, []string{"kept"}) {
			t.Fatal(got)
		}
	})
}

func TestPanicInSavepointLeavesNothing(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			func() {
				defer func() { _ = recover() }()
				_ = tx.Savepoint(func(tx *dbx.Tx) error {
					_ = insert(tx, 1, "dropped")
					panic("inside")
				})
			}()
			return insert(tx, 2, "kept")
		})
		if got := names(t, db.Read(t.Context())); !reflect.DeepEqual(got, []string{"kept"}) {
			t.Fatal(got)
		}
	})
}

func TestTransactionControlIsRefused(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		for _, text := range []string{"ROLLBACK", " /* x */ commit", "BEGIN", "SAVEPOINT a", "SELECT 1; SELECT 2"} {
			err := db.Do(t.Context(), func(tx *dbx.Tx) error {
				_, err := tx.Exec(text)
				return err
			})
			if err == nil {
				t.Errorf("%q was accepted", text)
			}
		}
	})
}

func TestOpenRowsBlockTheNextStatement(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error { return errors.Join(insert(tx, 1, "a"), insert(tx, 2, "b")) })
		err := db.Do(t.Context(), func(tx *dbx.Tx) error {
			rows, err := tx.Query(`SELECT id FROM item`)
			if err != nil {
				return err
			}
			rows.Next()
			return insert(tx, 3, "c") // rows left open on purpose
		})
		if err == nil || !strings.Contains(err.Error(), "still open") {
			t.Fatalf("got %v", err)
		}
		mustDo(t, db, func(tx *dbx.Tx) error { return insert(tx, 3, "c") })
	})
}

func TestTxIsDeadAfterwards(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		var kept *dbx.Tx
		mustDo(t, db, func(tx *dbx.Tx) error { kept = tx; return nil })
		if err := insert(kept, 1, "late"); err == nil {
			t.Fatal("a finished transaction accepted a statement")
		}
		if err := kept.Savepoint(func(*dbx.Tx) error { return nil }); err == nil {
			t.Fatal("a finished transaction accepted a savepoint")
		}
	})
}

func TestContextOnlyDecidesTheStart(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Do(ctx, func(tx *dbx.Tx) error {
			cancel()
			return insert(tx, 1, "a")
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Do(ctx, func(tx *dbx.Tx) error { return insert(tx, 2, "b") })
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if n := count(t, db); n != 1 {
			t.Fatalf("%d rows", n)
		}
	})
}
