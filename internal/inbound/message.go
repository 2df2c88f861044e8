package inbound

import (
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
)

// sender is a provider's sender as the store knows it.
func sender(s channel.Sender) store.Sender {
	return store.Sender{Phone: s.Phone, UserID: s.UserID, Name: s.Name}
}

// meeting is who wrote, and where we met her.
type meeting struct {
	store.Resolved
	channel desk.Channel
}

func (m *meeting) actor() desk.Actor { return desk.Actor{Kind: desk.ActorContact, ID: m.Contact.ID} }

// meet finds the contact and writes her row on the connection, which makes all
// that happens between them follow one another (decisions.md 4). at opens the
// service window; 0 doesn't.
func (r *Receiver) meet(tx *dbx.Tx, u *unit, from channel.Sender, at desk.Time, providerID string) (meeting, error) {
	res, err := r.Store.ResolveContact(tx, u.account.ID, u.line.ID, sender(from))
	if err != nil {
		return meeting{}, err
	}
	ch, err := r.Store.TouchChannel(tx, store.ChannelTouch{AccountID: u.account.ID, ContactID: res.Contact.ID,
		ConnectionID: u.line.ID, IdentityID: res.Identity.ID, InboundAt: at, InboundID: providerID})
	return meeting{res, ch}, err
}

// admit is meet for what the contact herself did: of a blocked one it goes to
// quarantine.
func (r *Receiver) admit(tx *dbx.Tx, u *unit, from channel.Sender, at desk.Time, providerID string) (meeting, error) {
	met, err := r.meet(tx, u, from, at, providerID)
	if err == nil && met.Contact.Blocked {
		err = quarantine()
	}
	return met, err
}

// message takes in what a contact wrote, and notes that the platform wrote
// about her.
func (r *Receiver) message(tx *dbx.Tx, u *unit, in *channel.Incoming) error {
	if in.NoWindow {
		return r.note(tx, u, in)
	}
	met, err := r.admit(tx, u, in.From, in.At, in.ProviderID)
	if err != nil {
		return err
	}
	m := r.received(u, in, &met)
	placed, err := r.place(tx, u, &met, m.ID)
	if err != nil {
		return err
	}
	t := placed.Ticket
	m.TicketID, m.Pos = t.ID, t.LastPos
	if err := r.insert(tx, u, in, &m); err != nil {
		return err
	}
	sight := t.Sight()
	if err := r.Store.RecordMessage(tx, desk.EvMessageReceived, met.actor(), &m, &sight, map[string]any{"type": string(m.Type)}); err != nil {
		return err
	}
	return r.flush(tx, &met, &t)
}

// place finds the message's ticket or opens it. An agent's own mobile opens
// none.
func (r *Receiver) place(tx *dbx.Tx, u *unit, met *meeting, message desk.ID) (routing.Placed, error) {
	if u.byAgent {
		_, err := r.Store.LiveTicket(tx, u.account.ID, met.Contact.ID, u.line.ID)
		if desk.CodeOf(err) == desk.CodeNotFound {
			return routing.Placed{}, ignore(ReasonAgentPhone)
		}
		if err != nil {
			return routing.Placed{}, err
		}
	}
	return r.Desk.Place(tx, routing.Arrival{Channel: met.channel, MessageID: message, WalletUserID: met.Contact.OwnerUserID,
		InitialQueues: u.line.Initial,
		ReopenWindow:  time.Duration(u.account.Settings.ReopenWindowMinutes) * time.Minute})
}

// received is the row of a received message without its ticket.
func (r *Receiver) received(u *unit, in *channel.Incoming, met *meeting) desk.Message {
	return desk.Message{ID: r.Store.IDs.Next(), AccountID: u.account.ID, ConnectionID: u.line.ID, ContactID: met.Contact.ID,
		ChannelID: met.channel.ID, Direction: desk.In, Author: desk.AuthorContact, Type: in.Type, Body: in.Body,
		Content: in.Content, ProviderID: in.ProviderID, Status: desk.StatusReceived, At: desk.TimeOf(r.Now()), ProviderAt: in.At}
}

