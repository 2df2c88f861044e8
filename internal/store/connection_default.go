package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// DefaultConnection returns the connection to send over when none is named
// (E3, E13): the user's own default, else the account's, when it is of the
// kind; else the oldest connected one of that kind. kind "" takes any. A 404
// tells that there is none. allowed bounds the choice when it is not empty.
func (s *Store) DefaultConnection(q dbx.Querier, v *desk.Viewer, preferred desk.ID, kind desk.ChannelKind) (desk.Connection, error) {
	var a dbx.Args
	condition := `c.account_id = ` + a.Add(v.AccountID) + ` AND c.active`
	if kind != "" {
		condition += ` AND c.kind = ` + a.Add(kind)
	}
	if v.Scoped() && len(v.Connections) > 0 {
		condition += ` AND c.id IN (` + dbx.List(&a, v.Connections) + `)`
	}
	condition += ` ORDER BY CASE WHEN c.id = ` + a.Add(preferred) + ` THEN 0 WHEN c.is_default THEN 1
		WHEN c.state IN ('connected', 'degraded') THEN 2 ELSE 3 END, c.id LIMIT 1`
	return s.oneConnection(q, v.AccountID, condition, a.Values()...)
}

// clearDefaultConnection takes the mark from the connection that has it.
func (s *Store) clearDefaultConnection(tx *dbx.Tx, by *desk.Viewer) error {
	ids, err := dbx.All(tx, scanID, `UPDATE connection SET is_default = FALSE, rev = rev + 1, updated_at = $2
		WHERE account_id = $1 AND is_default AND deleted_at = 0 RETURNING id`, by.AccountID, s.now())
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := s.record(tx, by, desk.EvConnectionUpdated, "connection", id, changes{"default": []any{true, false}}.data())
		if err != nil {
			return err
		}
	}
	return nil
}

// keepDefault refuses to leave other connections without a default (E3).
func keepDefault(q dbx.Querier, before *desk.Connection, stays bool) error {
	if stays || !before.IsDefault {
		return nil
	}
	others, err := exists(q, `SELECT 1 FROM connection WHERE account_id = $1 AND id <> $2 AND deleted_at = 0`,
		before.AccountID, before.ID)
	if err == nil && others {
		return desk.Refuse(desk.CodeDefaultRequired)
	}
	return err
}

// checkDefault holds E3: exactly one default, and an active one. The last
// connection may be switched off, and stays the default.
func checkDefault(q dbx.Querier, before, next *desk.Connection) error {
	if !next.IsDefault && before.IsDefault {
		if err := keepDefault(q, before, false); err != nil {
			return err
		}
		next.IsDefault = true // the only one is the default
	}
	if next.IsDefault && !before.IsDefault && !next.Active {
		return desk.RefuseField("default", desk.CodeInvalid)
	}
	if before.Active && !next.Active {
		return keepDefault(q, before, false)
	}
	return nil
}
