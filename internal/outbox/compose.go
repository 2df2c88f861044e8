package outbox

import (
	"context"
	"slices"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Request is who asks, and the key under which a repetition of the request is
// recognised (decisions.md 5). Without a key every request is new.
type Request struct {
	Viewer    *desk.Viewer
	Principal string // of the key: "user:7"
	Key       string // Idempotency-Key; the message's client_id
	Hash      string // of the request's body
}

func (r Request) actor() desk.Actor { return desk.ByUser(r.Viewer.UserID) }

// once registers the request's effect. It returns what an earlier request with
// the same key did, or nil.
func (o *Outbox) once(tx *dbx.Tx, r Request, status int, ids ...desk.ID) (*store.Effect, error) {
	if r.Key == "" {
		return nil, nil
	}
	return o.Store.Once(tx, store.Effect{AccountID: r.Viewer.AccountID, Principal: r.Principal, Key: r.Key,
		Hash: r.Hash, Status: status, IDs: ids})
}

// prior is what an earlier request with the same key did, or nil. Asking
// before the request is judged lets a repetition be answered alike even if the
// window, the ticket or the template has changed since.
func (o *Outbox) prior(q dbx.Querier, r Request) (*store.Effect, error) {
	if r.Key == "" {
		return nil, nil
	}
	e, err := o.Store.EffectOf(q, store.Effect{AccountID: r.Viewer.AccountID, Principal: r.Principal, Key: r.Key, Hash: r.Hash})
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil, nil
	}
	return &e, err
}

// Compose accepts a message on an open ticket. It returns once the message is
// on disk, as pending or, with draft.Queue while the window is closed, in line
// for it. Refusals: 404 for an invisible ticket, 403, 422 read_only,
// window_closed, unsupported_content, contact_blocked and those of the draft's
// fields.
func (o *Outbox) Compose(ctx context.Context, r Request, ticket desk.ID, d Draft) (desk.Message, error) {
	q := o.Store.DB.Read(ctx)
	if prior, err := o.prior(q, r); err != nil || prior != nil {
		return o.replay(q, r, prior, err)
	}
	t, err := o.Store.VisibleTicket(q, r.Viewer, ticket)
	if err != nil {
		return desk.Message{}, err
	}
	if err := r.Viewer.Allow(d.action(), &t); err != nil {
		return desk.Message{}, err
	}
	c, err := o.prepare(ctx, q, r, place{t.ConnectionID, t.ContactID, t.ChannelID}, d)
	if err != nil {
		return desk.Message{}, err
	}
	return o.commit(ctx, r, &t, c)
}

// action is what the draft asks permission for.
func (d *Draft) action() desk.Action {
	if d.Type == desk.TypeTemplate {
		return desk.ActTemplate
	}
	return desk.ActReply
}

// replay answers a repeated request from what the first one did, even if the
// ticket has left the caller's sight since.
func (o *Outbox) replay(q dbx.Querier, r Request, prior *store.Effect, err error) (desk.Message, error) {
	if err != nil {
		return desk.Message{}, err
	}
	if len(prior.IDs) == 0 {
		return desk.Message{}, desk.Refuse(desk.CodeIdempotencyMismatch)
	}
	m, err := o.Store.Message(q, r.Viewer.AccountID, prior.IDs[len(prior.IDs)-1])
	if err != nil || m.TicketID == 0 {
		return m, err
	}
	_, err = o.Store.VisibleTicket(q, r.Viewer, m.TicketID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return taken(&m), nil
	}
	return m, err
}

// taken is what somebody may know of her message on a ticket that she no longer
// sees: that it was taken, not what others made of it.
func taken(m *desk.Message) desk.Message {
	first := desk.Message{ID: m.ID, AccountID: m.AccountID, ConnectionID: m.ConnectionID, ContactID: m.ContactID, ChannelID: m.ChannelID,
		TicketID: m.TicketID, Pos: m.Pos, ClientID: m.ClientID, Direction: m.Direction, Author: m.Author, UserID: m.UserID, Type: m.Type,
		RetryOf: m.RetryOf, Queue: m.Queue, Status: desk.StatusPending, At: m.At}
	if m.Status == desk.StatusWaiting {
		first.Status = m.Status
	}
	return first
}

// place is a conversation.
type place struct{ connection, contact, channel desk.ID }

// composed is a message judged and ready to be committed.
type composed struct {
	message  desk.Message
	media    []desk.Media
	fresh    []desk.ID // of media: rows to be made, over bytes that are stored
	windowed bool      // free content waits for the window
}

// prepare judges a draft for a conversation and builds the message, reading
// only. What may change until the commit (ticket, window) is judged there.
func (o *Outbox) prepare(ctx context.Context, q dbx.Querier, r Request, at place, d Draft) (composed, error) {
	caps, err := o.sendable(ctx, r.Viewer, at.connection)
	if err != nil {
		return composed{}, err
	}
	if err := d.check(caps); err != nil {
		return composed{}, err
	}
	if err := o.reachable(q, r.Viewer.AccountID, at.contact, caps); err != nil {
		return composed{}, err
	}
	c := composed{windowed: caps.Windowed && d.Type != desk.TypeTemplate, message: desk.Message{
		ID: o.Store.IDs.Next(), AccountID: r.Viewer.AccountID, ConnectionID: at.connection, ContactID: at.contact,
		ChannelID: at.channel, ClientID: r.Key, Direction: desk.Out, Author: desk.AuthorUser, UserID: r.Viewer.UserID,
		Type: d.Type, Body: d.Body, Status: desk.StatusPending, Queue: d.Queue, ReplyTo: d.ReplyTo,
	}}
	if err := o.fill(ctx, q, &c, &d, caps); err != nil {
		return composed{}, err
	}
	return c, o.checkReply(q, &c.message, caps)
}

