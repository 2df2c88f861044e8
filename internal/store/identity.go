package store

import (
	"errors"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

var errIdentityGone = errors.New("store: an identity was given back while it was resolved")

const identityColumns = `i.id, i.account_id, i.contact_id, i.kind, i.fold, i.address, i.created_at`

func identityTargets(x *desk.Identity) []any {
	return []any{&x.ID, &x.AccountID, &x.ContactID, &x.Kind, &x.Key, &x.Address, &x.CreatedAt}
}

func scanIdentity(r dbx.Scanner) (desk.Identity, error) {
	var x desk.Identity
	err := r.Scan(identityTargets(&x)...)
	return x, err
}

// Sender is who wrote, in every form the provider gave; channel.Sender converts
// to it.
type Sender struct {
	Phone  string // digits as the provider writes them; may be empty
	UserID string // business-scoped user id; may be empty
	Name   string // profile name
}

// Resolved is the contact behind a sender.
type Resolved struct {
	Contact  desk.Contact  // without tags
	Identity desk.Identity // the address to answer: the phone when it was given, else the user id
	Created  bool
	// Other is a second contact, when phone and user id belong to two.
	Other desk.ID
}

// address is one form of a sender as an identity.
type address struct {
	kind    desk.IdentityKind
	fold    string
	address string
}

// addresses returns the identities of a sender, the one to answer first.
func (f Sender) addresses() []address {
	var list []address
	if digits := desk.FromWhatsApp(f.Phone); digits != "" {
		list = append(list, address{desk.IdentityPhone, desk.MatchKey(digits), plainText(f.Phone)})
	}
	if id := plainText(f.UserID); id != "" {
		list = append(list, address{desk.IdentityWhatsApp, id, id})
	}
	return list
}

// known is an identity that exists, with its contact.
type known struct {
	identity desk.Identity
	contact  desk.Contact
}

// ResolveContact finds the contact behind a sender, or makes one. A 422
// contact_unreachable means that the sender has no address we understand.
//
// Of several senders at the same instant one wins the identity and makes the
// contact; the others find it (decisions.md 4). Phone and user id are both
// linked to the contact. When they belong to two contacts nothing is merged:
// the one in conversation on this connection is taken, else the one with the
// user id, which belongs to a person while numbers pass from hand to hand; the
// other is named in Resolved.Other.
func (s *Store) ResolveContact(tx *dbx.Tx, account, connection desk.ID, from Sender) (Resolved, error) {
	list := from.addresses()
	if len(list) == 0 {
		return Resolved{}, desk.Refuse(desk.CodeContactUnreachable)
	}
	found, err := s.lookUp(tx, account, list)
	if err != nil {
		return Resolved{}, err
	}
	if len(found) == 0 {
		r, won, err := s.newContactOf(tx, account, list, from.Name)
		if err != nil || won {
			return r, err
		}
		if found, err = s.lookUp(tx, account, list); err != nil {
			return Resolved{}, err
		}
	}
	return s.settle(tx, account, connection, list, found, from.Name)
}

// lookUp reads the identities that exist, by kind.
func (s *Store) lookUp(q dbx.Querier, account desk.ID, list []address) (map[desk.IdentityKind]known, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var a dbx.Args
	owner, condition := a.Add(account), ""
	for i, ad := range list {
		if i > 0 {
			condition += ` OR `
		}
		condition += `(i.account_id = ` + owner + ` AND i.kind = ` + a.Add(ad.kind) + ` AND i.fold = ` + a.Add(ad.fold) + `)`
	}
	rows, err := dbx.All(q, func(r dbx.Scanner) (known, error) {
		var k known
		var extra string
		if err := r.Scan(append(identityTargets(&k.identity), contactTargets(&k.contact, &extra)...)...); err != nil {
			return k, err
		}
		return k, fromJSON(extra, &k.contact.Extra)
	}, `SELECT `+identityColumns+`, `+contactColumns+` FROM identity i JOIN contact c ON c.id = i.contact_id
		WHERE `+condition, a.Values()...)
	found := make(map[desk.IdentityKind]known, len(rows))
	for _, k := range rows {
		found[k.identity.Kind] = k
	}
	return found, err
}

// newContactOf makes a contact with the addresses unless somebody else made one
// with the first of them meanwhile.
func (s *Store) newContactOf(tx *dbx.Tx, account desk.ID, list []address, name string) (Resolved, bool, error) {
	now := s.now()
	x := desk.Contact{ID: s.IDs.Next(), AccountID: account, AcceptsMarketing: true, Rev: 1, CreatedAt: now, UpdatedAt: now}
	identity, won, err := s.claim(tx, &x, list[0])
	if err != nil || !won {
		return Resolved{}, false, err
	}
	for _, ad := range list {
		if ad.kind == desk.IdentityPhone {
			x.Phone = desk.FromWhatsApp(ad.address)
		}
	}
	x.Name = profileName(name)
	if x.Name == "" {
		x.Name = list[0].address
		if x.Phone != "" {
			x.Name = x.Phone
		}
	}
	r := Resolved{Contact: x, Identity: identity, Created: true}
	for _, ad := range list[1:] {
		// Lost to another contact, it stays there: nothing is merged silently.
		if _, _, err := s.claim(tx, &x, ad); err != nil {
			return Resolved{}, false, err
		}
	}
	if err := s.insertContact(tx, &x); err != nil {
		return Resolved{}, false, err
	}
	return r, true, s.Record(tx, desk.Event{AccountID: account, Type: desk.EvContactCreated, Entity: "contact", EntityID: x.ID,
		Actor: desk.Actor{Kind: desk.ActorContact, ID: x.ID}})
}

// claim gives an address to a contact unless it is taken.
func (s *Store) claim(tx *dbx.Tx, x *desk.Contact, ad address) (desk.Identity, bool, error) {
	i := desk.Identity{ID: s.IDs.Next(), AccountID: x.AccountID, ContactID: x.ID, Kind: ad.kind, Key: ad.fold,
		Address: ad.address, CreatedAt: s.now()}
	n, err := tx.Exec(`INSERT INTO identity (id, account_id, contact_id, kind, fold, address, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, kind, fold) DO NOTHING`,
		i.ID, i.AccountID, i.ContactID, i.Kind, i.Key, i.Address, i.CreatedAt)
	return i, n == 1, err
}

// settle takes the contact of known identities, links what is missing to it and
// keeps the provider's exact address.
func (s *Store) settle(tx *dbx.Tx, account, connection desk.ID, list []address, found map[desk.IdentityKind]known, name string) (Resolved, error) {
	chosen, other, err := s.choose(tx, account, connection, found)
	if err != nil {
		return Resolved{}, err
	}
	r := Resolved{Contact: chosen, Other: other}
	for _, ad := range list {
		k, there := found[ad.kind]
		if !there {
			if k, err = s.link(tx, &r.Contact, ad); err != nil {
				return Resolved{}, err
			}
		}
		if k.identity.Address != ad.address {
			if err := s.setAddress(tx, &k.identity, ad); err != nil {
				return Resolved{}, err
			}
		}
		if r.Identity.ID == 0 && k.identity.ContactID == r.Contact.ID {
			r.Identity = k.identity
		}
	}
	return r, s.learn(tx, &r.Contact, list, name)
}

// choose picks the contact of a sender whose identities are known.
func (s *Store) choose(q dbx.Querier, account, connection desk.ID, found map[desk.IdentityKind]known) (desk.Contact, desk.ID, error) {
	phone, hasPhone := found[desk.IdentityPhone]
	user, hasUser := found[desk.IdentityWhatsApp]
	switch {
	case !hasPhone && !hasUser:
		// Claimed and given back between two statements: the caller tries again.
		return desk.Contact{}, 0, &dbx.Error{Kind: dbx.Transient, Err: errIdentityGone}
	case !hasUser:
		return phone.contact, 0, nil
	case !hasPhone || phone.contact.ID == user.contact.ID:
		return user.contact, 0, nil
	}
	talking, err := exists(q, `SELECT 1 FROM ticket WHERE account_id = $1 AND contact_id = $2 AND connection_id = $3
		AND status <> 'closed'`, account, phone.contact.ID, connection)
	if err != nil {
		return desk.Contact{}, 0, err
	}
	if talking {
		return phone.contact, user.contact.ID, nil
	}
	return user.contact, phone.contact.ID, nil
}

// link adds an address to a contact. If another contact won it meanwhile it
// stays there: nothing is merged silently.
func (s *Store) link(tx *dbx.Tx, x *desk.Contact, ad address) (known, error) {
	i, won, err := s.claim(tx, x, ad)
	if err != nil || won {
		return known{identity: i, contact: *x}, err
	}
	i, err = scanIdentity(tx.QueryRow(`SELECT `+identityColumns+` FROM identity i
		WHERE i.account_id = $1 AND i.kind = $2 AND i.fold = $3`, x.AccountID, ad.kind, ad.fold))
	return known{identity: i}, err
}

func (s *Store) setAddress(tx *dbx.Tx, i *desk.Identity, ad address) error {
	i.Key, i.Address = ad.fold, ad.address
	_, err := tx.Exec(`UPDATE identity SET fold = $3, address = $4 WHERE account_id = $1 AND id = $2`,
		i.AccountID, i.ID, i.Key, i.Address)
	return err
}

// learn takes over what the sender tells of herself: her number if we had none,
// and her name if we had only a number (A3).
func (s *Store) learn(tx *dbx.Tx, x *desk.Contact, list []address, name string) error {
	c := changes{}
	before := *x
	for _, ad := range list {
		if ad.kind == desk.IdentityPhone && x.Phone == "" {
			x.Phone = desk.FromWhatsApp(ad.address)
		}
	}
	if name = profileName(name); name != "" && nameless(&before, list) {
		x.Name = name
	}
	differHidden(c, "phone", before.Phone, x.Phone)
	differHidden(c, "name", before.Name, x.Name)
	if len(c) == 0 {
		return nil
	}
	if err := s.storeContact(tx, x); err != nil {
		return err
	}
	return s.Record(tx, desk.Event{AccountID: x.AccountID, Type: desk.EvContactUpdated, Entity: "contact", EntityID: x.ID,
		Actor: desk.Actor{Kind: desk.ActorContact, ID: x.ID}, Data: c.data()})
}

// nameless reports whether the contact's name is none, only one of her
// addresses.
func nameless(x *desk.Contact, list []address) bool {
	if x.Name == "" || x.Name == x.Phone || x.Name == x.Email {
		return true
	}
	for _, ad := range list {
		if x.Name == ad.address {
			return true
		}
	}
	return false
}
