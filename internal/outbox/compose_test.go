package outbox

import (
	"context"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

func TestW1FreeTextIsRefusedOrWaitsWhileTheWindowIsClosed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		ticket := w.open("11 98765-4321")
		_, err := w.say(ticket, "oi", false)
		wantCode(t, err, desk.CodeWindowClosed)
		m, err := w.say(ticket, "oi", true)
		if err != nil || m.Status != desk.StatusWaiting {
			t.Fatalf("status %s, err %v", m.Status, err)
		}
		if days := (m.ExpiresAt - w.o.now()) / (24 * 3600 * 1000); days != 7 {
			t.Errorf("waits for %d days, want 7", days)
		}
		if got, _ := w.s.Ticket(w.read(), ticket.AccountID, ticket.ID); got.WaitingCount != 1 || got.WaitingSince != 0 {
			t.Errorf("ticket counts %d waiting", got.WaitingCount)
		}
		if len(w.p.bodies()) != 0 {
			t.Error("something left")
		}
	})
}

func TestW2TheLineGoesOutInOrderOnceWhenTheContactAnswers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		ticket := w.open("11 98765-4321")
		var last desk.ID
		for _, text := range []string{"um", "dois", "três"} {
			m, err := w.say(ticket, text, true)
			if err != nil {
				t.Fatal(err)
			}
			last = m.ID
		}
		w.hears(ticket)
		w.becomes(last, desk.StatusSent)
		w.hears(ticket)
		m := w.mustSay(ticket, "quatro")
		w.becomes(m.ID, desk.StatusSent)
		if got := join(w.p.bodies()); got != "um dois três quatro" {
			t.Errorf("sent %q", got)
		}
		if n := w.count(desk.EvMessageFlushed); n != 1 {
			t.Errorf("flushed %d times", n)
		}
	})
}

func TestW3TheWindowClosesAfter24Hours(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		w.mustSay(ticket, "dentro")
		w.clock.Advance(24*time.Hour + time.Minute)
		_, err := w.say(ticket, "fora", false)
		wantCode(t, err, desk.CodeWindowClosed)
		_, err = w.o.Compose(context.Background(), w.request(""), ticket.ID, w.templateDraft("Mariana"))
		if err != nil {
			t.Errorf("a template was refused: %v", err)
		}
		_, err = w.say(ticket, "ainda fora", false)
		wantCode(t, err, desk.CodeWindowClosed) // a template does not open it
	})
}

func (w *world) templateDraft(name string) Draft {
	return Draft{Type: desk.TypeTemplate, Template: &TemplateDraft{ID: w.template,
		Values: []desk.TemplateValue{{Component: "body", Name: "1", Text: name}}}}
}

func TestComposeIsIdempotent(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		draft := Draft{Type: desk.TypeText, Body: "uma vez"}
		first, err := w.o.Compose(context.Background(), w.request("k1"), ticket.ID, draft)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(48 * time.Hour) // the window has closed meanwhile
		again, err := w.o.Compose(context.Background(), w.request("k1"), ticket.ID, draft)
		if err != nil || again.ID != first.ID || again.ClientID != "k1" {
			t.Errorf("the repetition made %v (%v), want %v", again.ID, err, first.ID)
		}
		other := w.request("k1")
		other.Hash = "another body"
		_, err = w.o.Compose(context.Background(), other, ticket.ID, draft)
		wantCode(t, err, desk.CodeIdempotencyMismatch)
		if n := w.count(desk.EvMessageCreated); n != 1 {
			t.Errorf("%d messages were made", n)
		}
	})
}

func TestComposeTakesOneCommitAndTenStatements(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		r := w.request("k")
		draft := Draft{Type: desk.TypeText, Body: "quanto custa?"}
		c, err := w.o.prepare(context.Background(), w.read(), r, place{ticket.ConnectionID, ticket.ContactID, ticket.ChannelID}, draft)
		if err != nil {
			t.Fatal(err)
		}
		before := w.s.DB.Stats()
		if _, err := w.o.commit(context.Background(), r, &ticket, c); err != nil {
			t.Fatal(err)
		}
		spent := w.s.DB.Stats().Minus(before)
		if spent.Statements > 10 || spent.Commits != 1 {
			t.Errorf("%d statements in %d commits", spent.Statements, spent.Commits)
		}
	})
}

func TestWhoMayNotSeeTheTicketGets404(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ticket := w.open("11 98765-4321")
		stranger := desk.Viewer{AccountID: w.ana.AccountID, UserID: 999, Role: desk.RoleUser}
		r := Request{Viewer: &stranger}
		_, err := w.o.Compose(context.Background(), r, ticket.ID, Draft{Type: desk.TypeText, Body: "x", Queue: true})
		wantCode(t, err, desk.CodeNotFound)
		_, err = w.o.Line(context.Background(), &stranger, ticket.ID)
		wantCode(t, err, desk.CodeNotFound)
		wantCode(t, w.o.CancelLine(context.Background(), &stranger, ticket.ID), desk.CodeNotFound)
		m, _ := w.say(ticket, "em linha", true)
		_, err = w.o.EditWaiting(context.Background(), &stranger, m.ID, "y")
		wantCode(t, err, desk.CodeNotFound)
		_, err = w.o.Retry(context.Background(), r, m.ID, false)
		wantCode(t, err, desk.CodeNotFound)
		_, err = w.o.React(context.Background(), &stranger, m.ID, "👍")
		wantCode(t, err, desk.CodeNotFound)
	})
}

