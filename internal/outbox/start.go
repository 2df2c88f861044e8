package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// startWait is how long a start waits for the provider's word about its
// template (decisions.md 12).
const startWait = 10 * time.Second

// Start is a conversation that we begin: the full form (A) or the panel's
// steps (B). They differ in what is obligatory.
type Start struct {
	Form         bool
	Kind         desk.ChannelKind  // of the form: must be the connection's
	ContactID    desk.ID           // or
	Contact      *store.ContactNew // found again by phone or e-mail, else created
	ConnectionID desk.ID
	QueueID      desk.ID // none: the viewer's only one
	TypeID       desk.ID
	Tags         []desk.ID
	Status       desk.TicketStatus // of the form: open, pending or closed
	Template     *TemplateDraft
}

// Started is a ticket that was begun. Waiting says that its template has not
// been accepted by the provider yet, or that nobody knows.
type Started struct {
	Ticket  desk.Ticket
	Message *desk.Message
	Waiting bool
}

// StartTicket opens a ticket of origin active. With a template, both are committed
// together and the template goes through the outbox; should the provider
// refuse it with certainty within 10 s, no ticket is left and the error is a
// 422 provider_refused with the reason.
func (o *Outbox) StartTicket(ctx context.Context, r Request, in Start) (Started, error) {
	q := o.Store.DB.Read(ctx)
	if prior, err := o.prior(q, r); err != nil || prior != nil {
		return o.restart(ctx, r, prior, err)
	}
	if err := o.checkStart(ctx, q, r.Viewer, &in); err != nil {
		return Started{}, err
	}
	var s Started
	err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		s, err = o.begin(ctx, tx, r, in)
		return err
	})
	if _, ok := errors.AsType[*store.LiveTicketError](err); ok {
		if prior, err := o.prior(q, r); err != nil || prior != nil { // the same request was faster
			return o.restart(ctx, r, prior, err)
		}
		return Started{}, o.Desk.LiveClash(ctx, r.Viewer, err)
	}
	if err != nil || s.Message == nil {
		return s, err
	}
	return o.outcome(ctx, r, s)
}

// restart answers a repeated start from what the first one did, even if the
// ticket has left the caller's sight since.
func (o *Outbox) restart(ctx context.Context, r Request, prior *store.Effect, err error) (Started, error) {
	if err != nil {
		return Started{}, err
	}
	if len(prior.IDs) == 0 {
		return Started{}, desk.Refuse(desk.CodeIdempotencyMismatch)
	}
	q := o.Store.DB.Read(ctx)
	var s Started
	if s.Ticket, err = o.Store.Ticket(q, r.Viewer.AccountID, prior.IDs[0]); err != nil {
		return s, err
	}
	if !r.Viewer.CanSee(s.Ticket.Sight()) {
		if s.Ticket, err = o.begun(q, &s.Ticket); err != nil {
			return s, err
		}
	}
	if len(prior.IDs) < 2 {
		return s, nil
	}
	m, err := o.Store.Message(q, r.Viewer.AccountID, prior.IDs[1])
	if err != nil {
		return s, err
	}
	s.Message = &m
	return o.outcome(ctx, r, s)
}

// begun is what somebody may know of a ticket that she began and no longer sees:
// how it was begun, not what others made of it.
func (o *Outbox) begun(q dbx.Querier, t *desk.Ticket) (desk.Ticket, error) {
	at, err := o.Store.FirstSight(q, t.AccountID, t.ID)
	return desk.Ticket{ID: t.ID, AccountID: t.AccountID, Number: t.Number, ContactID: t.ContactID, ConnectionID: t.ConnectionID,
		ChannelID: t.ChannelID, QueueID: at.QueueID, UserID: at.UserID, WalletUserID: at.WalletUserID, Status: at.Status, Origin: t.Origin,
		RecordOnly: t.RecordOnly, Rev: 1, CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt}, err
}

