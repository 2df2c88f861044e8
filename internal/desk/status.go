package desk

import "slices"

// TicketStatus is the state of a ticket (features.md §3).
type TicketStatus string

// Ticket states.
const (
	Pending TicketStatus = "pending" // waiting in a queue, no agent yet
	Open    TicketStatus = "open"    // an agent is serving
	Closed  TicketStatus = "closed"
)

// Origin says who spoke first (B1); it never changes.
type Origin string

// Origins of a ticket.
const (
	OriginActive  Origin = "active"
	OriginInbound Origin = "inbound"
)

// CloseSource says what closed a ticket.
type CloseSource string

// Sources of a closing.
const (
	ClosedByAgent  CloseSource = "agent"
	ClosedByAPI    CloseSource = "api"
	ClosedByAuto   CloseSource = "auto"
	ClosedByRecord CloseSource = "record" // registered as already done (A6 Finalizado)
)

// Direction of a message.
type Direction string

// Directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Author says who wrote a message.
type Author string

// Authors.
const (
	AuthorContact Author = "contact"
	AuthorUser    Author = "user"
	AuthorAPI     Author = "api"
	AuthorSystem  Author = "system"
	AuthorPhone   Author = "phone" // typed on the connected phone itself, an echo
)

// MessageType is what a message carries.
type MessageType string

// Message types. Unknown provider types become Unsupported and keep their raw
// form.
const (
	TypeText        MessageType = "text"
	TypeImage       MessageType = "image"
	TypeVideo       MessageType = "video"
	TypeAudio       MessageType = "audio"
	TypeVoice       MessageType = "voice" // an audio recorded as a voice note
	TypeDocument    MessageType = "document"
	TypeSticker     MessageType = "sticker"
	TypeLocation    MessageType = "location"
	TypeContacts    MessageType = "contacts"
	TypeInteractive MessageType = "interactive" // buttons, lists, links and the answers to them
	TypeTemplate    MessageType = "template"
	TypeOrder       MessageType = "order"
	TypeCall        MessageType = "call"
	TypeSystem      MessageType = "system"
	TypeReaction    MessageType = "reaction" // only on the way out; received ones become Reaction rows
	TypeUnsupported MessageType = "unsupported"
)

// IsMedia reports whether messages of this type carry one file.
func (t MessageType) IsMedia() bool {
	return slices.Contains([]MessageType{TypeImage, TypeVideo, TypeAudio, TypeVoice, TypeDocument, TypeSticker}, t)
}

// MessageStatus is the state of a message (decisions.md 10).
type MessageStatus string

// Message states. Received ones stay Received.
const (
	StatusReceived  MessageStatus = "received"
	StatusScheduled MessageStatus = "scheduled"
	StatusWaiting   MessageStatus = "queued_window" // in line until the service window opens
	StatusPending   MessageStatus = "pending"
	StatusSending   MessageStatus = "sending" // committed before the provider is called
	StatusSent      MessageStatus = "sent"
	StatusDelivered MessageStatus = "delivered"
	StatusRead      MessageStatus = "read"
	StatusPlayed    MessageStatus = "played"
	StatusFailed    MessageStatus = "failed"
	StatusCanceled  MessageStatus = "canceled"
	StatusExpired   MessageStatus = "expired"
	StatusUncertain MessageStatus = "uncertain" // may have left; a status webhook settles it
)

// messageSteps lists every allowed step of an outgoing message.
//
// Those that look backwards are on purpose: from pending, sending, uncertain
// and sent to queued_window when the window is closed, by our clock or by the
// provider's word, and the message was sent with queue=true (decisions.md 8);
// sending to pending when the provider has certainly not taken it; failed to
// delivered and beyond because a receipt is proof (decisions.md 9).
var messageSteps = map[MessageStatus][]MessageStatus{
	StatusScheduled: {StatusPending, StatusWaiting, StatusCanceled, StatusFailed},
	StatusWaiting:   {StatusPending, StatusCanceled, StatusExpired},
	StatusPending:   {StatusSending, StatusCanceled, StatusFailed, StatusWaiting},
	StatusSending:   {StatusSent, StatusPending, StatusFailed, StatusUncertain, StatusWaiting, StatusDelivered, StatusRead, StatusPlayed},
	StatusUncertain: {StatusSent, StatusDelivered, StatusRead, StatusPlayed, StatusFailed, StatusWaiting},
	StatusSent:      {StatusDelivered, StatusRead, StatusPlayed, StatusFailed, StatusWaiting},
	StatusDelivered: {StatusRead, StatusPlayed},
	StatusRead:      {StatusPlayed},
	StatusFailed:    {StatusDelivered, StatusRead, StatusPlayed},
}

// CanBecome reports whether a message may step from s to next.
func (s MessageStatus) CanBecome(next MessageStatus) bool {
	return slices.Contains(messageSteps[s], next)
}

// Before returns the states from which a message may step to s, in a fixed
// order, for conditional updates.
func (s MessageStatus) Before() []MessageStatus {
	var from []MessageStatus
	for _, f := range messageOrder {
		if f.CanBecome(s) {
			from = append(from, f)
		}
	}
	return from
}

// messageOrder is the usual order of states.
var messageOrder = []MessageStatus{
	StatusScheduled, StatusWaiting, StatusPending, StatusSending, StatusUncertain,
	StatusSent, StatusDelivered, StatusRead, StatusPlayed, StatusFailed, StatusCanceled, StatusExpired,
}

// Left reports whether the provider may already have the message.
func (s MessageStatus) Left() bool {
	return !slices.Contains([]MessageStatus{StatusScheduled, StatusWaiting, StatusPending, StatusCanceled, StatusExpired}, s)
}
