package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// line adds a simulated connection whose tickets enter a queue.
func (w *world) line(name string, queue desk.ID) string {
	w.t.Helper()
	got := w.call(w.elisa, "POST", "/sandbox/connections", map[string]any{"name": name, "queues": []string{queue.String()}}).want(201)
	if got.str("state") != "connected" || got.at("simulated") != true {
		w.t.Fatalf("the simulated connection is %s", got.text)
	}
	return got.str("id")
}

// customer opens a chat with the company and returns its path.
func (w *world) customer(line, phone, name string) string {
	w.t.Helper()
	got := w.call(w.elisa, "POST", "/sandbox/chats", map[string]any{"connection_id": line, "phone": phone, "name": name}).want(201)
	return "/sandbox/chats/" + got.str("id")
}

// says has a customer write, and waits until the desk has it.
func (w *world) says(chat, text string) string {
	w.t.Helper()
	sent := w.call(w.elisa, "POST", chat+"/messages", map[string]any{"body": text}).want(201).str("provider_id")
	var ticket string
	w.eventually("the message "+text+" arrives", func() bool {
		for _, status := range []string{"pending", "open"} {
			list := w.call(w.elisa, "GET", "/tickets?status="+status, nil).want(200)
			for i := range list.len("items") {
				path := "/tickets/" + list.str("items", i, "id")
				messages := w.call(w.elisa, "GET", path+"/messages", nil).want(200)
				if slices.Contains(messages.texts("provider_id"), sent) {
					ticket = path
					return true
				}
			}
		}
		return false
	})
	return ticket
}

// reaches waits until a message has a status.
func (w *world) reaches(message, status string) reply {
	w.t.Helper()
	var got reply
	w.eventually(message+" becomes "+status, func() bool {
		got = w.call(w.elisa, "GET", "/messages/"+message, nil).want(200)
		return got.str("status") == status
	})
	return got
}

// The story of the issue, through HTTP: a customer writes, the right team
// answers.
func TestStoryInbound(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		chat := w.customer(w.line("Loja", w.vendas), "5541998124470", "Mariana Albuquerque")
		ticket := w.says(chat, "Bom dia! A mesa chegou com um risco.")

		// V1: the team of the queue sees it, the others don't know it exists.
		w.call(w.ana, "GET", ticket, nil).want(200)
		for _, path := range []string{ticket, ticket + "/timeline", ticket + "/messages", ticket + "/log", ticket + "/waiting"} {
			w.call(w.bruno, "GET", path, nil).refused(404, desk.CodeNotFound, "")
		}
		for _, act := range []string{"accept", "return", "close", "reopen", "seen", "typing"} {
			w.call(w.bruno, "POST", ticket+"/"+act, nil).refused(404, desk.CodeNotFound, "")
		}
		w.call(w.bruno, "POST", ticket+"/messages", map[string]any{"body": "oi"}, key()...).refused(404, desk.CodeNotFound, "")
		w.call(w.bruno, "POST", ticket+"/transfer", map[string]any{"queue_id": w.suporte.String()}).refused(404, desk.CodeNotFound, "")
		if got := w.call(w.bruno, "GET", "/tickets?status=pending", nil); got.len("items") != 0 {
			t.Errorf("V1: %s", got.text)
		}
		if got := w.call(w.bruno, "GET", "/search?q=mesa", nil).want(200); got.len("messages")+got.len("tickets") != 0 {
			t.Errorf("V1: %s", got.text)
		}
		if c := w.call(w.bruno, "GET", "/counters", nil); c.at("pending") != float64(0) {
			t.Errorf("V1: %s", c.text)
		}
		if c := w.call(w.ana, "GET", "/counters", nil); c.at("pending") != float64(1) || c.at("unread") != float64(1) {
			t.Errorf("counters of the team: %s", c.text)
		}

		w.pendingIsReadOnly(ticket)
		w.answer(ticket, chat)
		w.handOn(ticket)
	})
}

