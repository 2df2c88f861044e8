package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// SetMarketing notes what a contact herself said about marketing at a time;
// what she said earlier, and arrives later, is ignored. It reports whether
// anything changed.
func (s *Store) SetMarketing(tx *dbx.Tx, account, contact desk.ID, accepts bool, at desk.Time) (bool, error) {
	var before bool
	err := tx.QueryRow(`SELECT accepts_marketing FROM contact WHERE account_id = $1 AND id = $2`+dbx.ForUpdate(tx), account, contact).Scan(&before)
	if err != nil {
		return false, missing(err)
	}
	n, err := tx.Exec(`UPDATE contact SET accepts_marketing = $3, marketing_at = $4, rev = rev + 1, updated_at = $5
		WHERE account_id = $1 AND id = $2 AND marketing_at <= $4`, account, contact, accepts, at, s.now())
	if err != nil || n == 0 || before == accepts {
		return false, err
	}
	return true, s.Record(tx, desk.Event{AccountID: account, Type: desk.EvContactOptOut, Entity: "contact", EntityID: contact,
		Actor: desk.Actor{Kind: desk.ActorContact, ID: contact},
		Data:  changes{"accepts_marketing": []any{before, accepts}}.data()})
}

// EditMessage replaces a message's text by the provider's word and keeps the
// earlier one for supervisors. An edit older than the last, or of a message
// that was deleted, changes nothing. It reports whether the text changed.
func (s *Store) EditMessage(tx *dbx.Tx, m *desk.Message, body string, at desk.Time) (bool, error) {
	body = plainText(body)
	if m.DeletedAt != 0 || at <= m.EditedAt || body == m.Body {
		return false, nil
	}
	earlier := m.Body
	n, err := tx.Exec(`UPDATE message SET body = $3, edited_at = $4, rev = rev + 1
		WHERE account_id = $1 AND id = $2 AND edited_at < $4 AND deleted_at = 0`, m.AccountID, m.ID, body, at)
	if err != nil || n == 0 {
		return false, err
	}
	m.Body, m.EditedAt = body, at
	if _, err := tx.Exec(`INSERT INTO message_revision (id, account_id, message_id, body, user_id, at)
		VALUES ($1, $2, $3, $4, $5, $6)`, s.IDs.Next(), m.AccountID, m.ID, earlier, m.UserID, s.now()); err != nil {
		return false, err
	}
	return true, s.reindex(tx, m)
}

// SightOf returns what decides who sees a message: nil for one without a
// ticket.
func (s *Store) SightOf(q dbx.Querier, m *desk.Message) (*desk.Sight, error) {
	if m.TicketID == 0 {
		return nil, nil
	}
	t, err := s.Ticket(q, m.AccountID, m.TicketID)
	if err != nil {
		return nil, err
	}
	sight := t.Sight()
	return &sight, nil
}

// KnownBlobs tells which of an account's files have a row.
func (s *Store) KnownBlobs(q dbx.Querier, account desk.ID, shas []string) (map[string]bool, error) {
	known := make(map[string]bool, len(shas))
	if len(shas) == 0 {
		return known, nil
	}
	var a dbx.Args
	list, err := dbx.All(q, func(r dbx.Scanner) (string, error) {
		var sha string
		err := r.Scan(&sha)
		return sha, err
	}, `SELECT sha256 FROM blob WHERE account_id = `+a.Add(account)+` AND sha256 IN (`+dbx.List(&a, shas)+`)`, a.Values()...)
	for _, sha := range list {
		known[sha] = true
	}
	return known, err
}

// ForgetDeleted clears up to n of an account's messages that were deleted
// before a time: text, content, earlier texts and files. The rows stay, as
// gaps in the timeline (decisions.md 23).
func (s *Store) ForgetDeleted(tx *dbx.Tx, account desk.ID, before desk.Time, n int) (int64, error) {
	ids, err := dbx.All(tx, scanID, `SELECT id FROM message WHERE account_id = $1 AND deleted_at <> 0 AND deleted_at < $2
		AND (body <> '' OR content <> '' OR media_count > 0) ORDER BY deleted_at`+limit(n), account, before)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	for _, table := range []string{"message_revision", "media"} {
		var a dbx.Args
		if _, err := tx.Exec(`DELETE FROM `+table+` WHERE account_id = `+a.Add(account)+` AND message_id IN (`+dbx.List(&a, ids)+
			`) AND message_id <> 0`, a.Values()...); err != nil {
			return 0, err
		}
	}
	var a dbx.Args
	return tx.Exec(`UPDATE message SET body = '', content = '', media_count = 0, rev = rev + 1 WHERE account_id = `+a.Add(account)+
		` AND id IN (`+dbx.List(&a, ids)+`)`, a.Values()...)
}
