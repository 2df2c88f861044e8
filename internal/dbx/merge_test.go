package dbx_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// Commit after commit adds a part to the index of messages. Nobody who writes
// joins them (automerge is off), and yet few are left soon after.
func TestSearchIndexIsKeptShort(t *testing.T) {
	db := testkit.SQLiteWith(t, schema())
	var automerge int
	if err := db.Read(t.Context()).QueryRow(`SELECT v FROM message_fts_config WHERE k = 'automerge'`).Scan(&automerge); err != nil || automerge != 0 {
		t.Fatalf("automerge is %d: %v", automerge, err)
	}
	const rows, few = 704, 7 // FTS5 itself joins fifteen at once, and would leave fourteen
	for id := range int64(rows) {
		err := db.Do(t.Context(), func(tx *dbx.Tx) error { return dbx.IndexText(tx, id+1, 1, 1, fmt.Sprintf("palavra %d", id)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	parts := func() (n int) {
		if err := db.Read(t.Context()).QueryRow(`SELECT COUNT(DISTINCT segid) FROM message_fts_idx`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for deadline := time.Now().Add(10 * time.Second); parts() > few; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the index has %d parts", parts())
		}
	}
	for _, word := range []string{"palavra", "703", "0"} {
		if got := byIndex(t, db, 1, word); len(got) == 0 {
			t.Errorf("%q is not found", word)
		}
	}
}
