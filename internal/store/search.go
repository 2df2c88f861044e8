package store

import (
	"math"
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
	firstRows     = 500   // looked through first; a common word fills a page from them
	newestRows    = 8_000 // looked through if, by what the first held, they fill a page
	fewHits       = 200
	newestHits    = 10_000
	foundContacts = 500
)

// Search finds tickets by their contact or number, and messages by their
// words. Two fixed plans, never the planner's choice: first the newest rows of
// the account are read and tested, and more of them if by the share of hits
// these fill a page; if they don't, the index of words is asked. So a common
// word is answered without touching its many hits, and a rare one without
// reading everything.
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
	if enough := rowsForPage(len(ids)); err == nil && enough > firstRows && enough <= newestRows {
		ids, err = s.searchRows(q, v, typed, before, enough)
	}
	if err != nil || len(ids) > searchPage {
		return ids, false, err
	}
	return s.searchIndex(q, v, typed, before)
}

// rowsForPage is how many of the newest rows should hold more than a page of
// hits if the first held some, with a half more for luck, in steps, so that
// there are few different statements. Without any hit there is no saying.
func rowsForPage(hits int) int {
	const step = 1000
	switch {
	case hits == 0:
		return math.MaxInt
	case hits > searchPage:
		return firstRows
	}
	return (firstRows*(searchPage+1)*3/2/hits/step + 1) * step
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

// searchIndex is the second plan. SQLite walks its index from the newest hit
// back, so it is asked for few hits first; PostgreSQL finds all of them anyway.
func (s *Store) searchIndex(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID) (ids []desk.ID, truncated bool, err error) {
	steps := []int{newestHits}
	if q.Dialect() == dbx.SQLite {
		steps = []int{fewHits, newestHits}
	}
	for _, most := range steps {
		var n int
		ids, n, err = s.searchHits(q, v, typed, before, most)
		if err != nil || len(ids) > searchPage || n < most {
			return ids, false, err
		}
	}
	return ids, true, nil
}

// searchHits returns what is visible of up to most hits of the index, and how
// many hits there were.
func (s *Store) searchHits(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID, most int) (ids []desk.ID, n int, err error) {
	var a dbx.Args
	hits, ok := dbx.SearchHits(&a, q.Dialect(), int64(v.AccountID), typed, most)
	if !ok {
		return nil, 0, nil
	}
	account := a.Add(v.AccountID)
	// The hits are counted beside, as a negative id.
	list, err := dbx.All(q, scanID, `WITH hits AS MATERIALIZED (`+hits+`)
		SELECT -COUNT(*) AS id FROM hits UNION ALL
		SELECT * FROM (SELECT x.id FROM hits x CROSS JOIN message_text m CROSS JOIN ticket t
		WHERE x.id < `+a.Add(before)+` AND m.id = x.id AND m.account_id = `+account+
		` AND t.id = m.ticket_id AND t.account_id = `+account+` AND `+visible(&a, v, "t")+`
		ORDER BY x.id DESC`+limit(searchPage+1)+`) AS found ORDER BY id DESC`, a.Values()...)
	if err != nil {
		return nil, 0, err
	}
	last := len(list) - 1 // the count, never above 0, sorts last
	return list[:last], int(-list[last]), nil
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
