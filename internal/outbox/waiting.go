package outbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// EditWaiting replaces the text of a message in line; 409 already_left once it
// is on its way.
func (o *Outbox) EditWaiting(ctx context.Context, v *desk.Viewer, id desk.ID, body string) (desk.Message, error) {
	m, t, err := o.ownWaiting(ctx, v, id)
	if err != nil {
		return m, err
	}
	caps, err := o.sendable(ctx, v, m.ConnectionID)
	if err != nil {
		return m, err
	}
	limit := caps.Text
	if m.Type.IsMedia() {
		limit = caps.Caption
	} else if m.Type != desk.TypeText {
		return m, unsupported("body", string(m.Type))
	}
	if m.Type == desk.TypeText || body != "" {
		if err := checkText(body, limit); err != nil {
			return m, err
		}
	}
	err = o.onTicket(ctx, v, &t, desk.EvMessageEdited, func(tx *dbx.Tx, _ *desk.Ticket) (desk.ID, error) {
		var err error
		m, err = o.Store.EditWaiting(tx, v.AccountID, id, body)
		return id, err
	})
	return m, err
}

// CancelWaiting takes one message out of line; 409 already_left once it is on
// its way.
func (o *Outbox) CancelWaiting(ctx context.Context, v *desk.Viewer, id desk.ID) error {
	_, t, err := o.ownWaiting(ctx, v, id)
	if err != nil {
		return err
	}
	return o.onTicket(ctx, v, &t, desk.EvMessageCanceled, func(tx *dbx.Tx, _ *desk.Ticket) (desk.ID, error) {
		_, err := o.Store.CancelWaiting(tx, v.AccountID, id)
		return id, err
	})
}

// CancelLine takes every message of a ticket's line out that the viewer may
// change, and refuses with 403 if there is one that she may not.
func (o *Outbox) CancelLine(ctx context.Context, v *desk.Viewer, ticket desk.ID) error {
	t, err := o.Store.VisibleTicket(o.Store.DB.Read(ctx), v, ticket)
	if err != nil {
		return err
	}
	return o.onTicket(ctx, v, &t, desk.EvMessageCanceled, func(tx *dbx.Tx, _ *desk.Ticket) (desk.ID, error) {
		line, err := o.changeable(tx, v, ticket)
		if err != nil {
			return 0, err
		}
		for _, m := range line {
			if _, err := o.Store.CancelWaiting(tx, v.AccountID, m.ID); err != nil {
				return 0, err
			}
		}
		return 0, nil
	})
}

// Reorder puts a ticket's line into the order of ids, all of them.
func (o *Outbox) Reorder(ctx context.Context, v *desk.Viewer, ticket desk.ID, ids []desk.ID) ([]desk.Message, error) {
	t, err := o.Store.VisibleTicket(o.Store.DB.Read(ctx), v, ticket)
	if err != nil {
		return nil, err
	}
	var line []desk.Message
	err = o.onTicket(ctx, v, &t, desk.EvMessageEdited, func(tx *dbx.Tx, _ *desk.Ticket) (desk.ID, error) {
		if _, err := o.changeable(tx, v, ticket); err != nil {
			return 0, err
		}
		if err := o.Store.ReorderWaiting(tx, v.AccountID, ticket, ids); err != nil {
			return 0, err
		}
		line, err = o.Store.WaitingMessages(tx, v.AccountID, ticket)
		return 0, err
	})
	return line, err
}

// Line returns a ticket's waiting messages in order.
func (o *Outbox) Line(ctx context.Context, v *desk.Viewer, ticket desk.ID) ([]desk.Message, error) {
	q := o.Store.DB.Read(ctx)
	if _, err := o.Store.VisibleTicket(q, v, ticket); err != nil {
		return nil, err
	}
	return o.Store.WaitingMessages(q, v.AccountID, ticket)
}

// ownWaiting reads a message of a visible ticket that the viewer may change.
func (o *Outbox) ownWaiting(ctx context.Context, v *desk.Viewer, id desk.ID) (desk.Message, desk.Ticket, error) {
	m, t, err := o.Store.VisibleMessage(o.Store.DB.Read(ctx), v, id)
	switch {
	case err != nil:
	case m.Direction != desk.Out || m.Status != desk.StatusWaiting:
		err = desk.Clash(desk.CodeAlreadyLeft)
	case !v.MayChangeWaiting(m.UserID):
		err = desk.Denied(desk.CodeForbidden)
	}
	return m, t, err
}

// changeable reads the line and refuses if a message in it is not the viewer's
// to change.
func (o *Outbox) changeable(tx *dbx.Tx, v *desk.Viewer, ticket desk.ID) ([]desk.Message, error) {
	line, err := o.Store.WaitingMessages(tx, v.AccountID, ticket)
	if err != nil {
		return nil, err
	}
	for _, m := range line {
		if !v.MayChangeWaiting(m.UserID) {
			return nil, desk.Denied(desk.CodeForbidden)
		}
	}
	return line, nil
}

// onTicket changes a ticket's line under its lock and records one event. The
// row is written before its messages are (decisions.md 4).
func (o *Outbox) onTicket(ctx context.Context, v *desk.Viewer, t *desk.Ticket, kind desk.EventType, change func(*dbx.Tx, *desk.Ticket) (desk.ID, error)) error {
	return o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		if _, err := o.Store.LockChannel(tx, t.AccountID, t.ChannelID); err != nil {
			return err
		}
		_, err := o.Store.ChangeTicket(tx, t.AccountID, t.ID, desk.ByUser(v.UserID), func(now *desk.Ticket, e *desk.Event) error {
			e.Type = kind
			if !v.CanSee(now.Sight()) {
				return desk.Missing()
			}
			return nil
		})
		if err != nil {
			return err
		}
		id, err := change(tx, t)
		if err != nil || id == 0 {
			return err
		}
		m, err := o.Store.Message(tx, t.AccountID, id)
		if err != nil {
			return err
		}
		sight := t.Sight()
		o.Store.AnnounceMessage(tx, &m, &sight)
		return nil
	})
}

// Flush sends a ticket's line in its order, because the contact has answered
// and the window is open (W2). t is the row as the inbound message left it, in
// the same transaction.
func (o *Outbox) Flush(tx *dbx.Tx, t *desk.Ticket) error {
	line, err := o.Store.FlushWaiting(tx, t)
	if err != nil || len(line) == 0 {
		return err
	}
	sight := t.Sight()
	for i := range line {
		o.Store.AnnounceMessage(tx, &line[i], &sight)
	}
	o.nudgeAfter(tx, &line[0])
	return o.Store.Record(tx, desk.Event{AccountID: t.AccountID, Type: desk.EvMessageFlushed, Entity: "ticket", EntityID: t.ID,
		TicketID: t.ID, Pos: t.LastPos, After: &sight, Data: map[string]any{"count": len(line)}})
}

// expire ends what stood in line too long.
func (o *Outbox) expire(ctx context.Context) error {
	const chunk = 100
	line, err := o.Store.ExpiredWaiting(o.Store.DB.Read(ctx), o.now(), chunk)
	if err != nil {
		return err
	}
	for _, m := range line {
		err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
			if _, err := o.Store.LockChannel(tx, m.AccountID, m.ChannelID); err != nil {
				return err
			}
			return o.step(tx, &m, desk.EvMessageExpired, store.MessageStep{To: desk.StatusExpired})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
