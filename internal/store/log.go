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

// FirstSight returns who could see a ticket when it was opened.
func (s *Store) FirstSight(q dbx.Querier, account, ticket desk.ID) (desk.Sight, error) {
	e, err := scanEvent(q.QueryRow(`SELECT `+eventColumns+` FROM event WHERE ticket_id = $2 AND entity = 'ticket'
		AND account_id = $1 AND type = 'ticket.created' ORDER BY pos, id LIMIT 1`, account, ticket))
	if err != nil {
		return desk.Sight{}, missing(err)
	}
	if e.After == nil {
		return desk.Sight{}, desk.Missing()
	}
	return *e.After, nil
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

// AccessPause is how long a user's looking at a ticket is one access (C19).
const AccessPause = 10 * time.Minute

// Access is a user's looking at a ticket, which is given as she saw it.
type Access struct {
	Ticket desk.Ticket
	UserID desk.ID
	Type   desk.EventType // accessed, or peeked at while it was pending
	At     desk.Time
}

// RecordAccess notes an access in the ticket's log, unless the user had looked
// at it within ten minutes before. It changes nothing else.
func (s *Store) RecordAccess(tx *dbx.Tx, a *Access) (bool, error) {
	_, err := scanID(tx.QueryRow(`SELECT id FROM event WHERE ticket_id = $2 AND entity = 'ticket' AND account_id = $1
		AND pos >= $5 AND type = $3 AND actor_id = $4 AND actor_kind = 'user' LIMIT 1`,
		a.Ticket.AccountID, a.Ticket.ID, a.Type, a.UserID, int64(a.At.Add(-AccessPause))))
	if !dbx.IsNotFound(err) {
		return false, err
	}
	e := ticketEvent(desk.Event{Type: a.Type, Actor: desk.ByUser(a.UserID), At: a.At}, &a.Ticket)
	e.Pos = max(int64(a.At), a.Ticket.LastPos)
	return true, s.Record(tx, e)
}
