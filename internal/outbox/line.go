package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// line sends for one connection.
type line struct {
	store.Connected
	o       *Outbox
	wake    chan struct{}
	rescued bool      // what a former process left has been settled; run's goroutine only
	looked  time.Time // for what was left since; run's goroutine only
	walk    walk      // where looking for heads goes on; run's goroutine only

	mu       sync.Mutex
	flying   map[desk.ID]bool // their calls go on
	pacer    *pacer
	pausedTo time.Time
	next     time.Time // when it looks by itself; zero while it looks
}

// walk is a way through more conversations than one look goes to.
type walk struct {
	after desk.ID   // the last one met; 0 at the beginning
	held  time.Time // when the first of those held back on the way may send
}

// goOn notes how far a look went, and says when to look again: at once until all
// have been met, and then when the first of those held back may send.
func (w *walk) goOn(next desk.ID, now time.Time, again time.Duration) time.Duration {
	if again > 0 && (w.held.IsZero() || now.Add(again).Before(w.held)) {
		w.held = now.Add(again)
	}
	w.after = next
	if next != 0 {
		return time.Millisecond
	}
	if !w.held.IsZero() {
		again = max(w.held.Sub(now), time.Millisecond)
	}
	w.held = time.Time{}
	return again
}

func (l *line) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run looks whenever it is woken or something becomes due.
func (l *line) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var calls sync.WaitGroup
	defer calls.Wait()
	for {
		l.plan(time.Time{})
		next := max(l.round(ctx, &calls), time.Millisecond)
		l.plan(l.o.Now().Add(next))
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// maxInFlight bounds one connection's simultaneous provider calls.
const maxInFlight = 32

// idle is how long a line with nothing to do sleeps without being woken.
const idle = time.Hour

// round claims what may leave now, starts its sending, and says when to look
// again.
func (l *line) round(ctx context.Context, calls *sync.WaitGroup) time.Duration {
	if ctx.Err() != nil {
		return idle
	}
	row, open, err := l.o.Directory.Connection(ctx, l.AccountID, l.ConnectionID)
	if err != nil {
		l.o.warn(ctx, "read its connection", err)
		if dbx.IsTransient(err) {
			return tickEvery
		}
		return idle // a change of the connection nudges
	}
	adapter := l.o.Registry[row.Kind]
	if adapter == nil || !row.Active || !row.State.Usable() {
		return idle
	}
	l.setPace(adapter, open)
	now := l.o.now() // of the whole round: what is due a moment later is what untilNext finds
	unsought, err := l.rescue(ctx, adapter, open, now)
	if err != nil {
		l.o.warn(ctx, "rescue abandoned messages", err)
		return tickEvery
	}
	messages, again, err := l.claim(ctx, now)
	if err != nil {
		l.o.warn(ctx, "claim messages", err)
		return tickEvery
	}
	for _, m := range messages {
		calls.Go(func() {
			defer l.done(m.ID)
			l.o.send(context.WithoutCancel(ctx), l, adapter, open, m)
		})
	}
	if again == 0 {
		again = l.untilNext(ctx, now)
	}
	if unsought > 0 {
		return min(again, unsought)
	}
	return again
}

func (l *line) setPace(adapter channel.Adapter, open channel.Connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pacer != nil {
		return
	}
	var pace channel.Pace
	if p, ok := adapter.(channel.Pacer); ok {
		pace = p.Pace(open)
	}
	l.pacer = newPacer(pace)
}

// claim takes the heads that limits admit and commits them as sending. again
// is when to look for more: what was held back may go then; 0 if nothing was.
func (l *line) claim(ctx context.Context, now desk.Time) (messages []desk.Message, again time.Duration, err error) {
	free, worth, again := l.room()
	if worth == 0 {
		return nil, again, nil
	}
	heads, next, err := l.o.Store.Heads(l.o.Store.DB.Read(ctx), l.AccountID, l.ConnectionID, l.walk.after, now, worth)
	if err != nil {
		return nil, 0, err
	}
	ids, again := l.admit(heads, free)
	if again == 0 && len(heads) == worth {
		again = time.Millisecond // there may be more than were asked for
	}
	again = l.walk.goOn(next, l.o.Now(), again)
	if len(ids) == 0 {
		return nil, again, nil
	}
	err = l.o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		messages, err = l.o.Store.ClaimMessages(tx, l.AccountID, ids, now, now.Add(l.o.lease()))
		return err
	})
	if err != nil {
		return nil, again, err // none of them is ours, so none takes a slot that nobody would free
	}
	l.take(messages)
	if again == 0 && len(messages) > 0 && len(messages) < len(ids) {
		again = time.Millisecond // somebody had his hand on them
	}
	return messages, again, nil
}

