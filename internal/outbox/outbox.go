// Package outbox is the one road out: whoever speaks, agent, API or bot,
// composes here, and every message leaves by here, so that limits, order,
// windows, blocks and costs are enforced once.
//
// The message row is the queue (decisions.md 11). Composing commits it as
// pending or waiting for the service window; the dispatcher claims the head of
// each conversation, commits it as sending, calls the provider, and commits
// what became of it.
package outbox

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
)

// Files opens the bytes of stored media.
type Files interface {
	Open(account desk.ID, sha256 string) (io.ReadCloser, error)
}

// Options are what an Outbox works with.
type Options struct {
	Store     *store.Store
	Directory *routing.Directory
	Desk      *routing.Desk
	Registry  channel.Registry
	Files     Files
	Rates     RateCard
	Now       func() time.Time
	Rand      func() float64 // jitter in [0,1); nil = math/rand
	Log       *slog.Logger
	// SendTimeout bounds one provider call; 0 means 45 s.
	SendTimeout time.Duration
	// Pause is how long to wait after the n-th time (from 1) that an outcome
	// could not be stored; nil means 0.5 s, 1 s, 1.5 s … up to 3 s.
	Pause func(try int) time.Duration
}

// Outbox composes and sends. Make it with New.
type Outbox struct {
	Options
	lines   *lines
	settled settled
}

// New returns an Outbox that sends nothing until it is started.
func New(o Options) *Outbox {
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SendTimeout == 0 {
		o.SendTimeout = 45 * time.Second
	}
	if o.Pause == nil {
		o.Pause = func(try int) time.Duration { return min(time.Duration(try)*500*time.Millisecond, 3*time.Second) }
	}
	return &Outbox{Options: o, lines: newLines()}
}

// lease is how long a claimed message is ours: longer than any call may take.
func (o *Outbox) lease() time.Duration { return o.SendTimeout + 15*time.Second }

func (o *Outbox) now() desk.Time { return desk.TimeOf(o.Now()) }

// settings returns an account's options; the register's defaults if the
// account can't be read, so that a tick is never lost for want of them.
func (o *Outbox) settings(ctx context.Context, account desk.ID) desk.Settings {
	a, err := o.Directory.Account(ctx, account)
	if err != nil {
		return desk.DefaultSettings()
	}
	return a.Settings
}

// waitUntil is when a message put in line now leaves it unsent.
func (o *Outbox) waitUntil(ctx context.Context, account desk.ID) desk.Time {
	days := o.settings(ctx, account).QueuedMessageTTLDays
	return o.now().Add(time.Duration(days) * 24 * time.Hour)
}
