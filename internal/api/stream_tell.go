package api

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// tellLines tells of messages and timeline events to those who see their
// tickets now.
func (x *round) tellLines() error {
	rows, err := x.readMessages()
	if err != nil {
		return err
	}
	if err := x.readNames(); err != nil {
		return err
	}
	for _, l := range x.work.lines {
		t := x.tickets[l.ticket]
		if t == nil || len(t.seers) == 0 {
			continue
		}
		if l.event != nil {
			err = x.tellEvent(t, l.event)
		} else if m := rows[l.message]; m != nil && m.TicketID == l.ticket {
			err = x.tellMessage(t, m, l.created)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *round) readMessages() (map[desk.ID]*store.MessageView, error) {
	var wanted []desk.ID
	for _, l := range x.work.lines {
		if t := x.tickets[l.ticket]; l.message != 0 && t != nil && len(t.seers) > 0 {
			wanted = append(wanted, l.message)
		}
	}
	found := make(map[desk.ID]*store.MessageView, len(wanted))
	for ids := range slices.Chunk(wanted, readAtOnce) {
		rows, err := x.store().MessageViews(x.q(), x.room.account, ids)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			found[rows[i].ID] = &rows[i]
		}
	}
	return found, nil
}

// readNames reads the names of those who did something that is told of.
func (x *round) readNames() error {
	var told []desk.Event
	for _, l := range x.work.lines {
		if l.event != nil && x.tickets[l.ticket] != nil {
			told = append(told, *l.event)
		}
	}
	for i := range x.work.news {
		if slices.ContainsFunc(x.watchers, func(w *watcher) bool { return store.Concerns(&w.viewer, &x.work.news[i]) }) {
			told = append(told, x.work.news[i])
		}
	}
	var err error
	x.names, err = x.store().UserNames(x.q(), x.room.account, actorsOf(told))
	return err
}

func (x *round) tellMessage(t *told, m *store.MessageView, created bool) error {
	l, err := x.lineOf(m.ConnectionID)
	if err != nil {
		return err
	}
	kind, bodies := frameMessageUpdated, newBodies()
	if created {
		kind = frameMessageCreated
	}
	for _, w := range t.seers {
		frame, err := bodies.message(kind, &w.viewer, t, l, m)
		if err != nil {
			return err
		}
		w.tell(frame)
	}
	return nil
}

func (x *round) tellEvent(t *told, e *desk.Event) error {
	entry := viewEvent(*e, x.names)
	frame, err := encode(frameEventCreated, eventFrame{Type: frameEventCreated, TicketID: id(e.TicketID),
		Item: timelineItem{Kind: "event", Event: &entry}})
	for _, w := range t.seers {
		w.tell(frame)
	}
	return err
}

// tellNews tells viewers of events that concern them, as the notification
// centre will.
func (x *round) tellNews() error {
	for i := range x.work.news {
		e, bodies := &x.work.news[i], newBodies()
		for _, w := range x.watchers {
			t := x.tickets[e.TicketID]
			if !store.Concerns(&w.viewer, e) || e.TicketID != 0 && (t == nil || !slices.Contains(t.seers, w)) {
				continue
			}
			frame, err := bodies.once(bodyKey{kind: frameNotification, full: w.viewer.SeesPhones()}, func() any {
				var row *store.TicketView
				if t != nil {
					row = t.row
				}
				return notificationFrame{Type: frameNotification, Notification: viewNotice(&w.viewer, *e, row, x.names, 0)}
			})
			if err != nil {
				return err
			}
			w.tell(frame)
		}
	}
	return nil
}

// tellStates tells of the health of connections to those who work on them.
func (x *round) tellStates() error {
	for _, connection := range x.work.states {
		c, err := x.store().Connection(x.q(), x.room.account, connection)
		if desk.CodeOf(err) == desk.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		frame, err := encode(frameConnection, connectionFrame{Type: frameConnection, ConnectionID: id(c.ID), State: c.State, StateReason: c.StateReason})
		if err != nil {
			return err
		}
		for _, w := range x.watchers {
			if w.viewer.ReachesConnection(connection) {
				w.tell(frame)
			}
		}
	}
	return nil
}

// tellPresence tells everybody who came, left or paused.
func (x *round) tellPresence() error {
	for users := range slices.Chunk(x.work.presence, readAtOnce) {
		list, err := x.store().Presences(x.q(), x.room.account, users)
		if err != nil {
			return err
		}
		for _, p := range list {
			frame, err := encode(framePresence, presenceFrame{Type: framePresence, UserID: id(p.UserID), Available: p.Available, Online: p.Online})
			if err != nil {
				return err
			}
			for _, w := range x.watchers {
				w.tell(frame)
			}
		}
	}
	return nil
}

// tellRegisters tells which rows of registers changed. Names of queues, tags
// and people are known to all; a connection out of reach is not mentioned, and
// of contacts only that some changed to those who may not find all of them.
func (x *round) tellRegisters() error {
	for _, c := range x.work.changes {
		bodies := newBodies()
		for _, w := range x.watchers {
			named := c.id
			switch {
			case c.noun == "connections" && named != 0 && !w.viewer.ReachesConnection(named):
				continue
			case c.noun == "contacts" && w.viewer.Role == desk.RoleUser && w.viewer.Rights.UsersOnlyOwnWallet:
				named = 0
			}
			frame, err := bodies.once(bodyKey{kind: frameRegister, full: named != 0}, func() any {
				return registerFrame{Type: frameRegister, Noun: c.noun, ID: ref(named)}
			})
			if err != nil {
				return err
			}
			w.tell(frame)
		}
	}
	return nil
}
