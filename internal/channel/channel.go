// Package channel is the contract between the core and the ways in and out: a
// small mandatory Adapter, optional abilities found by type assertion, and
// capabilities as plain data. The core never switches on a channel kind.
package channel

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Adapter is what every channel must do.
type Adapter interface {
	Kind() desk.ChannelKind
	// Settings describes the configuration: it drives the admin form and its
	// validation, and marks secrets.
	Settings() Schema
	// Capabilities says what may be sent over the connection.
	Capabilities(Connection) Capabilities
	// Send hands one message to the provider. The error is always a *Failure.
	// It is called with a message that is committed as sending; it must not
	// retry by itself.
	Send(context.Context, Connection, Outgoing) (Sent, error)
}

// Registry holds the adapters that this build has, by kind.
type Registry map[desk.ChannelKind]Adapter

// Connection is a configured endpoint as adapters see it: settings are opened.
type Connection struct {
	ID         desk.ID
	AccountID  desk.ID
	Kind       desk.ChannelKind
	Name       string
	Identifier string
	ExternalID string // phone_number_id
	GroupID    string // waba_id
	Settings   map[string]string
}

// Webhook is the ability to receive pushes.
type Webhook interface {
	// Challenge answers the provider's verification of the URL (GET). ok is
	// false when the token is wrong.
	Challenge(Connection, *http.Request) (body string, ok bool)
	// Verify checks the signature over the raw body, in constant time.
	Verify(Connection, http.Header, []byte) bool
	// Parse splits a body into elements in provider order. It is pure, never
	// panics and never loses an element: what it can't read becomes an element
	// with Err set. An error means that the body as a whole is not JSON of this
	// provider.
	Parse([]byte) ([]Element, error)
	// Interpret reads one stored element; used again on replay. An error is
	// deterministic: the element stays unprocessed with it as the reason.
	Interpret(json.RawMessage) (Event, error)
}

// Element is one part of a webhook body, stored before it is interpreted. Raw
// is self-contained: Interpret(Raw) needs nothing else of the body.
type Element struct {
	Key        string // deduplication within the connection
	ExternalID string // endpoint it is for; empty: all connections of GroupID
	GroupID    string
	Raw        json.RawMessage
	Err        error
}

// Prober checks credentials and health with the provider.
type Prober interface {
	Check(context.Context, Connection) (Health, error) // error is a *Failure
}

// Health is what a check found.
type Health struct {
	State      desk.ConnectionState
	Reason     string            // stable code when State is not connected
	Identifier string            // the number or address, for people
	Details    map[string]string // quality, throughput, tier, verified_name …
}

// MediaFetcher gets a received file from the provider.
type MediaFetcher interface {
	// Fetch opens the file named by a received message's media. The reader is
	// limited by the caller; Close must be called. sha256 (hex) is what the
	// provider promised, "" if it did not say.
	Fetch(ctx context.Context, c Connection, providerID string) (Fetched, error)
}

// Fetched is an open download.
type Fetched struct {
	Body   io.ReadCloser
	MIME   string
	SHA256 string // hex, promised by the provider; "" unknown
	Size   int64  // -1 unknown
}

// TemplateSource lists, creates and deletes pre-approved templates.
type TemplateSource interface {
	// Templates calls page for every page of the provider's list.
	Templates(ctx context.Context, c Connection, page func([]desk.Template) error) error
	CreateTemplate(context.Context, Connection, desk.Template) (desk.Template, error)
	DeleteTemplate(context.Context, Connection, desk.Template) error
}

// ReadMarker tells the contact that we have read up to a message; with typing
// it also shows that we are writing.
type ReadMarker interface {
	MarkRead(ctx context.Context, c Connection, providerID string, typing bool) error
}

// Pacer declares sending limits that the outbox keeps.
type Pacer interface {
	Pace(Connection) Pace
}

// Pace is the rate a connection may send at.
type Pace struct {
	PerSecond  float64       // whole connection
	PairEvery  time.Duration // to the same contact, on average; 0 = no limit
	PairBurst  int
	Idempotent bool          // sending the same message id twice delivers once
	AfterMedia time.Duration // wait at most this long for delivered before the next message of the conversation; 0 = don't
}

// Capabilities is what may be sent over a connection. API, bots and browser
// obey the same data.
type Capabilities struct {
	Windowed   bool                            `json:"windowed" doc:"free content only within the service window"`
	Templates  bool                            `json:"templates"`
	Text       int                             `json:"text_max" doc:"characters; 0 = no text"`
	Caption    int                             `json:"caption_max"`
	Media      map[desk.MessageType]MediaLimit `json:"media"`
	Location   bool                            `json:"location"`
	Contacts   int                             `json:"contacts_max" doc:"cards in one message; 0 = none"`
	Buttons    int                             `json:"buttons_max"`
	ListRows   int                             `json:"list_rows_max"`
	Link       bool                            `json:"link_button"`
	Reactions  bool                            `json:"reactions"`
	Replies    bool                            `json:"replies"`
	Receipts   bool                            `json:"receipts" doc:"read receipts and typing to the contact"`
	NeedsPhone bool                            `json:"needs_phone"`
	NeedsEmail bool                            `json:"needs_email"`
}

// MediaLimit bounds the files of one kind.
type MediaLimit struct {
	MaxBytes int64    `json:"max_bytes"`
	MIME     []string `json:"mime" doc:"accepted types; an entry ending in /* accepts the whole family"`
	Caption  bool     `json:"caption"`
}

// Schema describes a connection's settings.
type Schema struct {
	Fields []SettingField `json:"fields"`
	// Endpoint and Group are the keys of the settings that hold a Connection's
	// ExternalID and GroupID; empty where the channel has none.
	Endpoint string `json:"-"`
	Group    string `json:"-"`
}

// SettingField is one setting of a connection.
type SettingField struct {
	Key       string   `json:"key"`
	Type      string   `json:"type" enum:"text,secret,url,select"`
	Required  bool     `json:"required"`
	Secret    bool     `json:"secret" doc:"write-only; answers tell only whether it is set"`
	Generated bool     `json:"generated" doc:"made by the server when absent"`
	Default   string   `json:"default,omitempty"`
	Options   []string `json:"options,omitempty"`
	Pattern   string   `json:"pattern,omitempty"`
	MaxLength int      `json:"max_length,omitempty"`
}
