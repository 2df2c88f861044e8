package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// ticketType is an entry of the catalogue of kinds of service.
type ticketType struct {
	ID        id     `json:"id"`
	Name      string `json:"name"`
	Active    bool   `json:"active"`
	Default   bool   `json:"default"`
	CreatedAt when   `json:"created_at"`
}

type ticketTypeNew struct {
	Name    string `json:"name" minLength:"1" maxLength:"60"`
	Default bool   `json:"default,omitempty"`
}

type ticketTypePatch struct {
	Name    *string `json:"name,omitempty" maxLength:"60"`
	Active  *bool   `json:"active,omitempty"`
	Default *bool   `json:"default,omitempty"`
}

func viewTicketType(t desk.TicketType) ticketType {
	return ticketType{ID: id(t.ID), Name: t.Name, Active: t.Active, Default: t.Default, CreatedAt: when(t.CreatedAt)}
}

func (s *Server) ticketTypeRoutes() {
	op := operation{tag: "ticket-types"}
	handle(s, op.get("list-ticket-types", "/ticket-types", "Ticket types by name", ""), s.listTicketTypes)
	handle(s, op.post("create-ticket-type", "/ticket-types", "Add a ticket type", "").creates(nil).refuses(http.StatusConflict), s.createTicketType)
	handle(s, op.get("get-ticket-type", "/ticket-types/{id}", "One ticket type", "").refuses(http.StatusNotFound), s.getTicketType)
	handle(s, op.patch("update-ticket-type", "/ticket-types/{id}", "Change a ticket type", "").refuses(http.StatusNotFound, http.StatusConflict), s.updateTicketType)
	handle(s, op.delete("delete-ticket-type", "/ticket-types/{id}", "Delete an unused ticket type", "").refuses(http.StatusNotFound), s.deleteTicketType)
}

func (s *Server) listTicketTypes(ctx context.Context, in *activeList) (*body[page[ticketType]], error) {
	p, err := s.store.TicketTypes(s.read(ctx), viewer(ctx).AccountID, in.Active, in.list())
	return listed(p, err, viewTicketType)
}

func (s *Server) getTicketType(ctx context.Context, in *ByID) (*body[ticketType], error) {
	t, err := s.store.TicketType(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	return shown(t, err, viewTicketType)
}

func (s *Server) createTicketType(ctx context.Context, in *write[ticketTypeNew]) (*statusBody[ticketType], error) {
	v, b := viewer(ctx), in.Body
	t, err := create(ctx, s, creation[desk.TicketType]{
		route: "create-ticket-type", key: in.Key, body: b,
		make: func(tx *dbx.Tx) (desk.TicketType, error) {
			return s.store.CreateTicketType(tx, v, store.TicketTypeNew{Name: b.Name, Default: b.Default})
		},
		id: func(t desk.TicketType) desk.ID { return t.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.TicketType, error) {
			return s.store.TicketType(q, v.AccountID, id)
		},
	})
	return created(t, err, viewTicketType)
}

func (s *Server) updateTicketType(ctx context.Context, in *change[ticketTypePatch]) (*body[ticketType], error) {
	b := in.Body
	t, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.TicketType, error) {
		return s.store.UpdateTicketType(tx, viewer(ctx), in.ID.ID, store.TicketTypePatch{Name: b.Name, Active: b.Active, Default: b.Default})
	})
	return shown(t, err, viewTicketType)
}

func (s *Server) deleteTicketType(ctx context.Context, in *ByID) (*none, error) {
	return s.remove(ctx, in.ID.ID, s.store.DeleteTicketType)
}
