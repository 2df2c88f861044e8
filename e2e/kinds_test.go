package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// Story 2, reading: every kind of message a customer can send appears in the
// conversation as what it is.
func (w *company) everyKindArrives() {
	carla, t := w.served("Carla", "5511987650011")
	said := w.ana.say(t.ID, "Pode mandar as fotos por aqui")
	w.ana.reaches(said.ID, "delivered")
	said = get[message](w.ana, "/messages/"+said.ID)

	w.plainKinds(carla, t, said)
	w.fileKinds(carla, t)
	w.reactionArrives(carla, t, said)
	w.revokedText(carla, t)
	for _, m := range w.ana.messages(t.ID) {
		if m.Direction == "in" && m.Status != "received" {
			w.t.Errorf("a received message has status %s", m.Status)
		}
	}
	if list := w.unprocessed(); len(list) != 0 {
		w.t.Errorf("not understood: %+v", list)
	}
}

// unprocessed lists what was stored but not understood.
func (w *company) unprocessed() []rawEvent {
	w.t.Helper()
	return all[rawEvent](w.ada, "/raw-events?state=unprocessed")
}

// received waits for the message of a wamid in a ticket.
func (w *company) received(ticketID, wamid string) message {
	w.t.Helper()
	var found message
	eventually(w.t, "message "+wamid+" arrives", func() (bool, any) {
		for _, m := range w.ana.messages(ticketID) {
			if m.ProviderID == wamid {
				found = m
				return true, nil
			}
		}
		return false, nil
	})
	return found
}