func TestTheLineIsEditedReorderedAndCanceled(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		ctx := context.Background()
		ticket := w.open("11 98765-4321")
		a, _ := w.say(ticket, "a", true)
		b, _ := w.say(ticket, "b", true)
		c, _ := w.say(ticket, "c", true)
		if _, err := w.o.EditWaiting(ctx, &w.ana, b.ID, "B"); err != nil {
			t.Fatal(err)
		}
		if err := w.o.CancelWaiting(ctx, &w.ana, c.ID); err != nil {
			t.Fatal(err)
		}
		wantCode(t, w.o.CancelWaiting(ctx, &w.ana, c.ID), desk.CodeAlreadyLeft)
		_, err := w.o.Reorder(ctx, &w.ana, ticket.ID, []desk.ID{a.ID})
		wantCode(t, err, desk.CodeInvalid)
		line, err := w.o.Reorder(ctx, &w.ana, ticket.ID, []desk.ID{b.ID, a.ID})
		if err != nil || len(line) != 2 || line[0].ID != b.ID {
			t.Fatalf("line %v, err %v", line, err)
		}
		w.hears(ticket)
		w.becomes(a.ID, desk.StatusSent)
		if got := join(w.p.bodies()); got != "B a" {
			t.Errorf("sent %q", got)
		}
		_, err = w.o.EditWaiting(ctx, &w.ana, a.ID, "tarde")
		wantCode(t, err, desk.CodeAlreadyLeft)
	})
}

func TestWaitingMessagesExpire(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ticket := w.open("11 98765-4321")
		m, _ := w.say(ticket, "até quando?", true)
		w.clock.Advance(7*24*time.Hour + time.Second)
		if err := w.o.expire(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.becomes(m.ID, desk.StatusExpired)
		if got, _ := w.s.Ticket(w.read(), ticket.AccountID, ticket.ID); got.WaitingCount != 0 {
			t.Errorf("ticket still counts %d waiting", got.WaitingCount)
		}
		again, err := w.o.Retry(context.Background(), w.request(""), m.ID, true)
		if err != nil || again.RetryOf != m.ID || again.Status != desk.StatusWaiting {
			t.Errorf("retry: %+v, %v", again, err)
		}
		_, err = w.o.Retry(context.Background(), w.request(""), m.ID, true)
		wantCode(t, err, desk.CodeNotRetryable)
	})
}

func TestAStartWithTheFormFollowsItsRules(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		types, err := w.s.TicketTypes(w.read(), w.ana.AccountID, true, store.List{})
		if err != nil {
			t.Fatal(err)
		}
		form := func(change func(*Start)) Start {
			s := Start{Form: true, Kind: kind, ConnectionID: w.connection, TypeID: types.Items[0].ID,
				Contact: &store.ContactNew{Name: "Rafael Moura", Phone: "47 98830-1192"}}
			change(&s)
			return s
		}
		for _, tc := range []struct {
			name   string
			change func(*Start)
			code   desk.Code
		}{
			{"A-1 no phone", func(s *Start) { s.Contact.Phone = "" }, desk.CodeRequired},
			{"A3 no name", func(s *Start) { s.Contact.Name = "" }, desk.CodeRequired},
			{"P3 bad phone", func(s *Start) { s.Contact.Phone = "987654321" }, desk.CodeInvalidPhone},
			{"A2 another kind", func(s *Start) { s.Kind = desk.SMS }, desk.CodeUnsupportedKind},
			{"A7 no type", func(s *Start) { s.TypeID = 0 }, desk.CodeTypeRequired},
			{"A8 unknown connection", func(s *Start) { s.ConnectionID = 1 }, desk.CodeUnknownReference},
			{"B6 a queue not hers", func(s *Start) { s.QueueID = 1 }, desk.CodeNotAMember},
		} {
			t.Run(tc.name, func(t *testing.T) {
				_, err := w.o.StartTicket(context.Background(), w.request(""), form(tc.change))
				wantCode(t, err, tc.code)
				if n := w.count(desk.EvContactCreated) + w.count(desk.EvTicketCreated); n != 0 {
					t.Errorf("%d rows were written", n)
				}
			})
		}
		t.Run("A-4 a record of something done", func(t *testing.T) {
			s, err := w.o.StartTicket(context.Background(), w.request(""), form(func(s *Start) { s.Status = desk.Closed }))
			if err != nil || s.Ticket.Status != desk.Closed || !s.Ticket.RecordOnly || s.Ticket.ClosedAt != s.Ticket.CreatedAt || s.Ticket.Origin != desk.OriginActive {
				t.Errorf("%+v, %v", s.Ticket, err)
			}
		})
		t.Run("A6 pending has no agent", func(t *testing.T) {
			s, err := w.o.StartTicket(context.Background(), w.request(""), form(func(s *Start) { s.Status = desk.Pending }))
			if err != nil || s.Ticket.Status != desk.Pending || s.Ticket.UserID != 0 || s.Ticket.QueueID != w.queue {
				t.Errorf("%+v, %v", s.Ticket, err)
			}
		})
		t.Run("A-6 a second live ticket", func(t *testing.T) {
			_, err := w.o.StartTicket(context.Background(), w.request(""), form(func(*Start) {}))
			wantCode(t, err, desk.CodeLiveTicket)
		})
	})
}

func TestB5AnUnusableConnectionIsRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.SetConnectionHealth(tx, w.ana.AccountID, w.connection, desk.System(), store.ConnectionHealth{State: desk.AuthFailed, Reason: "auth_failed"})
			return err
		})
		w.o.Directory.ForgetAll()
		_, err := w.o.StartTicket(context.Background(), w.request(""), Start{ConnectionID: w.connection, Contact: &store.ContactNew{Phone: "11 98765-4321"}})
		wantCode(t, err, desk.CodeConnectionUnavailable)
	})
}
