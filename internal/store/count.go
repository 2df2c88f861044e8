package store

import (
	"fmt"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// cell is a row of ticket_count: the tickets that look alike to visibility.
type cell struct {
	account desk.ID
	desk.Sight
}

// counted is how a ticket is counted.
type counted struct {
	desk.Sight
	// unread: it is pending, nobody has it, and it holds unread messages. Those
	// of agents are few each and are counted when asked for.
	unread bool
}

func countedAs(t *desk.Ticket) *counted {
	return &counted{t.Sight(), t.Unread > 0 && t.UserID == 0 && t.Status == desk.Pending}
}

// tally is how much a counter changes.
type tally struct{ n, unread int64 }

// tally is what a ticket adds to the counters of its cell and place.
func (c *counted) tally() tally { return tally{1, int64(number(c.unread))} }

func (t tally) plus(by tally) tally { return tally{t.n + by.n, t.unread + by.unread} }
func (t tally) negative() tally     { return tally{-t.n, -t.unread} }

// recount moves a ticket from one cell to another as the last statements of
// the transaction; nil is outside the table. Nothing is written when it is
// counted as before (decisions.md 15), and its place's sum only when that
// changes.
func (s *Store) recount(tx *dbx.Tx, account desk.ID, before, after *counted) {
	if before != nil && after != nil && *before == *after {
		return
	}
	cells, places := map[cell]tally{}, map[countedPlace]tally{}
	for _, side := range []struct {
		c    *counted
		less bool
	}{{before, true}, {after, false}} {
		if side.c == nil {
			continue
		}
		by := side.c.tally()
		if side.less {
			by = by.negative()
		}
		at, place := cell{account, side.c.Sight}, placeOf(account, side.c.Sight)
		cells[at], places[place] = cells[at].plus(by), places[place].plus(by)
	}
	for at, by := range cells {
		s.addCount(tx, at, by)
	}
	for place, by := range places {
		s.addPlace(tx, place, by)
	}
}

func (s *Store) addCount(tx *dbx.Tx, c cell, by tally) {
	if by == (tally{}) {
		return
	}
	tx.Last(c.order(), func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO ticket_count (account_id, status, queue_id, connection_id, user_id, wallet_user_id, bot, n, unread)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (account_id, status, queue_id, connection_id, user_id, wallet_user_id, bot)
			DO UPDATE SET n = ticket_count.n + excluded.n, unread = ticket_count.unread + excluded.unread`,
			c.account, c.Status, c.QueueID, c.ConnectionID, c.UserID, c.WalletUserID, c.Bot, by.n, by.unread)
		return err
	})
}

// order sorts like the primary key, so that all transactions lock cells in
// the same order.
func (c cell) order() string {
	return fmt.Sprintf("count %019d %s %019d %019d %019d %019d %t",
		c.account, c.Status, c.QueueID, c.ConnectionID, c.UserID, c.WalletUserID, c.Bot)
}

// countedPlace is a row of place_count: tickets alike but for whose they are.
type countedPlace struct {
	account, queue, connection desk.ID
	status                     desk.TicketStatus
	assigned, bot              bool
}

func placeOf(account desk.ID, s desk.Sight) countedPlace {
	return countedPlace{account, s.QueueID, s.ConnectionID, s.Status, s.UserID != 0, s.Bot}
}

func (s *Store) addPlace(tx *dbx.Tx, p countedPlace, by tally) {
	if by == (tally{}) {
		return
	}
	tx.Last(p.order(), func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO place_count (account_id, status, queue_id, connection_id, assigned, bot, n, unread)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account_id, status, queue_id, connection_id, assigned, bot)
			DO UPDATE SET n = place_count.n + excluded.n, unread = place_count.unread + excluded.unread`,
			p.account, p.status, p.queue, p.connection, p.assigned, p.bot, by.n, by.unread)
		return err
	})
}

// order puts places behind all cells.
func (p countedPlace) order() string {
	return fmt.Sprintf("place %019d %s %019d %019d %t %t", p.account, p.status, p.queue, p.connection, p.assigned, p.bot)
}

