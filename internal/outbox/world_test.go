package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

const kind = desk.ChannelKind("test")

// provider is a channel whose answers the test decides.
type provider struct {
	mu     sync.Mutex
	sent   []channel.Outgoing
	answer func(channel.Outgoing) error // nil accepts
	pace   channel.Pace
}

var (
	_ channel.Adapter = (*provider)(nil)
	_ channel.Pacer   = (*provider)(nil)
)

func (p *provider) Kind() desk.ChannelKind                               { return kind }
func (p *provider) Settings() channel.Schema                             { return channel.Schema{} }
func (p *provider) Capabilities(channel.Connection) channel.Capabilities { return withReplies(caps()) }
func (p *provider) Pace(channel.Connection) channel.Pace                 { return p.pace }

func withReplies(c channel.Capabilities) channel.Capabilities {
	c.Replies, c.Reactions, c.NeedsPhone, c.Text = true, true, true, 200
	return c
}

func (p *provider) Send(_ context.Context, _ channel.Connection, m channel.Outgoing) (channel.Sent, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer(m); err != nil {
			return channel.Sent{}, err
		}
	}
	p.sent = append(p.sent, m)
	return channel.Sent{ProviderID: fmt.Sprintf("wamid.%d", m.MessageID)}, nil
}

func (p *provider) bodies() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []string
	for _, m := range p.sent {
		list = append(list, m.Body)
	}
	return list
}

func (p *provider) answers(fn func(channel.Outgoing) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = fn
}

type noFiles struct{}

func (noFiles) Open(desk.ID, string) (io.ReadCloser, error) { return nil, errors.New("no files here") }

// world is a company with one agent, Ana, in one queue, and a connection.
type world struct {
	t          *testing.T
	s          *store.Store
	o          *Outbox
	p          *provider
	clock      *testkit.Clock
	ana        desk.Viewer
	queue      desk.ID
	connection desk.ID
	template   desk.ID
}

func eachWorld(t *testing.T, fn func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) { fn(t, newWorld(t, db)) })
}

func newWorld(t *testing.T, db *dbx.DB) *world {
	clock := testkit.NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	s := store.New(db, desk.NewIDs(clock.Now, 1, 0), clock.Now, nil)
	w := &world{t: t, s: s, p: &provider{}, clock: clock}
	w.do(func(tx *dbx.Tx) error { return w.found(tx) })
	registry := channel.Registry{kind: w.p}
	open := func(_, _ desk.ID, _, sealed string) (string, error) { return sealed, nil }
	rates, err := DefaultRates()
	if err != nil {
		t.Fatal(err)
	}
	w.o = New(Options{Store: s, Desk: routing.New(s, slog.New(slog.DiscardHandler)), Directory: routing.NewDirectory(s, registry, open, func() string { return "" }),
		Registry: registry, Files: noFiles{}, Rates: rates, Now: clock.Now, Rand: func() float64 { return 0 }})
	return w
}

// found makes the company.
func (w *world) found(tx *dbx.Tx) error {
	account, err := w.s.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
	if err != nil {
		return err
	}
	by := store.Operator(account.ID)
	queue, err := w.s.CreateQueue(tx, by, store.QueueNew{Name: "Vendas", Color: "#112233"})
	if err != nil {
		return err
	}
	user, err := w.s.CreateUser(tx, by, store.UserNew{Name: "Ana Ribeiro", Email: "ana@aurora.test", PasswordHash: "x", Queues: []desk.ID{queue.ID}})
	if err != nil {
		return err
	}
	c, err := w.s.CreateConnection(tx, by, store.ConnectionNew{ID: w.s.IDs.Next(), PublicKey: "key", Kind: kind, Name: "Loja",
		ExternalID: "100", GroupID: "200", Queues: []desk.ID{queue.ID}})
	if err != nil {
		return err
	}
	if _, err := w.s.SetConnectionHealth(tx, account.ID, c.ID, desk.System(), store.ConnectionHealth{State: desk.Connected}); err != nil {
		return err
	}
	w.queue, w.connection = queue.ID, c.ID
	if w.ana, _, err = w.s.Viewer(tx, account.ID, user.ID); err != nil {
		return err
	}
	return w.approve(tx)
}

