package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/outbox"
)

// messageNew is a message to be sent. Which of the parts is needed, its type
// says.
type messageNew struct {
	Type        desk.MessageType   `json:"type,omitempty" default:"text"`
	Body        string             `json:"body,omitempty" maxLength:"65536" doc:"text or caption"`
	MediaID     ref                `json:"media_id,omitempty" doc:"of POST /media"`
	ReplyTo     ref                `json:"reply_to,omitempty" doc:"id of the message it answers"`
	Location    *desk.Location     `json:"location,omitempty"`
	Contacts    []desk.ContactCard `json:"contacts,omitempty" maxItems:"20"`
	Interactive *desk.Interactive  `json:"interactive,omitempty"`
	Template    *templateDraft     `json:"template,omitempty"`
	Queue       bool               `json:"queue,omitempty" doc:"wait in line while the window is closed"`
}

// templateDraft names an approved template and fills it.
type templateDraft struct {
	ID     id                   `json:"id"`
	Values []desk.TemplateValue `json:"values,omitempty" maxItems:"50"`
}

func (d *templateDraft) draft() *outbox.TemplateDraft {
	if d == nil {
		return nil
	}
	return &outbox.TemplateDraft{ID: desk.ID(d.ID), Values: d.Values}
}

type sendMessage struct {
	ByID
	Keyed
	Body messageNew
}

type retryMessage struct {
	ByID
	Keyed
	Body *retryOptions
}

type retryOptions struct {
	Queue bool `json:"queue,omitempty" doc:"wait in line while the window is closed"`
}

type reactionPut struct {
	Emoji string `json:"emoji" minLength:"1" maxLength:"40"`
}

func (s *Server) messageRoutes() {
	op := operation{tag: "messages"}.refuses(http.StatusNotFound)
	inLine := map[int]string{http.StatusAccepted: "waits in line for the window"}
	handle(s, op.post("send-message", "/tickets/{id}/messages", "Send a message",
		"201: accepted, on its way. 202: waits in line for the window (queue=true).").creates(inLine).refuses(http.StatusConflict), s.sendMessage)
	handle(s, op.get("get-message", "/messages/{id}", "One message", ""), s.getMessage)
	handle(s, op.post("retry-message", "/messages/{id}/retry", "Send a failed, expired or uncertain message again",
		"Makes a new message (retry_of); the old one stays. 422 not_retryable, with params.after while a report may still settle it.").
		creates(inLine).refuses(http.StatusConflict), s.retryMessage)
	handle(s, op.post("dismiss-message", "/messages/{id}/dismiss", "Hide a message that did not leave", "Nothing is deleted."), s.dismissMessage)
	handle(s, op.put("react", "/messages/{id}/reaction", "React to a message", ""), s.react)
	handle(s, op.delete("unreact", "/messages/{id}/reaction", "Take the reaction back", ""), s.unreact)
}

// asked describes a keyed request to the outbox.
func asked(ctx context.Context, route, key string, body any) (outbox.Request, error) {
	e, err := effectOf(ctx, route, key, body)
	return outbox.Request{Viewer: viewer(ctx), Principal: e.Principal, Key: key, Hash: e.Hash}, err
}

func (m *messageNew) draft() outbox.Draft {
	return outbox.Draft{Type: m.Type, Body: m.Body, MediaID: desk.ID(m.MediaID), Location: m.Location, Contacts: m.Contacts,
		Choices: m.Interactive, Template: m.Template.draft(), ReplyTo: desk.ID(m.ReplyTo), Queue: m.Queue}
}

func (s *Server) sendMessage(ctx context.Context, in *sendMessage) (*statusBody[message], error) {
	r, err := asked(ctx, "send-message "+in.ID.ID.String(), in.Key, in.Body)
	if err != nil {
		return nil, err
	}
	m, err := s.outbox.Compose(ctx, r, in.ID.ID, in.Body.draft())
	if err != nil {
		return nil, err
	}
	return s.accepted(ctx, m, m.Status == desk.StatusWaiting)
}

// accepted answers with a message that was taken: 201, or 202 while it waits.
func (s *Server) accepted(ctx context.Context, m desk.Message, waits bool) (*statusBody[message], error) {
	views, err := s.views.said(ctx, s.read(ctx), viewer(ctx), m)
	if err != nil {
		return nil, err
	}
	status := http.StatusCreated
	if waits {
		status = http.StatusAccepted
	}
	return &statusBody[message]{Status: status, Body: views[0]}, nil
}

// messageNow is the view of a message as it is now: of a visible ticket, or one
// without a ticket that the viewer sent herself.
func (s *Server) messageNow(ctx context.Context, messageID desk.ID) (message, error) {
	v, q := viewer(ctx), s.read(ctx)
	rows, err := s.store.MessageViews(q, v.AccountID, []desk.ID{messageID})
	if err != nil {
		return message{}, err
	}
	if len(rows) == 0 || rows[0].TicketID == 0 && rows[0].UserID != v.UserID && v.Role == desk.RoleUser {
		return message{}, desk.Missing()
	}
	if rows[0].TicketID == 0 {
		return s.views.message(ctx, v, nil, &rows[0])
	}
	t, err := s.store.VisibleTicket(q, v, rows[0].TicketID)
	if err != nil {
		return message{}, err
	}
	return s.views.message(ctx, v, &t, &rows[0])
}

// messageAnswer answers with a message that was changed.
func (s *Server) messageAnswer(ctx context.Context, m desk.Message, err error) (*body[message], error) {
	if err != nil {
		return nil, err
	}
	views, err := s.views.said(ctx, s.read(ctx), viewer(ctx), m)
	if err != nil {
		return nil, err
	}
	return answer(views[0]), nil
}

func (s *Server) getMessage(ctx context.Context, in *ByID) (*body[message], error) {
	view, err := s.messageNow(ctx, in.ID.ID)
	return shown(view, err, same)
}

func (s *Server) retryMessage(ctx context.Context, in *retryMessage) (*statusBody[message], error) {
	queue := in.Body != nil && in.Body.Queue
	r, err := asked(ctx, "retry-message "+in.ID.ID.String(), in.Key, retryOptions{Queue: queue})
	if err != nil {
		return nil, err
	}
	m, err := s.outbox.Retry(ctx, r, in.ID.ID, queue)
	if err != nil {
		return nil, err
	}
	return s.accepted(ctx, m, m.Status == desk.StatusWaiting)
}

func (s *Server) dismissMessage(ctx context.Context, in *ByID) (*body[message], error) {
	m, err := s.outbox.Dismiss(ctx, viewer(ctx), in.ID.ID)
	return s.messageAnswer(ctx, m, err)
}

func (s *Server) react(ctx context.Context, in *change[reactionPut]) (*body[message], error) {
	m, err := s.outbox.React(ctx, viewer(ctx), in.ID.ID, in.Body.Emoji)
	return s.messageAnswer(ctx, m, err)
}

func (s *Server) unreact(ctx context.Context, in *ByID) (*none, error) {
	_, err := s.outbox.React(ctx, viewer(ctx), in.ID.ID, "")
	return nil, err
}