// room tells how many slots are free, and how many heads are worth reading: as
// many as limits may admit now, and those that they hold back. Where it is none,
// whatever waits need not be looked for until again.
func (l *line) room() (free, worth int, again time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if free = maxInFlight - len(l.flying); free == 0 {
		return 0, 0, idle // a finished call nudges
	}
	now := l.o.Now()
	if l.pausedTo.After(now) {
		return free, 0, l.pausedTo.Sub(now)
	}
	l.pacer.sweep(now)
	may, at := l.pacer.room(now)
	if may == 0 {
		return free, 0, at.Sub(now)
	}
	return free, headsWorth(min(may, free) + l.pacer.blocked(now)), 0
}

// headsWorth rounds up to one of a few numbers: each is a statement of its own.
func headsWorth(n int) int {
	worth := 4
	for worth < n {
		worth *= 2
	}
	return worth
}

// admit asks the limits which heads may leave. People come before campaigns by
// the order in which they were composed; there are no campaigns yet.
func (l *line) admit(heads []store.Head, free int) (ids []desk.ID, again time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.o.Now()
	if l.pausedTo.After(now) {
		return nil, l.pausedTo.Sub(now)
	}
	for _, h := range heads {
		if len(ids) == free {
			return ids, time.Millisecond
		}
		ok, at := l.pacer.admit(h.ChannelID, now)
		if ok {
			ids = append(ids, h.ID)
			continue
		}
		if wait := at.Sub(now); again == 0 || wait < again {
			again = wait
		}
	}
	return ids, again
}

func (l *line) take(messages []desk.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flying == nil {
		l.flying = map[desk.ID]bool{}
	}
	for _, m := range messages {
		l.flying[m.ID] = true
	}
}

func (l *line) plan(next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = next
}

func (l *line) flies(message desk.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flying[message]
}

// heeds reports whether news of a message are a reason to look. They are not
// while its own call goes on, the end of which is, nor if its conversation may
// not send before the line looks by itself: with much in line for few, each
// further message would have all their heads looked at in vain.
func (l *line) heeds(m *desk.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flying[m.ID] {
		return false
	}
	return l.pacer == nil || l.next.IsZero() || l.pacer.until(m.ChannelID, l.o.Now()).Before(l.next)
}

// done frees a slot and looks for the conversation's next message.
func (l *line) done(message desk.ID) {
	l.mu.Lock()
	delete(l.flying, message)
	l.mu.Unlock()
	l.nudge()
}

// hold keeps one conversation back, or with 0 the whole connection.
func (l *line) hold(conversation desk.ID, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.o.Now().Add(d)
	if conversation != 0 {
		l.pacer.hold(conversation, until)
		return
	}
	if until.After(l.pausedTo) {
		l.pausedTo = until
	}
}

// left and arrived keep the order of a file and what follows it.
func (l *line) left(m *desk.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pacer.left(m.ChannelID, m.ID, l.o.Now())
}

func (l *line) arrived(m *desk.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pacer != nil && l.pacer.arrived(m.ChannelID, m.ID) {
		l.nudge()
	}
}

// untilNext is how long after a look nothing becomes due.
func (l *line) untilNext(ctx context.Context, now desk.Time) time.Duration {
	at, err := l.o.Store.NextSend(l.o.Store.DB.Read(ctx), l.AccountID, l.ConnectionID, now)
	if err != nil {
		l.o.warn(ctx, "find what is due next", err)
		return tickEvery
	}
	if at == 0 {
		return idle
	}
	return time.Duration(at-l.o.now()) * time.Millisecond
}
