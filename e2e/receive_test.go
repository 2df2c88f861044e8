package e2e_test

import (
	"net/http"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/sandbox"
)

// Story 1: a customer writes to the shop's number, and exactly the people of
// Vendas learn of it.
func (w *company) customerWrites() {
	t := w.t
	before := w.countersOf()
	streams := map[*client]*stream{}
	for _, c := range w.everybody() {
		streams[c] = c.listen()
	}
	mariana := w.customer("Mariana Alves", "5511987650001")
	sent := mariana.writes("Bom dia, ainda tem a poltrona girassol?")

	added := streams[w.ana].wait("ticket.added", func(f frame) bool { return f.Type == "ticket.added" && f.Ticket.Contact.Phone == mariana.phone })
	id := added.Ticket.ID
	if added.Ticket.Status != "pending" || deref(added.Ticket.QueueID) != w.vendas || added.Ticket.Origin != "inbound" || added.Ticket.UserID != nil {
		t.Errorf("the new ticket is %+v", added.Ticket)
	}
	messageID := ""
	for _, c := range w.insiders() {
		streams[c].of(0, "ticket.added", id)
		f := streams[c].of(0, "message.created", id)
		messageID = f.Message.ID
		if f.Message.Body != "Bom dia, ainda tem a poltrona girassol?" || f.Message.Direction != "in" || f.Message.ProviderID != sent.WAMID {
			t.Errorf("%s's stream tells of %+v", c.me.Name, f.Message)
		}
		streams[c].wait("counters", func(f frame) bool { return f.Type == "counters" && f.Counters.Pending == before[c].Pending+1 })
		w.findsEverywhere(c, id, mariana)
	}
	w.findsNowhere(w.caio, id, mariana, before[w.caio])
	w.windowOpened(id)
	w.outsideStaysOutside(streams[w.caio], id, messageID, mariana)
	w.repeated(id, sent)
	w.membershipOpens(id)
}

// everybody is all who have signed in; insiders those who see Vendas.
func (w *company) everybody() []*client { return append(w.insiders(), w.caio) }
func (w *company) insiders() []*client  { return []*client{w.ana, w.bia, w.sofia, w.ada} }

