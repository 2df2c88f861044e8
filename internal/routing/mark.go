package routing

import (
	"context"
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Marks are what PATCH changes of a ticket; nil leaves.
type Marks struct {
	Type *desk.ID
	Tags *[]desk.ID
}

// Mark changes type and tags together or not at all.
func (d *Desk) Mark(ctx context.Context, v *desk.Viewer, id desk.ID, m Marks) (desk.Ticket, error) {
	t, err := d.store.VisibleTicket(d.store.DB.Read(ctx), v, id)
	if err != nil {
		return t, err
	}
	err = d.store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		if m.Type != nil {
			if t, err = d.setType(tx, v, id, *m.Type); err != nil {
				return err
			}
		}
		if m.Tags != nil {
			t, err = d.tag(tx, v, id, *m.Tags)
		}
		return err
	})
	return t, err
}

// Tag makes a ticket's tags exactly those (C29). New ones must be active.
func (d *Desk) Tag(ctx context.Context, v *desk.Viewer, id desk.ID, tags []desk.ID) (desk.Ticket, error) {
	return d.Mark(ctx, v, id, Marks{Tags: &tags})
}

// SetType changes the ticket's type (A7) to an active one.
func (d *Desk) SetType(ctx context.Context, v *desk.Viewer, id, kind desk.ID) (desk.Ticket, error) {
	return d.Mark(ctx, v, id, Marks{Type: &kind})
}

func (d *Desk) tag(tx *dbx.Tx, v *desk.Viewer, id desk.ID, tags []desk.ID) (desk.Ticket, error) {
	return d.changeIn(tx, v, id, desk.ActTag, func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
		before, err := d.store.SetTicketTags(tx, t.AccountID, t.ID, tags)
		if err != nil {
			return err
		}
		added, removed := without(tags, before), without(before, tags)
		if len(added)+len(removed) == 0 {
			return store.ErrUnchanged
		}
		e.Type, e.Data = desk.EvTicketTagged, map[string]any{"added": added, "removed": removed}
		return nil
	})
}

// without returns the ids of list that are not in other, each once.
func without(list, other []desk.ID) []desk.ID {
	rest := []desk.ID{}
	for _, id := range list {
		if !slices.Contains(other, id) && !slices.Contains(rest, id) {
			rest = append(rest, id)
		}
	}
	return rest
}

func (d *Desk) setType(tx *dbx.Tx, v *desk.Viewer, id, kind desk.ID) (desk.Ticket, error) {
	return d.changeIn(tx, v, id, desk.ActSetType, func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
		if t.TypeID == kind {
			return store.ErrUnchanged
		}
		typ, err := d.store.TicketType(tx, t.AccountID, kind)
		if desk.CodeOf(err) == desk.CodeNotFound || err == nil && !typ.Active {
			return desk.RefuseField("type_id", desk.CodeUnknownReference)
		}
		if err != nil {
			return err
		}
		e.Type = desk.EvTicketTyped
		e.Data = map[string]any{"changes": map[string][]any{"type_id": {t.TypeID, kind}}}
		t.TypeID = kind
		return nil
	})
}

// Seen is what a ticket's agent has read.
type Seen struct {
	Ticket desk.Ticket
	// ProviderID is the newest message of the contact, to be marked as read
	// at the provider if the connection gives receipts; "" when there was
	// nothing new to see.
	ProviderID string
}

// See notes that the assigned agent of an open ticket has read it up to a
// message, or to the end if none is named: its unread messages are counted
// anew. Nobody else's looking changes anything (E4).
func (d *Desk) See(ctx context.Context, v *desk.Viewer, id, upTo desk.ID) (Seen, error) {
	t, err := d.store.VisibleTicket(d.store.DB.Read(ctx), v, id)
	if err == nil {
		err = v.Allow(desk.ActSeen, &t)
	}
	if err != nil || t.Unread == 0 {
		return Seen{Ticket: t}, err
	}
	var seen Seen
	err = d.store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		seen = Seen{}
		seen.Ticket, err = d.changeIn(tx, v, id, desk.ActSeen, func(tx *dbx.Tx, t *desk.Ticket, e *desk.Event) error {
			first, unread, err := d.store.UnreadAfter(tx, t, upTo)
			if err != nil {
				return err
			}
			if unread >= t.Unread {
				return store.ErrUnchanged
			}
			e.Type, e.Data = desk.EvTicketSeen, map[string]any{"read": t.Unread - unread}
			t.Unread, t.FirstUnreadID = unread, first
			return nil
		})
		if err != nil || seen.Ticket.Unread >= t.Unread {
			return err
		}
		c, err := d.store.Channel(tx, v.AccountID, seen.Ticket.ChannelID)
		seen.ProviderID = c.LastInboundID
		return err
	})
	return seen, err
}
