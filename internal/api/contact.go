package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// contact is a person outside the company.
type contact struct {
	ID               id                `json:"id"`
	Name             string            `json:"name"`
	Phone            string            `json:"phone" doc:"digits with country code; masked where the account hides it"`
	Email            string            `json:"email"`
	FirstName        string            `json:"first_name"`
	LastName         string            `json:"last_name"`
	Document         string            `json:"document" doc:"CPF or CNPJ"`
	BirthDate        string            `json:"birth_date" doc:"YYYY-MM-DD or empty"`
	Company          string            `json:"company"`
	OwnerUserID      ref               `json:"owner_user_id" doc:"wallet"`
	Tags             []id              `json:"tags"`
	Extra            []desk.ExtraField `json:"extra"`
	Identities       []identity        `json:"identities,omitempty" doc:"only of a single contact"`
	Blocked          bool              `json:"blocked"`
	DisableBot       bool              `json:"disable_bot"`
	AcceptsMarketing bool              `json:"accepts_marketing"`
	PhotoURL         string            `json:"photo_url,omitempty"`
	Version          int64             `json:"version"`
	CreatedAt        when              `json:"created_at"`
	UpdatedAt        when              `json:"updated_at"`
}

// identity is one address of a contact.
type identity struct {
	ID      id                `json:"id"`
	Kind    desk.IdentityKind `json:"kind"`
	Address string            `json:"address"`
}

type contactList struct {
	Searched
	Phone   string   `query:"phone" maxLength:"40" doc:"the contact with this number, however it is written; 422 invalid_phone"`
	Owner   []string `query:"owner" maxItems:"50" doc:"ids of users"`
	Unowned bool     `query:"unowned" doc:"those in nobody's wallet"`
	Tag     []string `query:"tag" maxItems:"50"`
	Blocked bool     `query:"blocked" doc:"only blocked ones"`
}

type contactNew struct {
	Name             string            `json:"name" minLength:"1" maxLength:"120"`
	Phone            string            `json:"phone,omitempty" maxLength:"40" doc:"or email"`
	Email            string            `json:"email,omitempty" maxLength:"254"`
	FirstName        string            `json:"first_name,omitempty" maxLength:"120"`
	LastName         string            `json:"last_name,omitempty" maxLength:"120"`
	Document         string            `json:"document,omitempty" maxLength:"20"`
	BirthDate        string            `json:"birth_date,omitempty" maxLength:"10"`
	Company          string            `json:"company,omitempty" maxLength:"120"`
	OwnerUserID      ref               `json:"owner_user_id,omitempty"`
	Tags             []id              `json:"tags,omitempty" maxItems:"50"`
	Extra            []desk.ExtraField `json:"extra,omitempty" maxItems:"100"`
	DisableBot       bool              `json:"disable_bot,omitempty"`
	AcceptsMarketing *bool             `json:"accepts_marketing,omitempty" doc:"true when absent"`
}

type contactPatch struct {
	Name             *string            `json:"name,omitempty" maxLength:"120"`
	Phone            *string            `json:"phone,omitempty" maxLength:"40"`
	Email            *string            `json:"email,omitempty" maxLength:"254"`
	FirstName        *string            `json:"first_name,omitempty" maxLength:"120"`
	LastName         *string            `json:"last_name,omitempty" maxLength:"120"`
	Document         *string            `json:"document,omitempty" maxLength:"20"`
	BirthDate        *string            `json:"birth_date,omitempty" maxLength:"10"`
	Company          *string            `json:"company,omitempty" maxLength:"120"`
	OwnerUserID      refPatch           `json:"owner_user_id,omitzero"`
	Tags             *[]id              `json:"tags,omitempty" maxItems:"50"`
	Extra            *[]desk.ExtraField `json:"extra,omitempty" maxItems:"100"`
	DisableBot       *bool              `json:"disable_bot,omitempty"`
	AcceptsMarketing *bool              `json:"accepts_marketing,omitempty"`
	Blocked          *bool              `json:"blocked,omitempty"`
	PhotoID          refPatch           `json:"photo_id,omitzero" doc:"of POST /media; null removes it"`
}

func (s *Server) contactRoutes() {
	op := operation{tag: "contacts"}
	handle(s, op.get("list-contacts", "/contacts", "Contacts by name",
		"q matches name, e-mail, company, document and any run of at least three digits of the phone."), s.listContacts)
	handle(s, op.post("create-contact", "/contacts", "Add a contact",
		"409 phone_taken or email_taken, with params.contact_id of who has it if she is visible.").creates(nil).refuses(http.StatusConflict), s.createContact)
	op = op.refuses(http.StatusNotFound)
	handle(s, op.get("get-contact", "/contacts/{id}", "One contact", ""), s.getContact)
	handle(s, op.patch("update-contact", "/contacts/{id}", "Change a contact", "").refuses(http.StatusConflict), s.updateContact)
	handle(s, op.delete("delete-contact", "/contacts/{id}", "Anonymise a contact without live tickets", ""), s.deleteContact)
}

