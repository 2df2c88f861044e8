package api

import (
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// The simulator does not exist for those who may not use it.
func TestSandboxIsHidden(t *testing.T) {
	w := newWorld(t, testDB(t))
	chat := w.customer(w.line("Loja", w.vendas), "5541998124470", "Mariana")
	for _, who := range []actorOf{w.ana, w.bia} {
		for _, path := range []string{"/sandbox/connections", "/sandbox/chats", chat, chat + "/messages", "/sandbox/media/9"} {
			w.call(who, "GET", path, nil).refused(404, desk.CodeNotFound, "")
		}
		for path, body := range map[string]any{"/sandbox/chats": map[string]any{"connection_id": "9", "phone": "5541"}, "/sandbox/reset": nil,
			chat + "/messages": map[string]any{"body": "x"}, chat + "/read": nil, chat + "/age": map[string]any{"minutes": 5},
			"/sandbox/connections": map[string]any{"name": "Mais uma"}} {
			w.call(who, "POST", path, body).refused(404, desk.CodeNotFound, "")
		}
		w.call(who, "PUT", "/sandbox/connections/9/faults", map[string]any{"faults": []any{}}).refused(404, desk.CodeNotFound, "")
		w.call(who, "PATCH", "/sandbox/templates/9", map[string]any{"status": "APPROVED"}).refused(404, desk.CodeNotFound, "")
	}
	if got := w.call(w.ana, "GET", "/me", nil); got.at("sandbox") != false {
		t.Errorf("me: %s", got.text)
	}
	// In a demo it is everybody's, but connections stay the administrators'.
	w.do(func(tx *dbx.Tx) error { _, err := tx.Exec(`UPDATE account SET demo = TRUE`); return err })
	w.server.directory.ForgetAll()
	w.call(w.ana, "GET", chat, nil).want(200)
	w.call(w.ana, "POST", "/sandbox/connections", map[string]any{"name": "Mais uma"}).refused(403, desk.CodeForbidden, "")
}

// What goes wrong at the provider shows on the message, with ways out.
func TestFaultsAndRetry(t *testing.T) {
	w := newWorld(t, testDB(t))
	line := w.line("Loja", w.vendas)
	chat := w.customer(line, "5541998124470", "Mariana")
	ticket := w.says(chat, "Oi")
	w.call(w.ana, "POST", ticket+"/accept", nil).want(200)
	faults := "/sandbox/connections/" + line + "/faults"
	w.call(w.elisa, "PUT", faults, map[string]any{"faults": []any{map[string]any{"kind": "bad_mood"}}}).refused(422, desk.CodeInvalid, "body.faults[0].kind")
	on := w.call(w.elisa, "PUT", faults, map[string]any{"faults": []any{map[string]any{"kind": "fail", "code": 131026, "count": 1}}}).want(200)
	if on.str("faults", 0, "kind") != "fail" {
		t.Errorf("faults: %s", on.text)
	}
	sent := w.call(w.ana, "POST", ticket+"/messages", map[string]any{"body": "Olá"}, key()...).want(201)
	failed := w.reaches(sent.str("id"), "failed")
	if failed.str("error", "code") != "undeliverable" {
		t.Errorf("failed: %s", failed.text)
	}
	seen := w.call(w.ana, "GET", "/messages/"+sent.str("id"), nil).want(200)
	if can := list(seen, "can"); len(can) == 0 || can[len(can)-1] != "dismiss" {
		t.Errorf("ways out: %s", seen.text)
	}
	again := w.call(w.ana, "POST", "/messages/"+sent.str("id")+"/retry", nil, key()...).want(201)
	if again.str("retry_of") != sent.str("id") || again.str("id") == sent.str("id") {
		t.Errorf("retried: %s", again.text)
	}
	w.reaches(again.str("id"), "delivered")
	w.call(w.ana, "POST", "/messages/"+sent.str("id")+"/retry", nil, key()...).refused(422, desk.CodeNotRetryable, "")
	w.call(w.ana, "POST", "/messages/"+again.str("id")+"/dismiss", nil).want(422)
	if gone := w.call(w.ana, "POST", "/messages/"+sent.str("id")+"/dismiss", nil).want(200); gone.at("dismissed") != true {
		t.Errorf("dismissed: %s", gone.text)
	}
	if messages := w.call(w.ana, "GET", ticket+"/messages", nil).want(200); messages.len("items") != 2 {
		t.Errorf("a dismissed message is shown: %s", messages.text)
	}
	// B9: a certain refusal of a start leaves no ticket.
	w.call(w.elisa, "PUT", faults, map[string]any{"faults": []any{map[string]any{"kind": "refuse", "code": 132001}}}).want(200)
	template := w.call(w.ana, "GET", "/templates?q=novidades", nil).str("items", 0, "id")
	start := map[string]any{"mode": "steps", "contact": map[string]any{"phone": "41987654321"}, "connection_id": line,
		"template": map[string]any{"id": template, "values": []any{map[string]any{"component": "body", "name": "1", "text": "Rafael"}}}}
	refused := w.call(w.ana, "POST", "/tickets", start, key()...)
	refused.refused(422, desk.CodeProviderRefused, "")
	if refused.str("params", "reason") != "template_missing" {
		t.Errorf("B9: %s", refused.text)
	}
	if got := w.call(w.elisa, "GET", "/tickets", nil).want(200); got.len("items") != 1 {
		t.Errorf("B9: a ticket is left: %s", got.text)
	}
}

// Everything a phone can send arrives, and the phone shows what the desk sent.
func TestCustomerSendsEverything(t *testing.T) {
	w := newWorld(t, testDB(t))
	chat := w.customer(w.line("Loja", w.vendas), "5541998124470", "Mariana")
	ticket := w.says(chat, "Oi")
	w.call(w.ana, "POST", ticket+"/accept", nil).want(200)
	choice := w.call(w.ana, "POST", ticket+"/messages", map[string]any{"type": "interactive", "interactive": map[string]any{"kind": "buttons", "body": "Sexta?",
		"buttons": []any{map[string]any{"id": "sim", "title": "Sim"}}}}, key()...).want(201)
	asked := w.reaches(choice.str("id"), "delivered").str("provider_id")
	for _, m := range []map[string]any{
		{"type": "location", "location": map[string]any{"latitude": -25.4, "longitude": -49.2}},
		{"type": "contacts", "contacts": []any{map[string]any{"name": map[string]any{"formatted_name": "Diego", "first_name": "Diego"}}}},
		{"type": "button_reply", "target": asked, "choice": "sim"},
		{"type": "unsupported", "unsupported": "poll_creation"},
		{"type": "reaction", "target": asked, "emoji": "👍"},
		{"body": "por último", "reply_to": asked},
	} {
		w.call(w.elisa, "POST", chat+"/messages", m).want(201)
	}
	var got reply
	w.eventually("all of it arrives", func() bool {
		got = w.call(w.ana, "GET", ticket+"/messages", nil).want(200)
		return got.str("items", got.len("items")-1, "body") == "por último"
	})
	var kinds []string
	for i := range got.len("items") {
		kinds = append(kinds, got.str("items", i, "type"))
	}
	want := []string{"text", "interactive", "location", "contacts", "interactive", "unsupported", "text"}
	if len(kinds) != len(want) {
		t.Fatalf("types %v, want %v", kinds, want)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Errorf("types %v, want %v", kinds, want)
		}
	}
	if got.str("items", 1, "reactions", 0, "emoji") != "👍" || got.str("items", 4, "interactive", "reply", "id") != "sim" || got.str("items", 6, "reply_to", "id") != choice.str("id") {
		t.Errorf("messages: %s", got.text)
	}
	w.call(w.elisa, "POST", chat+"/messages", map[string]any{"type": "button_reply", "target": asked, "choice": "nunca"}).want(422)
	w.call(w.elisa, "POST", chat+"/messages", map[string]any{"type": "image", "media_id": "9"}).refused(422, desk.CodeUnknownReference, "body.media_id")
	phone := w.call(w.elisa, "PATCH", chat, map[string]any{"receipts": false, "opted_out": true}).want(200)
	if phone.at("receipts") != false || phone.at("opted_out") != true {
		t.Errorf("phone: %s", phone.text)
	}
	paged := w.call(w.elisa, "GET", chat+"/messages?limit=2", nil).want(200)
	rest := w.call(w.elisa, "GET", chat+"/messages?limit=2&cursor="+paged.str("next"), nil).want(200)
	if paged.len("items") != 2 || rest.len("items") != 2 || rest.str("items", 0, "id") >= paged.str("items", 1, "id") {
		t.Errorf("pages: %s then %s", paged.text, rest.text)
	}
	// The same person opens a chat with another of the company's numbers.
	second := w.customer(w.line("Entregas", w.suporte), "5541998124470", "")
	if second == chat {
		t.Error("two numbers share a chat")
	}
	if other := w.says(second, "E a entrega?"); other == ticket {
		t.Error("E1: two numbers share a ticket")
	}
	w.call(w.elisa, "POST", "/sandbox/reset", nil).want(204)
	if chats := w.call(w.elisa, "GET", "/sandbox/chats", nil).want(200); chats.len("items") != 0 {
		t.Errorf("reset: %s", chats.text)
	}
}

