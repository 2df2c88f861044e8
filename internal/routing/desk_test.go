package routing_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// room is an account with two queues and their people.
type room struct {
	*testing.T
	db                *dbx.DB
	s                 *store.Store
	d                 *routing.Desk
	clock             *testkit.Clock
	account, line     desk.ID
	sales, support    desk.ID
	ana, bruno, carla *desk.Viewer // sales; support; supervisor
}

func newRoom(t *testing.T, db *dbx.DB) *room {
	clock := testkit.NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	s := store.New(db, desk.NewIDs(clock.Now, 1, 0), clock.Now, nil)
	r := &room{T: t, db: db, s: s, d: routing.New(s, slog.New(slog.DiscardHandler)), clock: clock, account: s.IDs.Next(), line: s.IDs.Next()}
	r.sales, r.support = s.IDs.Next(), s.IDs.Next()
	r.exec(`INSERT INTO account (id, name, time_zone, default_ddi, created_at, updated_at) VALUES ($1, 'Aurora', 'UTC', '55', 1, 1)`, r.account)
	for name, id := range map[string]desk.ID{"Vendas": r.sales, "Suporte": r.support} {
		r.exec(`INSERT INTO queue (id, account_id, name, name_fold, position, color, created_at, updated_at)
			VALUES ($1, $2, $3, $4, 1, '#112233', 1, 1)`, id, r.account, name, dbx.Fold(name))
	}
	rights := desk.DefaultSettings().Rights()
	r.ana = r.person("Ana", desk.RoleUser, rights, r.sales)
	r.bruno = r.person("Bruno", desk.RoleUser, rights, r.support)
	r.carla = r.person("Carla", desk.RoleSupervisor, rights)
	return r
}

func (r *room) person(name string, role desk.Role, rights desk.Rights, queues ...desk.ID) *desk.Viewer {
	person, user := r.s.IDs.Next(), r.s.IDs.Next()
	r.exec(`INSERT INTO person (id, email, password_hash, created_at, updated_at) VALUES ($1, $2, 'x', 1, 1)`, person, name+"@x.com")
	r.exec(`INSERT INTO account_user (id, account_id, person_id, name, name_fold, role, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, 1, 1)`, user, r.account, person, name, dbx.Fold(name), role)
	for _, q := range queues {
		r.exec(`INSERT INTO user_queue (account_id, user_id, queue_id) VALUES ($1, $2, $3)`, r.account, user, q)
	}
	return &desk.Viewer{AccountID: r.account, UserID: user, Role: role, Queues: queues, Rights: rights}
}

func (r *room) exec(text string, args ...any) {
	r.Helper()
	r.do(func(tx *dbx.Tx) error { _, err := tx.Exec(text, args...); return err })
}

func (r *room) do(fn func(tx *dbx.Tx) error) {
	r.Helper()
	if err := r.db.Do(r.Context(), fn); err != nil {
		r.Fatal(err)
	}
}

// refused fails unless err has the code.
func (r *room) refused(err error, code desk.Code) {
	r.Helper()
	if desk.CodeOf(err) != code {
		r.Errorf("got %v, want %s", err, code)
	}
}

func (r *room) must(t desk.Ticket, err error) desk.Ticket {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
	return t
}

// arrives has a contact write, as inbound does.
func (r *room) arrives(contact desk.ID, queues []desk.ID, reopen time.Duration) (placed routing.Placed, m desk.Message) {
	r.Helper()
	r.do(func(tx *dbx.Tx) (err error) {
		placed, m, err = r.arrive(tx, contact, queues, reopen)
		return err
	})
	return placed, m
}

