package e2e_test

import (
	"net/http"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// fill answers the placeholders that a template requires, in order.
func (t template) fill(values ...string) fields {
	list := []any{}
	for _, p := range t.Placeholders {
		if p.Required && len(list) < len(values) {
			list = append(list, fields{"component": p.Component, "button": p.Button, "name": p.Name, "text": values[len(list)]})
		}
	}
	return fields{"id": t.ID, "values": list}
}

// Story 3: finding or making the contact (B2, B3, B10, D03, §2.0 Phones).
func (w *company) findingContacts() {
	t := w.t
	joao := post[contact](w.ana, "/contacts", fields{"name": "João Antônio", "phone": "(11) 98765-0101", "email": "Joao.Antonio@x.example"})
	if joao.Phone != "5511987650101" || joao.Email != "joao.antonio@x.example" {
		t.Errorf("P1: stored as %+v", joao)
	}
	for _, q := range []string{"joao", "ANTÔNIO", "JOAO.ANTONIO@X", "8765-0101", "650101", "+55 11 98765 0101"} {
		list := get[page[contact]](w.ana, "/contacts?q="+escape(q)).Items
		if !slices.ContainsFunc(list, func(c contact) bool { return c.ID == joao.ID }) {
			t.Errorf("B3: %q does not find him: %+v", q, list)
		}
	}
	w.ana.refused(http.StatusConflict, "phone_taken", http.MethodPost, "/contacts", fields{"name": "Outro", "phone": "551187650101"})
	for phone, code := range map[string]string{"987654321": "invalid_phone", "abc": "invalid_phone", "+551": "invalid_phone"} {
		if p := w.ana.refused(http.StatusUnprocessableEntity, code, http.MethodPost, "/contacts", fields{"name": "Errado", "phone": phone}); p.on("body.phone") != code {
			t.Errorf("P3: %q: %+v", phone, p)
		}
	}
	if us := post[contact](w.ana, "/contacts", fields{"name": "Sam", "phone": "+1 415 555 0100"}); us.Phone != "14155550100" {
		t.Errorf("P4: stored as %s", us.Phone)
	}
	usable := get[page[connection]](w.ana, "/connections?usable_for="+joao.ID).Items
	if len(usable) != 2 {
		t.Errorf("B5: %d usable connections: %+v", len(usable), usable)
	}
}

func escape(q string) string {
	return strings.NewReplacer("+", "%2B", " ", "%20", "@", "%40", "Ô", "%C3%94").Replace(q)
}

// Story 3: the wizard. A template opens the conversation, free text waits in
// line, the answer lets it go.
func (w *company) activeStart() {
	t := w.t
	w.refusedStarts()
	lia := w.customer("Lia", "5531987650111") // beyond São Paulo WhatsApp may know her without the ninth digit
	c := post[contact](w.ana, "/contacts", fields{"name": "Lia", "phone": "(31) 98765-0111"})
	tpl := w.template("pedido_pronto")
	draft := tpl.fill("Lia", "48391", "48391")
	preview := post[previewed](w.ana, "/templates/"+tpl.ID+"/preview", fields{"values": draft["values"], "contact_id": c.ID})
	estimate := post[estimated](w.ana, "/estimates", fields{"template_id": tpl.ID, "connection_id": w.shop.ID})
	if !estimate.Known || estimate.Micros <= 0 || estimate.Currency == "" || !strings.EqualFold(estimate.Category, "utility") {
		t.Errorf("the estimate is %+v", estimate)
	}
	start := fields{"mode": "steps", "contact_id": c.ID, "connection_id": w.shop.ID, "template": draft, "tags": []string{w.vip}}
	a := w.ana.expect(http.StatusCreated, request{method: http.MethodPost, path: "/tickets", body: start, key: "start-lia"})
	tk := decode[ticket](t, a.body)
	if tk.Status != "open" || tk.Origin != "active" || !tk.AwaitingContact || deref(tk.UserID) != w.ana.me.ID || deref(tk.QueueID) != w.vendas ||
		!slices.Equal(tk.Tags, []string{w.vip}) || tk.WindowExpiresAt != nil {
		t.Errorf("B9: started as %+v", tk)
	}
	first := w.ana.messages(tk.ID)
	if len(first) != 1 || first[0].Template == nil || first[0].Template.Text != preview.Template.Text || preview.Template.Text != "Oi, Lia! O pedido 48391 já pode ser retirado." {
		t.Errorf("B9: %+v is not the preview %+v", first, preview)
	}
	if again := w.ana.expect(http.StatusCreated, request{method: http.MethodPost, path: "/tickets", body: start, key: "start-lia"}); decode[ticket](t, again.body).ID != tk.ID {
		t.Errorf("a repeated start made another ticket: %s", again.body)
	}
	shown := lia.sees(w.ana.reaches(first[0].ID, "delivered").ProviderID)
	if v := shown.View; v.Body != preview.Template.Text || v.Header != "Pedido pronto" || len(v.Buttons) != 2 || v.Buttons[1].URL != "https://loja.example/p/48391" {
		t.Errorf("the phone shows %s", asJSON(v))
	}
	w.liveTicketStays(c, tk)
	w.waitingLine(lia, tk, estimate)
}

type previewed struct {
	Template struct {
		Text string `json:"text"`
	} `json:"template"`
}

type estimated struct {
	Category string `json:"category"`
	Known    bool   `json:"known"`
	Micros   int64  `json:"micros"`
	Currency string `json:"currency"`
}

// refusedStarts leave nothing behind.
func (w *company) refusedStarts() {
	w.t.Helper()
	tpl := w.template("boas_vindas")
	base := func(more fields) fields {
		b := fields{"mode": "steps", "contact": fields{"name": "Ninguém", "phone": "11987650199"}, "connection_id": w.shop.ID, "template": tpl.fill("Ana", "sofás")}
		for k, v := range more {
			if b[k] = v; v == nil {
				delete(b, k)
			}
		}
		return b
	}
	for _, c := range []struct {
		why    string
		status int
		code   string
		body   fields
	}{
		{"B8 without a template", 422, "template_required", base(fields{"template": nil})},
		{"B9 one parameter of two", 422, "template_parameters", base(fields{"template": tpl.fill("Ana")})},
		{"B9 a line break in a parameter", 422, "template_parameters", base(fields{"template": tpl.fill("Ana", "um\ndois")})},
		{"B8 a paused template", 422, "template_not_approved", base(fields{"template": w.template("pausado").fill()})},
		{"B6 a queue that is not hers", 403, "not_a_member", base(fields{"queue_id": w.suporte})},
		{"P3 no area code", 422, "invalid_phone", base(fields{"contact": fields{"phone": "987650199"}})},
		{"D01 an unknown tag", 422, "unknown_reference", base(fields{"tags": []string{"1"}})},
		{"an unknown field", 422, "unknown_field", base(fields{"colour": "red"})},
	} {
		a := w.ana.call(request{method: http.MethodPost, path: "/tickets", body: c.body})
		if p := decode[problem](w.t, a.body); a.status != c.status || p.Code != c.code {
			w.t.Errorf("%s: %d %s, want %d %s", c.why, a.status, a.body, c.status, c.code)
		}
	}
	w.sofia.refused(http.StatusUnprocessableEntity, "queue_required", http.MethodPost, "/tickets", base(nil))
	if list := w.ticketsOf("5511987650199"); len(list) != 0 {
		w.t.Errorf("refused starts left %+v", list)
	}
	if list := get[page[contact]](w.ana, "/contacts?q=11987650199").Items; len(list) != 0 {
		w.t.Errorf("refused starts left %+v", list)
	}
}

// liveTicketStays is A-6: one live ticket, named only to who may see it.
func (w *company) liveTicketStays(c contact, t ticket) {
	w.t.Helper()
	start := fields{"mode": "steps", "contact_id": c.ID, "connection_id": w.shop.ID, "template": w.template("sem_parametros").fill()}
	if p := w.bia.refused(http.StatusConflict, "live_ticket", http.MethodPost, "/tickets", start); p.Params["ticket_id"] != t.ID {
		w.t.Errorf("A-6: Bia is told %v", p.Params)
	}
	p := w.caio.refused(http.StatusConflict, "live_ticket", http.MethodPost, "/tickets", start)
	if p.Params["ticket_id"] != nil || p.Params["queue"] != "Vendas" || p.Params["agent"] != "Ana" {
		w.t.Errorf("§4-51: Caio is told %v", p.Params)
	}
}

// Story 3: what the provider says at the start decides whether there is a
// ticket (B9, decisions.md 12).
func (w *company) startsAtTheProvider() {
	t := w.t
	tpl := w.template("boas_vindas")
	start := func(name, phone string) fields {
		return fields{"mode": "steps", "contact": fields{"name": name, "phone": phone}, "connection_id": w.shop.ID, "template": tpl.fill(name, "cadeiras")}
	}
	w.provider.fails(shopNumber, sandbox.Fault{Kind: sandbox.FaultRefuse, Code: 132015, Count: 1})
	nilo := request{method: http.MethodPost, path: "/tickets", body: start("Nilo", "5511987650121"), key: "start-nilo"}
	p := decode[problem](t, w.ana.expect(http.StatusUnprocessableEntity, nilo).body)
	if p.Code != "provider_refused" || p.Params["reason"] != "template_paused" {
		t.Errorf("B9: refused with %+v", p)
	}
	if list := w.ticketsOf("5511987650121"); len(list) != 0 {
		t.Errorf("B9: a refused start left %+v", list)
	}
	ok := decode[ticket](t, w.ana.expect(http.StatusCreated, nilo).body) // the same key: the refusal was no effect
	if ok.Status != "open" {
		t.Errorf("after the refusal: %+v", ok)
	}

	// Taken, but the answer is lost: nobody knows, the ticket stays, and the
	// status webhook settles it without a second message.
	w.provider.fails(shopNumber, sandbox.Fault{Kind: sandbox.FaultDrop, Count: 1})
	tk := decode[ticket](t, w.ana.expect(http.StatusAccepted, request{method: http.MethodPost, path: "/tickets", body: start("Olga", "5511987650122")}).body)
	m := w.ana.messages(tk.ID)[0]
	w.ana.reaches(m.ID, "delivered")
	if n := w.sentAs(m.ID); n != 1 {
		t.Errorf("M2: the provider took it %d times", n)
	}
	w.windowByProvider()
	w.cancelledWithTicket()
}

// sentAs counts what the provider took of one message.
func (w *company) sentAs(id string) int {
	w.t.Helper()
	n := 0
	for _, m := range w.provider.ledger(shopNumber) {
		if m.Direction == desk.Out && correlated(m) == id {
			n++
		}
	}
	return n
}

// Story 3: a template without a ticket is found by the next one (B4).
func (w *company) templateWithoutTicket() {
	t := w.t
	tpl := w.template("boas_vindas")
	body := fields{"contact": fields{"name": "Quitéria", "phone": "5511987650131"}, "connection_id": w.shop.ID, "template": tpl.fill("Quitéria", "mesas")}
	m := post[message](w.ana, "/messages", body)
	if m.TicketID != nil || m.Template == nil {
		t.Errorf("B4: sent as %s", asJSON(m))
	}
	m = w.ana.reaches(m.ID, "delivered")
	if list := w.ticketsOf("5511987650131"); len(list) != 0 {
		t.Errorf("B4: it opened %+v", list)
	}
	quiteria := w.customer("Quitéria", "5511987650131")
	quiteria.writes("Quero ver mesas")
	tk := w.arrived(quiteria)
	if tk.Origin != "inbound" || tk.Status != "pending" {
		t.Errorf("B4: her answer opened %+v", tk)
	}
	list := w.ana.messages(tk.ID)
	if len(list) != 2 || list[0].ID != m.ID || deref(list[0].TicketID) != tk.ID || list[1].Body != "Quero ver mesas" {
		t.Errorf("B4: the ticket holds %s", asJSON(list))
	}
	if p := w.ana.ticket(tk.ID); p.Contact.Name != "Quitéria" {
		t.Errorf("B4: the contact is %+v", p.Contact)
	}
}

// Story 3: the full form of document 000 (A).
func (w *company) startForm() {
	t := w.t
	types := all[named](w.ana, "/ticket-types")
	form := func(more fields) fields {
		b := fields{"mode": "form", "kind": "whatsapp_official", "name": "Rosa", "phone": "11 98765-0141", "connection_id": w.shop.ID}
		if len(types) > 0 {
			b["type_id"] = types[0].ID
		}
		for k, v := range more {
			if b[k] = v; v == nil {
				delete(b, k)
			}
		}
		return b
	}
	if p := w.ana.refused(http.StatusUnprocessableEntity, "required", http.MethodPost, "/tickets", form(fields{"phone": nil})); p.on("body.phone") != "required" {
		t.Errorf("A-1: %+v", p)
	}
	if len(types) > 0 {
		w.ana.refused(http.StatusUnprocessableEntity, "type_required", http.MethodPost, "/tickets", form(fields{"type_id": nil}))
	}
	w.ana.refused(http.StatusUnprocessableEntity, "unsupported_kind", http.MethodPost, "/tickets", form(fields{"kind": "sms"}))
	open := post[ticket](w.ana, "/tickets", form(nil))
	if open.Status != "open" || open.Origin != "active" || open.Contact.Phone != "5511987650141" || open.Contact.Name != "Rosa" || len(w.ana.messages(open.ID)) != 0 {
		t.Errorf("A11: %+v", open)
	}
	w.ana.refused(http.StatusUnprocessableEntity, "window_closed", http.MethodPost, "/tickets/"+open.ID+"/messages", fields{"body": "oi"})
	w.ana.refused(http.StatusConflict, "live_ticket", http.MethodPost, "/tickets", form(nil))
	pending := post[ticket](w.ana, "/tickets", form(fields{"name": "Saulo", "phone": "11987650142", "status": "pending"}))
	if pending.Status != "pending" || pending.UserID != nil || deref(pending.QueueID) != w.vendas {
		t.Errorf("A6 pending: %+v", pending)
	}
	record := post[ticket](w.ana, "/tickets", form(fields{"name": "Tina", "phone": "11987650143", "status": "closed"}))
	if record.Status != "closed" || len(w.ana.messages(record.ID)) != 0 {
		t.Errorf("A-4: %+v", record)
	}
	if list := all[ticket](w.ana, "/tickets?status=closed"); !hasTicket(list, record.ID) {
		t.Errorf("A-4: not among the closed: %+v", list)
	}
}

// idempotent: the same key is the same message, with another body it is
// refused (decisions.md 5).
func (w *company) idempotent() {
	_, t := w.served("Ugo", "5511987650151")
	path := "/tickets/" + t.ID + "/messages"
	send := func(key, body string) answer {
		return w.ana.call(request{method: http.MethodPost, path: path, key: key, body: fields{"body": body}})
	}
	first, second := send("ugo-1", "uma vez"), send("ugo-1", "uma vez")
	a, b := decode[message](w.t, first.body), decode[message](w.t, second.body)
	if first.status != http.StatusCreated || second.status != http.StatusCreated || a.ID != b.ID {
		w.t.Errorf("the same key: %d %s and %d %s", first.status, a.ID, second.status, b.ID)
	}
	if p := decode[problem](w.t, send("ugo-1", "outra coisa").body); p.Code != "idempotency_mismatch" {
		w.t.Errorf("another body: %+v", p)
	}
	if p := decode[problem](w.t, send(strings.Repeat("x", 300), "longa").body); p.Status != http.StatusUnprocessableEntity {
		w.t.Errorf("a key of 300 characters: %+v", p)
	}
	w.ana.reaches(a.ID, "delivered")
	if n := w.sentAs(a.ID); n != 1 {
		w.t.Errorf("the provider took it %d times", n)
	}
}
