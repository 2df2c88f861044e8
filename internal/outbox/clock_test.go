package outbox

import (
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// dueOtherThan waits until a message is due at another time, and returns it.
func (w *world) dueOtherThan(id desk.ID, at desk.Time) desk.Time {
	w.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if due := w.message(id).RunAt; due != at {
			return due
		}
		if time.Now().After(end) {
			w.t.Fatalf("the message is still due at %d", at)
		}
	}
}

// A message that waits for its next attempt, and one behind another of unknown
// fate, wait no longer because the clock was set back an hour; what a killed
// process was sending becomes uncertain in time.
func TestNothingWaitsLongerWhenTheClockIsSetBack(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		refused, doubtful, killed := w.open("11 98765-4321"), w.open("11 98765-4322"), w.open("11 98765-4323")
		for _, ticket := range []desk.Ticket{refused, doubtful, killed} {
			w.hears(ticket)
		}
		w.p.answers(failing(busy))
		w.begin()
		again := w.mustSay(refused, "de novo")
		due := w.dueOtherThan(again.ID, 0)
		w.p.answers(failing(timeout))
		w.becomes(w.mustSay(doubtful, "chegou?").ID, desk.StatusUncertain)
		behind := w.mustSay(doubtful, "depois")
		w.end()
		lost := w.mustSay(killed, "no meio")
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.ClaimMessages(tx, lost.AccountID, []desk.ID{lost.ID}, w.o.now(), w.o.now().Add(w.o.lease()))
			return err
		})
		w.clock.Set(w.clock.Now().Add(-time.Hour))
		w.o = New(w.o.Options)
		w.begin()
		w.dueOtherThan(again.ID, due)
		w.clock.Advance(2 * w.o.lease())
		w.o.Nudge(again.AccountID, w.connection)
		w.becomes(again.ID, desk.StatusSent)
		w.becomes(behind.ID, desk.StatusSent)
		w.becomes(lost.ID, desk.StatusUncertain)
	})
}

// A clock that is set ahead ends the leases of calls that go on. Their messages
// are not abandoned.
func TestACallUnderWayIsNotAbandonedWhenTheClockIsSetAhead(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ticket := w.open("11 98765-4321")
		w.hears(ticket)
		m := w.mustSay(ticket, "devagar")
		l := &line{Connected: store.Connected{AccountID: m.AccountID, ConnectionID: m.ConnectionID}, o: w.o, pacer: newPacer(channel.Pace{}), rescued: true}
		if claimed, _, err := l.claim(t.Context(), w.o.now()); err != nil || len(claimed) != 1 {
			t.Fatalf("claimed %v, %v", claimed, err)
		}
		w.clock.Advance(time.Hour)
		if _, err := l.rescue(t.Context(), w.p, channel.Connection{}, w.o.now()); err != nil {
			t.Fatal(err)
		}
		if got := w.becomes(m.ID, desk.StatusSending); got.Error != nil {
			t.Errorf("%+v", got.Error)
		}
		l.done(m.ID)
		w.clock.Advance(rescueEvery)
		if _, err := l.rescue(t.Context(), w.p, channel.Connection{}, w.o.now()); err != nil {
			t.Fatal(err)
		}
		w.becomes(m.ID, desk.StatusUncertain)
	})
}
