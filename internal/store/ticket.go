package store

import (
	"errors"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// ticketFields are the columns of a ticket in the order of scanTicket.
const ticketFields = `id, account_id, number, contact_id, connection_id, channel_id, identity_id, queue_id, user_id,
	wallet_user_id, type_id, status, origin, bot, record_only, awaiting_contact, unread, first_unread_id, waiting_since,
	waiting_count, queued_at, accepted_at, first_response_at, closed_at, closed_by, close_source, last_message_at,
	last_message_id, last_pos, cost_micros, currency, billable_count, rev, created_by, created_at, updated_at`

// ticketDest returns where a row of ticketFields is scanned to.
func ticketDest(t *desk.Ticket) []any {
	return []any{
		&t.ID, &t.AccountID, &t.Number, &t.ContactID, &t.ConnectionID, &t.ChannelID, &t.IdentityID, &t.QueueID, &t.UserID,
		&t.WalletUserID, &t.TypeID, &t.Status, &t.Origin, &t.Bot, &t.RecordOnly, &t.AwaitingContact, &t.Unread,
		&t.FirstUnreadID, &t.WaitingSince, &t.WaitingCount, &t.QueuedAt, &t.AcceptedAt, &t.FirstResponseAt, &t.ClosedAt,
		&t.ClosedBy, &t.CloseSource, &t.LastMessageAt, &t.LastMessageID, &t.LastPos, &t.CostMicros, &t.Currency,
		&t.BillableCount, &t.Rev, &t.CreatedBy, &t.CreatedAt, &t.UpdatedAt,
	}
}

func scanTicket(r dbx.Scanner) (desk.Ticket, error) {
	var t desk.Ticket
	err := r.Scan(ticketDest(&t)...)
	return t, missing(err)
}

// prefixed puts an alias before every column of a list.
func prefixed(alias, columns string) string {
	fields := strings.Split(columns, ",")
	for i, f := range fields {
		fields[i] = alias + "." + strings.TrimSpace(f)
	}
	return strings.Join(fields, ", ")
}

// Ticket reads one ticket, whoever asks.
func (s *Store) Ticket(q dbx.Querier, account, id desk.ID) (desk.Ticket, error) {
	return scanTicket(q.QueryRow(`SELECT `+ticketFields+` FROM ticket WHERE account_id = $1 AND id = $2`, account, id))
}

// VisibleTicket reads one ticket; one the viewer may not see is Missing.
func (s *Store) VisibleTicket(q dbx.Querier, v *desk.Viewer, id desk.ID) (desk.Ticket, error) {
	t, err := s.Ticket(q, v.AccountID, id)
	if err == nil && !v.CanSee(t.Sight()) {
		return desk.Ticket{}, desk.Missing()
	}
	return t, err
}

// LiveTicket reads the ticket of a contact on a connection that is not
// closed; Missing if there is none.
func (s *Store) LiveTicket(q dbx.Querier, account, contact, connection desk.ID) (desk.Ticket, error) {
	return scanTicket(q.QueryRow(`SELECT `+ticketFields+` FROM ticket
		WHERE account_id = $1 AND contact_id = $2 AND connection_id = $3 AND status <> 'closed'`, account, contact, connection))
}

// LastTicket reads the newest ticket of a channel; Missing if there is none.
func (s *Store) LastTicket(q dbx.Querier, account, channel desk.ID) (desk.Ticket, error) {
	return scanTicket(q.QueryRow(`SELECT `+ticketFields+` FROM ticket
		WHERE account_id = $1 AND channel_id = $2 ORDER BY id DESC LIMIT 1`, account, channel))
}

// sortAt is the ticket's place in its list: pending by when it was queued, open
// by the last message, closed by when it was closed. A record of something
// already done has no message.
func sortAt(t *desk.Ticket) desk.Time {
	switch {
	case t.Status == desk.Pending:
		return t.QueuedAt
	case t.Status == desk.Closed:
		return t.ClosedAt
	case t.LastMessageAt != 0:
		return t.LastMessageAt
	}
	return t.CreatedAt
}

// LiveTicketError says that the contact has a live ticket on the connection
// already. It carries the ticket so that the caller can say which one, if it
// is visible.
type LiveTicketError struct{ Ticket desk.Ticket }

func (e *LiveTicketError) Error() string {
	return "store: the contact has a live ticket on the connection"
}

// InsertTicket stores a new ticket with the next number of the account and
// adopts the messages of its channel that were sent without a ticket. It fills
// in id, number, times, position and version. The channel's row must have been
// written before in the transaction (decisions.md 4); should a live ticket
// exist all the same, the error is a *LiveTicketError.
func (s *Store) InsertTicket(tx *dbx.Tx, t *desk.Ticket) error {
	number, err := s.nextNumber(tx, t.AccountID, "ticket")
	if err != nil {
		return err
	}
	now := s.now()
	t.ID, t.Number, t.Rev = s.IDs.Next(), number, 1
	t.CreatedAt, t.UpdatedAt = now, now
	if t.LastPos == 0 {
		t.LastPos = int64(now)
	}
	if err := s.writeTicket(tx, t); err != nil {
		return err
	}
	s.recount(tx, t.AccountID, nil, countedAs(t))
	return s.adoptMessages(tx, t)
}

// nextNumber counts up one of the account's sequences.
func (s *Store) nextNumber(tx *dbx.Tx, account desk.ID, name string) (int64, error) {
	var n int64
	err := tx.QueryRow(`INSERT INTO sequence (account_id, name, value) VALUES ($1, $2, 1)
		ON CONFLICT (account_id, name) DO UPDATE SET value = sequence.value + 1 RETURNING value`, account, name).Scan(&n)
	return n, err
}

func (s *Store) writeTicket(tx *dbx.Tx, t *desk.Ticket) error {
	var a dbx.Args
	n, err := tx.Exec(`INSERT INTO ticket (`+ticketFields+`, sort_at) VALUES (`+dbx.List(&a, append(ticketValues(t), sortAt(t)))+`)
		ON CONFLICT (account_id, contact_id, connection_id) WHERE status <> 'closed' DO NOTHING`, a.Values()...)
	if err != nil || n == 1 {
		return err
	}
	live, err := s.LiveTicket(tx, t.AccountID, t.ContactID, t.ConnectionID)
	if err != nil {
		return err
	}
	return &LiveTicketError{live}
}

// ticketValues are the values of ticketFields.
func ticketValues(t *desk.Ticket) []any {
	return []any{t.ID, t.AccountID, t.Number, t.ContactID, t.ConnectionID, t.ChannelID, t.IdentityID, t.QueueID, t.UserID,
		t.WalletUserID, t.TypeID, t.Status, t.Origin, t.Bot, t.RecordOnly, t.AwaitingContact, t.Unread, t.FirstUnreadID,
		t.WaitingSince, t.WaitingCount, t.QueuedAt, t.AcceptedAt, t.FirstResponseAt, t.ClosedAt, t.ClosedBy, t.CloseSource,
		t.LastMessageAt, t.LastMessageID, t.LastPos, t.CostMicros, t.Currency, t.BillableCount, t.Rev, t.CreatedBy,
		t.CreatedAt, t.UpdatedAt}
}

// adoptMessages gives the channel's messages without a ticket to its new one.
func (s *Store) adoptMessages(tx *dbx.Tx, t *desk.Ticket) error {
	n, err := tx.Exec(`UPDATE message SET ticket_id = $1 WHERE channel_id = $2 AND ticket_id <= 0 AND account_id = $3`,
		t.ID, t.ChannelID, t.AccountID)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`UPDATE message_text SET ticket_id = $1 WHERE account_id = $2 AND id IN (
		SELECT id FROM message WHERE ticket_id = $1 AND ticket_id <> 0)`, t.ID, t.AccountID)
	return err
}

