package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
)

// writes yields every operation with a JSON body, with a path that could exist.
func writes(w *world) map[*huma.Operation]string {
	list := map[*huma.Operation]string{}
	for op := range operations(w.server.api.OpenAPI()) {
		if op.RequestBody != nil && op.RequestBody.Content["application/json"] != nil {
			list[op] = strings.ReplaceAll(op.Path, "{id}", "412316860416000001")
		}
	}
	return list
}

// Bad input: an unknown field of a body is a 422 that names it, on every route
// that takes a body.
func TestUnknownFieldsAreRefusedEverywhere(t *testing.T) {
	w := newWorld(t, testDB(t))
	routes := writes(w)
	if len(routes) < 40 {
		t.Fatalf("only %d routes with a body", len(routes))
	}
	for op, path := range routes {
		body := map[string]any{"nope": 1}
		if op.OperationID == "start-ticket" {
			body["mode"] = "steps" // tells which of the two bodies it is
		}
		got := w.call(w.elisa, op.Method, path, body, key()...).want(422)
		if code := codeAt(got, "body.nope"); code != string(desk.CodeUnknownField) {
			t.Errorf("%s: body.nope is %q: %s", op.OperationID, code, got.text)
		}
	}
}

// Bad input: a body that is no JSON, or not an object, or too large, writes
// nothing and says so.
func TestMalformedBodiesAreRefusedEverywhere(t *testing.T) {
	w := newWorld(t, testDB(t))
	for op, path := range writes(w) {
		w.call(w.elisa, op.Method, path, strings.NewReader(`{"name": `), key()...).refused(400, desk.CodeMalformed, "body")
		w.call(w.elisa, op.Method, path, strings.NewReader(`["a list"]`), key()...).want(422)
		w.call(w.elisa, op.Method, path, strings.NewReader(`{"name":"a","NAME":"b"}`), key()...).refused(400, desk.CodeMalformed, "body")
		huge := `{"nope":"` + strings.Repeat("x", maxJSONBody) + `"}`
		w.call(w.elisa, op.Method, path, strings.NewReader(huge), key()...).refused(413, desk.CodeTooLarge, "")
		deep := strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)
		if got := w.call(w.elisa, op.Method, path, strings.NewReader(deep), key()...); got.status != 400 && got.status != 422 {
			t.Errorf("%s: deeply nested JSON answered %d", op.OperationID, got.status)
		}
	}
}

