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

// Bounds of search.
const (
	searchPage    = 30
	foundContacts = 500
)

// Search finds tickets by their contact or number, and messages by their
// words.
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
