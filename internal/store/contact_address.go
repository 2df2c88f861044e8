package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// contactAddresses are the identities of the number and address typed.
func contactAddresses(x *desk.Contact) []address {
	var list []address
	if x.Phone != "" {
		list = append(list, address{desk.IdentityPhone, desk.MatchKey(x.Phone), x.Phone})
	}
	if x.Email != "" {
		list = append(list, address{desk.IdentityEmail, x.Email, x.Email})
	}
	return list
}

// addressTaken is the 409 about an address that another contact has.
func (s *Store) addressTaken(q dbx.Querier, by *desk.Viewer, ad address) error {
	other, err := s.contactByIdentity(q, by.AccountID, ad.kind, ad.fold)
	if err != nil {
		return err
	}
	clash := clashField("phone", desk.CodePhoneTaken)
	if ad.kind == desk.IdentityEmail {
		clash = clashField("email", desk.CodeEmailTaken)
	}
	if by.MaySeeContact(other.OwnerUserID) {
		_ = clash.With("contact_id", other.ID.String())
	}
	return clash
}

// changeAddresses moves the identities of phone and e-mail to their new values.
// The row stays, because conversations refer to it.
func (s *Store) changeAddresses(tx *dbx.Tx, by *desk.Viewer, before, next *desk.Contact) error {
	for _, ad := range []struct {
		kind     desk.IdentityKind
		old, new address
	}{
		{desk.IdentityPhone, address{fold: desk.MatchKey(before.Phone), address: before.Phone},
			address{desk.IdentityPhone, desk.MatchKey(next.Phone), next.Phone}},
		{desk.IdentityEmail, address{fold: before.Email, address: before.Email},
			address{desk.IdentityEmail, next.Email, next.Email}},
	} {
		if ad.old.address == ad.new.address {
			continue
		}
		if err := s.changeAddress(tx, by, next, ad.old.fold, ad.new); err != nil {
			return err
		}
	}
	some, err := exists(tx, `SELECT 1 FROM identity WHERE account_id = $1 AND contact_id = $2`, by.AccountID, next.ID)
	if err == nil && !some {
		return desk.RefuseField("phone", desk.CodeRequired)
	}
	return err
}

func (s *Store) changeAddress(tx *dbx.Tx, by *desk.Viewer, x *desk.Contact, oldFold string, ad address) error {
	if ad.address == "" {
		_, err := tx.Exec(`DELETE FROM identity WHERE account_id = $1 AND contact_id = $2 AND kind = $3 AND fold = $4`,
			by.AccountID, x.ID, ad.kind, oldFold)
		return err
	}
	if ad.fold == oldFold { // the same number written another way
		_, err := tx.Exec(`UPDATE identity SET address = $5 WHERE account_id = $1 AND contact_id = $2 AND kind = $3 AND fold = $4`,
			by.AccountID, x.ID, ad.kind, oldFold, ad.address)
		return err
	}
	var holder desk.ID
	err := tx.QueryRow(`SELECT contact_id FROM identity WHERE account_id = $1 AND kind = $2 AND fold = $3`,
		by.AccountID, ad.kind, ad.fold).Scan(&holder)
	switch {
	case err == nil && holder != x.ID:
		return s.addressTaken(tx, by, ad)
	case err == nil: // a second number of hers becomes the shown one
		return nil
	case !dbx.IsNotFound(err):
		return err
	}
	n, err := tx.Exec(`UPDATE identity SET fold = $5, address = $6 WHERE account_id = $1 AND contact_id = $2 AND kind = $3 AND fold = $4`,
		by.AccountID, x.ID, ad.kind, oldFold, ad.fold, ad.address)
	if err != nil || n > 0 {
		return err
	}
	_, won, err := s.claim(tx, x, ad)
	if err == nil && !won {
		return s.addressTaken(tx, by, ad)
	}
	return err
}
