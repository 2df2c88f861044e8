package e2e_test

import (
	"net/http"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/sandbox"
)

// otherWalls are the rest of the visibility rule: limited connections (V4), an
// agent outside of the queue (V3), and the owner of a contact's wallet.
func (w *company) otherWalls() {
	t := w.t
	xenia, tk := w.served("Xênia", "5511987650601")
	at := "/tickets/" + tk.ID
	stream := w.bia.listen()
	patch[named](w.ada, "/users/"+w.bia.me.ID, fields{"connections": []string{w.service.ID}})
	stream.wait("scope.changed", func(f frame) bool { return f.Type == "scope.changed" })
	w.bia.hidden(http.MethodGet, at, nil)
	w.bia.refused(http.StatusForbidden, "connection_not_allowed", http.MethodPost, "/tickets", fields{"mode": "steps",
		"contact": fields{"phone": "11987650602"}, "connection_id": w.shop.ID, "template": w.template("sem_parametros").fill()})
	patch[named](w.ada, "/users/"+w.bia.me.ID, fields{"connections": []string{}})
	w.bia.ticket(tk.ID)

	patch[named](w.ada, "/users/"+w.ana.me.ID, fields{"queues": []string{w.suporte}})
	if now := w.ana.ticket(tk.ID); now.Status != "open" {
		t.Errorf("V3: Ana reads %+v", now)
	}
	w.ana.reaches(w.ana.say(tk.ID, "Sigo com você").ID, "delivered")
	patch[named](w.ada, "/users/"+w.ana.me.ID, fields{"queues": []string{w.vendas}})

	w.caio.hidden(http.MethodGet, at, nil)
	stream = w.caio.listen()
	patch[contact](w.ada, "/contacts/"+tk.Contact.ID, fields{"owner_user_id": w.caio.me.ID})
	stream.of(0, "ticket.added", tk.ID)
	w.caio.ticket(tk.ID)
	mark := stream.mark()
	patch[contact](w.ada, "/contacts/"+tk.Contact.ID, fields{"owner_user_id": nil})
	stream.of(mark, "ticket.removed", tk.ID)
	w.caio.hidden(http.MethodGet, at, nil)

	mark = stream.mark()
	w.received(tk.ID, xenia.writes("Ainda comigo?").WAMID)
	w.outsideStaysOutsideAgain(stream, mark, tk.ID)
	w.hiddenFromOthers(tk)
}

// outsideStaysOutsideAgain has something happen that Caio does see after what
// he must not.
func (w *company) outsideStaysOutsideAgain(s *stream, mark int, ticketID string) {
	w.t.Helper()
	sara := customer{p: w.provider, number: serviceNumber, phone: "5511987650603", name: "Sara"}
	sara.writes("Liquidificador")
	s.waitFrom(mark, "ticket.added", func(f frame) bool { return f.Type == "ticket.added" && f.Ticket.Contact.Phone == sara.phone })
	s.knowsNothing(mark, ticketID, "Xênia")
}

// hiddenFromOthers is hide_assigned_to_others: colleagues of the queue lose
// what somebody else has accepted.
func (w *company) hiddenFromOthers(t ticket) {
	w.t.Helper()
	stream := w.bia.listen()
	patch[any](w.ada, "/settings", fields{"hide_assigned_to_others": true})
	stream.wait("scope.changed", func(f frame) bool { return f.Type == "scope.changed" })
	w.bia.hidden(http.MethodGet, "/tickets/"+t.ID, nil)
	if n, list := get[counters](w.bia, "/counters"), all[ticket](w.bia, "/tickets?status=open"); n.Open != len(list) || hasTicket(list, t.ID) {
		w.t.Errorf("Bia's badge says %d, her list has %d: %+v", n.Open, len(list), list)
	}
	patch[any](w.ada, "/settings", fields{"hide_assigned_to_others": false})
	w.bia.ticket(t.ID)
}

// maskedPhones is C17: with the setting on, nothing that an agent is sent holds
// the number.
func (w *company) maskedPhones() {
	patch[any](w.ada, "/settings", fields{"hide_phone_from_users": true})
	defer patch[any](w.ada, "/settings", fields{"hide_phone_from_users": false})
	const digits = "987650611"
	stream := w.ana.listen()
	ziraldo := w.customer("", "5511"+digits) // without a profile name she is called by her number
	ziraldo.writes("Sem nome")
	f := stream.wait("message.created", func(f frame) bool { return f.Type == "message.created" && f.Message.Body == "Sem nome" })
	id := f.ticket()
	w.ana.act(id, "accept")
	contactID := w.ana.ticket(id).Contact.ID
	for _, path := range []string{"/tickets/" + id, "/tickets?status=open", "/tickets/" + id + "/messages", "/tickets/" + id + "/timeline", "/tickets/" + id + "/log",
		"/contacts/" + contactID, "/contacts", "/search?q=nome", "/me/notifications"} {
		if a := w.ana.done(http.MethodGet, path, nil); strings.Contains(string(a.body), digits) || strings.Contains(string(a.body), digits[1:]) {
			w.t.Errorf("C17: %s tells the number: %.1000s", path, a.body)
		}
	}
	stream.knowsNothing(0, digits, digits[1:])
	if a := w.sofia.done(http.MethodGet, "/tickets/"+id, nil); !strings.Contains(string(a.body), digits) {
		w.t.Errorf("C17: the supervisor does not see the number: %s", a.body)
	}
}

