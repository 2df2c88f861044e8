package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
)

// ticketList is the query of GET /tickets; the filters are combined by AND.
type ticketList struct {
	Searched
	Status     desk.TicketStatus `query:"status" doc:"all when absent"`
	Queue      []string          `query:"queue" maxItems:"50" doc:"ids, separated by commas"`
	Connection []string          `query:"connection" maxItems:"50"`
	User       []string          `query:"user" maxItems:"50" doc:"ids of agents"`
	Tag        []string          `query:"tag" maxItems:"50"`
	Contact    idIn              `query:"contact"`
	Unread     bool              `query:"unread" doc:"only those with unread messages"`
	Unassigned bool              `query:"unassigned" doc:"only those without an agent"`
}

type ticketPatch struct {
	TypeID *id   `json:"type_id,omitempty"`
	Tags   *[]id `json:"tags,omitempty" maxItems:"50" doc:"the whole set"`
}

// byIDPaged is a paged list that belongs to one row.
type byIDPaged struct {
	ByID
	Paged
}

func (s *Server) ticketRoutes() {
	op := operation{tag: "tickets"}
	handle(s, op.get("list-tickets", "/tickets", "Visible tickets",
		"Pending ones by the time they entered the queue, oldest first; the others by activity, newest first. "+
			"q finds by number, contact name, e-mail and phone, and is not paged."), s.listTickets)
	handle(s, op.get("get-ticket", "/tickets/{id}", "One ticket", "").refuses(http.StatusNotFound), s.getTicket)
	handle(s, op.patch("update-ticket", "/tickets/{id}", "Change type and tags", "").refuses(http.StatusNotFound), s.updateTicket)
	handle(s, op.get("list-ticket-log", "/tickets/{id}/log", "The ticket's log, newest first", "").refuses(http.StatusNotFound), s.ticketLog)
	handle(s, op.get("get-counters", "/counters", "Badges", ""), s.getCounters)
}

// filter is what the store wants of the query.
func (in *ticketList) filter() (store.TicketFilter, error) {
	f := store.TicketFilter{Status: in.Status, ContactID: in.Contact.ID, Unread: in.Unread, Unassigned: in.Unassigned}
	for _, list := range []struct {
		name string
		text []string
		ids  *[]desk.ID
	}{{"queue", in.Queue, &f.Queues}, {"connection", in.Connection, &f.Connections}, {"user", in.User, &f.Users}, {"tag", in.Tag, &f.Tags}} {
		var err error
		if *list.ids, err = parseIDs(list.name, list.text); err != nil {
			return f, err
		}
	}
	return f, nil
}

// parseIDs reads the ids of a query parameter.
func parseIDs(name string, texts []string) ([]desk.ID, error) {
	list := make([]desk.ID, 0, len(texts))
	for _, text := range texts {
		v, err := desk.ParseID(strings.TrimSpace(text))
		if err != nil || v == 0 {
			return nil, &desk.Error{Kind: desk.Invalid, Code: desk.CodeInvalid,
				Fields: []desk.Field{{Location: "query." + name, Code: desk.CodeInvalid}}}
		}
		list = append(list, v)
	}
	return list, nil
}

func (s *Server) listTickets(ctx context.Context, in *ticketList) (*body[page[ticket]], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	v, q := viewer(ctx), s.read(ctx)
	if strings.TrimSpace(in.Q) != "" {
		return s.findTickets(ctx, in, f)
	}
	p, err := s.store.TicketPage(q, v, f, in.list())
	if err != nil {
		return nil, err
	}
	views, err := s.views.tickets(ctx, q, v, p.Items)
	if err != nil {
		return nil, err
	}
	return paged(views, p.Next), nil
}

// findTickets answers a list with q: the search's tickets that pass the filter.
func (s *Server) findTickets(ctx context.Context, in *ticketList, f store.TicketFilter) (*body[page[ticket]], error) {
	v, q := viewer(ctx), s.read(ctx)
	found, err := s.store.Search(q, v, in.Q, "")
	if err != nil {
		return nil, err
	}
	rows, err := s.store.TicketViews(q, v.AccountID, found.Tickets)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(t store.TicketView) bool { return !passes(f, &t) })
	list, err := s.views.visible(ctx, v, rows)
	if err != nil {
		return nil, err
	}
	return paged(list, ""), nil
}

// passes reports whether a ticket that was found by words is one that the
// filter wants.
func passes(f store.TicketFilter, t *store.TicketView) bool {
	among := func(list []desk.ID, v desk.ID) bool { return len(list) == 0 || slices.Contains(list, v) }
	tagged := len(f.Tags) == 0 || slices.ContainsFunc(t.Tags, func(v desk.ID) bool { return slices.Contains(f.Tags, v) })
	return (f.Status == "" || t.Status == f.Status) && among(f.Queues, t.QueueID) && among(f.Connections, t.ConnectionID) &&
		among(f.Users, t.UserID) && tagged && (f.ContactID == 0 || f.ContactID == t.ContactID) &&
		(!f.Unread || t.Unread > 0) && (!f.Unassigned || t.UserID == 0)
}

func (s *Server) getTicket(ctx context.Context, in *ByID) (*body[ticket], error) {
	t, err := s.views.one(ctx, s.read(ctx), viewer(ctx), in.ID.ID)
	return shown(t, err, same)
}

// ticketAnswer answers with a ticket that was changed.
func (s *Server) ticketAnswer(ctx context.Context, t desk.Ticket, err error) (*body[ticket], error) {
	if err != nil {
		return nil, err
	}
	view, err := s.views.done(ctx, s.read(ctx), viewer(ctx), &t)
	return shown(view, err, same)
}

func (s *Server) updateTicket(ctx context.Context, in *change[ticketPatch]) (*body[ticket], error) {
	marks := routing.Marks{Type: (*desk.ID)(in.Body.TypeID), Tags: idsPatch(in.Body.Tags)}
	t, err := s.desk.Mark(ctx, viewer(ctx), in.ID.ID, marks)
	return s.ticketAnswer(ctx, t, err)
}

func (s *Server) ticketLog(ctx context.Context, in *byIDPaged) (*body[page[logEntry]], error) {
	v, q := viewer(ctx), s.read(ctx)
	if _, err := s.store.VisibleTicket(q, v, in.ID.ID); err != nil {
		return nil, err
	}
	if err := s.desk.WriteAccesses(ctx); err != nil {
		return nil, err
	}
	p, err := s.store.TicketLog(q, v.AccountID, in.ID.ID, in.list())
	return s.logPage(ctx, p, err)
}

// counters are the badges of this user.
type counters struct {
	Open    int64 `json:"open" doc:"all visible tickets of the status"`
	Pending int64 `json:"pending"`
	Closed  int64 `json:"closed"`
	Unread  int64 `json:"unread" doc:"tickets with unread messages that are hers, and pending ones she may accept"`
}

func (s *Server) getCounters(ctx context.Context, _ *none) (*body[counters], error) {
	c, err := s.store.Counters(s.read(ctx), viewer(ctx))
	return shown(c, err, viewCounters)
}

func viewCounters(c store.Counters) counters {
	return counters{Open: c.Open, Pending: c.Pending, Closed: c.Closed, Unread: c.Unread}
}
