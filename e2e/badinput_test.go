package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/sandbox"
)

// unsignedBodies: nothing of what Meta did not sign is stored (D17).
func (w *company) unsignedBodies() {
	t := w.t
	before := w.program.count(t, "raw_event")
	good := envelope(shopNumber, "messages", textFrom("5511987650201", "wamid.forged.1", "falso"))
	right := sandbox.Sign(appSecret, good)
	for name, signature := range map[string]string{
		"none": "", "another secret": sandbox.Sign("other", good), "another body": sandbox.Sign(appSecret, append(good, ' ')),
		"without prefix": strings.TrimPrefix(right, "sha256="), "sha1": "sha1=" + strings.TrimPrefix(right, "sha256="),
		"half": right[:len(right)/2], "not hex": "sha256=" + strings.Repeat("zz", 32), "empty": "sha256=",
	} {
		if status := w.hook(w.shop.WebhookURL, signature, good); status != http.StatusUnauthorized {
			t.Errorf("signature %s was answered %d", name, status)
		}
	}
	if status := w.hook(w.program.url+"/hooks/whatsapp_official/nobody", right, good); status != http.StatusNotFound {
		t.Errorf("an unknown URL was answered %d", status)
	}
	if status := w.hook(strings.Replace(w.shop.WebhookURL, "whatsapp_official", "telegram", 1), right, good); status != http.StatusNotFound {
		t.Errorf("another kind was answered %d", status)
	}
	large := append(bytes.Clone(good), bytes.Repeat([]byte(" "), 3<<20)...)
	if status := w.hook(w.shop.WebhookURL, sandbox.Sign(appSecret, large), large); status != http.StatusRequestEntityTooLarge {
		t.Errorf("more than 3 MB were answered %d", status)
	}
	if after := w.program.count(t, "raw_event"); after != before {
		t.Errorf("%d raw events were stored", after-before)
	}
	full := append(bytes.Clone(good), bytes.Repeat([]byte(" "), 3<<20-len(good))...)
	if status := w.hook(w.shop.WebhookURL, sandbox.Sign(appSecret, full), full); status != http.StatusOK {
		t.Errorf("3 MB were answered %d", status)
	}
	w.ana.ticketOf("pending", "5511987650201")
}

