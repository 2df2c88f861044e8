package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// IdentityChange says that a contact has a new number or user id.
type IdentityChange struct {
	Old Sender
	New Sender
}

// ChangeIdentity moves the addresses of a contact to their new values: the rows
// stay, because conversations refer to them, and the old number is free for
// whoever gets it next. It returns the contact; a 404 says that nobody has the
// old addresses.
//
// A new address that belongs to another contact stays there, named in Other,
// and the old one stays too: nothing is merged silently.
func (s *Store) ChangeIdentity(tx *dbx.Tx, account desk.ID, ch IdentityChange) (Resolved, error) {
	old, err := s.lookUp(tx, account, ch.Old.addresses())
	if err != nil || len(old) == 0 {
		return Resolved{}, orMissing(err)
	}
	r, err := s.changedContact(tx, account, old)
	if err != nil {
		return Resolved{}, err
	}
	c := changes{}
	before := r.Contact
	for _, ad := range ch.New.addresses() {
		from, known := old[ad.kind]
		if err := s.moveAddress(tx, &r, from.identity, known, ad); err != nil {
			return Resolved{}, err
		}
		if ad.kind == desk.IdentityPhone && r.Other == 0 {
			r.Contact.Phone = desk.FromWhatsApp(ad.address)
			if nameless(&before, ch.Old.addresses()) {
				r.Contact.Name = r.Contact.Phone
			}
		}
	}
	noteContact(c, &before, &r.Contact)
	c.hide("identity")
	if err := s.storeContact(tx, &r.Contact); err != nil {
		return Resolved{}, err
	}
	data := c.data()
	if r.Other != 0 {
		data["other"] = r.Other
	}
	return r, s.Record(tx, desk.Event{AccountID: account, Type: desk.EvContactUpdated, Entity: "contact", EntityID: r.Contact.ID,
		Actor: desk.Actor{Kind: desk.ActorContact, ID: r.Contact.ID}, Data: data})
}

func orMissing(err error) error {
	if err == nil {
		return desk.Missing()
	}
	return err
}

// changedContact picks whom the change is about: who has the old number, else
// the old user id.
func (s *Store) changedContact(q dbx.Querier, account desk.ID, old map[desk.IdentityKind]known) (Resolved, error) {
	k, ok := old[desk.IdentityPhone]
	if !ok {
		k = old[desk.IdentityWhatsApp]
	}
	x, err := s.Contact(q, account, k.contact.ID)
	return Resolved{Contact: x, Identity: k.identity}, err
}

// moveAddress changes an identity of the contact in place, or adds the address
// when she had none of the kind.
func (s *Store) moveAddress(tx *dbx.Tx, r *Resolved, from desk.Identity, known bool, ad address) error {
	holder, err := scanIdentity(tx.QueryRow(`SELECT `+identityColumns+` FROM identity i
		WHERE i.account_id = $1 AND i.kind = $2 AND i.fold = $3`, r.Contact.AccountID, ad.kind, ad.fold))
	switch {
	case err == nil && holder.ContactID != r.Contact.ID:
		r.Other = holder.ContactID
		return nil
	case err == nil:
		r.Identity = holder
		return s.setAddress(tx, &r.Identity, ad)
	case !dbx.IsNotFound(err):
		return err
	case known && from.ContactID == r.Contact.ID:
		r.Identity = from
		return s.setAddress(tx, &r.Identity, ad)
	}
	identity, won, err := s.claim(tx, &r.Contact, ad)
	if won {
		r.Identity = identity
	}
	return err
}
