package sandbox_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

func TestDeliveryToggle(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.says("Oi")
		w.flow(time.Second)
		chat := w.chat().ID
		off, on := false, true
		_, err := w.box.SetToggles(ctx, account, chat, sandbox.Toggles{Delivery: &off})
		w.must(err)
		w.accepted(hello)
		w.accepted(hello)
		w.flow(time.Second)
		if got := w.steps(); got != "sent sent" || w.chat().Unread != 0 {
			w.t.Errorf("unreachable: %q, %d unread", got, w.chat().Unread)
		}
		shown, err := w.box.ChatMessages(ctx, account, chat, 0, 0)
		w.must(err)
		if len(shown) != 1 {
			w.t.Errorf("the phone shows %d messages", len(shown))
		}
		w.must(w.box.Read(ctx, account, chat))
		c, err := w.box.SetToggles(ctx, account, chat, sandbox.Toggles{Delivery: &on})
		w.must(err)
		w.flow(time.Second)
		if got := w.steps(); got != "sent sent delivered delivered" || c.Unread != 2 {
			w.t.Errorf("reachable again: %q, %d unread", got, c.Unread)
		}
		if p := w.statuses()[3]["pricing"]; p == nil {
			w.t.Error("a late delivered has no price")
		}
		if c := w.chat(); c.LastMessage == nil || c.LastMessage.View.Body != "Olá" {
			w.t.Errorf("newest message %+v", c.LastMessage)
		}
	})
}

func TestReadToggleAndOpenChat(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.says("Oi")
		w.flow(time.Second)
		chat := w.chat().ID
		w.accepted(hello)
		w.flow(time.Second)
		if n := w.chat().Unread; n != 1 {
			w.t.Errorf("%d unread", n)
		}
		w.must(w.box.Read(ctx, account, chat))
		w.flow(time.Second)
		if got := w.steps(); got != "sent delivered read" || w.chat().Unread != 0 {
			w.t.Errorf("read once: %q", got)
		}
		w.accepted(hello)
		w.flow(time.Second)
		if got := w.steps(); got != "sent delivered read sent delivered" {
			w.t.Errorf("not open: %q", got)
		}
		c, err := w.box.Open(ctx, account, chat)
		w.must(err)
		w.accepted(hello)
		w.flow(time.Second)
		if got := w.steps(); strings.Count(got, "read") != 3 || !c.Open {
			w.t.Errorf("open: %q", got)
		}
		off := false
		_, err = w.box.SetToggles(ctx, account, chat, sandbox.Toggles{Receipts: &off})
		w.must(err)
		w.accepted(hello)
		w.flow(time.Second)
		_, err = w.box.CloseChat(ctx, account, chat)
		w.must(err)
		w.accepted(hello)
		w.must(w.box.Read(ctx, account, chat))
		w.flow(time.Second)
		if got := w.steps(); strings.Count(got, "read") != 3 || strings.Count(got, "delivered") != 5 || w.chat().Unread != 0 {
			w.t.Errorf("without receipts: %q, %d unread", got, w.chat().Unread)
		}
		on := true
		_, err = w.box.SetToggles(ctx, account, chat, sandbox.Toggles{Receipts: &on, Open: &on})
		w.must(err)
		w.flow(time.Second)
		if got := w.steps(); strings.Count(got, "read") != 3 {
			w.t.Errorf("what was seen without receipts is told later: %q", got)
		}
	})
}

func TestReadOfManyMessages(t *testing.T) {
	each(t, func(w *world) {
		w.limits(sandbox.Limits{PairBurst: -1, PerSecond: -1})
		w.says("Oi")
		for range 120 {
			w.accepted(hello)
		}
		w.flow(time.Second)
		w.must(w.box.Read(w.t.Context(), account, w.chat().ID))
		w.flow(time.Second)
		if n := strings.Count(w.steps(), "read"); n != 120 || w.chat().Unread != 0 {
			w.t.Errorf("%d read, %d unread", n, w.chat().Unread)
		}
	})
}

