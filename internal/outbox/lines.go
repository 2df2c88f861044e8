package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// tickEvery is how often a node looks for what no nudge told it of: the net
// under everything else. Where several nodes share a database, one may accept
// what another sends. A node that is alone looks at every aloneTurns-th tick.
const (
	tickEvery  = 5 * time.Second
	aloneTurns = 6
)

// lines are the connections this node sends for, one goroutine each.
type lines struct {
	mu      sync.Mutex
	open    map[store.Connected]*line
	running context.Context // nil until started and after the stop
	stop    context.CancelFunc
	wg      sync.WaitGroup
	owner   Owner
	again   chan struct{} // have the table looked at now
}

func newLines() *lines {
	return &lines{open: map[store.Connected]*line{}, again: make(chan struct{}, 1)}
}

// Owner tells which connections this process sends for.
type Owner interface {
	Owns(connection desk.ID) bool
	// Alone reports that no other process accepts messages either.
	Alone() bool
	// Inherited reports that whoever sent for the connection before is known
	// to be gone, whatever its leases say.
	Inherited(connection desk.ID) bool
}

// Sole is the owner of everything, where there is no other process.
type Sole struct{}

// Owns implements Owner.
func (Sole) Owns(desk.ID) bool { return true }

// Alone implements Owner.
func (Sole) Alone() bool { return true }

// Inherited implements Owner.
func (Sole) Inherited(desk.ID) bool { return true }

// Start sends what is pending on the owner's connections (decisions.md 13) and
// goes on until Stop.
func (o *Outbox) Start(ctx context.Context, owner Owner) error {
	l := o.lines
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running != nil {
		return errors.New("outbox: started twice")
	}
	l.owner = owner
	l.running, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.wg.Go(func() { o.tickLoop(l.running) })
	return nil
}

