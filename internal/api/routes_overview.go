package api

import (
	"net/http"

	"github.com/prosa-desk/prosa/internal/desk"
)

// counters are the badges of this user.
type counters struct {
	Open    int64 `json:"open" doc:"all visible tickets of the status"`
	Pending int64 `json:"pending"`
	Closed  int64 `json:"closed"`
	Unread  int64 `json:"unread" doc:"tickets with unread messages that are hers, and pending ones she may accept"`
}

type searchIn struct {
	Q     string `query:"q" required:"true" minLength:"1" maxLength:"200"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"30"`
}

// searchResult holds tickets found by contact, phone or number, and messages
// found by their words, newest first.
type searchResult struct {
	Tickets   []ticket     `json:"tickets"`
	Messages  []messageHit `json:"messages"`
	Truncated bool         `json:"truncated" doc:"there may be older messages that were not looked at"`
}

// messageHit is a message in which the words stand.
type messageHit struct {
	MessageID id             `json:"message_id"`
	Ticket    ticket         `json:"ticket"`
	Direction desk.Direction `json:"direction"`
	At        when           `json:"at"`
	Snippet   []snippetPart  `json:"snippet" doc:"the text around the words, in order"`
}

// snippetPart is a piece of a snippet.
type snippetPart struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit" doc:"to be marked"`
}

// transferTarget is a queue a ticket can be transferred to.
type transferTarget struct {
	QueueID id             `json:"queue_id"`
	Name    string         `json:"name"`
	Color   string         `json:"color"`
	Members []targetMember `json:"members" doc:"active members, by name"`
}

// targetMember is an agent a ticket can be transferred to.
type targetMember struct {
	UserID    id     `json:"user_id"`
	Name      string `json:"name"`
	PhotoURL  string `json:"photo_url,omitempty"`
	Available bool   `json:"available"`
	Online    bool   `json:"online"`
	Open      int    `json:"open_tickets"`
}

// estimateIn asks what one template will cost.
type estimateIn struct {
	ConnectionID id     `json:"connection_id"`
	TemplateID   ref    `json:"template_id,omitempty" doc:"or category"`
	Category     string `json:"category,omitempty" enum:"MARKETING,UTILITY,AUTHENTICATION,SERVICE"`
	ContactID    ref    `json:"contact_id,omitempty" doc:"an open window may make it free"`
	Count        int    `json:"count,omitempty" minimum:"1" maximum:"100000" default:"1"`
}

// estimate is the expected cost by the rate card.
type estimate struct {
	Known       bool   `json:"known" doc:"the rate card has the category"`
	Category    string `json:"category"`
	Micros      int64  `json:"micros" doc:"of one message"`
	TotalMicros int64  `json:"total_micros"`
	Currency    string `json:"currency"`
	Free        bool   `json:"free" doc:"not billed, by the provider's rules as we know them"`
	Source      string `json:"source" doc:"of the rate card"`
	Since       string `json:"since" doc:"date of the rate card, YYYY-MM-DD"`
}

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
	State      string `query:"state" enum:"unprocessed,pending,discarded" default:"unprocessed"`
	Connection idIn   `query:"connection"`
}

func (s *Server) overviewRoutes() {
	op := operation{tag: "tickets"}
	handle(s, op.get("get-counters", "/counters", "Badges", ""), unfinished[none, body[counters]])
	handle(s, op.get("search", "/search", "Find tickets and messages", "Over all statuses. Words under three letters match whole only."), unfinished[searchIn, body[searchResult]])
	handle(s, op.get("list-transfer-targets", "/transfer-targets", "Queues and agents a ticket can go to", ""), unfinished[none, body[items[transferTarget]]])
	handle(s, op.post("estimate", "/estimates", "What sending will cost", "").refuses(http.StatusNotFound), unfinished[write[estimateIn], body[estimate]])
	op.tag = "raw-events"
	handle(s, op.get("list-raw-events", "/raw-events", "What providers sent and we could not interpret", ""), unfinished[rawEventList, body[page[rawEvent]]])
	handle(s, op.get("get-raw-event", "/raw-events/{id}", "One event as received", "").refuses(http.StatusNotFound), unfinished[ByID, body[rawEvent]])
	handle(s, op.post("replay-raw-event", "/raw-events/{id}/replay", "Interpret it again", "The answer tells what became of it.").refuses(http.StatusNotFound), unfinished[ByID, body[rawEvent]])
	handle(s, op.post("discard-raw-event", "/raw-events/{id}/discard", "Give it up", "").refuses(http.StatusNotFound), unfinished[ByID, body[rawEvent]])
	s.historyRoutes()
}

// historyRoutes registers the change history of every register.
func (s *Server) historyRoutes() {
	for _, noun := range []string{"users", "teams", "queues", "connections", "templates", "contacts", "tags", "ticket-types"} {
		op := operation{tag: noun}
		handle(s, op.get("list-"+noun+"-history", "/"+noun+"/{id}/history", "Changes, newest first", "").refuses(http.StatusNotFound),
			unfinished[byIDPaged, body[page[logEntry]]])
	}
	handle(s, operation{tag: "settings"}.get("list-settings-history", "/settings/history", "Changes of settings, newest first", ""), unfinished[Paged, body[page[logEntry]]])
	handle(s, operation{tag: "account"}.get("list-account-history", "/account/history", "Changes of the company's data, newest first", ""), unfinished[Paged, body[page[logEntry]]])
}
