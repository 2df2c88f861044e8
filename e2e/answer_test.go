package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// Story 2, answering: everything an agent can send reaches the phone as what
// it is, in order, and its ticks come back.
func (w *company) everyKindLeaves() {
	davi, t := w.served("Davi", "5511987650012")
	stream := w.ana.listen()
	w.ticks(davi, t, stream)
	w.richKinds(davi, t)
	w.filesLeave(davi, t)
	w.choices(davi, t)
	w.ourReaction(davi, t)
	w.orderIsKept(t)
	w.undeliverable()
}

// ticks follows one text from pending to read, on the stream as well.
func (w *company) ticks(c customer, t ticket, stream *stream) {
	w.t.Helper()
	m := w.ana.say(t.ID, "Boa tarde, Davi!")
	if m.Direction != "out" || m.Author != "user" || m.ClientID == "" || deref(m.TicketID) != t.ID {
		w.t.Errorf("the sent message is %+v", m)
	}
	m = w.ana.reaches(m.ID, "delivered")
	if seen := c.sees(m.ProviderID); seen.View.Body != "Boa tarde, Davi!" || correlated(seen) != m.ID {
		w.t.Errorf("the phone shows %+v", seen)
	}
	c.reads()
	m = w.ana.reaches(m.ID, "read")
	times := m.StatusTimes
	if times.Sent == nil || times.Delivered == nil || times.Read == nil || times.Delivered.Before(*times.Sent) || times.Read.Before(*times.Delivered) {
		w.t.Errorf("ticks at %+v", times)
	}
	stream.wait("read", func(f frame) bool {
		return f.Type == "message.updated" && f.Message.ID == m.ID && f.Message.Status == "read"
	})
	steps := []string{"pending", "sending", "sent", "delivered", "read"}
	at := 0
	for _, f := range stream.frames() {
		if f.Message.ID != m.ID {
			continue
		}
		next := slices.Index(steps, f.Message.Status)
		if next < at {
			w.t.Errorf("the stream went from %s to %s", steps[at], f.Message.Status)
		}
		at = max(at, next)
	}
	if now := w.ana.ticket(t.ID); now.Cost.BillableCount != 0 {
		w.t.Errorf("a service message within the allowance counts as billable: %+v", now.Cost)
	}
}

// correlated is the desk's id of a message in the provider's books.
func correlated(m sandbox.Message) string { return strings.TrimPrefix(m.Correlation, "p") }

// send posts a message, waits until it is delivered, and returns it with what
// the phone shows.
func (w *company) send(c customer, t ticket, body fields) (message, sandbox.Message) {
	w.t.Helper()
	m := post[message](w.ana, "/tickets/"+t.ID+"/messages", body)
	m = w.ana.reaches(m.ID, "delivered")
	return m, c.sees(m.ProviderID)
}

func (w *company) richKinds(c customer, t ticket) {
	w.t.Helper()
	_, at := w.send(c, t, fields{"type": "location", "location": fields{"latitude": -23.55, "longitude": -46.63, "name": "Loja"}})
	if v := at.View; v.Location == nil || v.Location.Name != "Loja" || v.Location.Latitude != -23.55 {
		w.t.Errorf("location arrived as %s", asJSON(v))
	}
	card := fields{"name": fields{"formatted_name": "Entregas", "first_name": "Entregas"}, "phones": []any{fields{"phone": "+551130000009"}}}
	_, cards := w.send(c, t, fields{"type": "contacts", "contacts": []any{card}})
	if v := cards.View; len(v.Contacts) != 1 || v.Contacts[0].Name.Formatted != "Entregas" {
		w.t.Errorf("card arrived as %s", asJSON(v))
	}
	asked := w.received(t.ID, c.writes("Fica aberto até que horas?").WAMID)
	m, reply := w.send(c, t, fields{"type": "text", "body": "Até as 18h", "reply_to": asked.ID})
	if reply.Quoted != asked.ProviderID || m.ReplyTo == nil || deref(m.ReplyTo.ID) != asked.ID {
		w.t.Errorf("reply arrived as %s", asJSON(reply))
	}
	_, link := w.send(c, t, fields{"type": "interactive", "interactive": fields{"kind": "cta_url", "body": "Veja o catálogo",
		"link": fields{"text": "Abrir", "url": "https://loja.example/catalogo"}}})
	if v := link.View; len(v.Buttons) != 1 || v.Buttons[0].URL != "https://loja.example/catalogo" {
		w.t.Errorf("link arrived as %s", asJSON(v))
	}
}

