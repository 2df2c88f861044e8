package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/channel/whatsappcloud"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/ingress"
	"github.com/prosa-desk/prosa/internal/jobs"
	mediastore "github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// world is the whole program behind the API, without the API's callers: real
// rooms on a fresh database, the simulated provider on the other side.
type world struct {
	t       testing.TB
	db      *dbx.DB
	store   *store.Store
	auth    *auth.Auth
	server  *Server
	sandbox *sandbox.Sandbox
	jobs    *jobs.Runner
	http    *httptest.Server // serves the API and the hooks
	log     *lockedWriter

	account                desk.ID
	vendas, suporte        desk.ID
	elisa, bia, ana, bruno actorOf // administrator, supervisor, users of Vendas and of Suporte
	nobody                 actorOf

	beforeAnswer atomic.Pointer[func(*http.Request)] // holds back an answer of the provider
}

// actorOf is somebody who calls the API.
type actorOf struct {
	id     desk.ID
	cookie string
}

type files struct{ disk *mediastore.Disk }

func (f files) Open(account desk.ID, sha string) (io.ReadCloser, error) {
	return f.disk.Open(account, sha)
}

// newWorld builds the program on a database, with the company Aurora.
func newWorld(t testing.TB, db *dbx.DB) *world {
	w := emptyWorld(t, db)
	w.found()
	return w
}

// emptyWorld builds the program on a database without a company.
func emptyWorld(t testing.TB, db *dbx.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, log: &lockedWriter{}}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	events := bus.New()
	w.store = store.New(db, desk.NewIDs(time.Now, 1, 0), time.Now, events.Publish)
	vault := must(auth.NewVault([]auth.Key{{1, 2, 3}}, rand.Reader))(t)
	hasher := must(auth.NewPasswords(2, rand.Reader))(t)
	w.auth = must(auth.New(w.store, hasher, vault, rand.Reader, log))(t)
	disk := must(mediastore.New(t.TempDir(), time.Now))(t)
	w.sandbox = sandbox.New(sandbox.Options{DB: db, Now: time.Now, Log: log, IDs: w.store.IDs.Next})
	provider := w.sandbox.Graph()
	graph := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		provider.ServeHTTP(rw, r)
		if wait := w.beforeAnswer.Load(); wait != nil {
			(*wait)(r)
		}
	}))
	t.Cleanup(graph.Close)
	registry := channel.Registry{desk.WhatsAppOfficial: whatsappcloud.New(whatsappcloud.Options{Now: time.Now, Log: log})}
	directory := routing.NewDirectory(w.store, registry, vault.OpenSetting, func() string { return graph.URL })
	w.jobs = jobs.New(jobs.Config{Store: w.store, Now: time.Now, Rand: rand.Reader, Log: log})
	tickets := routing.New(w.store, slog.New(slog.DiscardHandler))
	out := outbox.New(outbox.Options{Store: w.store, Directory: directory, Desk: tickets, Registry: registry, Files: files{disk},
		Rates: must(outbox.DefaultRates())(t), Now: time.Now, Log: log})
	in := inbound.New(inbound.Config{Store: w.store, Directory: directory, Desk: tickets, Registry: registry, Outbox: out, Jobs: w.jobs,
		Files: disk, Now: time.Now, Log: log})
	for _, k := range in.Kinds() {
		w.jobs.Handle(k)
	}
	w.server = New(Options{Store: w.store, Auth: w.auth, Vault: vault, Bus: events, Directory: directory, Desk: tickets, Outbox: out, Inbound: in,
		Registry: registry, Files: disk, Signer: mediastore.Signer{Key: []byte("media"), Now: time.Now}, Sandbox: w.sandbox,
		Metrics: prometheus.NewRegistry(), Log: log, Now: time.Now, Random: rand.Reader, PublicURL: "http://desk.test",
		HooksURL: func() string { return w.http.URL }, Version: "test", SetupOpen: true})
	hooks := http.NewServeMux()
	(&ingress.Hooks{Directory: directory, Registry: registry, Receiver: in, Now: time.Now, Log: log}).Register(hooks)
	all := http.NewServeMux()
	all.Handle("/", w.server)
	all.Handle("/hooks/", hooks)
	w.http = httptest.NewServer(all)
	unwatch := directory.Watch(events)
	for _, err := range []error{out.Start(t.Context(), outbox.Sole{}), w.jobs.Start(t.Context()), w.sandbox.Start(t.Context()), w.server.Start(t.Context())} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stops := []func(context.Context) error{w.server.Stop, w.sandbox.Stop, w.jobs.Stop, out.Stop}
		for _, stop := range stops {
			if err := stop(ctx); err != nil {
				t.Error(err)
			}
		}
		w.http.Close()
		unwatch()
		if t.Failed() {
			t.Log(w.log.String())
		}
	})
	return w
}

// lockedWriter lets several goroutines log into one buffer.
type lockedWriter struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedWriter) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// must turns an error into the end of the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

const password = "cadeira-jatoba-1982"

