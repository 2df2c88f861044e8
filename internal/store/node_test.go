package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestKeepNode lives through a node's life beside another's, in one statement a
// turn: it takes what nobody alive owns, keeps it, and loses all with its number.
func TestKeepNode(t *testing.T) {
	w := newWorld(t, testkit.Postgres(t))
	var lines []desk.ID
	for i := range 3 {
		id := w.id()
		lines = append(lines, id)
		w.do(func(tx *dbx.Tx) error {
			_, err := tx.Exec(`INSERT INTO connection (id, account_id, kind, name, name_fold, public_key, active, created_at, updated_at)
				VALUES ($1, $2, 'whatsapp_official', $3, $3, $3, $4, 1, 1)`, id, w.account, string(rune('a'+i)), i < 2)
			return err
		})
	}
	claim := func(owner string) (n store.Node) {
		w.do(func(tx *dbx.Tx) (err error) { n, err = w.s.ClaimNode(tx, owner); return err })
		return n
	}
	var alone bool
	keeps := func(n store.Node) ([]desk.ID, error) {
		before := w.db.Stats()
		var kept store.Kept
		err := w.db.Do(t.Context(), func(tx *dbx.Tx) (err error) { kept, err = w.s.KeepNode(tx, n); return err })
		if sent := w.db.Stats().Minus(before).Statements; sent != 1 {
			t.Errorf("%d statements", sent)
		}
		alone = kept.Alone
		return kept.Connections, err
	}
	first := claim("first")
	if ids, err := keeps(first); err != nil || !slices.Equal(ids, lines[:2]) || !alone {
		t.Fatalf("the first owns %v %v, alone %v", ids, err, alone)
	}
	second := claim("second")
	for range 2 {
		if ids, err := keeps(first); err != nil || !slices.Equal(ids, lines[:2]) || alone {
			t.Fatalf("the first owns %v %v, want the active ones %v; alone %v", ids, err, lines[:2], alone)
		}
	}
	if ids, err := keeps(second); err != nil || len(ids) != 0 {
		t.Fatalf("the second took %v %v from one who lives", ids, err)
	}
	w.clock.Advance(store.NodeLease / 2)
	if _, err := keeps(second); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(store.NodeLease/2 + 1e9)
	if ids, err := keeps(second); err != nil || !slices.Equal(ids, lines[:2]) || !alone {
		t.Fatalf("the second owns %v %v after the first's end; alone %v", ids, err, alone)
	}
	claim("third") // takes the first one's number
	if _, err := keeps(first); !errors.Is(err, store.ErrNodeLost) {
		t.Fatalf("the first goes on: %v", err)
	}
}
