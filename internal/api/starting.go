package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/store"
)

// startForm is the full form of document 000 (A).
type startForm struct {
	Mode         string            `json:"mode" enum:"form"`
	Kind         desk.ChannelKind  `json:"kind" doc:"A2; must be that of the connection"`
	ContactID    ref               `json:"contact_id,omitempty" doc:"instead of finding the contact by phone or e-mail"`
	Name         string            `json:"name,omitempty" maxLength:"120" doc:"A3; required unless contact_id is given"`
	Phone        string            `json:"phone,omitempty" maxLength:"40" doc:"A4"`
	Email        string            `json:"email,omitempty" maxLength:"254" doc:"A5"`
	Status       desk.TicketStatus `json:"status,omitempty" default:"open" doc:"A6"`
	TypeID       ref               `json:"type_id,omitempty" doc:"A7; required unless the catalogue is empty"`
	ConnectionID id                `json:"connection_id" doc:"A8"`
	Tags         []id              `json:"tags,omitempty" maxItems:"50" doc:"A9"`
	QueueID      ref               `json:"queue_id,omitempty" doc:"A10; required unless the user has exactly one"`
}

// startSteps is the step-by-step panel of documents 001 and 002 (B).
type startSteps struct {
	Mode         string         `json:"mode" enum:"steps"`
	ContactID    ref            `json:"contact_id,omitempty" doc:"or contact"`
	Contact      *contactDraft  `json:"contact,omitempty" doc:"somebody not yet known; found again by phone or e-mail"`
	ConnectionID id             `json:"connection_id" doc:"B5"`
	QueueID      ref            `json:"queue_id,omitempty" doc:"B6; required unless the user has exactly one"`
	TypeID       ref            `json:"type_id,omitempty"`
	Tags         []id           `json:"tags,omitempty" maxItems:"50"`
	Template     *templateDraft `json:"template,omitempty" doc:"B8, B9; required where the channel has a window and it is closed"`
}

// contactDraft is a contact that exists only once something is started with it.
type contactDraft struct {
	Name  string `json:"name,omitempty" maxLength:"120" doc:"the number when absent"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	Email string `json:"email,omitempty" maxLength:"254"`
}

func (c *contactDraft) contact() *store.ContactNew {
	if c == nil {
		return nil
	}
	return &store.ContactNew{Name: c.Name, Phone: c.Phone, Email: c.Email}
}

// startTicket is the input of POST /tickets.
type startTicket struct {
	Keyed
	Body startBody
}

// startBody is one of the two ways to start a conversation, told apart by mode.
type startBody struct {
	Form  *startForm
	Steps *startSteps
}

// UnmarshalJSON reads the way that mode names; the schema has made sure that
// there is one.
func (b *startBody) UnmarshalJSON(data []byte) error {
	var mode struct {
		Mode string `json:"mode"`
	}
	if err := json.Unmarshal(data, &mode); err != nil {
		return err
	}
	if mode.Mode == "form" {
		b.Form = &startForm{}
		return json.Unmarshal(data, b.Form)
	}
	b.Steps = &startSteps{}
	return json.Unmarshal(data, b.Steps)
}

// Schema implements huma.SchemaProvider.
func (startBody) Schema(r huma.Registry) *huma.Schema {
	form := r.Schema(reflect.TypeFor[startForm](), true, "")
	steps := r.Schema(reflect.TypeFor[startSteps](), true, "")
	r.Map()["StartBody"] = &huma.Schema{
		OneOf: []*huma.Schema{form, steps},
		Discriminator: &huma.Discriminator{
			PropertyName: "mode",
			Mapping:      map[string]string{"form": form.Ref, "steps": steps.Ref},
		},
	}
	return &huma.Schema{Ref: schemaPrefix + "StartBody"}
}

// looseTemplate is a template sent without opening a ticket (B4).
type looseTemplate struct {
	ContactID    ref           `json:"contact_id,omitempty" doc:"or contact"`
	Contact      *contactDraft `json:"contact,omitempty"`
	ConnectionID id            `json:"connection_id"`
	Template     templateDraft `json:"template"`
}

type sendLoose struct {
	Keyed
	Body looseTemplate
}

func (s *Server) startRoutes() {
	op := operation{tag: "tickets"}.refuses(http.StatusNotFound, http.StatusConflict)
	handle(s, op.post("start-ticket", "/tickets", "Start a conversation",
		"Form A (mode=form) or the panel's steps B (mode=steps). The request waits up to 10 s for the provider's word about a template: "+
			"201 it was sent, or there is none; 202 the ticket is open and the template still on its way; 422 provider_refused with params.reason: "+
			"there is no ticket. 409 live_ticket with the ticket, or, if it is invisible, with queue and agent.").
		creates(map[int]string{http.StatusAccepted: "the template is still on its way"}), s.startTicket)
	op.tag = "messages"
	handle(s, op.post("send-template", "/messages", "Send a template without opening a ticket",
		"An answer of the contact then opens one as usual, with the template in its timeline.").
		creates(map[int]string{http.StatusAccepted: "still on its way"}), s.sendLoose)
}

// start is what the outbox wants of the body.
func (b *startBody) start() outbox.Start {
	if f := b.Form; f != nil {
		in := outbox.Start{Form: true, Kind: f.Kind, ContactID: desk.ID(f.ContactID), ConnectionID: desk.ID(f.ConnectionID),
			QueueID: desk.ID(f.QueueID), TypeID: desk.ID(f.TypeID), Tags: deskIDs(f.Tags), Status: f.Status}
		if f.ContactID == 0 {
			in.Contact = &store.ContactNew{Name: f.Name, Phone: f.Phone, Email: f.Email}
		}
		return in
	}
	p := b.Steps
	return outbox.Start{ContactID: desk.ID(p.ContactID), Contact: p.Contact.contact(), ConnectionID: desk.ID(p.ConnectionID),
		QueueID: desk.ID(p.QueueID), TypeID: desk.ID(p.TypeID), Tags: deskIDs(p.Tags), Template: p.Template.draft()}
}

func (s *Server) startTicket(ctx context.Context, in *startTicket) (*statusBody[ticket], error) {
	r, err := asked(ctx, "start-ticket", in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	begun, err := s.outbox.StartTicket(ctx, r, in.Body.start())
	if err != nil {
		return nil, err
	}
	view, err := s.views.done(ctx, s.read(ctx), viewer(ctx), &begun.Ticket)
	if err != nil {
		return nil, err
	}
	status := http.StatusCreated
	if begun.Waiting {
		status = http.StatusAccepted
	}
	return &statusBody[ticket]{Status: status, Body: view}, nil
}

func (s *Server) sendLoose(ctx context.Context, in *sendLoose) (*statusBody[message], error) {
	b := in.Body
	r, err := asked(ctx, "send-template", in.Key, b)
	if err != nil {
		return nil, err
	}
	m, err := s.outbox.SendTemplate(ctx, r, outbox.Start{ContactID: desk.ID(b.ContactID), Contact: b.Contact.contact(),
		ConnectionID: desk.ID(b.ConnectionID), Template: b.Template.draft()})
	if err != nil {
		return nil, err
	}
	return s.accepted(ctx, m, m.SentAt == 0)
}