// begin writes contact, channel, ticket and template in one transaction.
func (o *Outbox) begin(ctx context.Context, tx *dbx.Tx, r Request, in Start) (Started, error) {
	contact, err := o.contactOf(ctx, tx, r.Viewer, in)
	if err != nil {
		return Started{}, err
	}
	ch, err := o.Store.TouchChannel(tx, store.ChannelTouch{AccountID: r.Viewer.AccountID, ContactID: contact.ID, ConnectionID: in.ConnectionID})
	if err != nil {
		return Started{}, err
	}
	if live, err := o.Store.LiveTicket(tx, r.Viewer.AccountID, contact.ID, in.ConnectionID); err == nil {
		return Started{}, &store.LiveTicketError{Ticket: live}
	} else if desk.CodeOf(err) != desk.CodeNotFound {
		return Started{}, err
	}
	c, err := o.firstMessage(ctx, tx, r, in, contact, ch)
	if err != nil {
		return Started{}, err
	}
	s := Started{Ticket: o.newTicket(r.Viewer, in, contact, ch)}
	if err := o.open(tx, r, &s.Ticket, in.Tags); err != nil {
		return s, err
	}
	ids := []desk.ID{s.Ticket.ID}
	if c != nil {
		if err := o.put(tx, r, &c.message, s.Ticket.ID, c.media); err != nil {
			return s, err
		}
		s.Message, ids = &c.message, append(ids, c.message.ID)
		if s.Ticket, err = o.Store.Ticket(tx, s.Ticket.AccountID, s.Ticket.ID); err != nil {
			return s, err
		}
	}
	// Last, because only now the ids are known; a concurrent repetition meets
	// the channel's row first and then the live ticket.
	prior, err := o.once(tx, r, 201, ids...)
	if err == nil && prior != nil {
		err = desk.Clash(desk.CodeIdempotencyMismatch)
	}
	return s, err
}

// contactOf finds or creates the contact.
func (o *Outbox) contactOf(ctx context.Context, tx *dbx.Tx, v *desk.Viewer, in Start) (desk.Contact, error) {
	if in.ContactID == 0 {
		draft := *in.Contact
		if draft.Name == "" {
			draft.Name = o.callingName(ctx, v.AccountID, draft)
		}
		x, _, err := o.Store.EnsureContact(tx, v, draft)
		return x, err
	}
	x, err := o.Store.VisibleContact(tx, v, in.ContactID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return x, desk.RefuseField("contact_id", desk.CodeUnknownReference)
	}
	return x, err
}

// callingName is how somebody is called whose name nobody knows yet: her
// number, or else her address (B2).
func (o *Outbox) callingName(ctx context.Context, account desk.ID, draft store.ContactNew) string {
	if draft.Phone == "" {
		return draft.Email
	}
	a, err := o.Directory.Account(ctx, account)
	if err != nil {
		return draft.Phone
	}
	digits, err := desk.NormalizePhone(draft.Phone, a.DefaultDDI)
	if err != nil {
		return draft.Phone // the number itself is refused, with its own code
	}
	return digits
}

// firstMessage composes the template, if there is one, and refuses a start
// without one where only a template can leave (B8).
func (o *Outbox) firstMessage(ctx context.Context, tx *dbx.Tx, r Request, in Start, contact desk.Contact, ch desk.Channel) (*composed, error) {
	caps, err := o.sendable(ctx, r.Viewer, in.ConnectionID)
	if err != nil {
		return nil, err
	}
	if in.Template == nil {
		if !in.Form && caps.Windowed && ch.WindowExpiresAt <= o.now() {
			return nil, desk.RefuseField("template", desk.CodeTemplateRequired)
		}
		if in.Status == desk.Closed { // a record of something done; nothing is sent
			return nil, nil
		}
		return nil, o.reachable(tx, r.Viewer.AccountID, contact.ID, caps)
	}
	c, err := o.prepare(ctx, tx, r, place{in.ConnectionID, contact.ID, ch.ID}, Draft{Type: desk.TypeTemplate, Template: in.Template})
	return &c, err
}

