package inbound_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
}

// E-Ini, V1: the ticket waits in the connection's only queue, unread.
func TestFirstMessageOpensATicketInTheInitialQueue(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.1", "Olá")
		tk, m := w.ticket(), w.message("wamid.1")
		now := desk.TimeOf(w.clock.Now())
		if tk.Status != desk.Pending || tk.QueueID != w.queue || tk.Origin != desk.OriginInbound || tk.UserID != 0 ||
			tk.Unread != 1 || tk.FirstUnreadID != m.ID || tk.WaitingSince != now || tk.LastMessageID != m.ID || tk.Number != 1 {
			t.Errorf("ticket %+v", tk)
		}
		if m.TicketID != tk.ID || m.Body != "Olá" || m.Type != desk.TypeText || m.Direction != desk.In || m.Author != desk.AuthorContact ||
			m.Status != desk.StatusReceived || m.Pos != tk.LastPos || m.ChannelID != tk.ChannelID {
			t.Errorf("message %+v", m)
		}
		c, err := w.s.Contact(w.db.Read(t.Context()), w.account, tk.ContactID)
		if err != nil || c.Name != "Ana Lima" || c.Phone != ana {
			t.Errorf("contact %+v, %v", c, err)
		}
		if ch := w.channel(); ch.WindowExpiresAt != now.Add(24*time.Hour) || ch.LastInboundID != "wamid.1" {
			t.Errorf("channel %+v", ch)
		}
		member := desk.Viewer{AccountID: w.account, UserID: w.user, Role: desk.RoleUser, Queues: []desk.ID{w.queue}}
		stranger := desk.Viewer{AccountID: w.account, UserID: 99, Role: desk.RoleUser, Queues: []desk.ID{w.queue + 1}}
		if _, err := w.s.VisibleTicket(w.db.Read(t.Context()), &member, tk.ID); err != nil {
			t.Errorf("a member of the queue: %v", err)
		}
		if _, err := w.s.VisibleTicket(w.db.Read(t.Context()), &stranger, tk.ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("a member of another queue: %v", err)
		}
		var kinds []desk.EventType
		events, err := dbx.All(w.db.Read(t.Context()), func(r dbx.Scanner) (desk.EventType, error) {
			var k desk.EventType
			return k, r.Scan(&k)
		}, `SELECT type FROM event WHERE entity IN ('ticket', 'message', 'contact') ORDER BY id`)
		kinds = append(kinds, events...)
		if want := []desk.EventType{desk.EvContactCreated, desk.EvTicketCreated, desk.EvMessageReceived}; err != nil || !slices.Equal(kinds, want) {
			t.Errorf("events %v, %v", kinds, err)
		}
	})
}

// I1: the same provider id is one message, whether it comes alone, twice in a
// body, or by several deliveries at once.
func TestI1DuplicatesAreStoredOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		body := hook(number, list("messages", w.text(ana, "wamid.1", "Olá"), w.text(ana, "wamid.1", "Olá"), w.text(ana, "wamid.2", "Tudo bem?")))
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if code := w.post(body); code != http.StatusOK {
					t.Errorf("answered %d", code)
				}
			})
		}
		wg.Wait()
		if n := len(w.messages()); n != 2 {
			t.Errorf("%d messages, want 2", n)
		}
		if tk := w.ticket(); tk.Unread != 2 {
			t.Errorf("unread %d, want 2", tk.Unread)
		}
		w.wantReasons(store.RawUnprocessed)
		if n := w.count("raw_event"); n != 2 {
			t.Errorf("%d raw rows, want 2", n)
		}
	})
}

// I2: after closing, with no reopen window, the next message opens a new ticket.
func TestI2MessageAfterClosingOpensANewTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.1", "Olá")
		w.close(w.ticket().ID)
		w.clock.Advance(time.Second)
		w.write("wamid.2", "Voltei")
		list := w.tickets()
		if len(list) != 2 || list[0].Status != desk.Closed || list[1].Status != desk.Pending || list[1].UserID != 0 || list[1].QueueID != w.queue {
			t.Fatalf("tickets %+v", list)
		}
		if m := w.message("wamid.2"); m.TicketID != list[1].ID {
			t.Error("the message is in the old ticket")
		}
	})
}

