package store

import (
	"fmt"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// MessageRef names a message: by our id, or by the provider's id on a
// connection. With both an id and a connection the message must be of that
// connection: an id that came back in a webhook is not ours to trust.
type MessageRef struct {
	ID           desk.ID
	ConnectionID desk.ID
	ProviderID   string
}

// MessageStep moves an outgoing message on, or adds facts to it.
type MessageStep struct {
	To         desk.MessageStatus // "" adds facts only
	At         desk.Time          // when it happened; 0 = now
	ProviderID string             // kept if the message has none
	Failure    *desk.Failure      // why, for failed, uncertain, pending again and queued_window
	Price      *desk.Price        // the first one counts
	RunAt      desk.Time          // pending: not before; uncertain: holds up its conversation until
	ExpiresAt  desk.Time          // queued_window: leaves the line then
}

// Stepped is a message after a step.
type Stepped struct {
	Message desk.Message
	Before  desk.MessageStatus
	Sight   *desk.Sight // of its ticket; nil without one
	Moved   bool        // the status changed
	Changed bool        // anything changed
}

// StepMessage is the way every status of an outgoing message takes. What
// desk's table of steps does not allow (ticks out of order, failed after
// delivered) leaves the status as it is, but keeps the facts: times, provider
// id, price. The first price is added to the ticket's cost; entering and
// leaving the line keeps the ticket's waiting count. Recording or announcing
// it is the caller's. Missing means that no such message is stored.
func (s *Store) StepMessage(tx *dbx.Tx, account desk.ID, ref MessageRef, step MessageStep) (Stepped, error) {
	const tries = 5
	if step.At == 0 {
		step.At = s.now()
	}
	m, sight, err := s.messageAndSight(tx, account, ref)
	if err != nil {
		return Stepped{}, err
	}
	for range tries {
		done, lost, err := s.tryStep(tx, m, sight, step)
		if err != nil || !lost {
			return done, err
		}
		if m, sight, err = s.messageAndSight(tx, account, MessageRef{ID: m.ID}); err != nil {
			return Stepped{}, err
		}
	}
	return Stepped{}, &dbx.Error{Kind: dbx.Transient, Err: fmt.Errorf("message %d keeps changing", m.ID)}
}

// tryStep makes one attempt; lost says that another transaction was faster.
func (s *Store) tryStep(tx *dbx.Tx, m desk.Message, sight *desk.Sight, step MessageStep) (done Stepped, lost bool, err error) {
	next := applyStep(m, step)
	done = Stepped{Message: next, Before: m.Status, Sight: sight, Moved: next.Status != m.Status}
	if sameFacts(m, next) {
		return done, false, nil
	}
	if err := s.moveCosts(tx, &m, &next); err != nil {
		return done, false, err
	}
	done.Message.Rev++
	done.Changed = true
	n, err := s.writeStep(tx, &done.Message)
	if err != nil || n == 1 {
		return done, false, err
	}
	return done, true, s.moveCosts(tx, &next, &m) // take it back
}

// messageAndSight reads a message with the sight of its ticket.
func (s *Store) messageAndSight(q dbx.Querier, account desk.ID, ref MessageRef) (desk.Message, *desk.Sight, error) {
	var a dbx.Args
	where := `m.account_id = ` + a.Add(account)
	switch {
	case ref.ID != 0 && ref.ConnectionID != 0:
		where += ` AND m.id = ` + a.Add(ref.ID) + ` AND m.connection_id = ` + a.Add(ref.ConnectionID)
	case ref.ID != 0:
		where += ` AND m.id = ` + a.Add(ref.ID)
	default:
		where += ` AND m.connection_id = ` + a.Add(ref.ConnectionID) + ` AND m.provider_id = ` + a.Add(ref.ProviderID) + ` AND m.provider_id <> ''`
	}
	var m messageRow
	var sight desk.Sight
	err := q.QueryRow(`SELECT `+prefixed("m", messageFields)+`, COALESCE(t.queue_id, 0), COALESCE(t.connection_id, 0),
		COALESCE(t.user_id, 0), COALESCE(t.wallet_user_id, 0), COALESCE(t.status, ''), COALESCE(t.bot, FALSE)
		FROM message m LEFT JOIN ticket t ON t.id = m.ticket_id WHERE `+where, a.Values()...).Scan(
		append(m.dest(), &sight.QueueID, &sight.ConnectionID, &sight.UserID, &sight.WalletUserID, &sight.Status, &sight.Bot)...)
	if err != nil {
		return m.Message, nil, missing(err)
	}
	if m.TicketID == 0 {
		return m.Message, nil, m.decode()
	}
	return m.Message, &sight, m.decode()
}

// applyStep returns the message as it is after the step.
func applyStep(m desk.Message, step MessageStep) desk.Message {
	if m.ProviderID == "" {
		m.ProviderID = step.ProviderID
	}
	if m.Price == nil {
		m.Price = step.Price
	}
	if at := stepTime(&m, step.To); at != nil && *at == 0 {
		*at = max(step.At, m.SentAt) // providers tell whole seconds, and their clock is not ours
	}
	if step.To == "" || !m.Status.CanBecome(step.To) {
		return m
	}
	m.Status, m.Error, m.RunAt, m.Dismissed = step.To, step.Failure, step.RunAt, false
	if step.To == desk.StatusWaiting {
		m.ExpiresAt = step.ExpiresAt
	}
	if step.To == desk.StatusFailed {
		m.FailedAt = step.At
	}
	return m
}

// stepTime is where the time of a proof of arrival is kept. The time of a
// failure is not among them: it counts only if the step is taken.
func stepTime(m *desk.Message, to desk.MessageStatus) *desk.Time {
	switch to {
	case desk.StatusSent:
		return &m.SentAt
	case desk.StatusDelivered:
		return &m.DeliveredAt
	case desk.StatusRead:
		return &m.ReadAt
	case desk.StatusPlayed:
		return &m.PlayedAt
	}
	return nil
}

// sameFacts reports whether a step changed nothing.
func sameFacts(a, b desk.Message) bool {
	return a.Status == b.Status && a.ProviderID == b.ProviderID && (a.Price == nil) == (b.Price == nil) &&
		a.SentAt == b.SentAt && a.DeliveredAt == b.DeliveredAt && a.ReadAt == b.ReadAt && a.PlayedAt == b.PlayedAt
}

// moveCosts keeps the ticket's waiting count and cost. The ticket comes
// before the message in the order of locks; so the price is counted before the
// message is written, and taken back if that fails.
func (s *Store) moveCosts(tx *dbx.Tx, before, after *desk.Message) error {
	waiting := number(after.Status == desk.StatusWaiting) - number(before.Status == desk.StatusWaiting)
	var micros int64
	var billable int
	var currency string
	for _, side := range []struct {
		price *desk.Price
		sign  int
	}{{before.Price, -1}, {after.Price, 1}} {
		if p := side.price; p != nil && before.Price != after.Price {
			micros += int64(side.sign) * p.Micros
			billable += side.sign * number(p.Billable)
			currency = p.Currency
		}
	}
	if after.TicketID == 0 || (waiting == 0 && micros == 0 && billable == 0) {
		return nil
	}
	_, err := tx.Exec(`UPDATE ticket SET waiting_count = waiting_count + $3, cost_micros = cost_micros + $4,
		billable_count = billable_count + $5, currency = CASE WHEN $6 <> '' THEN $6 ELSE currency END,
		rev = rev + 1, updated_at = $7 WHERE account_id = $1 AND id = $2`,
		after.AccountID, after.TicketID, waiting, micros, billable, currency, s.now())
	return err
}

// writeStep writes a stepped message unless its version has moved.
func (s *Store) writeStep(tx *dbx.Tx, m *desk.Message) (int64, error) {
	failure, err := toJSON(m.Error)
	if err != nil {
		return 0, err
	}
	price, err := toJSON(m.Price)
	if err != nil {
		return 0, err
	}
	return tx.Exec(`UPDATE message SET status = $3, error = $4, price = $5, provider_id = $6, run_at = $7, expires_at = $8,
		dismissed = $9, sent_at = $10, delivered_at = $11, read_at = $12, played_at = $13, failed_at = $14,
		lease_until = CASE WHEN $3 = 'sending' THEN lease_until ELSE 0 END, rev = $15
		WHERE account_id = $1 AND id = $2 AND rev = $15 - 1`,
		m.AccountID, m.ID, m.Status, failure, price, m.ProviderID, m.RunAt, m.ExpiresAt, m.Dismissed, m.SentAt,
		m.DeliveredAt, m.ReadAt, m.PlayedAt, m.FailedAt, m.Rev)
}
