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

// lineOf is a connection with what can be sent over it.
type lineOf struct {
	routing.Line
	caps channel.Capabilities
}

// line returns a connection and its capabilities. Of one that has been deleted,
// or whose adapter this program lacks, nothing can be done.
func (w *views) line(ctx context.Context, account, connection desk.ID) (lineOf, error) {
	l, err := w.directory.Line(ctx, account, connection)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return lineOf{}, nil
	}
	if err != nil {
		return lineOf{}, err
	}
	adapter := w.registry[l.Kind]
	if adapter == nil {
		return lineOf{Line: l}, nil
	}
	return lineOf{Line: l, caps: adapter.Capabilities(l.Open)}, nil
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
	list := make([]ticket, 0, len(rows))
	for i := range rows {
		if !v.CanSee(rows[i].Sight()) {
			continue
		}
		view, err := w.ticket(ctx, v, &rows[i])
		if err != nil {
			return nil, err
		}
		list = append(list, view)
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

// messages builds the views of messages of a ticket that the viewer sees; t is
// nil for messages without a ticket.
func (w *views) messages(ctx context.Context, v *desk.Viewer, t *desk.Ticket, rows []store.MessageView) ([]message, error) {
	list := make([]message, len(rows))
	for i := range rows {
		view, err := w.message(ctx, v, t, &rows[i])
		if err != nil {
			return nil, err
		}
		list[i] = view
	}
	return list, nil
}

// message builds the view of one message.
func (w *views) message(ctx context.Context, v *desk.Viewer, t *desk.Ticket, m *store.MessageView) (message, error) {
	l, err := w.line(ctx, m.AccountID, m.ConnectionID)
	if err != nil {
		return message{}, err
	}
	m.HideFrom(v)
	view := viewMessage(m)
	view.Can = messageCan(v, t, m, &l)
	return view, nil
}

// messagesByID builds the views of messages by their ids, in that order.
func (w *views) messagesByID(ctx context.Context, q dbx.Querier, v *desk.Viewer, t *desk.Ticket, ids ...desk.ID) ([]message, error) {
	rows, err := w.store.MessageViews(q, v.AccountID, ids)
	if err != nil {
		return nil, err
	}
	return w.messages(ctx, v, t, rows)
}
