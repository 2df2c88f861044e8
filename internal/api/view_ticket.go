package api

import (
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// ticket is one unit of service as lists, the header and the stream show it.
type ticket struct {
	ID              id                `json:"id"`
	Number          int64             `json:"number"`
	Status          desk.TicketStatus `json:"status"`
	Origin          desk.Origin       `json:"origin"`
	Contact         ticketContact     `json:"contact"`
	ConnectionID    id                `json:"connection_id"`
	QueueID         ref               `json:"queue_id"`
	UserID          ref               `json:"user_id"`
	WalletUserID    ref               `json:"wallet_user_id"`
	TypeID          ref               `json:"type_id"`
	Tags            []id              `json:"tags"`
	Bot             bool              `json:"bot"`
	RecordOnly      bool              `json:"record_only" doc:"registered as already done; holds no messages"`
	Unread          int               `json:"unread" doc:"received messages since the assigned agent last looked"`
	FirstUnreadID   ref               `json:"first_unread_id"`
	WaitingSince    when              `json:"waiting_since" doc:"oldest received message without an answer"`
	QueuedAt        when              `json:"queued_at"`
	WaitingCount    int               `json:"waiting_count" doc:"messages in line for the window"`
	AwaitingContact bool              `json:"awaiting_contact" doc:"opened by us and not answered yet"`
	Windowed        bool              `json:"windowed" doc:"the channel takes free content only within the window"`
	WindowExpiresAt when              `json:"window_expires_at" doc:"null: never opened"`
	LastMessage     *lastMessage      `json:"last_message,omitempty"`
	LastMessageAt   when              `json:"last_message_at"`
	Cost            cost              `json:"cost"`
	Can             []ticketAction    `json:"can" doc:"what this user may do now"`
	Version         int64             `json:"version" doc:"grows with every change; older frames are to be dropped"`
	CreatedBy       ref               `json:"created_by"`
	CreatedAt       when              `json:"created_at"`
	AcceptedAt      when              `json:"accepted_at"`
	FirstResponseAt when              `json:"first_response_at"`
	ClosedAt        when              `json:"closed_at"`
	ClosedBy        ref               `json:"closed_by"`
	CloseSource     desk.CloseSource  `json:"close_source,omitempty"`
}

// ticketContact is the person of a ticket.
type ticketContact struct {
	ID       id     `json:"id"`
	Name     string `json:"name"`
	Phone    string `json:"phone" doc:"digits with country code; masked where the account hides it"`
	Email    string `json:"email"`
	PhotoURL string `json:"photo_url,omitempty"`
	Blocked  bool   `json:"blocked"`
}

// lastMessage is the preview of a ticket in a list.
type lastMessage struct {
	ID        id                 `json:"id"`
	Direction desk.Direction     `json:"direction"`
	Author    desk.Author        `json:"author"`
	UserID    ref                `json:"user_id"`
	Type      desk.MessageType   `json:"type"`
	Excerpt   string             `json:"excerpt" doc:"at most 160 characters"`
	Status    desk.MessageStatus `json:"status"`
	Error     *failure           `json:"error,omitempty"`
	At        when               `json:"at"`
}

// cost is what a ticket has cost at the provider so far.
type cost struct {
	Micros        int64  `json:"micros"`
	Currency      string `json:"currency"`
	BillableCount int    `json:"billable_count"`
}

// ticketAction is a desk.Action on a ticket, enumerated apart from the others.
type ticketAction string

func ticketActions() []ticketAction {
	all := desk.TicketActions()
	list := make([]ticketAction, len(all))
	for i, a := range all {
		list[i] = ticketAction(a)
	}
	return list
}

// viewTicket translates a ticket on its line.
func viewTicket(v *desk.Viewer, t *store.TicketView, l *lineOf) ticket {
	return ticket{
		ID: id(t.ID), Number: t.Number, Status: t.Status, Origin: t.Origin, Contact: viewTicketContact(v, &t.Contact),
		ConnectionID: id(t.ConnectionID), QueueID: ref(t.QueueID), UserID: ref(t.UserID), WalletUserID: ref(t.WalletUserID),
		TypeID: ref(t.TypeID), Tags: ids(t.Tags), Bot: t.Bot, RecordOnly: t.RecordOnly, Unread: t.Unread,
		FirstUnreadID: ref(t.FirstUnreadID), WaitingSince: when(t.WaitingSince), QueuedAt: when(t.QueuedAt),
		WaitingCount: t.WaitingCount, AwaitingContact: t.AwaitingContact, Windowed: l.caps.Windowed,
		WindowExpiresAt: when(t.WindowExpiresAt), LastMessage: viewLastMessage(t.LastMessage), LastMessageAt: when(t.LastMessageAt),
		Cost:    cost{Micros: t.CostMicros, Currency: t.Currency, BillableCount: t.BillableCount},
		Can:     viewed(v.Can(&t.Ticket, l.abilities()), func(a desk.Action) ticketAction { return ticketAction(a) }),
		Version: t.Rev, CreatedBy: ref(t.CreatedBy), CreatedAt: when(t.CreatedAt), AcceptedAt: when(t.AcceptedAt),
		FirstResponseAt: when(t.FirstResponseAt), ClosedAt: when(t.ClosedAt), ClosedBy: ref(t.ClosedBy), CloseSource: t.CloseSource,
	}
}

func viewTicketContact(v *desk.Viewer, c *store.ContactBrief) ticketContact {
	return ticketContact{ID: id(c.ID), Name: nameFor(v, c.Name, c.Phone), Phone: phoneFor(v, c.Phone), Email: c.Email,
		PhotoURL: thumbURL(c.PhotoID), Blocked: c.Blocked}
}

// phoneFor returns a phone as the viewer may see it (C17).
func phoneFor(v *desk.Viewer, phone string) string {
	if phone == "" || v.SeesPhones() {
		return phone
	}
	return desk.MaskPhone(phone)
}

// nameFor returns a contact's name as the viewer may see it: the name of
// somebody not yet known is her number.
func nameFor(v *desk.Viewer, name, phone string) string {
	if phone != "" && !v.SeesPhones() && desk.MatchKey(onlyDigits(name)) == desk.MatchKey(phone) {
		return desk.MaskPhone(phone)
	}
	return name
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func viewLastMessage(e *store.Excerpt) *lastMessage {
	if e == nil {
		return nil
	}
	last := lastMessage{ID: id(e.ID), Direction: e.Direction, Author: e.Author, UserID: ref(e.UserID), Type: e.Type,
		Excerpt: e.Text, Status: e.Status, At: when(e.At)}
	if e.Failure != "" {
		last.Error = &failure{Code: e.Failure}
	}
	return &last
}
