package store

import (
	"encoding/json"
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// ContactNew is a contact to be created by hand (D03, B10). It needs a phone or
// an e-mail address.
type ContactNew struct {
	Name             string
	Phone            string // as people write it
	Email            string
	FirstName        string
	LastName         string
	Document         string
	BirthDate        string
	Company          string
	OwnerUserID      desk.ID
	Extra            []desk.ExtraField
	DisableBot       bool
	AcceptsMarketing *bool // nil means yes
	Tags             []desk.ID
}

// ContactPatch changes the fields that are set.
type ContactPatch struct {
	Name             *string
	Phone            *string
	Email            *string
	FirstName        *string
	LastName         *string
	Document         *string
	BirthDate        *string
	Company          *string
	OwnerUserID      *desk.ID
	Extra            *[]desk.ExtraField
	Blocked          *bool
	DisableBot       *bool
	AcceptsMarketing *bool
	PhotoID          *desk.ID
	Tags             *[]desk.ID
}

// CreateContact adds a contact. A number or address that somebody has already
// is a 409 phone_taken or email_taken, with that contact's id in the parameters
// if the viewer may see her.
func (s *Store) CreateContact(tx *dbx.Tx, by *desk.Viewer, in ContactNew) (desk.Contact, error) {
	x, err := s.draftContact(tx, by, in)
	if err != nil {
		return desk.Contact{}, err
	}
	for _, ad := range contactAddresses(&x) {
		_, won, err := s.claim(tx, &x, ad)
		if err != nil {
			return desk.Contact{}, err
		}
		if !won {
			return desk.Contact{}, s.addressTaken(tx, by, ad)
		}
	}
	return x, s.addContact(tx, by, &x)
}

// draftContact validates a contact to be created.
func (s *Store) draftContact(tx *dbx.Tx, by *desk.Viewer, in ContactNew) (desk.Contact, error) {
	now := s.now()
	x := desk.Contact{ID: s.IDs.Next(), AccountID: by.AccountID, Name: in.Name, Phone: in.Phone, Email: in.Email,
		FirstName: in.FirstName, LastName: in.LastName, Document: in.Document, BirthDate: in.BirthDate, Company: in.Company,
		OwnerUserID: in.OwnerUserID, Extra: in.Extra, DisableBot: in.DisableBot, AcceptsMarketing: true,
		Tags: sortedIDs(in.Tags), Rev: 1, CreatedAt: now, UpdatedAt: now}
	override(&x.AcceptsMarketing, in.AcceptsMarketing)
	named := ContactPatch{Phone: &x.Phone, OwnerUserID: &x.OwnerUserID, Tags: &x.Tags}
	return x, s.checkContact(tx, by, &desk.Contact{AccountID: by.AccountID}, &x, named)
}

// addContact stores a contact whose addresses are claimed.
func (s *Store) addContact(tx *dbx.Tx, by *desk.Viewer, x *desk.Contact) error {
	if err := s.insertContact(tx, x); err != nil {
		return err
	}
	if _, err := contactTags.set(tx, x.AccountID, x.ID, nil, x.Tags); err != nil {
		return err
	}
	return s.record(tx, by, desk.EvContactCreated, "contact", x.ID, nil)
}

// UpdateContact changes a contact. Users may take an unowned contact into their
// wallet or release their own; supervisors set any owner.
func (s *Store) UpdateContact(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p ContactPatch) (desk.Contact, error) {
	if _, err := tx.Exec(`UPDATE contact SET rev = rev WHERE account_id = $1 AND id = $2`, by.AccountID, id); err != nil {
		return desk.Contact{}, err // the write locks the row on both databases
	}
	before, err := s.VisibleContact(tx, by, id)
	if err != nil {
		return desk.Contact{}, err
	}
	next := before
	p.overlay(&next)
	if err := s.checkContact(tx, by, &before, &next, p); err != nil {
		return desk.Contact{}, err
	}
	c := changes{}
	noteContact(c, &before, &next)
	if err := s.changeAddresses(tx, by, &before, &next); err != nil {
		return desk.Contact{}, err
	}
	if err := alterLinks(tx, c, contactTags, "tags", by.AccountID, id, &next.Tags, p.Tags); err != nil {
		return desk.Contact{}, err
	}
	if len(c) == 0 {
		return next, nil
	}
	if err := s.storeContact(tx, &next); err != nil {
		return desk.Contact{}, err
	}
	if err := s.record(tx, by, desk.EvContactUpdated, "contact", id, c.data()); err != nil {
		return desk.Contact{}, err
	}
	if next.OwnerUserID != before.OwnerUserID {
		return next, s.spreadWallet(tx, actorOf(by), &next)
	}
	return next, nil
}

func (p ContactPatch) overlay(x *desk.Contact) {
	override(&x.Name, p.Name)
	override(&x.Phone, p.Phone)
	override(&x.Email, p.Email)
	override(&x.FirstName, p.FirstName)
	override(&x.LastName, p.LastName)
	override(&x.Document, p.Document)
	override(&x.BirthDate, p.BirthDate)
	override(&x.Company, p.Company)
	override(&x.OwnerUserID, p.OwnerUserID)
	override(&x.Extra, p.Extra)
	override(&x.Blocked, p.Blocked)
	override(&x.DisableBot, p.DisableBot)
	override(&x.AcceptsMarketing, p.AcceptsMarketing)
	override(&x.PhotoID, p.PhotoID)
}

// noteContact notes what changed: values of what the company decides, only
// names of what is the person's own.
func noteContact(c changes, before, next *desk.Contact) {
	differHidden(c, "name", before.Name, next.Name)
	differHidden(c, "phone", before.Phone, next.Phone)
	differHidden(c, "email", before.Email, next.Email)
	differHidden(c, "first_name", before.FirstName, next.FirstName)
	differHidden(c, "last_name", before.LastName, next.LastName)
	differHidden(c, "document", before.Document, next.Document)
	differHidden(c, "birth_date", before.BirthDate, next.BirthDate)
	differHidden(c, "company", before.Company, next.Company)
	differHidden(c, "photo_id", before.PhotoID, next.PhotoID)
	if !slices.Equal(before.Extra, next.Extra) {
		c.hide("extra")
	}
	differ(c, "owner_user_id", before.OwnerUserID, next.OwnerUserID)
	differ(c, "blocked", before.Blocked, next.Blocked)
	differ(c, "disable_bot", before.DisableBot, next.DisableBot)
	differ(c, "accepts_marketing", before.AcceptsMarketing, next.AcceptsMarketing)
}

// insertContact stores the row of a contact and makes her findable.
func (s *Store) insertContact(tx *dbx.Tx, x *desk.Contact) error {
	extra, err := json.Marshal(emptyNotNil(x.Extra))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO contact (id, account_id, name, name_fold, phone, email, first_name, last_name, document,
			birth_date, company, owner_user_id, extra, disable_bot, accepts_marketing, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)`,
		x.ID, x.AccountID, x.Name, dbx.Fold(x.Name), x.Phone, x.Email, x.FirstName, x.LastName, x.Document, x.BirthDate,
		x.Company, x.OwnerUserID, string(extra), x.DisableBot, x.AcceptsMarketing, x.CreatedAt); err != nil {
		return err
	}
	return s.IndexContact(tx, x)
}

// storeContact writes the row of a contact anew.
func (s *Store) storeContact(tx *dbx.Tx, x *desk.Contact) error {
	extra, err := json.Marshal(emptyNotNil(x.Extra))
	if err != nil {
		return err
	}
	x.Rev++
	x.UpdatedAt = s.now()
	if _, err := tx.Exec(`UPDATE contact SET name = $3, name_fold = $4, phone = $5, email = $6, first_name = $7, last_name = $8,
		document = $9, birth_date = $10, company = $11, owner_user_id = $12, extra = $13, blocked = $14, disable_bot = $15,
		accepts_marketing = $16, photo_id = $17, rev = rev + 1, updated_at = $18 WHERE account_id = $1 AND id = $2`,
		x.AccountID, x.ID, x.Name, dbx.Fold(x.Name), x.Phone, x.Email, x.FirstName, x.LastName, x.Document, x.BirthDate,
		x.Company, x.OwnerUserID, string(extra), x.Blocked, x.DisableBot, x.AcceptsMarketing, x.PhotoID, x.UpdatedAt); err != nil {
		return err
	}
	return s.IndexContact(tx, x)
}