func (r *room) arrive(tx *dbx.Tx, contact desk.ID, queues []desk.ID, reopen time.Duration) (routing.Placed, desk.Message, error) {
	m := desk.Message{ID: r.s.IDs.Next(), AccountID: r.account, ConnectionID: r.line, ContactID: contact, Direction: desk.In,
		Author: desk.AuthorContact, Type: desk.TypeText, Body: "oi", Status: desk.StatusReceived}
	m.ProviderID = "wamid." + m.ID.String()
	c, err := r.s.TouchChannel(tx, store.ChannelTouch{AccountID: r.account, ContactID: contact, ConnectionID: r.line,
		InboundAt: desk.TimeOf(r.clock.Now()), InboundID: m.ProviderID})
	if err != nil {
		return routing.Placed{}, m, err
	}
	p, err := r.d.Place(tx, routing.Arrival{Channel: c, MessageID: m.ID, InitialQueues: queues, ReopenWindow: reopen})
	if err != nil {
		return p, m, err
	}
	m.ChannelID, m.TicketID, m.Pos = c.ID, p.Ticket.ID, p.Ticket.LastPos
	return p, m, r.s.InsertMessage(tx, &m)
}

// waiting returns a new pending ticket of a queue, 0 for none.
func (r *room) waiting(queue desk.ID) desk.Ticket {
	r.Helper()
	var queues []desk.ID
	if queue != 0 {
		queues = []desk.ID{queue}
	}
	p, _ := r.arrives(r.s.IDs.Next(), queues, 0)
	return p.Ticket
}

// served returns an open ticket of a viewer in the sales queue.
func (r *room) served(v *desk.Viewer) desk.Ticket {
	r.Helper()
	return r.must(r.d.Accept(r.Context(), v, r.waiting(r.sales).ID, 0))
}

// log returns the types of a ticket's events, oldest first.
func (r *room) log(t desk.Ticket) []desk.EventType {
	r.Helper()
	page, err := r.s.TicketLog(r.db.Read(r.Context()), r.account, t.ID, store.List{})
	if err != nil {
		r.Fatal(err)
	}
	var types []desk.EventType
	for _, e := range page.Items {
		types = append([]desk.EventType{e.Type}, types...)
	}
	return types
}

func (r *room) counted() {
	r.Helper()
	r.do(func(tx *dbx.Tx) error {
		wrong, err := r.s.Recount(tx, r.account)
		if len(wrong) > 0 {
			r.Errorf("counters differ: %+v", wrong)
		}
		return err
	})
}

func each(t *testing.T, fn func(r *room)) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		r := newRoom(t, db)
		fn(r)
		r.counted()
	})
}

