package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// waitingLine is W1 and W2: free text waits, may be changed while it waits, and
// leaves in order, once, when the customer answers.
func (w *company) waitingLine(lia customer, t ticket, estimate estimated) {
	w.t.Helper()
	at := "/tickets/" + t.ID + "/messages"
	w.ana.refused(http.StatusUnprocessableEntity, "window_closed", http.MethodPost, at, fields{"type": "text", "body": "Posso ligar?"})
	line := make([]message, 4)
	for i := range line {
		a := w.ana.expect(http.StatusAccepted, request{method: http.MethodPost, path: at, body: fields{"type": "text", "body": fmt.Sprint("espera ", i), "queue": true}})
		line[i] = decode[message](w.t, a.body)
		if line[i].Status != "queued_window" {
			w.t.Errorf("W1: %+v", line[i])
		}
	}
	w.secondTemplate(t, estimate)
	w.changedLine(t, line)
	sent := len(w.provider.ledger(shopNumber))
	w.tapsTemplate(lia, t)
	for _, m := range []message{line[3], line[0], line[1]} {
		w.ana.reaches(m.ID, "delivered")
	}
	var bodies []string
	for _, m := range w.provider.ledger(shopNumber)[sent:] {
		if m.Direction == desk.Out {
			bodies = append(bodies, m.View.Body)
		}
	}
	if !slices.Equal(bodies, []string{"espera 3", "espera zero", "espera 1"}) {
		w.t.Errorf("W2: the line left as %q", bodies)
	}
	now := w.ana.ticket(t.ID)
	if now.AwaitingContact || now.WaitingCount != 0 || now.WindowExpiresAt == nil || time.Until(*now.WindowExpiresAt) < 24*time.Hour-time.Minute {
		w.t.Errorf("W2: after the answer: %+v", now)
	}
	w.ana.refused(http.StatusConflict, "already_left", http.MethodPatch, "/messages/"+line[0].ID, fields{"body": "tarde"})
	w.ana.refused(http.StatusConflict, "already_left", http.MethodDelete, "/messages/"+line[0].ID, nil)
	w.ana.reaches(w.ana.say(t.ID, "agora livre").ID, "delivered")
}

// tapsTemplate has her answer by the first template's quick reply.
func (w *company) tapsTemplate(lia customer, t ticket) {
	w.t.Helper()
	first := w.ana.messages(t.ID)[0]
	tap := lia.does(sandbox.CustomerMessage{Type: sandbox.TypeTemplateButton, Target: first.ProviderID, Choice: "0"})
	m := w.received(t.ID, tap.WAMID)
	if m.Type != "interactive" || m.Body != "Vou buscar" || m.Interactive == nil || m.Interactive.Kind != "template_button" ||
		m.ReplyTo == nil || deref(m.ReplyTo.ID) != first.ID {
		w.t.Errorf("the tapped button arrived as %s", asJSON(m))
	}
}

// secondTemplate is B11: allowed while we wait, and counted at the price that
// was estimated.
func (w *company) secondTemplate(t ticket, estimate estimated) {
	w.t.Helper()
	m := post[message](w.ana, "/tickets/"+t.ID+"/messages", fields{"type": "template", "template": w.template("sem_parametros").fill()})
	m = w.ana.message("the template has its price", m.ID, func(m message) bool { return m.Status == "delivered" && m.Price != nil })
	if !m.Price.Billable || m.Price.Category != "utility" || m.Price.Micros != estimate.Micros {
		w.t.Errorf("B11: price %+v", m.Price)
	}
	eventually(w.t, "B11: two templates are counted", func() (bool, any) {
		c := w.ana.ticket(t.ID).Cost
		return c.BillableCount == 2 && c.Micros == 2*m.Price.Micros && c.Currency == estimate.Currency, c
	})
}

