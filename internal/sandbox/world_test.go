package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/testkit"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

const (
	account = desk.ID(1)
	pnid    = "100000000000001"
	waba    = "200000000000001"
	token   = "EAAsandbox"
	secret  = "app-secret"
	display = "551140000000"
	phone   = "5511987650001"
)

// metaDoc is loaded once: it takes a second.
var metaDoc = sync.OnceValues(metaapi.Load)

// world is a sandbox with a clock that stands still, its Graph API behind a
// real server and a callback that remembers what it gets.
type world struct {
	t     *testing.T
	db    *dbx.DB
	clock *testkit.Clock
	ids   *desk.IDs
	box   *sandbox.Sandbox
	graph *httptest.Server
	hooks *hookServer
	links *http.Client
}

// hookServer is the app's callback: it checks signature and form of every
// webhook.
type hookServer struct {
	t      *testing.T
	mu     sync.Mutex
	bodies [][]byte
	answer func() int // status to answer with; nil: 200
	*httptest.Server
}

func (h *hookServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") != "verify" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		h.t.Error(err)
	}
	if got := r.Header.Get("X-Hub-Signature-256"); got != sandbox.Sign(secret, body) {
		h.t.Errorf("signature %q of a webhook is wrong", got)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	status := http.StatusOK
	if h.answer != nil {
		status = h.answer()
	}
	if status == http.StatusOK {
		h.bodies = append(h.bodies, body)
		h.check(body)
	}
	w.WriteHeader(status)
}

// check validates a webhook against Meta's schema, which doesn't know the
// deletion of messages.
func (h *hookServer) check(body []byte) {
	if bytes.Contains(body, []byte(`"type":"revoke"`)) {
		return
	}
	doc, err := metaDoc()
	if err != nil {
		h.t.Error(err)
		return
	}
	if err := doc.Webhook(body); err != nil {
		h.t.Errorf("webhook is not Meta's: %v\n%s", err, body)
	}
}

func newWorld(t *testing.T, db *dbx.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: testkit.NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))}
	w.ids = desk.NewIDs(w.clock.Now, 1, 0)
	w.hooks = &hookServer{t: t}
	w.hooks.Server = httptest.NewServer(w.hooks)
	t.Cleanup(w.hooks.Close)
	w.restart()
	n := number()
	n.CallbackURL = w.hooks.URL
	w.must(w.box.AddNumber(t.Context(), n))
	return w
}

func number() sandbox.Number {
	return sandbox.Number{AccountID: account, PhoneNumberID: pnid, WABAID: waba, Display: display, VerifiedName: "Aurora Móveis",
		AccessToken: token, AppSecret: secret, VerifyToken: "verify"}
}

// restart makes a new Sandbox on the same database, as a new process would.
func (w *world) restart() {
	if w.graph != nil {
		w.graph.Close()
	}
	w.box = sandbox.New(sandbox.Options{DB: w.db, Now: w.clock.Now, Seed: 7, IDs: w.ids.Next, Links: w.links})
	w.graph = httptest.NewServer(w.box.Graph())
	w.t.Cleanup(w.graph.Close)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// reply is an answer of the Graph API.
type reply struct {
	status int
	raw    []byte
	body   map[string]any
}

func (r reply) code() int {
	inner, ok := r.body["error"].(map[string]any)
	if !ok {
		return 0
	}
	return int(inner["code"].(float64))
}

func (r reply) subcode() int {
	inner, _ := r.body["error"].(map[string]any)
	n, _ := inner["error_subcode"].(float64)
	return int(n)
}

func (r reply) wamid() string {
	list, _ := r.body["messages"].([]any)
	if len(list) == 0 {
		return ""
	}
	return list[0].(map[string]any)["id"].(string)
}

func (r reply) contact() map[string]any { return r.body["contacts"].([]any)[0].(map[string]any) }

// call makes a request to the Graph API; path has no version.
func (w *world) call(method, path, contentType string, body []byte) (reply, error) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.graph.URL+"/v25.0/"+path, bytes.NewReader(body))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", contentType)
	res, err := w.graph.Client().Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{status: res.StatusCode, raw: raw}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		w.must(json.Unmarshal(raw, &r.body))
	}
	return r, nil
}

// ask is call for requests that must be answered; the answer's form is
// checked.
func (w *world) ask(op *metaapi.Operation, method, path, body string) reply {
	w.t.Helper()
	r, err := w.call(method, path, "application/json", []byte(body))
	w.must(err)
	w.valid(op, r)
	return r
}

func (w *world) valid(op *metaapi.Operation, r reply) {
	w.t.Helper()
	if op == nil || r.body == nil {
		return
	}
	doc, err := metaDoc()
	w.must(err)
	if err := doc.Response(*op, r.status, r.raw); err != nil {
		w.t.Errorf("answer is not Meta's: %v\n%s", err, r.raw)
	}
}

// send posts a message to the customer; rest is what follows the recipient.
func (w *world) send(rest string) reply {
	w.t.Helper()
	return w.sendTo("+"+phone, rest)
}

func (w *world) sendTo(to, rest string) reply {
	w.t.Helper()
	return w.ask(&metaapi.SendMessage, "POST", pnid+"/messages",
		fmt.Sprintf(`{"messaging_product":"whatsapp","recipient_type":"individual","to":%q,%s}`, to, rest))
}

const hello = `"type":"text","text":{"body":"Olá"}`

