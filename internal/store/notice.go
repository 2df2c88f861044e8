package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// noticeTypes is the condition of the partial index event_notice, word for
// word, so that the planner recognises it.
const noticeTypes = `type IN ('ticket.created', 'ticket.queued', 'ticket.returned', 'ticket.transferred', 'ticket.reopened', 'message.failed', 'message.uncertain', 'message.expired', 'connection.state', 'connection.alert')`

const (
	noticePage   = 30
	noticeRows   = 200  // read at a time
	noticeBudget = 2000 // looked through at most for one page
)

// Notices reads what the notification centre tells a viewer, newest first: a
// bounded look back over the account's events, each tested for whether it
// concerned her then and whether she still sees its ticket. Next is set when
// there may be more.
func (s *Store) Notices(q dbx.Querier, v *desk.Viewer, cursor string) (Page[desk.Event], error) {
	before, err := idCursor(cursor)
	if err != nil {
		return Page[desk.Event]{}, err
	}
	page := Page[desk.Event]{Items: []desk.Event{}}
	for read := 0; read < noticeBudget; read += noticeRows {
		rows, err := s.noticeRows(q, v, before)
		if err != nil {
			return page, err
		}
		for _, row := range rows {
			before = row.ID
			if !row.visible || !Concerns(v, &row.Event) {
				continue
			}
			if page.Items = append(page.Items, row.Event); len(page.Items) == noticePage {
				page.Next = encodeCursor(idKey{before})
				return page, nil
			}
		}
		if len(rows) < noticeRows {
			return page, nil
		}
	}
	page.Next = encodeCursor(idKey{before})
	return page, nil
}

// noticeRow is an event, and whether the viewer sees its ticket now.
type noticeRow struct {
	desk.Event
	visible bool
}

func (s *Store) noticeRows(q dbx.Querier, v *desk.Viewer, before desk.ID) ([]noticeRow, error) {
	var a dbx.Args
	account := a.Add(v.AccountID)
	// PostgreSQL would answer EXISTS here by reading all tickets beforehand.
	return dbx.All(q, func(r dbx.Scanner) (row noticeRow, err error) {
		row.Event, err = scanEventAnd(r, &row.visible)
		return row, err
	}, `SELECT `+eventColumns+`, ticket_id = 0 OR COALESCE((SELECT TRUE FROM ticket t WHERE t.id = event.ticket_id
		AND t.account_id = `+account+` AND `+visible(&a, v, "t")+`), FALSE) FROM event WHERE account_id = `+account+` AND `+noticeTypes+
		` AND id < `+a.Add(before)+` ORDER BY id DESC`+limit(noticeRows), a.Values()...)
}

// Concerns reports whether an event is news to a viewer: not her own doing,
// and about a ticket that is hers or waits in one of her queues, about a
// message of hers that did not leave, or, for those who look after
// connections, about a connection. What she can't see never is.
func Concerns(v *desk.Viewer, e *desk.Event) bool {
	if e.AccountID != v.AccountID || (e.Actor.Kind == desk.ActorUser && e.Actor.ID == v.UserID) {
		return false
	}
	switch e.Type {
	case desk.EvConnectionState, desk.EvConnectionAlert:
		return v.May(desk.ActConnectionView)
	case desk.EvMessageFailed, desk.EvMessageUncertain, desk.EvMessageExpired:
		return e.After != nil && v.CanSee(*e.After) && e.After.UserID == v.UserID
	case desk.EvTicketCreated, desk.EvTicketQueued, desk.EvTicketReturned, desk.EvTicketTransferred, desk.EvTicketReopened:
		return e.After != nil && v.CanSee(*e.After) && awaits(v, *e.After)
	}
	return false
}

// awaits reports whether a ticket is the viewer's, or is pending where she
// works.
func awaits(v *desk.Viewer, s desk.Sight) bool {
	if s.UserID != 0 {
		return s.UserID == v.UserID
	}
	return s.Status == desk.Pending && (s.QueueID == 0 || v.InQueue(s.QueueID))
}

// NoticesSeen returns the newest notice a user has seen.
func (s *Store) NoticesSeen(q dbx.Querier, account, user desk.ID) (desk.ID, error) {
	id, err := scanID(q.QueryRow(`SELECT notices_seen_id FROM account_user WHERE account_id = $1 AND id = $2`, account, user))
	return id, missing(err)
}

// SeeNotices notes that a user has seen the notices up to an event; it never
// goes back.
func (s *Store) SeeNotices(tx *dbx.Tx, account, user, event desk.ID) error {
	_, err := tx.Exec(`UPDATE account_user SET notices_seen_id = $3 WHERE account_id = $1 AND id = $2 AND notices_seen_id < $3`,
		account, user, event)
	return err
}
