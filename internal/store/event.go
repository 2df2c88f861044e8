package store

import (
	"errors"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const eventColumns = `id, account_id, type, entity, entity_id, ticket_id, message_id, pos, actor_kind, actor_id, before, after, data, at`

// Record stores an event in the transaction of the change it tells of, and
// after the commit hands it to Notify. It fills in the id and, when absent,
// the time.
func (s *Store) Record(tx *dbx.Tx, e desk.Event) error {
	e.ID = s.IDs.Next()
	if e.At == 0 {
		e.At = s.now()
	}
	if e.Actor.Kind == "" {
		e.Actor = desk.System()
	}
	before, err := toJSON(e.Before)
	if err != nil {
		return err
	}
	after, err := toJSON(e.After)
	if err != nil {
		return err
	}
	data, err := toJSON(e.Data)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO event (`+eventColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.ID, e.AccountID, e.Type, e.Entity, e.EntityID, e.TicketID, e.MessageID, e.Pos,
		e.Actor.Kind, e.Actor.ID, before, after, data, e.At); err != nil {
		return err
	}
	s.tell(tx, e)
	return nil
}

// Announce hands an event to Notify after the commit without storing it:
// status ticks, which are times on the message row (decisions.md 20).
func (s *Store) Announce(tx *dbx.Tx, e desk.Event) {
	e.ID = s.IDs.Next()
	if e.At == 0 {
		e.At = s.now()
	}
	if e.Actor.Kind == "" {
		e.Actor = desk.System()
	}
	s.tell(tx, e)
}

// tell hands an event to Notify once it is committed.
func (s *Store) tell(tx *dbx.Tx, e desk.Event) {
	tx.AfterCommit(func() { s.Notify(e) })
	if s.Doubt != nil {
		tx.InDoubt(s.Doubt)
	}
}

func scanEvent(r dbx.Scanner) (desk.Event, error) { return scanEventAnd(r) }

// scanEventAnd reads an event and the columns behind it.
func scanEventAnd(r dbx.Scanner, more ...any) (desk.Event, error) {
	var e desk.Event
	var before, after, data string
	if err := r.Scan(append([]any{&e.ID, &e.AccountID, &e.Type, &e.Entity, &e.EntityID, &e.TicketID, &e.MessageID, &e.Pos,
		&e.Actor.Kind, &e.Actor.ID, &before, &after, &data, &e.At}, more...)...); err != nil {
		return e, err
	}
	err := errors.Join(fromJSON(before, &e.Before), fromJSON(after, &e.After), fromJSON(data, &e.Data))
	return e, err
}
