package jobs

import (
	"context"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Poke wakes the loop without saying that there is work.
func Poke(r *Runner) { r.signal() }

// Rescue has the runner rescue jobs of a kind as of a moment that it read
// before.
func Rescue(ctx context.Context, r *Runner, kind string, now desk.Time) (bool, error) {
	return r.rescue(ctx, r.kinds[kind], now)
}
