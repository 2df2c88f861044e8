package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

func TestSendWithinWindowIsSentDeliveredAndPriced(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		w.flow(time.Second)
		r := w.accepted(`"biz_opaque_callback_data":"42",` + hello)
		if c := r.contact(); c["wa_id"] != phone || c["input"] != "+"+phone || c["user_id"] == "" {
			t := w.t
			t.Errorf("contact %v", c)
		}
		w.flow(time.Second)
		if got := w.steps(); got != "sent delivered" {
			w.t.Fatalf("statuses %q", got)
		}
		for _, s := range w.statuses() {
			price := s["pricing"].(map[string]any)
			if s["biz_opaque_callback_data"] != "42" || s["recipient_id"] != phone || s["id"] != r.wamid() ||
				price["category"] != "service" || price["type"] != "free_customer_service" || price["billable"] != false || price["pricing_model"] != "PMP" {
				w.t.Errorf("status %v", s)
			}
		}
		books := w.ledger()
		if len(books) != 2 || books[0].Direction != desk.In || books[0].Seq != 1 || books[1].Seq != 2 || books[1].Correlation != "42" ||
			books[1].View.Body != "Olá" || books[1].Status != "delivered" {
			w.t.Errorf("ledger %+v", books)
		}
	})
}

func TestWindow(t *testing.T) {
	each(t, func(w *world) {
		w.accepted(hello) // nobody has written yet: accepted, then failed
		w.flow(time.Second)
		if code := w.failedCode(); code != 131047 {
			w.t.Fatalf("code %d", code)
		}
		msgs, err := w.box.ChatMessages(w.t.Context(), account, w.chat().ID, 0, 0)
		w.must(err)
		if len(msgs) != 0 {
			w.t.Errorf("the phone shows %+v, which failed", msgs)
		}
		w.says("Oi")
		w.accepted(hello)
		chat, err := w.box.Age(w.t.Context(), account, w.chat().ID, 24*time.Hour-time.Minute)
		w.must(err)
		if left := chat.WindowExpiresAt.Std().Sub(w.clock.Now()); left <= 0 || left > time.Minute {
			w.t.Errorf("window ends in %s", left)
		}
		w.accepted(hello)
		w.flow(time.Second)
		if got := w.steps(); got != "failed sent delivered sent delivered" && strings.Count(got, "failed") != 1 {
			w.t.Fatalf("statuses %q", got)
		}
		w.clock.Advance(time.Minute)
		w.accepted(hello)
		w.flow(time.Second)
		if got := w.steps(); strings.Count(got, "failed") != 2 {
			w.t.Errorf("statuses %q, want the last failed", got)
		}
		w.faults(sandbox.Fault{Kind: sandbox.FaultWindowSync})
		w.refused(131047, hello)
		w.says("Ainda aí?")
		w.accepted(hello)
		if n := len(w.ledger()); n != 7 {
			w.t.Errorf("%d messages in the ledger, want 7: what was refused at once isn't kept", n)
		}
	})
}

func TestFaultWindowClosedAtMetaOnly(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		w.flow(time.Second)
		w.faults(sandbox.Fault{Kind: sandbox.FaultWindowClosed, Count: 1})
		w.accepted(hello)
		w.flow(time.Second)
		if code := w.failedCode(); code != 131047 {
			w.t.Errorf("code %d", code)
		}
		if c := w.chat(); c.WindowExpiresAt.Std().Before(w.clock.Now()) {
			w.t.Error("the chat's own window was touched")
		}
		w.accepted(hello)
		w.flow(time.Second)
		if got := w.steps(); got != "failed sent delivered" {
			w.t.Errorf("statuses %q: the fault has a count of one", got)
		}
	})
}

func TestRecipients(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		_, err := w.box.CreateUser(ctx, sandbox.NewUser{AccountID: account, Phone: "553187650001", Name: "Bia"})
		w.must(err)
		_, err = w.box.CreateUser(ctx, sandbox.NewUser{AccountID: account, Phone: "5531987650002", Name: "Caio"})
		w.must(err)
		_, err = w.box.CreateUser(ctx, sandbox.NewUser{AccountID: account, Phone: "5511970000000", Absent: true})
		w.must(err)
		for to, want := range map[string]string{
			"+5531987650001":       "553187650001",  // Bia kept the short form
			"553187650001":         "553187650001",  // and may be dialled by it
			"+55 (31) 98765-0002":  "5531987650002", // Caio has the long form
			"553187650002":         "5531987650002",
			"31987650002":          "5531987650002", // local to the business's country
			"+5531987659999":       "553187659999",  // unknown: the guess of old accounts
			"+5511987659999":       "5511987659999",
			"+14155550100":         "14155550100",
			"+55 11 3333-0000":     "551133330000", // a landline has no ninth digit
			"+5521 98765-0001":     "5521987650001",
			"+55 (47) 96123-4567 ": "5547961234567",
		} {
			r := w.sendTo(to, hello)
			if r.status != 200 || r.contact()["wa_id"] != want || r.contact()["input"] != to {
				w.t.Errorf("%s: %d %s, want %s", to, r.status, r.raw, want)
			}
		}
		for to, code := range map[string]int{"abc": 100, "+123": 100, "+" + strings.Repeat("1", 16): 100, "+" + display: 131021} {
			if r := w.sendTo(to, hello); r.code() != code {
				w.t.Errorf("%s: %d %s, want %d", to, r.status, r.raw, code)
			}
		}
		if r := w.sendTo("+5511970000000", hello); r.status != 200 {
			w.t.Fatalf("a number without WhatsApp is accepted first: %s", r.raw)
		}
		w.flow(time.Second)
		last := w.statuses()[len(w.statuses())-1]
		found := false
		for _, s := range w.statuses() {
			found = found || s["recipient_id"] == "5511970000000" && s["errors"].([]any)[0].(map[string]any)["code"] == 131026.0
		}
		if !found {
			w.t.Errorf("no 131026 among the statuses, last %v", last)
		}
		if _, err := w.box.CreateUser(ctx, sandbox.NewUser{AccountID: account, Phone: "5531987650001"}); desk.CodeOf(err) != desk.CodePhoneTaken {
			w.t.Errorf("the other form of Bia's number: %v", err)
		}
	})
}

