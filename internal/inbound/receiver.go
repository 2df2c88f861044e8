// Package inbound is the one road in: whatever a provider tells us, pushed or
// fetched, becomes rows here.
//
// Each element is stored raw before it is understood, and then interpreted in
// the same transaction: who wrote, in which conversation, what it changes.
// What can't be understood stays raw with a reason and can be replayed after a
// fix; what the database can't take just now is refused as a whole, so that
// the provider sends it again.
package inbound

import (
	"context"
	"log/slog"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
)

// Outbox is what inbound asks of the way out.
type Outbox interface {
	// ApplyStatus notes what a provider reports about a message of ours.
	ApplyStatus(ctx context.Context, tx *dbx.Tx, account, connection desk.ID, st channel.Status) error
	// Flush sends what stands in line on a ticket for the service window. The
	// ticket is the row as the message that opened the window left it.
	Flush(tx *dbx.Tx, t *desk.Ticket) error
}

// Config is what a Receiver works with.
type Config struct {
	Store     *store.Store
	Directory *routing.Directory
	Desk      *routing.Desk
	Registry  channel.Registry
	Outbox    Outbox
	Jobs      *jobs.Runner
	Files     *media.Disk
	Now       func() time.Time
	Log       *slog.Logger
	// Pause is how long to wait before the n-th retry (from 1) of a transaction
	// that failed for a passing reason; nil means 20, 100 and 300 ms.
	Pause func(retry int) time.Duration
}

// Receiver takes elements in.
type Receiver struct {
	Config
}

// New returns a Receiver. Register its Kinds with the job runner.
func New(c Config) *Receiver {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Pause == nil {
		c.Pause = func(retry int) time.Duration {
			return []time.Duration{20, 100, 300}[min(retry, 3)-1] * time.Millisecond
		}
	}
	return &Receiver{Config: c}
}

// Kinds are the background jobs of this package.
func (r *Receiver) Kinds() []jobs.Kind {
	return []jobs.Kind{r.interpretKind(), r.fetchKind(), r.syncKind()}
}

// Result says what became of the elements of one call.
type Result struct {
	Accepted    int // interpreted now
	Duplicates  int // known already
	Unprocessed int // kept raw with a reason
	Deferred    int // stored; a job will interpret them
}

func (a Result) plus(b Result) Result {
	return Result{a.Accepted + b.Accepted, a.Duplicates + b.Duplicates, a.Unprocessed + b.Unprocessed, a.Deferred + b.Deferred}
}

const (
	// maxDirect is how many elements are interpreted while the provider waits
	// (decisions.md 6).
	maxDirect = 25
	// parallel bounds how many conversations of one call are taken in at once.
	parallel = 8
)

// Receive takes in the elements that arrived over a connection's webhook, or
// were fetched for it. When it returns nil every element is on disk: the
// caller may acknowledge them. An error means that the database could not take
// some of them now; the same call may be repeated, what is stored already is
// recognised.
func (r *Receiver) Receive(ctx context.Context, adapter channel.Webhook, via routing.Line, elements []channel.Element) (Result, error) {
	units, err := r.prepare(ctx, adapter, via, elements)
	if err != nil {
		return Result{}, err
	}
	if len(elements) > maxDirect {
		return r.deferAll(ctx, via, units)
	}
	return r.takeAll(ctx, units)
}
