package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Session is one signed-in browser.
type Session struct {
	ID         desk.ID
	AccountID  desk.ID
	UserID     desk.ID
	SecretHash string // hex sha256 of the cookie's secret half
	Remember   bool
	UserAgent  string
	CreatedAt  desk.Time
	SeenAt     desk.Time
	ExpiresAt  desk.Time
}

const sessionColumns = `s.id, s.account_id, s.user_id, s.secret_hash, s.remember, s.user_agent, s.created_at, s.seen_at, s.expires_at`

func sessionTargets(x *Session) []any {
	return []any{&x.ID, &x.AccountID, &x.UserID, &x.SecretHash, &x.Remember, &x.UserAgent, &x.CreatedAt, &x.SeenAt, &x.ExpiresAt}
}

func scanSession(r dbx.Scanner) (Session, error) {
	var x Session
	err := r.Scan(sessionTargets(&x)...)
	return x, err
}

// maxSessions is how many browsers one user may be signed in with; the oldest
// give way.
const maxSessions = 20

// StartSession stores a session; the user must be active. ID and account are
// given by the caller.
func (s *Store) StartSession(tx *dbx.Tx, x Session) error {
	n, err := tx.Exec(`INSERT INTO session (id, account_id, user_id, secret_hash, remember, user_agent, created_at, seen_at, expires_at)
		SELECT $1, account_id, id, $4, $5, $6, $7, $7, $8 FROM account_user
		WHERE account_id = $2 AND id = $3 AND active AND deleted_at = 0`,
		x.ID, x.AccountID, x.UserID, x.SecretHash, x.Remember, x.UserAgent, x.CreatedAt, x.ExpiresAt)
	if err != nil {
		return err
	}
	if n == 0 {
		return desk.Missing()
	}
	old, err := dbx.All(tx, scanSession, `SELECT `+sessionColumns+` FROM session s WHERE s.account_id = $1 AND s.user_id = $2
		ORDER BY s.seen_at DESC, s.id DESC LIMIT 100 OFFSET $3`, x.AccountID, x.UserID, maxSessions)
	if err != nil {
		return err
	}
	if err := s.endSessions(tx, old, "too_many"); err != nil {
		return err
	}
	return s.Record(tx, desk.Event{AccountID: x.AccountID, Type: desk.EvSessionStarted, Entity: "session", EntityID: x.ID,
		Actor: desk.ByUser(x.UserID), Data: map[string]any{"user": x.UserID}})
}

// SessionViewer reads a session together with its user, in two statements. A
// session that does not exist, or whose user is inactive or gone, is a 404;
// expiry is for the caller to judge.
func (s *Store) SessionViewer(q dbx.Querier, id desk.ID) (Session, desk.Viewer, desk.User, error) {
	var x Session
	row := q.QueryRow(`SELECT `+userColumns+`, a.settings, `+sessionColumns+` FROM session s
		JOIN account_user u ON u.id = s.user_id AND u.account_id = s.account_id
		JOIN person p ON p.id = u.person_id JOIN account a ON a.id = u.account_id
		WHERE s.id = $1 AND u.active AND u.deleted_at = 0`, id)
	v, u, err := viewerFrom(q, row, sessionTargets(&x)...)
	return x, v, u, err
}

// Sessions lists the sessions of a user, last seen first.
func (s *Store) Sessions(q dbx.Querier, account, user desk.ID) ([]Session, error) {
	return dbx.All(q, scanSession, `SELECT `+sessionColumns+` FROM session s WHERE s.account_id = $1 AND s.user_id = $2
		ORDER BY s.seen_at DESC, s.id DESC`, account, user)
}

// TouchSession slides a session's expiry. One that has ended meanwhile stays
// ended.
func (s *Store) TouchSession(tx *dbx.Tx, id desk.ID, seen, expires desk.Time) error {
	_, err := tx.Exec(`UPDATE session SET seen_at = $2, expires_at = $3 WHERE id = $1 AND seen_at < $2`, id, seen, expires)
	return err
}

// EndSession ends one session of a user; a 404 when there is no such one.
func (s *Store) EndSession(tx *dbx.Tx, account, user, id desk.ID, reason string) error {
	list, err := dbx.All(tx, scanSession, `SELECT `+sessionColumns+` FROM session s
		WHERE s.id = $1 AND s.account_id = $2 AND s.user_id = $3`, id, account, user)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return desk.Missing()
	}
	return s.endSessions(tx, list, reason)
}

// EndSessionsOfUser ends a user's sessions but the one kept (0: none is).
func (s *Store) EndSessionsOfUser(tx *dbx.Tx, account, user, keep desk.ID, reason string) error {
	list, err := dbx.All(tx, scanSession, `SELECT `+sessionColumns+` FROM session s
		WHERE s.account_id = $1 AND s.user_id = $2 AND s.id <> $3`, account, user, keep)
	if err != nil {
		return err
	}
	return s.endSessions(tx, list, reason)
}

// EndSessionsOfPerson ends the sessions of a person in every account but the
// one kept.
func (s *Store) EndSessionsOfPerson(tx *dbx.Tx, person, keep desk.ID, reason string) error {
	list, err := dbx.All(tx, scanSession, `SELECT `+sessionColumns+` FROM session s
		JOIN account_user u ON u.id = s.user_id AND u.account_id = s.account_id
		WHERE u.person_id = $1 AND s.id <> $2`, person, keep)
	if err != nil {
		return err
	}
	return s.endSessions(tx, list, reason)
}

// endSessions deletes sessions and tells of each, so that its streams end.
func (s *Store) endSessions(tx *dbx.Tx, list []Session, reason string) error {
	for _, x := range list {
		if _, err := tx.Exec(`DELETE FROM session WHERE id = $1 AND account_id = $2`, x.ID, x.AccountID); err != nil {
			return err
		}
		err := s.Record(tx, desk.Event{AccountID: x.AccountID, Type: desk.EvSessionEnded, Entity: "session", EntityID: x.ID,
			Actor: desk.ByUser(x.UserID), Data: map[string]any{"user": x.UserID, "reason": reason}})
		if err != nil {
			return err
		}
	}
	return nil
}

// DropExpiredSessions ends up to 50 sessions that have run out and reports
// whether there may be more.
func (s *Store) DropExpiredSessions(tx *dbx.Tx, now desk.Time) (more bool, err error) {
	const chunk = 50
	list, err := dbx.All(tx, scanSession, `SELECT `+sessionColumns+` FROM session s WHERE s.expires_at <= $1
		ORDER BY s.expires_at`+limit(chunk), now)
	if err != nil {
		return false, err
	}
	return len(list) == chunk, s.endSessions(tx, list, "expired")
}
