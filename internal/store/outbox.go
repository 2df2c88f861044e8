package store

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// The messages themselves are the outbox (decisions.md 11): the head of each
// conversation, which is a channel, may leave; the rest waits behind it. Partial
// indexes hold just these rows: message_outbox by conversation, message_due what
// is pending by the time from which it may leave, and message_sending.

// onTheWay is the condition of the partial index message_outbox, word for
// word, so that the planner recognises it.
const onTheWay = `status IN ('pending', 'sending')`

// SetBack has what waits for a time wait that much less: the clock was set back
// after the times were noted. What is sent by nobody any more is found by its
// lease, which no clock that goes on would have made longer than the given one.
func (s *Store) SetBack(tx *dbx.Tx, back, lease time.Duration) error {
	now := s.now()
	_, err := tx.Exec(`UPDATE message SET run_at = run_at - $2 WHERE status = 'pending' AND run_at > $1`,
		now, back.Milliseconds())
	if err == nil {
		_, err = tx.Exec(`UPDATE message SET lease_until = lease_until - $2 WHERE status = 'sending' AND lease_until > $1`,
			now.Add(lease), back.Milliseconds())
	}
	return err
}

// Head is a message that could be claimed.
type Head struct {
	ID        desk.ID
	ChannelID desk.ID
	Author    desk.Author
}

// holding tells whether an uncertain message holds its conversation up at a
// time. One that claims to do so for longer than desk.UncertainHold was noted by
// a clock that has been set back since.
const holding = `run_at > $1 AND u.run_at <= $1 + 30000`

// mayLeave tells whether a pending message may leave at $1: it is due, nothing
// older of its conversation is on the way, and no uncertain message holds the
// conversation up.
const mayLeave = `m.` + onTheWay + ` AND m.status = 'pending' AND m.run_at <= $1
	AND NOT EXISTS (SELECT 1 FROM message o WHERE o.connection_id = m.connection_id AND o.channel_id = m.channel_id
		AND o.` + onTheWay + ` AND (o.pos, o.id) < (m.pos, m.id))
	AND NOT EXISTS (SELECT 1 FROM message u WHERE u.connection_id = m.connection_id AND u.status = 'uncertain'
		AND u.channel_id = m.channel_id AND u.` + holding + `)`

// dueSQL reads some of what never left, oldest first, and of what is to be
// tried again by now, and tells which of it may leave.
func dueSQL(rows int) string {
	part := func(due, order string) string {
		return `SELECT * FROM (SELECT m.id, m.channel_id, m.author, CASE WHEN ` + mayLeave + ` THEN 1 ELSE 0 END AS may
		FROM message m WHERE m.account_id = $2 AND m.connection_id = $3 AND m.status = 'pending' AND ` + due + `
		ORDER BY ` + order + limit(rows) + `) AS part`
	}
	return part(`m.run_at = 0`, `m.id`) + ` UNION ALL ` + part(`m.run_at > 0 AND m.run_at <= $1`, `m.run_at, m.id`)
}

// conversations is how many of them a look goes to at most.
const conversations = 256

// headsSQL goes from the head of a conversation to that of the next, whatever
// waits behind it, and tells which may leave.
func headsSQL() string {
	return `WITH RECURSIVE head (id, channel_id, n) AS (SELECT CAST(0 AS BIGINT), CAST($4 AS BIGINT), 0
		UNION ALL SELECT o.id, o.channel_id, head.n + 1 FROM head JOIN message o ON o.id = (SELECT x.id FROM message x
			WHERE x.connection_id = $3 AND x.` + onTheWay + ` AND x.channel_id > head.channel_id
			ORDER BY x.channel_id, x.pos, x.id LIMIT 1) WHERE head.n < ` + strconv.Itoa(conversations) + `)
		SELECT m.id, m.channel_id, m.author, CASE WHEN ` + mayLeave + ` THEN 1 ELSE 0 END
		FROM head JOIN message m ON m.id = head.id AND m.account_id = $2 ORDER BY m.channel_id`
}

// Heads returns up to n messages of a connection that could leave now, oldest
// first. It looks at twice as many that wait. Where these belong to a few
// conversations it goes from conversation to conversation, from behind the given
// one on; next is where to go on if there were too many, otherwise 0. It is a
// read and no part of the claim, because it passes over those that wait.
func (s *Store) Heads(q dbx.Querier, account, connection, after desk.ID, now desk.Time, n int) (heads []Head, next desk.ID, err error) {
	heads, looked, _, err := s.ready(q, dueSQL(2*n), now, account, connection)
	if err != nil {
		return nil, 0, err
	}
	if len(heads) < n && looked >= 2*n {
		more, met, last, err := s.ready(q, headsSQL(), now, account, connection, after)
		if err != nil {
			return nil, 0, err
		}
		heads = append(heads, more...)
		if met == conversations {
			next = last
		}
	}
	slices.SortFunc(heads, func(a, b Head) int { return cmp.Compare(a.ID, b.ID) })
	heads = slices.Compact(heads)
	return heads[:min(n, len(heads))], next, nil
}

// ready reads messages of which the last column tells whether they may leave:
// those, how many there were, and the last one's conversation.
func (s *Store) ready(q dbx.Querier, text string, args ...any) (heads []Head, all int, last desk.ID, err error) {
	rows, err := dbx.All(q, func(r dbx.Scanner) (Head, error) {
		var h Head
		var may bool
		err := r.Scan(&h.ID, &h.ChannelID, &h.Author, &may)
		if last = h.ChannelID; may {
			heads = append(heads, h)
		}
		return h, err
	}, text, args...)
	return heads, len(rows), last, err
}

