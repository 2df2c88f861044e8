package api

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// attendance keeps user rows in step with who has the desk open: somebody is
// online while a stream of hers is, and a little longer, because pages load
// again.
type attendance struct {
	hub  *Hub
	wake chan struct{}

	mu      sync.Mutex
	here    map[seat]bool
	arrived map[seat]bool      // to be noted
	left    map[seat]time.Time // to be noted then, unless she comes back
}

// seat is a user with the desk open.
type seat struct{ account, user desk.ID }

func newAttendance(h *Hub) *attendance {
	return &attendance{hub: h, wake: make(chan struct{}, 1), here: map[seat]bool{}, arrived: map[seat]bool{}, left: map[seat]time.Time{}}
}

func (a *attendance) came(account, user desk.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := seat{account, user}
	a.here[s], a.arrived[s] = true, true
	delete(a.left, s)
	a.signal()
}

func (a *attendance) went(account, user desk.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := seat{account, user}
	delete(a.here, s)
	a.left[s] = time.Now().Add(a.hub.timing.grace)
	a.signal()
}

func (a *attendance) signal() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// run writes down who comes and goes until the hub stops. Those who are here
// then stay noted: they will be back in a moment, or a later process finds
// them absent.
func (a *attendance) run() {
	note := time.NewTicker(a.hub.timing.attend)
	defer note.Stop()
	for {
		leave := a.nextLeave()
		select {
		case <-a.wake:
		case <-leave:
		case <-note.C:
			a.note()
		case <-a.hub.ctx.Done():
			return
		}
		a.write()
	}
}

// nextLeave tells when the next one is to be noted as gone; nil for nobody.
func (a *attendance) nextLeave() <-chan time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	var first time.Time
	for _, at := range a.left {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.IsZero() {
		return nil
	}
	return time.After(max(time.Until(first), time.Millisecond))
}

// due takes out what is to be written down now.
func (a *attendance) due() (arrived, gone []seat) {
	a.mu.Lock()
	defer a.mu.Unlock()
	arrived = slices.Collect(maps.Keys(a.arrived))
	clear(a.arrived)
	for s, at := range a.left {
		if !at.After(time.Now()) {
			gone = append(gone, s)
			delete(a.left, s)
		}
	}
	return arrived, gone
}

func (a *attendance) write() {
	arrived, gone := a.due()
	for _, s := range arrived {
		a.try("note an arrival", func(tx *dbx.Tx) error { return a.hub.Store.ComeOnline(tx, s.account, s.user) })
	}
	for _, s := range gone {
		a.try("note a departure", func(tx *dbx.Tx) error { return a.hub.Store.GoOffline(tx, s.account, s.user) })
	}
}

// try writes; what fails is made good by the next note of who is online.
func (a *attendance) try(what string, fn func(tx *dbx.Tx) error) {
	if err := a.hub.Store.DB.Do(a.hub.ctx, fn); err != nil && a.hub.ctx.Err() == nil {
		a.hub.Log.Warn("presence not stored", "what", what, "error", err)
	}
}

// note writes down who is still here, and marks as offline those whom no
// process has noted for some time.
func (a *attendance) note() {
	const chunk = 200 // rows of one transaction
	for account, users := range a.present() {
		for some := range slices.Chunk(users, chunk) {
			a.try("note who is online", func(tx *dbx.Tx) error { return a.hub.Store.StayOnline(tx, account, some) })
		}
	}
	since := desk.TimeOf(a.hub.Now().Add(-absence * a.hub.timing.attend))
	for more := true; more; {
		more = false
		a.try("note who is absent", func(tx *dbx.Tx) (err error) {
			more, err = a.hub.Store.DropAbsent(tx, since)
			return err
		})
	}
}

func (a *attendance) present() map[desk.ID][]desk.ID {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := map[desk.ID][]desk.ID{}
	for s := range a.here {
		list[s.account] = append(list[s.account], s.user)
	}
	return list
}
