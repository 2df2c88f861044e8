package store_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestPlacesOfAnOlderDatabase upgrades one that has cells and no sums by place:
// they are summed, so that its badges are right at once.
func TestPlacesOfAnOlderDatabase(t *testing.T) {
	older := fstest.MapFS{}
	for _, name := range []string{"0001_init.sql", "0002_sandbox.sql"} {
		text, err := fs.ReadFile(store.Schema(), name)
		if err != nil {
			t.Fatal(err)
		}
		older[name] = &fstest.MapFile{Data: text}
	}
	testkit.EachDBWith(t, older, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		for user := range 4 {
			w.do(func(tx *dbx.Tx) error {
				_, err := tx.Exec(`INSERT INTO ticket_count (account_id, status, queue_id, connection_id, user_id, wallet_user_id, bot, n)
					VALUES ($1, 'open', 7, 8, $2, 0, FALSE, $3)`, w.account, user, user+1)
				return err
			})
		}
		if err := dbx.Migrate(t.Context(), db, store.Schema()); err != nil {
			t.Fatal(err)
		}
		for v, want := range map[*desk.Viewer]int64{
			w.admin(): 10,
			{AccountID: w.account, UserID: 3, Role: desk.RoleUser, Queues: []desk.ID{7}, Rights: desk.Rights{HideAssignedToOthers: true}}: 1 + 4,
			{AccountID: w.account, UserID: 2, Role: desk.RoleUser, Queues: []desk.ID{9}}:                                                  3,
		} {
			if c, err := w.s.Counters(w.q(), v); err != nil || c.Open != want {
				t.Errorf("%+v %v, want %d open", c, err, want)
			}
		}
	})
}
