package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// logEntry is one event of a ticket's log or a register's history.
type logEntry struct {
	ID        id             `json:"id"`
	Type      desk.EventType `json:"type"`
	Actor     actor          `json:"actor"`
	MessageID ref            `json:"message_id"`
	Data      map[string]any `json:"data" doc:"ids and codes; of registers changes: {field: [old, new]}, where secrets and personal data have an empty list"`
	At        when           `json:"at"`
	Pos       int64          `json:"pos" doc:"place in a ticket's timeline, ties by id; 0 elsewhere"`
}

// actor is who caused an event.
type actor struct {
	Kind desk.ActorKind `json:"kind"`
	ID   ref            `json:"id"`
	Name string         `json:"name" doc:"of a user; empty for the others"`
}

func viewEvent(e desk.Event, names map[desk.ID]string) logEntry {
	data := e.Data
	if data == nil {
		data = map[string]any{}
	}
	return logEntry{ID: id(e.ID), Type: e.Type, Actor: viewActor(e.Actor, names), MessageID: ref(e.MessageID), Data: data, At: when(e.At), Pos: e.Pos}
}

func viewActor(a desk.Actor, names map[desk.ID]string) actor {
	view := actor{Kind: a.Kind, ID: ref(a.ID)}
	if a.Kind == desk.ActorUser {
		view.Name = names[a.ID]
	}
	return view
}

// actorNames returns the names of the users who caused events.
func (s *Server) actorNames(ctx context.Context, events []desk.Event) (map[desk.ID]string, error) {
	return s.store.UserNames(s.read(ctx), viewer(ctx).AccountID, actorsOf(events))
}

// actorsOf lists the users who caused events.
func actorsOf(events []desk.Event) []desk.ID {
	var list []desk.ID
	for _, e := range events {
		if e.Actor.Kind == desk.ActorUser {
			list = append(list, e.Actor.ID)
		}
	}
	return list
}

// logPage answers with a page of events.
func (s *Server) logPage(ctx context.Context, p store.Page[desk.Event], err error) (*body[page[logEntry]], error) {
	if err != nil {
		return nil, err
	}
	names, err := s.actorNames(ctx, p.Items)
	if err != nil {
		return nil, err
	}
	return pageOf(p.Items, p.Next, func(e desk.Event) logEntry { return viewEvent(e, names) }), nil
}

// historyRoutes registers the change history of every register.
func (s *Server) historyRoutes() {
	for _, r := range []struct {
		noun, entity string
		may          desk.Action
	}{
		{"users", "user", desk.ActHistoryView}, {"teams", "team", desk.ActHistoryView}, {"queues", "queue", desk.ActHistoryView},
		{"connections", "connection", desk.ActConnectionEdit}, {"templates", "template", desk.ActHistoryView},
		{"contacts", "contact", desk.ActHistoryView}, {"tags", "tag", desk.ActHistoryView}, {"ticket-types", "ticket_type", desk.ActHistoryView},
	} {
		op := operation{tag: r.noun}.get("list-"+r.noun+"-history", "/"+r.noun+"/{id}/history", "Changes, newest first", "")
		handle(s, op.refuses(http.StatusNotFound), func(ctx context.Context, in *byIDPaged) (*body[page[logEntry]], error) {
			found, err := s.history(ctx, r.may, r.entity, in.ID.ID, &in.Paged)
			if err == nil && in.Cursor == "" && len(found.Body.Items) == 0 {
				return nil, desk.Missing() // whatever exists has an event of how it came to be
			}
			return found, err
		})
	}
	handle(s, operation{tag: "settings"}.get("list-settings-history", "/settings/history", "Changes of settings, newest first", ""),
		func(ctx context.Context, in *Paged) (*body[page[logEntry]], error) {
			return s.history(ctx, desk.ActSettingsEdit, "settings", viewer(ctx).AccountID, in)
		})
	handle(s, operation{tag: "account"}.get("list-account-history", "/account/history", "Changes of the company's data, newest first", ""),
		func(ctx context.Context, in *Paged) (*body[page[logEntry]], error) {
			return s.history(ctx, desk.ActAccountEdit, "account", viewer(ctx).AccountID, in)
		})
}

func (s *Server) history(ctx context.Context, may desk.Action, entity string, row desk.ID, in *Paged) (*body[page[logEntry]], error) {
	v := viewer(ctx)
	if err := v.Require(may); err != nil {
		return nil, err
	}
	p, err := s.store.History(s.read(ctx), v.AccountID, entity, row, in.list())
	return s.logPage(ctx, p, err)
}