// viewContact returns the view of a contact that the viewer may have.
func viewContact(v *desk.Viewer) func(desk.Contact) contact {
	return func(c desk.Contact) contact {
		return contact{ID: id(c.ID), Name: nameFor(v, c.Name, c.Phone), Phone: phoneFor(v, c.Phone), Email: c.Email,
			FirstName: c.FirstName, LastName: c.LastName, Document: c.Document, BirthDate: c.BirthDate, Company: c.Company,
			OwnerUserID: ref(c.OwnerUserID), Tags: ids(c.Tags), Extra: filled(c.Extra), Blocked: c.Blocked, DisableBot: c.DisableBot,
			AcceptsMarketing: c.AcceptsMarketing, PhotoURL: thumbURL(c.PhotoID), Version: c.Rev, CreatedAt: when(c.CreatedAt),
			UpdatedAt: when(c.UpdatedAt)}
	}
}

func (s *Server) listContacts(ctx context.Context, in *contactList) (*body[page[contact]], error) {
	v := viewer(ctx)
	if in.Phone != "" {
		return s.contactByPhone(ctx, in.Phone)
	}
	f := store.ContactFilter{Unowned: in.Unowned}
	var err error
	if f.Owners, err = parseIDs("owner", in.Owner); err != nil {
		return nil, err
	}
	if f.Tags, err = parseIDs("tag", in.Tag); err != nil {
		return nil, err
	}
	if in.Blocked {
		f.Blocked = &in.Blocked
	}
	p, err := s.store.Contacts(s.read(ctx), v, f, in.list())
	return listed(p, err, viewContact(v))
}

// contactByPhone lists the one contact with a number, or nobody (B2).
func (s *Server) contactByPhone(ctx context.Context, typed string) (*body[page[contact]], error) {
	v := viewer(ctx)
	account, err := s.directory.Account(ctx, v.AccountID)
	if err != nil {
		return nil, err
	}
	phone, err := desk.NormalizePhone(typed, account.DefaultDDI)
	if err != nil {
		return nil, &desk.Error{Kind: desk.Invalid, Code: desk.CodeInvalidPhone,
			Fields: []desk.Field{{Location: "query.phone", Code: desk.CodeInvalidPhone}}}
	}
	c, err := s.store.FindByPhone(s.read(ctx), v.AccountID, phone)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && !v.MaySeeContact(c.OwnerUserID) {
		return paged([]contact{}, ""), nil
	}
	if err != nil {
		return nil, err
	}
	return pageOf([]desk.Contact{c}, "", viewContact(v)), nil
}

func (s *Server) getContact(ctx context.Context, in *ByID) (*body[contact], error) {
	return s.contactAnswer(ctx, in.ID.ID)
}

// contactAnswer answers with a contact and her addresses.
func (s *Server) contactAnswer(ctx context.Context, contactID desk.ID) (*body[contact], error) {
	v, q := viewer(ctx), s.read(ctx)
	c, err := s.store.VisibleContact(q, v, contactID)
	if err != nil {
		return nil, err
	}
	list, err := s.store.Identities(q, v.AccountID, contactID)
	if err != nil {
		return nil, err
	}
	view := viewContact(v)(c)
	view.Identities = viewed(list, func(i desk.Identity) identity {
		address := i.Address
		if i.Kind == desk.IdentityPhone {
			address = phoneFor(v, address)
		}
		return identity{ID: id(i.ID), Kind: i.Kind, Address: address}
	})
	return answer(view), nil
}

func (s *Server) createContact(ctx context.Context, in *write[contactNew]) (*statusBody[contact], error) {
	v, b := viewer(ctx), in.Body
	if err := v.Require(desk.ActContactEdit); err != nil {
		return nil, err
	}
	c, err := create(ctx, s, creation[desk.Contact]{
		route: "create-contact", key: in.Key, body: b,
		make: func(tx *dbx.Tx) (desk.Contact, error) { return s.store.CreateContact(tx, v, b.contact()) },
		id:   func(c desk.Contact) desk.ID { return c.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.Contact, error) { return s.store.VisibleContact(q, v, id) },
	})
	return created(c, err, viewContact(v))
}

func (b *contactNew) contact() store.ContactNew {
	return store.ContactNew{Name: b.Name, Phone: b.Phone, Email: b.Email, FirstName: b.FirstName, LastName: b.LastName,
		Document: b.Document, BirthDate: b.BirthDate, Company: b.Company, OwnerUserID: desk.ID(b.OwnerUserID), Extra: b.Extra,
		DisableBot: b.DisableBot, AcceptsMarketing: b.AcceptsMarketing, Tags: deskIDs(b.Tags)}
}

func (s *Server) updateContact(ctx context.Context, in *change[contactPatch]) (*body[contact], error) {
	v, b := viewer(ctx), in.Body
	if err := v.Require(desk.ActContactEdit); err != nil {
		return nil, err
	}
	_, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.Contact, error) {
		return s.store.UpdateContact(tx, v, in.ID.ID, store.ContactPatch{Name: b.Name, Phone: b.Phone, Email: b.Email,
			FirstName: b.FirstName, LastName: b.LastName, Document: b.Document, BirthDate: b.BirthDate, Company: b.Company,
			OwnerUserID: b.OwnerUserID.pointer(), Extra: b.Extra, Blocked: b.Blocked, DisableBot: b.DisableBot,
			AcceptsMarketing: b.AcceptsMarketing, PhotoID: b.PhotoID.pointer(), Tags: idsPatch(b.Tags)})
	})
	if err != nil {
		return nil, err
	}
	return s.contactAnswer(ctx, in.ID.ID)
}

func (s *Server) deleteContact(ctx context.Context, in *ByID) (*none, error) {
	return s.remove(ctx, in.ID.ID, s.store.DeleteContact)
}
