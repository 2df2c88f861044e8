package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// A message in or out changes its ticket by one statement, which also locks
// it, counts its version up and gives the message its place in the timeline.

// InboundTouch is what a received message does to its ticket.
type InboundTouch struct {
	AccountID    desk.ID
	ContactID    desk.ID
	ConnectionID desk.ID
	IdentityID   desk.ID // the address that wrote
	MessageID    desk.ID
	// Silent messages (echoes, system notes) count neither as unread nor as
	// waiting for an answer.
	Silent bool
}

// TouchInbound notes a received message on the contact's live ticket on the
// connection. The returned ticket's LastPos is the message's place. Missing
// means that there is no live ticket.
func (s *Store) TouchInbound(tx *dbx.Tx, in InboundTouch) (desk.Ticket, error) {
	unread := 1
	if in.Silent {
		unread = 0
	}
	t, err := scanTicket(tx.QueryRow(`UPDATE ticket SET
		identity_id = CASE WHEN CAST($5 AS BIGINT) <> 0 THEN $5 ELSE identity_id END,
		first_unread_id = CASE WHEN $7 = 1 AND unread = 0 THEN $6 ELSE first_unread_id END,
		unread = unread + $7,
		waiting_since = CASE WHEN $7 = 1 AND waiting_since = 0 THEN $4 ELSE waiting_since END,
		awaiting_contact = awaiting_contact AND $7 = 0,
		last_message_at = $4, last_message_id = $6,
		last_pos = CASE WHEN last_pos >= $4 THEN last_pos + 1 ELSE $4 END,
		sort_at = CASE WHEN status = 'open' THEN $4 ELSE sort_at END,
		rev = rev + 1, updated_at = $4
		WHERE account_id = $1 AND contact_id = $2 AND connection_id = $3 AND status <> 'closed'
		RETURNING `+ticketFields,
		in.AccountID, in.ContactID, in.ConnectionID, s.now(), in.IdentityID, in.MessageID, unread))
	if err == nil {
		read := t
		read.Unread -= unread
		s.recount(tx, in.AccountID, countedAs(&read), countedAs(&t))
	}
	return t, err
}

// OutboundTouch is what a message of ours does to its ticket.
type OutboundTouch struct {
	AccountID desk.ID
	TicketID  desk.ID
	MessageID desk.ID
	// Answer says that a person answered: nobody waits any more, and it may be
	// the first response. Messages in line for the window are no answer yet.
	Answer  bool
	Waiting bool // the message stands in line for the window
}

// TouchOutbound notes a message of ours on its ticket, which the caller has
// read and judged; should the ticket have been closed meanwhile, the error is
// a 422 read_only. The returned ticket's LastPos is the message's place.
func (s *Store) TouchOutbound(tx *dbx.Tx, out OutboundTouch) (desk.Ticket, error) {
	t, err := scanTicket(tx.QueryRow(`UPDATE ticket SET
		first_response_at = CASE WHEN $5 = 1 AND first_response_at = 0 AND accepted_at <> 0 THEN $3 ELSE first_response_at END,
		waiting_since = CASE WHEN $5 = 1 THEN 0 ELSE waiting_since END,
		waiting_count = waiting_count + $6,
		last_message_at = $3, last_message_id = $4,
		last_pos = CASE WHEN last_pos >= $3 THEN last_pos + 1 ELSE $3 END,
		sort_at = CASE WHEN status = 'open' THEN $3 ELSE sort_at END,
		rev = rev + 1, updated_at = $3
		WHERE account_id = $1 AND id = $2 AND status <> 'closed'
		RETURNING `+ticketFields,
		out.AccountID, out.TicketID, s.now(), out.MessageID, number(out.Answer && !out.Waiting), number(out.Waiting)))
	if desk.CodeOf(err) == desk.CodeNotFound {
		return t, desk.Refuse(desk.CodeReadOnly)
	}
	return t, err
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// UnreadAfter returns the first and the number of the contact's messages in a
// ticket that stand behind a message, which is one of the ticket; none for 0.
// Notes of the system never count.
func (s *Store) UnreadAfter(q dbx.Querier, t *desk.Ticket, message desk.ID) (first desk.ID, n int, err error) {
	if message == 0 {
		return 0, 0, nil
	}
	m, err := s.Message(q, t.AccountID, message)
	if err == nil && m.TicketID != t.ID {
		err = desk.Missing()
	}
	if err != nil {
		return 0, 0, err
	}
	err = q.QueryRow(`SELECT COUNT(*), COALESCE(MIN(id), 0) FROM (SELECT id FROM message WHERE ticket_id = $2 AND ticket_id <> 0
		AND account_id = $1 AND direction = 'in' AND type <> 'system' AND (pos, id) > ($3, $4) LIMIT 1000) AS behind`,
		t.AccountID, t.ID, m.Pos, m.ID).Scan(&n, &first)
	return first, n, err
}
