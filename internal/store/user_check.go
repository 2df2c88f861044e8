package store

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// mayEdit refuses roles that are none, and roles the viewer may not give (R2).
func mayEdit(by *desk.Viewer, had, next desk.Role) error {
	switch {
	case !slices.Contains(desk.Roles(), next):
		return desk.RefuseField("role", desk.CodeInvalid)
	case !by.MayEditUser(had, next):
		return desk.Denied(desk.CodeForbidden)
	}
	return nil
}

// checkUser normalises and validates x; of the references only those the
// request names.
func (s *Store) checkUser(q dbx.Querier, x *desk.User, named UserPatch) error {
	account, err := s.Account(q, x.AccountID)
	if err != nil {
		return err
	}
	var f faults
	x.Name, err = desk.ValidName("name", x.Name)
	if err = f.add(err); err != nil {
		return err
	}
	x.Email, err = desk.ValidEmail("email", x.Email)
	if err = f.add(err); err != nil {
		return err
	}
	x.Signature, err = desk.ValidText("signature", x.Signature, 0, maxSignature)
	if err = f.add(err); err != nil {
		return err
	}
	if x.Phone != "" {
		if x.Phone, err = desk.NormalizePhone(x.Phone, account.DefaultDDI); err != nil {
			f.refuse("phone", desk.CodeInvalidPhone)
		}
	}
	checkPreferences(&f, x.Preferences)
	if err := checkUserReferences(q, &f, x, named); err != nil {
		return err
	}
	return f.err()
}

func checkPreferences(f *faults, p desk.Preferences) {
	for _, choice := range []struct {
		field, value string
		options      []string
	}{
		{"preferences.locale", p.Locale, []string{"pt-BR", "en", "es"}},
		{"preferences.theme", p.Theme, []string{"system", "light", "dark"}},
		{"preferences.density", p.Density, []string{"comfortable", "compact"}},
	} {
		if !slices.Contains(choice.options, choice.value) {
			f.refuse(choice.field, desk.CodeInvalid)
		}
	}
}

func checkUserReferences(q dbx.Querier, f *faults, x *desk.User, named UserPatch) error {
	for _, ref := range []struct {
		table, condition, field string
		ids                     *[]desk.ID
	}{
		{"queue", "deleted_at = 0", "queues", named.Queues},
		{"team", "TRUE", "teams", named.Teams},
		{"connection", "deleted_at = 0", "connections", named.Connections},
	} {
		if ref.ids == nil {
			continue
		}
		if err := f.add(references(q, x.AccountID, ref.table, ref.condition, ref.field, *ref.ids)); err != nil {
			return err
		}
	}
	if named.PhotoID != nil {
		if err := f.add(references(q, x.AccountID, "media", "state = 'ready'", "photo_id", []desk.ID{*named.PhotoID})); err != nil {
			return err
		}
	}
	if named.DefaultConnectionID == nil || x.DefaultConnectionID == 0 {
		return nil
	}
	if len(x.Connections) > 0 && !slices.Contains(x.Connections, x.DefaultConnectionID) {
		f.refuse("default_connection_id", desk.CodeConnectionNotAllowed)
		return nil
	}
	return f.add(references(q, x.AccountID, "connection", "deleted_at = 0", "default_connection_id", []desk.ID{x.DefaultConnectionID}))
}

// keepAdmin refuses to leave the account without an active administrator (R3).
func keepAdmin(q dbx.Querier, before *desk.User, stays bool) error {
	if stays || !before.Active || before.Role != desk.RoleAdmin {
		return nil
	}
	other, err := exists(q, `SELECT 1 FROM account_user WHERE account_id = $1 AND id <> $2 AND role = 'admin'
		AND active AND deleted_at = 0`, before.AccountID, before.ID)
	if err == nil && !other {
		return desk.Refuse(desk.CodeLastAdmin)
	}
	return err
}
