package channel

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Outgoing is one message on its way to the provider.
type Outgoing struct {
	MessageID desk.ID // the correlation that comes back in statuses
	To        Recipient
	Type      desk.MessageType
	Body      string
	Content   desk.Content
	QuotedID  string // provider id of the message it answers
	ReactTo   string // provider id, for reactions
	Media     *OutgoingMedia
	// MediaByID opens other files the content names (template and interactive
	// headers), by media id.
	MediaByID map[desk.ID]*OutgoingMedia
}

// Recipient is the address to answer, in the forms we know.
type Recipient struct {
	Phone  string // exact provider form if known, else canonical digits
	UserID string
	Email  string
}

// OutgoingMedia is a file of ours. Open may be called more than once.
type OutgoingMedia struct {
	MIME   string
	Name   string
	Size   int64
	SHA256 string
	Open   func(context.Context) (io.ReadCloser, error)
}

// Sent is the provider's acceptance.
type Sent struct {
	ProviderID string
	To         Recipient // canonical form the provider answered with; may be empty
	Held       bool      // accepted but held back (template pacing)
}

// Failure says why a provider call failed and what may be done about it.
type Failure struct {
	Retryable    bool
	Certain      bool          // the provider has certainly not taken the message
	After        time.Duration // not before; 0 = by back-off
	Code         string        // the provider's own code, for logs and support
	Key          string        // our stable, translatable reason
	Details      string        // provider's words, for administrators; no personal data
	WindowClosed bool
	AuthFailed   bool // the connection as a whole can't go on
	StopSending  bool // account-wide block (payment, policy)
	Err          error
}

func (f *Failure) Error() string {
	s := fmt.Sprintf("provider refused: %s (%s)", f.Key, f.Code)
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

func (f *Failure) Unwrap() error { return f.Err }
