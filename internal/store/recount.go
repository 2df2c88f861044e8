package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// CountDifference is a cell that the counters had wrong, or a place, whose
// Sight names neither agent nor wallet.
type CountDifference struct {
	AccountID desk.ID
	Sight     desk.Sight
	Place     bool
	Had, Has  int64
	// Of these, the unread ones of nobody.
	HadUnread, HasUnread int64
}

// missing is what the counter has to be changed by.
func (d *CountDifference) missing() tally { return tally{d.Has - d.Had, d.HasUnread - d.HadUnread} }

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
		s.addCount(tx, cell{account, diffs[i].Sight}, diffs[i].missing())
	}
	if _, err = tx.Exec(`DELETE FROM ticket_count WHERE account_id = $1 AND n = 0 AND unread = 0`, account); err != nil {
		return nil, err
	}
	places, err := s.recountPlaces(tx, account)
	return append(diffs, places...), err
}

// recountPlaces does it for the sums by place.
func (s *Store) recountPlaces(tx *dbx.Tx, account desk.ID) ([]CountDifference, error) {
	var places []countedPlace
	diffs, err := dbx.All(tx, func(r dbx.Scanner) (CountDifference, error) {
		p, d := countedPlace{account: account}, CountDifference{AccountID: account, Place: true}
		err := r.Scan(&p.status, &p.queue, &p.connection, &p.assigned, &p.bot, &d.Had, &d.Has, &d.HadUnread, &d.HasUnread)
		d.Sight = desk.Sight{Status: p.status, QueueID: p.queue, ConnectionID: p.connection, Bot: p.bot}
		places = append(places, p)
		return d, err
	}, differences(`status, queue_id, connection_id, assigned, bot`, `place_count`,
		`status, queue_id, connection_id, user_id <> 0 AS assigned, bot`), account)
	if err != nil {
		return nil, err
	}
	for i, p := range places {
		s.addPlace(tx, p, diffs[i].missing())
	}
	_, err = tx.Exec(`DELETE FROM place_count WHERE account_id = $1 AND n = 0 AND unread = 0`, account)
	return diffs, err
}

// differences selects cols, what a table of counters had and what it should
// have; from names the columns where tickets have them.
func differences(cols, table, from string) string {
	return `SELECT ` + cols + `, SUM(had), SUM(has), SUM(had_unread), SUM(has_unread) FROM (
		SELECT ` + cols + `, n AS had, 0 AS has, unread AS had_unread, 0 AS has_unread FROM ` + table + ` WHERE account_id = $1
		UNION ALL SELECT ` + cols + `, 0 AS had, COUNT(*) AS has, 0 AS had_unread, SUM(waits) AS has_unread FROM (SELECT ` + from + `,
			CASE WHEN user_id = 0 AND status = 'pending' AND unread > 0 THEN 1 ELSE 0 END AS waits FROM ticket WHERE account_id = $1) AS t
		GROUP BY ` + cols + `) AS both_sides GROUP BY ` + cols + ` HAVING SUM(had) <> SUM(has) OR SUM(had_unread) <> SUM(has_unread)`
}

func scanDifference(r dbx.Scanner) (CountDifference, error) {
	var d CountDifference
	err := r.Scan(&d.Sight.Status, &d.Sight.QueueID, &d.Sight.ConnectionID, &d.Sight.UserID,
		&d.Sight.WalletUserID, &d.Sight.Bot, &d.Had, &d.Has, &d.HadUnread, &d.HasUnread)
	return d, err
}