// filesLeave uploads each kind of file and sends it; the phone gets the bytes.
func (w *company) filesLeave(c customer, t ticket) {
	w.t.Helper()
	for _, k := range []struct {
		kind, name, mime, caption string
		data                      []byte
	}{
		{"image", "sala.png", "image/png", "Assim fica", pngFile(w.t, 300, 200)},
		{"document", "orçamento.pdf", "application/pdf", "Segue", pdfFile()},
		{"voice", "voz.ogg", "audio/ogg", "", opusFile(2)},
		{"video", "montagem.mp4", "video/mp4", "", mp4File()},
		{"sticker", "oi.webp", "image/webp", "", webpFile(w.t)},
	} {
		f := w.ana.file(k.name, k.mime, k.data)
		if f.State != "ready" || f.Name != k.name || f.Size != len(k.data) || f.MIME != k.mime {
			w.t.Errorf("%s was uploaded as %+v", k.name, f)
		}
		body := fields{"type": k.kind, "media_id": f.ID}
		if k.caption != "" {
			body["body"] = k.caption
		}
		m, shown := w.send(c, t, body)
		v := shown.View
		if v.Media == nil || v.Media.Kind != k.kind || v.Body != k.caption || k.kind == "document" && v.Media.Name != k.name {
			w.t.Errorf("%s arrived as %s", k.kind, asJSON(v))
			continue
		}
		if got := w.atPhone(v.Media.ID); !bytes.Equal(got, k.data) {
			w.t.Errorf("%s arrived with %d bytes, want %d", k.kind, len(got), len(k.data))
		}
		if a := w.ana.raw(m.Media[0].URL); !bytes.Equal(a.body, k.data) {
			w.t.Errorf("%s reads back with %d bytes", k.kind, len(a.body))
		}
	}
}

// atPhone is a file as the phone downloads it.
func (w *company) atPhone(mediaID desk.ID) []byte {
	w.t.Helper()
	_, r, err := w.provider.box.OpenMedia(w.t.Context(), meta, mediaID)
	w.provider.must(err)
	defer r.Close()
	data, err := io.ReadAll(r)
	w.provider.must(err)
	return data
}

// choices sends buttons and a list, and the customer taps.
func (w *company) choices(c customer, t ticket) {
	w.t.Helper()
	buttons, at := w.send(c, t, fields{"type": "interactive", "interactive": fields{"kind": "buttons", "body": "Qual cor?",
		"buttons": []any{fields{"id": "c-azul", "title": "Azul"}, fields{"id": "c-verde", "title": "Verde"}}}})
	tap := c.does(sandbox.CustomerMessage{Type: sandbox.TypeButtonReply, Target: at.WAMID, Choice: "c-verde"})
	m := w.received(t.ID, tap.WAMID)
	if m.Type != "interactive" || m.Body != "Verde" || m.Interactive == nil || m.Interactive.Kind != "button_reply" ||
		m.Interactive.Reply == nil || m.Interactive.Reply.ID != "c-verde" || m.ReplyTo == nil || deref(m.ReplyTo.ID) != buttons.ID {
		w.t.Errorf("the tapped button arrived as %s", asJSON(m))
	}
	_, at = w.send(c, t, fields{"type": "interactive", "interactive": fields{"kind": "list", "body": "Quando?", "list": fields{"button": "Dias",
		"sections": []any{fields{"title": "Semana", "rows": []any{fields{"id": "d2", "title": "Segunda"}, fields{"id": "d3", "title": "Terça", "description": "à tarde"}}}}}}})
	pick := c.does(sandbox.CustomerMessage{Type: sandbox.TypeListReply, Target: at.WAMID, Choice: "d3"})
	m = w.received(t.ID, pick.WAMID)
	if m.Body != "Terça" || m.Interactive == nil || m.Interactive.Kind != "list_reply" || m.Interactive.Reply == nil || m.Interactive.Reply.ID != "d3" {
		w.t.Errorf("the chosen row arrived as %s", asJSON(m))
	}
}

