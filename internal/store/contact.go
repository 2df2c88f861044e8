package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const contactColumns = `c.id, c.account_id, c.name, c.phone, c.email, c.first_name, c.last_name, c.document, c.birth_date, c.company,
	c.owner_user_id, c.extra, c.blocked, c.disable_bot, c.accepts_marketing, c.photo_id, c.merged_into, c.rev, c.created_at, c.updated_at`

func contactTargets(x *desk.Contact, extra *string) []any {
	return []any{&x.ID, &x.AccountID, &x.Name, &x.Phone, &x.Email, &x.FirstName, &x.LastName, &x.Document, &x.BirthDate, &x.Company,
		&x.OwnerUserID, extra, &x.Blocked, &x.DisableBot, &x.AcceptsMarketing, &x.PhotoID, &x.MergedInto, &x.Rev, &x.CreatedAt,
		&x.UpdatedAt}
}

func scanContact(r dbx.Scanner) (desk.Contact, error) {
	var x desk.Contact
	var extra string
	if err := r.Scan(contactTargets(&x, &extra)...); err != nil {
		return x, err
	}
	return x, fromJSON(extra, &x.Extra)
}

// Contact returns one contact with her tags, whoever asks, or a 404. Deleted
// ones are found without their data, because history refers to them.
func (s *Store) Contact(q dbx.Querier, account, id desk.ID) (desk.Contact, error) {
	x, err := scanContact(q.QueryRow(`SELECT `+contactColumns+` FROM contact c WHERE c.account_id = $1 AND c.id = $2`, account, id))
	if err != nil {
		return x, missing(err)
	}
	tags, err := contactTags.of(q, account, []desk.ID{id})
	x.Tags = tags[id]
	return x, err
}

// VisibleContact returns one contact of those the viewer may list; any other
// is a 404.
func (s *Store) VisibleContact(q dbx.Querier, v *desk.Viewer, id desk.ID) (desk.Contact, error) {
	var a dbx.Args
	x, err := scanContact(q.QueryRow(`SELECT `+contactColumns+` FROM contact c WHERE c.account_id = `+a.Add(v.AccountID)+
		` AND c.id = `+a.Add(id)+` AND c.deleted_at = 0`+inWallet(&a, v), a.Values()...))
	if err != nil {
		return desk.Contact{}, missing(err)
	}
	tags, err := contactTags.of(q, v.AccountID, []desk.ID{id})
	x.Tags = tags[id]
	return x, err
}

// inWallet is desk's wallet rule (Viewer.MaySeeContact) as a condition.
func inWallet(a *dbx.Args, v *desk.Viewer) string {
	if v.MaySeeContact(everybodyElse) {
		return ""
	}
	return ` AND c.owner_user_id IN (0, ` + a.Add(v.UserID) + `)`
}

// everybodyElse stands for an owner who is not the viewer.
const everybodyElse desk.ID = -1

// Identities returns the addresses of a contact, oldest first.
func (s *Store) Identities(q dbx.Querier, account, contact desk.ID) ([]desk.Identity, error) {
	return dbx.All(q, scanIdentity, `SELECT `+identityColumns+` FROM identity i WHERE i.account_id = $1 AND i.contact_id = $2
		ORDER BY i.id`, account, contact)
}

// Identity returns one address, or a 404.
func (s *Store) Identity(q dbx.Querier, account, id desk.ID) (desk.Identity, error) {
	x, err := scanIdentity(q.QueryRow(`SELECT `+identityColumns+` FROM identity i WHERE i.account_id = $1 AND i.id = $2`, account, id))
	return x, missing(err)
}

// FindByPhone returns the contact with the number, however it is written
// (P1, P2), or a 404. The number is canonical or a provider's id.
func (s *Store) FindByPhone(q dbx.Querier, account desk.ID, phone string) (desk.Contact, error) {
	return s.contactByIdentity(q, account, desk.IdentityPhone, desk.MatchKey(phone))
}

func (s *Store) contactByIdentity(q dbx.Querier, account desk.ID, kind desk.IdentityKind, fold string) (desk.Contact, error) {
	x, err := scanContact(q.QueryRow(`SELECT `+contactColumns+` FROM identity i JOIN contact c ON c.id = i.contact_id
		WHERE i.account_id = $1 AND i.kind = $2 AND i.fold = $3`, account, kind, fold))
	return x, missing(err)
}
