package api

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

type searchIn struct {
	Q      string `query:"q" required:"true" minLength:"1" maxLength:"200"`
	Cursor string `query:"cursor" maxLength:"300" doc:"next of the page before"`
}

// searchResult holds tickets found by number, contact name, e-mail or phone, on
// the first page only, and messages found by their words, newest first.
type searchResult struct {
	Tickets   []ticket     `json:"tickets"`
	Messages  []messageHit `json:"messages"`
	Next      *string      `json:"next" doc:"cursor of more messages; null at the end"`
	Truncated bool         `json:"truncated" doc:"there may be older messages that were not looked at"`
}

// messageHit is a message in which the words stand.
type messageHit struct {
	MessageID id               `json:"message_id"`
	Ticket    ticket           `json:"ticket"`
	Direction desk.Direction   `json:"direction"`
	Author    desk.Author      `json:"author"`
	UserID    ref              `json:"user_id"`
	Type      desk.MessageType `json:"type"`
	At        when             `json:"at"`
	Snippet   []snippetPart    `json:"snippet" doc:"the text around the words, in order"`
}

// snippetPart is a piece of a snippet.
type snippetPart struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit" doc:"to be marked"`
}

func (s *Server) searchRoutes() {
	op := operation{tag: "tickets"}
	handle(s, op.get("search", "/search", "Find tickets and messages",
		"Over all statuses, of what this user sees. Words under three letters match whole only."), s.search)
}

func (s *Server) search(ctx context.Context, in *searchIn) (*body[searchResult], error) {
	v, q := viewer(ctx), s.read(dbx.Long(ctx)) // many a search is given up for the next letter's
	found, err := s.store.Search(q, v, in.Q, in.Cursor)
	if err != nil {
		return nil, err
	}
	tickets, err := s.views.tickets(ctx, q, v, found.Tickets)
	if err != nil {
		return nil, err
	}
	around, err := s.views.tickets(ctx, q, v, viewed(found.Messages, func(h store.MessageHit) desk.ID { return h.TicketID }))
	if err != nil {
		return nil, err
	}
	byID := make(map[id]ticket, len(around))
	for _, t := range around {
		byID[t.ID] = t
	}
	result := searchResult{Tickets: tickets, Messages: []messageHit{}, Next: cursor(found.Next), Truncated: found.Truncated}
	for _, h := range found.Messages {
		if t, ok := byID[id(h.TicketID)]; ok {
			result.Messages = append(result.Messages, viewHit(h, t))
		}
	}
	return answer(result), nil
}

func viewHit(h store.MessageHit, t ticket) messageHit {
	return messageHit{MessageID: id(h.ID), Ticket: t, Direction: h.Direction, Author: h.Author, UserID: ref(h.UserID), Type: h.Type,
		At: when(h.At), Snippet: snippetParts(h.Snippet)}
}

// snippetParts cuts a snippet at its marks.
func snippetParts(s store.Snippet) []snippetPart {
	parts, text, from := []snippetPart{}, []rune(s.Text), 0
	add := func(to int, hit bool) {
		if to > from {
			parts = append(parts, snippetPart{Text: string(text[from:to]), Hit: hit})
			from = to
		}
	}
	for _, m := range s.Marks {
		add(m[0], false)
		add(m[1], true)
	}
	add(len(text), false)
	return parts
}
