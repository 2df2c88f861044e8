package store

import (
	"cmp"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// EnsureContact returns the contact with the number, else with the address, and
// creates her when there is none (A3); without a name her number serves (B2). An
// existing one gets the name only if she had none, and the number or address
// she lacked unless somebody else has it; nothing else of in is looked at.
func (s *Store) EnsureContact(tx *dbx.Tx, by *desk.Viewer, in ContactNew) (x desk.Contact, isNew bool, err error) {
	bare := strings.TrimSpace(in.Name) == ""
	if bare {
		in.Name = cmp.Or(in.Phone, in.Email)
	}
	if x, err = s.draftContact(tx, by, in); err != nil {
		return desk.Contact{}, false, err
	}
	if bare {
		x.Name = cmp.Or(x.Phone, x.Email)
	}
	list := contactAddresses(&x)
	_, won, err := s.claim(tx, &x, list[0])
	if err != nil {
		return desk.Contact{}, false, err
	}
	if !won {
		x, err = s.meet(tx, by, &x, list[0])
		return x, false, err
	}
	for _, ad := range list[1:] {
		_, won, err := s.claim(tx, &x, ad)
		if err != nil {
			return desk.Contact{}, false, err
		}
		if !won { // her address is known without this number: she is that contact
			return s.adoptByEmail(tx, by, &x, ad, list[0])
		}
	}
	return x, true, s.addContact(tx, by, &x)
}

// adoptByEmail hands the number just claimed to the contact who has the
// address, if she has none; else the address stays hers and the number makes a
// new contact without it.
func (s *Store) adoptByEmail(tx *dbx.Tx, by *desk.Viewer, x *desk.Contact, email, phone address) (desk.Contact, bool, error) {
	other, err := s.contactByIdentity(tx, by.AccountID, email.kind, email.fold)
	if err != nil {
		return desk.Contact{}, false, err
	}
	if other.Phone != "" || !by.MaySeeContact(other.OwnerUserID) {
		x.Email = ""
		return *x, true, s.addContact(tx, by, x)
	}
	if _, err := tx.Exec(`UPDATE identity SET contact_id = $4 WHERE account_id = $1 AND kind = $2 AND fold = $3`,
		by.AccountID, phone.kind, phone.fold, other.ID); err != nil {
		return desk.Contact{}, false, err
	}
	found, err := s.meet(tx, by, x, email)
	return found, false, err
}

// meet returns the contact who has an address and gives her what she lacks of
// the draft.
func (s *Store) meet(tx *dbx.Tx, by *desk.Viewer, draft *desk.Contact, ad address) (desk.Contact, error) {
	x, err := s.contactByIdentity(tx, by.AccountID, ad.kind, ad.fold)
	if err != nil {
		return desk.Contact{}, err
	}
	if !by.MaySeeContact(x.OwnerUserID) {
		return desk.Contact{}, desk.Denied(desk.CodeForbidden)
	}
	before := x
	if nameless(&x, nil) {
		x.Name = draft.Name
	}
	for _, lacking := range contactAddresses(&desk.Contact{Phone: lackingOf(x.Phone, draft.Phone), Email: lackingOf(x.Email, draft.Email)}) {
		i, won, err := s.claim(tx, &x, lacking)
		if err == nil && !won {
			i, err = scanIdentity(tx.QueryRow(`SELECT `+identityColumns+` FROM identity i
				WHERE i.account_id = $1 AND i.kind = $2 AND i.fold = $3`, by.AccountID, lacking.kind, lacking.fold))
		}
		switch {
		case err != nil:
			return desk.Contact{}, err
		case i.ContactID != x.ID: // somebody else's
		case lacking.kind == desk.IdentityPhone:
			x.Phone = draft.Phone
		default:
			x.Email = draft.Email
		}
	}
	c := changes{}
	noteContact(c, &before, &x)
	if len(c) == 0 {
		return x, nil
	}
	if err := s.storeContact(tx, &x); err != nil {
		return desk.Contact{}, err
	}
	return x, s.record(tx, by, desk.EvContactUpdated, "contact", x.ID, c.data())
}

func lackingOf(has, offered string) string {
	if has != "" {
		return ""
	}
	return offered
}
