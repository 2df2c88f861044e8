package dbx_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// TestLast: steps run at the end, in the order of their keys; those of a
// savepoint that rolled back, or of a transaction that failed, never run.
func TestLast(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		boom := errors.New("boom")
		step := func(tx *dbx.Tx, order string, id int) {
			tx.Last(order, func(tx *dbx.Tx) error {
				var n int64
				if err := tx.QueryRow("SELECT count(*) FROM item").Scan(&n); err != nil {
					return err
				}
				return insert(tx, id, fmt.Sprintf("%s after %d", order, n))
			})
		}
		mustDo(t, db, func(tx *dbx.Tx) error {
			step(tx, "b", 3)
			step(tx, "a", 2)
			err := tx.Savepoint(func(tx *dbx.Tx) error {
				step(tx, "lost", 9)
				return boom
			})
			if !errors.Is(err, boom) {
				return err
			}
			step(tx, "b", 4)
			return insert(tx, 1, "first")
		})
		want := []string{"a after 1", "b after 2", "b after 3", "first"} // by name
		if got := names(t, db.Read(t.Context())); !slices.Equal(got, want) {
			t.Fatalf("got %q", got)
		}
		err := db.Do(t.Context(), func(tx *dbx.Tx) error {
			tx.Last("x", func(*dbx.Tx) error { return boom })
			return insert(tx, 5, "undone")
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		err = db.Do(t.Context(), func(tx *dbx.Tx) error {
			tx.Last("x", func(tx *dbx.Tx) error { return insert(tx, 6, "never") })
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if got := names(t, db.Read(t.Context())); !slices.Equal(got, want) {
			t.Fatalf("got %q", got)
		}
	})
}
