package jobs

import (
	"context"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// timeCame reports whether work that lay in the future is due.
func (r *Runner) timeCame() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.next != 0 && r.next <= desk.TimeOf(r.now())
}

// every is how often the table is looked at unasked.
func (r *Runner) every() time.Duration {
	switch {
	case r.tick > 0:
		return r.tick
	case r.alone():
		return aloneTick
	}
	return netTick
}

// pause is how long the loop may sleep.
func (r *Runner) pause(lastLook time.Time) time.Duration {
	every := r.every()
	r.mu.Lock()
	defer r.mu.Unlock()
	d := every - r.now().Sub(lastLook)
	if r.next != 0 {
		d = min(d, r.next.Std().Sub(r.now()))
	}
	return max(d, time.Millisecond)
}

// look reads what is due of every kind: one statement. What is told while it
// reads may not be in the answer and stands beside it.
func (r *Runner) look() {
	r.mu.Lock()
	r.next = 0
	r.mu.Unlock()
	now := desk.TimeOf(r.now())
	times, err := r.store.NextJobs(r.store.DB.Read(r.work), r.names, now)
	if err != nil {
		r.log.Error("looking for jobs failed", "err", err)
		r.lookSoon()
		return
	}
	var expired []Kind
	r.mu.Lock()
	for _, t := range times {
		if t.Due != 0 && t.Due <= now {
			r.dirty[t.Kind] = true
		}
		r.soonest(t.Next)
		if t.Lease != 0 && t.Lease < now {
			expired = append(expired, r.kinds[t.Kind])
		} else if t.Lease != 0 {
			r.soonest(t.Lease + 1)
		}
	}
	r.mu.Unlock()
	for _, k := range expired {
		rescued, err := r.rescue(r.work, k, now)
		if err != nil {
			r.log.Error("rescuing jobs failed", "kind", k.Name, "err", err)
		}
		if rescued || err != nil {
			r.lookSoon() // the kind's next lease is not known yet
		}
	}
}

// lookSoon has the table looked at soon, after the database failed us.
func (r *Runner) lookSoon() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.soonest(desk.TimeOf(r.now()).Add(retryLook))
}

// soonest notes that something is due at a time, 0 for never; mu is held.
func (r *Runner) soonest(at desk.Time) {
	if at != 0 && (r.next == 0 || at < r.next) {
		r.next = at
	}
}

// schedulePeriodic makes sure that every periodic kind has its one job.
func (r *Runner) schedulePeriodic(ctx context.Context) error {
	return r.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		for _, name := range r.names {
			k := r.kinds[name]
			if k.Next == nil {
				continue
			}
			err := r.store.AddPeriodicJob(tx, store.Job{Kind: name, UniqueKey: periodicKey,
				RunAt: desk.TimeOf(k.Next(r.now())), Payload: "{}"})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