// sendable returns the capabilities of a connection that may be written on.
func (o *Outbox) sendable(ctx context.Context, v *desk.Viewer, connection desk.ID) (channel.Capabilities, error) {
	row, open, err := o.Directory.Connection(ctx, v.AccountID, connection)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return channel.Capabilities{}, desk.RefuseField("connection_id", desk.CodeConnectionUnavailable)
	}
	if err != nil {
		return channel.Capabilities{}, err
	}
	adapter := o.Registry[row.Kind]
	if adapter == nil || !row.Active {
		return channel.Capabilities{}, desk.RefuseField("connection_id", desk.CodeConnectionUnavailable)
	}
	return adapter.Capabilities(open), nil
}

// reachable refuses a contact who is blocked or has no address on the channel.
func (o *Outbox) reachable(q dbx.Querier, account, contact desk.ID, caps channel.Capabilities) error {
	x, err := o.Store.Contact(q, account, contact)
	if err != nil {
		return err
	}
	if x.Blocked {
		return desk.Refuse(desk.CodeContactBlocked)
	}
	if caps.NeedsEmail && x.Email == "" {
		return desk.RefuseField("contact_id", desk.CodeContactUnreachable)
	}
	if !caps.NeedsPhone || x.Phone != "" {
		return nil
	}
	list, err := o.Store.Identities(q, account, contact)
	for _, i := range list {
		if i.Kind == desk.IdentityPhone || i.Kind == desk.IdentityWhatsApp {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return desk.RefuseField("contact_id", desk.CodeContactUnreachable)
}

// checkReply refuses to answer a message of another conversation, or one that
// the provider does not know.
func (o *Outbox) checkReply(q dbx.Querier, m *desk.Message, caps channel.Capabilities) error {
	if m.ReplyTo == 0 {
		return nil
	}
	if !caps.Replies {
		return unsupported("reply_to", "reply")
	}
	target, err := o.Store.Message(q, m.AccountID, m.ReplyTo)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && (target.ChannelID != m.ChannelID || target.ProviderID == "") {
		return desk.RefuseField("reply_to", desk.CodeUnknownReference)
	}
	return err
}

// commit stores the composed message on its ticket.
func (o *Outbox) commit(ctx context.Context, r Request, t *desk.Ticket, c composed) (desk.Message, error) {
	var m desk.Message
	until := o.waitUntil(ctx, r.Viewer.AccountID)
	err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		m = c.message
		prior, err := o.once(tx, r, 201, m.ID)
		if err != nil {
			return err
		}
		if prior != nil {
			m, err = o.replay(tx, r, prior, nil)
			return err
		}
		ch, err := o.Store.LockChannel(tx, t.AccountID, t.ChannelID)
		if err != nil {
			return err
		}
		if err := o.line(&m, &ch, c.windowed, until); err != nil {
			return err
		}
		for i := range c.media {
			if slices.Contains(c.fresh, c.media[i].ID) {
				if err := o.Store.InsertMedia(tx, &c.media[i]); err != nil {
					return err
				}
			}
		}
		return o.put(tx, r, &m, t.ID, c.media)
	})
	return m, err
}

// line decides whether the message leaves now or waits for the window; 422
// window_closed when it may not wait.
func (o *Outbox) line(m *desk.Message, ch *desk.Channel, windowed bool, until desk.Time) error {
	if !windowed || ch.WindowExpiresAt > o.now() {
		return nil
	}
	if !m.Queue {
		return desk.Refuse(desk.CodeWindowClosed)
	}
	m.Status, m.ExpiresAt = desk.StatusWaiting, until
	return nil
}

// put writes the message to its ticket: the ticket's row, the message, its
// event. Whether the viewer may still write is judged on the locked row.
func (o *Outbox) put(tx *dbx.Tx, r Request, m *desk.Message, ticket desk.ID, media []desk.Media) error {
	t, err := o.Store.TouchOutbound(tx, store.OutboundTouch{AccountID: m.AccountID, TicketID: ticket, MessageID: m.ID,
		Answer: true, Waiting: m.Status == desk.StatusWaiting})
	if err != nil {
		return err
	}
	action := desk.ActReply
	if m.Type == desk.TypeTemplate {
		action = desk.ActTemplate
	}
	if err := r.Viewer.Allow(action, &t); err != nil {
		return err
	}
	m.TicketID, m.Pos = t.ID, t.LastPos
	if err := o.Store.InsertMessage(tx, m, media...); err != nil {
		return err
	}
	if m.Status == desk.StatusPending {
		o.nudgeAfter(tx, m)
	}
	sight := t.Sight()
	return o.Store.RecordMessage(tx, desk.EvMessageCreated, r.actor(), m, &sight, map[string]any{"status": string(m.Status)})
}
