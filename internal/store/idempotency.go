package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Effect is what a request with an Idempotency-Key did (decisions.md 5).
type Effect struct {
	AccountID desk.ID
	Principal string // "user:7", "token:9": keys of different callers don't meet
	Key       string
	Hash      string // of the request
	Status    int    // HTTP status of the answer
	IDs       []desk.ID
	At        desk.Time
}

// Once stores the effect of a request within the transaction that has it.
// Called first, with ids made beforehand, it makes a concurrent repetition
// wait and then find it. It returns nil when the effect is new; else what is
// stored, from which the answer is rebuilt and nothing further is done. The
// same key with another request is a 422 idempotency_mismatch.
func (s *Store) Once(tx *dbx.Tx, e Effect) (*Effect, error) {
	ids, err := toJSON(e.IDs)
	if err != nil {
		return nil, err
	}
	n, err := tx.Exec(`INSERT INTO idempotency (account_id, principal, key, request_hash, status, ids, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, principal, key) DO NOTHING`,
		e.AccountID, e.Principal, e.Key, e.Hash, e.Status, ids, s.now())
	if err != nil || n == 1 {
		return nil, err
	}
	prior, err := s.EffectOf(tx, e)
	if err != nil {
		return nil, err
	}
	return &prior, nil
}

// EffectOf reads what a request did before; Missing if it is new. The same key
// with another request is a 422 idempotency_mismatch.
func (s *Store) EffectOf(q dbx.Querier, e Effect) (Effect, error) {
	prior, ids := e, ""
	err := q.QueryRow(`SELECT request_hash, status, ids, at FROM idempotency
		WHERE account_id = $1 AND principal = $2 AND key = $3`, e.AccountID, e.Principal, e.Key).Scan(
		&prior.Hash, &prior.Status, &ids, &prior.At)
	if err != nil {
		return prior, missing(err)
	}
	if prior.Hash != e.Hash {
		return prior, desk.Refuse(desk.CodeIdempotencyMismatch)
	}
	prior.IDs = nil
	return prior, fromJSON(ids, &prior.IDs)
}

// ChangeEffect corrects the status and ids of a stored effect, for answers
// that are known only after the commit.
func (s *Store) ChangeEffect(tx *dbx.Tx, e Effect) error {
	ids, err := toJSON(e.IDs)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE idempotency SET status = $4, ids = $5 WHERE account_id = $1 AND principal = $2 AND key = $3`,
		e.AccountID, e.Principal, e.Key, e.Status, ids)
	return err
}

// ForgetEffect removes an effect that was undone, so that the key may be used
// again.
func (s *Store) ForgetEffect(tx *dbx.Tx, e Effect) error {
	_, err := tx.Exec(`DELETE FROM idempotency WHERE account_id = $1 AND principal = $2 AND key = $3`, e.AccountID, e.Principal, e.Key)
	return err
}

// PurgeEffects removes up to n effects, of all accounts, older than before.
func (s *Store) PurgeEffects(tx *dbx.Tx, before desk.Time, n int) (int64, error) {
	return tx.Exec(`DELETE FROM idempotency WHERE (account_id, principal, key) IN
		(SELECT account_id, principal, key FROM idempotency WHERE at < $1 ORDER BY at`+limit(n)+`)`, before)
}
