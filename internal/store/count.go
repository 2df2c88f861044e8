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

// recount moves a ticket from one cell to another as the last statements of
// the transaction; a nil cell is outside the table. Nothing is written when
// the cells are equal (decisions.md 15), and their place's sum only when that
// changes.
func (s *Store) recount(tx *dbx.Tx, account desk.ID, before, after *desk.Sight) {
	if before != nil && after != nil && *before == *after {
		return
	}
	samePlace := before != nil && after != nil && placeOf(account, *before) == placeOf(account, *after)
	for _, move := range []struct {
		sight *desk.Sight
		n     int64
	}{{before, -1}, {after, 1}} {
		if move.sight == nil {
			continue
		}
		s.addCount(tx, cell{account, *move.sight}, move.n)
		if !samePlace {
			s.addPlace(tx, placeOf(account, *move.sight), move.n)
		}
	}
}

func (s *Store) addCount(tx *dbx.Tx, c cell, n int64) {
	tx.Last(c.order(), func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO ticket_count (account_id, status, queue_id, connection_id, user_id, wallet_user_id, bot, n)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (account_id, status, queue_id, connection_id, user_id, wallet_user_id, bot)
			DO UPDATE SET n = ticket_count.n + excluded.n`,
			c.account, c.Status, c.QueueID, c.ConnectionID, c.UserID, c.WalletUserID, c.Bot, n)
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

func (s *Store) addPlace(tx *dbx.Tx, p countedPlace, n int64) {
	tx.Last(p.order(), func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO place_count (account_id, status, queue_id, connection_id, assigned, bot, n)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, status, queue_id, connection_id, assigned, bot)
			DO UPDATE SET n = place_count.n + excluded.n`, p.account, p.status, p.queue, p.connection, p.assigned, p.bot, n)
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
// and connections, not with agents.
func (s *Store) Counters(q dbx.Querier, v *desk.Viewer) (Counters, error) {
	var a dbx.Args
	rows, err := q.Query(countersText(&a, v), a.Values()...)
	if err != nil {
		return Counters{}, err
	}
	defer func() { _ = rows.Close() }()
	sums := map[desk.TicketStatus]int64{}
	for rows.Next() {
		var status desk.TicketStatus
		var n int64
		if err := rows.Scan(&status, &n); err != nil {
			return Counters{}, err
		}
		sums[status] += n
	}
	if err := rows.Err(); err != nil {
		return Counters{}, err
	}
	unread, err := s.unreadTickets(q, v)
	return Counters{Open: sums[desk.Open], Pending: sums[desk.Pending], Closed: sums[desk.Closed], Unread: unread}, err
}

// countersText sums by status what the viewer sees by its place, whoever has
// it; then what she sees for another reason: it is hers, or the contact is.
func countersText(a *dbx.Args, v *desk.Viewer) string {
	account := a.Add(v.AccountID)
	sum := func(table, condition string) string {
		return `SELECT c.status, SUM(c.n) AS n FROM ` + table + ` c WHERE c.account_id = ` + account + condition + ` GROUP BY c.status`
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

// unreadTickets reads ticket_unread alone, which covers it.
func (s *Store) unreadTickets(q dbx.Querier, v *desk.Viewer) (int64, error) {
	var a dbx.Args
	account, me := a.Add(v.AccountID), a.Add(v.UserID)
	var n int64
	err := q.QueryRow(`SELECT
		(SELECT COUNT(*) FROM ticket t WHERE t.account_id = `+account+` AND t.unread > 0
			AND t.user_id = `+me+` AND t.status IN ('open', 'pending')) +
		(SELECT COUNT(*) FROM ticket t WHERE t.account_id = `+account+` AND t.unread > 0
			AND t.user_id = 0 AND t.status = 'pending' AND `+visible(&a, v, "t")+` AND `+acceptable(&a, v)+`)`,
		a.Values()...).Scan(&n)
	return n, err
}

// acceptable is the condition that the viewer may accept a pending ticket she
// sees: its queue is hers, or it has none and she chooses one of hers.
func acceptable(a *dbx.Args, v *desk.Viewer) string {
	if v.Role != desk.RoleUser {
		return "TRUE"
	}
	if len(v.Queues) == 0 {
		return "FALSE"
	}
	return "t.queue_id IN (0, " + dbx.List(a, v.Queues) + ")"
}

// CountDifference is a cell that the counters had wrong, or a place, whose
// Sight names neither agent nor wallet.
type CountDifference struct {
	AccountID desk.ID
	Sight     desk.Sight
	Place     bool
	Had, Has  int64
}

// Recount compares the counters of an account with its tickets, mends them and
// returns what differed. It holds up the account's other writes while it
// counts: for the night.
func (s *Store) Recount(tx *dbx.Tx, account desk.ID) ([]CountDifference, error) {
	if dbx.ForUpdate(tx) != "" { // PostgreSQL: nobody may move a ticket meanwhile
		if _, err := tx.Exec(`LOCK TABLE ticket_count, place_count IN EXCLUSIVE MODE`); err != nil {
			return nil, err
		}
	}
	const cols = `status, queue_id, connection_id, user_id, wallet_user_id, bot`
	diffs, err := dbx.All(tx, scanDifference, differences(cols, `ticket_count`, cols), account)
	if err != nil {
		return nil, err
	}
	for i := range diffs {
		diffs[i].AccountID = account
		s.addCount(tx, cell{account, diffs[i].Sight}, diffs[i].Has-diffs[i].Had)
	}
	if _, err = tx.Exec(`DELETE FROM ticket_count WHERE account_id = $1 AND n = 0`, account); err != nil {
		return nil, err
	}
	places, err := s.recountPlaces(tx, account)
	return append(diffs, places...), err
}

// recountPlaces does it for the sums by place.
func (s *Store) recountPlaces(tx *dbx.Tx, account desk.ID) ([]CountDifference, error) {
	type difference struct {
		countedPlace
		had, has int64
	}
	found, err := dbx.All(tx, func(r dbx.Scanner) (difference, error) {
		d := difference{countedPlace: countedPlace{account: account}}
		err := r.Scan(&d.status, &d.queue, &d.connection, &d.assigned, &d.bot, &d.had, &d.has)
		return d, err
	}, differences(`status, queue_id, connection_id, assigned, bot`, `place_count`,
		`status, queue_id, connection_id, user_id <> 0 AS assigned, bot`), account)
	if err != nil {
		return nil, err
	}
	diffs := make([]CountDifference, len(found))
	for i, d := range found {
		s.addPlace(tx, d.countedPlace, d.has-d.had)
		diffs[i] = CountDifference{AccountID: account, Place: true, Had: d.had, Has: d.has,
			Sight: desk.Sight{Status: d.status, QueueID: d.queue, ConnectionID: d.connection, Bot: d.bot}}
	}
	_, err = tx.Exec(`DELETE FROM place_count WHERE account_id = $1 AND n = 0`, account)
	return diffs, err
}

// differences selects cols, what a table of counters had and what it should
// have; from names the columns where tickets have them.
func differences(cols, table, from string) string {
	return `SELECT ` + cols + `, SUM(had), SUM(has) FROM (
		SELECT ` + cols + `, n AS had, 0 AS has FROM ` + table + ` WHERE account_id = $1
		UNION ALL SELECT ` + cols + `, 0 AS had, COUNT(*) AS has FROM (SELECT ` + from + ` FROM ticket WHERE account_id = $1) AS t
		GROUP BY ` + cols + `) AS both_sides GROUP BY ` + cols + ` HAVING SUM(had) <> SUM(has)`
}

func scanDifference(r dbx.Scanner) (CountDifference, error) {
	var d CountDifference
	err := r.Scan(&d.Sight.Status, &d.Sight.QueueID, &d.Sight.ConnectionID, &d.Sight.UserID,
		&d.Sight.WalletUserID, &d.Sight.Bot, &d.Had, &d.Has)
	return d, err
}
