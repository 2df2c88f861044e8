package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/sandbox"
)

// Story 2, the ticket's life: accept, hand on, return, close, reopen, and who
// sees it at every step.
func (w *company) ticketLife() {
	fabio := w.customer("Fábio", "5511987650021")
	fabio.writes("Quero trocar meu pedido")
	t := w.arrived(fabio)
	w.acceptedOnce(t)
	w.receiptOnlyAfterSeen(fabio, t)
	w.tagged(t)
	w.handedOn(t)
	w.returned(t)
	w.closedAndReopened(fabio, t)
	w.loggedAs(t)
}

// acceptedOnce is C7: of several who accept at once, one does.
func (w *company) acceptedOnce(t ticket) {
	w.t.Helper()
	w.ana.refused(http.StatusUnprocessableEntity, "read_only", http.MethodPost, "/tickets/"+t.ID+"/messages", fields{"type": "text", "body": "oi"})
	statuses := make([]int, 2)
	var both sync.WaitGroup
	for i, c := range []*client{w.ana, w.bia} {
		both.Go(func() {
			a, err := c.send(w.t.Context(), request{method: http.MethodPost, path: "/tickets/" + t.ID + "/accept"})
			if err != nil {
				w.t.Error(err)
			}
			statuses[i] = a.status
		})
	}
	both.Wait()
	if !slices.Contains(statuses, http.StatusOK) || !slices.Contains(statuses, http.StatusConflict) {
		w.t.Fatalf("C7: two accepted at once: %v", statuses)
	}
	if statuses[0] != http.StatusOK { // the rest of the story is Ana's
		post[ticketMoved](w.bia, "/tickets/"+t.ID+"/transfer", fields{"queue_id": w.vendas, "user_id": w.ana.me.ID})
	}
	w.bia.refused(http.StatusConflict, "already_accepted", http.MethodPost, "/tickets/"+t.ID+"/accept", nil)
	w.caio.hidden(http.MethodPost, "/tickets/"+t.ID+"/accept", nil)
	if now := w.bia.ticket(t.ID); now.Status != "open" || deref(now.UserID) != w.ana.me.ID {
		w.t.Errorf("after accepting: %+v", now)
	}
}

// ticketMoved is the answer to a transfer or a return.
type ticketMoved struct {
	Visible bool    `json:"visible"`
	Ticket  *ticket `json:"ticket"`
}

// receiptOnlyAfterSeen is E4: neither accepting nor reading nor others' looking
// tells the customer that she was read; the agent's `seen` does.
func (w *company) receiptOnlyAfterSeen(c customer, t ticket) {
	w.t.Helper()
	last := c.writes("Alô?")
	w.received(t.ID, last.WAMID)
	for _, reader := range []*client{w.ana, w.bia, w.sofia} {
		reader.messages(t.ID)
		get[timeline](reader, "/tickets/"+t.ID+"/timeline")
	}
	w.sofia.refused(http.StatusForbidden, "forbidden", http.MethodPost, "/tickets/"+t.ID+"/seen", nil)
	w.bia.refused(http.StatusForbidden, "forbidden", http.MethodPost, "/tickets/"+t.ID+"/seen", nil)
	if now := w.ana.ticket(t.ID); now.Unread != 2 {
		w.t.Errorf("unread is %d, want 2", now.Unread)
	}
	if chat := c.chat(); chat.ReadTo != 0 {
		w.t.Errorf("E4: the customer was told that %v was read", chat.ReadTo)
	}
	w.ana.expect(http.StatusNoContent, request{method: http.MethodPost, path: "/tickets/" + t.ID + "/seen"})
	eventually(w.t, "the read receipt", func() (bool, any) { chat := c.chat(); return chat.ReadTo == last.ID, chat.ReadTo })
	if now := w.ana.ticket(t.ID); now.Unread != 0 {
		w.t.Errorf("unread is %d after seen", now.Unread)
	}
}

