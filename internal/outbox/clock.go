package outbox

import (
	"context"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// heedClock has what waits for a time wait less when the clock was set back.
func (o *Outbox) heedClock(ctx context.Context, c *desk.ClockSense) {
	if back := c.Back(o.now(), time.Now()); back > 0 && o.setBack(ctx, back) {
		c.Heeded()
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
	if back := desk.BackSince(newest, o.now()); back > 0 {
		o.setBack(ctx, back)
	}
}

// setBack reports whether it could.
func (o *Outbox) setBack(ctx context.Context, back time.Duration) bool {
	o.Log.Warn("the clock was set back; waiting messages wait that much less", "by", back.String())
	err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) error { return o.Store.SetBack(tx, back, o.lease()) })
	if err != nil {
		o.warn(ctx, "have messages wait less", err)
	}
	return err == nil
}