// hook posts a body and returns the status.
func (w *company) hook(url, signature string, body []byte) int {
	w.t.Helper()
	status, err := webhook(w.t.Context(), http.DefaultClient, url, signature, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return status
}

// oddBodies: whatever is wrong with an element, its neighbours arrive and it is
// kept with a reason (decisions.md 6).
func (w *company) oddBodies() {
	t := w.t
	before := len(w.unprocessed())
	good := func(n int) fields {
		return textFrom("5511987650202", fmt.Sprintf("wamid.odd.good.%d", n), fmt.Sprint("bom ", n))
	}
	deep := json.RawMessage(`{"from":"5511987650202","id":"wamid.odd.deep","type":"text","text":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`)
	deeper := json.RawMessage(`{"from":"5511987650202","id":"wamid.odd.deeper","type":"text","text":` + strings.Repeat(`{"a":`, 60000) + `1` + strings.Repeat("}", 60000) + `}`)
	odd := []any{"text", 7, nil, []any{}, fields{}, fields{"id": fields{}, "type": 3}, deep,
		fields{"from": "5511987650202", "id": "wamid.odd.typed", "timestamp": "soon", "type": "text", "text": fields{"body": 5}},
		fields{"from": "5511987650202", "id": "wamid.odd.media", "timestamp": "1795262400", "type": "image", "image": "no object"}}
	batch := []any{good(0)}
	for i, o := range odd {
		batch = append(batch, o, good(i+1))
	}
	if status := signed(t, w.shop.WebhookURL, envelope(shopNumber, "messages", batch...)); status != http.StatusOK {
		t.Errorf("the batch was answered %d", status)
	}
	// encoding/json would not even write this one.
	body := envelope(shopNumber, "messages", "HERE", good(100))
	body = bytes.Replace(body, []byte(`"HERE"`), deeper, 1)
	if status := signed(t, w.shop.WebhookURL, body); status != http.StatusOK {
		t.Errorf("the deeply nested body was answered %d", status)
	}
	tk := w.ana.ticketOf("pending", "5511987650202")
	var got []string
	for _, m := range w.ana.messages(tk.ID) {
		got = append(got, m.Body)
	}
	for i := range len(odd) + 1 {
		if !slices.Contains(got, fmt.Sprint("bom ", i)) {
			t.Errorf("the neighbour %d was lost: %q", i, got)
		}
	}
	if !slices.Contains(got, "bom 100") {
		t.Errorf("the neighbour of the deep one was lost: %q", got)
	}
	w.keptWhole()
	w.reasons(before)
}

// keptWhole: a signed body that is no webhook at all is kept as one.
func (w *company) keptWhole() {
	w.t.Helper()
	for _, body := range []string{`{"object":`, `[]`, `"x"`, `null`, ``, `{"object":"page","entry":[]}`, strings.Repeat("[", 200000), "\xff\xfe\x00"} {
		for range 2 {
			if status := signed(w.t, w.shop.WebhookURL, []byte(body)); status != http.StatusOK {
				w.t.Errorf("%.20q was answered %d", body, status)
			}
		}
	}
}

// reasons checks that everything odd is listed once, with a reason, and that
// replaying what is still wrong changes nothing.
func (w *company) reasons(before int) {
	w.t.Helper()
	list := w.unprocessed()
	if n := len(list) - before; n < 12 {
		w.t.Errorf("%d odd elements are kept, want at least 12: %+v", n, list)
	}
	for _, e := range list {
		if e.Reason == "" || e.State != "unprocessed" || e.Reason == "internal_error" {
			w.t.Errorf("kept without a proper reason: %+v", e)
		}
	}
	again := post[rawEvent](w.ada, "/raw-events/"+list[0].ID+"/replay", nil)
	if again.State != "unprocessed" {
		w.t.Errorf("after the replay: %+v", again)
	}
	gone := post[rawEvent](w.ada, "/raw-events/"+list[0].ID+"/discard", nil)
	if gone.State != "discarded" {
		w.t.Errorf("after discarding: %+v", gone)
	}
	w.sofia.refused(http.StatusForbidden, "forbidden", http.MethodGet, "/raw-events", nil)
}

// oddText: what databases and terminals dislike in a text is no reason to lose
// it.
func (w *company) oddText() {
	t := w.t
	phone := "5511987650203"
	texts := []string{"zero \x00 no meio", "quebras\r\n\u2028fim", "\u202Eesquerda", "👩‍👩‍👧‍👦", strings.Repeat("ã", 65536)}
	for i, text := range texts {
		body := envelope(shopNumber, "messages", textFrom(phone, fmt.Sprint("wamid.text.", i), text))
		if status := signed(t, w.shop.WebhookURL, body); status != http.StatusOK {
			t.Errorf("%.20q was answered %d", text, status)
		}
	}
	lone := bytes.Replace(envelope(shopNumber, "messages", textFrom(phone, "wamid.text.lone", "LONE")), []byte("LONE"), []byte(`só \ud83d metade`), 1)
	broken := bytes.Replace(envelope(shopNumber, "messages", textFrom(phone, "wamid.text.broken", "LONE")), []byte("LONE"), []byte("byte \xff solto"), 1)
	signed(t, w.shop.WebhookURL, lone)
	signed(t, w.shop.WebhookURL, broken)
	tk := w.ana.ticketOf("pending", phone)
	if list := w.ana.messages(tk.ID); len(list) != len(texts)+2 {
		for _, m := range list {
			t.Logf("%.30q", m.Body)
		}
		t.Errorf("%d of %d texts arrived; unprocessed: %+v", len(list), len(texts)+2, w.unprocessed())
	}
}

// largeBatch: more than 25 elements are stored first and understood later, all
// of them, in order.
func (w *company) largeBatch() {
	phone := "5511987650204"
	var list []any
	for i := range 60 {
		list = append(list, textFrom(phone, fmt.Sprint("wamid.batch.", i), fmt.Sprint(i)))
	}
	body := envelope(shopNumber, "messages", list...)
	for range 2 {
		if status := signed(w.t, w.shop.WebhookURL, body); status != http.StatusOK {
			w.t.Errorf("the batch was answered %d", status)
		}
	}
	tk := w.ana.ticketOf("pending", phone)
	eventually(w.t, "all of the batch is understood", func() (bool, any) { n := w.ana.ticket(tk.ID).Unread; return n == 60, n })
	for i, m := range w.ana.messages(tk.ID) {
		if m.Body != fmt.Sprint(i) {
			w.t.Errorf("message %d of the batch is %q", i, m.Body)
		}
	}
}

// oddRequests: the API names what is wrong and where, and writes nothing.
func (w *company) oddRequests() {
	t := w.t
	_, tk := w.served("Vera", "5511987650211")
	at := "/tickets/" + tk.ID
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		code, field  string
	}{
		{"POST", "/tags", fields{"name": "x", "color": "#000000", "nome": "y"}, 422, "unknown_field", "body.nome"},
		{"POST", "/tags", fields{"name": "Boa", "color": "azul"}, 422, "invalid_color", "body.color"},
		{"POST", "/tags", fields{"color": "#000000"}, 422, "required", "body.name"},
		{"POST", "/tags", fields{"name": 5, "color": "#000000"}, 422, "invalid", "body.name"},
		{"POST", "/tags", fields{"name": strings.Repeat("x", 61), "color": "#000000"}, 422, "too_long", "body.name"},
		{"POST", "/tags", []any{}, 422, "invalid", "body"},
		{"POST", "/tags", verbatim(`{"name":"x"} {}`), 400, "malformed_request", ""},
		{"POST", "/tags", verbatim(`{"name":`), 400, "malformed_request", ""},
		{"PATCH", "/settings", fields{"no_such_setting": true}, 422, "unknown_field", "body.no_such_setting"},
		{"PATCH", "/settings", fields{"max_files": 0}, 422, "out_of_range", "body.max_files"},
		{"PATCH", "/account", fields{"time_zone": "Marte/Base"}, 422, "invalid_time_zone", "body.time_zone"},
		{"POST", "/users", fields{"name": "Xana", "email": "não é", "password": password}, 422, "invalid_email", "body.email"},
		{"POST", "/users", fields{"name": "Xavier", "email": "x@x.example", "password": "curta"}, 422, "too_short", "body.password"},
		{"POST", "/connections", fields{"kind": "whatsapp_official", "name": "Sem nada", "settings": fields{}}, 422, "", "body.settings.phone_number_id"},
		{"POST", at + "/messages", fields{"type": "text", "body": "  "}, 422, "empty_message", "body.body"},
		{"POST", at + "/messages", fields{"type": "text", "body": strings.Repeat("x", 4097)}, 422, "too_long", "body.body"},
		{"POST", at + "/messages", fields{"type": "poll", "body": "x"}, 422, "", "body.type"},
		{"POST", at + "/messages", fields{"type": "image"}, 422, "required", "body.media_id"},
		{"POST", at + "/messages", fields{"type": "image", "media_id": "1"}, 422, "unknown_reference", "body.media_id"},
		{"POST", at + "/messages", fields{"type": "interactive", "interactive": fields{"kind": "buttons", "body": "x", "buttons": []any{}}}, 422, "", ""},
		{"POST", at + "/messages", fields{"body": "x", "reply_to": "99"}, 422, "unknown_reference", "body.reply_to"},
		{"POST", at + "/transfer", fields{"queue_id": "1"}, 422, "unknown_reference", "body.queue_id"},
		{"POST", at + "/transfer", fields{}, 422, "required", "body.queue_id"},
		{"GET", "/tickets?cursor=abc", nil, 422, "invalid_cursor", "query.cursor"},
		{"GET", "/tickets?limit=100000", nil, 422, "", "query.limit"},
		{"GET", "/tickets?status=lost", nil, 422, "", "query.status"},
		{"GET", "/search", nil, 422, "required", "query.q"},
		{"GET", "/tickets/1", nil, 404, "not_found", ""},
		{"GET", "/tickets/99999999999999999999", nil, 422, "invalid", "path.id"},
		{"GET", "/tickets/x", nil, 422, "invalid", "path.id"},
	} {
		who := w.ana
		if !strings.HasPrefix(c.path, "/tickets") && c.path != "/search" {
			who = w.ada
		}
		a := who.call(request{method: c.method, path: c.path, body: c.body})
		p := decode[problem](t, a.body)
		if a.status != c.status || c.code != "" && p.Code != c.code || c.field != "" && p.on(c.field) == "" {
			t.Errorf("%s %s %.80s: %d %.400s, want %d %s on %s", c.method, c.path, asJSON(c.body), a.status, a.body, c.status, c.code, c.field)
		}
	}
	if list := w.ana.messages(tk.ID); len(list) != 1 {
		t.Errorf("refused messages left something: %+v", list)
	}
	w.oddWriting(tk)
	w.foreignOrigin()
}

