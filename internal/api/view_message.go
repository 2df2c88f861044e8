package api

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// message is one thing said in a conversation.
type message struct {
	ID           id                 `json:"id"`
	ClientID     string             `json:"client_id" doc:"the Idempotency-Key with which it was made; empty for received ones"`
	TicketID     ref                `json:"ticket_id" doc:"null: a template sent without opening a ticket"`
	ContactID    id                 `json:"contact_id"`
	ConnectionID id                 `json:"connection_id"`
	Direction    desk.Direction     `json:"direction"`
	Author       desk.Author        `json:"author"`
	UserID       ref                `json:"user_id"`
	Type         desk.MessageType   `json:"type"`
	Body         string             `json:"body" doc:"text, caption, or the words chosen in a button or list"`
	Media        []media            `json:"media"`
	ReplyTo      *quoted            `json:"reply_to,omitempty"`
	Reactions    []reaction         `json:"reactions"`
	Template     *desk.TemplateSend `json:"template,omitempty"`
	Interactive  *desk.Interactive  `json:"interactive,omitempty"`
	Location     *desk.Location     `json:"location,omitempty"`
	Contacts     []desk.ContactCard `json:"contacts,omitempty"`
	Order        *desk.Order        `json:"order,omitempty"`
	System       *desk.SystemNote   `json:"system,omitempty"`
	Call         *desk.CallNote     `json:"call,omitempty"`
	Referral     *desk.Referral     `json:"referral,omitempty"`
	Forwarded    bool               `json:"forwarded,omitempty"`
	Animated     bool               `json:"animated,omitempty" doc:"of a sticker"`
	Unsupported  string             `json:"unsupported,omitempty" doc:"the provider's name of a kind we can't show"`
	Status       desk.MessageStatus `json:"status"`
	StatusTimes  statusTimes        `json:"status_times"`
	ProviderID   string             `json:"provider_id"`
	Error        *failure           `json:"error,omitempty"`
	Price        *price             `json:"price,omitempty"`
	RetryOf      ref                `json:"retry_of"`
	RetriedBy    ref                `json:"retried_by" doc:"a newer message that repeats it"`
	RetryFrom    when               `json:"retry_from" doc:"of an uncertain one: until then a report may settle it, and it can't be sent again"`
	Dismissed    bool               `json:"dismissed"`
	MayWait      bool               `json:"may_wait" doc:"sent with queue=true"`
	ExpiresAt    when               `json:"expires_at" doc:"when a waiting message is given up"`
	At           when               `json:"at" doc:"our time"`
	Pos          int64              `json:"pos" doc:"place in its timeline, ties by id; a waiting message moves to the end when it is sent"`
	ProviderAt   when               `json:"provider_at"`
	EditedAt     when               `json:"edited_at"`
	DeletedAt    when               `json:"deleted_at"`
	Can          []messageAction    `json:"can" doc:"what this user may do with it now"`
	Version      int64              `json:"version" doc:"grows with every change"`
}

// messageAction is something a user may do with one message.
type messageAction string

const (
	msgReply   messageAction = "reply"
	msgReact   messageAction = "react"
	msgEdit    messageAction = "edit"    // while it waits in line
	msgCancel  messageAction = "cancel"  // while it waits in line
	msgRetry   messageAction = "retry"   // send again as a new message
	msgWait    messageAction = "wait"    // send again, in line for the window
	msgDismiss messageAction = "dismiss" // hide a failed one
)

func messageActions() []messageAction {
	return []messageAction{msgReply, msgReact, msgEdit, msgCancel, msgRetry, msgWait, msgDismiss}
}

// quoted is the message that another one answers.
type quoted struct {
	ID      ref              `json:"id" doc:"null when we don't have it"`
	Type    desk.MessageType `json:"type,omitempty"`
	Excerpt string           `json:"excerpt"`
	Author  desk.Author      `json:"author,omitempty"`
	UserID  ref              `json:"user_id"`
}

// reaction is one author's emoji on a message.
type reaction struct {
	Author string `json:"author" enum:"contact,us"`
	UserID ref    `json:"user_id"`
	Emoji  string `json:"emoji"`
	At     when   `json:"at"`
}

// statusTimes are the ticks of an outgoing message.
type statusTimes struct {
	SentAt      when `json:"sent"`
	DeliveredAt when `json:"delivered"`
	ReadAt      when `json:"read"`
	PlayedAt    when `json:"played"`
	FailedAt    when `json:"failed"`
}

// failure is why a message did not leave.
type failure struct {
	Code   string         `json:"code" doc:"stable and translatable; one of the codes in FailureCode, or a newer one"`
	Params map[string]any `json:"params,omitempty" doc:"provider_code and what the text needs"`
}