// plainKinds are those without a file.
func (w *company) plainKinds(c customer, t ticket, said message) {
	ad := &sandbox.Referral{SourceURL: "https://fb.me/x", SourceID: "120", SourceType: "ad", Headline: "Sofás", Body: "Oferta", ClickID: "ctwa-1"}
	card := rules.Contact{Name: &rules.ContactName{Formatted: "João Montador", First: "João"}, Phones: []rules.ContactPhone{{Phone: "+55 11 98765-9999"}}}
	order := &sandbox.Order{CatalogID: "77", Text: "Entregar à tarde", Items: []sandbox.OrderItem{{ProductID: "SOFA-3", Quantity: 2, Price: 1999.9, Currency: "BRL"}}}
	for _, k := range []struct {
		name string
		cm   sandbox.CustomerMessage
		ok   func(m message) bool
	}{
		{"text with emoji and lines", sandbox.CustomerMessage{Type: "text", Body: "Olá 👋🏽\n\"tudo\" bem? /🛋️\\"}, func(m message) bool {
			return m.Type == "text" && m.Body == "Olá 👋🏽\n\"tudo\" bem? /🛋️\\"
		}},
		{"text from an ad", sandbox.CustomerMessage{Type: "text", Body: "Vi o anúncio", Referral: ad}, func(m message) bool {
			return m.Type == "text" && m.Body == "Vi o anúncio"
		}},
		{"reply", sandbox.CustomerMessage{Type: "text", Body: "Mando já", ReplyTo: said.ProviderID}, func(m message) bool {
			return m.ReplyTo != nil && deref(m.ReplyTo.ID) == said.ID && m.ReplyTo.Excerpt == said.Body
		}},
		{"location", sandbox.CustomerMessage{Type: "location", Location: &sandbox.LocationView{Latitude: -23.5614, Longitude: -46.6559, Name: "MASP"}}, func(m message) bool {
			return m.Type == "location" && m.Location != nil && m.Location.Latitude == -23.5614 && m.Location.Longitude == -46.6559 && m.Location.Name == "MASP"
		}},
		{"contacts", sandbox.CustomerMessage{Type: "contacts", Contacts: []rules.Contact{card}}, func(m message) bool {
			return m.Type == "contacts" && strings.Contains(string(m.Contacts), "João Montador") && strings.Contains(string(m.Contacts), "98765-9999")
		}},
		{"order", sandbox.CustomerMessage{Type: "order", Order: order}, func(m message) bool {
			return m.Type == "order" && strings.Contains(string(m.Order), "SOFA-3") && strings.Contains(string(m.Order), "Entregar à tarde")
		}},
		{"unsupported", sandbox.CustomerMessage{Type: "unsupported", Unsupported: "poll_creation"}, func(m message) bool {
			return m.Type == "unsupported" && m.Unsupported == "poll_creation"
		}},
	} {
		if m := w.received(t.ID, c.does(k.cm).WAMID); !k.ok(m) {
			w.t.Errorf("%s arrived as %s", k.name, asJSON(m))
		}
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// fileKinds are those with a file, which is fetched and served with its very
// bytes.
func (w *company) fileKinds(c customer, t ticket) {
	for _, k := range []struct {
		kind, mime, name, caption string
		data                      []byte
		inline                    bool
		facts                     func(f media) bool
	}{
		{"image", "image/jpeg", "", "a sala", jpegFile(w.t, 640, 480), true, func(f media) bool { return f.Width == 640 && f.Height == 480 && f.ThumbURL != "" }},
		{"video", "video/mp4", "", "o defeito", mp4File(), true, func(f media) bool { return f.DurationMS == 5000 && f.Width == 320 && f.Height == 240 }},
		{"audio", "audio/mpeg", "", "", mp3File(), true, func(f media) bool { return f.DurationMS > 900 && f.DurationMS < 1200 }},
		{"voice", "audio/ogg; codecs=opus", "", "", opusFile(3), true, func(f media) bool { return f.DurationMS == 3000 }},
		{"document", "application/pdf", "orçamento nº 1.pdf", "segue", pdfFile(), false, func(f media) bool { return f.Name == "orçamento nº 1.pdf" }},
		{"sticker", "image/webp", "", "", webpFile(w.t), true, func(f media) bool { return f.Width == 1 && f.Height == 1 }},
	} {
		sent := c.does(sandbox.CustomerMessage{Type: k.kind, Body: k.caption, Media: &sandbox.CustomerMedia{Data: k.data, MIME: k.mime, Name: k.name}})
		m := w.received(t.ID, sent.WAMID)
		m = w.ana.message("the file of "+k.kind+" is fetched", m.ID, func(m message) bool { return len(m.Media) == 1 && m.Media[0].State != "pending" })
		f := m.Media[0]
		if m.Type != k.kind || m.Body != k.caption || f.State != "ready" || f.Kind != k.kind || f.Size != len(k.data) || !k.facts(f) {
			w.t.Errorf("%s arrived as %s", k.kind, asJSON(m))
			continue
		}
		w.servedFile(f, k.mime, k.data, k.inline)
	}
}

// servedFile checks how a file is served, and to whom.
func (w *company) servedFile(f media, mime string, data []byte, inline bool) {
	w.t.Helper()
	a := w.ana.raw(f.URL)
	if a.status != http.StatusOK || !bytes.Equal(a.body, data) {
		w.t.Errorf("%s: status %d, %d bytes, want %d", f.Kind, a.status, len(a.body), len(data))
	}
	base, _, _ := strings.Cut(mime, ";")
	if got := a.header.Get("Content-Type"); got != base {
		w.t.Errorf("%s is served as %q", f.Kind, got)
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
		w.t.Errorf("%s is served with %v", f.Kind, a.header)
	}
	disposition := a.header.Get("Content-Disposition")
	if strings.HasPrefix(disposition, "inline") != inline {
		w.t.Errorf("%s is served as %q", f.Kind, disposition)
	}
	if got := w.ana.raw(f.URL + "?download=true").header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		w.t.Errorf("a download of %s is %q", f.Kind, got)
	}
	if f.ThumbURL != "" {
		if a := w.ana.raw(f.ThumbURL); a.status != http.StatusOK || a.header.Get("Content-Type") != "image/jpeg" || len(a.body) == 0 {
			w.t.Errorf("the thumbnail of %s: %d %v", f.Kind, a.status, a.header)
		}
	}
	if a := w.caio.raw(f.URL); a.status != http.StatusNotFound {
		w.t.Errorf("V1: Caio reads the file: %d", a.status)
	}
	if a := guest(w.t, w.program, w.contract).raw(f.URL); a.status != http.StatusUnauthorized {
		w.t.Errorf("a stranger reads the file: %d", a.status)
	}
}

// reactionArrives: a reaction is on the message, not one of its own.
func (w *company) reactionArrives(c customer, t ticket, said message) {
	before := len(w.ana.messages(t.ID))
	react := func(emoji string, want int) {
		c.does(sandbox.CustomerMessage{Type: "reaction", Target: said.ProviderID, Emoji: emoji})
		m := w.ana.message("reaction "+emoji, said.ID, func(m message) bool { return len(m.Reactions) == want && (want == 0 || m.Reactions[0].Emoji == emoji) })
		if want == 1 && m.Reactions[0].Author != "contact" {
			w.t.Errorf("reaction: %+v", m.Reactions)
		}
	}
	react("👍", 1)
	react("❤️", 1)
	react("", 0)
	if after := len(w.ana.messages(t.ID)); after != before {
		w.t.Errorf("reactions made %d messages", after-before)
	}
}

// revokedText: what the customer deletes is hidden from agents.
func (w *company) revokedText(c customer, t ticket) {
	sent := c.writes("senha secreta do portão")
	m := w.received(t.ID, sent.WAMID)
	c.does(sandbox.CustomerMessage{Type: "revoke", Target: sent.WAMID})
	m = w.ana.message("the deletion arrives", m.ID, func(m message) bool { return m.Body == "" })
	if slices.Contains(m.Can, "reply") {
		w.t.Errorf("a deleted message can be answered: %v", m.Can)
	}
}
