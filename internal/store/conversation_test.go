package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// noon is when the tests of conversations begin.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// world is an account with what conversations need.
type world struct {
	*testing.T
	db      *dbx.DB
	s       *store.Store
	clock   *testkit.Clock
	account desk.ID
	line    desk.ID // a connection

	mu     sync.Mutex
	events []desk.Event
}

func newWorld(t *testing.T, db *dbx.DB) *world {
	w := &world{T: t, db: db, clock: testkit.NewClock(noon)}
	w.s = store.New(db, desk.NewIDs(w.clock.Now, 1, 0), w.clock.Now, func(e desk.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, e)
	})
	w.account, w.line = w.id(), w.id()
	w.do(func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO account (id, name, time_zone, default_ddi, created_at, updated_at)
			VALUES ($1, 'Aurora', 'America/Sao_Paulo', '55', 1, 1)`, w.account)
		return err
	})
	return w
}

func (w *world) id() desk.ID { return w.s.IDs.Next() }

func (w *world) q() dbx.Querier { return w.db.Read(w.Context()) }

// do runs a transaction that must succeed.
func (w *world) do(fn func(tx *dbx.Tx) error) {
	w.Helper()
	if err := w.db.Do(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

// fails runs a transaction that must be refused with the code.
func (w *world) fails(code desk.Code, fn func(tx *dbx.Tx) error) {
	w.Helper()
	if err := w.db.Do(w.Context(), fn); desk.CodeOf(err) != code {
		w.Fatalf("got %v, want %s", err, code)
	}
}

// told returns the events of a type that were handed out so far.
func (w *world) told(typ desk.EventType) []desk.Event {
	w.db.Settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []desk.Event
	for _, e := range w.events {
		if e.Type == typ {
			list = append(list, e)
		}
	}
	return list
}

// contact stores a contact.
func (w *world) contact(name, phone string) desk.ID {
	c := desk.Contact{ID: w.id(), AccountID: w.account, Name: name, Phone: phone}
	w.do(func(tx *dbx.Tx) error {
		if _, err := tx.Exec(`INSERT INTO contact (id, account_id, name, name_fold, phone, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, 1, 1)`, c.ID, c.AccountID, c.Name, dbx.Fold(c.Name), c.Phone); err != nil {
			return err
		}
		return w.s.IndexContact(tx, &c)
	})
	return c.ID
}

// ticket stores a ticket as shaped, of a contact of its own unless it has one.
func (w *world) ticket(shape desk.Ticket) desk.Ticket {
	w.Helper()
	t := shape
	t.AccountID = w.account
	if t.ContactID == 0 {
		t.ContactID = w.contact(fmt.Sprintf("Cliente %d", w.id()), "")
	}
	if t.ConnectionID == 0 {
		t.ConnectionID = w.line
	}
	if t.Status == "" {
		t.Status = desk.Pending
	}
	if t.Origin == "" {
		t.Origin = desk.OriginInbound
	}
	now := desk.TimeOf(w.clock.Now())
	if t.Status == desk.Pending && t.QueuedAt == 0 {
		t.QueuedAt = now
	}
	w.do(func(tx *dbx.Tx) error {
		c, err := w.s.TouchChannel(tx, store.ChannelTouch{AccountID: w.account, ContactID: t.ContactID, ConnectionID: t.ConnectionID})
		if err != nil {
			return err
		}
		t.ChannelID = c.ID
		return w.s.InsertTicket(tx, &t)
	})
	return t
}

// says stores a message of the ticket's contact.
func (w *world) says(t desk.Ticket, text string) desk.Message {
	w.Helper()
	m := w.message(t, text)
	m.Direction, m.Author, m.Status = desk.In, desk.AuthorContact, desk.StatusReceived
	m.ProviderID = "wamid." + m.ID.String()
	w.do(func(tx *dbx.Tx) error {
		now, err := w.s.TouchInbound(tx, store.InboundTouch{AccountID: w.account, ContactID: t.ContactID, ConnectionID: t.ConnectionID, MessageID: m.ID})
		if err != nil {
			return err
		}
		m.Pos = now.LastPos
		return w.s.InsertMessage(tx, &m)
	})
	return m
}

// answers stores a message of ours in a state.
func (w *world) answers(t desk.Ticket, text string, status desk.MessageStatus) desk.Message {
	w.Helper()
	m := w.message(t, text)
	m.Direction, m.Author, m.Status, m.UserID = desk.Out, desk.AuthorUser, status, t.UserID
	if status == desk.StatusWaiting {
		m.Queue, m.ExpiresAt = true, desk.TimeOf(w.clock.Now().Add(7*24*time.Hour))
	}
	w.do(func(tx *dbx.Tx) error {
		now, err := w.s.TouchOutbound(tx, store.OutboundTouch{AccountID: w.account, TicketID: t.ID, MessageID: m.ID,
			Answer: true, Waiting: status == desk.StatusWaiting})
		if err != nil {
			return err
		}
		m.Pos = now.LastPos
		return w.s.InsertMessage(tx, &m)
	})
	return m
}

func (w *world) message(t desk.Ticket, text string) desk.Message {
	return desk.Message{ID: w.id(), AccountID: w.account, ConnectionID: t.ConnectionID, ContactID: t.ContactID,
		ChannelID: t.ChannelID, TicketID: t.ID, Type: desk.TypeText, Body: text}
}

// now reads a ticket again.
func (w *world) now(t desk.Ticket) desk.Ticket {
	w.Helper()
	got, err := w.s.Ticket(w.q(), w.account, t.ID)
	if err != nil {
		w.Fatal(err)
	}
	return got
}

// admin sees everything.
func (w *world) admin() *desk.Viewer {
	return &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleAdmin}
}

// checkCounts fails when the counters differ from the tickets.
func (w *world) checkCounts() {
	w.Helper()
	w.do(func(tx *dbx.Tx) error {
		wrong, err := w.s.Recount(tx, w.account)
		if err == nil && len(wrong) > 0 {
			w.Errorf("counters differ: %+v", wrong)
		}
		return err
	})
}
