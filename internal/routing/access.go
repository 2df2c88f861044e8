package routing

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Accessed notes that the viewer opens a ticket she sees, at most once in ten
// minutes (C19). Looking at a pending one is a peek (C7), which needs the right
// to it. It is in the log a moment later: see WriteAccesses.
func (d *Desk) Accessed(ctx context.Context, v *desk.Viewer, t *desk.Ticket) error {
	typ := desk.EvTicketAccessed
	if t.Status == desk.Pending {
		if err := v.Allow(desk.ActPeek, t); err != nil {
			return err
		}
		typ = desk.EvTicketPeeked
	}
	if v.UserID == 0 {
		return nil
	}
	access := store.Access{Ticket: *t, UserID: v.UserID, Type: typ, At: d.now()}
	for !d.accesses.note(access) {
		if err := d.WriteAccesses(ctx); err != nil {
			return err
		}
	}
	return nil
}

// WriteAccesses writes who has opened tickets until now. Who is about to read a
// log calls it, and who stops the program.
func (d *Desk) WriteAccesses(ctx context.Context) error { return d.accesses.write(ctx) }

const (
	// accessDelay is how long an access waits for others. Only a crash loses
	// what was noted meanwhile; in turn no opening of a ticket waits for the
	// disk, and many are one commit.
	accessDelay = 100 * time.Millisecond
	// maxAccesses is how many may wait; who adds one more has them written first.
	maxAccesses = 256
	// maxNoted bounds what is remembered, at some 100 bytes each.
	maxNoted = 20_000
)

// accesses are looks at tickets on their way into the log.
type accesses struct {
	store *store.Store
	log   *slog.Logger

	writing sync.Mutex // held by who writes
	mu      sync.Mutex
	noted   map[look]desk.Time // the last access of each, which is one for ten minutes
	due     []store.Access
	timer   *time.Timer // set while something is due
}

type look struct {
	ticket, user desk.ID
	typ          desk.EventType
}

// note has an access written soon; false if too many wait already.
func (a *accesses) note(access store.Access) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := look{access.Ticket.ID, access.UserID, access.Type}
	if last, known := a.noted[key]; known && last <= access.At && access.At <= last.Add(store.AccessPause) {
		return true
	}
	if len(a.due) >= maxAccesses {
		return false
	}
	a.forget(access.At)
	a.noted[key] = access.At
	a.due = append(a.due, access)
	a.wake()
	return true
}

// forget makes room: what is older than ten minutes goes, or else everything.
// The log itself knows what was written.
func (a *accesses) forget(now desk.Time) {
	if len(a.noted) < maxNoted {
		return
	}
	maps.DeleteFunc(a.noted, func(_ look, at desk.Time) bool { return at.Add(store.AccessPause) < now })
	if len(a.noted) > maxNoted/2 {
		clear(a.noted)
	}
}

// write writes what is due. What the database can't take just now is due again.
func (a *accesses) write(ctx context.Context) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	due := a.take()
	if len(due) == 0 {
		return nil
	}
	err := a.store.DB.Do(dbx.Patient(ctx), func(tx *dbx.Tx) error { return a.record(tx, due) })
	if err == nil {
		return nil
	}
	if dbx.IsTransient(err) || ctx.Err() != nil {
		a.giveBack(due)
		return err
	}
	a.log.Error("who opened tickets could not be written", "accesses", len(due), "err", err)
	return nil
}

func (a *accesses) record(tx *dbx.Tx, due []store.Access) error {
	for i := range due {
		if _, err := a.store.RecordAccess(tx, &due[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *accesses) take() []store.Access {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
	due := a.due
	a.due = nil
	return due
}

func (a *accesses) giveBack(due []store.Access) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.due = append(due, a.due...)
	a.wake()
}

// wake has what is due written in a moment; the caller holds mu.
func (a *accesses) wake() {
	if a.timer == nil {
		a.timer = time.AfterFunc(accessDelay, func() { _ = a.write(context.Background()) })
	}
}
