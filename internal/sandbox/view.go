package sandbox

import (
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// View is a message as a phone shows it, in both directions. Exactly what its
// Type needs is set.
type View struct {
	Type        string          `json:"type"` // as on the wire: text, image, interactive, button …
	Body        string          `json:"body,omitempty"`
	Header      string          `json:"header,omitempty"`
	Footer      string          `json:"footer,omitempty"`
	Media       *MediaView      `json:"media,omitempty"` // of a media message or a header
	Location    *LocationView   `json:"location,omitempty"`
	Contacts    []rules.Contact `json:"contacts,omitempty"`
	Reaction    *ReactionView   `json:"reaction,omitempty"`
	Buttons     []ButtonView    `json:"buttons,omitempty"`
	List        *ListView       `json:"list,omitempty"`
	Reply       *ReplyView      `json:"reply,omitempty"` // what the customer tapped
	Template    *TemplateView   `json:"template,omitempty"`
	Order       *Order          `json:"order,omitempty"`
	Referral    *Referral       `json:"referral,omitempty"`
	Unsupported string          `json:"unsupported,omitempty"`
	Revoked     string          `json:"revoked,omitempty"` // wamid of the deleted message
	Preview     bool            `json:"preview,omitempty"` // links are shown with a preview
}

// MediaView is a file in a chat.
type MediaView struct {
	ID    desk.ID `json:"id"`
	Kind  string  `json:"kind"` // image, video, audio, voice, document, sticker
	MIME  string  `json:"mime"`
	Name  string  `json:"name,omitempty"`
	Size  int64   `json:"size"`
	Voice bool    `json:"voice,omitempty"`
}

// LocationView is a point on the map.
type LocationView struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// ReactionView is an emoji on another message; empty removes it.
type ReactionView struct {
	WAMID string `json:"wamid"`
	Emoji string `json:"emoji"`
}

// ButtonView is something to tap under a message.
type ButtonView struct {
	Type    string `json:"type"` // reply, url, phone, copy, flow, location, call
	ID      string `json:"id,omitempty"`
	Text    string `json:"text"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// ListView is the list behind a button.
type ListView struct {
	Button   string        `json:"button"`
	Sections []ListSection `json:"sections"`
}

// ListSection groups rows of a list.
type ListSection struct {
	Title string         `json:"title,omitempty"`
	Rows  []rules.Choice `json:"rows"`
}

// ReplyView is what was chosen.
type ReplyView struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// TemplateView names the template a message came from.
type TemplateView struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
}

// Message is one line of the ledger.
type Message struct {
	ID          desk.ID        `json:"id"`
	ChatID      desk.ID        `json:"chat_id"`
	Seq         int64          `json:"seq"` // order of acceptance within the number
	Direction   desk.Direction `json:"direction"`
	WAMID       string         `json:"wamid"`
	Correlation string         `json:"correlation,omitempty"` // biz_opaque_callback_data
	Recipient   string         `json:"recipient,omitempty"`   // as the request named it
	Status      string         `json:"status"`                // sent, delivered, read, played, failed; received
	ErrorCode   int            `json:"error_code,omitempty"`
	Quoted      string         `json:"quoted,omitempty"` // wamid
	View        View           `json:"view"`
	Pricing     *Pricing       `json:"pricing,omitempty"`
	At          desk.Time      `json:"at"`
	SentAt      desk.Time      `json:"sent_at,omitempty"`
	DeliveredAt desk.Time      `json:"delivered_at,omitempty"`
	ReadAt      desk.Time      `json:"read_at,omitempty"`
	PlayedAt    desk.Time      `json:"played_at,omitempty"`
	FailedAt    desk.Time      `json:"failed_at,omitempty"`
}

// Pricing is the price tag of a status webhook (Meta: pricing per message).
type Pricing struct {
	Billable bool   `json:"billable"`
	Model    string `json:"pricing_model"`
	Type     string `json:"type"`     // regular, free_customer_service, free_entry_point
	Category string `json:"category"` // marketing, utility, authentication, service
}

// Statuses of messages.
const (
	statusReceived  = "received" // from the customer
	statusSent      = "sent"
	statusDelivered = "delivered"
	statusRead      = "read"
	statusPlayed    = "played"
	statusFailed    = "failed"
)
