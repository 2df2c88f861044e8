// Package routing decides where tickets go: their life from opening to closing
// (Desk), and which connection and queue an element of a provider belongs to
// (Directory).
package routing

import (
	"context"
	"log/slog"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Desk moves tickets through the table of states (features.md §3). Each method
// is one transaction: the viewer's permission and the state by desk.Viewer's
// Allow, the change by store.ChangeTicket, which records the event. A ticket
// the viewer may not see is Missing throughout.
type Desk struct {
	store    *store.Store
	accesses *accesses
}

// New returns a Desk. Before its database is closed, WriteAccesses.
func New(s *store.Store, log *slog.Logger) *Desk {
	return &Desk{store: s, accesses: &accesses{store: s, log: log, noted: map[look]desk.Time{}}}
}

func (d *Desk) now() desk.Time { return desk.TimeOf(d.store.Now()) }

// change locks a ticket, asks whether the viewer may act and lets alter do it.
// Data of the event are ids, codes and old and new values only.
func (d *Desk) change(ctx context.Context, v *desk.Viewer, id desk.ID, act desk.Action,
	alter func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error) (desk.Ticket, error) {
	var t desk.Ticket
	err := d.store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		t, err = d.changeIn(tx, v, id, act, alter)
		return err
	})
	return t, err
}

func (d *Desk) changeIn(tx *dbx.Tx, v *desk.Viewer, id desk.ID, act desk.Action,
	alter func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error) (desk.Ticket, error) {
	return d.store.ChangeTicket(tx, v.AccountID, id, actor(v), func(t *desk.Ticket, e *desk.Event) error {
		if err := v.Allow(act, t); err != nil {
			return err
		}
		return alter(tx, t, e)
	})
}

// changeAlone is change for steps between live and closed, which write the
// contact's row on the connection first (decisions.md 4).
func (d *Desk) changeAlone(ctx context.Context, v *desk.Viewer, id desk.ID, act desk.Action,
	alter func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error) (desk.Ticket, error) {
	var t desk.Ticket
	err := d.store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		if t, err = d.store.VisibleTicket(tx, v, id); err != nil {
			return err
		}
		if _, err = d.store.LockChannel(tx, v.AccountID, t.ChannelID); err != nil {
			return err
		}
		t, err = d.changeIn(tx, v, id, act, alter)
		return err
	})
	return t, err
}

// actor tells who is recorded for what a viewer does; one without user is the
// API.
func actor(v *desk.Viewer) desk.Actor {
	if v.UserID == 0 {
		return desk.Actor{Kind: desk.ActorAPI}
	}
	return desk.ByUser(v.UserID)
}

// Accept makes the viewer the agent of a pending ticket. One without queue
// enters one of hers, which users must name. Of two who accept at once the
// second is refused: 409 already_accepted, or 404 if she may not see it now.
func (d *Desk) Accept(ctx context.Context, v *desk.Viewer, id, queue desk.ID) (desk.Ticket, error) {
	if v.UserID == 0 {
		return desk.Ticket{}, desk.Denied(desk.CodeForbidden)
	}
	return d.change(ctx, v, id, desk.ActAccept, func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
		e.Type, e.Data = desk.EvTicketAccepted, map[string]any{}
		if t.QueueID == 0 {
			if err := d.chooseQueue(tx, v, queue); err != nil {
				return err
			}
			if queue != 0 {
				e.Data["queue"], e.Data["source"] = queue, "accept"
			}
			t.QueueID = queue
		}
		return d.step(t, desk.StepAccept, v.UserID)
	})
}

// chooseQueue checks the queue in which the viewer wants to work on a ticket
// that has none.
func (d *Desk) chooseQueue(tx *dbx.Tx, v *desk.Viewer, queue desk.ID) error {
	if queue == 0 {
		if v.Role == desk.RoleUser {
			return desk.RefuseField("queue", desk.CodeQueueRequired)
		}
		return nil
	}
	if err := d.activeQueue(tx, v.AccountID, queue); err != nil {
		return err
	}
	if !v.MayUseQueue(queue) {
		return desk.Denied(desk.CodeNotAMember)
	}
	return nil
}

func (d *Desk) activeQueue(q dbx.Querier, account, id desk.ID) error {
	queue, err := d.store.Queue(q, account, id)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && !queue.Active {
		return desk.RefuseField("queue", desk.CodeUnknownReference)
	}
	return err
}

// step takes a step of the table with what every such step does to times and
// agent; user is who serves after it, none for pending and closed.
func (d *Desk) step(t *desk.Ticket, step desk.Step, user desk.ID) error {
	next, err := t.Status.After(step)
	if err != nil {
		return err
	}
	now := d.now()
	switch next {
	case desk.Open:
		if t.Status == desk.Pending || t.AcceptedAt == 0 {
			t.AcceptedAt = now
		}
		t.Bot = false
	case desk.Pending:
		t.QueuedAt = now
	case desk.Closed:
		t.ClosedAt, t.Bot, t.WaitingSince, t.AwaitingContact = now, false, 0, false
	}
	if t.Status == desk.Closed {
		t.ClosedAt, t.ClosedBy, t.CloseSource = 0, 0, ""
	}
	if next != desk.Closed {
		t.UserID = user
	}
	t.Status = next
	return nil
}

// Return puts an open ticket back into its queue, behind all others (C11).
func (d *Desk) Return(ctx context.Context, v *desk.Viewer, id desk.ID) (desk.Ticket, error) {
	return d.change(ctx, v, id, desk.ActReturn, func(_ *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
		e.Type, e.Data = desk.EvTicketReturned, map[string]any{"from_user": t.UserID}
		return d.step(t, desk.StepReturn, 0)
	})
}

// Transfer hands a ticket to a queue, which the viewer need not see, or within
// it to one of its active members (C13). To where it is already is a 422
// no_change.
func (d *Desk) Transfer(ctx context.Context, v *desk.Viewer, id, queue, user desk.ID) (desk.Ticket, error) {
	return d.change(ctx, v, id, desk.ActTransfer, func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
		if err := d.checkTarget(tx, v.AccountID, queue, user); err != nil {
			return err
		}
		if t.QueueID == queue && t.UserID == user {
			return desk.Refuse(desk.CodeNoChange)
		}
		e.Type = desk.EvTicketTransferred
		e.Data = map[string]any{"from_queue": t.QueueID, "to_queue": queue, "from_user": t.UserID, "to_user": user}
		t.QueueID = queue
		if user != 0 {
			return d.step(t, desk.StepTransferTo, user)
		}
		return d.step(t, desk.StepTransferPool, 0)
	})
}

func (d *Desk) checkTarget(tx *dbx.Tx, account, queue, user desk.ID) error {
	if queue == 0 {
		return desk.RefuseField("queue", desk.CodeQueueRequired)
	}
	if err := d.activeQueue(tx, account, queue); err != nil || user == 0 {
		return err
	}
	member, err := d.store.IsMember(tx, account, user, queue)
	if err == nil && !member {
		return desk.RefuseField("user", desk.CodeNotAMember)
	}
	return err
}
