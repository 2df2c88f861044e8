package store

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// The waiting line of a ticket are its messages in state queued_window, in
// timeline order (features.md W).

// WaitingMessages returns a ticket's line.
func (s *Store) WaitingMessages(q dbx.Querier, account, ticket desk.ID) ([]desk.Message, error) {
	return dbx.All(q, scanMessage, `SELECT `+messageFields+` FROM message WHERE ticket_id = $2 AND account_id = $1
		AND status = 'queued_window' ORDER BY pos, id`, account, ticket)
}

// EditWaiting replaces the text of a message in line; 409 already_left when it
// stands in line no more.
func (s *Store) EditWaiting(tx *dbx.Tx, account, id desk.ID, body string) (desk.Message, error) {
	m, err := scanMessage(tx.QueryRow(`UPDATE message SET body = $3, edited_at = $4, rev = rev + 1
		WHERE account_id = $1 AND id = $2 AND status = 'queued_window' RETURNING `+messageFields,
		account, id, plainText(body), s.now()))
	if desk.CodeOf(err) == desk.CodeNotFound {
		return m, s.leftOrMissing(tx, account, id)
	}
	if err != nil {
		return m, err
	}
	return m, s.reindex(tx, &m)
}

// leftOrMissing says why a message was not found in line.
func (s *Store) leftOrMissing(q dbx.Querier, account, id desk.ID) error {
	if _, err := s.Message(q, account, id); err != nil {
		return err
	}
	return desk.Clash(desk.CodeAlreadyLeft)
}

// reindex makes a changed message findable by its new text.
func (s *Store) reindex(tx *dbx.Tx, m *desk.Message) error {
	media, err := s.MessageMedia(tx, m.AccountID, m.ID)
	if err != nil {
		return err
	}
	if text := searchText(m, media); text != "" {
		return dbx.IndexText(tx, int64(m.ID), int64(m.AccountID), int64(m.TicketID), text)
	}
	return dbx.RemoveText(tx, int64(m.ID), int64(m.AccountID))
}

// CancelWaiting takes one message out of line; 409 already_left when it is
// there no more.
func (s *Store) CancelWaiting(tx *dbx.Tx, account, id desk.ID) (Stepped, error) {
	m, err := s.Message(tx, account, id)
	if err != nil {
		return Stepped{}, err
	}
	if m.Status != desk.StatusWaiting {
		return Stepped{}, desk.Clash(desk.CodeAlreadyLeft)
	}
	done, err := s.StepMessage(tx, account, MessageRef{ID: id}, MessageStep{To: desk.StatusCanceled})
	if err == nil && !done.Moved {
		return done, desk.Clash(desk.CodeAlreadyLeft)
	}
	return done, err
}

// ClearWaiting takes a whole line out, on the ticket's locked row t, and
// returns the canceled messages. The caller writes t.
func (s *Store) ClearWaiting(tx *dbx.Tx, t *desk.Ticket) ([]desk.Message, error) {
	if t.WaitingCount == 0 {
		return nil, nil
	}
	list, err := dbx.All(tx, scanMessage, `UPDATE message SET status = 'canceled', rev = rev + 1
		WHERE ticket_id = $2 AND account_id = $1 AND status = 'queued_window' RETURNING `+messageFields, t.AccountID, t.ID)
	t.WaitingCount = 0
	return list, err
}

// ReorderWaiting puts a ticket's line into the order of ids, which must name
// every message in line once: else 409 already_left for one that has gone, 422
// for a list that leaves one out. The ticket's row must be locked.
func (s *Store) ReorderWaiting(tx *dbx.Tx, account, ticket desk.ID, ids []desk.ID) error {
	line, err := s.WaitingMessages(tx, account, ticket)
	if err != nil {
		return err
	}
	places := make([]int64, len(line))
	for i, m := range line {
		places[i] = m.Pos
		if !slices.Contains(ids, m.ID) {
			return desk.RefuseField("ids", desk.CodeInvalid)
		}
	}
	slices.Sort(places)
	if len(ids) != len(line) {
		return desk.Clash(desk.CodeAlreadyLeft)
	}
	for i, id := range ids {
		if _, err := tx.Exec(`UPDATE message SET pos = $3, rev = rev + 1 WHERE account_id = $1 AND id = $2 AND pos <> $3`,
			account, id, places[i]); err != nil {
			return err
		}
	}
	return nil
}

// FlushWaiting makes a ticket's line pending, in its order, with places behind
// everything said so far: the contact answered, the window is open. t is the
// row as the inbound message just left it; its LastPos and WaitingCount are
// moved on and written.
func (s *Store) FlushWaiting(tx *dbx.Tx, t *desk.Ticket) ([]desk.Message, error) {
	if t.WaitingCount == 0 {
		return nil, nil
	}
	list, err := dbx.All(tx, scanMessage, `WITH line AS MATERIALIZED (
			SELECT id AS line_id, row_number() OVER (ORDER BY pos, id) AS place FROM message
			WHERE ticket_id = $2 AND account_id = $1 AND status = 'queued_window')
		UPDATE message SET status = 'pending', run_at = 0, pos = $3 + line.place, rev = rev + 1
		FROM line WHERE message.id = line.line_id RETURNING `+messageFields, t.AccountID, t.ID, t.LastPos)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b desk.Message) int { return int(a.Pos - b.Pos) })
	t.LastPos += int64(len(list))
	t.WaitingCount = 0
	_, err = tx.Exec(`UPDATE ticket SET waiting_count = 0, last_pos = $3 WHERE account_id = $1 AND id = $2`,
		t.AccountID, t.ID, t.LastPos)
	return list, err
}

// ExpiredWaiting returns up to n messages, of all accounts, whose time in line
// is over; StepMessage makes each expired.
func (s *Store) ExpiredWaiting(q dbx.Querier, now desk.Time, n int) ([]desk.Message, error) {
	return dbx.All(q, scanMessage, `SELECT `+messageFields+` FROM message
		WHERE status = 'queued_window' AND expires_at <= $1 ORDER BY expires_at`+limit(n), now)
}
