package inbound_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/channel/whatsappcloud"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/ingress"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

const (
	secret   = "app-secret"
	waba     = "200000000000001"
	number   = "100000000000001"
	ana      = "5511987650001"
	anaShort = "551187650001" // the same number without its ninth digit
)

// adapter is the real WhatsApp adapter, with a provider that the test plays.
type adapter struct {
	*whatsappcloud.Adapter
	mu        sync.Mutex
	fetch     func(providerID string) (channel.Fetched, error)
	templates []desk.Template
	sent      []channel.Outgoing
}

func (a *adapter) Fetch(_ context.Context, _ channel.Connection, providerID string) (channel.Fetched, error) {
	return a.fetch(providerID)
}

func (a *adapter) Templates(_ context.Context, _ channel.Connection, page func([]desk.Template) error) error {
	return page(a.templates)
}

func (a *adapter) Send(_ context.Context, _ channel.Connection, m channel.Outgoing) (channel.Sent, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent = append(a.sent, m)
	return channel.Sent{ProviderID: fmt.Sprint("wamid.OUT.", len(a.sent))}, nil
}

func (a *adapter) bodies() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []string
	for _, m := range a.sent {
		list = append(list, m.Body)
	}
	return list
}

// world is a company with a queue, an agent and a number, reached over its
// webhook.
type world struct {
	t       testing.TB
	db      *dbx.DB
	s       *store.Store
	clock   *testkit.Clock
	bus     *bus.Bus
	dir     *routing.Directory
	desk    *routing.Desk
	jobs    *jobs.Runner
	out     *outbox.Outbox
	recv    *inbound.Receiver
	files   *media.Disk
	adapter *adapter
	http    http.Handler
	logs    *logBuffer

	account, queue, user, connection desk.ID
	key                              string // of the webhook URL
}

func eachWorld(t *testing.T, fn func(t *testing.T, w *world)) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) { fn(t, newWorld(t, db)) })
}

func newWorld(t testing.TB, db *dbx.DB) *world {
	w := &world{t: t, db: db, clock: testkit.NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)), bus: bus.New(), logs: &logBuffer{}}
	w.s = store.New(db, desk.NewIDs(w.clock.Now, 1, 0), w.clock.Now, w.bus.Publish)
	w.adapter = &adapter{Adapter: whatsappcloud.New(whatsappcloud.Options{Now: w.clock.Now})}
	w.do(w.found)
	db.Settle() // the events of the founding are over before anybody listens
	registry := channel.Registry{desk.WhatsAppOfficial: w.adapter}
	open := func(_, _ desk.ID, _, sealed string) (string, error) { return sealed, nil }
	w.dir = routing.NewDirectory(w.s, registry, open, func() string { return "" })
	t.Cleanup(w.dir.Watch(w.bus))
	w.desk = routing.New(w.s, slog.New(slog.DiscardHandler))
	w.jobs = jobs.New(jobs.Config{Store: w.s, Now: w.clock.Now, Rand: rand.Reader})
	var err error
	if w.files, err = media.New(t.TempDir(), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	w.out = outbox.New(outbox.Options{Store: w.s, Directory: w.dir, Registry: registry, Files: w.files, Now: w.clock.Now})
	log := slog.New(slog.NewTextHandler(w.logs, nil))
	w.recv = inbound.New(inbound.Config{Store: w.s, Directory: w.dir, Desk: w.desk, Registry: registry, Outbox: w.out,
		Jobs: w.jobs, Files: w.files, Now: w.clock.Now, Log: log, Pause: func(int) time.Duration { return time.Millisecond }})
	for _, k := range w.recv.Kinds() {
		w.jobs.Handle(k)
	}
	t.Cleanup(func() {
		if t.Failed() && w.logs.String() != "" {
			t.Log(w.logs.String())
		}
	})
	mux := http.NewServeMux()
	(&ingress.Hooks{Directory: w.dir, Registry: registry, Receiver: w.recv, Now: w.clock.Now, Log: log}).Register(mux)
	w.http = mux
	return w
}