// pendingIsReadOnly: C7, peeking.
func (w *world) pendingIsReadOnly(ticket string) {
	w.t.Helper()
	w.call(w.ana, "POST", ticket+"/messages", map[string]any{"body": "oi"}, key()...).refused(422, desk.CodeReadOnly, "")
	w.call(w.ana, "POST", ticket+"/return", nil).refused(422, desk.CodeInvalidTransition, "")
	got := w.call(w.ana, "GET", ticket, nil).want(200)
	if !slices.Contains(list(got, "can"), "accept") || slices.Contains(list(got, "can"), "reply") || got.at("unread") != float64(1) {
		w.t.Errorf("a pending ticket: %s", got.text)
	}
	w.call(w.elisa, "PATCH", "/settings", map[string]any{"users_can_peek": false}).want(200)
	w.call(w.ana, "GET", ticket+"/timeline", nil).refused(403, desk.CodeForbidden, "")
	w.call(w.elisa, "PATCH", "/settings", map[string]any{"users_can_peek": true}).want(200)
	w.call(w.ana, "GET", ticket+"/timeline", nil).want(200)
	if log := w.call(w.ana, "GET", ticket+"/log", nil).want(200); !slices.Contains(log.texts("type"), "ticket.peeked") {
		w.t.Errorf("C19: %s", log.text)
	}
}

// list returns the texts of a list.
func list(r reply, path ...any) []string {
	var all []string
	items, _ := r.at(path...).([]any)
	for _, v := range items {
		s, _ := v.(string)
		all = append(all, s)
	}
	return all
}