// ourReaction puts an emoji on the customer's message and takes it back.
func (w *company) ourReaction(c customer, t ticket) {
	w.t.Helper()
	m := w.received(t.ID, c.writes("Obrigado!").WAMID)
	m = put[message](w.ana, "/messages/"+m.ID+"/reaction", fields{"emoji": "❤️"})
	if len(m.Reactions) != 1 || m.Reactions[0].Author != "us" || m.Reactions[0].Emoji != "❤️" {
		w.t.Errorf("our reaction: %+v", m.Reactions)
	}
	w.lastReaction(c, "❤️", m.ProviderID)
	w.ana.expect(http.StatusNoContent, request{method: http.MethodDelete, path: "/messages/" + m.ID + "/reaction"})
	w.lastReaction(c, "", m.ProviderID)
	if m = get[message](w.ana, "/messages/"+m.ID); len(m.Reactions) != 0 {
		w.t.Errorf("our reaction stays: %+v", m.Reactions)
	}
}

func (w *company) lastReaction(c customer, emoji, target string) {
	w.t.Helper()
	eventually(w.t, "the phone gets the reaction", func() (bool, any) {
		for _, m := range c.screen() {
			if r := m.View.Reaction; r != nil && m.Direction == desk.Out {
				return r.Emoji == emoji && r.WAMID == target, m
			}
		}
		return false, nil
	})
}

// orderIsKept compares what the provider took with what the desk shows: the
// order in which the agent spoke, each message once.
func (w *company) orderIsKept(t ticket) {
	w.t.Helper()
	var ours, theirs []string
	for _, m := range w.ana.messages(t.ID) {
		if m.Direction == "out" {
			ours = append(ours, m.ID)
		}
	}
	for _, m := range w.provider.ledger(shopNumber) {
		if id := correlated(m); slices.Contains(ours, id) {
			theirs = append(theirs, id)
		}
	}
	if !slices.Equal(ours, theirs) {
		w.t.Errorf("the desk has %v, the provider took %v", ours, theirs)
	}
}

// undeliverable: a failure that the provider tells of later is shown with its
// reason, can be sent again as a new message, and be hidden.
func (w *company) undeliverable() {
	w.t.Helper()
	_, t := w.served("Edu", "5511987650013")
	w.provider.fails(shopNumber, sandbox.Fault{Kind: sandbox.FaultFail, Code: 131026, Count: 1})
	m := w.ana.reaches(w.ana.say(t.ID, "Edu, chegou?").ID, "failed")
	if m.Error == nil || m.Error.Code != "undeliverable" || !slices.Contains(m.Can, "retry") {
		w.t.Errorf("the failed message is %s", asJSON(m))
	}
	again := post[message](w.ana, "/messages/"+m.ID+"/retry", nil)
	w.ana.reaches(again.ID, "delivered")
	w.ana.refused(http.StatusUnprocessableEntity, "not_retryable", http.MethodPost, "/messages/"+m.ID+"/retry", nil)
	w.ana.done(http.MethodPost, "/messages/"+m.ID+"/dismiss", nil)
}

// expiredToken: a token that Meta no longer takes shows at the connection, and
// what was written meanwhile leaves as soon as a check finds it mended.
func (w *company) expiredToken() {
	_, t := w.served("Gustavo", "5511987650671")
	stream := w.ada.listen()
	w.provider.fails(shopNumber, sandbox.Fault{Kind: sandbox.FaultExpiredToken})
	m := w.ana.say(t.ID, "Você recebe isto depois")
	f := stream.wait("connection.state", func(f frame) bool { return f.Type == "connection.state" && f.State != "connected" })
	if f.State != "auth_failed" {
		w.t.Errorf("the stream tells of state %s", f.State)
	}
	m = w.ana.message("it stays in line", m.ID, func(m message) bool { return m.Status == "pending" && m.Error != nil })
	w.ana.refused(http.StatusUnprocessableEntity, "connection_unavailable", http.MethodPost, "/tickets", fields{"mode": "steps",
		"contact": fields{"phone": "11987650672"}, "connection_id": w.shop.ID, "template": w.template("sem_parametros").fill()})
	if c := post[connection](w.ada, "/connections/"+w.shop.ID+"/check", nil); c.State != "auth_failed" {
		w.t.Errorf("checked with the old token it is %s", c.State)
	}
	w.provider.fails(shopNumber)
	if c := post[connection](w.ada, "/connections/"+w.shop.ID+"/check", nil); c.State != "connected" {
		w.t.Errorf("checked with the new token it is %s (%s)", c.State, c.StateReason)
	}
	w.ana.reaches(m.ID, "delivered")
	if n := w.sentAs(m.ID); n != 1 {
		w.t.Errorf("the provider took it %d times", n)
	}
}
