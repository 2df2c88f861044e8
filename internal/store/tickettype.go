package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TicketTypeNew is an entry of the catalogue to be created (A7, D29).
type TicketTypeNew struct {
	Name    string
	Default bool
}

// TicketTypePatch changes the fields that are set.
type TicketTypePatch struct {
	Name    *string
	Active  *bool
	Default *bool
}

const (
	typeColumns   = `id, account_id, name, active, is_default, created_at`
	typeNameTaken = "ticket_type(account_id,name_fold)"
)

func scanTicketType(r dbx.Scanner) (desk.TicketType, error) {
	var x desk.TicketType
	err := r.Scan(&x.ID, &x.AccountID, &x.Name, &x.Active, &x.Default, &x.CreatedAt)
	return x, err
}

// TicketType returns one type, or a 404.
func (s *Store) TicketType(q dbx.Querier, account, id desk.ID) (desk.TicketType, error) {
	x, err := scanTicketType(q.QueryRow(`SELECT `+typeColumns+` FROM ticket_type WHERE account_id = $1 AND id = $2`, account, id))
	return x, missing(err)
}

// TicketTypes lists the catalogue by name, inactive types included unless only
// active ones are asked for.
func (s *Store) TicketTypes(q dbx.Querier, account desk.ID, onlyActive bool, l List) (Page[desk.TicketType], error) {
	var a dbx.Args
	text := `SELECT ` + typeColumns + ` FROM ticket_type WHERE account_id = ` + a.Add(account)
	if onlyActive {
		text += ` AND active`
	}
	end, err := l.byName(&a, "ticket_type")
	if err != nil {
		return Page[desk.TicketType]{}, err
	}
	items, err := dbx.All(q, scanTicketType, text+end, a.Values()...)
	return pageOf(l, items, func(x desk.TicketType) any { return nameKey{dbx.Fold(x.Name), x.ID} }), err
}

// CreateTicketType adds a type. Administrators only (A7).
func (s *Store) CreateTicketType(tx *dbx.Tx, by *desk.Viewer, in TicketTypeNew) (desk.TicketType, error) {
	if err := s.lockCatalogue(tx, by); err != nil {
		return desk.TicketType{}, err
	}
	x := desk.TicketType{ID: s.IDs.Next(), AccountID: by.AccountID, Active: true, Default: in.Default, CreatedAt: s.now()}
	var err error
	if x.Name, err = desk.ValidName("name", in.Name); err != nil {
		return desk.TicketType{}, err
	}
	if x.Default {
		if err := s.clearDefaultType(tx, by); err != nil {
			return desk.TicketType{}, err
		}
	}
	_, err = tx.Exec(`INSERT INTO ticket_type (id, account_id, name, name_fold, active, is_default, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`, x.ID, x.AccountID, x.Name, dbx.Fold(x.Name), x.Active, x.Default, x.CreatedAt)
	if err != nil {
		return desk.TicketType{}, taken(err, typeNameTaken, clashField("name", desk.CodeNameTaken))
	}
	return x, s.record(tx, by, desk.EvTypeCreated, "ticket_type", x.ID, made(map[string]any{"name": x.Name, "default": x.Default}))
}

func (s *Store) lockCatalogue(tx *dbx.Tx, by *desk.Viewer) error {
	if err := by.Require(desk.ActTypeEdit); err != nil {
		return err
	}
	return lockAccount(tx, by.AccountID)
}

// clearDefaultType takes the mark from the type that has it.
func (s *Store) clearDefaultType(tx *dbx.Tx, by *desk.Viewer) error {
	ids, err := dbx.All(tx, scanID, `UPDATE ticket_type SET is_default = FALSE, rev = rev + 1, updated_at = $2
		WHERE account_id = $1 AND is_default RETURNING id`, by.AccountID, s.now())
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.record(tx, by, desk.EvTypeUpdated, "ticket_type", id, changes{"default": []any{true, false}}.data()); err != nil {
			return err
		}
	}
	return nil
}

// UpdateTicketType changes a type. A deactivated one is no longer the default;
// old tickets keep it. Administrators only.
func (s *Store) UpdateTicketType(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p TicketTypePatch) (desk.TicketType, error) {
	if err := s.lockCatalogue(tx, by); err != nil {
		return desk.TicketType{}, err
	}
	before, err := s.TicketType(tx, by.AccountID, id)
	if err != nil {
		return desk.TicketType{}, err
	}
	next := before
	override(&next.Name, p.Name)
	override(&next.Active, p.Active)
	override(&next.Default, p.Default)
	if next.Name, err = desk.ValidName("name", next.Name); err != nil {
		return desk.TicketType{}, err
	}
	if !next.Active {
		if p.Default != nil && *p.Default {
			return desk.TicketType{}, desk.RefuseField("default", desk.CodeInvalid)
		}
		next.Default = false
	}
	c := changes{}
	differ(c, "name", before.Name, next.Name)
	differ(c, "active", before.Active, next.Active)
	differ(c, "default", before.Default, next.Default)
	if len(c) == 0 {
		return next, nil
	}
	if next.Default && !before.Default {
		if err := s.clearDefaultType(tx, by); err != nil {
			return desk.TicketType{}, err
		}
	}
	_, err = tx.Exec(`UPDATE ticket_type SET name = $3, name_fold = $4, active = $5, is_default = $6,
		rev = rev + 1, updated_at = $7 WHERE account_id = $1 AND id = $2`,
		by.AccountID, id, next.Name, dbx.Fold(next.Name), next.Active, next.Default, s.now())
	if err != nil {
		return desk.TicketType{}, taken(err, typeNameTaken, clashField("name", desk.CodeNameTaken))
	}
	return next, s.record(tx, by, desk.EvTypeUpdated, "ticket_type", id, c.data())
}

// DeleteTicketType removes a type no ticket has; else 422 in_use, and it can
// only be deactivated. Administrators only.
func (s *Store) DeleteTicketType(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := s.lockCatalogue(tx, by); err != nil {
		return err
	}
	x, err := s.TicketType(tx, by.AccountID, id)
	if err != nil {
		return err
	}
	used, err := exists(tx, `SELECT 1 FROM ticket WHERE account_id = $1 AND type_id = $2 AND type_id <> 0`, by.AccountID, id)
	if err != nil {
		return err
	}
	if used {
		return desk.Refuse(desk.CodeInUse)
	}
	if _, err := tx.Exec(`DELETE FROM ticket_type WHERE account_id = $1 AND id = $2`, by.AccountID, id); err != nil {
		return err
	}
	return s.record(tx, by, desk.EvTypeDeleted, "ticket_type", id, changes{"name": []any{x.Name, nil}}.data())
}
