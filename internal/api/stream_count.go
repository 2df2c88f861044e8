package api

import (
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// tally is what the badges of a room are summed from: how many tickets look
// alike to visibility. It is read whole once and then only where something
// moved, always as absolute numbers, so that events heard twice or out of order
// do no harm.
type tally struct {
	cells map[desk.Sight]int64 // nil: not read
	read  time.Time            // when, whole
	moved map[desk.Sight]bool  // to be read again
	took  time.Duration        // the last time
}

// badges are a viewer's sums.
type badges struct {
	due    bool // something she sees may count otherwise now
	summed bool
	byTab  map[desk.TicketStatus]int64
}

// touch notes which cells a ticket left and entered.
func (t *tally) touch(change *touched) {
	if t.cells == nil || !change.counts {
		return
	}
	for _, s := range change.sights {
		t.moved[s] = true
	}
}

func (t *tally) forget() { *t = tally{} }

// tellBadges tells those about whose badges something was heard what they are.
func (x *round) tellBadges() error {
	if !x.work.count {
		return nil
	}
	start := time.Now()
	defer func() { x.room.tally.took = time.Since(start) }()
	if err := x.recount(); err != nil {
		return err
	}
	unread, err := x.store().UnreadCells(x.q(), x.room.account)
	if err != nil {
		return err
	}
	for _, w := range x.watchers {
		if !w.badges.due {
			continue
		}
		w.badges.due = false
		if !w.badges.summed {
			x.room.tally.sum(w)
		}
		frame, err := encode(frameCounters, countersFrame{Type: frameCounters, Counters: w.counters(unread)})
		if err != nil {
			return err
		}
		w.tell(frame)
	}
	return nil
}

func (w *watcher) counters(unread []store.CountCell) counters {
	c := counters{Open: w.badges.byTab[desk.Open], Pending: w.badges.byTab[desk.Pending], Closed: w.badges.byTab[desk.Closed]}
	for _, cell := range unread {
		if store.CountsUnread(&w.viewer, cell.Sight) {
			c.Unread += cell.N
		}
	}
	return c
}

// recount brings the tally up to date and the sums with it.
func (x *round) recount() error {
	t := &x.room.tally
	if t.cells == nil || time.Since(t.read) > x.room.hub.timing.recount {
		return x.readTally(t)
	}
	keys := make([]desk.Sight, 0, len(t.moved))
	for s := range t.moved {
		keys = append(keys, s)
	}
	list, err := x.store().CountCellsOf(x.q(), x.room.account, keys)
	if err != nil {
		return err
	}
	now := make(map[desk.Sight]int64, len(list))
	for _, c := range list {
		now[c.Sight] = c.N
	}
	for _, s := range keys {
		x.set(t, s, now[s])
	}
	clear(t.moved)
	return nil
}

func (x *round) readTally(t *tally) error {
	list, err := x.store().CountCells(x.q(), x.room.account)
	if err != nil {
		return err
	}
	*t = tally{cells: make(map[desk.Sight]int64, len(list)), read: time.Now(), moved: map[desk.Sight]bool{}}
	for _, c := range list {
		t.cells[c.Sight] = c.N
	}
	for _, w := range x.watchers {
		w.badges.summed = false
	}
	return nil
}

// set changes one cell, and the sums of those who see its tickets.
func (x *round) set(t *tally, s desk.Sight, n int64) {
	more := n - t.cells[s]
	if more == 0 {
		return
	}
	for _, w := range x.watchers {
		if w.badges.summed && w.viewer.CanSee(s) {
			w.badges.byTab[s.Status] += more
		}
	}
	if n == 0 {
		delete(t.cells, s)
	} else {
		t.cells[s] = n
	}
}

// sum adds up what a viewer sees.
func (t *tally) sum(w *watcher) {
	w.badges.summed, w.badges.byTab = true, map[desk.TicketStatus]int64{}
	for s, n := range t.cells {
		if w.viewer.CanSee(s) {
			w.badges.byTab[s.Status] += n
		}
	}
}
