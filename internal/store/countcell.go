package store

import (
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// CountCell is how many tickets look alike to visibility.
type CountCell struct {
	desk.Sight
	N int64
}

const countCellColumns = `status, queue_id, connection_id, user_id, wallet_user_id, bot`

func scanCountCell(r dbx.Scanner) (CountCell, error) {
	var c CountCell
	err := r.Scan(&c.Status, &c.QueueID, &c.ConnectionID, &c.UserID, &c.WalletUserID, &c.Bot, &c.N)
	return c, err
}

// CountCells reads what the badges of everybody in an account are summed from,
// so that those of many viewers cost one read.
func (s *Store) CountCells(q dbx.Querier, account desk.ID) ([]CountCell, error) {
	return dbx.All(q, scanCountCell, `SELECT `+countCellColumns+`, n FROM ticket_count WHERE account_id = $1 AND n <> 0`, account)
}

// CountCellsOf reads some of an account's cells by their keys; those without
// tickets are left out.
func (s *Store) CountCellsOf(q dbx.Querier, account desk.ID, keys []desk.Sight) ([]CountCell, error) {
	const chunk = 50 // terms of one condition
	var found []CountCell
	for len(keys) > 0 {
		n := min(chunk, len(keys))
		var a dbx.Args
		owner := a.Add(account)
		terms := make([]string, n)
		for i, k := range keys[:n] {
			terms[i] = `(account_id = ` + owner + ` AND status = ` + a.Add(k.Status) + ` AND queue_id = ` + a.Add(k.QueueID) +
				` AND connection_id = ` + a.Add(k.ConnectionID) + ` AND user_id = ` + a.Add(k.UserID) +
				` AND wallet_user_id = ` + a.Add(k.WalletUserID) + ` AND bot = ` + a.Add(k.Bot) + `)`
		}
		list, err := dbx.All(q, scanCountCell, `SELECT `+countCellColumns+`, n FROM ticket_count
			WHERE n <> 0 AND (`+strings.Join(terms, " OR ")+`)`, a.Values()...)
		if err != nil {
			return nil, err
		}
		found, keys = append(found, list...), keys[n:]
	}
	return found, nil
}

// UnreadCells counts an account's live tickets with unread messages, alike by
// visibility: those of agents over the index ticket_unread, those of nobody by
// the counters.
func (s *Store) UnreadCells(q dbx.Querier, account desk.ID) ([]CountCell, error) {
	return dbx.All(q, scanCountCell, `SELECT `+countCellColumns+`, unread FROM ticket_count c
		WHERE c.account_id = $1 AND c.status = 'pending' AND c.unread <> 0
		UNION ALL SELECT `+countCellColumns+`, COUNT(*) FROM ticket t WHERE t.account_id = $1 AND t.user_id > 0 AND t.unread > 0
		AND t.status IN ('open', 'pending') GROUP BY `+countCellColumns, account)
}

// CountsUnread reports whether live tickets with unread messages count for the
// viewer's badge: those assigned to her, and pending ones she may accept. It is
// the rule of Counters for rows already read.
func CountsUnread(v *desk.Viewer, s desk.Sight) bool {
	if s.UserID != 0 {
		return s.UserID == v.UserID
	}
	accepts := v.Role != desk.RoleUser || v.InQueue(s.QueueID) || s.QueueID == 0 && len(v.Queues) > 0
	return s.Status == desk.Pending && v.CanSee(s) && accepts
}
