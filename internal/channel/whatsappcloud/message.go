package whatsappcloud

import (
	"encoding/json"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// message is what all received messages and echoes have in common. Meta:
// webhooks/messages.
type message struct {
	ID         text       `json:"id"`
	From       text       `json:"from"`
	FromUserID text       `json:"from_user_id"`
	To         text       `json:"to"`
	ToUserID   text       `json:"to_user_id"`
	Timestamp  text       `json:"timestamp"`
	Type       text       `json:"type"`
	GroupID    text       `json:"group_id"`
	Context    *quotation `json:"context"`
	Referral   *referral  `json:"referral"`
	Errors     []apiError `json:"errors"`

	at      desk.Time
	who     channel.Sender
	content json.RawMessage // the object that the type names
}

// quotation is the context of a message: what it answers or where it came from.
type quotation struct {
	ID        text `json:"id"`
	Forwarded bool `json:"forwarded"`
	Often     bool `json:"frequently_forwarded"`
	Product   *struct {
		ID text `json:"product_retailer_id"`
	} `json:"referred_product"`
}

type referral struct {
	SourceType text `json:"source_type"`
	SourceID   text `json:"source_id"`
	SourceURL  text `json:"source_url"`
	Headline   text `json:"headline"`
	Body       text `json:"body"`
	ClickID    text `json:"ctwa_clid"`
}

// readMessage decodes the common part. Its content is still to be read.
func (e element) readMessage() (message, error) {
	var m message
	if err := decode(e.Item, &m, "message"); err != nil {
		return m, err
	}
	if m.GroupID != "" {
		return m, ReasonGroupMessage
	}
	if m.ID == "" {
		return m, malformed("message.id")
	}
	at, err := instant(m.Timestamp)
	if err != nil {
		return m, err
	}
	m.at = at
	var fields map[string]json.RawMessage
	if err := decode(e.Item, &fields, "message"); err != nil {
		return m, err
	}
	m.content = fields[string(m.Type)]
	return m, nil
}

// message reads what a contact sent.
func (e element) message() (channel.Event, error) {
	m, err := e.readMessage()
	if err != nil {
		return channel.Event{}, err
	}
	m.who = e.sender(m.From, m.FromUserID)
	if m.Type == "system" {
		return m.system()
	}
	if m.who.Phone == "" && m.who.UserID == "" {
		return channel.Event{}, malformed("message.from")
	}
	switch m.Type {
	case "reaction":
		return m.reaction()
	case "revoke":
		return m.revoke(false)
	case "edit":
		return m.edit(false)
	case "request_welcome":
		return m.note("request_welcome", ""), nil
	}
	in, err := m.incoming()
	return channel.Event{Message: in}, err
}

// echo reads what was typed on the phone itself. Meta: webhooks/smb_message_echoes.
func (e element) echo() (channel.Event, error) {
	m, err := e.readMessage()
	if err != nil {
		return channel.Event{}, err
	}
	m.who = e.sender(m.To, m.ToUserID)
	if m.who.Phone == "" && m.who.UserID == "" {
		return channel.Event{}, malformed("message.to")
	}
	switch m.Type {
	case "reaction":
		return channel.Event{}, ReasonEchoReaction
	case "revoke":
		return m.revoke(true)
	case "edit":
		return m.edit(true)
	}
	in, err := m.incoming()
	if err != nil {
		return channel.Event{}, err
	}
	in.Echo, in.NoWindow = true, true
	return channel.Event{Message: in}, nil
}

// incoming reads a message by its type. Unknown types are kept as unsupported:
// the contact did write.
func (m message) incoming() (*channel.Incoming, error) {
	in := &channel.Incoming{ProviderID: string(m.ID), From: m.who, At: m.at}
	if c := m.Context; c != nil {
		in.QuotedID = string(c.ID)
		in.Content.Forwarded = c.Forwarded || c.Often
		if c.Product != nil {
			in.Content.Referral = &desk.Referral{SourceType: "product", SourceID: string(c.Product.ID)}
		}
	}
	if r := m.Referral; r != nil {
		in.Content.Referral = &desk.Referral{
			SourceType: string(r.SourceType), SourceID: string(r.SourceID), SourceURL: string(r.SourceURL),
			Headline: string(r.Headline), Body: string(r.Body), ClickID: string(r.ClickID),
		}
	}
	read, known := contents[string(m.Type)]
	if !known || m.content == nil && len(m.Errors) > 0 {
		m.unsupported(in)
		return in, nil
	}
	if err := read(m, in); err != nil {
		return nil, err
	}
	return in, nil
}

// unsupported marks a message that the Cloud API does not hand over, or whose
// type we don't know, with the best name of it that there is.
func (m message) unsupported(in *channel.Incoming) {
	var of struct {
		Type text `json:"type"`
	}
	if m.Type == "unsupported" && m.content != nil {
		_ = json.Unmarshal(m.content, &of) // only a name for people is lost
	}
	kind := of.Type
	if kind == "" && m.Type != "unsupported" {
		kind = m.Type
	}
	in.Type = desk.TypeUnsupported
	in.Content.Unsupported = first(kind, "unknown")
}

// reaction reads an emoji on a message; without one the earlier is removed.
func (m message) reaction() (channel.Event, error) {
	var r struct {
		MessageID text `json:"message_id"`
		Emoji     text `json:"emoji"`
	}
	if err := decode(m.content, &r, "reaction"); err != nil {
		return channel.Event{}, err
	}
	if r.MessageID == "" {
		return channel.Event{}, malformed("reaction.message_id")
	}
	return channel.Event{Reaction: &channel.IncomingReaction{
		ProviderID: string(m.ID), From: m.who, At: m.at, TargetID: string(r.MessageID), Emoji: string(r.Emoji),
	}}, nil
}

func (m message) revoke(echo bool) (channel.Event, error) {
	var r struct {
		Target text `json:"original_message_id"`
	}
	if err := decode(m.content, &r, "revoke"); err != nil {
		return channel.Event{}, err
	}
	if r.Target == "" {
		return channel.Event{}, malformed("revoke.original_message_id")
	}
	return channel.Event{Revoke: &channel.Revoke{From: m.who, TargetID: string(r.Target), At: m.at, Echo: echo}}, nil
}

// edit reads a changed text or caption.
func (m message) edit(echo bool) (channel.Event, error) {
	var ed struct {
		Target  text                       `json:"original_message_id"`
		Message map[string]json.RawMessage `json:"message"`
	}
	if err := decode(m.content, &ed, "edit"); err != nil {
		return channel.Event{}, err
	}
	var kind text
	if err := decode(ed.Message["type"], &kind, "edit.message.type"); err != nil || ed.Target == "" {
		return channel.Event{}, malformed("edit.message")
	}
	var body struct {
		Body    text `json:"body"`
		Caption text `json:"caption"`
	}
	if err := decode(ed.Message[string(kind)], &body, "edit.message"); err != nil {
		return channel.Event{}, err
	}
	return channel.Event{Edit: &channel.Edit{
		ProviderID: string(m.ID), From: m.who, TargetID: string(ed.Target),
		Body: first(body.Body, body.Caption), At: m.at, Echo: echo,
	}}, nil
}

// systemNews is news about the contact. Meta: webhooks/messages/system.
type systemNews struct {
	Type       text `json:"type"`
	Body       text `json:"body"`
	WaID       text `json:"wa_id"`
	NewWaID    text `json:"new_wa_id"` // before v12
	UserID     text `json:"user_id"`
	PreviousID text `json:"previous_user_id"`
}

// former is who the contact was.
func (s systemNews) former(who channel.Sender) channel.Sender {
	switch {
	case s.PreviousID != "":
		who.UserID = string(s.PreviousID)
	case who.UserID == string(s.UserID):
		who.UserID = "" // from_user_id already is the new one
	}
	return who
}

func (m message) system() (channel.Event, error) {
	var s systemNews
	if err := decode(m.content, &s, "system"); err != nil {
		return channel.Event{}, err
	}
	if m.who.Phone == "" && m.who.UserID == "" && s.PreviousID == "" {
		return channel.Event{}, malformed("message.from")
	}
	old := s.former(m.who)
	next := channel.Sender{Phone: digits(first(s.WaID, s.NewWaID)), UserID: string(s.UserID), Name: m.who.Name}
	switch s.Type {
	case "user_changed_number", "customer_changed_number":
		if next.Phone == "" {
			return channel.Event{}, malformed("system.wa_id")
		}
	case "user_changed_user_id":
		if next.UserID == "" {
			return channel.Event{}, malformed("system.user_id")
		}
		if next.Phone == "" {
			next.Phone = old.Phone
		}
	default:
		return m.note(first(s.Type, "unknown"), string(s.Body)), nil
	}
	if old.Phone == "" && old.UserID == "" {
		return channel.Event{}, malformed("message.from")
	}
	return channel.Event{Identity: &channel.IdentityChange{
		ProviderID: string(m.ID), Old: old, New: next, At: m.at, Text: string(s.Body),
	}}, nil
}

// note is a message that the platform wrote, not the contact: no window opens.
func (m message) note(kind, body string) channel.Event {
	return channel.Event{Message: &channel.Incoming{
		ProviderID: string(m.ID), From: m.who, At: m.at, Type: desk.TypeSystem, Body: body, NoWindow: true,
		Content: desk.Content{System: &desk.SystemNote{Kind: kind, Text: body}},
	}}
}