// Every wrong type is a 422 that names the field and the type wanted.
func TestWrongTypesNameTheField(t *testing.T) {
	w := newWorld(t, testDB(t))
	for _, tc := range []struct {
		method, path string
		body         map[string]any
		code         desk.Code
		location     string
	}{
		{"POST", "/queues", map[string]any{"name": 7, "color": "#112233"}, desk.CodeInvalid, "body.name"},
		{"POST", "/queues", map[string]any{"name": "Vendas 2"}, desk.CodeRequired, "body.color"},
		{"POST", "/queues", map[string]any{"name": "", "color": "#112233"}, desk.CodeRequired, "body.name"},
		{"POST", "/queues", map[string]any{"name": "x", "color": "#112233"}, desk.CodeTooShort, "body.name"},
		{"POST", "/queues", map[string]any{"name": strings.Repeat("x", 61), "color": "#112233"}, desk.CodeTooLong, "body.name"},
		{"POST", "/queues", map[string]any{"name": "Vendas 2", "color": "red"}, desk.CodeInvalidColor, "body.color"},
		{"POST", "/queues", map[string]any{"name": "Vendas 2", "color": "#112233", "position": 0}, desk.CodeOutOfRange, "body.position"},
		{"POST", "/queues", map[string]any{"name": "Vendas 2", "color": "#112233", "position": "one"}, desk.CodeInvalid, "body.position"},
		{"POST", "/teams", map[string]any{"name": "Noite", "members": "x"}, desk.CodeInvalid, "body.members"},
		{"POST", "/teams", map[string]any{"name": "Noite", "members": []any{"x"}}, desk.CodeInvalid, "body.members[0]"},
		{"POST", "/teams", map[string]any{"name": "Noite", "members": []any{"9"}}, desk.CodeUnknownReference, "body.members"},
		{"POST", "/users", map[string]any{"name": "Carla", "email": "carla", "password": password}, desk.CodeInvalidEmail, "body.email"},
		{"POST", "/users", map[string]any{"name": "Carla", "email": "c@aurora.test", "password": "1234"}, desk.CodeTooShort, "body.password"},
		{"POST", "/users", map[string]any{"name": "Carla", "email": "c@aurora.test", "password": password, "role": "boss"}, desk.CodeInvalid, "body.role"},
		{"POST", "/users", map[string]any{"name": "Carla", "email": "c@aurora.test", "password": password, "phone": "12"}, desk.CodeInvalidPhone, "body.phone"},
		{"POST", "/contacts", map[string]any{"name": "João", "phone": "987654321"}, desk.CodeInvalidPhone, "body.phone"},
		{"POST", "/contacts", map[string]any{"name": "João"}, desk.CodeRequired, "body.phone"},
		{"POST", "/contacts", map[string]any{"name": "João", "email": "j@x.com", "birth_date": "ontem"}, desk.CodeInvalid, "body.birth_date"},
		{"POST", "/contacts", map[string]any{"name": "João", "email": "j@x.com", "document": "111.111.111-11"}, desk.CodeInvalidDocument, "body.document"},
		{"POST", "/tags", map[string]any{"name": "VIP", "color": ""}, desk.CodeRequired, "body.color"},
		{"POST", "/connections", map[string]any{"kind": "pigeon", "name": "Loja"}, desk.CodeInvalid, "body.kind"},
		{"POST", "/connections", map[string]any{"kind": "telegram", "name": "Loja"}, desk.CodeUnsupportedKind, "body.kind"},
		{"POST", "/connections", map[string]any{"kind": "whatsapp_official", "name": "Loja"}, desk.CodeRequired, "body.settings.access_token"},
		{"PATCH", "/account", map[string]any{"time_zone": "Mars/Olympus"}, desk.CodeInvalidTimeZone, "body.time_zone"},
		{"PATCH", "/account", map[string]any{"default_ddi": "x"}, desk.CodeInvalid, "body.default_ddi"},
		{"PATCH", "/settings", map[string]any{"max_files": 0}, desk.CodeOutOfRange, "body.max_files"},
		{"PATCH", "/settings", map[string]any{"hide_bot_tickets": "yes"}, desk.CodeInvalid, "body.hide_bot_tickets"},
		{"PATCH", "/settings", map[string]any{"operator_greeting": true}, desk.CodeRequired, "body.operator_greeting_text"},
		{"PATCH", "/me", map[string]any{"theme": "pink"}, desk.CodeInvalid, "body.theme"},
		{"PATCH", "/me", map[string]any{"password": "another-good-one-77"}, desk.CodeRequired, "body.current_password"},
		{"POST", "/estimates", map[string]any{"connection_id": "9", "template_id": "9"}, desk.CodeUnknownReference, "body.connection_id"},
		{"POST", "/tickets", map[string]any{"mode": "steps"}, desk.CodeRequired, "body.connection_id"},
		{"POST", "/tickets", map[string]any{"connection_id": "9"}, desk.CodeRequired, "body.mode"},
		{"POST", "/messages", map[string]any{"connection_id": "9", "contact_id": "9"}, desk.CodeRequired, "body.template"},
	} {
		got := w.call(w.elisa, tc.method, tc.path, tc.body, key()...).want(422)
		if code := codeAt(got, tc.location); code != string(tc.code) {
			t.Errorf("%s %s %v: %s is %q, want %s: %s", tc.method, tc.path, tc.body, tc.location, code, tc.code, got.text)
		}
	}
}

// codeAt is the code of the fault at a location, "" if there is none.
func codeAt(r reply, location string) string {
	list, _ := r.at("errors").([]any)
	for _, e := range list {
		if entry := e.(map[string]any); entry["location"] == location {
			return entry["code"].(string)
		}
	}
	return ""
}