// answer: accept, read, write in every simple way, react, ticks.
func (w *world) answer(ticket, chat string) {
	t := w.t
	t.Helper()
	got := w.call(w.ana, "POST", ticket+"/accept", nil).want(200)
	if got.str("status") != "open" || got.str("user_id") != w.ana.id.String() {
		t.Errorf("accepted: %s", got.text)
	}
	w.call(w.bia, "POST", ticket+"/accept", nil).refused(409, desk.CodeAlreadyAccepted, "")
	w.call(w.elisa, "POST", ticket+"/seen", nil).refused(403, desk.CodeForbidden, "")
	w.call(w.ana, "POST", ticket+"/seen", nil).want(204)
	w.call(w.ana, "POST", ticket+"/typing", nil).want(204)
	if got := w.call(w.ana, "GET", ticket, nil); got.at("unread") != float64(0) || got.at("first_unread_id") != nil {
		t.Errorf("E4: %s", got.text)
	}
	k := key()
	body := map[string]any{"body": "Oi, Mariana! Já abri a ocorrência."}
	sent := w.call(w.ana, "POST", ticket+"/messages", body, k...).want(201)
	if sent.str("client_id") != k[1] || sent.str("direction") != "out" || sent.str("author") != "user" {
		t.Errorf("sent: %s", sent.text)
	}
	again := w.call(w.ana, "POST", ticket+"/messages", body, k...).want(201)
	if again.str("id") != sent.str("id") {
		t.Error("the same key sent two messages")
	}
	w.call(w.ana, "POST", ticket+"/messages", map[string]any{"body": "outra"}, k...).refused(422, desk.CodeIdempotencyMismatch, "")
	w.reaches(sent.str("id"), "delivered")
	w.call(w.elisa, "POST", chat+"/read", nil).want(200)
	if read := w.reaches(sent.str("id"), "read"); read.str("status_times", "delivered") == "" || read.str("status_times", "read") == "" {
		t.Errorf("ticks: %s", read.text)
	}
	first := w.call(w.ana, "GET", ticket+"/timeline?limit=1", nil).want(200)
	if first.len("items") != 1 || first.at("before") == nil || first.at("after") != nil {
		t.Errorf("the newest: %s", first.text)
	}
	messages := w.call(w.ana, "GET", ticket+"/messages", nil).want(200)
	theirs := messages.str("items", 0, "id")
	around := w.call(w.ana, "GET", ticket+"/timeline?limit=2&around="+theirs, nil).want(200)
	if !strings.Contains(string(around.text), theirs) {
		t.Errorf("around: %s", around.text)
	}
	quote := w.call(w.ana, "POST", ticket+"/messages", map[string]any{"body": "Sobre isto", "reply_to": theirs}, key()...).want(201)
	if quote.str("reply_to", "id") != theirs || quote.str("reply_to", "excerpt") == "" {
		t.Errorf("quote: %s", quote.text)
	}
	reacted := w.call(w.ana, "PUT", "/messages/"+theirs+"/reaction", map[string]any{"emoji": "❤️"}).want(200)
	if reacted.str("reactions", 0, "emoji") != "❤️" || reacted.str("reactions", 0, "author") != "us" {
		t.Errorf("reaction: %s", reacted.text)
	}
	w.call(w.ana, "DELETE", "/messages/"+theirs+"/reaction", nil).want(204)
	for _, m := range []map[string]any{
		{"type": "location", "location": map[string]any{"latitude": -25.43, "longitude": -49.27, "name": "Loja Batel"}},
		{"type": "contacts", "contacts": []any{map[string]any{"name": map[string]any{"formatted_name": "Diego Nunes", "first_name": "Diego"}, "phones": []any{map[string]any{"phone": "+5541999990000"}}}}},
		{"type": "interactive", "interactive": map[string]any{"kind": "buttons", "body": "Pode ser sexta?", "buttons": []any{map[string]any{"id": "s", "title": "Sim"}, map[string]any{"id": "n", "title": "Não"}}}},
		{"type": "interactive", "interactive": map[string]any{"kind": "list", "body": "Qual horário?", "list": map[string]any{"button": "Ver", "sections": []any{map[string]any{"rows": []any{map[string]any{"id": "1", "title": "Manhã"}}}}}}},
	} {
		got := w.call(w.ana, "POST", ticket+"/messages", m, key()...).want(201)
		w.reaches(got.str("id"), "delivered")
	}
	for _, bad := range []struct {
		body     map[string]any
		code     desk.Code
		location string
	}{
		{map[string]any{"body": " "}, desk.CodeEmptyMessage, "body.body"},
		{map[string]any{"body": strings.Repeat("a", 5000)}, desk.CodeTooLong, "body.body"},
		{map[string]any{"type": "image"}, desk.CodeRequired, "body.media_id"},
		{map[string]any{"type": "image", "media_id": "9"}, desk.CodeUnknownReference, "body.media_id"},
		{map[string]any{"type": "order"}, desk.CodeUnsupportedContent, "body.type"},
		{map[string]any{"type": "template"}, desk.CodeTemplateRequired, "body.template"},
		{map[string]any{"type": "location", "location": map[string]any{"latitude": 91, "longitude": 0}}, desk.CodeOutOfRange, "body.location.latitude"},
		{map[string]any{"body": "x", "reply_to": "9"}, desk.CodeUnknownReference, "body.reply_to"},
		{map[string]any{"type": "interactive", "interactive": map[string]any{"kind": "buttons", "body": "?"}}, desk.CodeRequired, "body.interactive.buttons"},
	} {
		w.call(w.ana, "POST", ticket+"/messages", bad.body, key()...).refused(422, bad.code, bad.location)
	}
}

