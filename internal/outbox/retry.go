package outbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Retry sends a message again that failed, expired or whose fate nobody knows,
// as a new message that refers to it: states never go backwards. An uncertain
// one may be repeated only after the account's grace period, because a report
// may still settle it (decisions.md 10); 422 not_retryable otherwise, and for
// one that was repeated already.
func (o *Outbox) Retry(ctx context.Context, r Request, id desk.ID, queue bool) (desk.Message, error) {
	q := o.Store.DB.Read(ctx)
	if prior, err := o.prior(q, r); err != nil || prior != nil {
		return o.replay(q, r, prior, err)
	}
	old, t, err := o.Store.VisibleMessage(q, r.Viewer, id)
	if err != nil {
		return old, err
	}
	if err := o.retryable(ctx, q, &old); err != nil {
		return old, err
	}
	action := desk.ActReply
	if old.Type == desk.TypeTemplate {
		action = desk.ActTemplate
	}
	if err := r.Viewer.Allow(action, &t); err != nil {
		return old, err
	}
	c, err := o.copyOf(ctx, q, r, &old, queue)
	if err != nil {
		return old, err
	}
	return o.commit(ctx, r, &t, c)
}

func (o *Outbox) retryable(ctx context.Context, q dbx.Querier, m *desk.Message) error {
	refusal := desk.Refuse(desk.CodeNotRetryable).With("status", string(m.Status))
	if m.Direction != desk.Out || m.Type == desk.TypeReaction {
		return refusal
	}
	switch m.Status {
	case desk.StatusFailed, desk.StatusExpired:
	case desk.StatusUncertain:
		if at := m.RetryFrom(o.settings(ctx, m.AccountID)); at > o.now() {
			return refusal.With("after", at)
		}
	default:
		return refusal
	}
	_, err := o.Store.RetryOf(q, m.AccountID, m.ID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return refusal
}

// copyOf composes the same message anew, its files included.
func (o *Outbox) copyOf(ctx context.Context, q dbx.Querier, r Request, old *desk.Message, queue bool) (composed, error) {
	caps, err := o.sendable(ctx, r.Viewer, old.ConnectionID)
	if err != nil {
		return composed{}, err
	}
	if err := o.reachable(q, old.AccountID, old.ContactID, caps); err != nil {
		return composed{}, err
	}
	files, err := o.Store.MessageMedia(q, old.AccountID, old.ID)
	if err != nil {
		return composed{}, err
	}
	c := composed{windowed: caps.Windowed && old.Type != desk.TypeTemplate, media: files, message: desk.Message{
		ID: o.Store.IDs.Next(), AccountID: old.AccountID, ConnectionID: old.ConnectionID, ContactID: old.ContactID,
		ChannelID: old.ChannelID, ClientID: r.Key, Direction: desk.Out, Author: desk.AuthorUser, UserID: r.Viewer.UserID,
		Type: old.Type, Body: old.Body, Content: old.Content, TemplateID: old.TemplateID, ReplyTo: old.ReplyTo,
		Status: desk.StatusPending, Queue: queue, RetryOf: old.ID,
	}}
	for i := range c.media { // rows of their own over the same bytes
		id := o.Store.IDs.Next()
		c.renamed(c.media[i].ID, id)
		c.media[i].ID, c.media[i].MessageID, c.media[i].CreatedAt = id, 0, 0
		c.fresh = append(c.fresh, id)
	}
	return c, nil
}

// renamed keeps what the content says about a file whose row is a new one.
func (c *composed) renamed(from, to desk.ID) {
	if i := c.message.Content.Interactive; i != nil && i.Header != nil && i.Header.MediaID == from {
		choices, header := *i, *i.Header
		header.MediaID = to
		choices.Header = &header
		c.message.Content.Interactive = &choices
	}
	if t := c.message.Content.Template; t != nil {
		send := *t
		send.Values = append([]desk.TemplateValue{}, t.Values...)
		for n := range send.Values {
			if send.Values[n].MediaID == from {
				send.Values[n].MediaID = to
			}
		}
		c.message.Content.Template = &send
	}
}

// Dismiss hides a message that did not leave.
func (o *Outbox) Dismiss(ctx context.Context, v *desk.Viewer, id desk.ID) (desk.Message, error) {
	m, t, err := o.Store.VisibleMessage(o.Store.DB.Read(ctx), v, id)
	if err != nil {
		return m, err
	}
	if !v.MayOnTicket(desk.ActReply, &t) && !v.MayChangeWaiting(m.UserID) {
		return m, desk.Denied(desk.CodeForbidden)
	}
	err = o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		var err error
		if m, err = o.Store.DismissMessage(tx, v.AccountID, id); err != nil {
			return err
		}
		sight := t.Sight()
		return o.Store.RecordMessage(tx, desk.EvMessageDismissed, desk.ByUser(v.UserID), &m, &sight, nil)
	})
	return m, err
}