// insert stores a message with what it quotes and the file it names, which a
// job will fetch.
func (r *Receiver) insert(tx *dbx.Tx, u *unit, in *channel.Incoming, m *desk.Message) error {
	if in.QuotedID != "" {
		quoted, err := r.Store.MessageByProvider(tx, u.account.ID, u.line.ID, in.QuotedID)
		switch {
		case err == nil && quoted.ChannelID == m.ChannelID:
			m.ReplyTo = quoted.ID
		case err == nil || desk.CodeOf(err) == desk.CodeNotFound:
			m.Content.QuotedID = in.QuotedID
		default:
			return err
		}
	}
	if in.Media == nil {
		return r.Store.InsertMessage(tx, m)
	}
	file := desk.Media{State: desk.MediaPending, Kind: in.Type, MIME: in.Media.MIME, Name: in.Media.Name,
		Size: in.Media.Size, ProviderID: in.Media.ProviderID}
	list := []desk.Media{file}
	if err := r.Store.InsertMessage(tx, m, list...); err != nil {
		return err
	}
	return r.Jobs.Enqueue(tx, jobs.Job{Account: u.account.ID, Kind: fetchJob,
		Payload: fetch{Connection: u.line.ID, Media: list[0].ID, SHA256: in.Media.SHA256}})
}

// flush sends what stood in line for the window, in order, behind the message
// that opened it (W2). A message that was on its way for more than a day opens
// none.
func (r *Receiver) flush(tx *dbx.Tx, met *meeting, t *desk.Ticket) error {
	if met.channel.WindowExpiresAt <= desk.TimeOf(r.Now()) {
		return nil
	}
	return r.Outbox.Flush(tx, t)
}

// note keeps what the platform says about a contact: it opens neither window
// nor ticket, and nobody has to answer it.
func (r *Receiver) note(tx *dbx.Tx, u *unit, in *channel.Incoming) error {
	met, err := r.meet(tx, u, in.From, 0, "")
	if err != nil {
		return err
	}
	m := r.received(u, in, &met)
	m.Author = desk.AuthorSystem
	return r.aside(tx, u, in, &met, &m)
}

// aside stores a message that counts neither as unread nor as waiting: in the
// live ticket if there is one, else for the next to find.
func (r *Receiver) aside(tx *dbx.Tx, u *unit, in *channel.Incoming, met *meeting, m *desk.Message) error {
	t, err := r.Store.TouchInbound(tx, store.InboundTouch{AccountID: u.account.ID, ContactID: met.Contact.ID,
		ConnectionID: u.line.ID, MessageID: m.ID, Silent: true})
	if err != nil && desk.CodeOf(err) != desk.CodeNotFound {
		return err
	}
	var sight *desk.Sight
	if err == nil {
		s := t.Sight()
		sight, m.TicketID, m.Pos = &s, t.ID, t.LastPos
	}
	if err := r.insert(tx, u, in, m); err != nil {
		return err
	}
	kind, actor := desk.EvMessageReceived, desk.System()
	if m.Direction == desk.Out {
		kind = desk.EvMessageCreated
	}
	return r.Store.RecordMessage(tx, kind, actor, m, sight, map[string]any{"type": string(m.Type)})
}

// echo keeps what was typed on the connected phone itself: a message of ours
// that answers who waits, and opens nothing.
func (r *Receiver) echo(tx *dbx.Tx, u *unit, in *channel.Incoming) error {
	met, err := r.meet(tx, u, in.From, 0, "")
	if err != nil {
		return err
	}
	m := r.received(u, in, &met)
	m.Direction, m.Author, m.Status, m.SentAt = desk.Out, desk.AuthorPhone, desk.StatusSent, in.At
	live, err := r.Store.LiveTicket(tx, u.account.ID, met.Contact.ID, u.line.ID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return r.aside(tx, u, in, &met, &m)
	}
	if err != nil {
		return err
	}
	t, err := r.Store.TouchOutbound(tx, store.OutboundTouch{AccountID: u.account.ID, TicketID: live.ID, MessageID: m.ID, Answer: true})
	if err != nil {
		return err
	}
	m.TicketID, m.Pos = t.ID, t.LastPos
	if err := r.insert(tx, u, in, &m); err != nil {
		return err
	}
	sight := t.Sight()
	return r.Store.RecordMessage(tx, desk.EvMessageCreated, desk.System(), &m, &sight, map[string]any{"type": string(m.Type)})
}
