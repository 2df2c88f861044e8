package api

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// round is one pass over a room's work. What it makes waits in the watchers
// until the whole round has succeeded.
type round struct {
	room     *room
	work     *work
	ctx      context.Context
	watchers []*watcher

	tickets map[desk.ID]*told
	lines   map[desk.ID]*lineOf // connections, by id
	names   map[desk.ID]string  // of users
}

// told is what the round knows of a ticket that somebody may see.
type told struct {
	row   *store.TicketView // nil: it is no more
	line  *lineOf
	seers []*watcher // who see it as it is now
}

// readAtOnce bounds the ids of one statement.
const readAtOnce = 300

func (x *round) q() dbx.Querier      { return x.room.hub.Store.DB.Read(x.ctx) }
func (x *round) store() *store.Store { return x.room.hub.Store }

// do takes the steps in their order: first who may see what, then what there
// is to see.
func (x *round) do() error {
	for _, step := range []func() error{
		x.admit, x.readViewers, x.touchContacts, x.readTickets, x.tellTickets, x.tellLines, x.tellNews,
		x.tellStates, x.tellPresence, x.tellRegisters, x.tellBadges,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// touchContacts has the newest tickets of changed contacts shown again: lists
// show names.
func (x *round) touchContacts() error {
	for contact := range x.work.contacts {
		page, err := x.store().TicketPage(x.q(), store.Operator(x.room.account), store.TicketFilter{ContactID: contact}, store.List{})
		if err != nil {
			return err
		}
		for _, id := range page.Items {
			x.work.touch(id).blind = true
		}
	}
	return nil
}

// readTickets reads the tickets that somebody here may see or have seen. Of
// the rest, should they have moved on, another event will tell.
func (x *round) readTickets() error {
	var wanted []desk.ID
	for _, id := range slices.Sorted(maps.Keys(x.work.tickets)) {
		if t := x.work.tickets[id]; t.blind || slices.ContainsFunc(t.sights, x.seenByAny) {
			wanted = append(wanted, id)
		}
	}
	x.tickets = make(map[desk.ID]*told, len(wanted))
	for ids := range slices.Chunk(wanted, readAtOnce) {
		rows, err := x.store().TicketViews(x.q(), x.room.account, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			x.tickets[id] = &told{}
		}
		for i := range rows {
			if err := x.meet(&rows[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *round) seenByAny(s desk.Sight) bool {
	return slices.ContainsFunc(x.watchers, func(w *watcher) bool { return w.viewer.CanSee(s) })
}

// meet finds out who sees a ticket: once per viewer, however many streams she
// has and whatever is told of the ticket.
func (x *round) meet(row *store.TicketView) error {
	t := x.tickets[row.ID]
	t.row = row
	sight := row.Sight()
	for _, w := range x.watchers {
		if w.viewer.CanSee(sight) {
			t.seers = append(t.seers, w)
		}
	}
	if len(t.seers) == 0 {
		return nil
	}
	var err error
	t.line, err = x.lineOf(row.ConnectionID)
	return err
}

// lineOf returns a connection, once per round. One whose secrets can't be
// opened is shown as one over which nothing can be done; only what may pass is
// an error.
func (x *round) lineOf(connection desk.ID) (*lineOf, error) {
	if l := x.lines[connection]; l != nil {
		return l, nil
	}
	l, err := x.room.hub.views.line(x.ctx, x.room.account, connection)
	if err != nil {
		if _, database := errors.AsType[*dbx.Error](err); database || x.ctx.Err() != nil {
			return nil, err
		}
		x.room.hub.Log.Error("a connection can't be read for the stream", "connection", connection, "error", err)
		l = lineOf{}
	}
	if x.lines == nil {
		x.lines = map[desk.ID]*lineOf{}
	}
	x.lines[connection] = &l
	return &l, nil
}

// tellTickets tells each viewer what became of the tickets touched.
func (x *round) tellTickets() error {
	for _, id := range slices.Sorted(maps.Keys(x.work.tickets)) {
		x.room.tally.touch(x.work.tickets[id])
		t := x.tickets[id]
		if t == nil {
			continue
		}
		if err := x.tellTicket(id, t, x.work.tickets[id]); err != nil {
			return err
		}
	}
	return nil
}

func (x *round) tellTicket(id desk.ID, t *told, change *touched) error {
	bodies := newBodies()
	for _, w := range x.watchers {
		kind := change.fate(&w.viewer, t.row)
		if kind == "" {
			continue
		}
		w.badges.due = w.badges.due || change.counts
		frame, err := bodies.ticket(kind, &w.viewer, id, t)
		if err != nil {
			return err
		}
		w.tell(frame)
	}
	return nil
}

// fate says what a viewer is told of a ticket: it came into her sight, changed
// in it or left it. The row may be newer than what was heard of, so she may
// have been shown any of the sights, and none is certain; to be told of it
// twice does no harm.
func (t *touched) fate(v *desk.Viewer, row *store.TicketView) string {
	had, lacked := false, t.created
	for _, s := range t.sights {
		if v.CanSee(s) {
			had = true
		} else {
			lacked = true
		}
	}
	sees := row != nil && v.CanSee(row.Sight())
	switch {
	case sees && lacked:
		return frameTicketAdded
	case sees:
		return frameTicketUpdated
	case had:
		return frameTicketRemoved
	}
	return ""
}
