package inbound_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// sentMessage stores a message of ours as it is right after the provider took
// it.
func (w *world) sentMessage(providerID string, mayWait bool) desk.Message {
	w.t.Helper()
	t := w.ticket()
	m := desk.Message{AccountID: w.account, ConnectionID: w.connection, ContactID: t.ContactID, ChannelID: t.ChannelID,
		TicketID: t.ID, Pos: t.LastPos + 1, Direction: desk.Out, Author: desk.AuthorUser, UserID: w.user, Type: desk.TypeText,
		Body: "Bom dia", Status: desk.StatusSent, ProviderID: providerID, Queue: mayWait, SentAt: desk.TimeOf(w.clock.Now())}
	if providerID == "" {
		m.Status, m.SentAt = desk.StatusSending, 0
	}
	w.do(func(tx *dbx.Tx) error { return w.s.InsertMessage(tx, &m) })
	return m
}

func (w *world) byID(id desk.ID) desk.Message {
	w.t.Helper()
	m, err := w.s.Message(w.db.Read(w.t.Context()), w.account, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func TestStatusesInAnyOrderOnlyMoveForward(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.1", "Olá")
		m := w.sentMessage("wamid.out", false)
		price := `,"pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"utility"}`
		for _, s := range []string{w.status("wamid.out", "read", ""), w.status("wamid.out", "delivered", price),
			w.status("wamid.out", "sent", ""), w.status("wamid.out", "failed", `,"errors":[{"code":131026,"title":"x"}]`)} {
			w.ok(hook(number, list("statuses", s)))
			w.ok(hook(number, list("statuses", s)))
		}
		got := w.byID(m.ID)
		if got.Status != desk.StatusRead || got.ReadAt == 0 || got.DeliveredAt == 0 || got.Error != nil || got.Price == nil || !got.Price.Billable {
			t.Errorf("%+v", got)
		}
		if tk := w.ticket(); tk.BillableCount != 1 {
			t.Errorf("billable %d, want 1", tk.BillableCount)
		}
		if n := w.count("orphan_status"); n != 0 {
			t.Errorf("%d orphans", n)
		}
	})
}

// A lost answer: only our own id in the status tells which message it is.
func TestStatusIsMatchedByCorrelationFirst(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.1", "Olá")
		m := w.sentMessage("", false)
		w.ok(hook(number, list("statuses", w.status("wamid.lost", "delivered", fmt.Sprintf(`,"biz_opaque_callback_data":"p%d"`, m.ID)))))
		if got := w.byID(m.ID); got.Status != desk.StatusDelivered || got.ProviderID != "wamid.lost" {
			t.Errorf("%+v", got)
		}
	})
}

func TestEarlyStatusWaitsForItsMessage(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.ok(hook(number, list("statuses", w.status("wamid.early", "delivered", ""), w.status("wamid.early", "read", ""))))
		if n := w.count("orphan_status WHERE provider_id = 'wamid.early'"); n != 2 {
			t.Errorf("%d kept, want 2", n)
		}
		w.wantReasons(store.RawUnprocessed)
	})
}

// Decisions.md 8: 131047 closes the window; what may wait goes back in line.
func TestRefusalForTheWindowClosesItAndPutsBackInLine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.1", "Olá")
		waits, fails := w.sentMessage("wamid.a", true), w.sentMessage("wamid.b", false)
		refusal := `,"errors":[{"code":131047,"title":"Re-engagement message"}]`
		w.ok(hook(number, list("statuses", w.status("wamid.a", "failed", refusal), w.status("wamid.b", "failed", refusal))))
		if ch := w.channel(); ch.WindowExpiresAt > desk.TimeOf(w.clock.Now()) {
			t.Error("the window is still open")
		}
		if got := w.byID(waits.ID); got.Status != desk.StatusWaiting {
			t.Errorf("queue=true: %s", got.Status)
		}
		if got := w.byID(fails.ID); got.Status != desk.StatusFailed || got.Error == nil || got.Error.Code != "window_closed" {
			t.Errorf("queue=false: %+v", got)
		}
		if tk := w.ticket(); tk.WaitingCount != 1 {
			t.Errorf("waiting %d", tk.WaitingCount)
		}
	})
}

