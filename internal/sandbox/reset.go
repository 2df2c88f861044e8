package sandbox

import (
	"context"
	"errors"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// deleteChunk bounds the rows one transaction deletes: others wait for it.
const deleteChunk = 200

// RemoveNumber forgets a number with its chats, messages, files and webhooks.
// Users and templates stay: they belong to the account and the WABA.
func (s *Sandbox) RemoveNumber(ctx context.Context, accountID desk.ID, phoneNumberID string) error {
	n, err := s.Number(ctx, accountID, phoneNumberID)
	if err != nil {
		return err
	}
	s.couriers.dismiss(n.id)
	if err := s.clearNumber(ctx, n); err != nil {
		return err
	}
	return s.touchOne(ctx, `DELETE FROM sandbox_number WHERE account_id=$1 AND id=$2`, accountID, n.id)
}

// Reset gives the account new phones: users, chats, messages, files and
// webhooks that are still owed go, faults are switched off and limits of rate
// forgotten. Numbers and templates stay.
func (s *Sandbox) Reset(ctx context.Context, accountID desk.ID) error {
	numbers, err := s.Numbers(ctx, accountID)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if err := s.clearNumber(ctx, n); err != nil {
			return err
		}
		if err := s.SetFaults(ctx, accountID, n.PhoneNumberID, nil); err != nil {
			return err
		}
		s.rate.Forget(n.id)
		s.dice.forget(n.PhoneNumberID)
	}
	err = s.deleteAll(ctx, `DELETE FROM sandbox_user WHERE id IN (SELECT id FROM sandbox_user WHERE account_id=$1 LIMIT $2)`, accountID)
	s.changed(accountID, 0)
	return err
}

func (s *Sandbox) clearNumber(ctx context.Context, n Number) error {
	for _, query := range []string{
		`DELETE FROM sandbox_webhook WHERE id IN (SELECT id FROM sandbox_webhook WHERE account_id=$1 AND number_id=$3 LIMIT $2)`,
		`DELETE FROM sandbox_message WHERE id IN (SELECT id FROM sandbox_message WHERE account_id=$1 AND number_id=$3 LIMIT $2)`,
		`DELETE FROM sandbox_chat WHERE id IN (SELECT id FROM sandbox_chat WHERE account_id=$1 AND number_id=$3 LIMIT $2)`,
		`DELETE FROM sandbox_media_chunk WHERE id IN (SELECT c.id FROM sandbox_media_chunk c
			JOIN sandbox_media m ON m.id = c.media_id AND m.account_id = c.account_id
			WHERE m.account_id=$1 AND m.number_id=$3 LIMIT $2)`,
		`DELETE FROM sandbox_media WHERE id IN (SELECT id FROM sandbox_media WHERE account_id=$1 AND number_id=$3 LIMIT $2)`,
	} {
		if err := s.deleteAll(ctx, query, n.AccountID, n.id); err != nil {
			return err
		}
	}
	return nil
}

// deleteAll repeats a bounded delete ($1 account, $2 bound) until nothing is
// left.
func (s *Sandbox) deleteAll(ctx context.Context, query string, accountID desk.ID, more ...any) error {
	args := append([]any{accountID, deleteChunk}, more...)
	for {
		var gone int64
		err := s.db.Do(ctx, func(tx *dbx.Tx) (err error) {
			gone, err = tx.Exec(query, args...)
			return err
		})
		if err != nil || gone < deleteChunk {
			return err
		}
	}
}

// dropExpiredMedia deletes a few of the files nobody may fetch any more. Every
// new file makes room this way.
func (s *Sandbox) dropExpiredMedia(ctx context.Context) error {
	rows, err := dbx.All(s.db.Read(ctx), func(r dbx.Scanner) (m [2]desk.ID, err error) {
		return m, r.Scan(&m[0], &m[1])
	}, `SELECT account_id, id FROM sandbox_media WHERE expires_at < $1 ORDER BY expires_at LIMIT 5`, s.stamp())
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range rows {
		errs = append(errs, s.deleteMedia(ctx, m[0], m[1]))
	}
	return errors.Join(errs...)
}
