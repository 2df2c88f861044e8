package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// DeleteContact anonymises a contact without a live ticket (D03): her data and
// addresses go at once, what was said by a job (EraseContact). Tickets, times
// and counts stay, as history without a person; whoever writes from her address
// later is a new contact. Supervisors may.
func (s *Store) DeleteContact(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := by.Require(desk.ActContactDelete); err != nil {
		return err
	}
	// Writing the channels keeps inbound messages waiting until we are done.
	if _, err := tx.Exec(`UPDATE contact_channel SET identity_id = 0, last_inbound_id = '', rev = rev + 1
		WHERE account_id = $1 AND contact_id = $2`, by.AccountID, id); err != nil {
		return err
	}
	live, err := exists(tx, `SELECT 1 FROM ticket WHERE account_id = $1 AND contact_id = $2 AND status <> 'closed'`, by.AccountID, id)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE contact SET name = '', name_fold = '', phone = '', email = '', first_name = '', last_name = '',
		document = '', birth_date = '', company = '', extra = '[]', photo_id = 0, deleted_at = $3, rev = rev + 1, updated_at = $3
		WHERE account_id = $1 AND id = $2 AND deleted_at = 0`, by.AccountID, id, s.now())
	switch {
	case err != nil:
		return err
	case n == 0:
		return desk.Missing()
	case live:
		return desk.Refuse(desk.CodeInUse)
	}
	for _, table := range []string{"identity", "contact_tag"} {
		if _, err := tx.Exec(`DELETE FROM `+table+` WHERE account_id = $1 AND contact_id = $2`, by.AccountID, id); err != nil {
			return err
		}
	}
	if err := s.UnindexContact(tx, by.AccountID, id); err != nil {
		return err
	}
	if err := s.addChore(tx, by.AccountID, JobErase, id); err != nil {
		return err
	}
	return s.record(tx, by, desk.EvContactDeleted, "contact", id, nil)
}

// eraseChunk bounds the messages one transaction erases; each has a row here
// and there.
const eraseChunk = 30

// EraseContact goes on erasing what was said with a deleted contact and reports
// whether there may be more: texts, files, reactions, earlier versions, the
// search index, and the stored form of what she sent (decisions.md 21). What
// the provider said about our messages to her is emptied with its age, after 30
// days (decisions.md 20). It does nothing for a contact who is not deleted.
func (s *Store) EraseContact(tx *dbx.Tx, account, contact desk.ID) (more bool, err error) {
	gone, err := exists(tx, `SELECT 1 FROM contact WHERE account_id = $1 AND id = $2 AND deleted_at > 0`, account, contact)
	if err != nil || !gone {
		return false, err
	}
	list, err := s.unerased(tx, account, contact)
	if err != nil || len(list) == 0 {
		return false, err
	}
	return true, s.eraseMessages(tx, account, list)
}

// said is what erasing needs to know of a message.
type said struct {
	id         desk.ID
	connection desk.ID
	providerID string
}

// unerased returns messages with the contact that still say something, within
// her tickets and beside them.
func (s *Store) unerased(q dbx.Querier, account, contact desk.ID) ([]said, error) {
	const says = `(m.body <> '' OR m.content <> '' OR m.media_count > 0 OR m.reaction_count > 0)`
	return dbx.All(q, func(r dbx.Scanner) (said, error) {
		var m said
		err := r.Scan(&m.id, &m.connection, &m.providerID)
		return m, err
	}, `SELECT m.id, m.connection_id, m.provider_id FROM ticket t JOIN message m ON m.ticket_id = t.id
			WHERE t.account_id = $1 AND t.contact_id = $2 AND m.ticket_id <> 0 AND `+says+`
		UNION ALL SELECT m.id, m.connection_id, m.provider_id FROM contact_channel h JOIN message m ON m.channel_id = h.id
			WHERE h.account_id = $1 AND h.contact_id = $2 AND m.ticket_id <= 0 AND `+says+limit(eraseChunk),
		account, contact)
}

func (s *Store) eraseMessages(tx *dbx.Tx, account desk.ID, list []said) error {
	ids := make([]desk.ID, len(list))
	keys := map[desk.ID][]string{}
	for i, m := range list {
		ids[i] = m.id
		if m.providerID != "" {
			// The key of a message as it came in, see channel.Element.
			keys[m.connection] = append(keys[m.connection], "m:"+m.providerID)
		}
	}
	for _, erase := range []struct{ statement, column string }{
		{`UPDATE message SET body = '', content = '', media_count = 0, reaction_count = 0, rev = rev + 1`, "id"},
		{`DELETE FROM message_text`, "id"},
		{`DELETE FROM media`, "message_id"},
		{`DELETE FROM reaction`, "message_id"},
		{`DELETE FROM message_revision`, "message_id"},
	} {
		var a dbx.Args
		text := erase.statement + ` WHERE account_id = ` + a.Add(account) + ` AND ` + erase.column + ` IN (` + dbx.List(&a, ids) + `)`
		if _, err := tx.Exec(text, a.Values()...); err != nil {
			return err
		}
	}
	for connection, folds := range keys {
		var a dbx.Args
		text := `UPDATE raw_event SET body = '' WHERE account_id = ` + a.Add(account) + ` AND connection_id = ` + a.Add(connection) +
			` AND fold IN (` + dbx.List(&a, folds) + `)`
		if _, err := tx.Exec(text, a.Values()...); err != nil {
			return err
		}
	}
	return nil
}