// oddWriting: zero bytes and odd characters in what people type are refused or
// cleaned, never an error of ours.
func (w *company) oddWriting(tk ticket) {
	w.t.Helper()
	zero := "a\x00b"
	for _, r := range []request{
		{method: "POST", path: "/tickets/" + tk.ID + "/messages", body: fields{"body": zero}},
		{method: "POST", path: "/tags", body: fields{"name": zero, "color": "#000000"}},
		{method: "POST", path: "/queues", body: fields{"name": zero, "color": "#000000"}},
		{method: "POST", path: "/contacts", body: fields{"name": zero, "phone": "11987650212"}},
		{method: "POST", path: "/contacts", body: fields{"name": "Zero", "email": "a\x00@x.example"}},
		{method: "PATCH", path: "/me", body: fields{"signature": zero}},
		{method: "GET", path: "/search?q=%00"},
		{method: "GET", path: "/search?q=a%00b"},
		{method: "GET", path: "/contacts?q=%00x"},
		{method: "GET", path: "/tags?q=%00"},
		{method: "GET", path: "/tickets?q=%ff%fe"},
	} {
		if a := w.ada.call(r); a.status >= 500 {
			w.t.Errorf("%s %s: %d %s", r.method, r.path, a.status, a.body)
		}
	}
}