// newTicket is the ticket as it is begun.
func (o *Outbox) newTicket(v *desk.Viewer, in Start, contact desk.Contact, ch desk.Channel) desk.Ticket {
	now := o.now()
	t := desk.Ticket{AccountID: v.AccountID, ContactID: contact.ID, ConnectionID: in.ConnectionID, ChannelID: ch.ID,
		IdentityID: ch.IdentityID, QueueID: in.QueueID, WalletUserID: contact.OwnerUserID, TypeID: in.TypeID,
		Status: in.Status, Origin: desk.OriginActive, CreatedBy: v.UserID}
	switch in.Status {
	case desk.Pending:
		t.QueuedAt = now
	case desk.Closed:
		t.RecordOnly, t.UserID = true, v.UserID
		t.ClosedAt, t.ClosedBy, t.CloseSource = now, v.UserID, desk.ClosedByRecord
	default:
		t.UserID, t.AcceptedAt = v.UserID, now
		t.AwaitingContact = ch.WindowExpiresAt <= now
	}
	return t
}

// open stores the ticket, its tags and its event.
func (o *Outbox) open(tx *dbx.Tx, r Request, t *desk.Ticket, tags []desk.ID) error {
	if err := o.Store.InsertTicket(tx, t); err != nil {
		return err
	}
	if len(tags) > 0 {
		if _, err := o.Store.SetTicketTags(tx, t.AccountID, t.ID, tags); err != nil {
			return err
		}
	}
	sight := t.Sight()
	return o.Store.Record(tx, desk.Event{AccountID: t.AccountID, Type: desk.EvTicketCreated, Entity: "ticket", EntityID: t.ID,
		TicketID: t.ID, Pos: t.LastPos, Actor: r.actor(), After: &sight,
		Data: map[string]any{"origin": string(t.Origin), "status": string(t.Status), "queue": t.QueueID.String()}})
}

// outcome waits for the provider's word about the template.
func (o *Outbox) outcome(ctx context.Context, r Request, s Started) (Started, error) {
	m, err := o.await(ctx, s.Message.AccountID, s.Message.ID, startWait)
	if err != nil {
		return s, err
	}
	s.Message = &m
	if m.Status == desk.StatusFailed && m.SentAt == 0 {
		return o.withdraw(ctx, r, s)
	}
	s.Waiting = m.Status == desk.StatusPending || m.Status == desk.StatusSending || m.Status == desk.StatusUncertain
	return s, nil
}

// withdraw removes a ticket whose only message was refused.
func (o *Outbox) withdraw(ctx context.Context, r Request, s Started) (Started, error) {
	removed := false
	err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		var err error
		if removed, err = o.Store.RemoveRefused(tx, r.actor(), s.Ticket, *s.Message); err != nil || !removed || r.Key == "" {
			return err
		}
		return o.Store.ForgetEffect(tx, store.Effect{AccountID: r.Viewer.AccountID, Principal: r.Principal, Key: r.Key})
	})
	if err != nil || !removed {
		return s, err
	}
	refusal := desk.Refuse(desk.CodeProviderRefused)
	if f := s.Message.Error; f != nil {
		_ = refusal.With("reason", f.Code)
		for k, v := range f.Params {
			_ = refusal.With(k, v)
		}
	}
	return Started{}, refusal
}

// await returns a message once it has left or will not, or as it is after d.
func (o *Outbox) await(ctx context.Context, account, id desk.ID, d time.Duration) (desk.Message, error) {
	settled, forget := o.settled.wait(id)
	defer forget()
	m, err := o.Store.Message(o.Store.DB.Read(ctx), account, id)
	if err != nil || m.Status != desk.StatusPending && m.Status != desk.StatusSending {
		return m, err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-settled:
	case <-timer.C:
	case <-ctx.Done():
		return m, ctx.Err()
	}
	return o.Store.Message(o.Store.DB.Read(ctx), account, id)
}

