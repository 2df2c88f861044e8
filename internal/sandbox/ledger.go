package sandbox

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const messageColumns = `id, chat_id, seq, direction, wamid, correlation, recipient, status, error_code, quoted, view, pricing,
	accepted_at, sent_at, delivered_at, read_at, played_at, failed_at`

func scanMessage(r dbx.Scanner) (Message, error) {
	var m Message
	var view, pricing string
	err := r.Scan(&m.ID, &m.ChatID, &m.Seq, &m.Direction, &m.WAMID, &m.Correlation, &m.Recipient, &m.Status, &m.ErrorCode, &m.Quoted,
		&view, &pricing, &m.At, &m.SentAt, &m.DeliveredAt, &m.ReadAt, &m.PlayedAt, &m.FailedAt)
	if err != nil {
		return m, err
	}
	if pricing != "" {
		err = json.Unmarshal([]byte(pricing), &m.Pricing)
	}
	return m, errors.Join(err, json.Unmarshal([]byte(view), &m.View))
}

// LedgerQuery asks for messages in the order in which they were accepted.
type LedgerQuery struct {
	AccountID     desk.ID
	PhoneNumberID string
	AfterSeq      int64
	Limit         int // at most and by default 1000
}

const maxPage = 1000

// Messages is the ledger of one number: what it accepted, in both directions,
// in order of acceptance, including what failed later. Tests balance their
// books with it.
func (s *Sandbox) Messages(ctx context.Context, q LedgerQuery) ([]Message, error) {
	n, err := s.Number(ctx, q.AccountID, q.PhoneNumberID)
	if err != nil {
		return nil, err
	}
	return dbx.All(s.db.Read(ctx), scanMessage, `SELECT `+messageColumns+` FROM sandbox_message
		WHERE account_id=$1 AND number_id=$2 AND seq>$3 ORDER BY seq LIMIT $4`, q.AccountID, n.id, q.AfterSeq, pageSize(q.Limit, maxPage))
}

// ChatMessages returns what the phone shows of a chat, newest first, older
// than before (0: from the newest): not what failed or has not been delivered.
func (s *Sandbox) ChatMessages(ctx context.Context, accountID, chatID, before desk.ID, limit int) ([]Message, error) {
	if _, err := s.Chat(ctx, accountID, chatID); err != nil {
		return nil, err
	}
	if before == 0 {
		before = 1<<63 - 1
	}
	return dbx.All(s.db.Read(ctx), scanMessage, `SELECT `+messageColumns+` FROM sandbox_message
		WHERE account_id=$1 AND chat_id=$2 AND id<$3 AND status NOT IN ('failed', 'sent') ORDER BY id DESC LIMIT $4`,
		accountID, chatID, before, pageSize(limit, 200))
}

func pageSize(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}

// message finds one of a chat's messages by its wamid, or a 404.
func (s *Sandbox) message(ctx context.Context, accountID, chatID desk.ID, wamid string) (Message, error) {
	if !isText(wamid, maxWAMID) {
		return Message{}, desk.Missing()
	}
	m, err := scanMessage(s.db.Read(ctx).QueryRow(`SELECT `+messageColumns+` FROM sandbox_message
		WHERE account_id=$1 AND wamid=$2 AND chat_id=$3`, accountID, wamid, chatID))
	return m, found(err)
}

// insertMessage writes one line of the ledger.
func insertMessage(tx *dbx.Tx, accountID, numberID desk.ID, m *Message, view, pricing string, seen bool) error {
	_, err := tx.Exec(`INSERT INTO sandbox_message (id, account_id, number_id, chat_id, seq, direction, wamid, correlation, recipient,
		status, error_code, seen, quoted, view, pricing, accepted_at, sent_at, delivered_at, read_at, failed_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)`,
		m.ID, accountID, numberID, m.ChatID, m.Seq, string(m.Direction), m.WAMID, m.Correlation, m.Recipient,
		m.Status, m.ErrorCode, seen, m.Quoted, view, pricing, m.At, m.SentAt, m.DeliveredAt, m.ReadAt, m.FailedAt)
	return err
}
