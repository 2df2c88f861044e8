package store

import (
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// ServiceWindow is how long after a contact's message free content may be
// sent on windowed channels (decisions.md 8).
const ServiceWindow = 24 * time.Hour

const channelFields = `id, account_id, contact_id, connection_id, identity_id, last_inbound_at, last_inbound_id, window_expires_at`

func channelDest(c *desk.Channel) []any {
	return []any{&c.ID, &c.AccountID, &c.ContactID, &c.ConnectionID, &c.IdentityID, &c.LastInboundAt, &c.LastInboundID, &c.WindowExpiresAt}
}

func scanChannel(r dbx.Scanner) (desk.Channel, error) {
	var c desk.Channel
	err := r.Scan(channelDest(&c)...)
	return c, missing(err)
}

// Channel reads what is known of a contact on a connection.
func (s *Store) Channel(q dbx.Querier, account, id desk.ID) (desk.Channel, error) {
	return scanChannel(q.QueryRow(`SELECT `+channelFields+` FROM contact_channel WHERE account_id = $1 AND id = $2`, account, id))
}

// ChannelOf reads the channel of a contact on a connection; Missing if they
// never met.
func (s *Store) ChannelOf(q dbx.Querier, account, contact, connection desk.ID) (desk.Channel, error) {
	return scanChannel(q.QueryRow(`SELECT `+channelFields+` FROM contact_channel
		WHERE account_id = $1 AND contact_id = $2 AND connection_id = $3`, account, contact, connection))
}

// ChannelTouch is what an inbound element or a start says about a channel.
type ChannelTouch struct {
	AccountID    desk.ID
	ContactID    desk.ID
	ConnectionID desk.ID
	IdentityID   desk.ID // the address that wrote, or the one to write to; 0 keeps the known one
	// InboundAt is the provider's time of an inbound element that opens the
	// service window; 0 for everything else. It is clamped to now, so that a
	// wrong clock or a late redelivery never opens the window too far.
	InboundAt desk.Time
	InboundID string // provider id of that message, for read receipts; "" keeps the known one
}

// TouchChannel makes or writes the row of a contact on a connection, in one
// statement. It must be the first row of a transaction that takes in, starts,
// closes, reopens or merges: the write serialises them (decisions.md 4).
// Should the identity be 0 in the row, the touch's is kept.
func (s *Store) TouchChannel(tx *dbx.Tx, t ChannelTouch) (desk.Channel, error) {
	now := s.now()
	at, expires := min(t.InboundAt, now), desk.Time(0)
	if at > 0 {
		expires = at.Add(ServiceWindow)
	}
	return scanChannel(tx.QueryRow(`INSERT INTO contact_channel (`+channelFields+`, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (account_id, contact_id, connection_id) DO UPDATE SET
			identity_id = CASE WHEN excluded.identity_id <> 0 AND (contact_channel.identity_id = 0 OR excluded.last_inbound_at >= contact_channel.last_inbound_at)
				THEN excluded.identity_id ELSE contact_channel.identity_id END,
			last_inbound_id = CASE WHEN excluded.last_inbound_id <> '' AND excluded.last_inbound_at >= contact_channel.last_inbound_at
				THEN excluded.last_inbound_id ELSE contact_channel.last_inbound_id END,
			last_inbound_at = CASE WHEN excluded.last_inbound_at > contact_channel.last_inbound_at
				THEN excluded.last_inbound_at ELSE contact_channel.last_inbound_at END,
			window_expires_at = CASE WHEN excluded.window_expires_at > contact_channel.window_expires_at
				THEN excluded.window_expires_at ELSE contact_channel.window_expires_at END,
			rev = contact_channel.rev + 1
		RETURNING `+channelFields,
		s.IDs.Next(), t.AccountID, t.ContactID, t.ConnectionID, t.IdentityID, at, t.InboundID, expires, now))
}

// LockChannel writes a known channel's row and returns it, for transactions
// that start from a ticket.
func (s *Store) LockChannel(tx *dbx.Tx, account, id desk.ID) (desk.Channel, error) {
	return scanChannel(tx.QueryRow(`UPDATE contact_channel SET rev = rev + 1 WHERE account_id = $1 AND id = $2
		RETURNING `+channelFields, account, id))
}

// CloseWindow ends the service window by the provider's word (131047). When it
// was open, the live ticket, if any, gets a new version and the event
// window.closed. It reports whether anything changed.
func (s *Store) CloseWindow(tx *dbx.Tx, account, channel desk.ID) (bool, error) {
	now := s.now()
	n, err := tx.Exec(`UPDATE contact_channel SET window_expires_at = $3, rev = rev + 1
		WHERE account_id = $1 AND id = $2 AND window_expires_at > $3`, account, channel, now)
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.changeLive(tx, account, channel, desk.EvWindowClosed)
}

// AgeChannel moves the last inbound message and the window of a conversation
// back in time, as if so much time had gone by: for the simulator. Its live
// ticket gets a new version and the event ticket.updated.
func (s *Store) AgeChannel(tx *dbx.Tx, account, channel desk.ID, by time.Duration) (desk.Channel, error) {
	ms := by.Milliseconds()
	c, err := scanChannel(tx.QueryRow(`UPDATE contact_channel SET
		last_inbound_at = CASE WHEN last_inbound_at > $3 THEN last_inbound_at - $3 ELSE last_inbound_at END,
		window_expires_at = CASE WHEN window_expires_at > $3 THEN window_expires_at - $3 ELSE window_expires_at END,
		rev = rev + 1 WHERE account_id = $1 AND id = $2 RETURNING `+channelFields, account, channel, ms))
	if err != nil {
		return c, err
	}
	return c, s.changeLive(tx, account, channel, desk.EvTicketUpdated)
}

// changeLive gives the channel's live ticket, if there is one, a new version.
func (s *Store) changeLive(tx *dbx.Tx, account, channel desk.ID, typ desk.EventType) error {
	id, err := scanID(tx.QueryRow(`SELECT id FROM ticket WHERE channel_id = $1 AND account_id = $2 AND status <> 'closed'`, channel, account))
	if dbx.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.ChangeTicket(tx, account, id, desk.System(), func(_ *desk.Ticket, e *desk.Event) error {
		e.Type = typ
		return nil
	})
	return err
}
