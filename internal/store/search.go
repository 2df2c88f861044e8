package store

import (
	"strconv"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// SearchResult is what C4 finds, over all statuses, visible to the viewer.
type SearchResult struct {
	Tickets  []desk.ID // by number, contact name, e-mail or phone; on the first page only
	Messages []MessageHit
	Next     string
	// Truncated says that there are more messages than were looked through.
	Truncated bool
}

// MessageHit is a found message.
type MessageHit struct {
	ID        desk.ID
	TicketID  desk.ID
	Direction desk.Direction
	Author    desk.Author
	UserID    desk.ID
	Type      desk.MessageType
	At        desk.Time
	Snippet   Snippet
}

// Bounds of search (decisions.md 17).
const (
	searchPage    = 30
	firstRows     = 2_000  // looked through first; a common word fills a page from them
	newestRows    = 20_000 // looked through if the first held so many that these fill a page
	promising     = 4
	newestHits    = 10_000
	foundContacts = 500
)

// Search finds tickets by their contact or number, and messages by their
// words. Two fixed plans, never the planner's choice: first the newest rows of
// the account are read and tested, more of them if the first are promising; if
// that fills no page, the index of words is asked. So a common word is answered
// without touching its many hits, and a rare one without reading everything.
func (s *Store) Search(q dbx.Querier, v *desk.Viewer, typed, cursor string) (SearchResult, error) {
	before, err := idCursor(cursor)
	if err != nil {
		return SearchResult{}, err
	}
	typed = strings.TrimSpace(plainText(typed))
	res := SearchResult{Tickets: []desk.ID{}, Messages: []MessageHit{}}
	if cursor == "" {
		if res.Tickets, err = s.searchTickets(q, v, typed); err != nil {
			return res, err
		}
	}
	ids, truncated, err := s.searchMessages(q, v, typed, before)
	if err != nil {
		return res, err
	}
	if len(ids) > searchPage {
		ids = ids[:searchPage]
		res.Next = encodeCursor(idKey{ids[searchPage-1]})
	}
	res.Truncated = truncated
	res.Messages, err = s.messageHits(q, v.AccountID, ids, typed)
	return res, err
}

// searchTickets returns the ticket with the number typed, then those of
// matching contacts, last active first.
func (s *Store) searchTickets(q dbx.Querier, v *desk.Viewer, typed string) ([]desk.ID, error) {
	found := []desk.ID{}
	if n, err := strconv.ParseInt(strings.TrimPrefix(typed, "#"), 10, 64); err == nil {
		var a dbx.Args
		list, err := dbx.All(q, scanID, `SELECT t.id FROM ticket t WHERE t.account_id = `+a.Add(v.AccountID)+
			` AND t.number = `+a.Add(n)+` AND `+visible(&a, v, "t"), a.Values()...)
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	var a dbx.Args
	hits, ok := contactHits(&a, q.Dialect(), v.AccountID, typed, foundContacts)
	if !ok {
		return found, nil
	}
	account := a.Add(v.AccountID)
	list, err := dbx.All(q, scanID, `WITH hits AS MATERIALIZED (`+hits+`)
		SELECT t.id FROM hits CROSS JOIN contact c CROSS JOIN ticket t
		WHERE c.id = hits.id AND c.account_id = `+account+` AND c.deleted_at = 0
		AND t.account_id = `+account+` AND t.contact_id = c.id AND `+visible(&a, v, "t")+`
		ORDER BY t.last_message_at DESC, t.id DESC`+limit(searchPage), a.Values()...)
	for _, id := range list {
		if len(found) == 0 || found[0] != id {
			found = append(found, id)
		}
	}
	return found, err
}

// searchMessages returns up to one more than a page of ids, newest first.
func (s *Store) searchMessages(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID) (ids []desk.ID, truncated bool, err error) {
	ids, err = s.searchRows(q, v, typed, before, firstRows)
	if err == nil && len(ids) >= promising && len(ids) <= searchPage {
		ids, err = s.searchRows(q, v, typed, before, newestRows)
	}
	if err != nil || len(ids) > searchPage {
		return ids, false, err
	}
	return s.searchIndex(q, v, typed, before)
}

// searchRows is the first plan: the newest rows in order, each tested.
func (s *Store) searchRows(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID, rows int) ([]desk.ID, error) {
	var a dbx.Args
	account := a.Add(v.AccountID)
	match, ok := dbx.SearchMatch(&a, q.Dialect(), int64(v.AccountID), typed)
	if !ok {
		return nil, nil
	}
	return dbx.All(q, scanID, `WITH matched AS MATERIALIZED (SELECT id, ticket_id FROM
			(SELECT id, ticket_id, words FROM message_text WHERE account_id = `+account+` AND id < `+a.Add(before)+`
			ORDER BY id DESC`+limit(rows)+`) AS message_text WHERE `+match+`)
		SELECT x.id FROM matched x CROSS JOIN ticket t WHERE t.id = x.ticket_id AND t.account_id = `+account+
		` AND `+visible(&a, v, "t")+` ORDER BY x.id DESC`+limit(searchPage+1), a.Values()...)
}

// searchIndex is the second plan.
func (s *Store) searchIndex(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID) (ids []desk.ID, truncated bool, err error) {
	var a dbx.Args
	hits, ok := dbx.SearchHits(&a, q.Dialect(), int64(v.AccountID), typed, newestHits)
	if !ok {
		return nil, false, nil
	}
	account := a.Add(v.AccountID)
	ids, err = dbx.All(q, scanID, `WITH hits AS MATERIALIZED (`+hits+`)
		SELECT x.id FROM hits x CROSS JOIN message_text m CROSS JOIN ticket t
		WHERE x.id < `+a.Add(before)+` AND m.id = x.id AND m.account_id = `+account+
		` AND t.id = m.ticket_id AND t.account_id = `+account+` AND `+visible(&a, v, "t")+`
		ORDER BY x.id DESC`+limit(searchPage+1), a.Values()...)
	if err != nil || len(ids) > searchPage {
		return ids, false, err
	}
	var count dbx.Args
	hits, _ = dbx.SearchHits(&count, q.Dialect(), int64(v.AccountID), typed, newestHits)
	var n int
	err = q.QueryRow(`SELECT COUNT(*) FROM (`+hits+`) AS hits`, count.Values()...).Scan(&n)
	return ids, n >= newestHits, err
}

// messageHits reads what is shown of found messages. One that was canceled is
// found but not shown.
func (s *Store) messageHits(q dbx.Querier, account desk.ID, ids []desk.ID, typed string) ([]MessageHit, error) {
	list := []MessageHit{}
	if len(ids) == 0 {
		return list, nil
	}
	var a dbx.Args
	words := dbx.Tokens(typed)
	hits, err := dbx.All(q, func(r dbx.Scanner) (MessageHit, error) {
		var h MessageHit
		var body string
		err := r.Scan(&h.ID, &h.TicketID, &h.Direction, &h.Author, &h.UserID, &h.Type, &h.At, &body)
		h.Snippet = makeSnippet(body, words)
		return h, err
	}, `SELECT id, ticket_id, direction, author, user_id, type, at, body FROM message WHERE account_id = `+a.Add(account)+
		` AND id IN (`+dbx.List(&a, ids)+`) AND status <> 'canceled' AND deleted_at = 0 ORDER BY id DESC`, a.Values()...)
	return append(list, hits...), err
}