// price is what the provider said about the cost of a message.
type price struct {
	Category string `json:"category"`
	Billable bool   `json:"billable"`
	Type     string `json:"type,omitempty" doc:"regular, free_customer_service, free_entry_point"`
	Micros   int64  `json:"micros,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// viewMessage translates a message; what may be done with it is added by
// messageCan.
func viewMessage(m *store.MessageView, l *lineOf) message {
	c := m.Content
	return message{
		ID: id(m.ID), ClientID: m.ClientID, TicketID: ref(m.TicketID), ContactID: id(m.ContactID), ConnectionID: id(m.ConnectionID),
		Direction: m.Direction, Author: m.Author, UserID: ref(m.UserID), Type: m.Type, Body: m.Body,
		Media: viewed(m.Media, viewMedia), ReplyTo: viewQuoted(m), Reactions: viewed(m.Reactions, viewReaction),
		Template: c.Template, Interactive: c.Interactive, Location: c.Location, Contacts: c.Contacts, Order: c.Order,
		System: c.System, Call: c.Call, Referral: c.Referral, Forwarded: c.Forwarded, Animated: c.Animated,
		Unsupported: c.Unsupported, Status: m.Status, StatusTimes: statusTimes{SentAt: when(m.SentAt), DeliveredAt: when(m.DeliveredAt),
			ReadAt: when(m.ReadAt), PlayedAt: when(m.PlayedAt), FailedAt: when(m.FailedAt)},
		ProviderID: m.ProviderID, Error: viewFailure(m.Error), Price: viewPrice(m.Price), RetryOf: ref(m.RetryOf),
		RetriedBy: ref(m.RetriedBy), RetryFrom: when(m.RetryFrom(l.settings)), Dismissed: m.Dismissed, MayWait: m.Queue, ExpiresAt: when(m.ExpiresAt), At: when(m.At), Pos: m.Pos,
		ProviderAt: when(m.ProviderAt), EditedAt: when(m.EditedAt), DeletedAt: when(m.DeletedAt), Can: []messageAction{}, Version: m.Rev,
	}
}

func viewQuoted(m *store.MessageView) *quoted {
	switch {
	case m.Reply != nil:
		return &quoted{ID: ref(m.Reply.ID), Type: m.Reply.Type, Excerpt: m.Reply.Text, Author: m.Reply.Author, UserID: ref(m.Reply.UserID)}
	case m.Content.QuotedID != "":
		return &quoted{}
	}
	return nil
}

func viewReaction(r desk.Reaction) reaction {
	return reaction{Author: r.Author, UserID: ref(r.UserID), Emoji: r.Emoji, At: when(r.At)}
}

func viewFailure(f *desk.Failure) *failure {
	if f == nil {
		return nil
	}
	return &failure{Code: f.Code, Params: f.Params}
}

func viewPrice(p *desk.Price) *price {
	if p == nil {
		return nil
	}
	return &price{Category: p.Category, Billable: p.Billable, Type: p.Type, Micros: p.Micros, Currency: p.Currency}
}

// messageCan lists what the viewer may do with a message of ticket t, nil for
// none: what she may do with the ticket, as far as the message's state and the
// connection allow it.
func messageCan(v *desk.Viewer, t *desk.Ticket, m *store.MessageView, l *lineOf) []messageAction {
	can := []messageAction{}
	if t == nil {
		return can
	}
	add := func(a messageAction, ok bool) {
		if ok {
			can = append(can, a)
		}
	}
	known := m.ProviderID != "" && m.DeletedAt == 0
	waits := m.Status == desk.StatusWaiting && v.MayChangeWaiting(m.UserID)
	stuck := m.Direction == desk.Out && slices.Contains([]desk.MessageStatus{desk.StatusFailed, desk.StatusUncertain, desk.StatusExpired}, m.Status)
	again := desk.ActReply
	if m.Type == desk.TypeTemplate {
		again = desk.ActTemplate
	}
	resend := stuck && m.RetriedBy == 0 && v.MayOnTicket(again, t)
	add(msgReply, known && l.caps.Replies && v.MayOnTicket(desk.ActReply, t))
	add(msgReact, known && l.caps.Reactions && v.MayOnTicket(desk.ActReact, t))
	add(msgEdit, waits)
	add(msgCancel, waits)
	add(msgRetry, resend)
	add(msgWait, resend && l.caps.Windowed && m.Type != desk.TypeTemplate)
	add(msgDismiss, stuck && !m.Dismissed)
	return can
}