func (w *company) countersOf() map[*client]counters {
	w.t.Helper()
	m := map[*client]counters{}
	for _, c := range w.everybody() {
		m[c] = get[counters](c, "/counters")
	}
	return m
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func hasTicket(list []ticket, id string) bool {
	return slices.ContainsFunc(list, func(t ticket) bool { return t.ID == id })
}

// findsEverywhere checks list, search by word, name and digits, and GET.
func (w *company) findsEverywhere(c *client, id string, who customer) {
	w.t.Helper()
	if list := all[ticket](c, "/tickets?status=pending"); !hasTicket(list, id) {
		w.t.Errorf("%s's list of pending tickets lacks it", c.me.Name)
	}
	for _, q := range []string{"mariana", "98765", "ALVES"} {
		if r := get[searchResult](c, "/search?q="+q); !hasTicket(r.Tickets, id) {
			w.t.Errorf("C4: %s searches %q and does not find it: %+v", c.me.Name, q, r)
		}
	}
	r := get[searchResult](c, "/search?q=girassol")
	if !slices.ContainsFunc(r.Messages, func(m messageHit) bool { return m.Ticket.ID == id && m.hit() == "girassol" }) {
		w.t.Errorf("C4: %s does not find the text: %+v", c.me.Name, r)
	}
	if got := c.ticket(id); got.Contact.Name != who.name || got.Contact.Phone != who.phone {
		w.t.Errorf("%s reads %+v", c.me.Name, got.Contact)
	}
}

// findsNowhere is V1: no list, counter, search, ticket or anything under it.
func (w *company) findsNowhere(c *client, id string, who customer, before counters) {
	w.t.Helper()
	for _, status := range []string{"pending", "open", "closed"} {
		if hasTicket(all[ticket](c, "/tickets?status="+status), id) {
			w.t.Errorf("V1: %s lists it", c.me.Name)
		}
	}
	if list := all[ticket](c, "/tickets?queue="+w.vendas); len(list) != 0 {
		w.t.Errorf("C3: %s lists another queue: %+v", c.me.Name, list)
	}
	if now := get[counters](c, "/counters"); now != before {
		w.t.Errorf("V1: %s's counters went from %+v to %+v", c.me.Name, before, now)
	}
	for _, q := range []string{"mariana", "98765", "girassol"} {
		if r := get[searchResult](c, "/search?q="+q); len(r.Tickets)+len(r.Messages) != 0 {
			w.t.Errorf("V1: %s finds %q: %+v", c.me.Name, q, r)
		}
	}
	at := "/tickets/" + id
	for _, path := range []string{"", "/messages", "/timeline", "/log", "/waiting"} {
		c.hidden(http.MethodGet, at+path, nil)
	}
	for _, action := range []string{"/accept", "/return", "/close", "/reopen", "/seen", "/typing"} {
		c.hidden(http.MethodPost, at+action, nil)
	}
	c.hidden(http.MethodPost, at+"/messages", fields{"type": "text", "body": "oi"})
	c.hidden(http.MethodPost, at+"/transfer", fields{"queue_id": w.suporte})
	c.hidden(http.MethodPatch, at, fields{"tags": []string{}})
}

// windowOpened is W: 24 hours from the customer's message.
func (w *company) windowOpened(id string) {
	w.t.Helper()
	got := w.ana.ticket(id)
	if got.WindowExpiresAt == nil {
		w.t.Fatal("W: the window is closed")
	}
	if left := time.Until(*got.WindowExpiresAt); left < 24*time.Hour-time.Minute || left > 24*time.Hour {
		w.t.Errorf("W: the window is open for %s", left)
	}
}

// outsideStaysOutside lets something happen that Caio must see; whatever came
// before it on his stream says nothing of the other ticket.
func (w *company) outsideStaysOutside(s *stream, ticketID, messageID string, who customer) {
	w.t.Helper()
	rui := customer{p: w.provider, number: serviceNumber, phone: "5511987650002", name: "Rui"}
	rui.writes("Minha batedeira parou")
	s.wait("ticket.added", func(f frame) bool { return f.Type == "ticket.added" && f.Ticket.Contact.Phone == rui.phone })
	s.knowsNothing(0, ticketID, messageID, who.phone, who.name, "girassol")
	for _, f := range s.frames() {
		if f.Type == "counters" && f.Counters.Pending > 1 {
			w.t.Errorf("V1: Caio's badges count what he can't see: %+v", f.Counters)
		}
	}
}

// repeated is I1: the same webhook three times more is the same message.
func (w *company) repeated(id string, sent sandbox.Message) {
	w.t.Helper()
	body := envelope(shopNumber, "messages", textFrom("5511987650001", sent.WAMID, "Bom dia, ainda tem a poltrona girassol?"))
	for range 3 {
		if status := signed(w.t, w.shop.WebhookURL, body); status != http.StatusOK {
			w.t.Errorf("a repeated webhook was answered %d", status)
		}
	}
	if list := w.ana.messages(id); len(list) != 1 {
		w.t.Errorf("I1: %d messages: %+v", len(list), list)
	}
	if got := w.ana.ticket(id); got.Unread != 1 {
		w.t.Errorf("I1: unread is %d", got.Unread)
	}
}

// membershipOpens is V2: who joins the queue sees the ticket without a new
// login, and loses it again with the membership.
func (w *company) membershipOpens(id string) {
	w.t.Helper()
	s := w.caio.listen()
	patch[named](w.ada, "/users/"+w.caio.me.ID, fields{"queues": []string{w.vendas, w.suporte}})
	s.wait("scope.changed", func(f frame) bool { return f.Type == "scope.changed" })
	if got := w.caio.ticket(id); got.ID != id {
		w.t.Errorf("V2: %+v", got)
	}
	mark := s.mark()
	patch[named](w.ada, "/users/"+w.caio.me.ID, fields{"queues": []string{w.suporte}})
	s.waitFrom(mark, "scope.changed", func(f frame) bool { return f.Type == "scope.changed" })
	w.caio.hidden(http.MethodGet, "/tickets/"+id, nil)
}
