package desk

import "time"

// Contact is a person outside the company.
type Contact struct {
	ID               ID
	AccountID        ID
	Name             string
	Phone            string // digits with country code, canonical (ninth digit); may be empty
	Email            string
	FirstName        string
	LastName         string
	Document         string // CPF or CNPJ, digits and letters only
	BirthDate        string // YYYY-MM-DD
	Company          string
	OwnerUserID      ID // wallet
	Extra            []ExtraField
	Blocked          bool
	DisableBot       bool
	AcceptsMarketing bool
	PhotoID          ID
	MergedInto       ID
	Tags             []ID
	Rev              int64
	CreatedAt        Time
	UpdatedAt        Time
}

// ExtraField is one key/value the company keeps about a contact, usable as a
// text variable.
type ExtraField struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// IdentityKind says what sort of address an identity is.
type IdentityKind string

// Identity kinds.
const (
	IdentityPhone    IdentityKind = "phone"         // folded match key of a phone number, see MatchKey
	IdentityEmail    IdentityKind = "email"         // lower-cased address
	IdentityWhatsApp IdentityKind = "whatsapp_user" // BSUID, Meta's business-scoped user id
)

// Identity is one address of a contact on a channel, unique per account, kind
// and key. Address keeps the provider's exact form beside the folded key
// (decisions.md 22).
type Identity struct {
	ID        ID
	AccountID ID
	ContactID ID
	Kind      IdentityKind
	Key       string
	Address   string // e.g. the wa_id without the ninth digit
	CreatedAt Time
}

// Channel is what we know of one contact on one connection: the service window
// lives here (decisions.md 8). It is the row that serialises inbound, start,
// close, reopen and merge (decisions.md 4).
type Channel struct {
	ID              ID
	AccountID       ID
	ContactID       ID
	ConnectionID    ID
	IdentityID      ID     // the address that wrote last, the one to answer
	LastInboundAt   Time   // our clamp of the provider's time
	LastInboundID   string // provider id of the newest inbound message, for read receipts
	WindowExpiresAt Time
}

// Ticket is one unit of service between a contact and the company over one
// connection.
type Ticket struct {
	ID              ID
	AccountID       ID
	Number          int64
	ContactID       ID
	ConnectionID    ID
	ChannelID       ID
	IdentityID      ID
	QueueID         ID
	UserID          ID
	WalletUserID    ID
	TypeID          ID
	Status          TicketStatus
	Origin          Origin
	Bot             bool
	RecordOnly      bool // registered as already done; no times, no messages
	AwaitingContact bool // opened by us, the contact has not answered yet (B11)
	Unread          int
	FirstUnreadID   ID
	WaitingSince    Time // oldest inbound message without an answer
	WaitingCount    int  // our messages in line for the window
	QueuedAt        Time
	AcceptedAt      Time
	FirstResponseAt Time
	ClosedAt        Time
	ClosedBy        ID
	CloseSource     CloseSource
	LastMessageAt   Time
	LastMessageID   ID
	LastPos         int64
	CostMicros      int64
	Currency        string
	BillableCount   int
	Rev             int64
	CreatedBy       ID
	CreatedAt       Time
	UpdatedAt       Time
}

// Sight returns the part of the ticket that decides who sees it.
func (t *Ticket) Sight() Sight {
	return Sight{QueueID: t.QueueID, ConnectionID: t.ConnectionID, UserID: t.UserID,
		WalletUserID: t.WalletUserID, Status: t.Status, Bot: t.Bot}
}

// Live reports whether the ticket is not closed.
func (t *Ticket) Live() bool { return t.Status != Closed }

// Message is one thing said in a conversation, in or out.
type Message struct {
	ID           ID
	AccountID    ID
	ConnectionID ID
	ContactID    ID
	ChannelID    ID
	TicketID     ID     // none: a template sent without opening a ticket (B4)
	Pos          int64  // place in the timeline; milliseconds, strictly growing within a ticket
	ClientID     string // the Idempotency-Key with which it was made
	Direction    Direction
	Author       Author
	UserID       ID
	Type         MessageType
	Body         string // text, caption, or the words chosen in a button or list
	Content      Content
	TemplateID   ID
	ReplyTo      ID
	ProviderID   string
	Status       MessageStatus
	Queue        bool // sent with queue=true: may wait in line for the window
	Error        *Failure
	Attempts     int
	RunAt        Time // not before
	ExpiresAt    Time // waiting messages end here
	RetryOf      ID
	Dismissed    bool
	Price        *Price
	SentAt       Time
	DeliveredAt  Time
	ReadAt       Time
	PlayedAt     Time
	FailedAt     Time
	At           Time // our time
	ProviderAt   Time
	EditedAt     Time
	DeletedAt    Time
	DeletedBy    ID
	Rev          int64
}

// UncertainHold is how long a message whose fate is unknown holds up its
// conversation; RunAt says until when (decisions.md 10).
const UncertainHold = 30 * time.Second

// RetryFrom is when an uncertain message may be sent again: a report may settle
// it until then. 0 for every other one.
func (m *Message) RetryFrom(s Settings) Time {
	if m.Status != StatusUncertain {
		return 0
	}
	return m.RunAt.Add(time.Duration(s.UncertainResendMinutes)*time.Minute - UncertainHold)
}

// Failure is why a message did not leave, in stable codes.
type Failure struct {
	Code   string         `json:"code"` // translatable: window_closed, undeliverable, pair_rate …
	Params map[string]any `json:"params,omitempty"`
}

// Price is what the provider said about the cost of a message.
type Price struct {
	Category string `json:"category"`
	Billable bool   `json:"billable"`
	Type     string `json:"type,omitempty"` // regular, free_customer_service, free_entry_point
	Micros   int64  `json:"micros,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Reaction is one author's emoji on a message; an empty emoji removes it.
type Reaction struct {
	MessageID ID
	Author    string // "contact" or "us"
	UserID    ID
	Emoji     string
	At        Time
}

// MediaState is how far a file is.
type MediaState string

// Media states.
const (
	MediaPending MediaState = "pending" // to be fetched from the provider
	MediaReady   MediaState = "ready"
	MediaFailed  MediaState = "failed"
)

// Media is one file of a message or a photo. The bytes live under
// (account, sha256) and are shared within an account.
type Media struct {
	ID         ID
	AccountID  ID
	MessageID  ID
	State      MediaState
	Kind       MessageType
	MIME       string
	Name       string
	SHA256     string // hex
	Size       int64
	Width      int
	Height     int
	DurationMS int64
	ThumbSHA   string
	ProviderID string // where to fetch it, while pending
	Error      string
	UploadedBy ID
	CreatedAt  Time
}
