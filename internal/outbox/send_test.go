package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

var (
	windowClosed = &channel.Failure{Certain: true, Key: "window_closed", Code: "131047", WindowClosed: true}
	undelivered  = &channel.Failure{Certain: true, Key: "undeliverable", Code: "131026"}
	busy         = &channel.Failure{Certain: true, Retryable: true, Key: "provider_down", Code: "131016"}
	timeout      = &channel.Failure{Key: "timeout"}
)

// failing answers with the failures in turn and then accepts.
func failing(failures ...*channel.Failure) func(channel.Outgoing) error {
	n := 0
	return func(channel.Outgoing) error {
		n++
		if n <= len(failures) {
			return failures[n-1]
		}
		return nil
	}
}

func (w *world) start(name string) (Started, error) {
	return w.o.StartTicket(context.Background(), w.request(""), Start{ConnectionID: w.connection,
		Contact: &store.ContactNew{Phone: "11 98765-4321"}, Template: w.templateDraft(name).Template})
}

func TestB9AStartSendsItsTemplateWithTheTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		s, err := w.start("Beatriz")
		if err != nil {
			t.Fatal(err)
		}
		if s.Waiting || s.Message.Status != desk.StatusSent || s.Ticket.Status != desk.Open || !s.Ticket.AwaitingContact || s.Ticket.UserID != w.ana.UserID {
			t.Errorf("%+v %+v", s.Ticket, s.Message)
		}
		if got := join(w.p.bodies()); got != "Olá Beatriz! Tudo bem?" {
			t.Errorf("sent %q", got)
		}
	})
}

// The provider's report may be here before its answer to the call is.
func TestB9AStartIsAnsweredWhenTheReportIsFaster(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		w.p.answers(func(out channel.Outgoing) error {
			w.report(channel.Status{ProviderID: "wamid." + out.MessageID.String(), Correlation: out.MessageID.String(),
				Status: desk.StatusSent, At: desk.TimeOf(w.clock.Now())})
			return nil
		})
		began := time.Now()
		s, err := w.start("Beatriz")
		if err != nil || s.Waiting || s.Message.Status != desk.StatusSent {
			t.Errorf("%+v %v", s.Message, err)
		}
		if took := time.Since(began); took > startWait/2 {
			t.Errorf("the request waited %s although the message had been reported as sent", took)
		}
	})
}

// What follows a file waits for its arrival, and not for a report that came
// before the answer to the call.
func TestTextFollowsAFileWhoseReportWasFaster(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.p.pace = channel.Pace{AfterMedia: 10 * time.Second}
		w.begin()
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		w.p.answers(func(out channel.Outgoing) error {
			for _, status := range []desk.MessageStatus{desk.StatusSent, desk.StatusDelivered} {
				w.report(channel.Status{ProviderID: fmt.Sprintf("wamid.%d", out.MessageID), Correlation: out.MessageID.String(),
					Status: status, At: desk.TimeOf(w.clock.Now())})
			}
			return nil
		})
		file := desk.Media{AccountID: w.ana.AccountID, State: desk.MediaReady, Kind: desk.TypeImage, MIME: "image/jpeg", Size: 10, UploadedBy: w.ana.UserID}
		w.do(func(tx *dbx.Tx) error { return w.s.InsertMedia(tx, &file) })
		m, err := w.o.Compose(context.Background(), w.request(""), ticket.ID, Draft{Type: desk.TypeImage, MediaID: file.ID})
		if err != nil {
			t.Fatal(err)
		}
		w.becomes(m.ID, desk.StatusDelivered)
		w.becomes(w.mustSay(ticket, "e o texto").ID, desk.StatusDelivered)
	})
}

func TestB9ACertainRefusalLeavesNoTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		w.p.answers(failing(undelivered))
		r := w.request("key")
		in := Start{ConnectionID: w.connection, Contact: &store.ContactNew{Phone: "11 98765-4321"}, Template: w.templateDraft("Ana").Template}
		_, err := w.o.StartTicket(context.Background(), r, in)
		wantCode(t, err, desk.CodeProviderRefused)
		if got := reasonOf(err); got != "undeliverable" {
			t.Errorf("reason %v", got)
		}
		counters, err := w.s.Counters(w.read(), &w.ana)
		if err != nil || counters.Open != 0 {
			t.Errorf("counters %+v, %v", counters, err)
		}
		if w.count(desk.EvTicketStartRefused) != 1 {
			t.Error("no trace of the refusal")
		}
		s, err := w.o.StartTicket(context.Background(), r, in) // the key may be used again
		if err != nil || s.Ticket.Number != 2 {
			t.Errorf("second try: number %d, %v", s.Ticket.Number, err)
		}
	})
}

func TestB8ATemplateIsObligatoryUnlessTheWindowIsOpen(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		in := Start{ConnectionID: w.connection, Contact: &store.ContactNew{Phone: "11 98765-4321"}}
		_, err := w.o.StartTicket(context.Background(), w.request(""), in)
		wantCode(t, err, desk.CodeTemplateRequired)
		in.Template = &TemplateDraft{ID: w.template}
		_, err = w.o.StartTicket(context.Background(), w.request(""), in)
		wantCode(t, err, desk.CodeTemplateParameters)
		in.Template.ID = 77
		_, err = w.o.StartTicket(context.Background(), w.request(""), in)
		wantCode(t, err, desk.CodeUnknownReference)
	})
}

func TestB4ATemplateAloneShowsInTheNextTicket(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		m, err := w.o.SendTemplate(context.Background(), w.request("k"), Start{ConnectionID: w.connection,
			Contact: &store.ContactNew{Phone: "11 98765-4321"}, Template: w.templateDraft("Ana").Template})
		if err != nil || m.Status != desk.StatusSent || m.TicketID != 0 {
			t.Fatalf("%+v, %v", m, err)
		}
		ticket := w.open("11 98765-4321")
		if got := w.message(m.ID); got.TicketID != ticket.ID {
			t.Errorf("the message belongs to ticket %d, want %d", got.TicketID, ticket.ID)
		}
		_, err = w.o.SendTemplate(context.Background(), w.request(""), Start{ConnectionID: w.connection,
			ContactID: ticket.ContactID, Template: w.templateDraft("Ana").Template})
		wantCode(t, err, desk.CodeLiveTicket)
	})
}

func TestRetryableRefusalsAreTriedAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		w.p.answers(failing(busy))
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "oi")
		for w.message(m.ID).Attempts == 0 || w.message(m.ID).Status == desk.StatusSending {
			time.Sleep(time.Millisecond)
		}
		w.clock.Advance(2 * time.Second)
		w.o.Nudge(m.AccountID, m.ConnectionID)
		if got := w.becomes(m.ID, desk.StatusSent); got.Attempts != 2 || got.Error != nil {
			t.Errorf("%d attempts, error %+v", got.Attempts, got.Error)
		}
	})
}

func TestAnUncertainMessageIsNeverSentAgainByItself(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		w.p.answers(failing(timeout))
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "chegou?")
		next := w.mustSay(ticket, "próxima")
		w.becomes(m.ID, desk.StatusUncertain)
		if w.message(next.ID).Status != desk.StatusPending {
			t.Error("the next message overtook one whose fate is unknown")
		}
		_, err := w.o.Retry(context.Background(), w.request(""), m.ID, false)
		wantCode(t, err, desk.CodeNotRetryable) // a report may still settle it
		w.clock.Advance(31 * time.Second)
		w.o.Nudge(m.AccountID, m.ConnectionID)
		w.becomes(next.ID, desk.StatusSent)
		w.clock.Advance(2 * time.Minute)
		again, err := w.o.Retry(context.Background(), w.request(""), m.ID, false)
		if err != nil {
			t.Fatal(err)
		}
		w.becomes(again.ID, desk.StatusSent)
		if got := join(w.p.bodies()); got != "próxima chegou?" {
			t.Errorf("sent %q", got)
		}
	})
}