// I3: within the reopen window the same ticket goes back to pending.
func TestI3MessageWithinTheReopenWindowResumes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.set(map[string]any{"reopen_window_minutes": 120})
		w.write("wamid.1", "Olá")
		w.close(w.ticket().ID)
		w.clock.Advance(time.Hour)
		w.write("wamid.2", "Esqueci uma coisa")
		tk := w.ticket()
		if tk.Status != desk.Pending || tk.UserID != 0 || tk.ClosedAt != 0 || tk.LastMessageID != w.message("wamid.2").ID {
			t.Errorf("ticket %+v", tk)
		}
		w.close(tk.ID)
		w.clock.Advance(121 * time.Minute)
		w.write("wamid.3", "De novo")
		if n := len(w.tickets()); n != 2 {
			t.Errorf("%d tickets, want 2: the window is over", n)
		}
	})
}

// I4 and M1: fifty first messages of one contact at the same instant make one
// contact and one ticket.
func TestI4M1FiftyParallelPostsMakeOneTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		for i := range 50 {
			from := ana
			if i%2 == 1 {
				from = anaShort // P2: the same number without the ninth digit
			}
			body := hook(number, list("messages", w.text(from, fmt.Sprint("wamid.", i), fmt.Sprint("mensagem ", i))))
			wg.Go(func() {
				if code := w.post(body); code != http.StatusOK {
					t.Errorf("answered %d", code)
				}
			})
		}
		wg.Wait()
		tk := w.ticket()
		if tk.Unread != 50 || w.count("contact") != 1 || w.count("message") != 50 || w.count("contact_channel") != 1 {
			t.Errorf("unread %d, %d contacts, %d messages, %d channels", tk.Unread, w.count("contact"), w.count("message"), w.count("contact_channel"))
		}
		seen := map[int64]bool{}
		for _, m := range w.messages() {
			if seen[m.Pos] {
				t.Fatalf("two messages at place %d", m.Pos)
			}
			seen[m.Pos] = true
		}
		if n := w.count("ticket_count WHERE n <> 0"); n != 1 {
			t.Errorf("%d counters", n)
		}
	})
}

// Order within a conversation is the provider's, also beside others.
func TestOrderWithinABodyIsKept(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var items []string
		for i := range 24 {
			from := fmt.Sprintf("55119876500%02d", i%3+1)
			items = append(items, w.text(from, fmt.Sprintf("wamid.%02d", i), fmt.Sprint(i)))
		}
		w.ok(hook(number, list("messages", items...)))
		if n := len(w.tickets()); n != 3 {
			t.Fatalf("%d tickets, want 3", n)
		}
		last := map[desk.ID]string{}
		for _, m := range w.messages() {
			if m.ProviderID < last[m.TicketID] {
				t.Errorf("%s stands behind %s", m.ProviderID, last[m.TicketID])
			}
			last[m.TicketID] = m.ProviderID
		}
	})
}

// The budget: a message into a live ticket is one commit and at most ten row
// statements, with a file and a quotation too.
func TestMessageIntoALiveTicketIsOneCommitAndTenStatements(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.0", "Olá")
		w.clock.Advance(time.Second)
		for name, item := range map[string]string{
			"text":              w.text(ana, "wamid.1", "Tudo bem?"),
			"image with quote":  w.item(ana, "wamid.2", "image", `"image":{"id":"9001","mime_type":"image/jpeg","sha256":"ab","caption":"foto"},"context":{"id":"wamid.0"}`),
			"button with quote": w.item(ana, "wamid.3", "button", `"button":{"payload":"x","text":"Sim"},"context":{"id":"wamid.0"}`),
		} {
			before := w.db.Stats()
			w.ok(hook(number, list("messages", item)))
			spent := w.db.Stats().Minus(before)
			if spent.Commits != 1 || spent.Calls != 1 || spent.Statements > 10 {
				t.Errorf("%s: %+v", name, spent)
			}
			t.Logf("%s: %d statements", name, spent.Statements)
		}
	})
}

