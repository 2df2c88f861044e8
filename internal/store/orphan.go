package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Orphan is a status that came before its message was known by the provider's
// id (decisions.md 9). Body is the status as JSON, for who wrote it to read.
type Orphan struct {
	ID           desk.ID
	AccountID    desk.ID
	ConnectionID desk.ID
	ProviderID   string
	Status       desk.MessageStatus
	Body         string
	At           desk.Time
}

// AddOrphan keeps an early status; the same one twice is kept once.
func (s *Store) AddOrphan(tx *dbx.Tx, o Orphan) error {
	_, err := tx.Exec(`INSERT INTO orphan_status (id, account_id, connection_id, provider_id, status, body, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, connection_id, provider_id, status) DO NOTHING`,
		s.IDs.Next(), o.AccountID, o.ConnectionID, o.ProviderID, o.Status, o.Body, s.now())
	return err
}

// TakeOrphans removes and returns the early statuses of a message, in the
// order in which they came.
func (s *Store) TakeOrphans(tx *dbx.Tx, account, connection desk.ID, providerID string) ([]Orphan, error) {
	list, err := dbx.All(tx, scanOrphan, `SELECT id, account_id, connection_id, provider_id, status, body, at FROM orphan_status
		WHERE account_id = $1 AND connection_id = $2 AND provider_id = $3 ORDER BY id`+dbx.ForUpdate(tx), account, connection, providerID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	_, err = tx.Exec(`DELETE FROM orphan_status WHERE account_id = $1 AND connection_id = $2 AND provider_id = $3`,
		account, connection, providerID)
	return list, err
}

func scanOrphan(r dbx.Scanner) (Orphan, error) {
	var o Orphan
	err := r.Scan(&o.ID, &o.AccountID, &o.ConnectionID, &o.ProviderID, &o.Status, &o.Body, &o.At)
	return o, err
}

// PurgeOrphans removes up to n statuses, of all accounts, older than before.
func (s *Store) PurgeOrphans(tx *dbx.Tx, before desk.Time, n int) (int64, error) {
	return tx.Exec(`DELETE FROM orphan_status WHERE id IN (SELECT id FROM orphan_status WHERE at < $1`+limit(n)+`)`, before)
}