// A write that was refused has written nothing.
func TestRefusedWritesLeaveNothing(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.call(w.elisa, "POST", "/queues", map[string]any{"name": "Nova", "color": "red"}).want(422)
	w.call(w.elisa, "POST", "/contacts", map[string]any{"name": "João", "phone": "987654321", "email": "joao@x.com"}).want(422)
	if got := w.call(w.elisa, "GET", "/queues", nil).want(200); got.len("items") != 2 {
		t.Errorf("queues: %s", got.text)
	}
	if got := w.call(w.elisa, "GET", "/contacts", nil).want(200); got.len("items") != 0 {
		t.Errorf("contacts: %s", got.text)
	}
}

// Every route but the few that sign people in needs a session.
func TestEveryRouteNeedsASession(t *testing.T) {
	w := newWorld(t, testDB(t))
	open := map[string]bool{"get-setup": true, "set-up": true, "sign-in": true}
	for op := range operations(w.server.api.OpenAPI()) {
		if open[op.OperationID] {
			continue
		}
		path := strings.ReplaceAll(op.Path, "{id}", "412316860416000001")
		for _, a := range []actorOf{w.nobody, {cookie: "7.secret"}, {cookie: "junk"}} {
			if got := w.call(a, op.Method, path, nil); got.status != 401 || got.at("code") != string(desk.CodeUnauthorized) {
				t.Errorf("%s without a session: %d %s", op.OperationID, got.status, got.text)
			}
		}
	}
}

// What nobody knows is a problem in JSON, like any other refusal.
func TestUnknownPathsAndMethods(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.call(w.elisa, "GET", "/nonsense", nil).refused(404, desk.CodeNotFound, "")
	w.call(w.elisa, "GET", "/api/v9/queues", nil).refused(404, desk.CodeNotFound, "")
	got := w.call(w.elisa, "DELETE", "/queues", nil)
	got.refused(405, desk.CodeMalformed, "")
	if got.header.Get("Allow") != "GET, POST" {
		t.Errorf("Allow: %q", got.header.Get("Allow"))
	}
	w.call(w.elisa, "GET", "/queues?nope=1", nil).refused(422, desk.CodeUnknownField, "query.nope")
	w.call(w.elisa, "GET", "/queues?limit=0", nil).refused(422, desk.CodeOutOfRange, "query.limit")
	w.call(w.elisa, "GET", "/queues?cursor=rubbish", nil).refused(422, desk.CodeInvalidCursor, "")
	w.call(w.elisa, "GET", "/queues/abc", nil).refused(422, desk.CodeInvalid, "path.id")
	w.call(w.elisa, "GET", "/tickets?status=sleeping", nil).refused(422, desk.CodeInvalid, "query.status")
	w.call(w.elisa, "GET", "/tickets?queue=1,x", nil).refused(422, desk.CodeInvalid, "query.queue")
}

// Another site can't write with the browser's cookie; ours and programs can.
func TestCrossOriginWritesAreRefused(t *testing.T) {
	w := newWorld(t, testDB(t))
	queue := map[string]any{"name": "Nova", "color": "#112233"}
	w.call(w.elisa, "POST", "/queues", queue, "Sec-Fetch-Site", "cross-site").refused(403, desk.CodeForbidden, "")
	w.call(w.elisa, "POST", "/queues", queue, "Origin", "https://evil.test").refused(403, desk.CodeForbidden, "")
	w.call(w.elisa, "POST", "/queues", queue, "Origin", "http://desk.test", "Sec-Fetch-Site", "cross-site").want(201)
	w.call(w.elisa, "GET", "/queues", nil, "Sec-Fetch-Site", "cross-site").want(200)
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	w := newWorld(t, testDB(t))
	for _, path := range []string{"/queues", "/me", "/nonsense", "/tickets/9"} {
		h := w.call(w.elisa, "GET", path, nil).header
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s may be framed", path)
		}
	}
}