func TestC7_AcceptTwiceAtOnce(t *testing.T) {
	each(t, func(r *room) {
		dora := r.person("Dora", desk.RoleUser, r.ana.Rights, r.sales)
		hidden := r.person("Eva", desk.RoleUser, desk.Rights{HideAssignedToOthers: true}, r.sales)
		at := r.waiting(r.sales)
		errs := map[*desk.Viewer]error{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, v := range []*desk.Viewer{r.ana, dora, hidden} {
			wg.Go(func() {
				_, err := r.d.Accept(t.Context(), v, at.ID, 0)
				mu.Lock()
				errs[v] = err
				mu.Unlock()
			})
		}
		wg.Wait()
		won := 0
		for v, err := range errs {
			want := desk.CodeAlreadyAccepted
			if v == hidden {
				want = desk.CodeNotFound // she may not see it any more
			}
			if err == nil {
				won++
			} else if desk.CodeOf(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		got := r.must(r.s.Ticket(r.db.Read(t.Context()), r.account, at.ID))
		if won != 1 || got.Status != desk.Open || got.AcceptedAt == 0 || got.UserID == 0 {
			t.Errorf("%d won: %+v", won, got)
		}
		if log := r.log(at); !slices.Equal(log, []desk.EventType{desk.EvTicketCreated, desk.EvTicketAccepted}) {
			t.Errorf("%v", log)
		}
	})
}

func TestC7_AcceptWithoutQueue(t *testing.T) {
	each(t, func(r *room) {
		at := r.waiting(0)
		_, err := r.d.Accept(t.Context(), r.ana, at.ID, r.sales)
		r.refused(err, desk.CodeNotFound) // users_see_unqueued is off
		r.ana.Rights.UsersSeeUnqueued = true
		_, err = r.d.Accept(t.Context(), r.ana, at.ID, 0)
		r.refused(err, desk.CodeQueueRequired)
		_, err = r.d.Accept(t.Context(), r.ana, at.ID, r.support)
		r.refused(err, desk.CodeNotAMember)
		_, err = r.d.Accept(t.Context(), r.ana, at.ID, r.s.IDs.Next())
		r.refused(err, desk.CodeUnknownReference)
		if got := r.must(r.d.Accept(t.Context(), r.ana, at.ID, r.sales)); got.QueueID != r.sales || got.UserID != r.ana.UserID {
			t.Errorf("%+v", got)
		}
		r.must(r.d.Accept(t.Context(), r.carla, r.waiting(0).ID, 0)) // supervisors need none
	})
}

// TestM3_TransitionTable takes every step from every state as somebody who may
// do anything: what the table does not list is refused and changes nothing.
func TestM3_TransitionTable(t *testing.T) {
	each(t, func(r *room) {
		ctx := t.Context()
		steps := map[string]func(id desk.ID) (desk.Ticket, error){
			"accept": func(id desk.ID) (desk.Ticket, error) { return r.d.Accept(ctx, r.carla, id, 0) },
			"return": func(id desk.ID) (desk.Ticket, error) { return r.d.Return(ctx, r.carla, id) },
			"transfer agent": func(id desk.ID) (desk.Ticket, error) {
				return r.d.Transfer(ctx, r.carla, id, r.support, r.bruno.UserID)
			},
			"transfer queue": func(id desk.ID) (desk.Ticket, error) { return r.d.Transfer(ctx, r.carla, id, r.support, 0) },
			"close":          func(id desk.ID) (desk.Ticket, error) { return r.d.Close(ctx, r.carla, id) },
			"reopen":         func(id desk.ID) (desk.Ticket, error) { return r.d.Reopen(ctx, r.carla, id) },
		}
		states := map[desk.TicketStatus]func() desk.Ticket{
			desk.Pending: func() desk.Ticket { return r.waiting(r.sales) },
			desk.Open:    func() desk.Ticket { return r.served(r.ana) },
			desk.Closed:  func() desk.Ticket { return r.must(r.d.Close(ctx, r.carla, r.waiting(r.sales).ID)) },
		}
		allowed := map[desk.TicketStatus]map[string]desk.TicketStatus{
			desk.Pending: {"accept": desk.Open, "transfer agent": desk.Open, "transfer queue": desk.Pending, "close": desk.Closed},
			desk.Open:    {"return": desk.Pending, "transfer agent": desk.Open, "transfer queue": desk.Pending, "close": desk.Closed},
			desk.Closed:  {"reopen": desk.Open},
		}
		for from, make := range states {
			for name, take := range steps {
				at := make()
				log := len(r.log(at))
				got, err := take(at.ID)
				to, ok := allowed[from][name]
				after := r.must(r.s.Ticket(r.db.Read(ctx), r.account, at.ID))
				switch {
				case ok && (err != nil || got.Status != to || after.Status != to || len(r.log(at)) != log+1 || after.Rev != at.Rev+1):
					t.Errorf("%s from %s: %v %+v", name, from, err, after)
				case !ok && err == nil:
					t.Errorf("%s from %s is not refused", name, from)
				case !ok && (after != at || len(r.log(at)) != log):
					t.Errorf("%s from %s: refused (%v), but changed", name, from, err)
				case !ok && desk.CodeOf(err) != desk.CodeInvalidTransition && (name != "accept" || from != desk.Open):
					t.Errorf("%s from %s: %v", name, from, err)
				}
			}
		}
	})
}

func TestC11_ReturnIsLast(t *testing.T) {
	each(t, func(r *room) {
		mine := r.served(r.ana)
		var want []desk.ID
		for range 3 {
			r.clock.Advance(time.Second)
			want = append(want, r.waiting(r.sales).ID)
		}
		r.clock.Advance(time.Second)
		got := r.must(r.d.Return(t.Context(), r.ana, mine.ID))
		if got.UserID != 0 || got.QueueID != r.sales || got.QueuedAt != desk.TimeOf(r.clock.Now()) {
			t.Errorf("%+v", got)
		}
		page, err := r.s.TicketPage(r.db.Read(t.Context()), r.ana, store.TicketFilter{Status: desk.Pending}, store.List{})
		if err != nil || !slices.Equal(page.Items, append(want, mine.ID)) {
			t.Errorf("%v %v, want %v and %d", page.Items, err, want, mine.ID)
		}
		noQueue := r.must(r.d.Accept(t.Context(), r.carla, r.waiting(0).ID, 0))
		_, err = r.d.Return(t.Context(), r.carla, noQueue.ID)
		r.refused(err, desk.CodeQueueRequired)
	})
}

func TestC13_Transfer(t *testing.T) {
	each(t, func(r *room) {
		ctx := t.Context()
		at := r.served(r.ana)
		_, err := r.d.Transfer(ctx, r.ana, at.ID, 0, 0)
		r.refused(err, desk.CodeQueueRequired)
		_, err = r.d.Transfer(ctx, r.ana, at.ID, r.sales, r.ana.UserID)
		r.refused(err, desk.CodeNoChange)
		_, err = r.d.Transfer(ctx, r.ana, at.ID, r.support, r.ana.UserID)
		r.refused(err, desk.CodeNotAMember)
		_, err = r.d.Transfer(ctx, r.ana, at.ID, r.s.IDs.Next(), 0)
		r.refused(err, desk.CodeUnknownReference)

		got := r.must(r.d.Transfer(ctx, r.ana, at.ID, r.support, 0)) // a queue she can't see
		if got.Status != desk.Pending || got.UserID != 0 || got.QueueID != r.support {
			t.Errorf("%+v", got)
		}
		_, err = r.d.Transfer(ctx, r.ana, at.ID, r.sales, 0)
		r.refused(err, desk.CodeNotFound)
		_, err = r.d.Transfer(ctx, r.bruno, at.ID, r.support, 0)
		r.refused(err, desk.CodeNoChange)
		got = r.must(r.d.Transfer(ctx, r.bruno, at.ID, r.support, r.bruno.UserID))
		if got.Status != desk.Open || got.UserID != r.bruno.UserID || got.AcceptedAt == 0 {
			t.Errorf("%+v", got)
		}
		page, err := r.s.TicketLog(r.db.Read(ctx), r.account, at.ID, store.List{})
		if err != nil {
			t.Fatal(err)
		}
		e := page.Items[1] // to the queue: who loses and gains it follows from the event
		if e.Type != desk.EvTicketTransferred || !r.ana.CanSee(*e.Before) || r.ana.CanSee(*e.After) || r.bruno.CanSee(*e.Before) || !r.bruno.CanSee(*e.After) {
			t.Errorf("%+v", e)
		}
		if fmt.Sprint(e.Data["to_queue"]) != r.support.String() {
			t.Errorf("%+v", e.Data)
		}
		r.exec(`UPDATE account_user SET active = FALSE WHERE id = $1`, r.bruno.UserID)
		_, err = r.d.Transfer(ctx, r.carla, r.waiting(r.support).ID, r.support, r.bruno.UserID)
		r.refused(err, desk.CodeNotAMember)
		r.exec(`UPDATE queue SET active = FALSE WHERE id = $1`, r.support)
		_, err = r.d.Transfer(ctx, r.carla, r.waiting(r.sales).ID, r.support, 0)
		r.refused(err, desk.CodeUnknownReference)
	})
}

func TestC12_Close(t *testing.T) {
	each(t, func(r *room) {
		ctx := t.Context()
		_, err := r.d.Close(ctx, r.ana, r.waiting(r.sales).ID)
		r.refused(err, desk.CodeForbidden) // users_close_pending is off
		r.ana.Rights.UsersClosePending = true
		r.must(r.d.Close(ctx, r.ana, r.waiting(r.sales).ID))

		at := r.served(r.ana)
		var m desk.Message
		r.do(func(tx *dbx.Tx) error {
			m = desk.Message{ID: r.s.IDs.Next(), AccountID: r.account, ConnectionID: r.line, ContactID: at.ContactID, ChannelID: at.ChannelID,
				TicketID: at.ID, Direction: desk.Out, Author: desk.AuthorUser, Type: desk.TypeText, Body: "espera", Status: desk.StatusWaiting}
			now, err := r.s.TouchOutbound(tx, store.OutboundTouch{AccountID: r.account, TicketID: at.ID, MessageID: m.ID, Waiting: true})
			m.Pos = now.LastPos
			return errors.Join(err, r.s.InsertMessage(tx, &m))
		})
		got := r.must(r.d.Close(ctx, r.ana, at.ID))
		if got.ClosedAt == 0 || got.ClosedBy != r.ana.UserID || got.CloseSource != desk.ClosedByAgent || got.WaitingCount != 0 ||
			got.WaitingSince != 0 || got.UserID != r.ana.UserID {
			t.Errorf("%+v", got)
		}
		if left, err := r.s.Message(r.db.Read(ctx), r.account, m.ID); err != nil || left.Status != desk.StatusCanceled {
			t.Errorf("%+v %v", left, err)
		}

		r.exec(`UPDATE account SET settings = '{"tag_required_to_close":true}' WHERE id = $1`, r.account)
		at = r.served(r.ana)
		_, err = r.d.Close(ctx, r.ana, at.ID)
		r.refused(err, desk.CodeTagRequired)
		tag := r.s.IDs.Next()
		r.exec(`INSERT INTO tag (id, account_id, name, name_fold, color, created_at, updated_at) VALUES ($1, $2, 'VIP', 'vip', '#112233', 1, 1)`, tag, r.account)
		r.must(r.d.Tag(ctx, r.ana, at.ID, []desk.ID{tag}))
		r.must(r.d.Close(ctx, r.ana, at.ID))
	})
}

func TestC9_Reopen(t *testing.T) {
	each(t, func(r *room) {
		ctx := t.Context()
		at := r.must(r.d.Close(ctx, r.ana, r.served(r.ana).ID))
		r.ana.Rights.UsersCanReopen = false
		_, err := r.d.Reopen(ctx, r.ana, at.ID)
		r.refused(err, desk.CodeForbidden)
		got := r.must(r.d.Reopen(ctx, r.carla, at.ID))
		if got.Status != desk.Open || got.UserID != r.carla.UserID || got.ClosedAt != 0 || got.CloseSource != "" {
			t.Errorf("%+v", got)
		}
		r.must(r.d.Close(ctx, r.carla, at.ID))
		live, _ := r.arrives(at.ContactID, []desk.ID{r.support}, 0)
		r.must(r.d.Accept(ctx, r.bruno, live.Ticket.ID, 0))

		r.ana.Rights.UsersCanReopen = true
		_, err = r.d.Reopen(ctx, r.ana, at.ID) // she can't see the live one
		r.refused(err, desk.CodeLiveTicket)
		params := paramsOf(err)
		if params["ticket_id"] != nil || params["number"] != nil || params["queue"] != "Suporte" || params["agent"] != "Bruno" {
			t.Errorf("%+v", params)
		}
		_, err = r.d.Reopen(ctx, r.carla, at.ID)
		r.refused(err, desk.CodeLiveTicket)
		if params := paramsOf(err); params["ticket_id"] != live.Ticket.ID.String() || params["agent"] != nil {
			t.Errorf("%+v", params)
		}
	})
}

func paramsOf(err error) map[string]any {
	if e, ok := errors.AsType[*desk.Error](err); ok {
		return e.Params
	}
	return nil
}