// accepted is send for what must be accepted.
func (w *world) accepted(rest string) reply {
	w.t.Helper()
	r := w.send(rest)
	if r.status != 200 || r.wamid() == "" {
		w.t.Fatalf("status %d: %s", r.status, r.raw)
	}
	return r
}

// refused is send for what must be refused with a code.
func (w *world) refused(code int, rest string) {
	w.t.Helper()
	if r := w.send(rest); r.code() != code {
		w.t.Errorf("status %d, %s; want code %d", r.status, r.raw, code)
	}
}

// says has the customer write a text, which opens the window.
func (w *world) says(body string) sandbox.Message {
	w.t.Helper()
	return w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: body})
}

func (w *world) does(cm sandbox.CustomerMessage) sandbox.Message {
	w.t.Helper()
	m, err := w.tries(cm)
	w.must(err)
	return m
}

func (w *world) tries(cm sandbox.CustomerMessage) (sandbox.Message, error) {
	cm.AccountID, cm.PhoneNumberID = account, pnid
	if cm.Phone == "" && cm.ChatID == 0 {
		cm.Phone = phone
	}
	if cm.Name == "" {
		cm.Name = "Ana"
	}
	return w.box.SendAsCustomer(w.t.Context(), cm)
}

func (w *world) faults(list ...sandbox.Fault) {
	w.t.Helper()
	w.must(w.box.SetFaults(w.t.Context(), account, pnid, list))
}

func (w *world) limits(l sandbox.Limits) {
	w.t.Helper()
	n, err := w.box.Number(w.t.Context(), account, pnid)
	w.must(err)
	n.Limits = l
	w.must(w.box.UpdateNumber(w.t.Context(), n))
}

// chat returns the only conversation.
func (w *world) chat() sandbox.Chat {
	w.t.Helper()
	list, _, err := w.box.Chats(w.t.Context(), sandbox.ChatQuery{AccountID: account})
	w.must(err)
	if len(list) != 1 {
		w.t.Fatalf("%d chats", len(list))
	}
	return list[0]
}

func (w *world) ledger() []sandbox.Message {
	w.t.Helper()
	list, err := w.box.Messages(w.t.Context(), sandbox.LedgerQuery{AccountID: account, PhoneNumberID: pnid})
	w.must(err)
	return list
}

// flow lets time pass and delivers what became due, in small steps, so that
// redeliveries get their turns.
func (w *world) flow(d time.Duration) {
	w.t.Helper()
	step := max(d/20, time.Millisecond)
	for passed := time.Duration(0); passed < d; passed += step {
		w.clock.Advance(step)
		_, err := w.box.DeliverDue(context.WithoutCancel(w.t.Context()))
		w.must(err)
	}
}

// change is one change of a received webhook.
type change struct {
	Field string         `json:"field"`
	Value map[string]any `json:"value"`
}

func (c change) list(key string) []map[string]any {
	items, _ := c.Value[key].([]any)
	var list []map[string]any
	for _, i := range items {
		list = append(list, i.(map[string]any))
	}
	return list
}

// changes returns everything received so far, in order.
func (w *world) changes() []change {
	w.t.Helper()
	w.hooks.mu.Lock()
	defer w.hooks.mu.Unlock()
	var all []change
	for _, b := range w.hooks.bodies {
		var body struct {
			Entry []struct {
				ID      string   `json:"id"`
				Changes []change `json:"changes"`
			} `json:"entry"`
		}
		w.must(json.Unmarshal(b, &body))
		for _, e := range body.Entry {
			if e.ID != waba {
				w.t.Errorf("entry of %q", e.ID)
			}
			all = append(all, e.Changes...)
		}
	}
	return all
}

func (w *world) statuses() []map[string]any {
	var all []map[string]any
	for _, c := range w.changes() {
		all = append(all, c.list("statuses")...)
	}
	return all
}

func (w *world) received() []map[string]any {
	var all []map[string]any
	for _, c := range w.changes() {
		all = append(all, c.list("messages")...)
	}
	return all
}

// steps writes the statuses as "sent delivered read".
func (w *world) steps() string {
	var names []string
	for _, s := range w.statuses() {
		names = append(names, s["status"].(string))
	}
	return strings.Join(names, " ")
}

// failedCode is the code of the only status if it is failed.
func (w *world) failedCode() int {
	w.t.Helper()
	list := w.statuses()
	if len(list) != 1 || list[0]["status"] != "failed" {
		w.t.Fatalf("statuses %v, want one failed", list)
	}
	return int(list[0]["errors"].([]any)[0].(map[string]any)["code"].(float64))
}

// upload posts a file.
func (w *world) upload(contentType string, data []byte) reply {
	w.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	w.must(form.WriteField("messaging_product", "whatsapp"))
	part, err := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="foto.bin"`}, "Content-Type": {contentType}})
	w.must(err)
	_, err = part.Write(data)
	w.must(err)
	w.must(form.Close())
	r, err := w.call("POST", pnid+"/media", form.FormDataContentType(), buf.Bytes())
	w.must(err)
	w.valid(&metaapi.UploadMedia, r)
	return r
}

func (w *world) uploaded(contentType string, data []byte) string {
	w.t.Helper()
	r := w.upload(contentType, data)
	id, ok := r.body["id"].(string)
	if !ok {
		w.t.Fatalf("status %d: %s", r.status, r.raw)
	}
	return id
}

var (
	pngFile = append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 100)...)
	oggFile = []byte("OggS\x00\x02000000000000000000000000OpusHead\x01\x01")
)

// each runs a test on both databases.
func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) { fn(newWorld(t, db)) })
}
