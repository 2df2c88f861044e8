package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
)

type messagePatch struct {
	Body *string `json:"body,omitempty" maxLength:"65536"`
}

// waitingOrder is the new order of the messages in line, all of them.
type waitingOrder struct {
	IDs []id `json:"ids" minItems:"1" maxItems:"200"`
}

func (s *Server) waitingRoutes() {
	op := operation{tag: "messages"}.refuses(http.StatusNotFound)
	handle(s, op.get("list-waiting", "/tickets/{id}/waiting", "Messages in line for the window, in order", ""), s.listWaiting)
	handle(s, op.put("order-waiting", "/tickets/{id}/waiting", "Reorder the line",
		"409 already_left when a message is no longer in it.").refuses(http.StatusConflict), s.orderWaiting)
	handle(s, op.delete("cancel-waiting", "/tickets/{id}/waiting", "Cancel the whole line", ""), s.cancelLine)
	handle(s, op.patch("edit-message", "/messages/{id}", "Edit a message in line",
		"409 already_left once it is on its way.").refuses(http.StatusConflict), s.editMessage)
	handle(s, op.delete("cancel-message", "/messages/{id}", "Cancel a message in line",
		"409 already_left once it is on its way.").refuses(http.StatusConflict), s.cancelMessage)
}

func (s *Server) listWaiting(ctx context.Context, in *ByID) (*body[items[message]], error) {
	line, err := s.outbox.Line(ctx, viewer(ctx), in.ID.ID)
	return s.lineAnswer(ctx, line, err)
}

// lineAnswer answers with messages in line.
func (s *Server) lineAnswer(ctx context.Context, line []desk.Message, err error) (*body[items[message]], error) {
	if err != nil {
		return nil, err
	}
	views, err := s.views.said(ctx, s.read(ctx), viewer(ctx), line...)
	if err != nil {
		return nil, err
	}
	return itemsOf(views, same), nil
}

func (s *Server) orderWaiting(ctx context.Context, in *change[waitingOrder]) (*body[items[message]], error) {
	line, err := s.outbox.Reorder(ctx, viewer(ctx), in.ID.ID, deskIDs(in.Body.IDs))
	return s.lineAnswer(ctx, line, err)
}

func (s *Server) cancelLine(ctx context.Context, in *ByID) (*none, error) {
	return nil, s.outbox.CancelLine(ctx, viewer(ctx), in.ID.ID)
}

func (s *Server) editMessage(ctx context.Context, in *change[messagePatch]) (*body[message], error) {
	if in.Body.Body == nil {
		return s.getMessage(ctx, &in.ByID)
	}
	m, err := s.outbox.EditWaiting(ctx, viewer(ctx), in.ID.ID, *in.Body.Body)
	return s.messageAnswer(ctx, m, err)
}

func (s *Server) cancelMessage(ctx context.Context, in *ByID) (*none, error) {
	return nil, s.outbox.CancelWaiting(ctx, viewer(ctx), in.ID.ID)
}
