package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// releaseUser returns the open tickets of somebody who no longer works here to
// their queues (D23) and leaves the rest to a job.
func (s *Store) releaseUser(tx *dbx.Tx, actor desk.Actor, account, user desk.ID) error {
	more, err := s.returnTickets(tx, actor, account, user)
	if err == nil && more {
		return s.addChore(tx, account, JobReleaseUser, user)
	}
	return err
}

// ReleaseUser goes on returning a former user's open tickets and reports
// whether there may be more. It does nothing for a user who is active.
func (s *Store) ReleaseUser(tx *dbx.Tx, account, user desk.ID) (more bool, err error) {
	works, err := exists(tx, `SELECT 1 FROM account_user WHERE account_id = $1 AND id = $2 AND active AND deleted_at = 0`, account, user)
	if err != nil || works {
		return false, err
	}
	return s.returnTickets(tx, desk.System(), account, user)
}

func (s *Store) returnTickets(tx *dbx.Tx, actor desk.Actor, account, user desk.ID) (more bool, err error) {
	ids, err := dbx.All(tx, scanID, `SELECT id FROM ticket WHERE account_id = $1 AND user_id = $2 AND user_id <> 0
		AND status = 'open' ORDER BY id`+limit(ticketsPerChunk), account, user)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		_, err := s.ChangeTicket(tx, account, id, actor, func(t *desk.Ticket, e *desk.Event) error {
			if t.Status != desk.Open || t.UserID != user {
				e.Type = desk.EvTicketUpdated // somebody was quicker
				return nil
			}
			next, err := t.Status.After(desk.StepReturn)
			if err != nil {
				return err
			}
			t.Status, t.UserID, t.QueuedAt = next, 0, s.now()
			e.Type, e.Data = desk.EvTicketReturned, map[string]any{"from": user, "reason": "user_deactivated"}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return len(ids) == ticketsPerChunk, nil
}
