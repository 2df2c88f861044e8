package store

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const userColumns = `u.id, u.account_id, u.person_id, u.name, p.email, u.role, u.phone, u.active, u.available, u.pause_reason,
	u.default_connection_id, u.signature, u.photo_id, u.preferences, u.online_at, u.created_at`

const userTables = `account_user u JOIN person p ON p.id = u.person_id`

func userTargets(x *desk.User, preferences *string) []any {
	return []any{&x.ID, &x.AccountID, &x.PersonID, &x.Name, &x.Email, &x.Role, &x.Phone, &x.Active, &x.Available, &x.PauseReason,
		&x.DefaultConnectionID, &x.Signature, &x.PhotoID, preferences, &x.OnlineAt, &x.CreatedAt}
}

func scanUser(r dbx.Scanner) (desk.User, error) {
	var x desk.User
	var preferences string
	if err := r.Scan(userTargets(&x, &preferences)...); err != nil {
		return x, err
	}
	x.Preferences = desk.DefaultPreferences()
	return x, fromJSON(preferences, &x.Preferences)
}

// User returns one user with her memberships, or a 404. Inactive ones are
// found.
func (s *Store) User(q dbx.Querier, account, id desk.ID) (desk.User, error) {
	x, err := scanUser(q.QueryRow(`SELECT `+userColumns+` FROM `+userTables+`
		WHERE u.account_id = $1 AND u.id = $2 AND u.deleted_at = 0`, account, id))
	if err != nil {
		return x, missing(err)
	}
	list := []desk.User{x}
	err = fillUsers(q, account, list)
	return list[0], err
}

// UserList asks for users.
type UserList struct {
	List
	OnlyActive bool
	Role       desk.Role // "" means every role
	QueueID    desk.ID   // members of the queue, direct or through a team
}

// Users lists users by name.
func (s *Store) Users(q dbx.Querier, account desk.ID, l UserList) (Page[desk.User], error) {
	var a dbx.Args
	text := `SELECT ` + userColumns + ` FROM ` + userTables + ` WHERE u.account_id = ` + a.Add(account) + ` AND u.deleted_at = 0`
	if l.OnlyActive {
		text += ` AND u.active`
	}
	if l.Role != "" {
		text += ` AND u.role = ` + a.Add(l.Role)
	}
	if l.QueueID != 0 {
		text += ` AND u.id IN (` + membersOf(&a, account, l.QueueID) + `)`
	}
	end, err := l.byName(&a, "u")
	if err != nil {
		return Page[desk.User]{}, err
	}
	items, err := dbx.All(q, scanUser, text+end, a.Values()...)
	if err != nil {
		return Page[desk.User]{}, err
	}
	page := pageOf(l.List, items, func(x desk.User) any { return nameKey{dbx.Fold(x.Name), x.ID} })
	return page, fillUsers(q, account, page.Items)
}

// membersOf selects the users who belong to a queue, direct or through a team.
func membersOf(a *dbx.Args, account, queue desk.ID) string {
	owner, id := a.Add(account), a.Add(queue)
	return `SELECT user_id FROM user_queue WHERE account_id = ` + owner + ` AND queue_id = ` + id + `
		UNION SELECT m.user_id FROM team_queue t JOIN team_member m ON m.account_id = t.account_id AND m.team_id = t.team_id
		WHERE t.account_id = ` + owner + ` AND t.queue_id = ` + id
}

// IsMember reports whether the user is active and belongs to the queue, direct
// or through a team (C13).
func (s *Store) IsMember(q dbx.Querier, account, user, queue desk.ID) (bool, error) {
	var a dbx.Args
	text := `SELECT 1 FROM account_user WHERE account_id = ` + a.Add(account) + ` AND id = ` + a.Add(user) +
		` AND active AND deleted_at = 0 AND id IN (` + membersOf(&a, account, queue) + `)`
	return exists(q, text, a.Values()...)
}

func fillUsers(q dbx.Querier, account desk.ID, list []desk.User) error {
	ids := make([]desk.ID, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	queues, err := userQueues.of(q, account, ids)
	if err != nil {
		return err
	}
	teams, err := userTeams.of(q, account, ids)
	if err != nil {
		return err
	}
	connections, err := userConnections.of(q, account, ids)
	if err != nil {
		return err
	}
	for i := range list {
		x := &list[i]
		x.Queues, x.Teams, x.Connections = queues[x.ID], teams[x.ID], connections[x.ID]
	}
	return nil
}

// Viewer reads everything that decides what an active user may see and do, in
// two statements. Somebody who is inactive or gone is a 404.
func (s *Store) Viewer(q dbx.Querier, account, user desk.ID) (desk.Viewer, desk.User, error) {
	row := q.QueryRow(`SELECT `+userColumns+`, a.settings FROM `+userTables+` JOIN account a ON a.id = u.account_id
		WHERE u.account_id = $1 AND u.id = $2 AND u.active AND u.deleted_at = 0`, account, user)
	return viewerFrom(q, row)
}

// viewerFrom builds the viewer from a row of userColumns and account settings;
// more receives columns that follow.
func viewerFrom(q dbx.Querier, row dbx.Scanner, more ...any) (desk.Viewer, desk.User, error) {
	var x desk.User
	var preferences, stored string
	targets := append(userTargets(&x, &preferences), &stored)
	if err := row.Scan(append(targets, more...)...); err != nil {
		return desk.Viewer{}, x, missing(err)
	}
	x.Preferences = desk.DefaultPreferences()
	if err := fromJSON(preferences, &x.Preferences); err != nil {
		return desk.Viewer{}, x, err
	}
	var settings desk.Settings
	if err := settings.UnmarshalStored([]byte(stored)); err != nil {
		return desk.Viewer{}, x, err
	}
	v := desk.Viewer{AccountID: x.AccountID, UserID: x.ID, Role: x.Role, Rights: settings.Rights()}
	err := fillViewer(q, &v, &x)
	return v, x, err
}

// fillViewer reads the user's own memberships and the queues her teams grant.
func fillViewer(q dbx.Querier, v *desk.Viewer, x *desk.User) error {
	rows, err := q.Query(`SELECT 1, queue_id FROM user_queue WHERE account_id = $1 AND user_id = $2
		UNION ALL SELECT 2, team_id FROM team_member WHERE account_id = $1 AND user_id = $2
		UNION ALL SELECT 3, t.queue_id FROM team_member m
			JOIN team_queue t ON t.account_id = m.account_id AND t.team_id = m.team_id
			WHERE m.account_id = $1 AND m.user_id = $2
		UNION ALL SELECT 4, connection_id FROM user_connection WHERE account_id = $1 AND user_id = $2`, x.AccountID, x.ID)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var what int
		var id desk.ID
		if err := rows.Scan(&what, &id); err != nil {
			return err
		}
		switch what {
		case 1:
			x.Queues = append(x.Queues, id)
			v.Queues = append(v.Queues, id)
		case 2:
			x.Teams = append(x.Teams, id)
		case 3:
			v.Queues = append(v.Queues, id)
		case 4:
			x.Connections = append(x.Connections, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	slices.Sort(x.Queues)
	slices.Sort(x.Teams)
	slices.Sort(x.Connections)
	v.Queues, v.Connections = sortedIDs(v.Queues), slices.Clone(x.Connections)
	return nil
}
