package outbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Receipt is a read mark on its way to the contact. It is not worth keeping:
// one that gets lost is made up for by the next.
type Receipt struct {
	ConnectionID desk.ID `json:"connection"`
	ProviderID   string  `json:"provider_id"`
}

// MarkRead tells the contact that her messages up to providerID were read;
// with typing also that an answer is being written. Connections without read
// receipts, by their channel or by choice (E4), are left alone. Whether the
// viewer may is the caller's to know.
func (o *Outbox) MarkRead(ctx context.Context, account desk.ID, r Receipt, typing bool) error {
	row, open, err := o.Directory.Connection(ctx, account, r.ConnectionID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	marker, ok := o.Registry[row.Kind].(channel.ReadMarker)
	if !ok || r.ProviderID == "" || !row.ReadReceipts || !row.Active || !row.State.Usable() {
		return nil
	}
	return marker.MarkRead(ctx, open, r.ProviderID, typing)
}

// Typing shows the contact that an answer is being written; only the assigned
// agent of an open ticket may (E4).
func (o *Outbox) Typing(ctx context.Context, v *desk.Viewer, ticket desk.ID) error {
	q := o.Store.DB.Read(ctx)
	t, err := o.Store.VisibleTicket(q, v, ticket)
	if err != nil {
		return err
	}
	if err := v.Allow(desk.ActTyping, &t); err != nil {
		return err
	}
	ch, err := o.Store.Channel(q, t.AccountID, t.ChannelID)
	if err != nil {
		return err
	}
	return o.MarkRead(ctx, t.AccountID, Receipt{ConnectionID: t.ConnectionID, ProviderID: ch.LastInboundID}, true)
}