func TestAReportSettlesAnUncertainMessage(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		w.p.answers(failing(timeout))
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "chegou?")
		w.becomes(m.ID, desk.StatusUncertain)
		w.report(channel.Status{ProviderID: "wamid.X", Correlation: m.ID.String(), Status: desk.StatusDelivered, At: w.o.now()})
		if got := w.message(m.ID); got.Status != desk.StatusDelivered || got.ProviderID != "wamid.X" {
			t.Errorf("%+v", got)
		}
	})
}

// among is one of several processes: all connections are its own, left by one
// that may still be alive.
type among struct{ Sole }

func (among) Alone() bool            { return false }
func (among) Inherited(desk.ID) bool { return false }

func TestM2AnInterruptedSendBecomesUncertain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		killed := func(phone, body string) desk.Message { // a process claims it and is killed
			ticket := w.open(phone)
			w.hears(ticket)
			m := w.mustSay(ticket, body)
			w.do(func(tx *dbx.Tx) error {
				_, err := w.s.ClaimMessages(tx, m.AccountID, []desk.ID{m.ID}, w.o.now(), w.o.now().Add(w.o.lease()))
				return err
			})
			return m
		}
		m := killed("11 98765-4321", "no meio")
		w.beginAs(among{})
		other := w.open("11 91234-5678")
		w.hears(other)
		w.becomes(w.mustSay(other, "passa").ID, desk.StatusSent)
		if got := w.message(m.ID); got.Status != desk.StatusSending {
			t.Fatalf("its sender may still be alive: %s", got.Status)
		}
		w.clock.Advance(w.o.lease() + time.Second)
		w.o.Nudge(m.AccountID, m.ConnectionID)
		if got := w.becomes(m.ID, desk.StatusUncertain); got.Error.Code != "interrupted" {
			t.Errorf("%+v", got.Error)
		}
		w.end()

		m = killed("11 97777-4321", "de novo no meio")
		w.o = New(w.o.Options)
		w.begin()
		if got := w.becomes(m.ID, desk.StatusUncertain); got.Error.Code != "interrupted" {
			t.Errorf("%+v", got.Error)
		}
		if got := join(w.p.bodies()); got != "passa" {
			t.Errorf("sent %q", got)
		}
	})
}

// A claim whose commit fails sends nothing, so it must not take a slot: after
// 32 of them nothing would ever leave by the connection.
func TestAClaimThatFailsTakesNoSlot(t *testing.T) {
	w := newWorld(t, testkit.Postgres(t))
	ticket := w.open("11 98765-4321")
	w.hears(ticket)
	m := w.mustSay(ticket, "agora não")
	w.do(func(tx *dbx.Tx) error { // every commit of a claim is refused
		_, err := tx.Exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''full'' USING ERRCODE = ''53100''; END'`)
		if err == nil {
			_, err = tx.Exec(`CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON message DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW WHEN (NEW.status = 'sending') EXECUTE FUNCTION refuse()`)
		}
		return err
	})
	l := &line{Connected: store.Connected{AccountID: m.AccountID, ConnectionID: m.ConnectionID}, o: w.o, pacer: newPacer(channel.Pace{})}
	if claimed, _, err := l.claim(t.Context(), w.o.now()); len(claimed) != 0 || !dbx.IsTransient(err) {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
	if free, _, _ := l.room(); free != maxInFlight {
		t.Errorf("%d slots of %d are free", free, maxInFlight)
	}
}

// The provider has acted; that the database is away for longer than a moment
// must not make its answer unknown.
func TestAnOutcomeIsStoredHoweverOftenTheDatabaseRefuses(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.o.Pause = func(int) time.Duration { return 0 }
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "chegou?")
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.ClaimMessages(tx, m.AccountID, []desk.ID{m.ID}, w.o.now(), w.o.now().Add(w.o.lease()))
			return err
		})
		tries := 0
		w.o.settle(t.Context(), &m, func(tx *dbx.Tx) error {
			if tries++; tries < 50 {
				return &dbx.Error{Kind: dbx.Transient, Err: errors.New("away")}
			}
			return w.o.accepted(t.Context(), tx, &m, channel.Sent{ProviderID: "wamid.late"})
		})
		if got := w.becomes(m.ID, desk.StatusSent); got.ProviderID != "wamid.late" {
			t.Errorf("%+v", got)
		}
	})
}

