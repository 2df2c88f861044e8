package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// company is an account on a fresh database with an administrator, for tests of
// registers.
type company struct {
	*store.Store
	t      *testing.T
	clock  *testkit.Clock
	id     desk.ID
	system *desk.Viewer
	admin  *desk.Viewer
	mu     *sync.Mutex
	events *[]desk.Event
}

// eachCompany runs fn on both databases.
func eachCompany(t *testing.T, fn func(t *testing.T, c *company)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) { fn(t, newCompany(t, db, "")) })
}

// newCompany adds a company to the database; suffix tells its administrator's
// address from those of others there.
func newCompany(t *testing.T, db *dbx.DB, suffix string) *company {
	t.Helper()
	clock := testkit.NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	c := &company{t: t, clock: clock, mu: &sync.Mutex{}, events: &[]desk.Event{}}
	c.Store = store.New(db, desk.NewIDs(clock.Now, 1, lastID(t, db)), clock.Now, func(e desk.Event) {
		c.mu.Lock()
		defer c.mu.Unlock()
		*c.events = append(*c.events, e)
	})
	account := write(c, func(tx *dbx.Tx) (desk.Account, error) {
		return c.CreateAccount(tx, store.AccountNew{Name: "Aurora Móveis"})
	})
	c.id, c.system = account.ID, store.Operator(account.ID)
	c.admin = c.user("Alice"+suffix+" Admin", desk.RoleAdmin)
	return c
}

// lastID is the floor of a new generator on a database in use.
func lastID(t *testing.T, db *dbx.DB) desk.ID {
	var id desk.ID
	if err := db.Read(t.Context()).QueryRow(`SELECT COALESCE(MAX(id), 0) FROM event`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// write runs one transaction that must succeed.
func write[T any](c *company, fn func(tx *dbx.Tx) (T, error)) T {
	c.t.Helper()
	v, err := try(c, fn)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// try runs one transaction.
func try[T any](c *company, fn func(tx *dbx.Tx) (T, error)) (T, error) {
	var v T
	err := c.DB.Do(context.Background(), func(tx *dbx.Tx) error {
		var err error
		v, err = fn(tx)
		return err
	})
	return v, err
}

// do runs one transaction without a result.
func (c *company) do(fn func(tx *dbx.Tx) error) error {
	return c.DB.Do(context.Background(), fn)
}

func (c *company) must(fn func(tx *dbx.Tx) error) {
	c.t.Helper()
	if err := c.do(fn); err != nil {
		c.t.Fatal(err)
	}
}

func (c *company) read() dbx.Querier { return c.DB.Read(context.Background()) }

// user creates a user and returns her viewer.
func (c *company) user(name string, role desk.Role, queues ...desk.ID) *desk.Viewer {
	c.t.Helper()
	email := dbx.Tokens(name)[0] + "@aurora.example"
	u := write(c, func(tx *dbx.Tx) (desk.User, error) {
		return c.CreateUser(tx, c.system, store.UserNew{Name: name, Email: email, PasswordHash: "x", Role: role, Queues: queues})
	})
	return c.viewer(u.ID)
}

func (c *company) viewer(user desk.ID) *desk.Viewer {
	c.t.Helper()
	v, _, err := c.Viewer(c.read(), c.id, user)
	if err != nil {
		c.t.Fatal(err)
	}
	return &v
}

func (c *company) queue(name string) desk.Queue {
	c.t.Helper()
	return write(c, func(tx *dbx.Tx) (desk.Queue, error) {
		return c.CreateQueue(tx, c.admin, store.QueueNew{Name: name, Color: "#336699"})
	})
}

func (c *company) connection(name string, in store.ConnectionNew) (desk.Connection, error) {
	in.ID, in.Kind, in.Name = c.IDs.Next(), desk.WhatsAppOfficial, name
	if in.PublicKey == "" {
		in.PublicKey = "key-" + in.ID.String()
	}
	return try(c, func(tx *dbx.Tx) (desk.Connection, error) { return c.CreateConnection(tx, c.admin, in) })
}

func (c *company) mustConnection(name string) desk.Connection {
	c.t.Helper()
	x, err := c.connection(name, store.ConnectionNew{ExternalID: name})
	if err != nil {
		c.t.Fatal(err)
	}
	return x
}

func (c *company) resolve(from store.Sender) store.Resolved {
	c.t.Helper()
	return write(c, func(tx *dbx.Tx) (store.Resolved, error) { return c.ResolveContact(tx, c.id, 0, from) })
}

// ticket opens a pending ticket of a contact in a queue.
func (c *company) ticket(contact, connection, queue, user desk.ID) desk.Ticket {
	c.t.Helper()
	return write(c, func(tx *dbx.Tx) (desk.Ticket, error) {
		ch, err := c.TouchChannel(tx, store.ChannelTouch{AccountID: c.id, ContactID: contact, ConnectionID: connection})
		if err != nil {
			return desk.Ticket{}, err
		}
		t := desk.Ticket{AccountID: c.id, ContactID: contact, ConnectionID: connection, ChannelID: ch.ID, QueueID: queue,
			UserID: user, Status: desk.Pending, Origin: desk.OriginInbound, QueuedAt: desk.TimeOf(c.Now())}
		if user != 0 {
			t.Status = desk.Open
		}
		err = c.InsertTicket(tx, &t)
		return t, err
	})
}

// taken empties and returns the events published so far.
func (c *company) takeEvents() []desk.Event {
	c.DB.Settle()
	c.mu.Lock()
	defer c.mu.Unlock()
	list := *c.events
	*c.events = nil
	return list
}

// onlyEvent is the one event since takeEvents.
func (c *company) onlyEvent() desk.Event {
	c.t.Helper()
	list := c.takeEvents()
	if len(list) != 1 {
		c.t.Fatalf("%d events, want 1: %+v", len(list), list)
	}
	return list[0]
}

// changed returns the changes of an event as JSON.
func changed(e desk.Event) string {
	b, err := json.Marshal(e.Data["changes"])
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func code(t *testing.T, err error, kind desk.Kind, want desk.Code) {
	t.Helper()
	e, ok := errors.AsType[*desk.Error](err)
	if !ok || e.Kind != kind || e.Code != want {
		t.Fatalf("error %v, want %s", err, want)
	}
}

// field checks that a refusal names a field and its code.
func field(t *testing.T, err error, location string, want desk.Code) {
	t.Helper()
	e, ok := errors.AsType[*desk.Error](err)
	if !ok || !slices.ContainsFunc(e.Fields, func(f desk.Field) bool { return f.Location == location && f.Code == want }) {
		t.Fatalf("error %v, want %s at %s", err, want, location)
	}
}

func ptr[T any](v T) *T { return &v }