func TestPlayed(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.says("Oi")
		chat := w.chat().ID
		voice := w.accepted(fmt.Sprintf(`"type":"audio","audio":{"id":%q,"voice":true}`, w.uploaded("audio/ogg", oggFile)))
		text := w.accepted(hello)
		w.must(w.box.Play(ctx, account, chat, voice.wamid()))
		w.must(w.box.Play(ctx, account, chat, voice.wamid()))
		if err := w.box.Play(ctx, account, chat, text.wamid()); desk.CodeOf(err) != desk.CodeInvalid {
			w.t.Errorf("a text is played: %v", err)
		}
		w.flow(time.Second)
		if n := strings.Count(w.steps(), "played"); n != 1 {
			w.t.Errorf("played %d times", n)
		}
	})
}

func TestChatsArePaged(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		for i := range 7 {
			w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: fmt.Sprint("Oi ", i), Phone: fmt.Sprintf("551198765000%d", i)})
			if i%2 == 0 {
				w.clock.Advance(time.Second)
			}
		}
		var got []string
		q := sandbox.ChatQuery{AccountID: account, PhoneNumberID: pnid, Limit: 3}
		for {
			page, next, err := w.box.Chats(ctx, q)
			w.must(err)
			for _, c := range page {
				got = append(got, strings.TrimPrefix(c.LastMessage.View.Body, "Oi "))
			}
			if next == "" {
				break
			}
			q.Cursor = next
		}
		if s := strings.Join(got, ""); s != "6543210" {
			w.t.Errorf("chats %s", s)
		}
		if _, _, err := w.box.Chats(ctx, sandbox.ChatQuery{AccountID: account, Cursor: "x"}); desk.CodeOf(err) != desk.CodeInvalidCursor {
			w.t.Errorf("bad cursor: %v", err)
		}
		chat := w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "fim", Phone: "5511987650000"}).ChatID
		newest, err := w.box.ChatMessages(ctx, account, chat, 0, 1)
		w.must(err)
		older, err := w.box.ChatMessages(ctx, account, chat, newest[0].ID, 5)
		w.must(err)
		if newest[0].View.Body != "fim" || len(older) != 1 || older[0].View.Body != "Oi 0" {
			w.t.Errorf("pages %+v and %+v", newest, older)
		}
		if got, err := w.box.Messages(ctx, sandbox.LedgerQuery{AccountID: account, PhoneNumberID: pnid, AfterSeq: 6, Limit: 1}); err != nil || len(got) != 1 || got[0].Seq != 7 {
			w.t.Errorf("ledger page %+v, %v", got, err)
		}
	})
}

func TestStartChat(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		u, err := w.box.CreateUser(ctx, sandbox.NewUser{AccountID: account, Phone: phone, Name: "Ana"})
		w.must(err)
		c, err := w.box.StartChat(ctx, account, pnid, u.ID)
		w.must(err)
		again, err := w.box.StartChat(ctx, account, pnid, u.ID)
		w.must(err)
		if c.ID == 0 || again.ID != c.ID || c.User.Name != "Ana" || c.WindowExpiresAt != 0 || !c.Delivery || !c.Receipts {
			w.t.Errorf("chats %+v, %+v", c, again)
		}
		if _, err := w.box.StartChat(ctx, account, pnid, 77); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("unknown user: %v", err)
		}
		for _, nu := range []sandbox.NewUser{{Phone: "12"}, {Phone: "5511987650002", Name: "a\x00"}, {Phone: "5511987650003", UserID: "5511"}} {
			nu.AccountID = account
			if _, err := w.box.CreateUser(ctx, nu); err == nil {
				w.t.Errorf("%+v is created", nu)
			}
		}
		if _, err := w.box.Age(ctx, account, c.ID, -time.Hour); desk.CodeOf(err) != desk.CodeOutOfRange {
			w.t.Errorf("a negative age: %v", err)
		}
		if _, err := w.box.Age(ctx, account, 77, time.Hour); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("age of nothing: %v", err)
		}
	})
}