// handOn: tag, type, search, transfer, return, close, reopen.
func (w *world) handOn(ticket string) {
	t := w.t
	t.Helper()
	tag := w.call(w.elisa, "POST", "/tags", map[string]any{"name": "Troca", "color": "#112233"}).want(201).str("id")
	kind := w.call(w.ana, "GET", "/ticket-types", nil).str("items", 0, "id")
	got := w.call(w.ana, "PATCH", ticket, map[string]any{"tags": []string{tag}, "type_id": kind}).want(200)
	if got.str("tags", 0) != tag || got.str("type_id") != kind {
		t.Errorf("C29: %s", got.text)
	}
	other := w.call(w.ana, "GET", "/ticket-types", nil).str("items", 1, "id")
	w.call(w.ana, "PATCH", ticket, map[string]any{"type_id": other, "tags": []string{"9"}}).want(422)
	if now := w.call(w.ana, "GET", ticket, nil); now.str("type_id") != kind {
		t.Errorf("half of a patch was stored: %s", now.text)
	}
	if got := w.call(w.ana, "GET", "/tickets?status=open&tag="+tag, nil).want(200); got.len("items") != 1 {
		t.Errorf("C3: %s", got.text)
	}
	for _, q := range []string{"mariana", "8124", "1"} {
		if got := w.call(w.ana, "GET", "/tickets?status=open&q="+q, nil).want(200); got.len("items") != 1 {
			t.Errorf("C4 %s: %s", q, got.text)
		}
	}
	found := w.call(w.ana, "GET", "/search?q=risco", nil).want(200)
	if found.len("messages") != 1 || !hasHit(found, "risco") {
		t.Errorf("C4: %s", found.text)
	}
	if targets := w.call(w.ana, "GET", "/transfer-targets", nil).want(200); targets.len("items") != 2 {
		t.Errorf("C13: %s", targets.text)
	}
	w.call(w.ana, "POST", ticket+"/transfer", map[string]any{"queue_id": w.vendas.String(), "user_id": w.bruno.id.String()}).refused(422, desk.CodeNotAMember, "body.user_id")
	w.call(w.ana, "POST", ticket+"/transfer", map[string]any{"queue_id": "9"}).refused(422, desk.CodeUnknownReference, "body.queue_id")
	gone := w.call(w.ana, "POST", ticket+"/transfer", map[string]any{"queue_id": w.suporte.String()}).want(200)
	if gone.at("visible") != false || gone.at("ticket") != nil {
		t.Errorf("C13: %s", gone.text)
	}
	w.call(w.ana, "GET", ticket, nil).refused(404, desk.CodeNotFound, "")
	w.call(w.bruno, "POST", ticket+"/accept", nil).want(200)
	w.call(w.bruno, "POST", ticket+"/return", nil).want(200)
	if notes := w.call(w.bruno, "GET", "/me/notifications", nil).want(200); !slices.Contains(notes.texts("type"), "ticket.transferred") {
		t.Errorf("notifications: %s", notes.text)
	} else {
		w.call(w.bruno, "POST", "/me/notifications/seen", map[string]any{"id": notes.str("items", 0, "id")}).want(204)
	}
	if me := w.call(w.bruno, "GET", "/me", nil); me.at("unseen_notifications") != float64(0) {
		t.Errorf("seen notifications: %s", me.text)
	}
	w.call(w.bruno, "POST", ticket+"/close", nil).refused(403, desk.CodeForbidden, "")
	w.call(w.bruno, "POST", ticket+"/accept", nil).want(200)
	closed := w.call(w.bruno, "POST", ticket+"/close", nil).want(200)
	if closed.str("status") != "closed" || closed.str("close_source") != "agent" || closed.str("closed_by") != w.bruno.id.String() {
		t.Errorf("C12: %s", closed.text)
	}
	w.call(w.bruno, "POST", ticket+"/close", nil).refused(422, desk.CodeInvalidTransition, "")
	w.call(w.bruno, "POST", ticket+"/reopen", nil).want(200)
	types := w.call(w.bruno, "GET", ticket+"/log?limit=100", nil).want(200).texts("type")
	for _, want := range []string{"ticket.created", "ticket.accepted", "ticket.tagged", "ticket.type_changed", "ticket.transferred", "ticket.returned", "ticket.closed", "ticket.reopened"} {
		if !slices.Contains(types, want) {
			t.Errorf("C19: %s is not in %v", want, types)
		}
	}
}

