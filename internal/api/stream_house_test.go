package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// house is a company whose streams are listened to: the store, the bus and the
// hub behind a real HTTP server, without the rest of the program.
type house struct {
	*testing.T
	s     *store.Store
	bus   *bus.Bus
	hub   *Hub
	desk  *routing.Desk
	http  *httptest.Server
	clock *testkit.Clock
	line  *streamLine
	deaf  atomic.Bool // events don't come through

	document sync.Mutex
	contract huma.Registry // the schemas of the document

	account         desk.ID
	vendas, suporte desk.ID
	one, two        desk.ID // connections
	boss, sonia     desk.ID // administrator, supervisor
	ana, bruno      desk.ID // users in Vendas and in Suporte
}

const streamKind = desk.ChannelKind("test")

// streamLine is a channel over which everything can be done. secret decides
// whether a connection's secret can be opened.
type streamLine struct{ secret func() error }

var _ channel.Adapter = (*streamLine)(nil)

func (*streamLine) Kind() desk.ChannelKind { return streamKind }
func (*streamLine) Settings() channel.Schema {
	return channel.Schema{Fields: []channel.SettingField{{Key: "token", Secret: true}}}
}
func (*streamLine) Capabilities(channel.Connection) channel.Capabilities {
	return channel.Capabilities{Windowed: true, Templates: true, Text: 4096, Reactions: true, Replies: true, Receipts: true}
}
func (*streamLine) Send(context.Context, channel.Connection, channel.Outgoing) (channel.Sent, error) {
	return channel.Sent{}, &channel.Failure{Code: "none"}
}

// newHouse founds the company and starts the hub; tune changes it before.
func newHouse(t *testing.T, db *dbx.DB, tune ...func(*Hub)) *house {
	t.Helper()
	h := &house{T: t, bus: bus.New(), clock: testkit.NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))}
	h.line = &streamLine{secret: func() error { return nil }}
	h.s = store.New(db, desk.NewIDs(h.clock.Now, 1, 0), h.clock.Now, func(e desk.Event) {
		if !h.deaf.Load() {
			h.bus.Publish(e)
		}
	})
	h.desk = routing.New(h.s, slog.New(slog.DiscardHandler))
	registry := channel.Registry{streamKind: h.line}
	open := func(_, _ desk.ID, _, sealed string) (string, error) { return sealed, h.line.secret() }
	directory := routing.NewDirectory(h.s, registry, open, func() string { return "" })
	h.do(h.found)
	s := &Server{}
	s.describe()
	h.contract = s.api.OpenAPI().Components.Schemas
	h.hub = NewHub(HubOptions{Store: h.s, Bus: h.bus, Directory: directory, Registry: registry, Now: h.clock.Now, Version: "1.2.3"})
	h.hub.timing.counters, h.hub.timing.retry = 5*time.Millisecond, 20*time.Millisecond
	for _, fn := range tune {
		fn(h.hub)
	}
	unwatch := directory.Watch(h.bus)
	if err := h.hub.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(h.hub.handler(h.authenticate))
	t.Cleanup(func() {
		h.stop()
		h.http.Close()
		unwatch()
	})
	return h
}

func eachHouse(t *testing.T, fn func(*house)) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) { fn(newHouse(t, db)) })
}

func (h *house) stop() {
	h.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := h.hub.Stop(ctx); err != nil {
		h.Errorf("the hub did not stop: %v", err)
	}
}

// authenticate knows a session by its id in a header.
func (h *house) authenticate(r *http.Request) (auth.Principal, error) {
	session, err := desk.ParseID(r.Header.Get("X-Session"))
	if err != nil {
		return auth.Principal{}, err
	}
	x, v, u, err := h.s.SessionViewer(h.s.DB.Read(r.Context()), session)
	if desk.CodeOf(err) == desk.CodeNotFound {
		err = &desk.Error{Kind: desk.Unauthorized, Code: desk.CodeUnauthorized}
	}
	return auth.Principal{Viewer: v, User: u, SessionID: x.ID, ExpiresAt: x.ExpiresAt}, err
}

