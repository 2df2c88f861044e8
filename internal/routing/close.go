package routing

import (
	"context"
	"errors"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Close resolves a ticket (C12) and cancels what still waits for the service
// window. Whoever closes by hand may be asked for a tag first.
func (d *Desk) Close(ctx context.Context, v *desk.Viewer, id desk.ID) (desk.Ticket, error) {
	return d.changeAlone(ctx, v, id, desk.ActClose, func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
		if err := d.tagged(tx, t); err != nil {
			return err
		}
		return d.close(tx, t, e)
	})
}

// tagged refuses an untagged ticket where the account wants a tag.
func (d *Desk) tagged(tx *dbx.Tx, t *desk.Ticket) error {
	account, err := d.store.Account(tx, t.AccountID)
	if err != nil || !account.Settings.TagRequiredToClose {
		return err
	}
	tags, err := d.store.TicketTags(tx, t.AccountID, t.ID)
	if err == nil && len(tags) == 0 {
		return desk.RefuseField("tags", desk.CodeTagRequired)
	}
	return err
}

// close is what every closing does.
func (d *Desk) close(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
	source := desk.ClosedByAgent
	if e.Actor.Kind == desk.ActorAPI {
		source = desk.ClosedByAPI
	}
	if err := d.step(t, desk.StepClose, 0); err != nil {
		return err
	}
	t.ClosedBy, t.CloseSource = e.Actor.ID, source
	canceled, err := d.store.ClearWaiting(tx, t)
	if err != nil {
		return err
	}
	sight := t.Sight()
	for i := range canceled {
		if err := d.store.RecordMessage(tx, desk.EvMessageCanceled, e.Actor, &canceled[i], &sight, nil); err != nil {
			return err
		}
	}
	e.Type = desk.EvTicketClosed
	e.Data = map[string]any{"source": string(source), "canceled": len(canceled)}
	return nil
}

// Reopen makes the viewer the agent of a closed ticket again (C9). A live
// ticket of the contact on the connection is a 409 live_ticket.
func (d *Desk) Reopen(ctx context.Context, v *desk.Viewer, id desk.ID) (desk.Ticket, error) {
	if v.UserID == 0 {
		return desk.Ticket{}, desk.Denied(desk.CodeForbidden)
	}
	t, err := d.changeAlone(ctx, v, id, desk.ActReopen, func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
		live, err := d.store.LiveTicket(tx, t.AccountID, t.ContactID, t.ConnectionID)
		if err == nil {
			return &store.LiveTicketError{Ticket: live}
		}
		if desk.CodeOf(err) != desk.CodeNotFound {
			return err
		}
		e.Type, e.Data = desk.EvTicketReopened, map[string]any{"closed_at": t.ClosedAt}
		return d.step(t, desk.StepReopen, v.UserID)
	})
	return t, d.LiveClash(ctx, v, err)
}

// LiveClash turns a *store.LiveTicketError into the 409 live_ticket that the
// viewer may read: with the ticket's id and number if she sees it, else only
// with the names of queue and agent, so that she knows whom to ask ("One live
// ticket", features.md §2.0). Other errors pass.
func (d *Desk) LiveClash(ctx context.Context, v *desk.Viewer, err error) error {
	live, ok := errors.AsType[*store.LiveTicketError](err)
	if !ok {
		return err
	}
	clash, t := desk.Clash(desk.CodeLiveTicket), live.Ticket
	q := d.store.DB.Read(ctx)
	if t.ID == 0 { // the net caught it: it is not known yet which one
		if t, err = d.store.LiveTicket(q, t.AccountID, t.ContactID, t.ConnectionID); err != nil {
			return clash
		}
	}
	if v.CanSee(t.Sight()) {
		return clash.With("ticket_id", t.ID.String()).With("number", t.Number)
	}
	if queue, err := d.store.Queue(q, t.AccountID, t.QueueID); err == nil {
		_ = clash.With("queue", queue.Name)
	}
	if user, err := d.store.User(q, t.AccountID, t.UserID); err == nil {
		_ = clash.With("agent", user.Name)
	}
	return clash
}