// hasHit reports whether a snippet marks the word.
func hasHit(r reply, word string) bool {
	for i := range r.len("messages", 0, "snippet") {
		if r.at("messages", 0, "snippet", i, "hit") == true && r.str("messages", 0, "snippet", i, "text") == word {
			return true
		}
	}
	return false
}

// The other direction: documents 001 and 002 (B1 to B12), the waiting line, the
// template without a ticket.
func TestStoryActiveStart(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		line := w.line("Loja", w.vendas)
		usable := w.call(w.ana, "GET", "/connections?usable_for=any", nil).want(200)
		if usable.len("items") != 1 || usable.at("items", 0, "capabilities", "windowed") != true || usable.at("items", 0, "settings") != nil {
			t.Fatalf("B5: %s", usable.text)
		}
		templates := w.call(w.ana, "GET", "/templates?status=APPROVED&q=retirada&connection="+line, nil).want(200)
		if templates.len("items") != 1 || templates.len("items", 0, "placeholders") != 3 {
			t.Fatalf("B8: %s", templates.text)
		}
		template := templates.str("items", 0, "id")
		values := []any{map[string]any{"component": "body", "name": "1", "text": "Rafael"}, map[string]any{"component": "body", "name": "2", "text": "48391"}}
		start := map[string]any{"mode": "steps", "contact": map[string]any{"name": "Rafael Moura", "phone": "(41) 98765-4321"}, "connection_id": line}
		w.call(w.ana, "POST", "/tickets", start, key()...).refused(422, desk.CodeTemplateRequired, "body.template")
		start["template"] = map[string]any{"id": template, "values": values}
		w.call(w.ana, "POST", "/tickets", start, key()...).refused(422, desk.CodeTemplateParameters, "")
		values = append(values, map[string]any{"component": "body", "name": "3", "text": "Batel"})
		start["template"] = map[string]any{"id": template, "values": values}
		if got := w.call(w.elisa, "GET", "/contacts", nil); got.len("items") != 0 {
			t.Errorf("B2: a refused start left a contact: %s", got.text)
		}
		preview := w.call(w.ana, "POST", "/templates/"+template+"/preview", map[string]any{"values": values}).want(200)
		price := w.call(w.ana, "POST", "/estimates", map[string]any{"connection_id": line, "template_id": template, "count": 2}).want(200)
		if price.at("known") != true || price.str("category") != "UTILITY" || price.at("micros").(float64) <= 0 {
			t.Errorf("estimate: %s", price.text)
		}
		k := key()
		begun := w.call(w.ana, "POST", "/tickets", start, k...).want(201)
		ticket := "/tickets/" + begun.str("id")
		if begun.str("origin") != "active" || begun.at("awaiting_contact") != true || begun.str("queue_id") != w.vendas.String() || begun.str("user_id") != w.ana.id.String() {
			t.Errorf("B7, B11: %s", begun.text)
		}
		if again := w.call(w.ana, "POST", "/tickets", start, k...).want(201); again.str("id") != begun.str("id") {
			t.Error("the same key began twice")
		}
		messages := w.call(w.ana, "GET", ticket+"/messages", nil).want(200)
		if messages.len("items") != 1 || messages.str("items", 0, "template", "text") != preview.str("template", "text") || !strings.Contains(string(messages.text), "48391") {
			t.Errorf("B9: sent %s, preview %s", messages.text, preview.text)
		}
		got := w.call(w.ana, "POST", "/tickets", map[string]any{"mode": "steps", "contact": map[string]any{"phone": "5541987654321"}, "connection_id": line,
			"template": map[string]any{"id": template, "values": values}}, key()...)
		got.refused(409, desk.CodeLiveTicket, "")
		if got := w.call(w.bia, "POST", ticket+"/accept", nil); got.status == 200 {
			t.Errorf("an open ticket was accepted: %s", got.text)
		}
		w.waitingLine(ticket, line)
	})
}

