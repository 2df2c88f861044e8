package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

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
	l.running, l.stop = context.WithCancel(dbx.Patient(context.WithoutCancel(ctx)))
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
	nudge := func() {
		if l := o.lineOf(m); l == nil || l.heeds(m) {
			o.Nudge(m.AccountID, m.ConnectionID)
		}
	}
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
	var clock desk.ClockSense
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

// lineOf is that of a message's connection, nil if it has none here.
func (o *Outbox) lineOf(m *desk.Message) *line {
	o.lines.mu.Lock()
	defer o.lines.mu.Unlock()
	return o.lines.open[store.Connected{AccountID: m.AccountID, ConnectionID: m.ConnectionID}]
}

// arrived tells the line of a message's connection.
func (o *Outbox) arrived(m *desk.Message) {
	if l := o.lineOf(m); l != nil {
		l.arrived(m)
	}
}
