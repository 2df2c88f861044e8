package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/outbox"
)

type acceptTicket struct {
	QueueID ref `json:"queue_id,omitempty" doc:"for a ticket without a queue: one of the user's"`
}

type transferTicket struct {
	QueueID id  `json:"queue_id"`
	UserID  ref `json:"user_id,omitempty" doc:"an active member of the queue; none makes the ticket pending there"`
}

type seenTicket struct {
	MessageID ref `json:"message_id,omitempty" doc:"the newest message on screen; none means all"`
}

// handed is the answer to giving a ticket away, to another queue or back to its
// own: the ticket, unless that took it out of the user's sight.
type handed struct {
	Visible bool    `json:"visible"`
	Ticket  *ticket `json:"ticket,omitempty"`
}

// optional is the input of an action whose body may be left out.
type optional[T any] struct {
	ByID
	Body *T
}

// value returns the body, or its zero value.
func (in *optional[T]) value() T {
	if in.Body == nil {
		var zero T
		return zero
	}
	return *in.Body
}

func (s *Server) ticketActionRoutes() {
	op := operation{tag: "tickets"}.refuses(http.StatusNotFound)
	handle(s, op.post("accept-ticket", "/tickets/{id}/accept", "Accept", "Lost races answer 409 already_accepted.").refuses(http.StatusConflict), s.acceptTicket)
	handle(s, op.post("return-ticket", "/tickets/{id}/return", "Return to the queue",
		"Somebody who has left the queue no longer sees the ticket then."), s.returnTicket)
	handle(s, op.post("transfer-ticket", "/tickets/{id}/transfer", "Transfer to a queue or an agent", ""), s.transferTicket)
	handle(s, op.post("close-ticket", "/tickets/{id}/close", "Resolve", "Cancels the messages that wait in line."), s.closeTicket)
	handle(s, op.post("reopen-ticket", "/tickets/{id}/reopen", "Reopen",
		"409 live_ticket when the contact has a live ticket on the connection.").refuses(http.StatusConflict), s.reopenTicket)
	handle(s, op.post("see-ticket", "/tickets/{id}/seen", "The assigned agent has seen it", "Resets unread and sends the read receipt.").empty(), s.seeTicket)
	handle(s, op.post("type-on-ticket", "/tickets/{id}/typing", "Tell the contact that an answer is being written",
		"At the provider this marks as read, too.").empty(), s.typeOnTicket)
}

func (s *Server) acceptTicket(ctx context.Context, in *optional[acceptTicket]) (*body[ticket], error) {
	t, err := s.desk.Accept(ctx, viewer(ctx), in.ID.ID, desk.ID(in.value().QueueID))
	return s.ticketAnswer(ctx, t, aboutIDs(err))
}

func (s *Server) returnTicket(ctx context.Context, in *ByID) (*body[handed], error) {
	t, err := s.desk.Return(ctx, viewer(ctx), in.ID.ID)
	return s.handedAnswer(ctx, t, err)
}

func (s *Server) transferTicket(ctx context.Context, in *change[transferTicket]) (*body[handed], error) {
	t, err := s.desk.Transfer(ctx, viewer(ctx), in.ID.ID, desk.ID(in.Body.QueueID), desk.ID(in.Body.UserID))
	return s.handedAnswer(ctx, t, aboutIDs(err))
}

// handedAnswer answers with a ticket that was given away.
func (s *Server) handedAnswer(ctx context.Context, t desk.Ticket, err error) (*body[handed], error) {
	if err != nil {
		return nil, err
	}
	v := viewer(ctx)
	if !v.CanSee(t.Sight()) {
		return answer(handed{}), nil
	}
	view, err := s.views.done(ctx, s.read(ctx), v, &t)
	return shown(view, err, func(t ticket) handed { return handed{Visible: true, Ticket: &t} })
}

func (s *Server) closeTicket(ctx context.Context, in *ByID) (*body[ticket], error) {
	t, err := s.desk.Close(ctx, viewer(ctx), in.ID.ID)
	return s.ticketAnswer(ctx, t, err)
}

func (s *Server) reopenTicket(ctx context.Context, in *ByID) (*body[ticket], error) {
	t, err := s.desk.Reopen(ctx, viewer(ctx), in.ID.ID)
	return s.ticketAnswer(ctx, t, err)
}

func (s *Server) seeTicket(ctx context.Context, in *optional[seenTicket]) (*none, error) {
	seen, err := s.desk.See(ctx, viewer(ctx), in.ID.ID, desk.ID(in.value().MessageID))
	if err != nil {
		return nil, err
	}
	s.markRead(ctx, &seen.Ticket, seen.ProviderID)
	return nil, nil
}

// receiptTimeout bounds one receipt at the provider.
const receiptTimeout = 15 * time.Second

// markRead sends the read receipt (E4). The agent does not wait for the
// provider, and a receipt that gets lost is none worth keeping.
func (s *Server) markRead(ctx context.Context, t *desk.Ticket, providerID string) {
	if providerID == "" {
		return
	}
	r := outbox.Receipt{ConnectionID: t.ConnectionID, ProviderID: providerID}
	s.background.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), receiptTimeout)
		defer cancel()
		if err := s.outbox.MarkRead(ctx, t.AccountID, r, false); err != nil {
			s.log.WarnContext(ctx, "read receipt not sent", "connection", t.ConnectionID, "error", err)
		}
	})
}

func (s *Server) typeOnTicket(ctx context.Context, in *ByID) (*none, error) {
	return nil, s.outbox.Typing(ctx, viewer(ctx), in.ID.ID)
}

// aboutIDs names the fields of a refusal as requests do: rooms speak of
// "queue" and "user", bodies of their ids.
func aboutIDs(err error) error {
	return renameField(renameField(err, "queue", "queue_id"), "user", "user_id")
}

// renameField names a field of a refusal as the request does.
func renameField(err error, from, to string) error {
	e, ok := errors.AsType[*desk.Error](err)
	if !ok {
		return err
	}
	for i := range e.Fields {
		if e.Fields[i].Location == "body."+from {
			e.Fields[i].Location = "body." + to
		}
	}
	return err
}
