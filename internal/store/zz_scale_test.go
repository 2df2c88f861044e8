package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestZZScale(t *testing.T) {
	if os.Getenv("SCALE") == "" { t.Skip() }
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		r := rand.New(rand.NewPCG(1, 2))
		var queues, users []desk.ID
		for range 20 { queues = append(queues, w.id()) }
		for range 200 { users = append(users, w.id()) }
		var vocab []string
		for i := range 20000 { vocab = append(vocab, fmt.Sprintf("w%x", i*7919)) }
		z := rand.NewZipf(r, 1.1, 5, 19999)
		start := time.Now()
		n := 0
		for n < 100000 {
			w.do(func(tx *dbx.Tx) error {
				for range 1000 {
					n++
					tk := desk.Ticket{ID: w.id(), AccountID: w.account, Number: int64(n), ContactID: desk.ID(n), ConnectionID: w.line, ChannelID: desk.ID(n), QueueID: queues[r.IntN(20)]}
					st := r.IntN(100)
					tk.Status = desk.Closed
					tk.UserID = users[r.IntN(200)]
					if st < 5 { tk.Status = desk.Pending; tk.UserID = 0; tk.Unread = 1 } else if st < 15 { tk.Status = desk.Open; if r.IntN(2)==0 {tk.Unread = 1} }
					at := desk.Time(1700000000000 + int64(n)*1000)
					_, err := tx.Exec(`INSERT INTO ticket (id, account_id, number, contact_id, connection_id, channel_id, queue_id, user_id, status, origin, unread, sort_at, last_message_at, queued_at, created_at, updated_at)
					 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,'inbound',$10,$11,$11,$11,$11,$11)`, tk.ID, tk.AccountID, tk.Number, tk.ContactID, tk.ConnectionID, tk.ChannelID, tk.QueueID, tk.UserID, tk.Status, tk.Unread, at)
					if err != nil { return err }
					if n%3 == 0 {
						text := ""
						for range 20 { text += vocab[z.Uint64()] + " " }
						if n%999 == 0 { text += " raridade" }
						m := w.message(tk, text); m.Direction, m.Author, m.Status = desk.In, desk.AuthorContact, desk.StatusReceived
						if err := w.s.InsertMessage(tx, &m); err != nil { return err }
					}
				}
				return nil
			})
		}
		w.do(func(tx *dbx.Tx) error { d, err := w.s.Recount(tx, w.account); fmt.Println("cells", len(d)); return err })
		if db.Dialect() == dbx.Postgres { w.do(func(tx *dbx.Tx) error { _, err := tx.Exec("ANALYZE"); return err }) }
		fmt.Println(db.Dialect(), "loaded", time.Since(start))
		me := &desk.Viewer{AccountID: w.account, UserID: users[0], Role: desk.RoleUser, Queues: sorted(queues[:5])}
		one := &desk.Viewer{AccountID: w.account, UserID: users[1], Role: desk.RoleUser, Queues: sorted(queues[:1])}
		bench := func(name string, fn func() error) {
			for range 3 { if err := fn(); err != nil { t.Fatal(name, err) } }
			s := time.Now(); k := 0
			for time.Since(s) < 300*time.Millisecond || k < 3 { if err := fn(); err != nil { t.Fatal(err) }; k++ }
			fmt.Printf("%-10s %-28s %8.0f µs\n", db.Dialect(), name, float64(time.Since(s).Microseconds())/float64(k))
		}
		for name, v := range map[string]*desk.Viewer{"admin": w.admin(), "five": me, "one": one} {
			for _, st := range []desk.TicketStatus{desk.Open, desk.Pending, desk.Closed, ""} {
				bench(name+" list "+string(st), func() error { _, err := w.s.TicketPage(w.q(), v, store.TicketFilter{Status: st}, store.List{Limit: 50}); return err })
			}
			bench(name+" counters", func() error { _, err := w.s.Counters(w.q(), v); return err })
			bench(name+" unread filter", func() error { _, err := w.s.TicketPage(w.q(), v, store.TicketFilter{Status: desk.Open, Unread: true}, store.List{}); return err })
			bench(name+" search rare", func() error { _, err := w.s.Search(w.q(), v, "raridade", ""); return err })
			bench(name+" search common", func() error { _, err := w.s.Search(w.q(), v, vocab[0], ""); return err })
			bench(name+" search miss", func() error { _, err := w.s.Search(w.q(), v, "inexistente", ""); return err })
		}
		p, _ := w.s.TicketPage(w.q(), w.admin(), store.TicketFilter{Status: desk.Open}, store.List{Limit: 50})
		bench("views 50", func() error { _, err := w.s.TicketViews(w.q(), w.account, p.Items); return err })
		bench("count filtered", func() error { _, err := w.s.CountTickets(w.q(), w.admin(), store.TicketFilter{Status: desk.Closed, Queues: queues[:2]}); return err })
	})
}
func sorted(ids []desk.ID) []desk.ID { return ids }
