package api

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// templatePreview asks how a template will read.
type templatePreview struct {
	ContactID    ref                  `json:"contact_id,omitempty" doc:"whose data fill named placeholders that are variables of ours"`
	TicketID     ref                  `json:"ticket_id,omitempty" doc:"likewise"`
	ConnectionID ref                  `json:"connection_id,omitempty"`
	QueueID      ref                  `json:"queue_id,omitempty"`
	Values       []desk.TemplateValue `json:"values,omitempty" maxItems:"50"`
}

// templatePreviewed is how it will read. The text equals what is sent.
type templatePreviewed struct {
	Template *desk.TemplateSend   `json:"template,omitempty" doc:"absent while there are problems"`
	Values   []desk.TemplateValue `json:"values" doc:"given ones and those filled in"`
	Problems []problemField       `json:"problems" doc:"what still keeps it from being sent"`
}

func (s *Server) previewTemplate(ctx context.Context, in *change[templatePreview]) (*body[templatePreviewed], error) {
	t, err := s.store.Template(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	if err != nil {
		return nil, err
	}
	vars, err := s.textVars(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	shown := templatePreviewed{Values: prefilled(&t, in.Body.Values, vars), Problems: []problemField{}}
	send, err := t.Fill("body.values", shown.Values)
	if e, ok := errors.AsType[*desk.Error](err); ok && len(e.Fields) > 0 {
		shown.Problems = viewed(e.Fields, func(f desk.Field) problemField { return problemField(f) })
		return answer(shown), nil
	}
	if err != nil {
		return nil, err
	}
	shown.Template = &send
	return answer(shown), nil
}

// prefilled adds values for named placeholders that are variables of ours and
// were not given.
func prefilled(t *desk.Template, given []desk.TemplateValue, vars desk.TextVars) []desk.TemplateValue {
	values := slices.Clone(filled(given))
	for _, p := range t.Placeholders() {
		there := slices.ContainsFunc(values, func(v desk.TemplateValue) bool {
			return v.Component == p.Component && v.Button == p.Button && v.Name == p.Name
		})
		variable := "{{" + p.Name + "}}"
		if there || p.Kind != desk.KindText || p.Name == "" {
			continue
		}
		if text := vars.Expand(variable); text != variable && text != "" {
			values = append(values, desk.TemplateValue{Component: p.Component, Button: p.Button, Name: p.Name, Text: text})
		}
	}
	return values
}

// textVars gathers what is known about the conversation that a template is for.
// What the viewer can't see stays out.
func (s *Server) textVars(ctx context.Context, b templatePreview) (desk.TextVars, error) {
	p, q := principal(ctx), s.read(ctx)
	account, err := s.directory.Account(ctx, p.Viewer.AccountID)
	if err != nil {
		return desk.TextVars{}, err
	}
	vars := desk.TextVars{User: p.User.Name, At: s.now()}
	if vars.Zone, err = time.LoadLocation(account.TimeZone); err != nil {
		vars.Zone = time.UTC
	}
	queue, line, person := desk.ID(b.QueueID), desk.ID(b.ConnectionID), desk.ID(b.ContactID)
	if b.TicketID != 0 {
		t, err := s.store.VisibleTicket(q, &p.Viewer, desk.ID(b.TicketID))
		if err != nil {
			return vars, missingField(err, "ticket_id")
		}
		vars.Ticket, queue, line, person = t.Number, t.QueueID, t.ConnectionID, t.ContactID
	}
	return vars, s.nameVars(ctx, &vars, queue, line, person)
}

func (s *Server) nameVars(ctx context.Context, vars *desk.TextVars, queue, line, person desk.ID) error {
	v, q := viewer(ctx), s.read(ctx)
	if queue != 0 {
		row, err := s.store.Queue(q, v.AccountID, queue)
		if err != nil {
			return missingField(err, "queue_id")
		}
		vars.Queue = row.Name
	}
	if line != 0 {
		row, err := s.store.Connection(q, v.AccountID, line)
		if err != nil {
			return missingField(err, "connection_id")
		}
		vars.Connection = row.Name
	}
	if person != 0 {
		row, err := s.store.VisibleContact(q, v, person)
		if err != nil {
			return missingField(err, "contact_id")
		}
		vars.Contact = &row
	}
	return nil
}

// missingField makes a missing row a fault of the field that names it.
func missingField(err error, field string) error {
	if desk.CodeOf(err) == desk.CodeNotFound {
		return desk.RefuseField(field, desk.CodeUnknownReference)
	}
	return err
}