// ErrUnchanged tells ChangeTicket that there is nothing to change.
var ErrUnchanged = errors.New("store: nothing to change")

// ChangeTicket is the way every mutation of a ticket takes. It locks the row,
// lets change alter it and fill in the event, writes the row with the next
// version and position, records the event with the sight before and after, and
// moves the counters. An error of change refuses everything; so does an
// invisible ticket if change says so.
//
// change sets at least the event's Type; Entity, ids, position and sights are
// filled in. It may return ErrUnchanged to leave everything as it is.
func (s *Store) ChangeTicket(tx *dbx.Tx, account, id desk.ID, actor desk.Actor, change func(t *desk.Ticket, e *desk.Event) error) (desk.Ticket, error) {
	t, err := scanTicket(tx.QueryRow(`SELECT `+ticketFields+` FROM ticket WHERE account_id = $1 AND id = $2`+dbx.ForUpdate(tx), account, id))
	if err != nil {
		return t, err
	}
	before, counted := t.Sight(), countedAs(&t)
	e := desk.Event{Actor: actor}
	if err := change(&t, &e); errors.Is(err, ErrUnchanged) {
		return t, nil
	} else if err != nil {
		return t, err
	}
	now := s.now()
	t.Rev, t.UpdatedAt, t.LastPos = t.Rev+1, now, max(int64(now), t.LastPos+1)
	if err := s.updateTicket(tx, &t); err != nil {
		return t, err
	}
	after := t.Sight()
	s.recount(tx, account, counted, countedAs(&t))
	e.Before, e.After = &before, &after
	return t, s.Record(tx, ticketEvent(e, &t))
}

// ticketEvent fills in what every event of a ticket has.
func ticketEvent(e desk.Event, t *desk.Ticket) desk.Event {
	e.AccountID, e.Entity, e.EntityID, e.TicketID, e.Pos = t.AccountID, "ticket", t.ID, t.ID, t.LastPos
	if e.After == nil {
		sight := t.Sight()
		e.After = &sight
	}
	return e
}

func (s *Store) updateTicket(tx *dbx.Tx, t *desk.Ticket) error {
	_, err := tx.Exec(`UPDATE ticket SET identity_id = $3, queue_id = $4, user_id = $5, wallet_user_id = $6, type_id = $7,
		status = $8, bot = $9, awaiting_contact = $10, unread = $11, first_unread_id = $12, waiting_since = $13,
		waiting_count = $14, queued_at = $15, accepted_at = $16, first_response_at = $17, closed_at = $18, closed_by = $19,
		close_source = $20, last_message_at = $21, last_message_id = $22, last_pos = $23, cost_micros = $24, currency = $25,
		billable_count = $26, rev = $27, updated_at = $28, sort_at = $29
		WHERE account_id = $1 AND id = $2`,
		t.AccountID, t.ID, t.IdentityID, t.QueueID, t.UserID, t.WalletUserID, t.TypeID, t.Status, t.Bot, t.AwaitingContact,
		t.Unread, t.FirstUnreadID, t.WaitingSince, t.WaitingCount, t.QueuedAt, t.AcceptedAt, t.FirstResponseAt, t.ClosedAt,
		t.ClosedBy, t.CloseSource, t.LastMessageAt, t.LastMessageID, t.LastPos, t.CostMicros, t.Currency, t.BillableCount,
		t.Rev, t.UpdatedAt, sortAt(t))
	if dbx.IsUnique(err) {
		return &LiveTicketError{desk.Ticket{AccountID: t.AccountID, ContactID: t.ContactID, ConnectionID: t.ConnectionID}}
	}
	return err
}
