package faults_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// What the desk's numbers have in common at the provider.
const (
	appSecret = "app-secret-of-the-run"
	waba      = "200000000000001"
)

// meta is the provider: it takes messages, reports on them and delivers what
// customers write. It keeps its own ledger and does not know the simulator, so
// that one's faults can't hide the other's.
type meta struct {
	server  *httptest.Server
	courier *courier
	guests  func(t took, template bool) // the customer's phone shows a message

	mu     sync.Mutex
	random *rand.Rand
	lines  map[string]*line // by phone number id
	shelf  *shelf
	took   []took
	at     map[string]int // wamid → place in took
	seq    int
}

// line is one of the company's numbers.
type line struct {
	token   string
	sending weather // of POST /messages
	files   weather // of what is uploaded and fetched
}

// weather is how often something goes wrong, and what.
type weather struct {
	kind  string
	share float64
	slow  time.Duration
}

func newMeta(random *rand.Rand, c *courier) *meta {
	m := &meta{random: random, courier: c, lines: map[string]*line{}, at: map[string]int{}, shelf: &shelf{files: map[string]*shelved{}}}
	m.server = httptest.NewServer(http.HandlerFunc(m.serve))
	return m
}

func (m *meta) close() {
	m.server.CloseClientConnections()
	m.server.Close()
}

// change does something to a line.
func (m *meta) change(id string, do func(*line)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do(m.lines[id])
}

func (m *meta) serve(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 2 {
		http.NotFound(w, r)
		return
	}
	node := parts[1]
	switch {
	case strings.HasPrefix(node, "file-"):
		m.give(w, r, node, false)
		return
	case node == "bytes" && len(parts) == 3:
		m.give(w, r, parts[2], true)
		return
	}
	if node != waba && !m.entitled(node, r) {
		say(w, http.StatusUnauthorized, fault(190, "Error validating access token", false))
		return
	}
	switch {
	case r.Method == http.MethodGet && len(parts) == 2:
		say(w, http.StatusOK, fields{"id": node, "display_phone_number": "+55 11 3000-" + node[len(node)-4:], "verified_name": "Loja",
			"quality_rating": "GREEN", "status": "CONNECTED", "platform_type": "CLOUD_API", "code_verification_status": "VERIFIED",
			"health_status": fields{"can_send_message": "AVAILABLE", "entities": []any{}}})
	case r.Method == http.MethodGet && parts[2] == "subscribed_apps":
		say(w, http.StatusOK, fields{"data": []any{fields{"whatsapp_business_api_data": fields{"id": "1", "name": "desk"}}}})
	case r.Method == http.MethodGet && parts[2] == "message_templates":
		say(w, http.StatusOK, fields{"data": []any{fields{"id": "301", "name": "ola", "language": "pt_BR", "status": "APPROVED",
			"category": "UTILITY", "components": []any{fields{"type": "BODY", "text": "Podemos conversar?"}}}}})
	case r.Method == http.MethodPost && len(parts) == 3 && parts[2] == "messages":
		m.message(w, r, node)
	case r.Method == http.MethodPost && len(parts) == 3 && parts[2] == "media":
		m.receive(w, r, node)
	default:
		http.NotFound(w, r)
	}
}

func (m *meta) entitled(node string, r *http.Request) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.lines[node]
	return l != nil && r.Header.Get("Authorization") == "Bearer "+l.token
}

// outgoing is what the run reads of a message that arrives.
type outgoing struct {
	To       string          `json:"to"`
	Type     string          `json:"type"`
	Status   string          `json:"status"`
	Opaque   string          `json:"biz_opaque_callback_data"`
	Template json.RawMessage `json:"template"`
	Image    *reference      `json:"image"`
	Document *reference      `json:"document"`
}

type reference struct {
	ID string `json:"id"`
}

