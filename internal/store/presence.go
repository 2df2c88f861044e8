package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Presence is whether a user has the desk open and takes tickets.
type Presence struct {
	UserID    desk.ID
	Available bool
	Online    bool
}

// Presences reads the presence of users; unknown and deleted ones are left out.
func (s *Store) Presences(q dbx.Querier, account desk.ID, users []desk.ID) ([]Presence, error) {
	var a dbx.Args
	return dbx.All(q, func(r dbx.Scanner) (Presence, error) {
		var p Presence
		var at desk.Time
		err := r.Scan(&p.UserID, &p.Available, &at)
		p.Online = at != 0
		return p, err
	}, `SELECT id, available, online_at FROM account_user WHERE account_id = `+a.Add(account)+
		` AND id IN (`+dbx.List(&a, users)+`) AND deleted_at = 0 ORDER BY id`, a.Values()...)
}

// ComeOnline notes that a user opened the desk, and tells of it if she was
// offline.
func (s *Store) ComeOnline(tx *dbx.Tx, account, user desk.ID) error {
	n, err := tx.Exec(`UPDATE account_user SET online_at = $3 WHERE account_id = $1 AND id = $2 AND online_at = 0 AND deleted_at = 0`,
		account, user, s.now())
	if err == nil && n > 0 {
		s.announcePresence(tx, account, user, true)
	}
	return err
}

// GoOffline notes that a user left the desk and tells of it.
func (s *Store) GoOffline(tx *dbx.Tx, account, user desk.ID) error {
	err := s.SetOnline(tx, account, user, 0)
	if err == nil {
		s.announcePresence(tx, account, user, false)
	}
	return err
}

// StayOnline notes that users, at most 200, still have the desk open.
func (s *Store) StayOnline(tx *dbx.Tx, account desk.ID, users []desk.ID) error {
	var a dbx.Args
	_, err := tx.Exec(`UPDATE account_user SET online_at = `+a.Add(s.now())+` WHERE account_id = `+a.Add(account)+
		` AND id IN (`+dbx.List(&a, users)+`) AND deleted_at = 0`, a.Values()...)
	return err
}

// DropAbsent marks users offline who have not been seen online since a time:
// the process that knew of them is gone. It takes up to 200 and reports whether
// there may be more.
func (s *Store) DropAbsent(tx *dbx.Tx, since desk.Time) (more bool, err error) {
	const chunk = 200
	type gone struct{ account, user desk.ID }
	list, err := dbx.All(tx, func(r dbx.Scanner) (gone, error) {
		var g gone
		err := r.Scan(&g.account, &g.user)
		return g, err
	}, `UPDATE account_user SET online_at = 0 WHERE online_at <> 0 AND online_at < $1 AND id IN (SELECT id FROM account_user
		WHERE online_at <> 0 AND online_at < $1 ORDER BY id`+limit(chunk)+`) RETURNING account_id, id`, since)
	for _, g := range list {
		s.announcePresence(tx, g.account, g.user, false)
	}
	return len(list) == chunk, err
}

// announcePresence tells of coming and leaving without recording it, as it is
// no change that anybody looks up later.
func (s *Store) announcePresence(tx *dbx.Tx, account, user desk.ID, online bool) {
	s.Announce(tx, desk.Event{AccountID: account, Type: desk.EvUserPresence, Entity: "user", EntityID: user,
		Actor: desk.ByUser(user), Data: map[string]any{"online": online}})
}
