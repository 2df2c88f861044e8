package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
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
	Phone   string `query:"phone" maxLength:"40" doc:"the contact with this number, however it is written; 422 invalid_phone"`
	Owner   string `query:"owner" maxLength:"20" doc:"id of a user; none for those without owner"`
	Tag     idIn   `query:"tag"`
	Blocked bool   `query:"blocked" doc:"only blocked ones"`
}

type contactNew struct {
	Name             string            `json:"name" minLength:"1" maxLength:"120"`
	Phone            string            `json:"phone,omitempty" maxLength:"40"`
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
	PhotoID          refPatch           `json:"photo_id,omitzero"`
}

func (s *Server) contactRoutes() {
	op := operation{tag: "contacts"}
	handle(s, op.get("list-contacts", "/contacts", "Contacts by name", "q matches name, e-mail and any run of at least three digits of the phone."), unfinished[contactList, body[page[contact]]])
	handle(s, op.post("create-contact", "/contacts", "Add a contact", "409 phone_taken or email_taken with params.contact_id of the one that has it.").creates(nil).refuses(http.StatusConflict), unfinished[write[contactNew], statusBody[contact]])
	handle(s, op.get("get-contact", "/contacts/{id}", "One contact", "").refuses(http.StatusNotFound), unfinished[ByID, body[contact]])
	handle(s, op.patch("update-contact", "/contacts/{id}", "Change a contact", "").refuses(http.StatusNotFound, http.StatusConflict), unfinished[change[contactPatch], body[contact]])
	handle(s, op.delete("delete-contact", "/contacts/{id}", "Anonymise a contact without live tickets", "").refuses(http.StatusNotFound), unfinished[ByID, none])
}