// approve stores the approved template "Olá {{1}}!".
func (w *world) approve(tx *dbx.Tx) error {
	t := desk.Template{AccountID: w.ana.AccountID, Kind: kind, GroupID: "200", ProviderID: "800", Name: "ola", Language: "pt_BR",
		Category: "UTILITY", Status: "APPROVED", ParameterFormat: desk.FormatPositional,
		Components: []desk.TemplateComponent{{Type: "BODY", Text: "Olá {{1}}! Tudo bem?"}}}
	saved, err := w.s.CreateTemplate(tx, store.Operator(w.ana.AccountID), t)
	w.template = saved.ID
	return err
}

func (w *world) do(fn func(tx *dbx.Tx) error) {
	w.t.Helper()
	if err := w.s.DB.Do(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read() dbx.Querier { return w.s.DB.Read(context.Background()) }

// begin sends what is pending until the test ends.
func (w *world) begin() { w.t.Helper(); w.beginAs(Sole{}) }

func (w *world) beginAs(owner Owner) {
	w.t.Helper()
	if err := w.o.Start(context.Background(), owner); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.end)
}

func (w *world) end() {
	w.t.Helper()
	if err := w.o.Stop(context.Background()); err != nil {
		w.t.Error(err)
	}
}

func (w *world) request(key string) Request {
	return Request{Viewer: &w.ana, Principal: "user:ana", Key: key, Hash: key}
}

// open starts a ticket by the form: open, assigned to Ana, nothing sent.
func (w *world) open(phone string) desk.Ticket {
	w.t.Helper()
	types, err := w.s.TicketTypes(w.read(), w.ana.AccountID, true, store.List{})
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := w.o.StartTicket(context.Background(), w.request(""), Start{Form: true, Kind: kind, ConnectionID: w.connection,
		TypeID: types.Items[0].ID, Contact: &store.ContactNew{Name: "Mariana Albuquerque", Phone: phone}})
	if err != nil {
		w.t.Fatal(err)
	}
	return s.Ticket
}

// hears lets the contact of a ticket write: the window opens and the line goes.
func (w *world) hears(t desk.Ticket) {
	w.t.Helper()
	w.do(func(tx *dbx.Tx) error {
		_, err := w.s.TouchChannel(tx, store.ChannelTouch{AccountID: t.AccountID, ContactID: t.ContactID, ConnectionID: t.ConnectionID,
			InboundAt: w.o.now(), InboundID: "wamid.in"})
		if err != nil {
			return err
		}
		now, err := w.s.TouchInbound(tx, store.InboundTouch{AccountID: t.AccountID, ContactID: t.ContactID, ConnectionID: t.ConnectionID,
			MessageID: w.s.IDs.Next()})
		if err != nil {
			return err
		}
		return w.o.Flush(tx, &now)
	})
}

func (w *world) say(t desk.Ticket, text string, queue bool) (desk.Message, error) {
	return w.o.Compose(context.Background(), w.request(""), t.ID, Draft{Type: desk.TypeText, Body: text, Queue: queue})
}

func (w *world) mustSay(t desk.Ticket, text string) desk.Message {
	w.t.Helper()
	m, err := w.say(t, text, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) message(id desk.ID) desk.Message {
	w.t.Helper()
	m, err := w.s.Message(w.read(), w.ana.AccountID, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// becomes waits until a message has a status.
func (w *world) becomes(id desk.ID, status desk.MessageStatus) desk.Message {
	w.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		m := w.message(id)
		if m.Status == status {
			return m
		}
		if time.Now().After(end) {
			w.t.Fatalf("message is %s (%+v), want %s", m.Status, m.Error, status)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// count is how many events of a type were recorded.
func (w *world) count(eventType desk.EventType) (n int) {
	w.t.Helper()
	err := w.read().QueryRow(`SELECT COUNT(*) FROM event WHERE account_id = $1 AND type = $2`, w.ana.AccountID, eventType).Scan(&n)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) report(st channel.Status) {
	w.t.Helper()
	w.do(func(tx *dbx.Tx) error {
		return w.o.ApplyStatus(context.Background(), tx, w.ana.AccountID, w.connection, st)
	})
}

func wantCode(t *testing.T, err error, code desk.Code) {
	t.Helper()
	if desk.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func join(list []string) string { return strings.Join(list, " ") }

// reasonOf is the provider's reason within a refusal.
func reasonOf(err error) any {
	e, ok := errors.AsType[*desk.Error](err)
	if !ok {
		return nil
	}
	return e.Params["reason"]
}
