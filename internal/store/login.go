package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// LoginLimit bounds failed sign-ins about one subject.
type LoginLimit struct {
	Subject  string // keyed hash
	Failures int64  // allowed within the window
	Window   int64  // milliseconds
}

// TakeLogin counts an attempt against the limit before the password is looked
// at, so that parallel guesses can't slip through; a right password gives it
// back by ForgiveLogin. The last attempt allowed blocks the subject for the
// window to come. It returns until when the subject is blocked, or 0 when this
// attempt may go on.
func (s *Store) TakeLogin(tx *dbx.Tx, l LoginLimit) (desk.Time, error) {
	now, window := s.now(), desk.Time(l.Window)
	var failures int64
	var since, blocked desk.Time
	// One statement makes the row or locks it: between two, somebody else's
	// right password may take it away.
	if err := tx.QueryRow(`INSERT INTO login_failure (subject, failures, since, blocked_until) VALUES ($1, 0, $2, 0)
		ON CONFLICT (subject) DO UPDATE SET failures = login_failure.failures RETURNING failures, since, blocked_until`,
		l.Subject, now).Scan(&failures, &since, &blocked); err != nil {
		return 0, err
	}
	if blocked > now {
		return blocked, nil
	}
	if blocked != 0 || since+window <= now {
		failures, since, blocked = 0, now, 0
	}
	failures++
	if failures >= l.Failures {
		blocked = now + window
	}
	_, err := tx.Exec(`UPDATE login_failure SET failures = $2, since = $3, blocked_until = $4 WHERE subject = $1`,
		l.Subject, failures, since, blocked)
	return 0, err
}

// ForgiveLogin forgets the failures about subjects after a right password.
func (s *Store) ForgiveLogin(tx *dbx.Tx, subjects ...string) error {
	for _, subject := range subjects {
		if _, err := tx.Exec(`DELETE FROM login_failure WHERE subject = $1`, subject); err != nil {
			return err
		}
	}
	return nil
}

// DropLoginFailures forgets what is older than the moment given.
func (s *Store) DropLoginFailures(tx *dbx.Tx, before desk.Time) error {
	_, err := tx.Exec(`DELETE FROM login_failure WHERE since < $1 AND blocked_until < $1`, before)
	return err
}
