package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

type timelineIn struct {
	ByID
	Before string `query:"before" maxLength:"300" doc:"cursor: what is older"`
	After  string `query:"after" maxLength:"300" doc:"cursor: what is newer"`
	Around idIn   `query:"around" doc:"id of a message or event to be in the middle"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// timelineItem is a message or an event of a ticket.
type timelineItem struct {
	Kind    string    `json:"kind" enum:"message,event"`
	Message *message  `json:"message,omitempty"`
	Event   *logEntry `json:"event,omitempty"`
}

// timeline is a stretch of a ticket's timeline, oldest first.
type timeline struct {
	Items  []timelineItem `json:"items"`
	Before *string        `json:"before" doc:"cursor of what is older; null at the beginning"`
	After  *string        `json:"after" doc:"cursor of what is newer; null at the end"`
}

type messagesIn struct {
	ByID
	Before string `query:"before" maxLength:"300" doc:"cursor: what is older"`
	After  string `query:"after" maxLength:"300" doc:"cursor: what is newer"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// messageStretch is a stretch of a ticket's messages, oldest first.
type messageStretch struct {
	Items  []message `json:"items" doc:"may be fewer than asked for before the end"`
	Before *string   `json:"before" doc:"cursor of what is older; null at the beginning"`
	After  *string   `json:"after" doc:"cursor of what is newer; null at the end"`
}

func (s *Server) timelineRoutes() {
	op := operation{tag: "messages"}.refuses(http.StatusNotFound)
	handle(s, op.get("get-timeline", "/tickets/{id}/timeline", "Messages and events of a ticket",
		"Without a cursor the newest; oldest first within the page. Opening a ticket this way is noted in its log; "+
			"of a pending one it is a peek, 403 where users may not."), s.getTimeline)
	handle(s, op.get("list-messages", "/tickets/{id}/messages", "Messages of a ticket",
		"As the timeline, without its events."), s.listMessages)
}

// openTicket returns a ticket that the viewer opens to read. Her first look is
// noted in the log.
func (s *Server) openTicket(ctx context.Context, ticketID desk.ID) (desk.Ticket, error) {
	t, err := s.store.VisibleTicket(s.read(ctx), viewer(ctx), ticketID)
	if err != nil {
		return t, err
	}
	return t, s.desk.Accessed(ctx, viewer(ctx), &t)
}

func (s *Server) getTimeline(ctx context.Context, in *timelineIn) (*body[timeline], error) {
	t, err := s.openTicket(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	p, err := s.store.Timeline(s.read(ctx), viewer(ctx), t.ID,
		store.TimelineQuery{Before: in.Before, After: in.After, Around: in.Around.ID, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := s.timelineItems(ctx, &t, p.Items)
	if err != nil {
		return nil, err
	}
	return answer(timeline{Items: items, Before: cursor(p.Older), After: cursor(p.Newer)}), nil
}

// cursor is null where there is nothing more.
func cursor(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (s *Server) timelineItems(ctx context.Context, t *desk.Ticket, rows []store.TimelineItem) ([]timelineItem, error) {
	var events []desk.Event
	for _, r := range rows {
		if r.Event != nil {
			events = append(events, *r.Event)
		}
	}
	names, err := s.actorNames(ctx, events)
	if err != nil {
		return nil, err
	}
	l, err := s.views.line(ctx, t.AccountID, t.ConnectionID)
	if err != nil {
		return nil, err
	}
	items := make([]timelineItem, len(rows))
	for i, r := range rows {
		if r.Event != nil {
			e := viewEvent(*r.Event, names)
			items[i] = timelineItem{Kind: "event", Event: &e}
			continue
		}
		m := viewMessageOn(&l, viewer(ctx), t, r.Message)
		items[i] = timelineItem{Kind: "message", Message: &m}
	}
	return items, nil
}

func (s *Server) listMessages(ctx context.Context, in *messagesIn) (*body[messageStretch], error) {
	t, err := s.openTicket(ctx, in.ID.ID)
	if err != nil {
		return nil, err
	}
	p, err := s.store.Timeline(s.read(ctx), viewer(ctx), t.ID, store.TimelineQuery{Before: in.Before, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var rows []store.MessageView
	for _, item := range p.Items {
		if item.Message != nil {
			rows = append(rows, *item.Message)
		}
	}
	list, err := s.views.messages(ctx, viewer(ctx), &t, rows)
	if err != nil {
		return nil, err
	}
	return answer(messageStretch{Items: list, Before: cursor(p.Older), After: cursor(p.Newer)}), nil
}