// checkStart judges everything about a start that does not change by itself.
func (o *Outbox) checkStart(ctx context.Context, q dbx.Querier, v *desk.Viewer, in *Start) error {
	if err := v.Require(desk.ActStart); err != nil {
		return err
	}
	if in.ContactID == 0 && in.Contact == nil {
		return desk.RefuseField("contact_id", desk.CodeRequired)
	}
	if in.Status == "" || !in.Form {
		in.Status = desk.Open
	}
	caps, err := o.startConnection(ctx, v, in)
	if err != nil {
		return err
	}
	if err := startContact(in, caps); err != nil {
		return err
	}
	if err := o.startQueue(q, v, in); err != nil {
		return err
	}
	return o.startType(q, v, in)
}

// startConnection refuses a connection that is not the viewer's, not connected
// or not of the form's kind (A8, A-7, B5).
func (o *Outbox) startConnection(ctx context.Context, v *desk.Viewer, in *Start) (channel.Capabilities, error) {
	var none channel.Capabilities
	row, open, err := o.Directory.Connection(ctx, v.AccountID, in.ConnectionID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return none, desk.RefuseField("connection_id", desk.CodeUnknownReference)
	}
	if err != nil {
		return none, err
	}
	if !v.ReachesConnection(row.ID) {
		return none, desk.Denied(desk.CodeConnectionNotAllowed)
	}
	adapter := o.Registry[row.Kind]
	if adapter == nil || !row.Active || !row.State.Usable() {
		return none, desk.RefuseField("connection_id", desk.CodeConnectionUnavailable)
	}
	if in.Form && in.Kind != row.Kind {
		return none, desk.RefuseField("connection_id", desk.CodeUnsupportedKind)
	}
	return adapter.Capabilities(open), nil
}

// startContact checks what the form and the panel say about a new contact (A3
// to A5).
func startContact(in *Start, caps channel.Capabilities) error {
	if in.ContactID != 0 {
		return nil
	}
	prefix := "contact."
	if in.Form {
		prefix = ""
		if in.Contact.Name == "" {
			return desk.RefuseField("name", desk.CodeRequired)
		}
	}
	if caps.NeedsPhone && in.Contact.Phone == "" {
		return desk.RefuseField(prefix+"phone", desk.CodeRequired)
	}
	if caps.NeedsEmail && in.Contact.Email == "" {
		return desk.RefuseField(prefix+"email", desk.CodeRequired)
	}
	return nil
}

// startQueue fills in the viewer's only queue and refuses one that is not hers
// (A10, B6).
func (o *Outbox) startQueue(q dbx.Querier, v *desk.Viewer, in *Start) error {
	if in.QueueID == 0 {
		switch {
		case len(v.Queues) == 1:
			in.QueueID = v.Queues[0]
		case len(v.Queues) == 0 && v.Role == desk.RoleUser:
			return desk.RefuseField("queue_id", desk.CodeNoQueue)
		default:
			return desk.RefuseField("queue_id", desk.CodeQueueRequired)
		}
	}
	if !v.MayUseQueue(in.QueueID) {
		return desk.Denied(desk.CodeNotAMember)
	}
	queue, err := o.Store.Queue(q, v.AccountID, in.QueueID)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && !queue.Active {
		return desk.RefuseField("queue_id", desk.CodeUnknownReference)
	}
	return err
}

// startType demands a type of the catalogue in the form, unless it is empty
// (A7).
func (o *Outbox) startType(q dbx.Querier, v *desk.Viewer, in *Start) error {
	if in.TypeID == 0 {
		if !in.Form {
			return nil
		}
		types, err := o.Store.TicketTypes(q, v.AccountID, true, store.List{Limit: 1})
		if err == nil && len(types.Items) > 0 {
			return desk.RefuseField("type_id", desk.CodeTypeRequired)
		}
		return err
	}
	t, err := o.Store.TicketType(q, v.AccountID, in.TypeID)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && !t.Active {
		return desk.RefuseField("type_id", desk.CodeUnknownReference)
	}
	return err
}
