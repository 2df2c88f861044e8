package store

import (
	"fmt"

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
// the cells are equal (decisions.md 15).
func (s *Store) recount(tx *dbx.Tx, account desk.ID, before, after *desk.Sight) {
	if before != nil && after != nil && *before == *after {
		return
	}
	if before != nil {
		s.addCount(tx, cell{account, *before}, -1)
	}
	if after != nil {
		s.addCount(tx, cell{account, *after}, 1)
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

// Counters are the badges of one user: visible tickets by status, and the
// tickets with unread messages that wait for her.
type Counters struct {
	Open, Pending, Closed int64
	// Unread counts live tickets with unread messages that are assigned to the
	// viewer, and pending ones she may accept.
	Unread int64
}

// Counters reads the badges by the rule of CanSee.
func (s *Store) Counters(q dbx.Querier, v *desk.Viewer) (Counters, error) {
	var a dbx.Args
	rows, err := q.Query(`SELECT c.status, SUM(c.n) FROM ticket_count c WHERE c.account_id = `+a.Add(v.AccountID)+
		` AND c.n <> 0 AND `+visible(&a, v, "c")+` GROUP BY c.status`, a.Values()...)
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
		sums[status] = n
	}
	if err := rows.Err(); err != nil {
		return Counters{}, err
	}
	unread, err := s.unreadTickets(q, v)
	return Counters{Open: sums[desk.Open], Pending: sums[desk.Pending], Closed: sums[desk.Closed], Unread: unread}, err
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

// CountDifference is a cell that the counters had wrong.
type CountDifference struct {
	AccountID desk.ID
	Sight     desk.Sight
	Had, Has  int64
}

// Recount compares the counters of an account with its tickets, mends them and
// returns what differed. It holds up the account's other writes while it
// counts: for the night.
func (s *Store) Recount(tx *dbx.Tx, account desk.ID) ([]CountDifference, error) {
	if dbx.ForUpdate(tx) != "" { // PostgreSQL: nobody may move a ticket meanwhile
		if _, err := tx.Exec(`LOCK TABLE ticket_count IN EXCLUSIVE MODE`); err != nil {
			return nil, err
		}
	}
	const cols = `status, queue_id, connection_id, user_id, wallet_user_id, bot`
	diffs, err := dbx.All(tx, scanDifference, `SELECT `+cols+`, SUM(had), SUM(has) FROM (
		SELECT `+cols+`, n AS had, 0 AS has FROM ticket_count WHERE account_id = $1
		UNION ALL
		SELECT `+cols+`, 0 AS had, COUNT(*) AS has FROM ticket WHERE account_id = $1 GROUP BY `+cols+`) AS both_sides
		GROUP BY `+cols+` HAVING SUM(had) <> SUM(has)`, account)
	if err != nil {
		return nil, err
	}
	for i := range diffs {
		diffs[i].AccountID = account
		s.addCount(tx, cell{account, diffs[i].Sight}, diffs[i].Has-diffs[i].Had)
	}
	_, err = tx.Exec(`DELETE FROM ticket_count WHERE account_id = $1 AND n = 0`, account)
	return diffs, err
}

func scanDifference(r dbx.Scanner) (CountDifference, error) {
	var d CountDifference
	err := r.Scan(&d.Sight.Status, &d.Sight.QueueID, &d.Sight.ConnectionID, &d.Sight.UserID,
		&d.Sight.WalletUserID, &d.Sight.Bot, &d.Had, &d.Has)
	return d, err
}
