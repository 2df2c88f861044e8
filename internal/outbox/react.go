package outbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// React puts an emoji of ours on a message, or with "" takes it back. It is
// shown at once and travels through the outbox like everything else; inside
// the service window only.
func (o *Outbox) React(ctx context.Context, v *desk.Viewer, id desk.ID, emoji string) (desk.Message, error) {
	q := o.Store.DB.Read(ctx)
	target, t, err := o.Store.VisibleMessage(q, v, id)
	if err != nil {
		return target, err
	}
	if err := v.Allow(desk.ActReact, &t); err != nil {
		return target, err
	}
	caps, err := o.sendable(ctx, v, target.ConnectionID)
	if err != nil {
		return target, err
	}
	if !caps.Reactions || target.ProviderID == "" || target.ChannelID != t.ChannelID {
		return target, unsupported("emoji", "reaction")
	}
	err = o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		ch, err := o.Store.LockChannel(tx, t.AccountID, t.ChannelID)
		if err != nil {
			return err
		}
		if caps.Windowed && ch.WindowExpiresAt <= o.now() {
			return desk.Refuse(desk.CodeWindowClosed)
		}
		target, err = o.react(tx, v, t.ID, &target, emoji)
		return err
	})
	return target, err
}

// react writes the reaction and the message that carries it.
func (o *Outbox) react(tx *dbx.Tx, v *desk.Viewer, ticket desk.ID, target *desk.Message, emoji string) (desk.Message, error) {
	actor := desk.ByUser(v.UserID)
	t, err := o.Store.ChangeTicket(tx, v.AccountID, ticket, actor, func(now *desk.Ticket, e *desk.Event) error {
		e.Type, e.MessageID = desk.EvMessageReaction, target.ID
		return v.Allow(desk.ActReact, now)
	})
	if err != nil {
		return *target, err
	}
	if err := o.setOurs(tx, target.AccountID, target.ID, v.UserID, emoji); err != nil {
		return *target, err
	}
	m := desk.Message{ID: o.Store.IDs.Next(), AccountID: v.AccountID, ConnectionID: target.ConnectionID, ContactID: target.ContactID,
		ChannelID: target.ChannelID, TicketID: t.ID, Pos: t.LastPos, Direction: desk.Out, Author: desk.AuthorUser, UserID: v.UserID,
		Type: desk.TypeReaction, Status: desk.StatusPending,
		Content: desk.Content{Reaction: &desk.ReactionSend{MessageID: target.ID, Emoji: emoji}}}
	if err := o.Store.InsertMessage(tx, &m); err != nil {
		return *target, err
	}
	o.nudgeAfter(tx, &m)
	changed, err := o.Store.Message(tx, target.AccountID, target.ID)
	if err == nil {
		sight := t.Sight()
		o.Store.AnnounceMessage(tx, &changed, &sight)
	}
	return changed, err
}

func (o *Outbox) setOurs(tx *dbx.Tx, account, message, user desk.ID, emoji string) error {
	_, err := o.Store.SetReaction(tx, account, desk.Reaction{MessageID: message, Author: "us", UserID: user, Emoji: emoji, At: o.now()})
	return err
}

// unreact takes a reaction off again that the provider refused.
func (o *Outbox) unreact(tx *dbx.Tx, m *desk.Message) error {
	r := m.Content.Reaction
	if r == nil || r.Emoji == "" {
		return nil
	}
	if err := o.setOurs(tx, m.AccountID, r.MessageID, m.UserID, ""); err != nil {
		return err
	}
	target, err := o.Store.Message(tx, m.AccountID, r.MessageID)
	if err == nil {
		o.Store.AnnounceMessage(tx, &target, nil)
	}
	return err
}