// What could not be interpreted is listed, replayed or given up, by
// administrators.
func TestRawEvents(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.line("Loja", w.vendas)
	put := func(key string) string {
		e := rawElement(w, key)
		return "/raw-events/" + e.String()
	}
	first, second := put("a"), put("b")
	got := w.call(w.elisa, "GET", "/raw-events", nil).want(200)
	if got.len("items") != 2 || got.str("items", 0, "reason") != "unknown_number" || got.at("items", 0, "body") != nil {
		t.Errorf("listed: %s", got.text)
	}
	if one := w.call(w.elisa, "GET", first, nil).want(200); one.str("body") == "" {
		t.Errorf("one: %s", one.text)
	}
	w.call(w.bia, "GET", first, nil).refused(403, desk.CodeForbidden, "")
	if after := w.call(w.elisa, "POST", first+"/replay", nil).want(200); after.at("attempts") != float64(1) {
		t.Errorf("replayed: %s", after.text)
	}
	if after := w.call(w.elisa, "POST", second+"/discard", nil).want(200); after.str("state") != "discarded" {
		t.Errorf("discarded: %s", after.text)
	}
	w.call(w.elisa, "POST", second+"/discard", nil).refused(409, desk.CodeNoChange, "")
	w.call(w.elisa, "POST", "/raw-events/9/replay", nil).refused(404, desk.CodeNotFound, "")
}

// rawElement stores something that was not understood.
func rawElement(w *world, key string) desk.ID {
	w.t.Helper()
	lines := must(w.store.Connections(w.db.Read(w.t.Context()), w.account, store.ConnectionList{}))(w.t)
	e := store.RawEvent{AccountID: w.account, ConnectionID: lines.Items[0].ID, Key: key, State: store.RawUnprocessed, Reason: "unknown_number",
		ExternalID: "1", Body: `{"nothing":"known"}`}
	w.do(func(tx *dbx.Tx) error { _, err := w.store.InsertRaw(tx, &e); return err })
	return e.ID
}
