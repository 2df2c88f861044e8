package store

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Limits of a contact's fields (A3, D03).
const (
	minContactName = 2
	maxContactName = 120
	maxExtraFields = 100
	maxExtraKey    = 60
	maxExtraValue  = 1000
)

// profileName makes a name a provider sent storable.
func profileName(name string) string {
	name = strings.Join(strings.Fields(plainText(name)), " ")
	if utf8.RuneCountInString(name) > maxContactName {
		name = strings.TrimSpace(string([]rune(name)[:maxContactName]))
	}
	return name
}

// checkContact normalises and validates what differs from before; a contact
// that came in without a proper name may be changed in other respects.
func (s *Store) checkContact(q dbx.Querier, by *desk.Viewer, before, x *desk.Contact, named ContactPatch) error {
	var f faults
	if err := s.checkAddresses(q, &f, before, x); err != nil {
		return err
	}
	if err := checkContactTexts(&f, before, x); err != nil {
		return err
	}
	if x.BirthDate != before.BirthDate && x.BirthDate != "" {
		born, err := time.Parse(time.DateOnly, x.BirthDate)
		if err != nil || born.Year() < 1900 || born.After(s.Now()) {
			f.refuse("birth_date", desk.CodeInvalid)
		}
	}
	if named.Extra != nil || before.ID == 0 {
		checkExtra(&f, x)
	}
	if err := s.checkContactReferences(q, &f, by, before, x, named); err != nil {
		return err
	}
	return f.err()
}

func (s *Store) checkAddresses(q dbx.Querier, f *faults, before, x *desk.Contact) error {
	if x.Phone != before.Phone && x.Phone != "" {
		account, err := s.Account(q, x.AccountID)
		if err != nil {
			return err
		}
		if x.Phone, err = desk.NormalizePhone(x.Phone, account.DefaultDDI); err != nil {
			f.refuse("phone", desk.CodeInvalidPhone)
		}
	}
	if x.Email != before.Email && x.Email != "" {
		var err error
		x.Email, err = desk.ValidEmail("email", x.Email)
		if err = f.add(err); err != nil {
			return err
		}
	}
	if before.ID == 0 && x.Phone == "" && x.Email == "" && len(f.fields) == 0 {
		f.refuse("phone", desk.CodeRequired)
	}
	return nil
}

func checkContactTexts(f *faults, before, x *desk.Contact) error {
	for _, t := range []struct {
		field    string
		old      string
		value    *string
		shortest int
	}{
		{"name", before.Name, &x.Name, minContactName},
		{"first_name", before.FirstName, &x.FirstName, 0},
		{"last_name", before.LastName, &x.LastName, 0},
		{"company", before.Company, &x.Company, 0},
	} {
		if before.ID != 0 && *t.value == t.old {
			continue
		}
		valid, err := desk.ValidText(t.field, *t.value, t.shortest, maxContactName)
		if err = f.add(err); err != nil {
			return err
		}
		*t.value = valid
	}
	document, err := desk.ValidDocument("document", x.Document)
	if err = f.add(err); err != nil {
		return err
	}
	x.Document = document
	return nil
}

func checkExtra(f *faults, x *desk.Contact) {
	seen := map[string]bool{}
	list := make([]desk.ExtraField, 0, len(x.Extra))
	for _, e := range x.Extra {
		key, err := desk.ValidText("extra", e.Key, 1, maxExtraKey)
		value := strings.TrimSpace(plainText(e.Value))
		switch {
		case err != nil || seen[dbx.Fold(key)]:
			f.refuse("extra", desk.CodeInvalid)
			return
		case utf8.RuneCountInString(value) > maxExtraValue || len(list) == maxExtraFields:
			f.refuse("extra", desk.CodeTooLong)
			return
		}
		seen[dbx.Fold(key)] = true
		list = append(list, desk.ExtraField{Key: key, Value: value})
	}
	x.Extra = list
}

// checkContactReferences checks owner, tags and photo. A tag that was put on
// before it was deactivated may stay.
func (s *Store) checkContactReferences(q dbx.Querier, f *faults, by *desk.Viewer, before, x *desk.Contact, named ContactPatch) error {
	if x.OwnerUserID != before.OwnerUserID {
		if !by.MaySetWallet(before.OwnerUserID, x.OwnerUserID) {
			return desk.Denied(desk.CodeForbidden)
		}
		if err := f.add(references(q, x.AccountID, "account_user", "active AND deleted_at = 0", "owner_user_id", []desk.ID{x.OwnerUserID})); err != nil {
			return err
		}
	}
	if named.Tags != nil {
		added := slices.DeleteFunc(sortedIDs(*named.Tags), func(id desk.ID) bool { return slices.Contains(before.Tags, id) })
		if err := f.add(references(q, x.AccountID, "tag", "active", "tags", added)); err != nil {
			return err
		}
	}
	if named.PhotoID == nil {
		return nil
	}
	return f.add(references(q, x.AccountID, "media", "state = 'ready'", "photo_id", []desk.ID{*named.PhotoID}))
}