func (h *house) do(fn func(tx *dbx.Tx) error) {
	h.Helper()
	if err := h.s.DB.Do(context.Background(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) q() dbx.Querier { return h.s.DB.Read(context.Background()) }

func (h *house) now() desk.Time { return desk.TimeOf(h.clock.Now()) }

func (h *house) found(tx *dbx.Tx) error {
	account, err := h.s.CreateAccount(tx, store.AccountNew{Name: "Aurora Móveis"})
	if err != nil {
		return err
	}
	h.account = account.ID
	for name, q := range map[string]*desk.ID{"Vendas": &h.vendas, "Suporte": &h.suporte} {
		row, err := h.s.CreateQueue(tx, h.operator(), store.QueueNew{Name: name, Color: "#0F6B60"})
		if err != nil {
			return err
		}
		*q = row.ID
	}
	for i, c := range []*desk.ID{&h.one, &h.two} { // the first is the default
		name := fmt.Sprint("Loja ", i+1)
		row, err := h.s.CreateConnection(tx, h.operator(), store.ConnectionNew{ID: h.s.IDs.Next(), PublicKey: name + account.ID.String(), Kind: streamKind,
			Name: name, ExternalID: name, Settings: map[string]string{"token": "sealed"}})
		if err != nil {
			return err
		}
		*c = row.ID
	}
	for _, u := range []struct {
		id     *desk.ID
		name   string
		role   desk.Role
		queues []desk.ID
	}{{&h.boss, "Elisa", desk.RoleAdmin, nil}, {&h.sonia, "Sonia", desk.RoleSupervisor, nil},
		{&h.ana, "Ana", desk.RoleUser, []desk.ID{h.vendas}}, {&h.bruno, "Bruno", desk.RoleUser, []desk.ID{h.suporte}}} {
		row, err := h.s.CreateUser(tx, h.operator(), store.UserNew{Name: u.name, Email: u.name + "@aurora.test", PasswordHash: "x", Role: u.role, Queues: u.queues})
		if err != nil {
			return err
		}
		*u.id = row.ID
	}
	return nil
}

func (h *house) operator() *desk.Viewer { return store.Operator(h.account) }

// viewer reads what a user may see now.
func (h *house) viewer(user desk.ID) *desk.Viewer {
	h.Helper()
	v, _, err := h.s.Viewer(h.q(), h.account, user)
	if err != nil {
		h.Fatal(err)
	}
	return &v
}

// session signs a user in.
func (h *house) session(user desk.ID) desk.ID {
	h.Helper()
	x := store.Session{ID: h.s.IDs.Next(), AccountID: h.account, UserID: user, SecretHash: "x", CreatedAt: h.now(), ExpiresAt: h.now().Add(time.Hour)}
	h.do(func(tx *dbx.Tx) error { return h.s.StartSession(tx, x) })
	return x.ID
}

// settings changes settings of the account.
func (h *house) settings(pairs ...any) {
	h.Helper()
	patch := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		patch[pairs[i].(string)] = json.RawMessage(fmt.Sprint(pairs[i+1]))
	}
	h.do(func(tx *dbx.Tx) error {
		_, err := h.s.PatchSettings(tx, h.operator(), patch)
		return err
	})
}

func (h *house) updateUser(user desk.ID, p store.UserPatch) {
	h.Helper()
	h.do(func(tx *dbx.Tx) error {
		_, err := h.s.UpdateUser(tx, h.operator(), user, p)
		return err
	})
}

func (h *house) queues(user desk.ID, queues ...desk.ID) {
	h.Helper()
	h.updateUser(user, store.UserPatch{Queues: &queues})
}

// writes lets a customer write, as inbound does: one transaction that finds or
// opens the ticket.
func (h *house) writes(phone string, line desk.ID, queue desk.ID, text string) (desk.Ticket, desk.Message) {
	h.Helper()
	var t desk.Ticket
	var m desk.Message
	h.clock.Advance(time.Millisecond)
	h.do(func(tx *dbx.Tx) error {
		who, err := h.s.ResolveContact(tx, h.account, line, store.Sender{Phone: phone, Name: "Cliente " + phone})
		if err != nil {
			return err
		}
		c, err := h.s.TouchChannel(tx, store.ChannelTouch{AccountID: h.account, ContactID: who.Contact.ID, ConnectionID: line,
			IdentityID: who.Identity.ID, InboundAt: h.now(), InboundID: "wamid"})
		if err != nil {
			return err
		}
		m = desk.Message{ID: h.s.IDs.Next(), AccountID: h.account, ConnectionID: line, ContactID: who.Contact.ID, ChannelID: c.ID,
			Direction: desk.In, Author: desk.AuthorContact, Type: desk.TypeText, Body: text, Status: desk.StatusReceived}
		m.ProviderID = "wamid." + m.ID.String()
		placed, err := h.desk.Place(tx, routing.Arrival{Channel: c, MessageID: m.ID, WalletUserID: who.Contact.OwnerUserID, InitialQueues: []desk.ID{queue}})
		if err != nil {
			return err
		}
		t = placed.Ticket
		m.TicketID, m.Pos = t.ID, t.LastPos
		if err := h.s.InsertMessage(tx, &m); err != nil {
			return err
		}
		sight := t.Sight()
		return h.s.RecordMessage(tx, desk.EvMessageReceived, desk.Actor{Kind: desk.ActorContact, ID: who.Contact.ID}, &m, &sight, nil)
	})
	return t, m
}

// change alters a ticket as it likes.
func (h *house) change(ticket desk.ID, typ desk.EventType, alter func(*desk.Ticket)) {
	h.Helper()
	h.clock.Advance(time.Millisecond)
	h.do(func(tx *dbx.Tx) error {
		_, err := h.s.ChangeTicket(tx, h.account, ticket, desk.System(), func(t *desk.Ticket, e *desk.Event) error {
			e.Type = typ
			alter(t)
			return nil
		})
		return err
	})
}

// ok ends the test when a step of a ticket's life was refused.
func (h *house) ok(_ desk.Ticket, err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// listed are the tickets in a user's lists now.
func (h *house) listed(user desk.ID) []desk.ID {
	ids, err := h.list(user)
	if err != nil {
		h.Error(err)
	}
	return ids
}

func (h *house) list(user desk.ID) ([]desk.ID, error) {
	v, _, err := h.s.Viewer(h.q(), h.account, user)
	if err != nil {
		return nil, err
	}
	var ids []desk.ID
	l := store.List{Limit: store.MaxPage}
	for {
		page, err := h.s.TicketPage(h.q(), &v, store.TicketFilter{}, l)
		if err != nil {
			return nil, err
		}
		ids = append(ids, page.Items...)
		if l.Cursor = page.Next; l.Cursor == "" {
			slices.Sort(ids)
			return ids, nil
		}
	}
}