// ClaimMessages takes those of the messages that may still leave: they are
// sending until the lease ends. They come back oldest first.
func (s *Store) ClaimMessages(tx *dbx.Tx, account desk.ID, ids []desk.ID, now, lease desk.Time) ([]desk.Message, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var a dbx.Args
	_, until, acc := a.Add(now), a.Add(lease), a.Add(account) // mayLeave wants now first
	claimed, err := dbx.All(tx, scanMessage, `UPDATE message SET status = 'sending', attempts = attempts + 1,
		lease_until = `+until+`, error = '', rev = rev + 1 WHERE account_id = `+acc+` AND id IN (SELECT m.id FROM message m
		WHERE m.id IN (`+dbx.List(&a, ids)+`) AND `+mayLeave+dbx.SkipLocked(tx)+`) RETURNING `+messageFields, a.Values()...)
	slices.SortFunc(claimed, func(x, y desk.Message) int { return cmp.Compare(x.ID, y.ID) })
	return claimed, err
}

// NextSend returns when a connection next has something to send that is not
// due yet, or to rescue, 0 for never: what Heads and DeadSends leave out at the
// same time.
func (s *Store) NextSend(q dbx.Querier, account, connection desk.ID, now desk.Time) (desk.Time, error) {
	var at desk.Time
	err := q.QueryRow(`SELECT COALESCE(MIN(at), 0) FROM (
		SELECT MIN(run_at) AS at FROM message WHERE account_id = $1 AND connection_id = $2 AND status = 'pending' AND run_at > $3
		UNION ALL SELECT MIN(run_at) FROM message WHERE account_id = $1 AND connection_id = $2 AND status = 'uncertain' AND run_at > $3
		UNION ALL SELECT MIN(lease_until) FROM message WHERE account_id = $1 AND connection_id = $2 AND status = 'sending' AND lease_until >= $3
		) AS times`, account, connection, now).Scan(&at)
	return at, err
}

// OnTheWay returns, of all accounts, the connections that have messages on the
// way, and whether a message's time in line is over: what a node looks at when
// it starts, and ever again, in one statement.
func (s *Store) OnTheWay(q dbx.Querier, now desk.Time) (busy []Connected, late bool, err error) {
	found, err := dbx.All(q, func(r dbx.Scanner) (Connected, error) {
		var c Connected
		err := r.Scan(&c.AccountID, &c.ConnectionID)
		return c, err
	}, `WITH RECURSIVE busy (account_id, connection_id) AS (SELECT CAST(0 AS BIGINT), CAST(0 AS BIGINT)
		UNION ALL SELECT o.account_id, o.connection_id FROM busy JOIN message o ON o.id = (SELECT x.id FROM message x
			WHERE x.`+onTheWay+` AND x.connection_id > busy.connection_id ORDER BY x.connection_id LIMIT 1))
		SELECT account_id, connection_id FROM busy WHERE connection_id <> 0
		UNION ALL SELECT * FROM (SELECT 0, 0 FROM message WHERE status = 'queued_window' AND expires_at <= $1`+limit(1)+`) AS late
		ORDER BY 1, 2`, now)
	if err != nil || len(found) == 0 || found[0] != (Connected{}) {
		return found, false, err
	}
	return found[1:], true, nil
}

// Connected names a connection of an account.
type Connected struct{ AccountID, ConnectionID desk.ID }

// DeadSends returns up to n messages of a connection whose sending was begun
// by a lease that ended before the given time. Nobody knows whether they left.
func (s *Store) DeadSends(q dbx.Querier, account, connection desk.ID, before desk.Time, n int) ([]desk.Message, error) {
	return dbx.All(q, scanMessage, `SELECT `+messageFields+` FROM message WHERE account_id = $1 AND connection_id = $2
		AND status = 'sending' AND lease_until < $3 ORDER BY lease_until`+limit(n), account, connection, before)
}

// MessageOf reads the message that ref names; Missing if there is none.
func (s *Store) MessageOf(q dbx.Querier, account desk.ID, ref MessageRef) (desk.Message, error) {
	m, _, err := s.messageAndSight(q, account, ref)
	return m, err
}

// Address is where a conversation's messages go, in every form we know.
type Address struct{ Phone, UserID, Email string }

// Recipient reads the address of a channel: its contact's identities, the one
// that wrote last before others of its kind.
func (s *Store) Recipient(q dbx.Querier, account, channel desk.ID) (Address, error) {
	var to Address
	list, err := dbx.All(q, scanIdentity, `SELECT `+identityColumns+`
		FROM contact_channel c JOIN identity i ON i.account_id = c.account_id AND i.contact_id = c.contact_id
		WHERE c.account_id = $1 AND c.id = $2
		ORDER BY CASE WHEN i.id = c.identity_id THEN 0 ELSE 1 END, i.id`, account, channel)
	for _, i := range list {
		for kind, field := range map[desk.IdentityKind]*string{
			desk.IdentityPhone: &to.Phone, desk.IdentityWhatsApp: &to.UserID, desk.IdentityEmail: &to.Email} {
			if i.Kind == kind && *field == "" {
				*field = i.Address
			}
		}
	}
	return to, err
}

// LearnAddress keeps the form in which the provider answered for a phone of
// the channel's contact: the ninth digit comes and goes (whatsapp-cloud sheet
// §12). A form of another number is not ours to take.
func (s *Store) LearnAddress(tx *dbx.Tx, account, channel desk.ID, phone string) error {
	if phone == "" {
		return nil
	}
	_, err := tx.Exec(`UPDATE identity SET address = $4 WHERE account_id = $1 AND kind = $3 AND fold = $5 AND address <> $4
		AND contact_id = (SELECT contact_id FROM contact_channel WHERE account_id = $1 AND id = $2)`,
		account, channel, desk.IdentityPhone, phone, desk.MatchKey(phone))
	return err
}
