package faults_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"
)

// How PostgreSQL is stopped: in order, or as a crash.
const (
	orderly = syscall.SIGINT
	quickly = syscall.SIGQUIT
)

// event is one fault of a run's schedule. Everything about it is drawn before
// the run, so that a seed is a schedule.
type event struct {
	at, lasts time.Duration
	kind      string
	number    int // which line of the company, or which person
	share     float64
	slow      time.Duration
	choice    int
}

func (e event) String() string {
	return fmt.Sprintf("%5.1fs %-12s for %4.1fs number %d share %.2f slow %s", e.at.Seconds(), e.kind, e.lasts.Seconds(), e.number, e.share,
		e.slow.Round(time.Millisecond))
}

// blows are the faults of program and database: one at a time. The others
// overlap as they like.
func blows(s storage) []string {
	list := []string{"kill", "restart", "lock", "kill"}
	if s.volume() != nil {
		list = append(list, "full")
	}
	if s.cluster() != nil {
		list = append(list, "database")
	}
	return list
}

var troubles = []string{"meta slow", "meta refuse", "meta throttle", "meta down", "meta drop", "meta gateway", "meta late",
	"hooks mix", "hooks twice", "hooks delay", "files slow", "files down", "files cut", "token", "stall", "move"}

// schedule draws the faults of a run of a length. Kinds are dealt like cards,
// so that none is missing until all were there.
// In a run of more than a minute one fault in six lasts eight times as long.
func schedule(random *rand.Rand, length time.Duration, heavy []string) []event {
	end := length - 2*time.Second
	lasts := func(from, to int) time.Duration {
		d := within(random, from, to)
		if random.IntN(6) == 0 && length > time.Minute {
			d *= 8
		}
		return d
	}
	var all []event
	deal := dealer(random, heavy)
	for at := within(random, 1500, 2500); len(heavy) > 0 && at < end; {
		e := event{at: at, kind: deal(), lasts: lasts(200, 2000), choice: random.IntN(100)}
		all = append(all, e)
		at += e.lasts + within(random, 1500, 3500)
	}
	deal = dealer(random, troubles)
	for at := within(random, 300, 900); at < end; at += within(random, 500, 1500) {
		all = append(all, event{at: at, kind: deal(), lasts: lasts(600, 2600), number: random.IntN(60), share: 0.15 + 0.5*random.Float64(),
			slow: within(random, 50, 1500), choice: random.IntN(100)})
	}
	slices.SortStableFunc(all, func(a, b event) int { return int(a.at - b.at) })
	return all
}

// dealer deals a shuffled deck, again and again.
func dealer(random *rand.Rand, deck []string) func() string {
	var left []string
	return func() string {
		if len(left) == 0 {
			left = slices.Clone(deck)
			random.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		}
		card := left[0]
		left = left[1:]
		return card
	}
}

func within(random *rand.Rand, from, to int) time.Duration {
	return time.Duration(from+random.IntN(to-from)) * time.Millisecond
}

// storm plays a schedule. It returns when all is over.
func (r *run) storm(events []event) {
	began := time.Now()
	heavy, done := make(chan event, len(events)), make(chan struct{})
	go func() {
		defer close(done)
		for e := range heavy {
			if r.ctx.Err() == nil {
				r.strike(e)
			}
		}
	}()
	for _, e := range events {
		r.pause(e.at - time.Since(began))
		if r.ctx.Err() != nil {
			break
		}
		if slices.Contains(troubles, e.kind) {
			r.trouble(e)
		} else {
			heavy <- e
		}
	}
	close(heavy)
	<-done
}

// strike does something to the program or its database, and mends it.
func (r *run) strike(e event) {
	r.t.Logf("fault: %s", e)
	var err error
	switch e.kind {
	case "kill":
		if err = r.desk.kill(); err == nil {
			err = r.desk.start(r.ctx)
		}
	case "restart":
		if err = r.desk.stop(); err == nil {
			err = r.desk.start(r.ctx)
		}
	case "lock":
		err = r.store.lock(r.ctx, e.lasts)
	case "full":
		err = r.fullDisk(e)
	case "database":
		err = r.databaseAway(e)
	default:
		err = r.special(e)
	}
	if err != nil && r.ctx.Err() == nil {
		r.wrong("fault %s: %v", e.kind, err)
	}
}

// special is for faults of one kind of run only.
func (r *run) special(e event) error {
	c, ok := r.desk.(interface{ step(event) })
	if !ok {
		return fmt.Errorf("unknown fault %q", e.kind)
	}
	c.step(e)
	return nil
}

func (r *run) fullDisk(e event) error {
	if err := r.store.volume().fill(int64(e.choice) << 12); err != nil {
		return err
	}
	r.pause(e.lasts)
	if err := r.store.volume().free(); err != nil {
		return err
	}
	if c := r.store.cluster(); c != nil { // it may have given up
		if err := c.start(r.ctx); err != nil {
			return err
		}
	}
	return r.desk.start(r.ctx) // so may the program
}

func (r *run) databaseAway(e event) error {
	how := orderly
	if e.choice < 50 {
		how = quickly
	}
	c := r.store.cluster()
	if err := c.stop(how); err != nil {
		return err
	}
	r.pause(e.lasts)
	return c.start(r.ctx)
}

// trouble is bad weather at the provider or in a browser. It passes by itself.
func (r *run) trouble(e event) {
	number := r.numbers[e.number%len(r.numbers)]
	later := func(do func()) {
		time.AfterFunc(e.lasts, func() {
			if r.ctx.Err() == nil {
				do()
			}
		})
	}
	switch kind := e.kind; {
	case kind == "stall":
		v := r.people[e.number%len(r.people)].viewer
		v.mu.Lock()
		v.stalled = time.Now().Add(e.lasts)
		v.mu.Unlock()
	case kind == "move":
		r.moving.Go(func() { r.moves(r.people[e.number%len(r.people)], e.choice) })
	case kind == "token":
		r.meta.change(number, func(l *line) { l.token = "another" })
		later(func() { r.meta.change(number, func(l *line) { l.token = "token-" + number }); go r.check(number) })
	case kind[:5] == "hooks":
		r.post.weather(weather{kind[6:], e.share, e.slow})
		later(func() { r.post.weather(weather{}) })
	case kind[:5] == "files":
		r.meta.change(number, func(l *line) { l.files = weather{kind[6:], e.share, e.slow} })
		later(func() { r.meta.change(number, func(l *line) { l.files = weather{} }) })
	default:
		r.meta.change(number, func(l *line) { l.sending = weather{kind[5:], e.share, e.slow} })
		later(func() { r.meta.change(number, func(l *line) { l.sending = weather{} }) })
	}
}

// calm ends all bad weather.
func (r *run) calm(ctx context.Context) error {
	r.post.weather(weather{})
	for _, n := range r.numbers {
		r.meta.change(n, func(l *line) { l.sending, l.files, l.token = weather{}, weather{}, "token-"+n })
	}
	for _, p := range r.people {
		p.viewer.mu.Lock()
		p.viewer.stalled = time.Time{}
		p.viewer.mu.Unlock()
	}
	if v := r.store.volume(); v != nil {
		if err := v.free(); err != nil {
			return err
		}
	}
	if c := r.store.cluster(); c != nil {
		if err := c.start(ctx); err != nil {
			return err
		}
	}
	return r.desk.start(ctx)
}