// waitingLine: W1 and W2 with edit, reorder and cancel.
func (w *world) waitingLine(ticket, line string) {
	t := w.t
	t.Helper()
	send := func(text string, queue bool) reply {
		return w.call(w.ana, "POST", ticket+"/messages", map[string]any{"body": text, "queue": queue}, key()...)
	}
	send("Oi", false).refused(422, desk.CodeWindowClosed, "")
	first, second, third := send("um", true).want(202), send("dois", true).want(202), send("três", true).want(202)
	if first.str("status") != "queued_window" || !slices.Contains(list(first, "can"), "edit") {
		t.Errorf("W1: %s", first.text)
	}
	if got := w.call(w.ana, "GET", ticket, nil); got.at("waiting_count") != float64(3) {
		t.Errorf("W1: %s", got.text)
	}
	w.call(w.ana, "PATCH", "/messages/"+first.str("id"), map[string]any{"body": "um, editado"}).want(200)
	w.call(w.ana, "PATCH", "/messages/"+first.str("id"), map[string]any{"body": " "}).refused(422, desk.CodeEmptyMessage, "body.body")
	w.call(w.bruno, "PATCH", "/messages/"+first.str("id"), map[string]any{"body": "x"}).refused(404, desk.CodeNotFound, "")
	w.call(w.ana, "DELETE", "/messages/"+third.str("id"), nil).want(204)
	order := w.call(w.ana, "PUT", ticket+"/waiting", map[string]any{"ids": []string{second.str("id"), first.str("id")}}).want(200)
	if !slices.Equal(order.texts("body"), []string{"dois", "um, editado"}) {
		t.Errorf("reordered: %v", order.texts("body"))
	}
	if got := w.call(w.ana, "GET", ticket+"/waiting", nil).want(200); !slices.Equal(got.texts("body"), order.texts("body")) {
		t.Errorf("line: %v", got.texts("body"))
	}
	chats := w.call(w.elisa, "GET", "/sandbox/chats?connection="+line, nil).want(200)
	chat := "/sandbox/chats/" + chats.str("items", 0, "id")
	w.says(chat, "Oi, posso sim")
	w.reaches(first.str("id"), "delivered")
	shown := w.call(w.elisa, "GET", chat+"/messages", nil).want(200)
	var bodies []string
	for i := range shown.len("items") {
		bodies = append(bodies, shown.str("items", i, "view", "body"))
	}
	if !slices.Equal(bodies[:3], []string{"um, editado", "dois", "Oi, posso sim"}) {
		t.Errorf("W2: the phone shows, newest first, %v", bodies)
	}
	w.call(w.ana, "PATCH", "/messages/"+first.str("id"), map[string]any{"body": "tarde"}).refused(409, desk.CodeAlreadyLeft, "")
	w.call(w.ana, "DELETE", "/messages/"+first.str("id"), nil).refused(409, desk.CodeAlreadyLeft, "")
	// The clock of one conversation, on both sides.
	w.call(w.elisa, "POST", chat+"/age", map[string]any{"left": 0}).want(200)
	send("Oi", false).refused(422, desk.CodeWindowClosed, "")
	send("quatro", true).want(202)
	w.call(w.ana, "DELETE", ticket+"/waiting", nil).want(204)
	if got := w.call(w.ana, "GET", ticket+"/waiting", nil); got.len("items") != 0 {
		t.Errorf("cancelled: %s", got.text)
	}
	w.call(w.elisa, "POST", chat+"/age", map[string]any{"left": 5}).refused(422, desk.CodeOutOfRange, "body.left")
}