// tagged is C29.
func (w *company) tagged(t ticket) {
	w.t.Helper()
	if now := patch[ticket](w.ana, "/tickets/"+t.ID, fields{"tags": []string{w.vip}}); !slices.Equal(now.Tags, []string{w.vip}) {
		w.t.Errorf("C29: tags %v", now.Tags)
	}
	a := w.ana.call(request{method: http.MethodPatch, path: "/tickets/" + t.ID, body: fields{"tags": []string{w.vip, w.retired}}})
	if a.status != http.StatusUnprocessableEntity {
		w.t.Errorf("C29: an inactive tag was answered %d", a.status)
	}
	if list := all[ticket](w.bia, "/tickets?status=open&tag="+w.vip); !hasTicket(list, t.ID) {
		w.t.Errorf("C3: the filter by tag lacks it: %+v", list)
	}
}

// handedOn is C13: to another queue, to a colleague there, and back.
func (w *company) handedOn(t ticket) {
	w.t.Helper()
	at := "/tickets/" + t.ID
	w.ana.refused(http.StatusUnprocessableEntity, "no_change", http.MethodPost, at+"/transfer", fields{"queue_id": w.vendas, "user_id": w.ana.me.ID})
	w.ana.refused(http.StatusUnprocessableEntity, "not_a_member", http.MethodPost, at+"/transfer", fields{"queue_id": w.suporte, "user_id": w.bia.me.ID})
	streams := w.listening()
	if moved := post[ticketMoved](w.ana, at+"/transfer", fields{"queue_id": w.suporte}); moved.Visible || moved.Ticket != nil {
		w.t.Errorf("C13: after handing it away Ana still sees %+v", moved)
	}
	streams[w.ana].of(0, "ticket.removed", t.ID)
	streams[w.bia].of(0, "ticket.removed", t.ID)
	if f := streams[w.caio].of(0, "ticket.added", t.ID); f.Ticket.Status != "pending" || f.Ticket.UserID != nil || deref(f.Ticket.QueueID) != w.suporte {
		w.t.Errorf("C13: Caio gets %+v", f.Ticket)
	}
	streams[w.sofia].of(0, "ticket.updated", t.ID)
	w.ana.hidden(http.MethodGet, at, nil)
	w.bia.hidden(http.MethodPost, at+"/accept", nil)

	w.caio.act(t.ID, "accept")
	mark := map[*client]int{}
	for c, s := range streams {
		mark[c] = s.mark()
	}
	post[ticketMoved](w.caio, at+"/transfer", fields{"queue_id": w.vendas, "user_id": w.ana.me.ID})
	streams[w.caio].of(mark[w.caio], "ticket.removed", t.ID)
	if f := streams[w.ana].of(mark[w.ana], "ticket.added", t.ID); f.Ticket.Status != "open" || deref(f.Ticket.UserID) != w.ana.me.ID {
		w.t.Errorf("C13: Ana gets %+v", f.Ticket)
	}
	w.caio.hidden(http.MethodGet, at, nil)
}

func (w *company) listening() map[*client]*stream {
	w.t.Helper()
	m := map[*client]*stream{}
	for _, c := range w.everybody() {
		m[c] = c.listen()
	}
	return m
}

// returned is C11: behind all that wait already.
func (w *company) returned(t ticket) {
	w.t.Helper()
	for i := range 3 {
		c := w.customer(fmt.Sprintf("Fila %d", i), fmt.Sprintf("551198765006%d", i))
		c.writes("Bom dia")
		w.arrived(c)
	}
	back := post[ticketMoved](w.ana, "/tickets/"+t.ID+"/return", fields{})
	if now := back.Ticket; !back.Visible || now == nil || now.Status != "pending" || now.UserID != nil || deref(now.QueueID) != w.vendas {
		w.t.Errorf("C11: returned as %+v", back)
	}
	list := all[ticket](w.bia, "/tickets?status=pending&queue="+w.vendas)
	if len(list) < 4 || list[len(list)-1].ID != t.ID {
		w.t.Errorf("C11: it is not the last in line: %+v", list)
	}
	w.ana.refused(http.StatusUnprocessableEntity, "invalid_transition", http.MethodPost, "/tickets/"+t.ID+"/return", nil)
}