func TestTheProvidersWordClosesTheWindow(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		w.p.answers(failing(windowClosed))
		patient, err := w.say(ticket, "posso esperar", true)
		if err != nil {
			t.Fatal(err)
		}
		w.becomes(patient.ID, desk.StatusWaiting)
		_, err = w.say(ticket, "não posso", false)
		wantCode(t, err, desk.CodeWindowClosed)
		w.hears(ticket)
		w.becomes(patient.ID, desk.StatusSent)
		impatient := w.mustSay(ticket, "agora")
		w.becomes(impatient.ID, desk.StatusSent)
		w.report(channel.Status{ProviderID: "wamid." + impatient.ID.String(), Status: desk.StatusFailed, At: w.o.now(), Failure: windowClosed})
		if got := w.message(impatient.ID); got.Status != desk.StatusFailed || got.Error.Code != "window_closed" {
			t.Errorf("%+v", got)
		}
	})
}

func TestReportsComeEarlyTwiceAndOutOfOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "oi")
		id := "wamid." + m.ID.String()
		price := &desk.Price{Category: "service", Billable: true, Type: "regular"}
		w.report(channel.Status{ProviderID: id, Status: desk.StatusRead, At: w.o.now(), Price: price}) // before the answer came
		w.begin()
		w.becomes(m.ID, desk.StatusRead)
		for _, s := range []desk.MessageStatus{desk.StatusDelivered, desk.StatusSent, desk.StatusFailed, desk.StatusRead} {
			w.report(channel.Status{ProviderID: id, Status: s, At: w.o.now(), Price: price, Failure: &channel.Failure{Certain: true, Key: "undeliverable"}})
		}
		if got := w.message(m.ID); got.Status != desk.StatusRead || got.DeliveredAt == 0 {
			t.Errorf("%+v", got)
		}
		got, err := w.s.Ticket(w.read(), ticket.AccountID, ticket.ID)
		if err != nil || got.BillableCount != 1 || got.CostMicros != 6800 || got.Currency != "USD" {
			t.Errorf("cost %d %s of %d messages, %v", got.CostMicros, got.Currency, got.BillableCount, err)
		}
	})
}

func TestAConnectionThatIsNotLetInKeepsItsLine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		w.p.answers(failing(&channel.Failure{Certain: true, AuthFailed: true, Key: "auth_failed", Code: "190"}))
		m := w.mustSay(ticket, "oi")
		for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			c, err := w.s.Connection(w.read(), m.AccountID, w.connection)
			if err != nil || time.Now().After(end) {
				t.Fatalf("state %s, %v", c.State, err)
			}
			if c.State == desk.AuthFailed {
				break
			}
		}
		w.becomes(m.ID, desk.StatusPending)
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.SetConnectionHealth(tx, m.AccountID, w.connection, desk.System(), store.ConnectionHealth{State: desk.Connected})
			return err
		})
		w.o.Directory.ForgetAll()
		w.o.Watch(desk.Event{AccountID: m.AccountID, Type: desk.EvConnectionState, EntityID: m.ConnectionID,
			Data: map[string]any{"state": desk.Connected}}) // no minute of silence once it is mended
		w.becomes(m.ID, desk.StatusSent)
	})
}