// blocked is C28: a blocked contact's messages open nothing and are kept apart;
// nothing can be sent to her.
func (w *company) blocked() {
	abel, tk := w.served("Abel", "5511987650621")
	patch[contact](w.ana, "/contacts/"+tk.Contact.ID, fields{"blocked": true})
	w.ana.refused(http.StatusUnprocessableEntity, "contact_blocked", http.MethodPost, "/tickets/"+tk.ID+"/messages", fields{"body": "oi"})
	w.ana.act(tk.ID, "close")
	abel.writes("me respondam")
	berta := w.customer("Berta", "5511987650622")
	berta.writes("oi") // comes after his on the same number
	w.arrived(berta)
	eventually(w.t, "C28: his message is in quarantine", func() (bool, any) {
		n := w.program.count(w.t, "raw_event WHERE reason = 'contact_blocked'")
		return n == 1, n
	})
	if list := w.ticketsOf(abel.phone); len(list) != 1 || list[0].Status != "closed" {
		w.t.Errorf("C28: blocked, he has %+v", list)
	}
	patch[contact](w.ana, "/contacts/"+tk.Contact.ID, fields{"blocked": false})
	abel.writes("obrigado")
	w.arrived(abel)
}

// reopened is I3: within the reopening window the same ticket goes back to its
// queue.
func (w *company) reopened() {
	patch[any](w.ada, "/settings", fields{"reopen_window_minutes": 120})
	defer patch[any](w.ada, "/settings", fields{"reopen_window_minutes": 0})
	ciro, tk := w.served("Ciro", "5511987650631")
	w.ana.act(tk.ID, "close")
	ciro.writes("Esqueci uma coisa")
	again := w.arrived(ciro)
	if again.ID != tk.ID || again.Status != "pending" || again.UserID != nil || len(w.ticketsOf(ciro.phone)) != 1 {
		w.t.Errorf("I3: %+v", again)
	}
}

// newNumber: who moves to another phone number stays the same contact.
func (w *company) newNumber() {
	dora, tk := w.served("Dora", "5511987650641")
	dora.does(sandbox.CustomerMessage{Type: sandbox.TypeNewNumber, Body: "5511987650642"})
	eventually(w.t, "the new number", func() (bool, any) { c := w.ana.ticket(tk.ID).Contact; return c.Phone == "5511987650642", c })
	dora.phone = "5511987650642"
	dora.writes("Mesmo assim sou eu")
	eventually(w.t, "her message in the same ticket", func() (bool, any) {
		list := w.ana.messages(tk.ID)
		return list[len(list)-1].Body == "Mesmo assim sou eu", list
	})
	m := w.ana.reaches(w.ana.say(tk.ID, "Anotado").ID, "delivered")
	dora.sees(m.ProviderID)
}

// typing shows on the customer's phone.
func (w *company) typing() {
	elza, tk := w.served("Elza", "5511987650651")
	w.ana.expect(http.StatusNoContent, request{method: http.MethodPost, path: "/tickets/" + tk.ID + "/typing"})
	eventually(w.t, "the phone shows that somebody writes", func() (bool, any) { c := elza.chat(); return c.TypingUntil > 0, c })
	w.bia.refused(http.StatusForbidden, "forbidden", http.MethodPost, "/tickets/"+tk.ID+"/typing", nil)
}

// notified: who is handed a ticket is told, and nobody else.
func (w *company) notified() {
	_, tk := w.served("Flora", "5511987650661")
	bia, caio := w.bia.listen(), w.caio.listen()
	post[ticketMoved](w.ana, "/tickets/"+tk.ID+"/transfer", fields{"queue_id": w.vendas, "user_id": w.bia.me.ID})
	f := bia.wait("notification", func(f frame) bool { return f.Type == "notification" && strings.Contains(f.data, tk.ID) })
	caio.knowsNothing(0, tk.ID)
	list := get[notifications](w.bia, "/me/notifications")
	i := slices.IndexFunc(list.Items, func(n notification) bool { return deref(n.TicketID) == tk.ID })
	if i < 0 || list.Items[i].Seen || list.Unseen == 0 {
		w.t.Fatalf("Bia is not told: %+v after %s", list, f.data)
	}
	w.bia.expect(http.StatusNoContent, request{method: http.MethodPost, path: "/me/notifications/seen", body: fields{"id": list.Items[i].ID}})
	if after := get[notifications](w.bia, "/me/notifications"); !after.Items[i].Seen {
		w.t.Errorf("seen is not kept: %+v", after)
	}
}

type notifications struct {
	Items  []notification `json:"items"`
	Unseen int            `json:"unseen"`
}

type notification struct {
	ID       string  `json:"id"`
	Type     string  `json:"type"`
	TicketID *string `json:"ticket_id"`
	Seen     bool    `json:"seen"`
}
