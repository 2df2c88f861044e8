package store

import (
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TicketLog reads the whole log of a ticket (C19), newest first: everything
// that happened to it and who looked at it. The caller knows it to be visible.
func (s *Store) TicketLog(q dbx.Querier, account, ticket desk.ID, l List) (Page[desk.Event], error) {
	from := timelineKey{1<<63 - 1, 1<<63 - 1}
	if l.Cursor != "" {
		if err := decodeCursor(l.Cursor, &from); err != nil {
			return Page[desk.Event]{}, err
		}
	}
	events, err := dbx.All(q, scanEvent, `SELECT `+eventColumns+` FROM event WHERE ticket_id = $2 AND entity = 'ticket'
		AND account_id = $1 AND (pos, id) < ($3, $4) ORDER BY pos DESC, id DESC`+limit(pageSize(l.Limit)+1),
		account, ticket, from.Pos, from.ID)
	return pageOf(l, events, func(e desk.Event) any { return timelineKey{e.Pos, e.ID} }), err
}

// History reads the changes of an entity other than tickets and messages,
// newest first.
func (s *Store) History(q dbx.Querier, account desk.ID, entity string, id desk.ID, l List) (Page[desk.Event], error) {
	before, err := idCursor(l.Cursor)
	if err != nil {
		return Page[desk.Event]{}, err
	}
	events, err := dbx.All(q, scanEvent, `SELECT `+eventColumns+` FROM event WHERE account_id = $1 AND entity = $2
		AND entity_id = $3 AND entity NOT IN ('ticket', 'message') AND id < $4 ORDER BY id DESC`+limit(pageSize(l.Limit)+1),
		account, entity, id, before)
	return pageOf(l, events, func(e desk.Event) any { return idKey{e.ID} }), err
}

// accessPause is how long a user's looking at a ticket is one access (C19).
const accessPause = 10 * time.Minute

// AccessDue reports whether an access or peek by the user would be recorded
// now. It is a read, so that opening a ticket usually writes nothing.
func (s *Store) AccessDue(q dbx.Querier, account, ticket, user desk.ID, typ desk.EventType) (bool, error) {
	since := s.now().Add(-accessPause)
	_, err := scanID(q.QueryRow(`SELECT id FROM event WHERE ticket_id = $2 AND entity = 'ticket' AND account_id = $1
		AND pos >= $5 AND type = $3 AND actor_id = $4 AND actor_kind = 'user' LIMIT 1`, account, ticket, typ, user, int64(since)))
	if dbx.IsNotFound(err) {
		return true, nil
	}
	return false, err
}

// RecordAccess notes that a user opened a ticket, or peeked at a pending one,
// unless she did so within the last ten minutes. It changes nothing else.
func (s *Store) RecordAccess(tx *dbx.Tx, t *desk.Ticket, user desk.ID, typ desk.EventType) (bool, error) {
	due, err := s.AccessDue(tx, t.AccountID, t.ID, user, typ)
	if err != nil || !due {
		return false, err
	}
	e := ticketEvent(desk.Event{Type: typ, Actor: desk.ByUser(user)}, t)
	e.Pos = max(int64(s.now()), t.LastPos)
	return true, s.Record(tx, e)
}
