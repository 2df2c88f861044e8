package outbox

import (
	"context"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// clockSlack is how far a clock may be behind without anybody having set it.
const clockSlack = 2 * time.Second

// clockSense notices that the clock was set back: messages that wait for a
// time would wait that much longer. It belongs to the tick's goroutine.
type clockSense struct {
	wall desk.Time
	mono time.Time // the process's own sense of time, which nobody sets
}

// back is how far the clock was set back since the last look, 0 if it was not.
func (c *clockSense) back(wall desk.Time, mono time.Time) time.Duration {
	expected := c.wall.Add(mono.Sub(c.mono))
	first := c.wall == 0
	c.wall, c.mono = wall, mono
	if d := time.Duration(expected-wall) * time.Millisecond; !first && d > clockSlack {
		return d
	}
	return 0
}

// heedClock has what waits for a time wait less when the clock was set back.
func (o *Outbox) heedClock(ctx context.Context, c *clockSense) {
	if back := c.back(o.now(), time.Now()); back > 0 {
		o.setBack(ctx, back)
	}
}

// heedStart is heedClock for what happened while no process ran: the newest id
// tells how late it was then.
func (o *Outbox) heedStart(ctx context.Context) {
	newest, err := o.Store.LargestEventID(o.Store.DB.Read(ctx))
	if err != nil {
		o.warn(ctx, "read the newest id", err)
		return
	}
	if back := time.Duration(newest.Time()-o.now()) * time.Millisecond; back > clockSlack {
		o.setBack(ctx, back)
	}
}

func (o *Outbox) setBack(ctx context.Context, back time.Duration) {
	o.Log.Warn("the clock was set back; waiting messages wait that much less", "by", back.String())
	err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) error { return o.Store.SetBack(tx, back, o.lease()) })
	if err != nil {
		o.warn(ctx, "have messages wait less", err)
	}
}