// closedAndReopened is C12, C9 and I2.
func (w *company) closedAndReopened(c customer, t ticket) {
	w.t.Helper()
	at := "/tickets/" + t.ID
	w.ana.refused(http.StatusForbidden, "forbidden", http.MethodPost, at+"/close", nil) // pending: not without accepting
	w.ana.act(t.ID, "accept")
	closed := w.ana.act(t.ID, "close")
	if closed.Status != "closed" || !slices.Contains(closed.Can, "reopen") {
		w.t.Errorf("C12: closed as %+v", closed)
	}
	w.ana.refused(http.StatusUnprocessableEntity, "invalid_transition", http.MethodPost, at+"/close", nil)
	w.ana.refused(http.StatusUnprocessableEntity, "read_only", http.MethodPost, at+"/messages", fields{"type": "text", "body": "oi"})
	patch[any](w.ada, "/settings", fields{"users_can_reopen": false})
	w.bia.refused(http.StatusForbidden, "forbidden", http.MethodPost, at+"/reopen", nil)
	patch[any](w.ada, "/settings", fields{"users_can_reopen": true})
	if again := w.bia.act(t.ID, "reopen"); again.Status != "open" || deref(again.UserID) != w.bia.me.ID {
		w.t.Errorf("C9: reopened as %+v", again)
	}
	w.bia.act(t.ID, "close")
	c.writes("Mais uma coisa")
	next := w.arrived(c)
	if next.ID == t.ID || next.Number <= t.Number || next.Status != "pending" || next.Unread != 1 {
		w.t.Errorf("I2: the next message opened %+v", next)
	}
	if list := w.ana.messages(next.ID); len(list) != 1 || list[0].Body != "Mais uma coisa" {
		w.t.Errorf("I2: it holds %+v", list)
	}
	if p := w.bia.refused(http.StatusConflict, "live_ticket", http.MethodPost, at+"/reopen", nil); p.Params["ticket_id"] != next.ID {
		w.t.Errorf("C9: the conflict names %v", p.Params)
	}
}

// loggedAs is C19: the ticket's log tells its life.
func (w *company) loggedAs(t ticket) {
	w.t.Helper()
	var types []string
	for _, e := range all[logEntry](w.sofia, "/tickets/"+t.ID+"/log") {
		types = append(types, e.Type)
	}
	for _, want := range []string{"ticket.created", "ticket.accepted", "ticket.transferred", "ticket.returned", "ticket.tagged", "ticket.closed", "ticket.reopened"} {
		if !slices.Contains(types, want) {
			w.t.Errorf("C19: the log lacks %s: %v", want, types)
		}
	}
	kinds := map[string]int{}
	for _, item := range get[timeline](w.sofia, "/tickets/"+t.ID+"/timeline?limit=100").Items {
		kinds[item.Kind]++
	}
	if kinds["message"] < 2 || kinds["event"] < 7 {
		w.t.Errorf("the timeline holds %v", kinds)
	}
}

// manyAtOnce is I4 and E1: messages that arrive at the same instant make one
// ticket per number they were written to.
func (w *company) manyAtOnce() {
	const n = 12
	phone := "5511987650031"
	var posts sync.WaitGroup
	for i := range n {
		posts.Go(func() {
			body := envelope(shopNumber, "messages", textFrom(phone, fmt.Sprintf("wamid.atonce.%d", i), fmt.Sprintf("parte %d", i)))
			status, err := webhook(w.t.Context(), http.DefaultClient, w.shop.WebhookURL, sandbox.Sign(appSecret, body), body)
			if err != nil || status != http.StatusOK {
				w.t.Errorf("webhook %d: %d %v", i, status, err)
			}
		})
	}
	posts.Wait()
	t := w.ana.ticketOf("pending", phone)
	if list := w.ana.messages(t.ID); len(list) != n || t.Unread != n {
		w.t.Errorf("I4: %d messages, unread %d, want %d", len(list), t.Unread, n)
	}
	if got := len(w.ticketsOf(phone)); got != 1 {
		w.t.Errorf("I4: %d tickets", got)
	}
	customer{p: w.provider, number: serviceNumber, phone: phone, name: "Gil"}.writes("E a oficina?")
	eventually(w.t, "E1: a ticket per number", func() (bool, any) { list := w.ticketsOf(phone); return len(list) == 2, list })
}