// W2: what stood in line goes out in order, once, behind the answer.
func TestW2AnswerFlushesTheWaitingLineInOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		if err := w.out.Start(t.Context(), outbox.Sole{}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.out.Stop(t.Context()) })
		w.write("wamid.1", "Olá")
		v := w.by()
		v.UserID = w.user
		if _, err := w.desk.Accept(t.Context(), v, w.ticket().ID, 0); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(25 * time.Hour)
		for _, body := range []string{"primeira", "segunda"} {
			m, err := w.out.Compose(t.Context(), outbox.Request{Viewer: v}, w.ticket().ID, outbox.Draft{Type: desk.TypeText, Body: body, Queue: true})
			if err != nil || m.Status != desk.StatusWaiting {
				t.Fatalf("%+v, %v", m, err)
			}
		}
		// A redelivery of what was said long ago opens nothing (decisions.md 8).
		old := fmt.Sprintf(`{"from":%q,"id":"wamid.old","timestamp":"%d","type":"text","text":{"body":"antiga"}}`, ana, w.clock.Now().Add(-25*time.Hour).Unix())
		w.ok(hook(number, list("messages", old)))
		if tk := w.ticket(); tk.WaitingCount != 2 {
			t.Fatalf("a late redelivery flushed the line: %d wait", tk.WaitingCount)
		}
		w.clock.Advance(time.Second)
		body := hook(number, list("messages", w.text(ana, "wamid.2", "Sim")))
		w.ok(body)
		w.ok(body)
		w.wait("both to be sent", func() bool { return len(w.adapter.bodies()) == 2 })
		if got := w.adapter.bodies(); !slices.Equal(got, []string{"primeira", "segunda"}) {
			t.Errorf("sent %q", got)
		}
		var order []string
		for _, m := range w.messages()[1:] {
			order = append(order, m.Body)
		}
		if want := []string{"antiga", "Sim", "primeira", "segunda"}; !slices.Equal(order, want) {
			t.Errorf("timeline %q, want %q", order, want)
		}
		if tk := w.ticket(); tk.WaitingCount != 0 || tk.AwaitingContact {
			t.Errorf("ticket %+v", tk)
		}
	})
}

func TestQuotedMessageIsLinkedOrNamed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.1", "Quanto custa?")
		w.ok(hook(number, list("messages",
			w.item(ana, "wamid.2", "text", `"text":{"body":"isso"},"context":{"id":"wamid.1"}`),
			w.item(ana, "wamid.3", "text", `"text":{"body":"aquilo"},"context":{"id":"wamid.unknown"}`))))
		if m := w.message("wamid.2"); m.ReplyTo != w.message("wamid.1").ID || m.Content.QuotedID != "" {
			t.Errorf("%+v", m)
		}
		if m := w.message("wamid.3"); m.ReplyTo != 0 || m.Content.QuotedID != "wamid.unknown" {
			t.Errorf("%+v", m)
		}
	})
}

// Unsupported kinds are kept and shown as what they are; they are a message of
// the contact all the same.
func TestUnsupportedMessageOpensTheWindow(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.ok(hook(number, list("messages", w.item(ana, "wamid.1", "unsupported", `"errors":[{"code":131051,"title":"x"}],"unsupported":{"type":"poll_creation"}`))))
		if m := w.message("wamid.1"); m.Type != desk.TypeUnsupported || m.Content.Unsupported != "poll_creation" {
			t.Errorf("%+v", m)
		}
		if ch := w.channel(); ch.WindowExpiresAt == 0 {
			t.Error("the window stayed closed")
		}
	})
}

// A contact may arrive without a phone (amendment 2).
func TestContactWithoutAPhone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		item := fmt.Sprintf(`{"from_user_id":"BR.123","id":"wamid.1","timestamp":"%d","type":"text","text":{"body":"oi"}}`, w.clock.Now().Unix())
		body := strings.Replace(hook(number, list("messages", item)), fmt.Sprintf(`"wa_id":%q`, ana), `"user_id":"BR.123"`, 1)
		w.ok(body)
		c, err := w.s.Contact(w.db.Read(t.Context()), w.account, w.ticket().ContactID)
		if err != nil || c.Phone != "" || c.Name != "Ana Lima" {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// E1: one contact who writes to two numbers has two tickets, and each message
// goes to the number it was sent to, whatever URL it came over.
func TestE1RoutingByNumberWithinOneApp(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const second, foreign = "100000000000002", "100000000000003"
		var same, other desk.ID
		w.do(func(tx *dbx.Tx) (err error) {
			if same, err = w.connect(tx, "Pós-venda", second, "outra", secret); err != nil {
				return err
			}
			other, err = w.connect(tx, "Outro app", foreign, "alheia", "other-secret")
			return err
		})
		w.dir.ForgetAll()
		w.ok(hook(number, list("messages", w.text(ana, "wamid.1", "um"))))
		w.ok(hook(second, list("messages", w.text(ana, "wamid.2", "dois")))) // over the first one's URL
		w.ok(hook(foreign, list("messages", w.text(ana, "wamid.3", "três"))))
		w.ok(hook("999", list("messages", w.text(ana, "wamid.4", "quatro"))))
		var on []desk.ID
		for _, tk := range w.tickets() {
			on = append(on, tk.ConnectionID)
		}
		if !slices.Equal(on, []desk.ID{w.connection, same}) {
			t.Errorf("tickets on %v, want %v and %v, never %v", on, w.connection, same, other)
		}
		w.wantReasons(store.RawUnprocessed, "unknown_number", "unknown_number")
	})
}