// Stop lets the provider calls under way finish, until ctx ends; what is cut
// off then is uncertain after the next start.
func (o *Outbox) Stop(ctx context.Context) error {
	l := o.lines
	l.mu.Lock()
	if l.running == nil {
		l.mu.Unlock()
		return nil
	}
	l.stop()
	l.mu.Unlock()
	done := make(chan struct{})
	go func() { l.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Nudge has a connection looked at now.
func (o *Outbox) Nudge(account, connection desk.ID) {
	l := o.lines
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running == nil || l.running.Err() != nil || !l.owner.Owns(connection) {
		return
	}
	key := store.Connected{AccountID: account, ConnectionID: connection}
	ln := l.open[key]
	if ln == nil {
		ln = &line{o: o, Connected: key, wake: make(chan struct{}, 1)}
		l.open[key] = ln
		l.wg.Go(func() { ln.run(l.running) })
	}
	ln.nudge()
}

// nudgeAfter nudges the message's connection once the transaction commits.
func (o *Outbox) nudgeAfter(tx *dbx.Tx, m *desk.Message) {
	nudge := func() { o.Nudge(m.AccountID, m.ConnectionID) }
	tx.AfterCommit(nudge)
	tx.InDoubt(nudge)
}

// LookAgain has the table looked at now: the owner's connections have changed,
// or whether it is alone.
func (o *Outbox) LookAgain() {
	select {
	case o.lines.again <- struct{}{}:
	default:
	}
}

// Watch has a connection looked at when it has changed. One that has become
// usable again sends at once what its failure held back. The directory hears of
// the change too, perhaps later: it must not answer from before.
func (o *Outbox) Watch(e desk.Event) {
	if e.Type != desk.EvConnectionState && e.Type != desk.EvConnectionUpdated {
		return
	}
	o.Directory.Forget(e.AccountID)
	if state, told := e.Data["state"]; told && desk.ConnectionState(fmt.Sprint(state)).Usable() {
		o.release(store.Connected{AccountID: e.AccountID, ConnectionID: e.EntityID})
	}
	o.Nudge(e.AccountID, e.EntityID)
}

// release ends the pause of a connection's line, if it has one here.
func (o *Outbox) release(c store.Connected) {
	o.lines.mu.Lock()
	l := o.lines.open[c]
	o.lines.mu.Unlock()
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pausedTo = time.Time{}
}

func (o *Outbox) tickLoop(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	var clock clockSense
	o.heedStart(ctx)
	for turn := 0; ; {
		o.heedClock(ctx, &clock)
		if looked := !o.lines.due(turn) || o.look(ctx); looked {
			turn++
		}
		select {
		case <-ctx.Done():
			return
		case <-o.lines.again:
			turn = 0
		case <-tick.C:
		}
	}
}

// due reports whether the table is looked at in this turn.
func (l *lines) due(turn int) bool { return turn%aloneTurns == 0 || !l.owner.Alone() }

// look nudges every connection with something on the way and ends what stood
// in line too long; false if it could not.
func (o *Outbox) look(ctx context.Context) bool {
	busy, late, err := o.Store.OnTheWay(o.Store.DB.Read(ctx), o.now())
	if err != nil {
		o.warn(ctx, "look for messages on the way", err)
		return false
	}
	for _, c := range busy {
		o.Nudge(c.AccountID, c.ConnectionID)
	}
	if !late {
		return true
	}
	if err := o.expire(ctx); err != nil {
		o.warn(ctx, "end what stood in line too long", err)
		return false
	}
	return true
}

// warn logs an error that the next tick may mend, unless we are stopping.
func (o *Outbox) warn(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		o.Log.Warn("outbox could not "+doing, "err", err)
	}
}

// line sends for one connection.
type line struct {
	store.Connected
	o       *Outbox
	wake    chan struct{}
	rescued bool // what a former process left has been settled; run's goroutine only

	mu       sync.Mutex
	flying   map[desk.ID]bool // their calls go on
	pacer    *pacer
	pausedTo time.Time
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
		next := l.round(ctx, &calls)
		timer.Reset(max(next, time.Millisecond))
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
	if err := l.rescue(ctx, adapter, open); err != nil {
		l.o.warn(ctx, "rescue abandoned messages", err)
		return tickEvery
	}
	messages, again, err := l.claim(ctx)
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
	if len(messages) > 0 || again > 0 {
		return again
	}
	return l.untilNext(ctx)
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
// is when a head that was held back may go; 0 if none was.
func (l *line) claim(ctx context.Context) (messages []desk.Message, again time.Duration, err error) {
	free := l.free()
	if free == 0 {
		return nil, idle, nil // a finished call nudges
	}
	if again := l.resting(); again > 0 {
		return nil, again, nil
	}
	now := l.o.now()
	heads, err := l.o.Store.Heads(l.o.Store.DB.Read(ctx), l.AccountID, l.ConnectionID, now, 4*maxInFlight)
	if err != nil || len(heads) == 0 {
		return nil, 0, err
	}
	ids, again := l.admit(heads, free)
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
	return messages, again, nil
}

// resting is how long nothing may leave, whatever waits: it need not be looked
// for.
func (l *line) resting() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, l.pacer.rests.Sub(l.o.Now()))
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
	l.pacer.sweep(now)
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

func (l *line) free() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maxInFlight - len(l.flying)
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

func (l *line) flies(message desk.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flying[message]
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
	if l.pacer != nil {
		l.pacer.arrived(m.ChannelID, m.ID)
	}
}

// arrived tells the line of a message's connection, if it has one here.
func (o *Outbox) arrived(m *desk.Message) {
	o.lines.mu.Lock()
	l := o.lines.open[store.Connected{AccountID: m.AccountID, ConnectionID: m.ConnectionID}]
	o.lines.mu.Unlock()
	if l != nil {
		l.arrived(m)
	}
}

// untilNext is how long nothing becomes due.
func (l *line) untilNext(ctx context.Context) time.Duration {
	now := l.o.now()
	at, err := l.o.Store.NextSend(l.o.Store.DB.Read(ctx), l.AccountID, l.ConnectionID, now)
	if err != nil {
		l.o.warn(ctx, "find what is due next", err)
		return tickEvery
	}
	if at == 0 {
		return idle
	}
	return time.Duration(at-now) * time.Millisecond
}
