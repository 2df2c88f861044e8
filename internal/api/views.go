package api

import (
	"context"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
)

// views builds what clients see of tickets and messages, for answers and for
// the stream alike.
type views struct {
	store     *store.Store
	directory *routing.Directory
	registry  channel.Registry
	now       func() desk.Time
}

// lineOf is a connection with what can be sent over it, and how.
type lineOf struct {
	routing.Line
	caps     channel.Capabilities
	settings desk.Settings
}

// line returns a connection, its capabilities and the company's rules. Of one that has been deleted,
// or whose adapter this program lacks, nothing can be done.
func (w *views) line(ctx context.Context, account, connection desk.ID) (lineOf, error) {
	company, err := w.directory.Account(ctx, account)
	if err != nil {
		return lineOf{}, err
	}
	l := lineOf{settings: company.Settings}
	l.Line, err = w.directory.Line(ctx, account, connection)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return l, nil
	}
	if err != nil {
		return lineOf{}, err
	}
	if adapter := w.registry[l.Kind]; adapter != nil {
		l.caps = adapter.Capabilities(l.Open)
	}
	return l, nil
}

// abilities is the part of a line that decides what may be done with a ticket.
func (l *lineOf) abilities() desk.Abilities {
	return desk.Abilities{Templates: l.caps.Templates, Reactions: l.caps.Reactions, Receipts: l.caps.Receipts && l.ReadReceipts}
}

// ticket builds the view of a ticket that the viewer may see.
func (w *views) ticket(ctx context.Context, v *desk.Viewer, t *store.TicketView) (ticket, error) {
	l, err := w.line(ctx, t.AccountID, t.ConnectionID)
	if err != nil {
		return ticket{}, err
	}
	return viewTicket(v, t, &l), nil
}

// tickets builds the views of tickets in the order of ids; what the viewer
// can't see is left out.
func (w *views) tickets(ctx context.Context, q dbx.Querier, v *desk.Viewer, ids []desk.ID) ([]ticket, error) {
	rows, err := w.store.TicketViews(q, v.AccountID, ids)
	if err != nil {
		return nil, err
	}
	return w.visible(ctx, v, rows)
}

// visible builds the views of those tickets that the viewer sees, asking for
// each connection once.
func (w *views) visible(ctx context.Context, v *desk.Viewer, rows []store.TicketView) ([]ticket, error) {
	list, lines := make([]ticket, 0, len(rows)), map[desk.ID]*lineOf{}
	for i := range rows {
		t := &rows[i]
		if !v.CanSee(t.Sight()) {
			continue
		}
		l := lines[t.ConnectionID]
		if l == nil {
			found, err := w.line(ctx, t.AccountID, t.ConnectionID)
			if err != nil {
				return nil, err
			}
			l = &found
			lines[t.ConnectionID] = l
		}
		list = append(list, viewTicket(v, t, l))
	}
	return list, nil
}

// one builds the view of one ticket, or a 404.
func (w *views) one(ctx context.Context, q dbx.Querier, v *desk.Viewer, ticketID desk.ID) (ticket, error) {
	row, err := w.store.TicketView(q, v, ticketID)
	if err != nil {
		return ticket{}, err
	}
	return w.ticket(ctx, v, &row)
}

// done builds the view of a ticket that the viewer has just changed. Should it
// have left her sight since, she is told how she left it and nothing that came
// later: a 404 would say that nothing was done.
func (w *views) done(ctx context.Context, q dbx.Querier, v *desk.Viewer, t *desk.Ticket) (ticket, error) {
	view, err := w.one(ctx, q, v, t.ID)
	if desk.CodeOf(err) != desk.CodeNotFound {
		return view, err
	}
	left := store.TicketView{Ticket: *t, Contact: store.ContactBrief{ID: t.ContactID}, Tags: []desk.ID{}}
	c, err := w.store.VisibleContact(q, v, t.ContactID)
	if err == nil {
		left.Contact = store.ContactBrief{ID: c.ID, Name: c.Name, Phone: c.Phone, Email: c.Email, Blocked: c.Blocked, PhotoID: c.PhotoID}
	} else if desk.CodeOf(err) != desk.CodeNotFound {
		return ticket{}, err
	}
	return w.ticket(ctx, v, &left)
}

// said builds the views of messages of one conversation that the viewer has
// just written or changed; done tells what of those out of her sight.
func (w *views) said(ctx context.Context, q dbx.Querier, v *desk.Viewer, list ...desk.Message) ([]message, error) {
	rows, err := w.store.MessageViews(q, v.AccountID, viewed(list, func(m desk.Message) desk.ID { return m.ID }))
	if err != nil {
		return nil, err
	}
	left := viewed(list, func(m desk.Message) store.MessageView { return store.MessageView{Message: m} })
	if len(rows) != len(list) || len(rows) == 0 {
		return w.messages(ctx, v, nil, left)
	}
	if rows[0].TicketID == 0 {
		return w.messages(ctx, v, nil, rows)
	}
	t, err := w.store.VisibleTicket(q, v, rows[0].TicketID)
	if err == nil {
		return w.messages(ctx, v, &t, rows)
	}
	if desk.CodeOf(err) != desk.CodeNotFound {
		return nil, err
	}
	for i := range left {
		left[i].Media = rows[i].Media
	}
	return w.messages(ctx, v, nil, left)
}

// messages builds the views of messages of a ticket that the viewer sees; t is
// nil for messages without a ticket.
func (w *views) messages(ctx context.Context, v *desk.Viewer, t *desk.Ticket, rows []store.MessageView) ([]message, error) {
	list := make([]message, len(rows))
	var l lineOf
	for i := range rows {
		if i == 0 || rows[i].ConnectionID != rows[i-1].ConnectionID {
			var err error
			if l, err = w.line(ctx, rows[i].AccountID, rows[i].ConnectionID); err != nil {
				return nil, err
			}
		}
		list[i] = viewMessageOn(&l, v, t, &rows[i])
	}
	return list, nil
}

// viewMessageOn builds the view of a message on its line.
func viewMessageOn(l *lineOf, v *desk.Viewer, t *desk.Ticket, m *store.MessageView) message {
	m.HideFrom(v)
	view := viewMessage(m, l)
	view.Can = messageCan(v, t, m, l)
	return view
}

// message builds the view of one message.
func (w *views) message(ctx context.Context, v *desk.Viewer, t *desk.Ticket, m *store.MessageView) (message, error) {
	l, err := w.line(ctx, m.AccountID, m.ConnectionID)
	if err != nil {
		return message{}, err
	}
	return viewMessageOn(&l, v, t, m), nil
}
