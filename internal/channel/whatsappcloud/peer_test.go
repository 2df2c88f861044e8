package whatsappcloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

const (
	testToken  = "EAAtestToken0123456789"
	testSecret = "app-secret-0123456789"
	testPhone  = "100000000000001"
	testWABA   = "200000000000001"
)

var metaDoc = sync.OnceValues(metaapi.Load)

func doc(t testing.TB) *metaapi.Doc {
	t.Helper()
	d, err := metaDoc()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// request is one call that the peer received.
type request struct {
	op     metaapi.Operation
	method string
	path   string
	query  map[string][]string
	header http.Header
	body   []byte
	fields map[string]string // of a multipart body
	file   []byte
	name   string
	kind   string // of the file
}

// peer stands in for the Graph API. Every request must be valid by Meta's
// document, and so must the answers it gives by itself.
type peer struct {
	t      *testing.T
	server *httptest.Server
	mu     sync.Mutex
	seen   []request
	// answer, when set, may take over: it returns true when it has answered.
	answer func(w http.ResponseWriter, r request) bool
	files  map[string]string // media id → content
	count  int
}

func newPeer(t *testing.T) *peer {
	p := &peer{t: t, files: map[string]string{"9001": "file 9001"}}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

func (p *peer) connection() channel.Connection {
	return connection(p.server.URL)
}

func connection(base string) channel.Connection {
	return channel.Connection{
		ID: 7, AccountID: 3, Kind: desk.WhatsAppOfficial, ExternalID: testPhone, GroupID: testWABA,
		Settings: map[string]string{
			"phone_number_id": testPhone, "waba_id": testWABA, "access_token": testToken, "app_secret": testSecret,
			"verify_token": "verify-me", "graph_url": base, "graph_version": "v25.0",
		},
	}
}

func adapter(t *testing.T) *Adapter {
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	return New(Options{HTTP: client, Now: func() time.Time { return time.UnixMilli(1795000000000) }})
}

func (p *peer) requests() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]request(nil), p.seen...)
}

// last returns the newest request of an operation.
func (p *peer) last(op metaapi.Operation) request {
	p.t.Helper()
	all := p.requests()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].op == op {
			return all[i]
		}
	}
	p.t.Fatalf("no request %v", op)
	return request{}
}

func (p *peer) number(op metaapi.Operation) int {
	n := 0
	for _, r := range p.requests() {
		if r.op == op {
			n++
		}
	}
	return n
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := request{method: r.Method, path: r.URL.Path, query: r.URL.Query(), header: r.Header}
	req.op = operation(r.Method, r.URL.Path)
	p.check(r, &req)
	p.mu.Lock()
	p.seen = append(p.seen, req)
	p.count++
	n, answer := p.count, p.answer
	p.mu.Unlock()
	if answer != nil && answer(w, req) {
		return
	}
	p.serve(w, req, n)
}

// operation names a path; the nodes differ by their numbers.
func operation(method, path string) metaapi.Operation {
	switch parts := strings.Split(strings.Trim(path, "/"), "/"); {
	case len(parts) == 3 && parts[2] == "messages":
		return metaapi.SendMessage
	case len(parts) == 3 && parts[2] == "media":
		return metaapi.UploadMedia
	case len(parts) == 3 && parts[2] == "subscribed_apps":
		return metaapi.GetSubscribed
	case len(parts) == 3 && parts[2] == "message_templates":
		return metaapi.Operation{Method: strings.ToLower(method), Path: metaapi.ListTemplates.Path}
	case len(parts) == 2 && parts[1] == testPhone:
		return metaapi.GetPhoneNumber
	case len(parts) == 2 && strings.HasPrefix(parts[0], "v"):
		return metaapi.ResolveMedia
	default:
		return metaapi.Operation{Method: strings.ToLower(method), Path: path}
	}
}

// check validates a request against Meta's document.
func (p *peer) check(r *http.Request, req *request) {
	if got := r.Header.Get("Authorization"); got != "Bearer "+testToken {
		p.t.Errorf("%s %s: authorization %q", r.Method, r.URL.Path, got)
	}
	if !strings.HasPrefix(r.URL.Path, "/v25.0/") {
		return // a download
	}
	if len(r.TransferEncoding) != 0 {
		p.t.Errorf("%s sent in chunks", r.URL.Path)
	}
	var names []string
	for name := range req.query {
		names = append(names, name)
	}
	if err := doc(p.t).Query(req.op, names); err != nil {
		p.t.Error(err)
	}
	if r.Method != http.MethodPost {
		return
	}
	kind := r.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "multipart/") {
		if err := req.readForm(r); err != nil {
			p.t.Errorf("multipart: %v", err)
		}
		kind = "multipart/form-data"
	} else {
		req.body, _ = io.ReadAll(r.Body)
	}
	if err := doc(p.t).Request(req.op, kind, req.body); err != nil {
		p.t.Errorf("request %s is not valid: %.2000s\n%s", req.path, err, req.body)
	}
}

