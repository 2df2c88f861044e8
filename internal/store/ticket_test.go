package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestTouch_InboundAndOutbound(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open, AcceptedAt: 1, AwaitingContact: true})
		first := w.says(at, "oi")
		w.clock.Advance(time.Minute)
		second := w.says(at, "alguém?")
		asked := desk.TimeOf(noon)
		now := w.now(at)
		if now.Unread != 2 || now.FirstUnreadID != first.ID || now.WaitingSince != asked || now.AwaitingContact ||
			now.LastMessageID != second.ID || now.LastMessageAt != w.at() || now.LastPos != second.Pos || second.Pos <= first.Pos || now.Rev != 3 {
			t.Fatalf("%+v", now)
		}
		w.answers(at, "espere a janela", desk.StatusWaiting)
		if now = w.now(at); now.WaitingSince != asked || now.FirstResponseAt != 0 || now.WaitingCount != 1 || now.Unread != 2 {
			t.Fatalf("a message in line is no answer: %+v", now)
		}
		w.answers(at, "pois não", desk.StatusPending)
		if now = w.now(at); now.WaitingSince != 0 || now.FirstResponseAt != w.at() || now.Unread != 2 {
			t.Fatalf("%+v", now)
		}
		w.clock.Set(noon.Add(-time.Hour)) // a step of the clock
		if m := w.says(at, "antes?"); m.Pos <= now.LastPos {
			t.Errorf("place %d is before %d", m.Pos, now.LastPos)
		}
		closed := w.ticket(desk.Ticket{Status: desk.Closed})
		w.fails(desk.CodeReadOnly, func(tx *dbx.Tx) error {
			_, err := w.s.TouchOutbound(tx, store.OutboundTouch{AccountID: w.account, TicketID: closed.ID, MessageID: 1})
			return err
		})
		w.fails(desk.CodeNotFound, func(tx *dbx.Tx) error {
			_, err := w.s.TouchInbound(tx, store.InboundTouch{AccountID: w.account, ContactID: closed.ContactID, ConnectionID: w.line, MessageID: 1})
			return err
		})
	})
}

// TestMessage_StatementBudget counts what a message in and out costs: one
// commit and far fewer than ten row statements (design §3).
func TestMessage_StatementBudget(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		before := db.Stats()
		w.do(func(tx *dbx.Tx) error {
			raw := store.RawEvent{AccountID: w.account, ConnectionID: w.line, Key: "wamid.1", State: store.RawDone, Body: "{}"}
			_, err1 := w.s.InsertRaw(tx, &raw)
			_, err2 := w.s.TouchChannel(tx, store.ChannelTouch{AccountID: w.account, ContactID: at.ContactID, ConnectionID: w.line, InboundAt: w.at(), InboundID: "wamid.1"})
			m := w.message(at, "oi")
			m.ProviderID, m.Direction, m.Author, m.Status = "wamid.1", desk.In, desk.AuthorContact, desk.StatusReceived
			m.ID = w.id()
			now, err3 := w.s.TouchInbound(tx, store.InboundTouch{AccountID: w.account, ContactID: at.ContactID, ConnectionID: w.line, MessageID: m.ID})
			m.Pos = now.LastPos
			err4 := w.s.InsertMessage(tx, &m)
			sight := now.Sight()
			return errors.Join(err1, err2, err3, err4,
				w.s.RecordMessage(tx, desk.EvMessageReceived, desk.Actor{Kind: desk.ActorContact}, &m, &sight, nil))
		})
		used := db.Stats().Minus(before)
		if used.Statements != 6 || used.Commits != 1 {
			t.Errorf("a message in costs %+v", used)
		}
		before = db.Stats()
		w.answers(at, "pois não", desk.StatusPending)
		if used := db.Stats().Minus(before); used.Statements != 3 || used.Commits != 1 {
			t.Errorf("a message out costs %+v", used)
		}
	})
}