// B4: a template sent without opening a ticket.
func TestB4TemplateWithoutATicket(t *testing.T) {
	w := newWorld(t, testDB(t))
	line := w.line("Loja", w.vendas)
	template := w.call(w.ana, "GET", "/templates?q=novidades", nil).str("items", 0, "id")
	body := map[string]any{"contact": map[string]any{"phone": "41987654321"}, "connection_id": line,
		"template": map[string]any{"id": template, "values": []any{map[string]any{"component": "body", "name": "1", "text": "Rafael"}}}}
	got := w.call(w.ana, "POST", "/messages", body, key()...).want(201)
	if got.at("ticket_id") != nil || got.str("contact_id") == "" {
		t.Errorf("B4: %s", got.text)
	}
	w.call(w.bruno, "GET", "/messages/"+got.str("id"), nil).refused(404, desk.CodeNotFound, "")
	w.call(w.ana, "GET", "/messages/"+got.str("id"), nil).want(200)
	chats := w.call(w.elisa, "GET", "/sandbox/chats", nil).want(200)
	ticket := w.says("/sandbox/chats/"+chats.str("items", 0, "id"), "Quero ver")
	if messages := w.call(w.ana, "GET", ticket+"/messages", nil).want(200); messages.len("items") != 2 || messages.str("items", 0, "id") != got.str("id") {
		t.Errorf("B4: the next timeline: %s", messages.text)
	}
}

// Form A (A-1, A-4, A-6, A10).
func TestFormA(t *testing.T) {
	w := newWorld(t, testDB(t))
	line := w.line("Loja", w.vendas)
	kind := w.call(w.ana, "GET", "/ticket-types", nil).str("items", 0, "id")
	form := func(changes map[string]any) map[string]any {
		body := map[string]any{"mode": "form", "kind": "whatsapp_official", "name": "Helena Fonseca", "phone": "41991110000", "connection_id": line, "type_id": kind}
		for k, v := range changes {
			if body[k] = v; v == nil {
				delete(body, k)
			}
		}
		return body
	}
	for _, tc := range []struct {
		changes  map[string]any
		status   int
		code     desk.Code
		location string
	}{
		{map[string]any{"phone": nil}, 422, desk.CodeRequired, "body.phone"},
		{map[string]any{"name": nil}, 422, desk.CodeRequired, "body.name"},
		{map[string]any{"phone": "987654321"}, 422, desk.CodeInvalidPhone, "body.phone"},
		{map[string]any{"type_id": nil}, 422, desk.CodeTypeRequired, "body.type_id"},
		{map[string]any{"kind": "sms"}, 422, desk.CodeUnsupportedKind, "body.connection_id"},
		{map[string]any{"status": "sleeping"}, 422, desk.CodeInvalid, "body.status"},
		{map[string]any{"queue_id": w.suporte.String()}, 403, desk.CodeNotAMember, ""},
		{map[string]any{"tags": []string{"9"}}, 422, desk.CodeUnknownReference, "body.tags"},
	} {
		w.call(w.ana, "POST", "/tickets", form(tc.changes), key()...).refused(tc.status, tc.code, tc.location)
	}
	if got := w.call(w.elisa, "GET", "/tickets", nil); got.len("items") != 0 {
		t.Fatalf("A-1: rows were written: %s", got.text)
	}
	done := w.call(w.ana, "POST", "/tickets", form(map[string]any{"status": "closed"}), key()...).want(http.StatusCreated)
	if done.str("status") != "closed" || done.at("record_only") != true || done.str("origin") != "active" {
		t.Errorf("A-4: %s", done.text)
	}
	open := w.call(w.ana, "POST", "/tickets", form(nil), key()...).want(http.StatusCreated)
	if open.str("status") != "open" || open.str("contact", "id") != done.str("contact", "id") {
		t.Errorf("A6: %s", open.text)
	}
	again := w.call(w.ana, "POST", "/tickets", form(nil), key()...)
	again.refused(409, desk.CodeLiveTicket, "")
	w.call(w.ana, "POST", "/tickets/"+open.str("id")+"/messages", map[string]any{"body": "oi"}, key()...).refused(422, desk.CodeWindowClosed, "")
}