func TestReactionsTravelAndAreTakenBackWhenRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.begin()
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "oi")
		w.becomes(m.ID, desk.StatusSent)
		if _, err := w.o.React(context.Background(), &w.ana, m.ID, "👍"); err != nil {
			t.Fatal(err)
		}
		shown := func() int {
			views, err := w.s.MessageViews(w.read(), m.AccountID, []desk.ID{m.ID})
			if err != nil {
				t.Fatal(err)
			}
			return len(views[0].Reactions)
		}
		if shown() != 1 {
			t.Fatal("the reaction is not shown")
		}
		for end := time.Now().Add(5 * time.Second); len(w.p.bodies()) < 2; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the reaction did not leave")
			}
		}
		w.p.mu.Lock()
		if last := w.p.sent[1]; last.ReactTo != "wamid."+m.ID.String() || last.Content.Reaction.Emoji != "👍" {
			t.Errorf("sent %+v", last)
		}
		w.p.mu.Unlock()
		w.p.answers(failing(undelivered))
		if _, err := w.o.React(context.Background(), &w.ana, m.ID, "❤️"); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(5 * time.Second); shown() != 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("a refused reaction is still shown")
			}
		}
	})
}

// Whatever the provider does, every message it accepted was accepted once, in
// the order in which the conversation's messages were composed, except behind
// those whose fate is unknown.
func TestOrderPerConversationUnderFaults(t *testing.T) {
	db := testkit.SQLite(t)
	w := newWorld(t, db)
	w.begin()
	tickets := []desk.Ticket{w.open("11 98765-4321"), w.open("11 98765-4322"), w.open("11 98765-4323")}
	for _, ticket := range tickets {
		w.hears(ticket)
	}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		faults := rapid.SliceOfN(rapid.SampledFrom([]*channel.Failure{busy, undelivered, nil, nil}), 1, 12).Draw(rt, "faults")
		var mu sync.Mutex
		n := 0
		w.p.answers(func(channel.Outgoing) error {
			mu.Lock()
			defer mu.Unlock()
			n++
			if n <= len(faults) && faults[n-1] != nil {
				return faults[n-1]
			}
			return nil
		})
		var ids []desk.ID
		for i := range rapid.IntRange(1, 12).Draw(rt, "messages") {
			ids = append(ids, w.mustSay(tickets[i%len(tickets)], fmt.Sprintf("%d.%d", round, i)).ID)
		}
		w.drain(ids)
		w.checkOrder(rt)
	})
}

// drain lets time pass until every message has left or failed.
func (w *world) drain(ids []desk.ID) {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		waiting := 0
		for _, id := range ids {
			if s := w.message(id).Status; s == desk.StatusPending || s == desk.StatusSending {
				waiting++
			}
		}
		if waiting == 0 {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("%d messages did not leave", waiting)
		}
		w.clock.Advance(time.Second)
		w.hearsAll()
		w.o.Nudge(w.ana.AccountID, w.connection)
	}
}

// hearsAll keeps the windows open while the clock runs.
func (w *world) hearsAll() {
	w.t.Helper()
	w.do(func(tx *dbx.Tx) error {
		_, err := tx.Exec(`UPDATE contact_channel SET window_expires_at = $1`, w.o.now().Add(24*time.Hour))
		return err
	})
}

func (w *world) checkOrder(t *rapid.T) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	last, seen := map[string]desk.ID{}, map[desk.ID]bool{}
	for _, m := range w.p.sent {
		if seen[m.MessageID] {
			t.Fatalf("message %d was accepted twice", m.MessageID)
		}
		seen[m.MessageID] = true
		if m.MessageID < last[m.To.Phone] {
			t.Fatalf("message %d left after %d", m.MessageID, last[m.To.Phone])
		}
		last[m.To.Phone] = m.MessageID
	}
}