func TestUserWithoutPhone(t *testing.T) {
	each(t, func(w *world) {
		u, err := w.box.CreateUser(w.t.Context(), sandbox.NewUser{AccountID: account, Phone: phone, Name: "Ana", UserID: "BR.987", HidePhone: true})
		w.must(err)
		w.says("Oi")
		w.flow(time.Second)
		c := w.changes()[0]
		m, contact := c.list("messages")[0], c.list("contacts")[0]
		if m["from_user_id"] != "BR.987" || contact["user_id"] != "BR.987" {
			w.t.Errorf("message %v of %v", m, contact)
		}
		if _, ok := m["from"]; ok || contact["wa_id"] != nil {
			w.t.Errorf("the hidden phone is told: %v of %v", m, contact)
		}
		post := func(recipient string) reply {
			return w.ask(nil, "POST", pnid+"/messages", fmt.Sprintf(`{"messaging_product":"whatsapp","recipient":%q,%s}`, recipient, hello))
		}
		r := post(u.UserID)
		if r.status != 200 || r.contact()["wa_id"] != nil || r.contact()["user_id"] != u.UserID {
			w.t.Fatalf("%d %s", r.status, r.raw)
		}
		w.flow(time.Second)
		if s := w.statuses(); len(s) != 2 || s[0]["recipient_id"] != nil || s[0]["recipient_user_id"] != u.UserID {
			w.t.Errorf("statuses %v", s)
		}
		if r := post("BR.404"); r.code() != 131026 {
			w.t.Errorf("unknown user id: %s", r.raw)
		}
		if r := post(phone); r.code() != 100 {
			w.t.Errorf("a phone as user id: %s", r.raw)
		}
	})
}

func TestPairLimit(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		for range 45 {
			w.accepted(hello)
		}
		w.refused(131056, hello)
		if r := w.sendTo("+5511987650009", hello); r.status != 200 {
			w.t.Errorf("another user pays too: %s", r.raw)
		}
		w.clock.Advance(6 * time.Second)
		w.accepted(hello)
		w.refused(131056, hello)
		w.limits(sandbox.Limits{PairBurst: -1})
		for range 50 {
			w.accepted(hello)
			w.clock.Advance(20 * time.Millisecond)
		}
	})
}

func TestThroughput(t *testing.T) {
	each(t, func(w *world) {
		w.limits(sandbox.Limits{PerSecond: 5, PairBurst: -1})
		w.says("Oi")
		for range 5 {
			w.accepted(hello)
		}
		w.refused(130429, hello)
		w.clock.Advance(time.Second / 5)
		w.accepted(hello)
		w.refused(130429, hello)
		w.limits(sandbox.Limits{PerSecond: -1, PairBurst: -1})
		for range 100 {
			w.accepted(hello)
		}
	})
}

func TestQuotesAndReactionsNeedTheirMessage(t *testing.T) {
	each(t, func(w *world) {
		in := w.says("Oi")
		quoted := w.accepted(fmt.Sprintf(`"context":{"message_id":%q},%s`, in.WAMID, hello))
		w.accepted(fmt.Sprintf(`"type":"reaction","reaction":{"message_id":%q,"emoji":"👍"}`, in.WAMID))
		w.accepted(fmt.Sprintf(`"context":{"message_id":%q},%s`, quoted.wamid(), hello))
		w.refused(131009, `"context":{"message_id":"wamid.none"},`+hello)
		w.refused(131009, `"type":"reaction","reaction":{"message_id":"wamid.none","emoji":"👍"}`)
		other, err := w.tries(sandbox.CustomerMessage{Phone: "5511987650002", Type: sandbox.TypeText, Body: "Oi"})
		w.must(err)
		w.refused(131009, fmt.Sprintf(`"context":{"message_id":%q},%s`, other.WAMID, hello))
		books := w.ledger()
		if books[1].Quoted != in.WAMID || books[2].View.Reaction.Emoji != "👍" {
			w.t.Errorf("ledger %+v", books)
		}
	})
}

