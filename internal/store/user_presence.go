package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// SetAvailability says whether a user takes tickets now.
func (s *Store) SetAvailability(tx *dbx.Tx, by *desk.Viewer, available bool, reason string) error {
	reason, err := desk.ValidText("reason", reason, 0, maxSignature)
	if err != nil {
		return err
	}
	if available {
		reason = ""
	}
	n, err := tx.Exec(`UPDATE account_user SET available = $3, pause_reason = $4, rev = rev + 1, updated_at = $5
		WHERE account_id = $1 AND id = $2 AND deleted_at = 0 AND (available <> $3 OR pause_reason <> $4)`,
		by.AccountID, by.UserID, available, reason, s.now())
	if err != nil || n == 0 {
		return err
	}
	return s.record(tx, by, desk.EvUserPresence, "user", by.UserID, map[string]any{"available": available, "reason": reason})
}

// SetOnline notes when a user was last seen with the desk open; 0 means that
// she left.
func (s *Store) SetOnline(tx *dbx.Tx, account, user desk.ID, at desk.Time) error {
	_, err := tx.Exec(`UPDATE account_user SET online_at = $3 WHERE account_id = $1 AND id = $2`, account, user, at)
	return err
}
