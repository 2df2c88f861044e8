package inbound

import (
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Changes of messages that are there already.

// reaction keeps a contact's emoji on a message. It opens the window like a
// message (decisions.md 8), and so lets the waiting line go, but is never
// unread and opens no ticket.
func (r *Receiver) reaction(tx *dbx.Tx, u *unit, in *channel.IncomingReaction) error {
	met, err := r.admit(tx, u, in.From, in.At, "")
	if err != nil {
		return err
	}
	if err := r.wake(tx, u, &met); err != nil {
		return err
	}
	m, err := r.target(tx, u, in.TargetID)
	if err != nil {
		return err
	}
	if m == nil || m.ContactID != met.Contact.ID {
		return nil // on something said before we kept the conversation
	}
	changed, err := r.Store.SetReaction(tx, u.account.ID, desk.Reaction{MessageID: m.ID, Author: "contact", Emoji: in.Emoji, At: in.At})
	if err != nil || !changed {
		return err
	}
	return r.tell(tx, desk.EvMessageReaction, met.actor(), m)
}

// wake gives the live ticket the window that just opened: a new version, and
// what stood in line.
func (r *Receiver) wake(tx *dbx.Tx, u *unit, met *meeting) error {
	live, err := r.Store.LiveTicket(tx, u.account.ID, met.Contact.ID, u.line.ID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := r.Store.ChangeTicket(tx, u.account.ID, live.ID, met.actor(), func(_ *desk.Ticket, e *desk.Event) error {
		e.Type = desk.EvTicketUpdated
		return nil
	})
	if err != nil {
		return err
	}
	return r.flush(tx, met, &t)
}

// target finds the message that an element changes; nil if we don't have it.
func (r *Receiver) target(tx *dbx.Tx, u *unit, providerID string) (*desk.Message, error) {
	m, err := r.Store.MessageByProvider(tx, u.account.ID, u.line.ID, providerID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &m, nil
}

// tell records an event about a message.
func (r *Receiver) tell(tx *dbx.Tx, kind desk.EventType, actor desk.Actor, m *desk.Message) error {
	sight, err := r.Store.SightOf(tx, m)
	if err != nil {
		return err
	}
	return r.Store.RecordMessage(tx, kind, actor, m, sight, nil)
}

// mine finds the message that its author changed. What the contact changes
// must be hers, what the phone changes ours. One that we don't have yet may
// still come, so the element is kept to be replayed.
func (r *Receiver) mine(tx *dbx.Tx, u *unit, providerID string, echo bool) (*desk.Message, desk.Actor, error) {
	m, err := r.target(tx, u, providerID)
	if err != nil {
		return nil, desk.Actor{}, err
	}
	want, actor := desk.In, desk.Actor{Kind: desk.ActorContact}
	if echo {
		want, actor = desk.Out, desk.System()
	}
	if m == nil || m.Direction != want {
		return nil, desk.Actor{}, park(ReasonUnknownMessage)
	}
	if !echo {
		actor.ID = m.ContactID
	}
	return m, actor, nil
}

// edit replaces the text of a message and keeps the earlier one (decisions.md 23).
func (r *Receiver) edit(tx *dbx.Tx, u *unit, in *channel.Edit) error {
	m, actor, err := r.mine(tx, u, in.TargetID, in.Echo)
	if err != nil {
		return err
	}
	changed, err := r.Store.EditMessage(tx, m, in.Body, in.At)
	if err != nil || !changed {
		return err
	}
	return r.tell(tx, desk.EvMessageEdited, actor, m)
}

// revoke hides a message from users and keeps it for administrators
// (decisions.md 23).
func (r *Receiver) revoke(tx *dbx.Tx, u *unit, in *channel.Revoke) error {
	m, actor, err := r.mine(tx, u, in.TargetID, in.Echo)
	if err != nil {
		return err
	}
	changed, err := r.Store.RevokeMessage(tx, u.account.ID, m.ID, 0)
	if err != nil || !changed {
		return err
	}
	return r.tell(tx, desk.EvMessageDeleted, actor, m)
}