func TestReactionIsKeptOnceRemovedAndOpensTheWindow(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		react := func(id, target, emoji string) {
			w.t.Helper()
			w.clock.Advance(time.Second)
			body := hook(number, list("messages", w.item(ana, id, "reaction", fmt.Sprintf(`"reaction":{"message_id":%q,"emoji":%q}`, target, emoji))))
			w.ok(body)
			w.ok(body)
		}
		w.write("wamid.1", "Olá")
		m := w.sentMessage("wamid.out", false)
		w.clock.Advance(25 * time.Hour)
		before := w.ticket()
		react("wamid.r1", "wamid.out", "👍")
		views, err := w.s.MessageViews(w.db.Read(t.Context()), w.account, []desk.ID{m.ID})
		if err != nil || len(views) != 1 || len(views[0].Reactions) != 1 || views[0].Reactions[0].Emoji != "👍" || views[0].Reactions[0].Author != "contact" {
			t.Fatalf("%+v, %v", views, err)
		}
		after := w.ticket()
		if ch := w.channel(); ch.WindowExpiresAt != desk.TimeOf(w.clock.Now()).Add(24*time.Hour) || ch.LastInboundID != "wamid.1" {
			t.Errorf("channel %+v", ch)
		}
		if after.Unread != before.Unread || after.Rev <= before.Rev {
			t.Errorf("unread %d → %d, rev %d → %d", before.Unread, after.Unread, before.Rev, after.Rev)
		}
		react("wamid.r2", "wamid.out", "")
		if views, err = w.s.MessageViews(w.db.Read(t.Context()), w.account, []desk.ID{m.ID}); err != nil || len(views[0].Reactions) != 0 {
			t.Errorf("%+v, %v", views[0].Reactions, err)
		}
		react("wamid.r3", "wamid.nothing-we-know", "🎉")
		w.wantReasons(store.RawUnprocessed)
		if n := w.count("message"); n != 2 {
			t.Errorf("%d messages", n)
		}
	})
}

// A reaction alone opens no ticket, but the window.
func TestReactionOpensNoTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.ok(hook(number, list("messages", w.item(ana, "wamid.r1", "reaction", `"reaction":{"message_id":"wamid.x","emoji":"👍"}`))))
		if len(w.tickets()) != 0 {
			t.Error("a ticket was opened")
		}
		if n := w.count("contact_channel WHERE window_expires_at > 0"); n != 1 {
			t.Error("the window stayed closed")
		}
	})
}

func TestEditAndRevoke(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		edit := func(id, target, body string) string {
			return w.item(ana, id, "edit", fmt.Sprintf(`"edit":{"original_message_id":%q,"message":{"type":"text","text":{"body":%q}}}`, target, body))
		}
		revoke := func(id, target string) string {
			return w.item(ana, id, "revoke", fmt.Sprintf(`"revoke":{"original_message_id":%q}`, target))
		}
		w.write("wamid.1", "Preço de 10")
		w.clock.Advance(time.Minute)
		w.ok(hook(number, list("messages", edit("wamid.e1", "wamid.1", "Preço de 12"))))
		m := w.message("wamid.1")
		if m.Body != "Preço de 12" || m.EditedAt == 0 || w.count("message_revision WHERE body = 'Preço de 10'") != 1 {
			t.Errorf("%+v", m)
		}
		// Meta's documents write the original's id; ours must not be edited by the contact.
		out := w.sentMessage("wamid.out", false)
		w.ok(hook(number, list("messages", edit("wamid.e2", "wamid.out", "forjado"), revoke("wamid.v0", "wamid.out"))))
		if got := w.byID(out.ID); got.Body != "Bom dia" || got.DeletedAt != 0 {
			t.Errorf("the contact changed our message: %+v", got)
		}
		w.ok(hook(number, list("messages", revoke("wamid.v1", "wamid.1"))))
		if m = w.message("wamid.1"); m.DeletedAt == 0 || m.Body == "" {
			t.Errorf("%+v: hidden, and kept for administrators", m)
		}
		w.wantReasons(store.RawUnprocessed, "unknown_message", "unknown_message")
	})
}

// A revoke that overtakes its message is kept and works when replayed.
func TestRevokeBeforeItsMessageCanBeReplayed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		body := hook(number, list("messages", w.item(ana, "wamid.v1", "revoke", `"revoke":{"original_message_id":"wamid.1"}`)))
		w.ok(body)
		w.wantReasons(store.RawUnprocessed, "unknown_message")
		w.write("wamid.1", "Olá")
		w.ok(body) // a redelivery interprets it again
		w.wantReasons(store.RawUnprocessed)
		if m := w.message("wamid.1"); m.DeletedAt == 0 {
			t.Error("the message is still shown")
		}
	})
}