// changedLine edits, reorders and shortens the line: 0 1 2 3 becomes 3 0 1.
func (w *company) changedLine(t ticket, line []message) {
	w.t.Helper()
	if m := patch[message](w.ana, "/messages/"+line[0].ID, fields{"body": "espera zero"}); m.Body != "espera zero" || m.Status != "queued_window" {
		w.t.Errorf("edited: %+v", m)
	}
	w.bia.refused(http.StatusForbidden, "forbidden", http.MethodPatch, "/messages/"+line[0].ID, fields{"body": "de outra"})
	w.caio.hidden(http.MethodPatch, "/messages/"+line[0].ID, fields{"body": "de longe"})
	w.ana.expect(http.StatusNoContent, request{method: http.MethodDelete, path: "/messages/" + line[2].ID})
	order := []string{line[3].ID, line[0].ID, line[1].ID}
	w.ana.refused(http.StatusConflict, "already_left", http.MethodPut, "/tickets/"+t.ID+"/waiting", fields{"ids": append(order, line[2].ID)})
	put[items[message]](w.ana, "/tickets/"+t.ID+"/waiting", fields{"ids": order})
	var now []string
	for _, m := range get[items[message]](w.ana, "/tickets/"+t.ID+"/waiting").Items {
		now = append(now, m.ID)
	}
	if !slices.Equal(now, order) {
		w.t.Errorf("the line is %v, want %v", now, order)
	}
	if n := w.ana.ticket(t.ID).WaitingCount; n != 3 {
		w.t.Errorf("waiting_count is %d, want 3", n)
	}
}

// windowByProvider is decisions.md 8: Meta's word closes the window. Who wanted
// to wait goes back in line, the other is failed and may be put in line.
func (w *company) windowByProvider() {
	w.t.Helper()
	c, t := w.served("Pia", "5511987650123")
	w.provider.fails(shopNumber, sandbox.Fault{Kind: sandbox.FaultWindowClosed})
	m := w.ana.reaches(w.ana.say(t.ID, "sem fila").ID, "failed")
	if m.Error == nil || m.Error.Code != "window_closed" || !slices.Contains(m.Can, "wait") {
		w.t.Errorf("131047: %s", asJSON(m))
	}
	if now := w.ana.ticket(t.ID); now.WindowExpiresAt != nil && now.WindowExpiresAt.After(time.Now()) {
		w.t.Errorf("131047: the window is open until %s", now.WindowExpiresAt)
	}
	w.ana.refused(http.StatusUnprocessableEntity, "window_closed", http.MethodPost, "/tickets/"+t.ID+"/messages", fields{"type": "text", "body": "oi"})
	a := w.ana.expect(http.StatusAccepted, request{method: http.MethodPost, path: "/messages/" + m.ID + "/retry", body: fields{"queue": true}})
	again := decode[message](w.t, a.body)
	c.writes("voltei") // opens the window here, but Meta's stays shut
	back := w.ana.message("131047 puts it back in line", again.ID, func(m message) bool { return m.Status == "queued_window" && m.Error != nil })
	if back.Error.Code != "window_closed" {
		w.t.Errorf("131047: %+v", back.Error)
	}
	w.provider.fails(shopNumber)
	c.writes("agora sim")
	w.ana.reaches(again.ID, "delivered")
}

// cancelledWithTicket: closing a ticket cancels its line (W).
func (w *company) cancelledWithTicket() {
	w.t.Helper()
	tpl := w.template("sem_parametros")
	t := post[ticket](w.ana, "/tickets", fields{"mode": "steps", "contact": fields{"phone": "5511987650124"}, "connection_id": w.shop.ID, "template": tpl.fill()})
	if t.Contact.Name != "5511987650124" {
		w.t.Errorf("B2: somebody unknown is called %q", t.Contact.Name)
	}
	m := post[message](w.ana, "/tickets/"+t.ID+"/messages", fields{"body": "depois", "queue": true})
	w.ana.act(t.ID, "close")
	w.ana.reaches(m.ID, "canceled")
	if n := w.sentAs(m.ID); n != 0 {
		w.t.Errorf("W: a cancelled message was sent %d times", n)
	}
}
