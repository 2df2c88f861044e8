package outbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// SendTemplate sends a template without opening a ticket (B4, "Somente enviar
// modelo"): an answer then comes in as any message does, and the template shows
// in the timeline of the contact's next ticket. A contact who is being served
// is a 409 live_ticket. The provider's word is awaited as for a start: a
// certain refusal is a 422 provider_refused, and the message stays as failed.
func (o *Outbox) SendTemplate(ctx context.Context, r Request, in Start) (desk.Message, error) {
	q := o.Store.DB.Read(ctx)
	if prior, err := o.prior(q, r); err != nil || prior != nil {
		return o.replay(q, r, prior, err)
	}
	in.Form, in.Status = false, desk.Open
	if err := o.checkLoose(ctx, r.Viewer, &in); err != nil {
		return desk.Message{}, err
	}
	var m desk.Message
	err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		m, err = o.putLoose(ctx, tx, r, in)
		return err
	})
	if err != nil {
		return m, o.Desk.LiveClash(ctx, r.Viewer, err)
	}
	return o.await(ctx, m.AccountID, m.ID, startWait)
}

func (o *Outbox) checkLoose(ctx context.Context, v *desk.Viewer, in *Start) error {
	if err := v.Require(desk.ActStart); err != nil {
		return err
	}
	if in.ContactID == 0 && in.Contact == nil {
		return desk.RefuseField("contact_id", desk.CodeRequired)
	}
	if in.Template == nil {
		return desk.RefuseField("template", desk.CodeTemplateRequired)
	}
	caps, err := o.startConnection(ctx, v, in)
	if err != nil {
		return err
	}
	return startContact(in, caps)
}

func (o *Outbox) putLoose(ctx context.Context, tx *dbx.Tx, r Request, in Start) (desk.Message, error) {
	contact, err := o.contactOf(ctx, tx, r.Viewer, in)
	if err != nil {
		return desk.Message{}, err
	}
	ch, err := o.Store.TouchChannel(tx, store.ChannelTouch{AccountID: r.Viewer.AccountID, ContactID: contact.ID, ConnectionID: in.ConnectionID})
	if err != nil {
		return desk.Message{}, err
	}
	live, err := o.Store.LiveTicket(tx, r.Viewer.AccountID, contact.ID, in.ConnectionID)
	if err == nil {
		return desk.Message{}, &store.LiveTicketError{Ticket: live}
	}
	if desk.CodeOf(err) != desk.CodeNotFound {
		return desk.Message{}, err
	}
	c, err := o.firstMessage(ctx, tx, r, in, contact, ch)
	if err != nil {
		return desk.Message{}, err
	}
	m := c.message
	prior, err := o.once(tx, r, 201, m.ID)
	if err != nil {
		return m, err
	}
	if prior != nil {
		return o.replay(tx, r, prior, nil)
	}
	if err := o.Store.InsertMessage(tx, &m, c.media...); err != nil {
		return m, err
	}
	o.nudgeAfter(tx, &m)
	return m, o.Store.RecordMessage(tx, desk.EvMessageCreated, r.actor(), &m, nil, map[string]any{"status": string(m.Status)})
}