// Long JSON is packed for those who take it, and is the same JSON.
func TestCompression(t *testing.T) {
	w := newWorld(t, testDB(t))
	plain := w.call(w.elisa, "GET", "/settings", nil).want(200)
	packed := w.call(w.elisa, "GET", "/settings", nil, "Accept-Encoding", "gzip, br").want(200)
	if packed.header.Get("Content-Encoding") != "gzip" || len(packed.text) >= len(plain.text) {
		t.Fatalf("not packed: %v, %d of %d bytes", packed.header, len(packed.text), len(plain.text))
	}
	z, err := gzip.NewReader(bytes.NewReader(packed.text))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || !bytes.Equal(text, plain.text) {
		t.Errorf("unpacked to something else: %v", err)
	}
	if short := w.call(w.elisa, "GET", "/counters", nil, "Accept-Encoding", "gzip").want(200); short.header.Get("Content-Encoding") != "" {
		t.Error("a short answer was packed")
	}
	if problem := w.call(w.elisa, "GET", "/tickets/9", nil, "Accept-Encoding", "gzip"); problem.status != 404 || problem.at("code") != "not_found" {
		t.Errorf("a problem for those who take gzip: %d %s", problem.status, problem.text)
	}
}

// What is not a refusal is hidden behind a report id that the log has too.
func TestInternalErrorsAreHidden(t *testing.T) {
	w := newWorld(t, testDB(t))
	for name, broken := range map[string]http.HandlerFunc{
		"panic": func(http.ResponseWriter, *http.Request) { panic("secret detail") },
		"error": func(rw http.ResponseWriter, r *http.Request) {
			writeProblem(rw, problemOf(r.Context(), w.server.log, errors.New("secret detail")))
		},
	} {
		w.server.mux.HandleFunc("GET "+basePath+"/"+name, broken)
		got := w.call(w.elisa, "GET", "/"+name, nil)
		got.refused(500, desk.CodeInternal, "")
		id := got.str("report_id")
		if bytes.Contains(got.text, []byte("secret")) || id == "" || !strings.Contains(w.log.String(), id) || !strings.Contains(w.log.String(), "secret detail") {
			t.Errorf("%s: answer %s, log %s", name, got.text, w.log)
		}
	}
}

// The log names routes, not what was asked for.
func TestRequestLogHoldsNoPersonalData(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.call(w.elisa, "POST", "/contacts", map[string]any{"name": "Joana Prado", "phone": "41998124470"}).want(201)
	w.call(w.elisa, "GET", "/contacts?q=Joana", nil).want(200)
	w.call(w.elisa, "GET", "/search?q=Joana", nil).want(200)
	log := w.log.String()
	if !strings.Contains(log, "GET /api/v1/contacts") {
		t.Errorf("no request was logged: %s", log)
	}
	for _, secret := range []string{"Joana", "99812"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q: %s", secret, log)
		}
	}
}

func TestHealthAndMetrics(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.call(w.nobody, "GET", "/queues", nil).want(401)
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := w.call(w.nobody, "GET", path, nil); got.status != 200 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	got := w.call(w.nobody, "GET", "/metrics", nil).want(200)
	if !bytes.Contains(got.text, []byte(`prosa_http_request_seconds_count{route="GET /api/v1/queues",status="401"} 1`)) {
		t.Errorf("metrics: %s", got.text)
	}
}

// The page and the document load nothing from elsewhere.
func TestDocsAreSelfContained(t *testing.T) {
	w := newWorld(t, testDB(t))
	page := w.call(w.nobody, "GET", "/api/docs", nil).want(200)
	text := string(page.text)
	if strings.Contains(text, "<script") || strings.Contains(text, "http://") || strings.Contains(text, "https://") {
		t.Error("the page loads something")
	}
	for op := range operations(w.server.api.OpenAPI()) {
		if !strings.Contains(text, `id="`+op.OperationID+`"`) {
			t.Errorf("%s is not on the page", op.OperationID)
		}
	}
	style := text[strings.Index(text, "<style>")+len("<style>") : strings.Index(text, "</style>")]
	if style != docsStyle || !strings.Contains(page.header.Get("Content-Security-Policy"), "sha256-") {
		t.Error("the policy does not fit the page's style")
	}
	doc := w.call(w.nobody, "GET", "/openapi.json", nil).want(200)
	var served map[string]any
	if err := json.Unmarshal(doc.text, &served); err != nil || served["openapi"] != "3.1.0" {
		t.Errorf("the document: %v", err)
	}
}
