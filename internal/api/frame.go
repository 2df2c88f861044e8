package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Frames of GET /stream. The type is both the SSE event's name and a field of
// its data. Each holds what this user may see, whole: nothing need be fetched.

// ticketFrame tells that a ticket came into sight or changed. Frames with a
// version below the one held are to be dropped.
type ticketFrame struct {
	Type    string `json:"type" enum:"ticket.added,ticket.updated"`
	Version int64  `json:"version"`
	Ticket  ticket `json:"ticket"`
}

// ticketRemovedFrame tells that a ticket is no longer in sight.
type ticketRemovedFrame struct {
	Type     string `json:"type" enum:"ticket.removed"`
	Version  int64  `json:"version"`
	TicketID id     `json:"ticket_id"`
}

// messageFrame tells of a new or changed message of a ticket in sight.
type messageFrame struct {
	Type     string  `json:"type" enum:"message.created,message.updated"`
	Version  int64   `json:"version" doc:"of the message"`
	TicketID ref     `json:"ticket_id"`
	Message  message `json:"message"`
}

// eventFrame tells of a new line in a visible ticket's log.
type eventFrame struct {
	Type     string       `json:"type" enum:"event.created"`
	TicketID id           `json:"ticket_id"`
	Item     timelineItem `json:"item"`
}

// countersFrame holds absolute values.
type countersFrame struct {
	Type     string   `json:"type" enum:"counters"`
	Counters counters `json:"counters"`
}

// connectionFrame tells of a connection's health.
type connectionFrame struct {
	Type         string               `json:"type" enum:"connection.state"`
	ConnectionID id                   `json:"connection_id"`
	State        desk.ConnectionState `json:"state"`
	StateReason  string               `json:"state_reason"`
}

// presenceFrame tells that a colleague came, left or paused.
type presenceFrame struct {
	Type      string `json:"type" enum:"presence"`
	UserID    id     `json:"user_id"`
	Available bool   `json:"available"`
	Online    bool   `json:"online"`
}

// notificationFrame is a new entry of the notification centre.
type notificationFrame struct {
	Type         string       `json:"type" enum:"notification"`
	Notification notification `json:"notification"`
}

// registerFrame tells that a register changed: refetch it where it is shown.
type registerFrame struct {
	Type string `json:"type" enum:"register.changed"`
	Noun string `json:"noun" enum:"users,teams,queues,connections,templates,contacts,tags,ticket-types,settings,account"`
	ID   ref    `json:"id"`
}

// scopeFrame tells that everything is to be fetched again: what this user may
// see or do has changed (scope.changed), or frames were lost (resync).
type scopeFrame struct {
	Type string `json:"type" enum:"scope.changed,resync"`
}

// endFrame is the last one: the session has ended.
type endFrame struct {
	Type string `json:"type" enum:"session.ended"`
}

// helloFrame is the first one.
type helloFrame struct {
	Type    string `json:"type" enum:"hello"`
	Version string `json:"version" doc:"of the program"`
}

// frames lists the types of frames for the document.
func frames() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[helloFrame](), reflect.TypeFor[ticketFrame](), reflect.TypeFor[ticketRemovedFrame](),
		reflect.TypeFor[messageFrame](), reflect.TypeFor[eventFrame](), reflect.TypeFor[countersFrame](),
		reflect.TypeFor[connectionFrame](), reflect.TypeFor[presenceFrame](), reflect.TypeFor[notificationFrame](),
		reflect.TypeFor[registerFrame](), reflect.TypeFor[scopeFrame](), reflect.TypeFor[endFrame](),
	}
}

// documentStream describes GET /stream, which is not a request and an answer
// and so not huma's to serve.
func (s *Server) documentStream() {
	doc := s.api.OpenAPI()
	frame := &huma.Schema{}
	for _, t := range frames() {
		frame.OneOf = append(frame.OneOf, doc.Components.Schemas.Schema(t, true, ""))
	}
	doc.Components.Schemas.Map()["StreamFrame"] = frame
	op := operation{tag: "stream"}.get("stream", "/stream", "What changes, as it happens",
		"Server-sent events: each event's name is the type of its frame, data is the frame as JSON, a comment every 20 s keeps it alive. "+
			"After a reconnect everything on screen is to be fetched again.").huma()
	op.Responses["200"] = &huma.Response{Description: "a stream of frames", Content: map[string]*huma.MediaType{
		"text/event-stream": {Schema: &huma.Schema{Ref: schemaPrefix + "StreamFrame"}},
	}}
	problems := doc.Components.Schemas.Schema(reflect.TypeFor[problem](), true, "")
	op.Responses["401"] = &huma.Response{Description: http.StatusText(http.StatusUnauthorized), Content: map[string]*huma.MediaType{
		problemType: {Schema: problems},
	}}
	doc.AddOperation(&op)
}
