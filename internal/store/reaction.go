package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// SetReaction keeps one author's emoji on a message; an empty emoji removes
// it. One older than what is stored is ignored, as webhooks come in any order.
// It reports whether anything changed.
func (s *Store) SetReaction(tx *dbx.Tx, account desk.ID, r desk.Reaction) (bool, error) {
	n, err := s.putReaction(tx, account, r)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec(`UPDATE message SET rev = rev + 1, reaction_count = (SELECT COUNT(*) FROM reaction
		WHERE account_id = $1 AND message_id = $2 AND emoji <> '') WHERE account_id = $1 AND id = $2`, account, r.MessageID)
	return true, err
}

// putReaction leaves a removed reaction behind as an empty emoji, so that an
// older one that comes late finds it.
func (s *Store) putReaction(tx *dbx.Tx, account desk.ID, r desk.Reaction) (int64, error) {
	return tx.Exec(`INSERT INTO reaction (account_id, message_id, author, user_id, emoji, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account_id, message_id, author) DO UPDATE SET emoji = excluded.emoji, user_id = excluded.user_id, at = excluded.at
		WHERE reaction.at <= excluded.at AND (reaction.emoji <> excluded.emoji OR reaction.user_id <> excluded.user_id)`,
		account, r.MessageID, r.Author, r.UserID, plainText(r.Emoji), r.At)
}

// RevokeMessage hides a message that the contact deleted. Its text stays in
// the row for administrators until the retention job clears it, but search
// finds it no more. It reports whether the message was there to be hidden.
func (s *Store) RevokeMessage(tx *dbx.Tx, account, id desk.ID, by desk.ID) (bool, error) {
	n, err := tx.Exec(`UPDATE message SET deleted_at = $3, deleted_by = $4, rev = rev + 1
		WHERE account_id = $1 AND id = $2 AND deleted_at = 0`, account, id, s.now(), by)
	if err != nil || n == 0 {
		return false, err
	}
	return true, dbx.RemoveText(tx, int64(id), int64(account))
}

// DismissMessage hides a message that did not leave from the timeline; nothing
// is deleted. Any other is a 422 invalid_transition.
func (s *Store) DismissMessage(tx *dbx.Tx, account, id desk.ID) (desk.Message, error) {
	m, err := scanMessage(tx.QueryRow(`UPDATE message SET dismissed = TRUE, rev = rev + 1 WHERE account_id = $1 AND id = $2
		AND direction = 'out' AND status IN ('failed', 'expired', 'uncertain') RETURNING `+messageFields, account, id))
	if desk.CodeOf(err) != desk.CodeNotFound {
		return m, err
	}
	if _, err := s.Message(tx, account, id); err != nil {
		return m, err
	}
	return m, desk.Refuse(desk.CodeInvalidTransition)
}

// RetryOf returns the message that repeats another one, the newest; Missing if
// there is none.
func (s *Store) RetryOf(q dbx.Querier, account, id desk.ID) (desk.Message, error) {
	return scanMessage(q.QueryRow(`SELECT `+messageFields+` FROM message
		WHERE retry_of = $2 AND retry_of <> 0 AND account_id = $1 ORDER BY id DESC LIMIT 1`, account, id))
}
