package jobs

import (
	"context"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// heedClock has jobs wait less when the clock was set back since the last look.
func (r *Runner) heedClock(c *desk.ClockSense) {
	back := c.Back(desk.TimeOf(r.now()), time.Now())
	if back == 0 {
		return
	}
	if err := r.setBack(r.work, back); err != nil {
		r.log.Error("jobs could not be told that the clock was set back", "by", back.String(), "err", err)
		r.lookSoon()
		return
	}
	c.Heeded()
}

// heedStart is heedClock for what happened while no process ran.
func (r *Runner) heedStart(ctx context.Context) error {
	newest, err := r.store.LargestEventID(r.store.DB.Read(ctx))
	if err != nil {
		return err
	}
	if back := desk.BackSince(newest, desk.TimeOf(r.now())); back > 0 {
		return r.setBack(ctx, back)
	}
	return nil
}

// setBack moves what waits: retries, and leases longer than one can be. What
// runs keeps its lease as long as it was to last. Periodic jobs have their hour,
// which schedulePeriodic sets.
func (r *Runner) setBack(ctx context.Context, back time.Duration) error {
	r.log.Warn("the clock was set back; waiting jobs wait that much less", "by", back.String())
	err := r.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		for _, name := range r.names {
			k := r.kinds[name]
			if err := r.store.SetLeasesBack(tx, name, back, k.lease()); err != nil {
				return err
			}
			if k.Next != nil {
				continue
			}
			if err := r.store.SetRetriesBack(tx, name, back); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.schedulePeriodic(ctx)
}
