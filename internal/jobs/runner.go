package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

const (
	// netTick is how often the table is looked at although nobody said that
	// there is work, because other nodes have some or leave some; aloneTick is
	// the same where there are none: the net under lost wake-ups.
	netTick   = 5 * time.Second
	aloneTick = 30 * time.Second
	// retryLook is how soon the table is looked at again when that failed.
	retryLook = time.Second
	// leaseMargin is how long after an attempt's time-out its lease ends.
	leaseMargin = 30 * time.Second
	// periodicKey makes a periodic job the only one of its kind.
	periodicKey = "periodic"
)

// Config is what a Runner needs.
type Config struct {
	Store *store.Store
	Now   func() time.Time
	Rand  io.Reader // for jitter
	Log   *slog.Logger
	// Alone reports that no other process works on the database now; nil is so
	// only on SQLite. Wake is to be called when it changes.
	Alone func() bool
	Tick  time.Duration // 0 means 5 s, and 30 s alone
}

// Runner claims and runs jobs. Kinds are registered before Start.
type Runner struct {
	store *store.Store
	now   func() time.Time
	rand  io.Reader
	log   *slog.Logger
	tick  time.Duration // 0: by alone
	sole  bool          // no other process can use this database
	alone func() bool

	kinds map[string]Kind
	names []string
	wrong error // of registration; reported by Start

	mu      sync.Mutex
	busy    map[string]int   // running here, by kind
	active  map[desk.ID]bool // running here
	dirty   map[string]bool  // kinds that may have due work
	next    desk.Time        // earliest known work of the future
	started bool

	poke    chan struct{}
	quit    chan struct{}
	once    sync.Once // closes quit
	ended   chan struct{}
	work    context.Context
	abandon context.CancelFunc
	running sync.WaitGroup
}

// New returns a Runner that is not started.
func New(c Config) *Runner {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	sole := c.Store.DB.Dialect() == dbx.SQLite
	if c.Alone == nil {
		c.Alone = func() bool { return sole }
	}
	return &Runner{
		store: c.Store, now: c.Now, rand: c.Rand, log: c.Log, tick: c.Tick, sole: sole, alone: c.Alone,
		kinds: map[string]Kind{}, busy: map[string]int{}, active: map[desk.ID]bool{}, dirty: map[string]bool{},
		poke: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
	}
}

// Handle registers a kind. What is wrong with it is reported by Start.
func (r *Runner) Handle(k Kind) {
	k, err := k.withDefaults()
	if _, twice := r.kinds[k.Name]; twice && err == nil {
		err = fmt.Errorf("jobs: kind %q registered twice", k.Name)
	}
	if r.started && err == nil {
		err = fmt.Errorf("jobs: kind %q registered after the start", k.Name)
	}
	if err != nil {
		r.wrong = errors.Join(r.wrong, err)
		r.log.Error("registering a kind of job failed", "err", err)
		return
	}
	r.kinds[k.Name] = k
	r.names = append(r.names, k.Name)
}

// Start begins to claim. On SQLite no other process can be running jobs, so
// what is marked as running was left by one that died and runs again at once;
// on PostgreSQL its lease must end first.
func (r *Runner) Start(ctx context.Context) error {
	if r.wrong != nil {
		return r.wrong
	}
	r.started = true
	r.work, r.abandon = context.WithCancel(dbx.Patient(context.WithoutCancel(ctx)))
	if err := r.prepare(ctx); err != nil {
		close(r.ended) // Stop has nothing to wait for
		return err
	}
	go r.loop()
	return nil
}

func (r *Runner) prepare(ctx context.Context) error {
	if err := r.heedStart(ctx); err != nil {
		return err
	}
	if err := r.schedulePeriodic(ctx); err != nil || !r.sole {
		return err
	}
	for _, name := range r.names {
		if _, err := r.rescue(ctx, r.kinds[name], never); err != nil {
			return err
		}
	}
	return nil
}

// Stop claims nothing more and waits for what runs. When ctx ends first the
// attempts are told to stop, and given back without being counted.
func (r *Runner) Stop(ctx context.Context) error {
	if r.work == nil {
		return nil
	}
	r.once.Do(func() { close(r.quit) })
	<-r.ended
	defer r.abandon()
	idle := make(chan struct{})
	go func() { r.running.Wait(); close(idle) }()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	r.abandon()
	select {
	case <-idle:
		return nil
	case <-time.After(time.Second): // the lease will end
		return ctx.Err()
	}
}

// Wake has the table looked at now, as after a change of an injected clock, or
// of whether we are alone.
func (r *Runner) Wake() {
	r.mu.Lock()
	r.soonest(desk.TimeOf(r.now()))
	r.mu.Unlock()
	r.signal()
}

// nudge says that there is work of a kind at some time.
func (r *Runner) nudge(kind string, at desk.Time) {
	r.mu.Lock()
	if at <= desk.TimeOf(r.now()) {
		r.dirty[kind] = true
	} else {
		r.soonest(at)
	}
	r.mu.Unlock()
	r.signal()
}

func (r *Runner) signal() {
	select {
	case r.poke <- struct{}{}:
	default:
	}
}

func (r *Runner) loop() {
	defer close(r.ended)
	lastLook, clock := time.Time{}, desk.ClockSense{}
	for {
		if since := r.now().Sub(lastLook); since < 0 || since >= r.every() || r.timeCame() {
			lastLook = r.now()
			r.heedClock(&clock)
			r.look()
		}
		r.fill()
		timer := time.NewTimer(r.pause(lastLook))
		select {
		case <-r.poke:
		case <-timer.C:
		case <-r.quit:
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// takeDirty returns the kinds to look at and how many more of each may run.
func (r *Runner) takeDirty() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	free := map[string]int{}
	for kind := range r.dirty {
		if n := r.kinds[kind].Concurrency - r.busy[kind]; n > 0 {
			free[kind] = n
			delete(r.dirty, kind)
		}
	}
	return free
}

// fill claims and starts what may run now.
func (r *Runner) fill() {
	for kind, n := range r.takeDirty() {
		if err := r.claim(r.kinds[kind], n); err != nil {
			r.log.Error("claiming jobs failed", "kind", kind, "err", err)
			r.lookSoon()
		}
	}
}

func (r *Runner) claim(k Kind, n int) error {
	now := desk.TimeOf(r.now())
	ids, err := r.store.DueJobs(r.store.DB.Read(r.work), k.Name, k.Strict, now, n)
	if err != nil || len(ids) == 0 {
		return err
	}
	var claimed []store.Job
	err = r.store.DB.Do(r.work, func(tx *dbx.Tx) (err error) {
		claimed, err = r.store.ClaimJobs(tx, ids, k.Strict, now, now.Add(k.lease()))
		return err
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.busy[k.Name] += len(claimed)
	for _, j := range claimed {
		r.active[j.ID] = true
	}
	if len(ids) == n {
		r.dirty[k.Name] = true // there may be more, once one of these ends
	}
	r.mu.Unlock()
	for _, j := range claimed {
		r.running.Add(1)
		go r.run(k, j)
	}
	return nil
}