func TestReadReceiptAndTyping(t *testing.T) {
	each(t, func(w *world) {
		first := w.says("Oi")
		read := func(wamid, more string) reply {
			return w.ask(nil, "POST", pnid+"/messages", fmt.Sprintf(`{"messaging_product":"whatsapp","status":"read","message_id":%q%s}`, wamid, more))
		}
		if r := read(first.WAMID, ""); r.status != 200 || r.body["success"] != true {
			w.t.Fatalf("%d %s", r.status, r.raw)
		}
		if c := w.chat(); c.ReadTo != first.ID || c.TypingUntil != 0 {
			w.t.Errorf("chat %+v", c)
		}
		second := w.says("Alguém?")
		read(second.WAMID, `,"typing_indicator":{"type":"text"}`)
		c := w.chat()
		if c.ReadTo != second.ID || c.TypingUntil.Std().Sub(w.clock.Now()) != 25*time.Second {
			w.t.Errorf("chat %+v", c)
		}
		read(first.WAMID, "") // an older one doesn't take it back
		if c := w.chat(); c.ReadTo != second.ID {
			w.t.Errorf("read up to %d", c.ReadTo)
		}
		read(second.WAMID, `,"typing_indicator":{"type":"text"}`)
		out := w.accepted(hello)
		if c := w.chat(); c.TypingUntil != 0 {
			w.t.Error("typing goes on after the answer")
		}
		if r := read("wamid.none", ""); r.code() != 131009 {
			w.t.Errorf("unknown message: %s", r.raw)
		}
		if r := read(out.wamid(), ""); r.code() != 131009 {
			w.t.Errorf("own message: %s", r.raw)
		}
	})
}

func TestPrices(t *testing.T) {
	each(t, func(w *world) {
		w.limits(sandbox.Limits{FreeService: 2, PairBurst: -1, Batch: 1})
		w.seed(plainTemplate("oferta", "MARKETING"), plainTemplate("aviso", "UTILITY"))
		kinds := func() string {
			w.flow(time.Second)
			var out []string
			for _, s := range w.statuses() {
				if s["status"] == "sent" {
					p := s["pricing"].(map[string]any)
					out = append(out, fmt.Sprint(p["category"], ":", p["type"], ":", p["billable"]))
				}
			}
			w.hooks.mu.Lock()
			w.hooks.bodies = nil
			w.hooks.mu.Unlock()
			return strings.Join(out, " ")
		}
		w.says("Oi")
		for range 3 {
			w.accepted(hello)
			w.clock.Advance(time.Millisecond)
		}
		w.accepted(useTemplate("oferta"))
		w.clock.Advance(time.Millisecond)
		w.accepted(useTemplate("aviso"))
		want := "service:free_customer_service:false service:free_customer_service:false service:regular:true marketing:regular:true utility:regular:true"
		if got := kinds(); got != want {
			w.t.Errorf("prices %s\nwant   %s", got, want)
		}
		w.clock.Advance(10 * 24 * time.Hour) // December: a new quota
		w.says("Oi de novo")
		w.accepted(hello)
		if got := kinds(); got != "service:free_customer_service:false" {
			w.t.Errorf("in the next month %s", got)
		}
		w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "Vi o anúncio", Referral: &sandbox.Referral{SourceType: "ad", SourceURL: "https://fb.me/x", SourceID: "1"}})
		w.accepted(useTemplate("oferta"))
		if got := kinds(); got != "marketing:free_entry_point:false" {
			w.t.Errorf("after an ad %s", got)
		}
		w.clock.Advance(73 * time.Hour)
		w.accepted(useTemplate("oferta"))
		if got := kinds(); got != "marketing:regular:true" {
			w.t.Errorf("three days after an ad %s", got)
		}
	})
}

func TestOptOut(t *testing.T) {
	each(t, func(w *world) {
		w.seed(plainTemplate("oferta", "MARKETING"), plainTemplate("aviso", "UTILITY"))
		w.says("Oi")
		w.must(w.box.SetOptOut(w.t.Context(), account, w.chat().ID, true))
		w.flow(time.Second)
		last := w.changes()[1]
		if p := last.list("user_preferences"); last.Field != "user_preferences" || p[0]["value"] != "stop" || p[0]["wa_id"] != phone {
			w.t.Fatalf("change %+v", last)
		}
		w.accepted(useTemplate("oferta"))
		w.flow(time.Second)
		if code := w.failedCode(); code != 131050 {
			w.t.Errorf("code %d", code)
		}
		w.accepted(useTemplate("aviso"))
		w.must(w.box.SetOptOut(w.t.Context(), account, w.chat().ID, false))
		w.accepted(useTemplate("oferta"))
		w.flow(time.Second)
		if got := w.steps(); strings.Count(got, "failed") != 1 || strings.Count(got, "delivered") != 2 {
			w.t.Errorf("statuses %q", got)
		}
	})
}
