package store

import (
	"encoding/json"
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// UserNew is a user to be created (E6 to E14). The password is hashed by the
// caller, after desk.ValidPassword.
type UserNew struct {
	Name                string
	Email               string
	PasswordHash        string
	Role                desk.Role // "" means user
	Phone               string
	Signature           string
	Queues              []desk.ID
	Teams               []desk.ID
	Connections         []desk.ID // empty means all
	DefaultConnectionID desk.ID
}

// UserPatch changes the fields that are set.
type UserPatch struct {
	Name                *string
	Email               *string
	PasswordHash        *string
	Role                *desk.Role
	Phone               *string
	Active              *bool
	Signature           *string
	PhotoID             *desk.ID
	Preferences         PreferencesPatch
	Queues              *[]desk.ID
	Teams               *[]desk.ID
	Connections         *[]desk.ID
	DefaultConnectionID *desk.ID
	// KeepSession stays signed in when the password changes: the one that
	// changed it.
	KeepSession desk.ID
}

// PreferencesPatch changes the preferences that are set; the others are left as
// they are when it is written, whoever has changed them meanwhile.
type PreferencesPatch struct {
	Locale    *string
	Theme     *string
	Density   *string
	Sound     *bool
	Shortcuts *bool
}

func (p *PreferencesPatch) overlay(x *desk.Preferences) {
	override(&x.Locale, p.Locale)
	override(&x.Theme, p.Theme)
	override(&x.Density, p.Density)
	override(&x.Sound, p.Sound)
	override(&x.Shortcuts, p.Shortcuts)
}

const (
	personTaken  = "account_user(account_id,person_id)"
	emailTaken   = "person(email)"
	maxSignature = 60
)

// CreateUser adds a user. Supervisors may add ordinary users only (R2). A
// person who already works in another account keeps her password.
func (s *Store) CreateUser(tx *dbx.Tx, by *desk.Viewer, in UserNew) (desk.User, error) {
	if in.Role == "" {
		in.Role = desk.RoleUser
	}
	if err := mayEdit(by, "", in.Role); err != nil {
		return desk.User{}, err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return desk.User{}, err
	}
	x := desk.User{ID: s.IDs.Next(), AccountID: by.AccountID, Name: in.Name, Email: in.Email, Role: in.Role, Phone: in.Phone,
		Active: true, Available: true, Signature: in.Signature, Preferences: desk.DefaultPreferences(),
		Queues: sortedIDs(in.Queues), Teams: sortedIDs(in.Teams), Connections: sortedIDs(in.Connections),
		DefaultConnectionID: in.DefaultConnectionID, CreatedAt: s.now()}
	all := UserPatch{Queues: &x.Queues, Teams: &x.Teams, Connections: &x.Connections, DefaultConnectionID: &x.DefaultConnectionID}
	if err := s.checkUser(tx, &x, all); err != nil {
		return desk.User{}, err
	}
	var err error
	if x.PersonID, err = s.ensurePerson(tx, x.Email, in.PasswordHash); err != nil {
		return desk.User{}, err
	}
	if err := s.insertUser(tx, &x); err != nil {
		return desk.User{}, err
	}
	return x, s.record(tx, by, desk.EvUserCreated, "user", x.ID, made(map[string]any{
		"name": x.Name, "email": x.Email, "role": x.Role, "queues": emptyNotNil(x.Queues), "teams": emptyNotNil(x.Teams),
		"connections": emptyNotNil(x.Connections), "default_connection_id": x.DefaultConnectionID}))
}

func (s *Store) insertUser(tx *dbx.Tx, x *desk.User) error {
	_, err := tx.Exec(`INSERT INTO account_user (id, account_id, person_id, name, name_fold, role, phone, signature,
			default_connection_id, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
		x.ID, x.AccountID, x.PersonID, x.Name, dbx.Fold(x.Name), x.Role, x.Phone, x.Signature, x.DefaultConnectionID, x.CreatedAt)
	if err != nil {
		return taken(err, personTaken, clashField("email", desk.CodeEmailTaken))
	}
	for l, ids := range map[links][]desk.ID{userQueues: x.Queues, userTeams: x.Teams, userConnections: x.Connections} {
		if _, err := l.set(tx, x.AccountID, x.ID, nil, ids); err != nil {
			return err
		}
	}
	return nil
}

// UpdateUser changes a user of the register. Supervisors may change ordinary
// users and not raise them (R2); the last active administrator stays one (R3).
// Membership counts at once, on open sessions too (E11).
func (s *Store) UpdateUser(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p UserPatch) (desk.User, error) {
	if err := by.Require(desk.ActUserEdit); err != nil {
		return desk.User{}, err // whoever may change nobody also learns of nobody
	}
	return s.changeUser(tx, by, id, p, mayEdit)
}

// UpdateMe changes what a user decides herself (C1): everything of p but role,
// activity and memberships, which are ignored.
func (s *Store) UpdateMe(tx *dbx.Tx, by *desk.Viewer, p UserPatch) (desk.User, error) {
	own := UserPatch{Name: p.Name, Email: p.Email, PasswordHash: p.PasswordHash, Phone: p.Phone, Signature: p.Signature,
		PhotoID: p.PhotoID, Preferences: p.Preferences, KeepSession: p.KeepSession}
	return s.changeUser(tx, by, by.UserID, own, func(*desk.Viewer, desk.Role, desk.Role) error { return nil })
}

func (s *Store) changeUser(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p UserPatch,
	permit func(by *desk.Viewer, had, next desk.Role) error) (desk.User, error) {
	if err := lockAccount(tx, by.AccountID); err != nil {
		return desk.User{}, err
	}
	before, err := s.User(tx, by.AccountID, id)
	if err != nil {
		return desk.User{}, err
	}
	next := before
	p.overlay(&next)
	if err := permit(by, before.Role, next.Role); err != nil {
		return desk.User{}, err
	}
	if err := s.checkUser(tx, &next, p); err != nil {
		return desk.User{}, err
	}
	if err := keepAdmin(tx, &before, next.Active && next.Role == desk.RoleAdmin); err != nil {
		return desk.User{}, err
	}
	c := changes{}
	if err := s.changePerson(tx, by, c, &before, &next, p); err != nil {
		return desk.User{}, err
	}
	return next, s.storeUser(tx, by, c, &before, &next, p)
}

// overlay puts the values of the patch over the user, memberships as the
// request names them.
func (p UserPatch) overlay(x *desk.User) {
	override(&x.Name, p.Name)
	override(&x.Email, p.Email)
	override(&x.Role, p.Role)
	override(&x.Phone, p.Phone)
	override(&x.Active, p.Active)
	override(&x.Signature, p.Signature)
	override(&x.PhotoID, p.PhotoID)
	p.Preferences.overlay(&x.Preferences)
	override(&x.Connections, p.Connections)
	override(&x.DefaultConnectionID, p.DefaultConnectionID)
	if p.DefaultConnectionID == nil && len(x.Connections) > 0 && !slices.Contains(x.Connections, x.DefaultConnectionID) {
		x.DefaultConnectionID = 0 // E13: cleared with the connection it named
	}
}

// changePerson writes what belongs to the person: address and password. Only
// she may change them when she also works in another account.
func (s *Store) changePerson(tx *dbx.Tx, by *desk.Viewer, c changes, before, next *desk.User, p UserPatch) error {
	if next.Email == before.Email && p.PasswordHash == nil {
		return nil
	}
	if by.UserID != before.ID {
		shared, err := works(tx, before.PersonID, before.ID)
		if err != nil {
			return err
		}
		if shared {
			return desk.Refuse(desk.CodePersonShared)
		}
	}
	if next.Email != before.Email {
		if _, err := tx.Exec(`UPDATE person SET email = $2, updated_at = $3 WHERE id = $1`, before.PersonID, next.Email, s.now()); err != nil {
			return taken(err, emailTaken, clashField("email", desk.CodeEmailTaken))
		}
		differ(c, "email", before.Email, next.Email)
	}
	if p.PasswordHash == nil {
		return nil
	}
	c.hide("password")
	if err := s.setPersonPassword(tx, before.PersonID, *p.PasswordHash); err != nil {
		return err
	}
	return s.EndSessionsOfPerson(tx, before.PersonID, p.KeepSession, "password_changed")
}

// storeUser writes the user's row and memberships and records what changed.
func (s *Store) storeUser(tx *dbx.Tx, by *desk.Viewer, c changes, before, next *desk.User, p UserPatch) error {
	differ(c, "name", before.Name, next.Name)
	differ(c, "role", before.Role, next.Role)
	differHidden(c, "phone", before.Phone, next.Phone)
	differ(c, "active", before.Active, next.Active)
	differ(c, "signature", before.Signature, next.Signature)
	differ(c, "photo_id", before.PhotoID, next.PhotoID)
	differ(c, "preferences", before.Preferences, next.Preferences)
	differ(c, "default_connection_id", before.DefaultConnectionID, next.DefaultConnectionID)
	next.Connections = before.Connections
	for _, m := range []struct {
		l       links
		field   string
		current *[]desk.ID
		ids     *[]desk.ID
	}{
		{userQueues, "queues", &next.Queues, p.Queues},
		{userTeams, "teams", &next.Teams, p.Teams},
		{userConnections, "connections", &next.Connections, p.Connections},
	} {
		if err := alterLinks(tx, c, m.l, m.field, next.AccountID, next.ID, m.current, m.ids); err != nil {
			return err
		}
	}
	if len(c) == 0 {
		return nil
	}
	if err := s.writeUser(tx, next); err != nil {
		return err
	}
	if before.Active && !next.Active {
		if err := s.EndSessionsOfUser(tx, next.AccountID, next.ID, 0, "deactivated"); err != nil {
			return err
		}
		if err := s.releaseUser(tx, actorOf(by), next.AccountID, next.ID); err != nil {
			return err
		}
	}
	return s.record(tx, by, desk.EvUserUpdated, "user", next.ID, c.data())
}

// writeUser writes the user's row anew.
func (s *Store) writeUser(tx *dbx.Tx, x *desk.User) error {
	preferences, err := json.Marshal(x.Preferences)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE account_user SET name = $3, name_fold = $4, role = $5, phone = $6, active = $7, signature = $8,
		photo_id = $9, preferences = $10, default_connection_id = $11, rev = rev + 1, updated_at = $12
		WHERE account_id = $1 AND id = $2`,
		x.AccountID, x.ID, x.Name, dbx.Fold(x.Name), x.Role, x.Phone, x.Active, x.Signature, x.PhotoID, string(preferences),
		x.DefaultConnectionID, s.now())
	return err
}

// DeleteUser removes a user from the register; what she wrote keeps her name.
// Administrators only; the last active one can't be removed (R3).
func (s *Store) DeleteUser(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := by.Require(desk.ActUserDelete); err != nil {
		return err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return err
	}
	x, err := s.User(tx, by.AccountID, id)
	if err != nil {
		return err
	}
	if err := keepAdmin(tx, &x, false); err != nil {
		return err
	}
	for _, l := range []links{userQueues, userTeams, userConnections} {
		if _, err := tx.Exec(`DELETE FROM `+l.table+` WHERE account_id = $1 AND user_id = $2`, by.AccountID, id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE team SET leader_id = 0, rev = rev + 1 WHERE account_id = $1 AND leader_id = $2`, by.AccountID, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE account_user SET active = FALSE, deleted_at = $3, rev = rev + 1, updated_at = $3
		WHERE account_id = $1 AND id = $2`, by.AccountID, id, s.now()); err != nil {
		return err
	}
	if err := s.EndSessionsOfUser(tx, by.AccountID, id, 0, "deleted"); err != nil {
		return err
	}
	if err := s.releaseUser(tx, actorOf(by), by.AccountID, id); err != nil {
		return err
	}
	return s.record(tx, by, desk.EvUserDeleted, "user", id, nil)
}
