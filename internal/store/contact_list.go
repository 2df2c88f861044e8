package store

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// ContactFilter says which contacts a list shows (D03). Lists of ids are
// alternatives; the fields are combined by AND.
type ContactFilter struct {
	Tags     []desk.ID
	Owners   []desk.ID
	Unowned  bool
	States   []string           // Brazilian states by area code, "SP"
	Channels []desk.ChannelKind // met on a connection of one of these kinds
	Blocked  *bool
}

// maxContactHits bounds what a search sorts by name; it takes the newest.
const maxContactHits = 2000

// Contacts lists the contacts a viewer may see by name, with their tags. A
// search finds them by words of name, e-mail, company and document and by any
// run of three digits of the phone (B3).
func (s *Store) Contacts(q dbx.Querier, v *desk.Viewer, f ContactFilter, l List) (Page[desk.Contact], error) {
	var a dbx.Args
	text, from := ``, `contact c`
	if l.Q != "" {
		hits, ok := contactHits(&a, q.Dialect(), v.AccountID, l.Q, maxContactHits)
		if !ok {
			return Page[desk.Contact]{}, nil
		}
		text = `WITH hits AS MATERIALIZED (` + hits + `) `
		from = `hits JOIN contact c ON c.id = hits.id`
	}
	text += `SELECT ` + contactColumns + ` FROM ` + from + ` WHERE c.account_id = ` + a.Add(v.AccountID) + ` AND c.deleted_at = 0` +
		inWallet(&a, v) + f.conditions(&a, v.AccountID)
	end, err := List{Cursor: l.Cursor, Limit: l.Limit}.byName(&a, "c")
	if err != nil {
		return Page[desk.Contact]{}, err
	}
	items, err := dbx.All(q, scanContact, text+end, a.Values()...)
	if err != nil {
		return Page[desk.Contact]{}, err
	}
	page := pageOf(l, items, func(x desk.Contact) any { return nameKey{dbx.Fold(x.Name), x.ID} })
	return page, fillContacts(q, v.AccountID, page.Items)
}

func fillContacts(q dbx.Querier, account desk.ID, list []desk.Contact) error {
	ids := make([]desk.ID, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	tags, err := contactTags.of(q, account, ids)
	for i := range list {
		list[i].Tags = tags[list[i].ID]
	}
	return err
}

func (f ContactFilter) conditions(a *dbx.Args, account desk.ID) string {
	var text string
	if len(f.Tags) > 0 {
		text += ` AND EXISTS (SELECT 1 FROM contact_tag t WHERE t.account_id = c.account_id AND t.contact_id = c.id
			AND t.tag_id IN (` + dbx.List(a, f.Tags) + `))`
	}
	if f.Unowned || len(f.Owners) > 0 {
		owners := slices.Clone(f.Owners)
		if f.Unowned {
			owners = append(owners, 0)
		}
		text += ` AND c.owner_user_id IN (` + dbx.List(a, owners) + `)`
	}
	if len(f.States) > 0 {
		text += ` AND substr(c.phone, 1, 4) IN (` + dbx.List(a, areaPrefixes(f.States)) + `)`
	}
	if len(f.Channels) > 0 {
		text += ` AND EXISTS (SELECT 1 FROM contact_channel h JOIN connection n ON n.id = h.connection_id
			WHERE h.account_id = c.account_id AND h.contact_id = c.id AND n.kind IN (` + dbx.List(a, f.Channels) + `))`
	}
	if f.Blocked != nil {
		text += ` AND c.blocked = ` + a.Add(*f.Blocked)
	}
	return text
}

// areaPrefixes returns how canonical numbers of the states begin.
func areaPrefixes(states []string) []string {
	var list []string
	for ddd := 11; ddd <= 99; ddd++ {
		code := string([]byte{byte('0' + ddd/10), byte('0' + ddd%10)})
		if slices.Contains(states, desk.StateOfDDD(code)) {
			list = append(list, "55"+code)
		}
	}
	return list
}