func (w *world) found(tx *dbx.Tx) error {
	account, err := w.s.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
	if err != nil {
		return err
	}
	w.account, w.key = account.ID, "chave"
	queue, err := w.s.CreateQueue(tx, w.by(), store.QueueNew{Name: "Vendas", Color: "#112233"})
	if err != nil {
		return err
	}
	w.queue = queue.ID
	user, err := w.s.CreateUser(tx, w.by(), store.UserNew{Name: "Bia", Email: "bia@aurora.test", PasswordHash: "x",
		Phone: "5511955554444", Queues: []desk.ID{queue.ID}})
	if err != nil {
		return err
	}
	w.user = user.ID
	w.connection, err = w.connect(tx, "Loja", number, w.key, secret)
	return err
}

func (w *world) connect(tx *dbx.Tx, name, phoneID, key, secret string) (desk.ID, error) {
	c, err := w.s.CreateConnection(tx, w.by(), store.ConnectionNew{ID: w.s.IDs.Next(), PublicKey: key, Kind: desk.WhatsAppOfficial,
		Name: name, Identifier: "+55 11 4000-" + phoneID[len(phoneID)-4:], ExternalID: phoneID, GroupID: waba, Queues: []desk.ID{w.queue},
		Settings: map[string]string{"phone_number_id": phoneID, "waba_id": waba, "access_token": "token", "app_secret": secret, "verify_token": "verify"}})
	if err != nil {
		return 0, err
	}
	_, err = w.s.SetConnectionHealth(tx, w.account, c.ID, desk.System(), store.ConnectionHealth{State: desk.Connected})
	return c.ID, err
}

func (w *world) by() *desk.Viewer { return store.Operator(w.account) }

func (w *world) do(fn func(tx *dbx.Tx) error) {
	w.t.Helper()
	if err := w.db.Do(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// set changes settings of the account and waits until the directory knows.
func (w *world) set(settings map[string]any) {
	w.t.Helper()
	patch := map[string]json.RawMessage{}
	for k, v := range settings {
		patch[k], _ = json.Marshal(v)
	}
	w.do(func(tx *dbx.Tx) error {
		_, err := w.s.PatchSettings(tx, w.by(), patch)
		return err
	})
	w.db.Settle()
	w.dir.ForgetAll()
}

// run starts the background jobs for the rest of the test.
func (w *world) run() {
	w.t.Helper()
	if err := w.jobs.Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.jobs.Stop(ctx); err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) wait(what string, cond func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if cond() {
			return
		}
	}
	w.t.Fatalf("timed out waiting for %s", what)
}

// post sends a body to the webhook, signed unless a signature is given, and
// returns the answer's status.
func (w *world) post(body string, signature ...string) int {
	w.t.Helper()
	return w.postTo(w.key, secret, body, signature...)
}

func (w *world) postTo(key, secret, body string, signature ...string) int {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/hooks/whatsapp_official/"+key, strings.NewReader(body))
	sig := sign(secret, body)
	if len(signature) > 0 {
		sig = signature[0]
	}
	r.Header.Set("X-Hub-Signature-256", sig)
	rec := httptest.NewRecorder()
	w.http.ServeHTTP(rec, r)
	return rec.Code
}

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// ok posts and expects 200.
func (w *world) ok(body string) {
	w.t.Helper()
	if code := w.post(body); code != http.StatusOK {
		w.t.Fatalf("answered %d", code)
	}
}

// Bodies.

func hook(phoneID string, value ...string) string {
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":%q,"time":1795000000,"changes":[{"field":"messages","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"551140000001","phone_number_id":%q},
		"contacts":[{"profile":{"name":"Ana Lima"},"wa_id":%q}],%s}}]}]}`, waba, phoneID, ana, strings.Join(value, ","))
}

func change(field, value string) string {
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":%q,"time":1795000000,"changes":[{"field":%q,"value":%s}]}]}`, waba, field, value)
}

func list(key string, items ...string) string {
	return fmt.Sprintf("%q:[%s]", key, strings.Join(items, ","))
}