// found makes the company: two queues, an administrator, a supervisor and two
// users.
func (w *world) found() {
	w.t.Helper()
	hash := must(w.auth.Hash(w.t.Context(), "password", password))(w.t)
	w.do(func(tx *dbx.Tx) error {
		account, err := w.store.CreateAccount(tx, store.AccountNew{Name: "Aurora Móveis"})
		if err != nil {
			return err
		}
		w.account = account.ID
		by := store.Operator(account.ID)
		for name, q := range map[string]*desk.ID{"Vendas": &w.vendas, "Suporte": &w.suporte} {
			row, err := w.store.CreateQueue(tx, by, store.QueueNew{Name: name, Color: "#0F6B60"})
			if err != nil {
				return err
			}
			*q = row.ID
		}
		for _, u := range []struct {
			actor  *actorOf
			name   string
			role   desk.Role
			queues []desk.ID
		}{
			{&w.elisa, "Elisa Prado", desk.RoleAdmin, nil},
			{&w.bia, "Beatriz Tavares", desk.RoleSupervisor, nil},
			{&w.ana, "Ana Ribeiro", desk.RoleUser, []desk.ID{w.vendas}},
			{&w.bruno, "Bruno Nunes", desk.RoleUser, []desk.ID{w.suporte}},
		} {
			first, _, _ := strings.Cut(strings.ToLower(u.name), " ")
			row, err := w.store.CreateUser(tx, by, store.UserNew{Name: u.name, Email: first + "@aurora.test", PasswordHash: hash, Role: u.role, Queues: u.queues})
			if err != nil {
				return err
			}
			u.actor.id = row.ID
		}
		return nil
	})
	for _, a := range []*actorOf{&w.elisa, &w.bia, &w.ana, &w.bruno} {
		w.session(a)
	}
}

func (w *world) do(fn func(tx *dbx.Tx) error) {
	w.t.Helper()
	if err := w.db.Do(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// session signs somebody in without the cost of a password.
func (w *world) session(a *actorOf) {
	w.t.Helper()
	sum := sha256.Sum256([]byte("secret"))
	session, now := w.store.IDs.Next(), desk.TimeOf(time.Now())
	w.do(func(tx *dbx.Tx) error {
		return w.store.StartSession(tx, store.Session{ID: session, AccountID: w.account, UserID: a.id, SecretHash: hex.EncodeToString(sum[:]),
			CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
	})
	a.cookie = session.String() + ".secret"
}

// reply is an answer of the API.
type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	text   []byte
	json   any
}

// call sends a request. body is JSON unless it is an io.Reader; headers come in
// pairs. The answer is held against the document.
func (w *world) call(a actorOf, method, path string, body any, headers ...string) reply {
	w.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		in = b
	default:
		in = bytes.NewReader(must(json.Marshal(b))(w.t))
	}
	if !strings.HasPrefix(path, "/api") && !strings.HasSuffix(path, "z") && path != "/metrics" {
		path = basePath + path
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, in)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.cookie != "" {
		r.AddCookie(&http.Cookie{Name: auth.CookieName, Value: a.cookie})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, r)
	got := reply{t: w.t, what: method + " " + path, status: rec.Code, header: rec.Header(), text: rec.Body.Bytes()}
	if strings.Contains(rec.Header().Get("Content-Type"), "json") && rec.Header().Get("Content-Encoding") == "" {
		if err := json.Unmarshal(got.text, &got.json); err != nil {
			w.t.Fatalf("%s: not JSON: %v: %.300s", got.what, err, got.text)
		}
		w.fits(r, &got)
	}
	return got
}

// fits holds an answer against the document.
func (w *world) fits(r *http.Request, got *reply) {
	w.t.Helper()
	_, pattern := w.server.mux.Handler(r)
	method, path, _ := strings.Cut(pattern, " ")
	for op := range operations(w.server.api.OpenAPI()) {
		if op.Method != method || op.Path != path {
			continue
		}
		registry := w.server.api.OpenAPI().Components.Schemas
		schema := &huma.Schema{Ref: schemaPrefix + "Problem"}
		if got.status < 400 {
			answer := op.Responses[strconv.Itoa(got.status)]
			if answer == nil || answer.Content["application/json"] == nil {
				w.t.Errorf("%s: %d with a body is not in the document", got.what, got.status)
				return
			}
			schema = answer.Content["application/json"].Schema
		}
		var res huma.ValidateResult
		huma.Validate(registry, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, got.json, &res)
		for _, e := range res.Errors {
			w.t.Errorf("%s: the answer is not what the document says: %v", got.what, e)
		}
		return
	}
}

// want ends the test unless the answer has the status.
func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d, want %d: %.500s", r.what, r.status, status, r.text)
	}
	return r
}

// refused ends the test unless the answer is a problem with the code, about the
// location if one is given.
func (r reply) refused(status int, code desk.Code, location string) {
	r.t.Helper()
	r.want(status)
	if got := r.at("code"); got != string(code) {
		r.t.Fatalf("%s: code %v, want %s: %s", r.what, got, code, r.text)
	}
	if location == "" {
		return
	}
	list, _ := r.at("errors").([]any)
	for _, e := range list {
		if e.(map[string]any)["location"] == location {
			return
		}
	}
	r.t.Fatalf("%s: nothing about %s: %s", r.what, location, r.text)
}

// at returns what stands at a path of keys and list positions, nil if nothing.
func (r reply) at(path ...any) any {
	v := r.json
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			list, _ := v.([]any)
			if key >= len(list) {
				return nil
			}
			v = list[key]
		}
	}
	return v
}

// str is at for texts.
func (r reply) str(path ...any) string {
	s, _ := r.at(path...).(string)
	return s
}

// len is the length of the list at a path.
func (r reply) len(path ...any) int {
	list, _ := r.at(path...).([]any)
	return len(list)
}

// texts lists a field of the items at "items".
func (r reply) texts(field string) []string {
	var all []string
	list, _ := r.at("items").([]any)
	for _, item := range list {
		s, _ := item.(map[string]any)[field].(string)
		all = append(all, s)
	}
	return all
}

// eventually repeats a look until it succeeds, for what happens in the
// background.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			w.t.Fatalf("never: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// key is an Idempotency-Key header nobody has used.
func key() []string { return []string{"Idempotency-Key", rand.Text()} }

// testDB is the usual database of tests; the stories run on both.
func testDB(t testing.TB) *dbx.DB { return testkit.SQLite(t) }
