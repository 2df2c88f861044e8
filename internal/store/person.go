package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// PersonByEmail returns who signs in with the address, or a 404. The address is
// compared in lower case.
func (s *Store) PersonByEmail(q dbx.Querier, email string) (desk.Person, error) {
	var x desk.Person
	err := q.QueryRow(`SELECT id, email, password_hash FROM person WHERE email = $1`, email).
		Scan(&x.ID, &x.Email, &x.PasswordHash)
	return x, missing(err)
}

// PersonOf returns the person behind a user, or a 404.
func (s *Store) PersonOf(q dbx.Querier, account, user desk.ID) (desk.Person, error) {
	var x desk.Person
	err := q.QueryRow(`SELECT p.id, p.email, p.password_hash FROM account_user u JOIN person p ON p.id = u.person_id
		WHERE u.account_id = $1 AND u.id = $2 AND u.deleted_at = 0`, account, user).Scan(&x.ID, &x.Email, &x.PasswordHash)
	return x, missing(err)
}

// Membership is one account a person may sign in to.
type Membership struct {
	AccountID   desk.ID
	AccountName string
	UserID      desk.ID
}

// Memberships returns the accounts in which the person has an active user,
// oldest first.
func (s *Store) Memberships(q dbx.Querier, person desk.ID) ([]Membership, error) {
	return dbx.All(q, func(r dbx.Scanner) (Membership, error) {
		var m Membership
		err := r.Scan(&m.AccountID, &m.AccountName, &m.UserID)
		return m, err
	}, `SELECT a.id, a.name, u.id FROM account_user u JOIN account a ON a.id = u.account_id
		WHERE u.person_id = $1 AND u.active AND u.deleted_at = 0 ORDER BY a.id`, person)
}

// ensurePerson returns the person with the address, made if there is none. A
// person who works in no account any more gets the new password; one who works
// elsewhere keeps hers, or an administrator of one company could take over her
// user in another.
func (s *Store) ensurePerson(tx *dbx.Tx, email, passwordHash string) (desk.ID, error) {
	id := s.IDs.Next()
	n, err := tx.Exec(`INSERT INTO person (id, email, password_hash, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (email) DO NOTHING`, id, email, passwordHash, s.now())
	if err != nil || n == 1 {
		return id, err
	}
	if err := tx.QueryRow(`SELECT id FROM person WHERE email = $1`+dbx.ForUpdate(tx), email).Scan(&id); err != nil {
		return 0, err
	}
	shared, err := works(tx, id, 0)
	if err != nil || shared {
		return id, err
	}
	return id, s.setPersonPassword(tx, id, passwordHash)
}

// works reports whether the person has a user besides the one given.
func works(q dbx.Querier, person, except desk.ID) (bool, error) {
	return exists(q, `SELECT 1 FROM account_user WHERE person_id = $1 AND id <> $2 AND deleted_at = 0`, person, except)
}

func (s *Store) setPersonPassword(tx *dbx.Tx, person desk.ID, hash string) error {
	_, err := tx.Exec(`UPDATE person SET password_hash = $2, updated_at = $3 WHERE id = $1`, person, hash, s.now())
	return err
}

// Rehash replaces a person's password hash by a stronger one of the same
// password, unless it has changed meanwhile.
func (s *Store) Rehash(tx *dbx.Tx, person desk.ID, old, hash string) error {
	_, err := tx.Exec(`UPDATE person SET password_hash = $3, updated_at = $4 WHERE id = $1 AND password_hash = $2`,
		person, old, hash, s.now())
	return err
}
