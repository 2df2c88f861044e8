package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
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

type createMessage struct {
	ByID
	Keyed
	Body messageNew
}

// looseTemplate is a template sent without opening a ticket (B4).
type looseTemplate struct {
	ContactID    ref           `json:"contact_id,omitempty" doc:"or contact"`
	Contact      *contactDraft `json:"contact,omitempty"`
	ConnectionID id            `json:"connection_id"`
	Template     templateDraft `json:"template"`
}

type createLoose struct {
	Keyed
	Body looseTemplate
}

type messagePatch struct {
	Body *string `json:"body,omitempty" maxLength:"65536"`
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

// waitingOrder is the new order of the messages in line, all of them.
type waitingOrder struct {
	IDs []id `json:"ids" minItems:"1" maxItems:"200"`
}

type messagesIn struct {
	ByID
	Before string `query:"before" maxLength:"300" doc:"cursor: what is older"`
	After  string `query:"after" maxLength:"300" doc:"cursor: what is newer"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// messageStretch is a stretch of a ticket's messages, oldest first.
type messageStretch struct {
	Items  []message `json:"items"`
	Before *string   `json:"before" doc:"cursor of what is older; null at the beginning"`
	After  *string   `json:"after" doc:"cursor of what is newer; null at the end"`
}

func (s *Server) messageRoutes() {
	op := operation{tag: "messages"}
	handle(s, op.get("list-messages", "/tickets/{id}/messages", "Messages of a ticket", "Without a cursor the newest; oldest first within the page.").refuses(http.StatusNotFound),
		unfinished[messagesIn, body[messageStretch]])
	handle(s, op.post("send-message", "/tickets/{id}/messages", "Send a message",
		"201: accepted, on its way. 202: waits in line for the window (queue=true).").
		creates(map[int]string{http.StatusAccepted: "waits in line for the window"}).refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[createMessage, statusBody[message]])
	handle(s, op.get("list-waiting", "/tickets/{id}/waiting", "Messages in line for the window, in order", "").refuses(http.StatusNotFound),
		unfinished[ByID, body[items[message]]])
	handle(s, op.put("order-waiting", "/tickets/{id}/waiting", "Reorder the line", "409 already_left when a message is no longer in it.").refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[change[waitingOrder], body[items[message]]])
	handle(s, op.delete("cancel-waiting", "/tickets/{id}/waiting", "Cancel the whole line", "").refuses(http.StatusNotFound),
		unfinished[ByID, none])
	handle(s, op.post("send-template", "/messages", "Send a template without opening a ticket",
		"An answer of the contact then opens one as usual.").
		creates(map[int]string{http.StatusAccepted: "still on its way"}).refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[createLoose, statusBody[message]])
	handle(s, op.get("get-message", "/messages/{id}", "One message", "").refuses(http.StatusNotFound),
		unfinished[ByID, body[message]])
	handle(s, op.patch("edit-message", "/messages/{id}", "Edit a message in line", "409 already_left once it is on its way.").refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[change[messagePatch], body[message]])
	handle(s, op.delete("cancel-message", "/messages/{id}", "Cancel a message in line", "409 already_left once it is on its way.").refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[ByID, none])
	handle(s, op.post("retry-message", "/messages/{id}/retry", "Send a failed or uncertain message again",
		"Makes a new message (retry_of); the old one stays.").
		creates(map[int]string{http.StatusAccepted: "waits in line for the window"}).refuses(http.StatusNotFound, http.StatusConflict),
		unfinished[retryMessage, statusBody[message]])
	handle(s, op.post("dismiss-message", "/messages/{id}/dismiss", "Hide a message that did not leave", "").refuses(http.StatusNotFound),
		unfinished[ByID, body[message]])
	handle(s, op.put("react", "/messages/{id}/reaction", "React to a message", "").refuses(http.StatusNotFound),
		unfinished[change[reactionPut], body[message]])
	handle(s, op.delete("unreact", "/messages/{id}/reaction", "Take the reaction back", "").refuses(http.StatusNotFound),
		unfinished[ByID, none])
}
