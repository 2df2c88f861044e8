package outbox

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// waiting has one message of each of n conversations wait, oldest first.
func (w *world) waiting(n int) (list []desk.Message) {
	for i := range n {
		ticket := w.open(fmt.Sprintf("11 98765-43%02d", i))
		w.hears(ticket)
		list = append(list, w.mustSay(ticket, "olá"))
	}
	return list
}

// lineOf is a connection's line that nobody runs.
func (w *world) lineOf(pace channel.Pace) *line {
	key := store.Connected{AccountID: w.ana.AccountID, ConnectionID: w.connection}
	l := &line{Connected: key, o: w.o, pacer: newPacer(pace), rescued: true, wake: make(chan struct{}, 1)}
	w.o.lines.mu.Lock()
	defer w.o.lines.mu.Unlock()
	w.o.lines.open[key] = l
	return l
}

// A line that has sent all it may asks the database for nothing until it may
// send again, however much waits.
func TestAnExhaustedLineReadsNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		list := w.waiting(12)
		l := w.lineOf(channel.Pace{PerSecond: 10})
		first, again, err := l.claim(t.Context(), w.o.now())
		if err != nil || len(first) != 9 || first[0].ID != list[0].ID || again < rest {
			t.Fatalf("claimed %d, again in %v: %v", len(first), again, err)
		}
		before := w.s.DB.Stats()
		if more, again, err := l.claim(t.Context(), w.o.now()); err != nil || len(more) != 0 || again < rest {
			t.Fatalf("claimed %d more, again in %v: %v", len(more), again, err)
		}
		if spent := w.s.DB.Stats().Minus(before); spent.Statements != 0 {
			t.Errorf("asked the database: %+v", spent)
		}
		w.clock.Advance(again)
		if more, _, err := l.claim(t.Context(), w.o.now()); err != nil || len(more) == 0 || more[0].ID != list[9].ID {
			t.Errorf("claimed %v after its rest: %v", more, err)
		}
	})
}

// Conversations that are held back do not stand in the way of those behind
// them, though only as many are read as may leave.
func TestThoseHeldBackAreSteppedOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		list := w.waiting(12)
		l := w.lineOf(channel.Pace{PerSecond: 2})
		for _, m := range list[:10] {
			l.hold(m.ChannelID, time.Minute)
		}
		claimed, again, err := l.claim(t.Context(), w.o.now())
		if err != nil || len(claimed) != 1 || claimed[0].ID != list[10].ID || again < rest {
			t.Fatalf("claimed %v, again in %v: %v", claimed, again, err)
		}
	})
}

// A tick on what has left sets nothing free, and nobody looks for it.
func TestTicksDoNotWakeTheLine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.p.answers(failing(timeout))
		m := w.waiting(1)[0]
		w.begin()
		w.becomes(m.ID, desk.StatusUncertain)
		w.end()
		l := w.nudged(channel.Pace{})
		for _, c := range []struct {
			status desk.MessageStatus
			wakes  bool
		}{{desk.StatusSent, true}, {desk.StatusDelivered, false}, {desk.StatusRead, false}} {
			w.report(channel.Status{ProviderID: "wamid.X", Correlation: m.ID.String(), Status: c.status, At: w.o.now()})
			if woken := w.woken(l); woken != c.wakes {
				t.Errorf("%s: woken %v", c.status, woken)
			}
		}
	})
}

// nudged is a connection's line that nobody runs, and that nudges reach.
func (w *world) nudged(pace channel.Pace) *line {
	l := w.lineOf(pace)
	running, stop := context.WithCancel(w.t.Context())
	w.t.Cleanup(stop)
	w.o.lines.mu.Lock()
	defer w.o.lines.mu.Unlock()
	w.o.lines.running, w.o.lines.stop, w.o.lines.owner = running, stop, Sole{}
	return l
}

// woken tells whether a line was nudged since it was last asked.
func (w *world) woken(l *line) bool {
	w.s.DB.Settle()
	select {
	case <-l.wake:
		return true
	default:
		return false
	}
}

// One more message in a conversation that has sent all it may wakes nobody, if
// the line looks by itself when it may send again.
func TestMoreForAPacedConversationWakesNobody(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		paced, free := w.open("11 98765-4301"), w.open("11 98765-4302")
		w.hears(paced)
		w.hears(free)
		l := w.nudged(channel.Pace{PairEvery: time.Minute, PairBurst: 1})
		w.mustSay(paced, "um")
		claimed, _, err := l.claim(t.Context(), w.o.now())
		if err != nil || len(claimed) != 1 || !w.woken(l) {
			t.Fatal(claimed, err)
		}
		l.done(claimed[0].ID)
		w.woken(l)
		for _, c := range []struct {
			to    desk.Ticket
			looks time.Duration // by itself, from now; 0: it is looking
			wakes bool
		}{{paced, 0, true}, {paced, time.Hour, true}, {paced, time.Minute, false}, {paced, time.Second, false}, {free, time.Second, true}} {
			l.plan(time.Time{})
			if c.looks != 0 {
				l.plan(w.o.Now().Add(c.looks))
			}
			w.mustSay(c.to, "mais um")
			if woken := w.woken(l); woken != c.wakes {
				t.Errorf("looks in %v: woken %v", c.looks, woken)
			}
		}
	})
}

// Where there are more conversations than one look goes to, the next look comes
// at once, whatever this one met; and none that is held back is forgotten.
func TestAWalkGoesOnUntilAllWereMet(t *testing.T) {
	var w walk
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		next  desk.ID
		after time.Duration // since the one before
		again time.Duration // of those met now
		want  time.Duration
	}{
		{7, 0, 5 * time.Second, time.Millisecond},
		{9, time.Millisecond, 0, time.Millisecond},
		{12, time.Millisecond, 3 * time.Second, time.Millisecond},
		{0, time.Millisecond, 20 * time.Second, 3*time.Second - time.Millisecond},
		{0, time.Second, 0, 0},
		{0, time.Second, 4 * time.Second, 4 * time.Second},
		{3, time.Second, time.Second, time.Millisecond},
		{0, 2 * time.Second, 0, time.Millisecond},
	} {
		now = now.Add(c.after)
		if got := w.goOn(c.next, now, c.again); got != c.want || w.after != c.next {
			t.Errorf("look %d: again in %v from behind %d, want %v from behind %d", i, got, w.after, c.want, c.next)
		}
	}
}