func TestMessage_ProviderIDIsUnique(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		m := w.says(at, "oi")
		again := m
		again.ID = w.id()
		err := db.Do(t.Context(), func(tx *dbx.Tx) error {
			err := tx.Savepoint(func(tx *dbx.Tx) error { return w.s.InsertMessage(tx, &again) })
			if !errors.Is(err, store.ErrDuplicateMessage) {
				t.Errorf("got %v", err)
			}
			again.ConnectionID = w.id() // another number may have the same id
			return w.s.InsertMessage(tx, &again)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestM1_OneLiveTicket inserts live tickets of one contact at the same time,
// without the channel's row in between: the index alone keeps them apart.
func TestM1_OneLiveTicket(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		shape := desk.Ticket{AccountID: w.account, ContactID: w.id(), ConnectionID: w.line, ChannelID: 1, Status: desk.Pending, Origin: desk.OriginInbound}
		var won sync.Map
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				mine := shape
				err := db.Do(t.Context(), func(tx *dbx.Tx) error {
					mine = shape
					return w.s.InsertTicket(tx, &mine)
				})
				live, lost := errors.AsType[*store.LiveTicketError](err)
				switch {
				case err == nil:
					won.Store(mine.ID, true)
				case !lost || live.Ticket.ID == 0:
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		n := 0
		won.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Fatalf("%d live tickets", n)
		}
		w.checkCounts()
		shape.Status = desk.Closed // any number of closed ones
		w.do(func(tx *dbx.Tx) error { return w.s.InsertTicket(tx, &shape) })
	})
}

func TestTicket_NumbersAndAdoption(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		first := w.ticket(desk.Ticket{Status: desk.Closed})
		loose := w.message(first, "Olá {{1}}")
		loose.TicketID, loose.Type, loose.Direction, loose.Status = 0, desk.TypeTemplate, desk.Out, desk.StatusSent
		w.do(func(tx *dbx.Tx) error { return w.s.InsertMessage(tx, &loose) })
		if _, _, err := w.s.VisibleMessage(w.q(), w.admin(), loose.ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error(err)
		}
		w.clock.Advance(time.Hour)
		next := w.ticket(desk.Ticket{ContactID: first.ContactID})
		if next.Number != first.Number+1 {
			t.Errorf("number %d after %d", next.Number, first.Number)
		}
		w.says(next, "recebi")
		page, err := w.s.Timeline(w.q(), w.admin(), next.ID, store.TimelineQuery{})
		if err != nil || !slices.Equal(labels(page.Items), []string{"Olá {{1}}", "recebi"}) {
			t.Errorf("%v %v", labels(page.Items), err)
		}
		if got := w.hits("olá"); !slices.Equal(got, []desk.ID{loose.ID}) {
			t.Errorf("finds %v", got)
		}
	})
}

// TestC6_PagesInOrder: pending first come first, the others by last activity;
// 65 tickets are 30, 30 and 5; a ticket that moves up meanwhile shows twice
// nowhere.
func TestC6_PagesInOrder(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		queue := w.id()
		for _, status := range []desk.TicketStatus{desk.Pending, desk.Open} {
			var want []desk.ID
			var last desk.Ticket
			for i := range 65 {
				if i%4 != 0 { // some at the same instant
					w.clock.Advance(time.Second)
				}
				last = w.ticket(desk.Ticket{Status: status, QueueID: queue, LastMessageAt: w.at()})
				want = append(want, last.ID)
			}
			if status != desk.Pending {
				slices.Reverse(want)
			}
			v := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Queues: []desk.ID{queue}}
			var got []desk.ID
			l, sizes := store.List{}, []int{}
			for page := range 4 {
				p, err := w.s.TicketPage(w.q(), v, store.TicketFilter{Status: status}, l)
				if err != nil {
					t.Fatal(err)
				}
				got, sizes = append(got, p.Items...), append(sizes, len(p.Items))
				if page == 0 {
					w.says(last, "sobe")
				}
				if l.Cursor = p.Next; l.Cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) || !slices.Equal(sizes, []int{30, 30, 5}) {
				t.Errorf("%s: %v\n%v\n%v", status, sizes, got, want)
			}
		}
		p, err := w.s.TicketPage(w.q(), w.admin(), store.TicketFilter{Status: desk.Open}, store.List{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, cursor := range []string{p.Next, "x", "bnVsbA", "e30", "eyJhIjoxLCJiIjoyfQ"} {
			_, err := w.s.TicketPage(w.q(), w.admin(), store.TicketFilter{Status: desk.Closed}, store.List{Cursor: cursor})
			if desk.CodeOf(err) != desk.CodeInvalidCursor {
				t.Errorf("%q: %v", cursor, err)
			}
		}
	})
}

func TestC3_TagsRareAndCommon(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		tag := w.tag("VIP", true)
		gone := w.tag("Antiga", false)
		var want []desk.ID
		for i := range 6 {
			at := w.ticket(desk.Ticket{Status: desk.Open})
			if i%2 == 0 {
				continue
			}
			want = append(want, at.ID)
			w.do(func(tx *dbx.Tx) error { _, err := w.s.SetTicketTags(tx, w.account, at.ID, []desk.ID{tag}); return err })
		}
		slices.Reverse(want)
		p, err := w.s.TicketPage(w.q(), w.admin(), store.TicketFilter{Status: desk.Open, Tags: []desk.ID{tag, w.id()}}, store.List{})
		if err != nil || !slices.Equal(p.Items, want) {
			t.Errorf("%v %v, want %v", p.Items, err, want)
		}
		w.fails(desk.CodeUnknownReference, func(tx *dbx.Tx) error {
			_, err := w.s.SetTicketTags(tx, w.account, want[0], []desk.ID{tag, gone})
			return err
		})
	})
}

