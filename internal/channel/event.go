package channel

import "github.com/prosa-desk/prosa/internal/desk"

// Event is one interpreted element. Exactly one field is set; none means that
// the element is known and needs nothing done.
type Event struct {
	Message  *Incoming
	Reaction *IncomingReaction
	Status   *Status
	Template *TemplateUpdate
	Account  *AccountUpdate
	Consent  *Consent
	Identity *IdentityChange
	Revoke   *Revoke
	Edit     *Edit
}

// Sender is who wrote, in every form the provider gave.
type Sender struct {
	Phone  string // digits as the provider writes them (wa_id); may be empty
	UserID string // business-scoped user id (BSUID); may be empty
	Name   string // profile name
}

// Incoming is a received message, or an echo of one typed on the phone itself.
type Incoming struct {
	ProviderID string
	From       Sender // with Echo: whom it was sent to
	At         desk.Time
	Type       desk.MessageType
	Body       string
	Content    desk.Content
	Media      *IncomingMedia
	QuotedID   string // provider id of the message it answers
	Echo       bool   // typed on the connected phone: stored as ours, opens no window, starts no ticket
	NoWindow   bool   // system notes don't open the window
}

// IncomingMedia names a file still at the provider.
type IncomingMedia struct {
	ProviderID string
	MIME       string
	SHA256     string // hex
	Name       string
	Size       int64
	Voice      bool
}

// IncomingReaction is an emoji on one of the conversation's messages; empty
// removes it.
type IncomingReaction struct {
	ProviderID string // of the reaction itself
	From       Sender
	At         desk.Time
	TargetID   string
	Emoji      string
}

// Status is what became of a message we sent.
type Status struct {
	ProviderID  string
	Correlation string // our message id, as given to Send
	Status      desk.MessageStatus
	At          desk.Time
	Recipient   Sender
	Failure     *Failure
	Price       *desk.Price
}

// TemplateUpdate is a change of a template at the provider. Empty fields did
// not change.
type TemplateUpdate struct {
	GroupID    string
	ProviderID string
	Name       string
	Language   string
	Status     string
	Category   string
	Quality    string
	Reason     string
	Resync     bool // components changed: fetch it again
}

// AccountUpdate is news about the number or the account behind it.
type AccountUpdate struct {
	GroupID    string
	Identifier string               // display number it is about; empty: all of the group
	Code       string               // stable: quality, throughput, name, restriction, ban, review, capability, alert, security …
	State      desk.ConnectionState // "" keeps it
	Details    map[string]string
	Severe     bool // administrators are notified
}

// Consent is a contact's wish about marketing.
type Consent struct {
	From      Sender
	At        desk.Time
	Marketing bool
}

// IdentityChange says that a contact has a new number or user id.
type IdentityChange struct {
	ProviderID string
	Old        Sender
	New        Sender
	At         desk.Time
	Text       string
}

// Revoke says that the contact deleted a message, or with Echo that we did on
// the connected phone itself.
type Revoke struct {
	From     Sender // the contact of the conversation, also with Echo
	TargetID string
	At       desk.Time
	Echo     bool
}

// Edit says that the text of a message was changed after it was sent: by the
// contact, or with Echo by us on the connected phone itself.
type Edit struct {
	ProviderID string // of the edit itself
	From       Sender // the contact of the conversation, also with Echo
	TargetID   string
	Body       string
	At         desk.Time
	Echo       bool
}