// item is a message of a type, from Ana, now.
func (w *world) item(from, id, typ, rest string) string {
	return fmt.Sprintf(`{"from":%q,"id":%q,"timestamp":"%d","type":%q,%s}`, from, id, w.clock.Now().Unix(), typ, rest)
}

func (w *world) text(from, id, body string) string {
	return w.item(from, id, "text", fmt.Sprintf(`"text":{"body":%q}`, body))
}

func (w *world) write(id, body string) {
	w.t.Helper()
	w.ok(hook(number, list("messages", w.text(ana, id, body))))
}

func (w *world) status(id, status, rest string) string {
	return fmt.Sprintf(`{"id":%q,"status":%q,"timestamp":"%d","recipient_id":%q%s}`, id, status, w.clock.Now().Unix(), ana, rest)
}

// What is stored.

func (w *world) messages() []desk.Message {
	w.t.Helper()
	ids, err := dbx.All(w.db.Read(w.t.Context()), func(r dbx.Scanner) (desk.ID, error) {
		var id desk.ID
		return id, r.Scan(&id)
	}, `SELECT id FROM message WHERE account_id = $1 ORDER BY pos, id`, w.account)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []desk.Message
	for _, id := range ids {
		m, err := w.s.Message(w.db.Read(w.t.Context()), w.account, id)
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// message is the one with the provider's id.
func (w *world) message(providerID string) desk.Message {
	w.t.Helper()
	m, err := w.s.MessageByProvider(w.db.Read(w.t.Context()), w.account, w.connection, providerID)
	if err != nil {
		w.t.Fatalf("message %s: %v", providerID, err)
	}
	return m
}

func (w *world) tickets() []desk.Ticket {
	w.t.Helper()
	ids, err := dbx.All(w.db.Read(w.t.Context()), func(r dbx.Scanner) (desk.ID, error) {
		var id desk.ID
		return id, r.Scan(&id)
	}, `SELECT id FROM ticket WHERE account_id = $1 ORDER BY number`, w.account)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []desk.Ticket
	for _, id := range ids {
		t, err := w.s.Ticket(w.db.Read(w.t.Context()), w.account, id)
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, t)
	}
	return out
}

// ticket is the only one.
func (w *world) ticket() desk.Ticket {
	w.t.Helper()
	list := w.tickets()
	if len(list) != 1 {
		w.t.Fatalf("%d tickets, want 1", len(list))
	}
	return list[0]
}

func (w *world) channel() desk.Channel {
	w.t.Helper()
	c, err := w.s.Channel(w.db.Read(w.t.Context()), w.account, w.tickets()[0].ChannelID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// count runs SELECT COUNT(*) FROM what.
func (w *world) count(what string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.db.Read(w.t.Context()).QueryRow(`SELECT COUNT(*) FROM `+what, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// reasons are those of the elements in a state, sorted.
func (w *world) reasons(state store.RawState) []string {
	w.t.Helper()
	list, err := dbx.All(w.db.Read(w.t.Context()), func(r dbx.Scanner) (string, error) {
		var s string
		return s, r.Scan(&s)
	}, `SELECT reason FROM raw_event WHERE state = $1 ORDER BY reason`, state)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) wantReasons(state store.RawState, want ...string) {
	w.t.Helper()
	if got := w.reasons(state); !slices.Equal(got, want) {
		w.t.Errorf("%s: %q, want %q", state, got, want)
	}
}

func (w *world) close(ticket desk.ID) {
	w.t.Helper()
	v := w.by()
	v.UserID = w.user
	t, err := w.s.Ticket(w.db.Read(w.t.Context()), w.account, ticket)
	if err == nil && t.Status == desk.Pending {
		_, err = w.desk.Accept(w.t.Context(), v, ticket, 0)
	}
	if err == nil {
		_, err = w.desk.Close(w.t.Context(), v, ticket)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func fetched(body []byte, sha string) (channel.Fetched, error) {
	return channel.Fetched{Body: io.NopCloser(bytes.NewReader(body)), SHA256: sha, Size: int64(len(body))}, nil
}

var errNetwork = errors.New("network")

// logBuffer collects the log of concurrent calls.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
