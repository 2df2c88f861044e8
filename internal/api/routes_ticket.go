package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
)

// ticketList is the query of GET /tickets; all filters are combined by AND.
type ticketList struct {
	Searched
	Status     desk.TicketStatus `query:"status"`
	Queue      []string          `query:"queue" maxItems:"50" doc:"ids; none for tickets without a queue"`
	Connection []string          `query:"connection" maxItems:"50"`
	User       []string          `query:"user" maxItems:"50" doc:"ids of agents; none for unassigned"`
	Tag        []string          `query:"tag" maxItems:"50"`
	Contact    idIn              `query:"contact"`
	Unread     bool              `query:"unread" doc:"only those with unread messages"`
}

// startForm is the full form of document 000 (A).
type startForm struct {
	Mode         string            `json:"mode" enum:"form"`
	Kind         desk.ChannelKind  `json:"kind" doc:"A2; must be that of the connection"`
	ContactID    ref               `json:"contact_id,omitempty" doc:"instead of finding the contact by phone or e-mail"`
	Name         string            `json:"name,omitempty" maxLength:"120" doc:"A3; required unless contact_id is given"`
	Phone        string            `json:"phone,omitempty" maxLength:"40" doc:"A4"`
	Email        string            `json:"email,omitempty" maxLength:"254" doc:"A5"`
	Status       desk.TicketStatus `json:"status,omitempty" default:"open" doc:"A6"`
	TypeID       ref               `json:"type_id,omitempty" doc:"A7; required unless the catalogue is empty"`
	ConnectionID id                `json:"connection_id" doc:"A8"`
	Tags         []id              `json:"tags,omitempty" maxItems:"50" doc:"A9"`
	QueueID      ref               `json:"queue_id,omitempty" doc:"A10; required unless the user has exactly one"`
}

// startSteps is the step-by-step panel of documents 001 and 002 (B).
type startSteps struct {
	Mode         string         `json:"mode" enum:"steps"`
	ContactID    ref            `json:"contact_id,omitempty" doc:"or contact"`
	Contact      *contactDraft  `json:"contact,omitempty" doc:"somebody not yet known; found again by phone or e-mail"`
	ConnectionID id             `json:"connection_id" doc:"B5"`
	QueueID      ref            `json:"queue_id,omitempty" doc:"B6; required unless the user has exactly one"`
	TypeID       ref            `json:"type_id,omitempty"`
	Tags         []id           `json:"tags,omitempty" maxItems:"50"`
	Template     *templateDraft `json:"template,omitempty" doc:"B8, B9; required where the channel has a window and it is closed"`
}

// contactDraft is a contact that exists only once something is started with it.
type contactDraft struct {
	Name  string `json:"name,omitempty" maxLength:"120" doc:"the number when absent"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	Email string `json:"email,omitempty" maxLength:"254"`
}

// templateDraft names an approved template and fills it.
type templateDraft struct {
	ID     id                   `json:"id"`
	Values []desk.TemplateValue `json:"values,omitempty" maxItems:"50"`
}

type acceptTicket struct {
	QueueID ref `json:"queue_id,omitempty" doc:"for a ticket without a queue: one of the user's"`
}

type transferTicket struct {
	QueueID id  `json:"queue_id"`
	UserID  ref `json:"user_id,omitempty" doc:"an active member of the queue; none returns it to pending there"`
}

type ticketPatch struct {
	TypeID refPatch `json:"type_id,omitzero"`
	Tags   *[]id    `json:"tags,omitempty" maxItems:"50" doc:"the whole set"`
}

type seenTicket struct {
	MessageID ref `json:"message_id,omitempty" doc:"the newest message on screen; none means all"`
}

// ticketGone is the answer to a transfer: the ticket, or none when the user may
// no longer see it.
type transferred struct {
	Visible bool    `json:"visible"`
	Ticket  *ticket `json:"ticket,omitempty"`
}

type timelineIn struct {
	ByID
	Before string `query:"before" maxLength:"300" doc:"cursor: what is older"`
	After  string `query:"after" maxLength:"300" doc:"cursor: what is newer"`
	Around idIn   `query:"around" doc:"id of a message to be in the middle"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type byIDPaged struct {
	ByID
	Paged
}

// optional is the input of an action with a body that may be left out.
type optional[T any] struct {
	ByID
	Body *T
}

func (s *Server) ticketRoutes() {
	op := operation{tag: "tickets"}
	handle(s, op.get("list-tickets", "/tickets", "Visible tickets",
		"Pending ones by the time they entered the queue, oldest first; open ones by last message and closed ones by closing, newest first."),
		unfinished[ticketList, body[page[ticket]]])
	handle(s, op.post("start-ticket", "/tickets", "Start a conversation",
		"Form A or the step-by-step panel B. 201: done. 202: the ticket is open and its template still waits for the provider's word.").
		creates(map[int]string{http.StatusAccepted: "the template is still on its way"}).refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[startTicket, statusBody[ticket]])
	handle(s, op.get("get-ticket", "/tickets/{id}", "One ticket", "").refuses(http.StatusNotFound),
		unfinished[ByID, body[ticket]])
	handle(s, op.patch("update-ticket", "/tickets/{id}", "Change type and tags", "").refuses(http.StatusNotFound),
		unfinished[change[ticketPatch], body[ticket]])
	handle(s, op.post("accept-ticket", "/tickets/{id}/accept", "Accept", "Lost races answer 409 already_accepted.").refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[optional[acceptTicket], body[ticket]])
	handle(s, op.post("return-ticket", "/tickets/{id}/return", "Return to the queue", "").refuses(http.StatusNotFound),
		unfinished[ByID, body[ticket]])
	handle(s, op.post("transfer-ticket", "/tickets/{id}/transfer", "Transfer to a queue or an agent", "").refuses(http.StatusNotFound),
		unfinished[change[transferTicket], body[transferred]])
	handle(s, op.post("close-ticket", "/tickets/{id}/close", "Resolve", "Cancels the messages that wait in line.").refuses(http.StatusNotFound),
		unfinished[ByID, body[ticket]])
	handle(s, op.post("reopen-ticket", "/tickets/{id}/reopen", "Reopen", "409 live_ticket when the contact has a live ticket on the connection.").refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[ByID, body[ticket]])
	handle(s, op.post("see-ticket", "/tickets/{id}/seen", "The assigned agent has seen it", "Resets unread and sends the read receipt.").empty().refuses(http.StatusNotFound),
		unfinished[optional[seenTicket], none])
	handle(s, op.post("type-on-ticket", "/tickets/{id}/typing", "Tell the contact that an answer is being written", "").empty().refuses(http.StatusNotFound),
		unfinished[ByID, none])
	handle(s, op.get("get-timeline", "/tickets/{id}/timeline", "Messages and events",
		"Without a cursor the newest; oldest first within the page.").refuses(http.StatusNotFound),
		unfinished[timelineIn, body[timeline]])
	handle(s, op.get("list-ticket-log", "/tickets/{id}/log", "The ticket's log, newest first", "").refuses(http.StatusNotFound),
		unfinished[byIDPaged, body[page[logEntry]]])
}
