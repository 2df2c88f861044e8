package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// RemoveRefused takes back a ticket that was started with a template which the
// provider refused, if it holds nothing else, and reports whether it did
// (decisions.md 12). The event ticket.start_refused stays; the number is not
// used again.
func (s *Store) RemoveRefused(tx *dbx.Tx, by desk.Actor, started desk.Ticket, refused desk.Message) (bool, error) {
	if _, err := s.LockChannel(tx, started.AccountID, started.ChannelID); err != nil {
		return false, err
	}
	t, err := scanTicket(tx.QueryRow(`SELECT `+ticketFields+` FROM ticket WHERE account_id = $1 AND id = $2`+dbx.ForUpdate(tx),
		started.AccountID, started.ID))
	if err != nil {
		return false, ignoreMissing(err)
	}
	var others int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM message WHERE ticket_id = $1 AND account_id = $2 AND id <> $3`,
		t.ID, t.AccountID, refused.ID).Scan(&others); err != nil || others > 0 {
		return false, err
	}
	if err := s.removeWhole(tx, &t, refused.ID); err != nil {
		return false, err
	}
	sight := t.Sight()
	s.recount(tx, t.AccountID, countedAs(&t), nil)
	data := map[string]any{}
	if refused.Error != nil {
		data["code"] = refused.Error.Code
	}
	return true, s.Record(tx, desk.Event{AccountID: t.AccountID, Type: desk.EvTicketStartRefused, Entity: "ticket",
		EntityID: t.ID, TicketID: t.ID, Pos: t.LastPos + 1, Actor: by, Before: &sight, Data: data})
}

// removeWhole deletes a ticket with its only message. Its files become uploads
// without a message again, which the sweep removes.
func (s *Store) removeWhole(tx *dbx.Tx, t *desk.Ticket, message desk.ID) error {
	for _, step := range []struct {
		text string
		id   desk.ID
	}{
		{`DELETE FROM ticket_tag WHERE account_id = $1 AND ticket_id = $2`, t.ID},
		{`UPDATE media SET message_id = 0 WHERE account_id = $1 AND message_id = $2`, message},
		{`DELETE FROM message_text WHERE account_id = $1 AND id = $2`, message},
		{`DELETE FROM message WHERE account_id = $1 AND id = $2`, message},
		{`DELETE FROM ticket WHERE account_id = $1 AND id = $2`, t.ID},
	} {
		if _, err := tx.Exec(step.text, t.AccountID, step.id); err != nil {
			return err
		}
	}
	return nil
}

// ignoreMissing turns a 404 into no error: there is nothing left to do.
func ignoreMissing(err error) error {
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil
	}
	return err
}