func (req *request) readForm(r *http.Request) error {
	reader, err := r.MultipartReader()
	if err != nil {
		return err
	}
	req.fields = map[string]string{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := req.readPart(part); err != nil {
			return err
		}
	}
	req.body, err = json.Marshal(req.fields)
	return err
}

func (req *request) readPart(part *multipart.Part) error {
	content, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	req.fields[part.FormName()] = string(content)
	if part.FormName() == "file" {
		req.file, req.name, req.kind = content, part.FileName(), part.Header.Get("Content-Type")
		req.fields["file"] = "binary"
	}
	return nil
}

// serve answers as Meta does when all is well.
func (p *peer) serve(w http.ResponseWriter, r request, n int) {
	switch r.op {
	case metaapi.SendMessage:
		if strings.Contains(string(r.body), `"status":"read"`) {
			write(w, 200, `{"success":true}`)
			return
		}
		p.reply(w, r.op, fmt.Sprintf(`{"messaging_product":"whatsapp","contacts":[{"input":"+5511987650001","wa_id":"5511987650001","user_id":"BR.123"}],"messages":[{"id":"wamid.%d"}]}`, n))
	case metaapi.UploadMedia:
		p.reply(w, r.op, fmt.Sprintf(`{"id":"%d"}`, 800000000000000+n))
	case metaapi.GetPhoneNumber:
		p.reply(w, r.op, `{"id":"`+testPhone+`","display_phone_number":"+55 11 4000-0000","verified_name":"Exemplo","quality_rating":"GREEN","status":"CONNECTED",
			"name_status":"APPROVED","code_verification_status":"EXPIRED","platform_type":"CLOUD_API","throughput":{"level":"STANDARD"},"whatsapp_business_manager_messaging_limit":"TIER_2K",
			"health_status":{"can_send_message":"AVAILABLE","entities":[{"entity_type":"PHONE_NUMBER","id":"1","can_send_message":"AVAILABLE"},{"entity_type":"APP","id":"400","can_send_message":"AVAILABLE"}]}}`)
	case metaapi.GetSubscribed:
		p.reply(w, r.op, `{"data":[{"whatsapp_business_api_data":{"id":"399","name":"Outra","link":"https://x"}},{"whatsapp_business_api_data":{"id":"400","name":"Prosa","link":"https://x"}}]}`)
	case metaapi.ListTemplates:
		p.reply(w, r.op, `{"data":[{"id":"800000000000001","name":"pedido","language":"pt_BR","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"Oi"}]}]}`)
	case metaapi.CreateTemplate:
		p.reply(w, r.op, `{"id":"800000000000002","status":"PENDING","category":"UTILITY"}`)
	case metaapi.DeleteTemplate:
		p.reply(w, r.op, `{"success":true}`)
	case metaapi.ResolveMedia:
		p.resolve(w, r)
	default:
		p.download(w, r)
	}
}

func (p *peer) resolve(w http.ResponseWriter, r request) {
	id := r.path[strings.LastIndex(r.path, "/")+1:]
	if _, ok := p.files[id]; !ok {
		write(w, 400, `{"error":{"message":"Unsupported get request. Object with ID does not exist","type":"GraphMethodException","code":100,"error_subcode":33,"fbtrace_id":"A"}}`)
		return
	}
	p.reply(w, r.op, fmt.Sprintf(`{"id":%q,"url":"%s/file/%s","mime_type":"image/jpeg","sha256":"SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=","file_size":"9","messaging_product":"whatsapp"}`,
		id, p.server.URL, id))
}

func (p *peer) download(w http.ResponseWriter, r request) {
	content, ok := p.files[strings.TrimPrefix(r.path, "/file/")]
	if !ok || !strings.HasPrefix(r.header.Get("User-Agent"), "Mozilla/5.0 ") {
		write(w, 404, "")
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	write(w, 200, content)
}

// reply answers and checks its own answer.
func (p *peer) reply(w http.ResponseWriter, op metaapi.Operation, body string) {
	if err := doc(p.t).Response(op, 200, []byte(body)); err != nil {
		p.t.Errorf("answer of the peer is not valid: %v", err)
	}
	write(w, 200, body)
}

func write(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// apiErrorBody is an error in Meta's form.
func apiErrorBody(code, subcode int) string {
	return fmt.Sprintf(`{"error":{"message":"(#%d) Something about +55 11 98765-0001","type":"OAuthException","code":%d,"error_subcode":%d,"error_data":{"messaging_product":"whatsapp","details":"Details for 5511987650001."},"fbtrace_id":"AbC"}}`, code, code, subcode)
}

// failing makes every message of the peer fail.
func (p *peer) failing(status int, body string) {
	p.answer = func(w http.ResponseWriter, r request) bool {
		if r.op != metaapi.SendMessage {
			return false
		}
		write(w, status, body)
		return true
	}
}