// ticketsOf are all tickets of a phone, as the administrator sees them.
func (w *company) ticketsOf(phone string) []ticket {
	w.t.Helper()
	return slices.DeleteFunc(all[ticket](w.ada, "/tickets"), func(t ticket) bool { return t.Contact.Phone != phone })
}

// withoutPhone: a contact who hides her number is stored and answered
// (amendment 2).
func (w *company) withoutPhone() {
	_, err := w.provider.box.CreateUser(w.t.Context(), sandbox.NewUser{AccountID: meta, Phone: "5511987650041", Name: "Helena", HidePhone: true})
	w.provider.must(err)
	helena := w.customer("Helena", "5511987650041")
	helena.writes("Oi, sem número")
	var t ticket
	eventually(w.t, "her ticket", func() (bool, any) {
		list := all[ticket](w.ana, "/tickets?status=pending")
		i := slices.IndexFunc(list, func(t ticket) bool { return t.Contact.Name == "Helena" })
		if i >= 0 {
			t = list[i]
		}
		return i >= 0, list
	})
	if t.Contact.Phone != "" {
		w.t.Errorf("the hidden phone is %q", t.Contact.Phone)
	}
	w.ana.act(t.ID, "accept")
	m := w.ana.reaches(w.ana.say(t.ID, "Olá, Helena").ID, "delivered")
	if seen := helena.sees(m.ProviderID); seen.View.Body != "Olá, Helena" {
		w.t.Errorf("her phone shows %s", asJSON(seen))
	}
}

// sessionsEnd: signing out and being switched off end the session and its
// stream at once (C1, D23).
func (w *company) sessionsEnd() {
	ines := w.employ("Ines", "user", w.vendas)
	c := w.customer("Júlia", "5511987650051")
	c.writes("Oi")
	t := w.arrived(c)
	ines.act(t.ID, "accept")
	s := ines.listen()
	patch[named](w.ada, "/users/"+ines.me.ID, fields{"active": false})
	s.wait("session.ended", func(f frame) bool { return f.Type == "session.ended" })
	eventually(w.t, "the stream ends", func() (bool, any) { return s.ended(), nil })
	ines.refused(http.StatusUnauthorized, "unauthorized", http.MethodGet, "/me", nil)
	eventually(w.t, "D23: her ticket returns to the queue", func() (bool, any) {
		now := w.ana.ticket(t.ID)
		return now.Status == "pending" && now.UserID == nil, now
	})
	patch[named](w.ada, "/users/"+ines.me.ID, fields{"active": true})
	again := signIn(w.t, w.program, w.contract, "ines@loja.example", password)
	s = again.listen()
	again.expect(http.StatusNoContent, request{method: http.MethodDelete, path: "/session"})
	eventually(w.t, "the stream ends", func() (bool, any) { return s.ended(), nil })
	again.refused(http.StatusUnauthorized, "unauthorized", http.MethodGet, "/me", nil)
	w.lockedOut()
}

// lockedOut is B12: five wrong tries lock the e-mail for a while, even with
// the right password.
func (w *company) lockedOut() {
	w.t.Helper()
	g := guest(w.t, w.program, w.contract)
	for range 5 {
		g.refused(http.StatusUnauthorized, "invalid_credentials", http.MethodPost, "/session", fields{"email": "ines@loja.example", "password": "errada-errada"})
	}
	p := g.refused(http.StatusTooManyRequests, "locked_out", http.MethodPost, "/session", fields{"email": "ines@loja.example", "password": password})
	if wait, _ := p.Params["retry_after"].(float64); wait < 1 || wait > (15*time.Minute).Seconds() {
		w.t.Errorf("B12: locked for %v", p.Params)
	}
}