func TestTemplateNewsAndSync(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.adapter.templates = []desk.Template{{ProviderID: "800", Name: "pedido", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED",
			ParameterFormat: "POSITIONAL", Components: []desk.TemplateComponent{{Type: "BODY", Text: "Olá {{1}}"}}}}
		w.run()
		paused := change("message_template_status_update", `{"event":"PAUSED","message_template_id":800,"message_template_name":"pedido","message_template_language":"pt_BR","reason":"NONE"}`)
		w.ok(paused) // unknown: fetched
		w.wait("the template to be fetched", func() bool { return w.count("template WHERE status = 'APPROVED'") == 1 })
		w.clock.Advance(time.Second)
		w.ok(change("message_template_status_update", `{"event":"REJECTED","message_template_id":800,"message_template_name":"pedido","message_template_language":"pt_BR","reason":"SCAM"}`))
		if n := w.count("template WHERE status = 'REJECTED' AND rejected_reason = 'SCAM'"); n != 1 {
			t.Error("the news were not applied")
		}
		w.wantReasons(store.RawUnprocessed)
	})
}

func TestAccountNewsReachTheNumbersTheyAreAbout(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var second desk.ID
		w.do(func(tx *dbx.Tx) (err error) {
			second, err = w.connect(tx, "Outra", "100000000000002", "outra", secret)
			return err
		})
		w.dir.ForgetAll()
		state := func(id desk.ID) desk.ConnectionState {
			c, err := w.s.Connection(w.db.Read(t.Context()), w.account, id)
			if err != nil {
				t.Fatal(err)
			}
			return c.State
		}
		w.ok(change("phone_number_quality_update", `{"display_phone_number":"551140000001","event":"FLAGGED"}`))
		if state(w.connection) != desk.Degraded || state(second) != desk.Connected {
			t.Errorf("%s and %s: only the flagged number is degraded", state(w.connection), state(second))
		}
		w.ok(change("account_update", `{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE","waba_ban_date":"2026-12-01"}}`))
		if state(w.connection) != desk.Disconnected || state(second) != desk.Disconnected {
			t.Errorf("%s and %s: the whole account is disabled", state(w.connection), state(second))
		}
		if n := w.count("event WHERE type = $1", desk.EvConnectionAlert); n != 3 {
			t.Errorf("%d alerts, want 3", n)
		}
	})
}

func TestConsentKeepsTheLatestWord(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		wish := func(value string, at time.Time) {
			w.t.Helper()
			w.ok(change("user_preferences", fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"phone_number_id":%q,"display_phone_number":"551140000001"},
				"contacts":[{"profile":{"name":"Ana"},"wa_id":%q}],"user_preferences":[{"wa_id":%q,"category":"marketing_messages","value":%q,"timestamp":%d}]}`,
				number, ana, ana, value, at.Unix())))
		}
		now := w.clock.Now()
		wish("stop", now)
		wish("resume", now.Add(-time.Hour)) // late
		if n := w.count("contact WHERE accepts_marketing"); n != 0 {
			t.Error("an older wish won")
		}
		wish("resume", now.Add(time.Hour))
		if n := w.count("contact WHERE accepts_marketing"); n != 1 {
			t.Error("the newest wish was ignored")
		}
		if n := w.count("event WHERE type = $1", desk.EvContactOptOut); n != 2 {
			t.Errorf("%d events, want 2", n)
		}
	})
}

func TestNewNumberMovesTheContactAndOpensNoTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const next = "5511999990000"
		w.write("wamid.1", "Olá")
		w.clock.Advance(time.Second)
		w.ok(hook(number, list("messages", w.item(ana, "wamid.s1", "system",
			fmt.Sprintf(`"system":{"type":"user_changed_number","body":"mudou","wa_id":%q}`, next)))))
		before := w.ticket()
		if before.Unread != 1 || w.message("wamid.s1").TicketID != before.ID || w.message("wamid.s1").Type != desk.TypeSystem {
			t.Errorf("ticket %+v", before)
		}
		w.clock.Advance(time.Second)
		w.ok(hook(number, list("messages", w.text(next, "wamid.2", "sou eu"))))
		if tk := w.ticket(); tk.ID != before.ID || w.count("contact") != 1 {
			t.Error("the new number is somebody else")
		}
	})
}

// A status for a message we never sent, forged ids: nothing of another
// connection can be touched.
func TestStatusCannotReachAnotherConnectionsMessage(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.do(func(tx *dbx.Tx) error {
			_, err := w.connect(tx, "Outro app", "100000000000009", "alheia", "other")
			return err
		})
		w.dir.ForgetAll()
		w.write("wamid.1", "Olá")
		m := w.sentMessage("wamid.out", false)
		body := hook("100000000000009", list("statuses", w.status("wamid.x", "failed", fmt.Sprintf(`,"biz_opaque_callback_data":"p%d","errors":[{"code":131026}]`, m.ID))))
		if code := w.postTo("alheia", "other", body); code != http.StatusOK {
			t.Fatal(code)
		}
		if got := w.byID(m.ID); got.Status != desk.StatusSent {
			t.Errorf("another connection's webhook made it %s", got.Status)
		}
	})
}