func (w *world) tag(name string, active bool) desk.ID {
	id := w.id()
	w.do(func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO tag (id, account_id, name, name_fold, color, active, created_at, updated_at)
			VALUES ($1, $2, $3, $4, '#112233', $5, 1, 1)`, id, w.account, name, dbx.Fold(name), active)
		return err
	})
	return id
}

// TestRecount_Mends breaks the counters behind the store's back.
func TestRecount_Mends(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		w.ticket(desk.Ticket{Unread: 2})
		w.do(func(tx *dbx.Tx) error {
			_, err1 := tx.Exec(`UPDATE ticket_count SET n = 7 WHERE status = 'open'`)
			_, err2 := tx.Exec(`DELETE FROM ticket_count WHERE status = 'pending'`)
			_, err3 := tx.Exec(`UPDATE place_count SET n = 9 WHERE status = 'open'`)
			_, err4 := tx.Exec(`UPDATE place_count SET unread = 5 WHERE status = 'pending'`)
			return errors.Join(err1, err2, err3, err4)
		})
		var wrong []store.CountDifference
		w.do(func(tx *dbx.Tx) (err error) { wrong, err = w.s.Recount(tx, w.account); return err })
		slices.SortFunc(wrong, func(a, b store.CountDifference) int { return int(b.Had - a.Had) })
		if len(wrong) != 4 || !wrong[0].Place || wrong[0].Had != 9 || wrong[0].Has != 1 {
			t.Fatalf("%+v", wrong)
		}
		unread, cells := wrong[2], []store.CountDifference{wrong[1], wrong[3]}
		if !unread.Place || unread.Had != 1 || unread.Has != 1 || unread.HadUnread != 5 || unread.HasUnread != 1 {
			t.Fatalf("%+v", unread)
		}
		if cells[0].Sight != at.Sight() || cells[0].Had != 7 || cells[0].Has != 1 ||
			cells[1].Had != 0 || cells[1].Has != 1 || cells[1].HadUnread != 0 || cells[1].HasUnread != 1 {
			t.Fatalf("%+v", cells)
		}
		w.checkCounts()
		c, err := w.s.Counters(w.q(), w.admin())
		if err != nil || c.Open != 1 || c.Pending != 1 || c.Unread != 1 {
			t.Fatalf("%+v %v", c, err)
		}
	})
}

// TestCounters_Parallel has many transactions move tickets among the same
// cells, several in each: nothing deadlocks and nothing is lost.
func TestCounters_Parallel(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		queues := []desk.ID{w.id(), w.id(), w.id()}
		var ids []desk.ID
		for i := range 12 {
			ids = append(ids, w.ticket(desk.Ticket{QueueID: queues[i%3]}).ID)
		}
		var wg sync.WaitGroup
		for worker := range 6 {
			wg.Go(func() {
				for round := range 8 {
					err := db.Do(t.Context(), func(tx *dbx.Tx) error {
						for k := range 2 { // two tickets in the order of their ids, cells in any
							id := ids[worker*2+k]
							_, err := w.s.ChangeTicket(tx, w.account, id, desk.System(), func(t *desk.Ticket, e *desk.Event) error {
								t.QueueID, e.Type = queues[(worker+round+k)%3], desk.EvTicketTransferred
								return nil
							})
							if err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		w.checkCounts()
	})
}

func TestChangeTicket_EventAndRefusal(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{})
		boom := fmt.Errorf("boom")
		err := db.Do(t.Context(), func(tx *dbx.Tx) error {
			_, err := w.s.ChangeTicket(tx, w.account, at.ID, desk.System(), func(t *desk.Ticket, _ *desk.Event) error {
				t.Status = desk.Open
				return boom
			})
			return err
		})
		if !errors.Is(err, boom) || w.now(at).Rev != 1 {
			t.Fatal(err, w.now(at))
		}
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.ChangeTicket(tx, w.account, at.ID, desk.ByUser(9), func(t *desk.Ticket, e *desk.Event) error {
				t.Status, t.UserID = desk.Open, 9
				e.Type, e.Data = desk.EvTicketAccepted, map[string]any{"source": "test"}
				return nil
			})
			return err
		})
		after := w.now(at)
		log, err := w.s.TicketLog(w.q(), w.account, at.ID, store.List{})
		if err != nil || len(log.Items) != 1 {
			t.Fatalf("%+v %v", log, err)
		}
		e := log.Items[0]
		if e.Type != desk.EvTicketAccepted || e.Actor != desk.ByUser(9) || *e.Before != at.Sight() || *e.After != after.Sight() ||
			e.Pos != after.LastPos || e.Data["source"] != "test" || after.Rev != 2 {
			t.Errorf("%+v", e)
		}
		if told := w.told(desk.EvTicketAccepted); len(told) != 1 || told[0].ID != e.ID {
			t.Errorf("told %+v", told)
		}
		w.fails(desk.CodeNotFound, func(tx *dbx.Tx) error {
			_, err := w.s.ChangeTicket(tx, w.account+1, at.ID, desk.System(), func(*desk.Ticket, *desk.Event) error { return nil })
			return err
		})
	})
}
