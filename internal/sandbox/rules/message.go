package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Message is the body of POST /{phone_number_id}/messages (Meta: messages).
type Message struct {
	Product   string       `json:"messaging_product"`
	Kind      string       `json:"recipient_type"`
	To        string       `json:"to"`
	Recipient string       `json:"recipient"` // BSUID
	Type      string       `json:"type"`
	Status    string       `json:"status"`
	MessageID string       `json:"message_id"`
	Typing    *Typing      `json:"typing_indicator"`
	Context   *Context     `json:"context"`
	Callback  string       `json:"biz_opaque_callback_data"`
	Text      *Text        `json:"text"`
	Image     *MediaRef    `json:"image"`
	Video     *MediaRef    `json:"video"`
	Audio     *MediaRef    `json:"audio"`
	Document  *MediaRef    `json:"document"`
	Sticker   *MediaRef    `json:"sticker"`
	Location  *Location    `json:"location"`
	Contacts  []Contact    `json:"contacts"`
	Reaction  *Reaction    `json:"reaction"`
	Interact  *Interactive `json:"interactive"`
	Template  *Template    `json:"template"`
}

// Typing asks for the typing indicator.
type Typing struct {
	Type string `json:"type"`
}

// Context makes a message a quoted reply.
type Context struct {
	MessageID string `json:"message_id"`
}

// Text is a text message.
type Text struct {
	Body    string `json:"body"`
	Preview bool   `json:"preview_url"`
}

// MediaRef points to a file by upload id or link.
type MediaRef struct {
	ID       string `json:"id"`
	Link     string `json:"link"`
	Caption  string `json:"caption"`
	Filename string `json:"filename"`
	Voice    bool   `json:"voice"`
	Provider string `json:"provider"`
}

// Location is a point on the map. Meta accepts numbers and strings.
type Location struct {
	Latitude  Flexible `json:"latitude"`
	Longitude Flexible `json:"longitude"`
	Name      string   `json:"name"`
	Address   string   `json:"address"`
}

// Reaction is an emoji on a message; empty removes it.
type Reaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
}

// Flexible is a value that Meta takes as a JSON string or number.
type Flexible string

// UnmarshalJSON implements json.Unmarshaler.
func (f *Flexible) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*f = Flexible(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return errors.New("must be a string or a number")
	}
	*f = Flexible(n)
	return nil
}

// Limits of free messages (Meta: messages).
const (
	maxText     = 4096
	maxCaption  = 1024
	maxCallback = 512
	maxContacts = 257
)

// Decode reads and checks the body of a send request, except for what depends
// on state: recipient, window, template, media and quoted message.
func Decode(body []byte) (*Message, *Error) {
	var m Message
	if err := strict(body, &m); err != nil {
		return nil, err
	}
	if m.Product != "whatsapp" {
		return nil, New(100, "The parameter messaging_product is required and must be whatsapp.")
	}
	if m.Status != "" {
		return &m, m.checkRead()
	}
	if err := m.checkEnvelope(); err != nil {
		return nil, err
	}
	return &m, m.checkContent()
}

// IsRead reports whether the request is a read receipt rather than a message.
func (m *Message) IsRead() bool { return m.Status != "" }

// MediaRef returns the file of a media message, or nil.
func (m *Message) MediaRef() *MediaRef {
	return map[string]*MediaRef{"image": m.Image, "video": m.Video, "audio": m.Audio,
		"document": m.Document, "sticker": m.Sticker}[m.Type]
}

func (m *Message) checkRead() *Error {
	switch {
	case m.Status != "read":
		return New(100, "Param status must be one of {read}.")
	case m.MessageID == "":
		return New(100, "The parameter message_id is required.")
	case m.Typing != nil && m.Typing.Type != "text":
		return New(100, "Param typing_indicator['type'] must be one of {text}.")
	}
	return nil
}

func (m *Message) checkEnvelope() *Error {
	if m.Type == "" {
		m.Type = "text"
	}
	switch {
	case m.Kind != "" && m.Kind != "individual":
		return New(100, "Param recipient_type must be individual for this account.")
	case m.To == "" && m.Recipient == "":
		return New(100, "The parameter to is required.")
	case len(m.Callback) > maxCallback || strings.ContainsRune(m.Callback, 0):
		return New(100, "Param biz_opaque_callback_data must be at most %d characters long.", maxCallback)
	case m.Context != nil && m.Context.MessageID == "":
		return New(100, "The parameter context['message_id'] is required.")
	}
	return nil
}

// checkContent wants exactly the object of the message's type.
func (m *Message) checkContent() *Error {
	present := map[string]bool{"text": m.Text != nil, "image": m.Image != nil, "video": m.Video != nil,
		"audio": m.Audio != nil, "document": m.Document != nil, "sticker": m.Sticker != nil,
		"location": m.Location != nil, "contacts": m.Contacts != nil, "reaction": m.Reaction != nil,
		"interactive": m.Interact != nil, "template": m.Template != nil}
	has, known := present[m.Type]
	if !known {
		return New(131051, "Message type %.40q is not currently supported.", m.Type)
	}
	if !has {
		return New(131008, "The parameter %s is required.", m.Type)
	}
	switch m.Type {
	case "text":
		return m.Text.check()
	case "location":
		return m.Location.check("location")
	case "contacts":
		return checkContacts(m.Contacts)
	case "reaction":
		return m.Reaction.check()
	case "interactive":
		return m.Interact.check()
	case "template":
		return m.Template.check()
	}
	return m.MediaRef().check(m.Type)
}

func (t *Text) check() *Error {
	if t.Body == "" {
		return New(100, "Param text['body'] must be a string with at least 1 character.")
	}
	return atMost("text['body']", t.Body, maxText, 100)
}

func (r *MediaRef) check(kind string) *Error {
	switch {
	case r.ID == "" && r.Link == "":
		return New(131008, "The parameter %s['id'] or %s['link'] is required.", kind, kind)
	case r.ID != "" && r.Link != "":
		return New(100, "Only one of %s['id'] and %s['link'] may be given.", kind, kind)
	case r.Caption != "" && (kind == "audio" || kind == "sticker"):
		return New(100, "Unexpected key \"caption\" on param %q.", kind)
	case r.Filename != "" && kind != "document":
		return New(100, "Unexpected key \"filename\" on param %q.", kind)
	case r.Voice && kind != "audio":
		return New(100, "Unexpected key \"voice\" on param %q.", kind)
	}
	return atMost(kind+"['caption']", r.Caption, maxCaption, 100)
}

func (l *Location) check(param string) *Error {
	if !within(l.Latitude, 90) {
		return New(131009, "Param %s['latitude'] must be a number between -90 and 90.", param)
	}
	if !within(l.Longitude, 180) {
		return New(131009, "Param %s['longitude'] must be a number between -180 and 180.", param)
	}
	return nil
}

func (r *Reaction) check() *Error {
	if r.MessageID == "" {
		return New(131008, "The parameter reaction['message_id'] is required.")
	}
	if r.Emoji != "" && !isEmoji(r.Emoji) {
		return New(131009, "Param reaction['emoji'] must be a single emoji.")
	}
	return nil
}

// strict decodes JSON and refuses keys Meta doesn't know, as Meta does.
func strict(body []byte, into any) *Error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return New(100, "The request body holds more than one JSON value.")
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return New(100, "Param %s must not be of type %s.", wrong.Field, wrong.Value)
	}
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return New(100, "Unexpected key %s.", key)
	}
	return New(100, fmt.Sprintf("The request body is not valid JSON of this endpoint: %.80s", err))
}