// foreignOrigin: a page of another site can't write with her cookie.
func (w *company) foreignOrigin() {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.program.url+"/api/v1/tags", strings.NewReader(`{"name":"Alheia","color":"#000000"}`))
	w.provider.must(err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	a, err := w.ada.roundTrip(req)
	w.provider.must(err)
	if a.status != http.StatusForbidden {
		w.t.Errorf("a foreign page was answered %d %s", a.status, a.body)
	}
}

// refusedFiles: too large or of a kind the channel refuses is 422 with the
// limit (C14).
func (w *company) refusedFiles() {
	t := w.t
	_, tk := w.served("Wagner", "5511987650221")
	at := "/tickets/" + tk.ID + "/messages"
	photo := append(jpegFile(t, 64, 64), bytes.Repeat([]byte{0}, 6<<20)...)
	large := w.ana.file("grande.jpg", "image/jpeg", photo)
	p := w.ana.refused(http.StatusUnprocessableEntity, "media_too_large", http.MethodPost, at, fields{"type": "image", "media_id": large.ID})
	if p.Params["max"] != float64(5<<20) || p.on("body.media_id") != "media_too_large" {
		t.Errorf("C14: the limit is told as %+v", p)
	}
	program := w.ana.file("vírus.exe", "image/png", append([]byte("MZ\x90\x00"), make([]byte, 300)...))
	if program.MIME == "image/png" {
		t.Errorf("C14: a program counts as %s", program.MIME)
	}
	p = w.ana.refused(http.StatusUnprocessableEntity, "media_kind_refused", http.MethodPost, at, fields{"type": "image", "media_id": program.ID})
	if p.Params["accepted"] == nil {
		t.Errorf("C14: what is accepted is not told: %+v", p)
	}
	w.ana.refused(http.StatusUnprocessableEntity, "media_kind_refused", http.MethodPost, at, fields{"type": "document", "media_id": program.ID})
	if a := w.ana.upload("vazio.txt", "text/plain", nil); a.status != http.StatusUnprocessableEntity || decode[problem](t, a.body).Code != "media_empty" {
		t.Errorf("an empty file: %d %s", a.status, a.body)
	}
	patch[any](w.ada, "/settings", fields{"max_media_mb": 1, "max_document_mb": 1})
	a := w.ana.upload("grande.jpg", "image/jpeg", photo)
	if p := decode[problem](t, a.body); a.status != http.StatusUnprocessableEntity || p.Code != "media_too_large" || p.Params["max"] != float64(1<<20) {
		t.Errorf("C14: over the account's limit: %d %s", a.status, a.body)
	}
	patch[any](w.ada, "/settings", fields{"max_media_mb": 16, "max_document_mb": 100})
	other := w.bia.file("da-bia.jpg", "image/jpeg", jpegFile(t, 8, 8))
	w.ana.refused(http.StatusUnprocessableEntity, "unknown_reference", http.MethodPost, at, fields{"type": "image", "media_id": other.ID})
	if a := w.ana.raw("/api/v1/media/" + other.ID); a.status != http.StatusNotFound {
		t.Errorf("Ana reads Bia's upload: %d", a.status)
	}
	if list := w.ana.messages(tk.ID); len(list) != 1 {
		t.Errorf("refused files left %+v", list)
	}
}
