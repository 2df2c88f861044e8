package store_test

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestUnreadOfAnOlderDatabase upgrades one whose counters know nothing of
// unread tickets: those are counted, so that its badges are right at once.
func TestUnreadOfAnOlderDatabase(t *testing.T) {
	known := fstest.MapFS{}
	for _, name := range []string{"0001_init.sql", "0002_sandbox.sql", "0003_place_count.sql", "0004_search_words.sql", "0005_unread_count.sql"} {
		text, err := fs.ReadFile(store.Schema(), name)
		if err != nil {
			t.Fatal(err)
		}
		known[name] = &fstest.MapFile{Data: text}
	}
	testkit.EachDBWith(t, known, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		queue, other, me := w.id(), w.id(), w.id()
		for _, shape := range []desk.Ticket{
			{QueueID: queue, Unread: 1}, {QueueID: queue, Unread: 3}, {QueueID: queue}, {QueueID: other, Unread: 1}, {Unread: 1, Bot: true},
			{QueueID: queue, Unread: 1, UserID: me, Status: desk.Open}, {QueueID: queue, Unread: 1, WalletUserID: me},
			{QueueID: queue, Unread: 1, Status: desk.Closed},
		} {
			w.ticket(shape)
		}
		viewers := map[*desk.Viewer]int64{
			w.admin(): 5,
			{AccountID: w.account, UserID: me, Role: desk.RoleUser, Queues: []desk.ID{queue}}:           4,
			{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Queues: []desk.ID{other}}:       1,
			{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Connections: []desk.ID{w.line}}: 0,
		}
		check := func(when string) {
			t.Helper()
			for v, want := range viewers {
				if c, err := w.s.Counters(w.q(), v); err != nil || c.Unread != want {
					t.Errorf("%s: %+v %v, want %d unread", when, c, err, want)
				}
			}
		}
		check("before")
		w.do(func(tx *dbx.Tx) error {
			_, err1 := tx.Exec(`ALTER TABLE ticket_count DROP COLUMN unread`)
			_, err2 := tx.Exec(`ALTER TABLE place_count DROP COLUMN unread`)
			_, err3 := tx.Exec(`DELETE FROM schema_version WHERE version = 5`)
			return errors.Join(err1, err2, err3)
		})
		if err := dbx.Migrate(t.Context(), db, store.Schema()); err != nil {
			t.Fatal(err)
		}
		check("after")
		w.checkCounts()
	})
}

// TestUnreadIsCountedWhenItBegins: of the messages into a pending ticket only
// the first unread one writes counters; into an agent's ticket, none does.
func TestUnreadIsCountedWhenItBegins(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		pending, taken := w.ticket(desk.Ticket{QueueID: w.id()}), w.ticket(desk.Ticket{Status: desk.Open, UserID: w.id()})
		for n, c := range []struct {
			at         desk.Ticket
			silent     bool
			statements int64
			unread     int64
		}{{pending, true, 1, 0}, {pending, false, 3, 1}, {pending, false, 1, 1}, {pending, true, 1, 1}, {taken, false, 1, 1}, {taken, false, 1, 1}} {
			before := db.Stats()
			w.do(func(tx *dbx.Tx) error {
				_, err := w.s.TouchInbound(tx, store.InboundTouch{AccountID: w.account, ContactID: c.at.ContactID,
					ConnectionID: c.at.ConnectionID, MessageID: w.id(), Silent: c.silent})
				return err
			})
			if got := db.Stats().Minus(before).Statements; got != c.statements {
				t.Errorf("step %d: %d statements, want %d", n, got, c.statements)
			}
			if counters, err := w.s.Counters(w.q(), w.admin()); err != nil || counters.Unread != c.unread {
				t.Errorf("step %d: %+v %v, want %d unread", n, counters, err, c.unread)
			}
		}
		w.checkCounts()
	})
}
