package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// rawEvent is something a provider sent, as it came.
type rawEvent struct {
	ID           id     `json:"id"`
	ConnectionID id     `json:"connection_id"`
	State        string `json:"state" enum:"done,pending,unprocessed,discarded"`
	Reason       string `json:"reason" doc:"stable code of why it could not be interpreted"`
	Attempts     int    `json:"attempts"`
	ReceivedAt   when   `json:"received_at"`
	ProcessedAt  when   `json:"processed_at"`
	Body         string `json:"body,omitempty" doc:"JSON as received; only of a single event"`
}

type rawEventList struct {
	Paged
	State string `query:"state" enum:"unprocessed,pending,discarded" default:"unprocessed"`
}

func viewRawEvent(e store.RawEvent) rawEvent {
	return rawEvent{ID: id(e.ID), ConnectionID: id(e.ConnectionID), State: string(e.State), Reason: e.Reason, Attempts: e.Attempts,
		ReceivedAt: when(e.ReceivedAt), ProcessedAt: when(e.ProcessedAt)}
}

func viewWholeRawEvent(e store.RawEvent) rawEvent {
	view := viewRawEvent(e)
	view.Body = e.Body
	return view
}

func (s *Server) rawEventRoutes() {
	op := operation{tag: "raw-events"}
	handle(s, op.get("list-raw-events", "/raw-events", "What providers sent and we could not interpret", "Administrators only."), s.listRawEvents)
	op = op.refuses(http.StatusNotFound)
	handle(s, op.get("get-raw-event", "/raw-events/{id}", "One event as received", ""), s.getRawEvent)
	handle(s, op.post("replay-raw-event", "/raw-events/{id}/replay", "Interpret it again",
		"The answer tells what became of it. 409 no_change when it is done already.").refuses(http.StatusConflict), s.replayRawEvent)
	handle(s, op.post("discard-raw-event", "/raw-events/{id}/discard", "Give it up", "").refuses(http.StatusConflict), s.discardRawEvent)
}

func (s *Server) listRawEvents(ctx context.Context, in *rawEventList) (*body[page[rawEvent]], error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActRawEvents); err != nil {
		return nil, err
	}
	p, err := s.store.RawEvents(s.read(ctx), v.AccountID, store.RawState(in.State), in.list())
	return listed(p, err, viewRawEvent)
}

func (s *Server) getRawEvent(ctx context.Context, in *ByID) (*body[rawEvent], error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActRawEvents); err != nil {
		return nil, err
	}
	e, err := s.store.Raw(s.read(ctx), v.AccountID, in.ID.ID)
	return shown(e, err, viewWholeRawEvent)
}

func (s *Server) replayRawEvent(ctx context.Context, in *ByID) (*body[rawEvent], error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActRawEvents); err != nil {
		return nil, err
	}
	e, err := s.inbound.Replay(ctx, v.AccountID, in.ID.ID, desk.ByUser(v.UserID))
	return shown(e, err, viewRawEvent)
}

func (s *Server) discardRawEvent(ctx context.Context, in *ByID) (*body[rawEvent], error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActRawEvents); err != nil {
		return nil, err
	}
	if err := s.inbound.Discard(ctx, v.AccountID, in.ID.ID, desk.ByUser(v.UserID)); err != nil {
		return nil, err
	}
	e, err := s.store.Raw(s.read(ctx), v.AccountID, in.ID.ID)
	return shown(e, err, viewRawEvent)
}