func TestResetAndRemove(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		o := w.other()
		_, err := w.box.SendAsCustomer(ctx, sandbox.CustomerMessage{AccountID: 2, PhoneNumberID: o.PhoneNumberID, Phone: phone, Type: sandbox.TypeText, Body: "Oi"})
		w.must(err)
		w.seed(plainTemplate("oferta", "MARKETING"))
		w.does(sandbox.CustomerMessage{Type: sandbox.TypeImage, Media: &sandbox.CustomerMedia{Data: pngFile, MIME: "image/png"}})
		w.accepted(hello)
		w.faults(sandbox.Fault{Kind: sandbox.FaultRefuse})
		w.must(w.box.Reset(ctx, account))
		for _, table := range []string{"user", "chat", "message", "media", "media_chunk", "webhook"} {
			if n := w.count(table, account); n != 0 {
				w.t.Errorf("%d rows of sandbox_%s are left", n, table)
			}
		}
		if w.count("message", 2) != 1 || w.count("number", account) != 1 || names(w.list("")) != "oferta" {
			w.t.Error("the reset took more than it should")
		}
		w.says("Oi")
		w.accepted(hello)
		w.must(w.box.RemoveNumber(ctx, account, pnid))
		if w.count("message", account) != 0 || w.count("number", account) != 0 || w.count("number", 2) != 1 {
			w.t.Error("the number isn't gone alone")
		}
		if err := w.box.RemoveNumber(ctx, account, pnid); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("removed twice: %v", err)
		}
	})
}

func (w *world) count(table string, account desk.ID) (n int) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context()).QueryRow(`SELECT count(*) FROM sandbox_`+table+` WHERE account_id=$1`, account).Scan(&n))
	return n
}

func TestChangesAreAnnounced(t *testing.T) {
	each(t, func(w *world) {
		var mu sync.Mutex
		var seen []desk.ID
		w.box = sandbox.New(sandbox.Options{DB: w.db, Now: w.clock.Now, IDs: w.ids.Next, Changed: func(a, c desk.ID) {
			mu.Lock()
			defer mu.Unlock()
			if a == account {
				seen = append(seen, c)
			}
		}})
		w.graphOf(w.box)
		took := func() int {
			mu.Lock()
			defer mu.Unlock()
			n := len(seen)
			for _, c := range seen {
				if c != w.chat().ID {
					w.t.Errorf("chat %d changed", c)
				}
			}
			seen = nil
			return n
		}
		m := w.says("Oi")
		if took() == 0 {
			w.t.Error("a customer's message isn't announced")
		}
		w.accepted(hello)
		if took() == 0 {
			w.t.Error("an accepted message isn't announced")
		}
		w.ask(nil, "POST", pnid+"/messages", fmt.Sprintf(`{"messaging_product":"whatsapp","status":"read","message_id":%q}`, m.WAMID))
		if took() == 0 {
			w.t.Error("a read receipt isn't announced")
		}
		w.must(w.box.Read(w.t.Context(), account, m.ChatID))
		if took() == 0 {
			w.t.Error("reading isn't announced")
		}
	})
}

func TestConcurrentSendsKeepOneOrder(t *testing.T) {
	each(t, func(w *world) {
		w.limits(sandbox.Limits{PairBurst: -1, PerSecond: -1})
		w.says("Oi")
		var wg sync.WaitGroup
		var refused atomic.Int64
		for i := range 8 {
			wg.Go(func() {
				for j := range 10 {
					body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+551198765%04d","biz_opaque_callback_data":"%d.%d",%s}`, j, i, j, hello)
					r, err := w.call("POST", pnid+"/messages", "application/json", []byte(body))
					if err != nil || r.status != 200 {
						refused.Add(1)
					}
					if _, err := w.tries(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "Oi", Phone: fmt.Sprintf("551198765%04d", j)}); err != nil {
						refused.Add(1)
					}
				}
			})
		}
		wg.Wait()
		books, seen := w.ledger(), map[string]bool{}
		for i, m := range books {
			if m.Seq != int64(i+1) {
				w.t.Fatalf("place %d has number %d", i+1, m.Seq)
			}
			if m.Direction == desk.Out {
				seen[m.Correlation] = true
			}
		}
		if refused.Load() != 0 || len(books) != 161 || len(seen) != 80 {
			w.t.Errorf("%d refused, %d in the ledger, %d different", refused.Load(), len(books), len(seen))
		}
		if n := w.count("user", account); n != 10 {
			w.t.Errorf("%d users, want one per number", n)
		}
	})
}
