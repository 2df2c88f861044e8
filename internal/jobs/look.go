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

// pause is how long the loop may sleep.
func (r *Runner) pause(lastLook time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.tick - r.now().Sub(lastLook)
	if r.next != 0 {
		d = min(d, r.next.Std().Sub(r.now()))
	}
	return max(d, time.Millisecond)
}

// look reads what is due of every kind: one statement.
func (r *Runner) look() {
	now := desk.TimeOf(r.now())
	times, err := r.store.NextJobs(r.store.DB.Read(r.work), r.names, now)
	if err != nil {
		r.log.Error("looking for jobs failed", "err", err)
		return
	}
	var expired []Kind
	r.mu.Lock()
	r.next = 0
	for _, t := range times {
		if t.Due != 0 && t.Due <= now {
			r.dirty[t.Kind] = true
		}
		if t.Next != 0 && (r.next == 0 || t.Next < r.next) {
			r.next = t.Next
		}
		if t.Lease != 0 && t.Lease < now {
			expired = append(expired, r.kinds[t.Kind])
		}
	}
	r.mu.Unlock()
	for _, k := range expired {
		if err := r.rescue(r.work, k, now); err != nil {
			r.log.Error("rescuing jobs failed", "kind", k.Name, "err", err)
		}
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