// E8, §4-48: an agent's own mobile opens no ticket unless it may.
func TestE8AgentsMobileOpensNoTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const bia = "5511955554444"
		w.ok(hook(number, list("messages", w.text(bia, "wamid.1", "teste"))))
		if len(w.tickets()) != 0 || w.count("contact") != 0 || w.count("message") != 0 {
			t.Error("a ticket was opened for an agent")
		}
		w.wantReasons(store.RawDone, "agent_phone")
		w.set(map[string]any{"agents_as_contacts": true})
		w.ok(hook(number, list("messages", w.text(bia, "wamid.2", "como cliente"))))
		if n := len(w.tickets()); n != 1 {
			t.Errorf("%d tickets, want 1", n)
		}
	})
}

// Amendment 8: what a blocked contact writes is kept apart, and can be replayed
// when the block was a mistake.
func TestBlockedContactsMessagesGoToQuarantine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.write("wamid.1", "Olá")
		w.block(true)
		w.write("wamid.2", "Olá?")
		if n := w.count("message"); n != 1 {
			t.Errorf("%d messages, want 1", n)
		}
		w.wantReasons(store.RawQuarantined, "contact_blocked")
		w.block(false)
		if _, err := w.recv.Replay(t.Context(), w.account, w.rawIn(store.RawQuarantined)[0], desk.System()); err != nil {
			t.Fatal(err)
		}
		if m := w.message("wamid.2"); m.TicketID != w.ticket().ID {
			t.Errorf("%+v", m)
		}
	})
}

func (w *world) block(blocked bool) {
	w.t.Helper()
	w.do(func(tx *dbx.Tx) error {
		_, err := tx.Exec(`UPDATE contact SET blocked = $2 WHERE account_id = $1`, w.account, blocked)
		return err
	})
}

// rawIn returns the ids of the elements in a state.
func (w *world) rawIn(state store.RawState) []desk.ID {
	w.t.Helper()
	ids, err := dbx.All(w.db.Read(w.t.Context()), func(r dbx.Scanner) (desk.ID, error) {
		var id desk.ID
		return id, r.Scan(&id)
	}, `SELECT id FROM raw_event WHERE state = $1 ORDER BY id`, state)
	if err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// Echoes are ours: they answer who waits and open nothing.
func TestEchoIsStoredAsOursAndOpensNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		echo := func(id, body string) string {
			return change("smb_message_echoes", fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"phone_number_id":%q,"display_phone_number":"551140000001"},
				"message_echoes":[{"from":"551140000001","to":%q,"id":%q,"timestamp":"%d","type":"text","text":{"body":%q}}]}`,
				number, ana, id, w.clock.Now().Unix(), body))
		}
		w.ok(echo("wamid.e1", "Oi, aqui é da loja"))
		if len(w.tickets()) != 0 {
			t.Fatal("an echo opened a ticket")
		}
		w.clock.Advance(time.Second)
		w.write("wamid.1", "Olá")
		tk := w.ticket()
		if m := w.message("wamid.e1"); m.TicketID != tk.ID || m.Direction != desk.Out || m.Author != desk.AuthorPhone || m.Status != desk.StatusSent {
			t.Errorf("echo %+v: the contact's next ticket adopts it", m)
		}
		if ch := w.channel(); ch.LastInboundID != "wamid.1" {
			t.Errorf("channel %+v", ch)
		}
		w.clock.Advance(time.Second)
		w.ok(echo("wamid.e2", "Já respondi"))
		after := w.ticket()
		if after.WaitingSince != 0 || after.Unread != 1 || after.LastMessageID != w.message("wamid.e2").ID {
			t.Errorf("ticket %+v", after)
		}
	})
}