// message takes a message, or not, as the weather is.
func (m *meta) message(w http.ResponseWriter, r *http.Request, number string) {
	var in outgoing
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &in) != nil {
		say(w, http.StatusBadRequest, fault(100, "Invalid parameter", false))
		return
	}
	if in.Status == "read" {
		say(w, http.StatusOK, fields{"success": true})
		return
	}
	m.mu.Lock()
	now := m.lines[number].sending
	bad := m.random.Float64() < now.share
	half := m.random.IntN(2) == 0
	m.mu.Unlock()
	if !bad {
		now = weather{}
	}
	switch now.kind {
	case "slow":
		wait(r, now.slow)
	case "refuse":
		say(w, http.StatusBadRequest, fault(131026, "Message undeliverable", false))
		return
	case "throttle":
		say(w, http.StatusTooManyRequests, fault(130429, "Rate limit hit", false))
		return
	case "down":
		say(w, http.StatusServiceUnavailable, fault(131016, "Service unavailable", true))
		return
	case "drop":
		if half { // nobody knows: it was taken in half of the cases
			m.take(number, in)
		}
		hangUp(w)
		return
	case "gateway":
		if half {
			m.take(number, in)
		}
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, "<html>Bad Gateway</html>")
		return
	}
	wamid := m.take(number, in)
	if now.kind == "late" { // taken, but the answer takes its time
		wait(r, now.slow)
	}
	say(w, http.StatusOK, fields{"messaging_product": "whatsapp", "contacts": []any{fields{"input": in.To, "wa_id": strings.TrimPrefix(in.To, "+")}},
		"messages": []any{fields{"id": wamid}}})
}

// take enters a message in the ledger and has its reports delivered.
func (m *meta) take(number string, in outgoing) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seq++
	t := took{id: strings.TrimPrefix(in.Opaque, "p"), talk: talkOf(number, in.To), fate: "sent", file: m.fileOf(&in)}
	wamid := fmt.Sprintf("wamid.out.%d", m.seq)
	m.at[wamid] = len(m.took)
	m.took = append(m.took, t)
	steps := []string{"sent", "delivered"}
	switch p := m.random.Float64(); {
	case p < 0.03:
		steps = []string{"sent", "failed"}
	case p < 0.5:
		steps = append(steps, "read")
	}
	// Half of the reports are faster than the answer, the others come after who
	// heard none may have tried again.
	m.courier.owe(1)
	time.AfterFunc(time.Duration(m.random.IntN(2)*m.random.IntN(3000))*time.Millisecond, func() {
		m.report(number, in, wamid, steps)
		m.courier.owe(-1)
	})
	if m.guests != nil {
		go m.guests(t, in.Type == "template")
	}
	return wamid
}

// report delivers what became of a message, one step after another unless the
// weather mixes them up.
func (m *meta) report(number string, in outgoing, wamid string, steps []string) {
	for _, step := range steps {
		status := fields{"id": wamid, "status": step, "timestamp": fmt.Sprint(time.Now().Unix()), "recipient_id": strings.TrimPrefix(in.To, "+"),
			"biz_opaque_callback_data": in.Opaque}
		if step == "failed" {
			status["errors"] = []any{fields{"code": 131026, "title": "Message undeliverable"}}
		}
		m.courier.deliver(&parcel{line: number, talk: talkOf(number, in.To), kind: "statuses", element: status,
			acked: func(time.Time) { m.reported(wamid, step) }})
	}
	m.courier.deliver(&parcel{line: number, talk: talkOf(number, in.To), kind: "", acked: func(time.Time) { m.told(wamid) }})
}

func (m *meta) reported(wamid, step string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := &m.took[m.at[wamid]]
	rank := map[string]int{"sent": 1, "delivered": 2, "read": 3, "failed": 2}
	if rank[step] >= rank[t.fate] {
		t.fate = step
	}
}

func (m *meta) told(wamid string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.took[m.at[wamid]].told = true
}

// has tells whether a message was taken.
func (m *meta) has(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.took, func(t took) bool { return t.id == id })
}

func (m *meta) ledger() []took {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]took{}, m.took...)
}

// talkOf names a conversation: the company's number and the customer's.
func talkOf(number, phone string) string { return number + "/" + strings.TrimPrefix(phone, "+") }

func fault(code int, text string, transient bool) fields {
	return fields{"error": fields{"message": text, "type": "OAuthException", "code": code, "is_transient": transient, "fbtrace_id": "A"}}
}

func say(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a caller that is gone was killed
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func wait(r *http.Request, d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}
