package routing

import (
	"errors"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Opening is a ticket about to be opened. The channel's row must have been
// written in the transaction (store.TouchChannel).
type Opening struct {
	Channel         desk.Channel
	WalletUserID    desk.ID // owner of the contact
	QueueID         desk.ID
	UserID          desk.ID // who serves it, when it opens as open
	TypeID          desk.ID
	Tags            []desk.ID
	Status          desk.TicketStatus
	Origin          desk.Origin
	AwaitingContact bool // opened by us, the contact is to answer (B11)
	RecordOnly      bool // a note of something already done; Status is closed
	Actor           desk.Actor
	QueueSource     string // what chose the queue (E18): "connection", "user", "api"
	// FirstMessage is the message it opens with, which takes the place behind
	// the opening. FirstInbound says that the contact wrote it, so that it is
	// unread and waits for an answer.
	FirstMessage desk.ID
	FirstInbound bool
}

// OpenTicket stores a new ticket and records ticket.created. With
// FirstMessage, the ticket's LastPos is that message's place. A live ticket of
// the contact on the connection is a *store.LiveTicketError.
func (d *Desk) OpenTicket(tx *dbx.Tx, o Opening) (desk.Ticket, error) {
	t := o.ticket(d.now())
	if err := d.store.InsertTicket(tx, &t); err != nil {
		return t, err
	}
	if len(o.Tags) > 0 {
		if _, err := d.store.SetTicketTags(tx, t.AccountID, t.ID, o.Tags); err != nil {
			return t, err
		}
	}
	data := map[string]any{"origin": string(t.Origin), "status": string(t.Status)}
	if t.QueueID != 0 {
		data["queue"], data["source"] = t.QueueID, o.QueueSource
	}
	sight := t.Sight()
	return t, d.store.Record(tx, desk.Event{AccountID: t.AccountID, Type: desk.EvTicketCreated, Entity: "ticket",
		EntityID: t.ID, TicketID: t.ID, Pos: int64(t.CreatedAt), Actor: o.Actor, After: &sight, Data: data})
}

// ticket fills in a ticket that is opened now.
func (o Opening) ticket(now desk.Time) desk.Ticket {
	t := desk.Ticket{AccountID: o.Channel.AccountID, ContactID: o.Channel.ContactID, ConnectionID: o.Channel.ConnectionID,
		ChannelID: o.Channel.ID, IdentityID: o.Channel.IdentityID, QueueID: o.QueueID, WalletUserID: o.WalletUserID,
		TypeID: o.TypeID, Status: o.Status, Origin: o.Origin, AwaitingContact: o.AwaitingContact, RecordOnly: o.RecordOnly,
		CreatedBy: o.Actor.ID, LastPos: int64(now)}
	switch o.Status {
	case desk.Pending:
		t.QueuedAt = now
	case desk.Open:
		t.UserID, t.AcceptedAt = o.UserID, now
	case desk.Closed:
		t.UserID, t.ClosedAt, t.ClosedBy, t.CloseSource = o.UserID, now, o.Actor.ID, desk.ClosedByRecord
	}
	if o.FirstMessage != 0 {
		t.LastMessageAt, t.LastMessageID, t.LastPos = now, o.FirstMessage, int64(now)+1
	}
	if o.FirstInbound {
		t.Unread, t.FirstUnreadID, t.WaitingSince = 1, o.FirstMessage, now
	}
	return t
}

// Arrival is a message of a contact that needs a ticket.
type Arrival struct {
	Channel       desk.Channel // as just written
	MessageID     desk.ID
	WalletUserID  desk.ID   // owner of the contact
	InitialQueues []desk.ID // of the connection, active ones
	ReopenWindow  time.Duration
}

// Placed is where an arrival went.
type Placed struct {
	Ticket  desk.Ticket // LastPos is the message's place
	Opened  bool        // a new ticket
	Resumed bool        // a ticket closed a short while ago (I3)
}

// Place finds the live ticket of the contact on the connection, takes up again
// one closed within the reopen window, or opens a new one, and notes the
// message on it. A new ticket enters the connection's initial queue if it has
// just one (E-Ini).
func (d *Desk) Place(tx *dbx.Tx, a Arrival) (Placed, error) {
	t, err := d.touch(tx, a)
	if desk.CodeOf(err) != desk.CodeNotFound {
		return Placed{Ticket: t}, err
	}
	if resumed, err := d.resume(tx, a); err != nil || resumed {
		if err == nil {
			t, err = d.touch(tx, a)
		}
		return Placed{Ticket: t, Resumed: resumed}, err
	}
	t, err = d.OpenTicket(tx, a.opening())
	if _, live := errors.AsType[*store.LiveTicketError](err); live {
		t, err = d.touch(tx, a)
		return Placed{Ticket: t}, err
	}
	return Placed{Ticket: t, Opened: true}, err
}

func (d *Desk) touch(tx *dbx.Tx, a Arrival) (desk.Ticket, error) {
	return d.store.TouchInbound(tx, store.InboundTouch{AccountID: a.Channel.AccountID, ContactID: a.Channel.ContactID,
		ConnectionID: a.Channel.ConnectionID, IdentityID: a.Channel.IdentityID, MessageID: a.MessageID})
}

func (a Arrival) opening() Opening {
	o := Opening{Channel: a.Channel, WalletUserID: a.WalletUserID, Status: desk.Pending, Origin: desk.OriginInbound,
		Actor: desk.Actor{Kind: desk.ActorContact}, FirstMessage: a.MessageID, FirstInbound: true}
	if len(a.InitialQueues) == 1 {
		o.QueueID, o.QueueSource = a.InitialQueues[0], "connection"
	}
	return o
}

// resume takes the channel's last ticket back to pending if it was closed
// within the reopen window. A record of something done elsewhere is never
// taken up.
func (d *Desk) resume(tx *dbx.Tx, a Arrival) (bool, error) {
	if a.ReopenWindow <= 0 {
		return false, nil
	}
	last, err := d.store.LastTicket(tx, a.Channel.AccountID, a.Channel.ID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return false, nil
	}
	if err != nil || last.RecordOnly || last.ClosedAt.Add(a.ReopenWindow) <= d.now() {
		return false, err
	}
	by := desk.Actor{Kind: desk.ActorContact}
	_, err = d.store.ChangeTicket(tx, last.AccountID, last.ID, by, func(t *desk.Ticket, e *desk.Event) error {
		e.Type, e.Data = desk.EvTicketReopened, map[string]any{"closed_at": t.ClosedAt, "source": "contact"}
		return d.step(t, desk.StepResume, 0)
	})
	return err == nil, err
}