// Counters are the badges of one user: visible tickets by status, and the
// tickets with unread messages that wait for her.
type Counters struct {
	Open, Pending, Closed int64
	// Unread counts live tickets with unread messages that are assigned to the
	// viewer, and pending ones she may accept.
	Unread int64
}

// Counters reads the badges by the rule of CanSee. Its cost grows with queues
// and connections, and with the viewer's own unread tickets, but neither with
// agents nor with tickets.
func (s *Store) Counters(q dbx.Querier, v *desk.Viewer) (Counters, error) {
	var a dbx.Args
	rows, err := q.Query(countersText(&a, v), a.Values()...)
	if err != nil {
		return Counters{}, err
	}
	defer func() { _ = rows.Close() }()
	sums := map[desk.TicketStatus]int64{}
	var acceptable int64
	for rows.Next() {
		var status desk.TicketStatus
		var n, unread int64
		if err := rows.Scan(&status, &n, &unread); err != nil {
			return Counters{}, err
		}
		sums[status] += n
		acceptable += unread
	}
	if err := rows.Err(); err != nil {
		return Counters{}, err
	}
	mine, err := s.unreadOf(q, v)
	return Counters{Open: sums[desk.Open], Pending: sums[desk.Pending], Closed: sums[desk.Closed], Unread: mine + acceptable}, err
}

// countersText sums by status what the viewer sees by its place, whoever has
// it; then what she sees for another reason: it is hers, or the contact is.
// Beside it stands what of it is unread and she may accept.
func countersText(a *dbx.Args, v *desk.Viewer) string {
	account, unread := a.Add(v.AccountID), `c.unread`
	if v.Role == desk.RoleUser {
		unread = `CASE WHEN ` + acceptable(a, v, "c") + ` THEN c.unread ELSE 0 END`
	}
	sum := func(table, condition string) string {
		return `SELECT c.status, SUM(c.n) AS n, SUM(` + unread + `) AS unread FROM ` + table + ` c WHERE c.account_id = ` + account + condition + ` GROUP BY c.status`
	}
	if !v.Scoped() {
		return sum("place_count", "")
	}
	me := a.Add(v.UserID)
	needs, place := needsOf(v, "c", "NOT c.assigned"), placeVisible(a, v, "c")
	text := sum("place_count", " AND "+strings.Join(append(needs, place), " AND "))
	needs = needsOf(v, "c", "c.user_id = 0")
	elsewhere := " AND NOT (" + strings.Join(append(needs, place), " AND ") + ")"
	text += ` UNION ALL ` + sum("ticket_count", ` AND c.user_id = `+me+` AND c.user_id <> 0`+elsewhere)
	if v.Rights.WalletRespectsQueues {
		return text
	}
	needs = append(needs, "c.user_id <> "+me)
	return text + ` UNION ALL ` + sum("ticket_count", ` AND c.wallet_user_id = `+me+` AND c.wallet_user_id <> 0 AND `+
		strings.Join(needs, " AND ")+elsewhere)
}

// unreadOf counts the viewer's own live tickets with unread messages. It reads
// ticket_unread alone, which covers it.
func (s *Store) unreadOf(q dbx.Querier, v *desk.Viewer) (n int64, err error) {
	err = q.QueryRow(`SELECT COUNT(*) FROM ticket t WHERE t.account_id = $1 AND t.unread > 0 AND t.user_id = $2
		AND t.status IN ('open', 'pending')`, v.AccountID, v.UserID).Scan(&n)
	return n, err
}

// acceptable is the condition that a user may accept a pending ticket she sees:
// its queue is hers, or it has none and she chooses one of hers.
func acceptable(a *dbx.Args, v *desk.Viewer, alias string) string {
	if len(v.Queues) == 0 {
		return "FALSE"
	}
	return alias + ".queue_id IN (0, " + dbx.List(a, v.Queues) + ")"
}
