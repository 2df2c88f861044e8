package sandbox

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

const (
	maxCustomerText    = 65536 // what a phone lets people type
	maxCustomerCaption = 1024
)

// fill puts together what the phone shows and what the webhook says (Meta:
// webhooks, messages).
func (s *Sandbox) fill(ctx context.Context, in *incoming) error {
	in.wire = map[string]any{"id": in.m.WAMID, "timestamp": seconds(in.m.At), "from_user_id": in.chat.User.UserID}
	if !in.chat.User.HidePhone {
		in.wire["from"] = in.chat.User.WaID
	}
	if err := s.fillContext(ctx, in); err != nil {
		return err
	}
	switch in.cm.Type {
	case TypeText:
		return in.fillText()
	case TypeImage, TypeVideo, TypeAudio, TypeVoice, TypeDocument, TypeSticker:
		return s.fillMedia(ctx, in)
	case TypeLocation:
		return in.fillLocation()
	case TypeContacts:
		return in.fillContacts()
	case TypeReaction:
		return s.fillReaction(ctx, in)
	case TypeButtonReply, TypeListReply, TypeTemplateButton:
		return s.fillChoice(ctx, in)
	case TypeOrder:
		return in.fillOrder()
	case TypeUnsupported:
		return in.fillUnsupported()
	case TypeRevoke:
		return s.fillRevoke(ctx, in)
	case TypeNewNumber:
		return in.fillNewNumber()
	}
	return desk.RefuseField("type", desk.CodeInvalid)
}

// kind names the message on the wire, with its object.
func (in *incoming) kind(name string, object any) {
	in.m.View.Type = name
	in.wire["type"] = name
	in.wire[name] = object
}

// fillContext adds what the message answers, that it was forwarded, and the ad
// it came from.
func (s *Sandbox) fillContext(ctx context.Context, in *incoming) error {
	if in.cm.ReplyTo != "" {
		quoted, err := s.targetOf(ctx, in, in.cm.ReplyTo, "reply_to")
		if err != nil {
			return err
		}
		in.wire["context"] = in.context(quoted)
	} else if in.cm.Forwarded {
		in.wire["context"] = map[string]any{"forwarded": true}
	}
	r := in.cm.Referral
	if r == nil {
		return nil
	}
	if r.SourceType != "ad" && r.SourceType != "post" {
		return desk.RefuseField("referral.source_type", desk.CodeInvalid)
	}
	if r.MediaType != "" && r.MediaType != "image" && r.MediaType != "video" {
		return desk.RefuseField("referral.media_type", desk.CodeInvalid)
	}
	in.wire["referral"], in.m.View.Referral = r, r
	return nil
}

// context refers to another message; a hidden phone is left out.
func (in *incoming) context(m Message) map[string]any {
	ref := map[string]any{"id": m.WAMID}
	if m.Direction == desk.Out {
		ref["from"] = in.n.Display
	} else if !in.chat.User.HidePhone {
		ref["from"] = in.chat.User.WaID
	}
	return ref
}

func (in *incoming) fillText() error {
	if in.cm.Body == "" {
		return desk.RefuseField("body", desk.CodeEmptyMessage)
	}
	if len([]rune(in.cm.Body)) > maxCustomerText {
		return desk.RefuseField("body", desk.CodeTooLong).With("max", maxCustomerText)
	}
	in.m.View.Body = in.cm.Body
	in.kind("text", map[string]any{"body": in.cm.Body})
	return nil
}

func (s *Sandbox) fillMedia(ctx context.Context, in *incoming) error {
	captioned := in.cm.Type != TypeAudio && in.cm.Type != TypeVoice && in.cm.Type != TypeSticker
	if in.cm.Body != "" && !captioned {
		return desk.RefuseField("body", desk.CodeUnsupportedContent)
	}
	if len([]rune(in.cm.Body)) > maxCustomerCaption {
		return desk.RefuseField("body", desk.CodeTooLong).With("max", maxCustomerCaption)
	}
	if err := s.store(ctx, in); err != nil {
		return err
	}
	name := in.cm.Type
	sum, err := hex.DecodeString(in.media.SHA256)
	if err != nil {
		return err
	}
	object := map[string]any{"id": in.media.ID.String(), "mime_type": in.media.MIME, "sha256": base64.StdEncoding.EncodeToString(sum)}
	if s.graphURL != "" {
		object["url"] = s.mediaURL(s.graphURL, &in.n, in.media.ID, in.m.At.Add(urlLives))
	}
	if in.cm.Body != "" {
		object["caption"] = in.cm.Body
	}
	switch in.cm.Type {
	case TypeAudio:
		object["voice"] = false
	case TypeVoice:
		name, object["voice"] = "audio", true
	case TypeDocument:
		object["filename"] = in.media.Name
	case TypeSticker:
		object["animated"] = rules.IsAnimated(in.media.Head)
	}
	in.m.View.Body = in.cm.Body
	in.m.View.Media = &MediaView{ID: in.media.ID, Kind: in.cm.Type, MIME: in.media.MIME, Name: in.media.Name, Size: in.media.Size, Voice: in.cm.Type == TypeVoice}
	in.kind(name, object)
	return nil
}

func (in *incoming) fillLocation() error {
	l := in.cm.Location
	if l == nil || l.Latitude < -90 || l.Latitude > 90 || l.Longitude < -180 || l.Longitude > 180 {
		return desk.RefuseField("location", desk.CodeInvalid)
	}
	in.m.View.Location = l
	in.kind("location", map[string]any{"latitude": l.Latitude, "longitude": l.Longitude, "name": l.Name, "address": l.Address})
	return nil
}

func (in *incoming) fillContacts() error {
	if len(in.cm.Contacts) == 0 || len(in.cm.Contacts) > 50 {
		return desk.RefuseField("contacts", desk.CodeOutOfRange)
	}
	for _, c := range in.cm.Contacts {
		if c.Name == nil || c.Name.Formatted == "" {
			return desk.RefuseField("contacts.name", desk.CodeRequired)
		}
	}
	in.m.View.Contacts = in.cm.Contacts
	in.kind("contacts", in.cm.Contacts)
	return nil
}

func (s *Sandbox) fillReaction(ctx context.Context, in *incoming) error {
	target, err := s.targetOf(ctx, in, in.cm.Target, "target")
	if err != nil {
		return err
	}
	if len([]rune(in.cm.Emoji)) > 12 {
		return desk.RefuseField("emoji", desk.CodeInvalid)
	}
	in.m.View.Reaction = &ReactionView{WAMID: target.WAMID, Emoji: in.cm.Emoji}
	in.kind("reaction", map[string]any{"message_id": target.WAMID, "emoji": in.cm.Emoji})
	return nil
}

// fillChoice answers a message with buttons or a list by one of them.
func (s *Sandbox) fillChoice(ctx context.Context, in *incoming) error {
	target, err := s.targetOf(ctx, in, in.cm.Target, "target")
	if err != nil {
		return err
	}
	chosen, ok := choose(&target.View, in.cm.Type, in.cm.Choice)
	if !ok {
		return desk.RefuseField("choice", desk.CodeUnknownReference)
	}
	in.wire["context"] = in.context(target)
	in.m.Quoted = target.WAMID
	in.m.View.Body, in.m.View.Reply = chosen.Title, &chosen
	switch in.cm.Type {
	case TypeTemplateButton:
		in.kind("button", map[string]any{"payload": chosen.ID, "text": chosen.Title})
	case TypeListReply:
		in.kind("interactive", map[string]any{"type": "list_reply",
			"list_reply": map[string]any{"id": chosen.ID, "title": chosen.Title, "description": chosen.Description}})
	default:
		in.kind("interactive", map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": chosen.ID, "title": chosen.Title}})
	}
	return nil
}

// choose finds what was tapped. A template's quick reply answers with its
// payload.
func choose(v *View, how, id string) (ReplyView, bool) {
	if how == TypeListReply {
		return v.List.choose(id)
	}
	i := slices.IndexFunc(v.Buttons, func(b ButtonView) bool { return b.Type == "reply" && b.ID == id })
	fromTemplate := v.Template != nil
	if i < 0 || fromTemplate != (how == TypeTemplateButton) {
		return ReplyView{}, false
	}
	b := v.Buttons[i]
	if fromTemplate {
		return ReplyView{ID: b.Payload, Title: b.Text}, true
	}
	return ReplyView{ID: b.ID, Title: b.Text}, true
}

func (l *ListView) choose(id string) (ReplyView, bool) {
	if l == nil {
		return ReplyView{}, false
	}
	for _, section := range l.Sections {
		for _, row := range section.Rows {
			if row.ID == id {
				return ReplyView(row), true
			}
		}
	}
	return ReplyView{}, false
}

func (in *incoming) fillOrder() error {
	o := in.cm.Order
	if o == nil || len(o.Items) == 0 || len(o.Items) > 30 {
		return desk.RefuseField("order", desk.CodeInvalid)
	}
	for i, item := range o.Items {
		if item.ProductID == "" || item.Quantity < 1 || item.Price < 0 || len(item.Currency) != 3 {
			return desk.RefuseField("order.product_items."+strconv.Itoa(i), desk.CodeInvalid)
		}
	}
	in.m.View.Order = o
	in.kind("order", o)
	return nil
}

// fillUnsupported is what the Cloud API can't pass on, e.g. a poll.
func (in *incoming) fillUnsupported() error {
	kind := in.cm.Unsupported
	if kind == "" || !isText(kind, 60) {
		return desk.RefuseField("unsupported", desk.CodeInvalid)
	}
	in.m.View.Unsupported = kind
	in.kind("unsupported", map[string]any{"type": kind})
	in.wire["errors"] = []any{map[string]any{"code": 131051, "title": "Message type unknown", "message": "Message type unknown",
		"error_data": map[string]any{"details": "Message type is currently not supported."}}}
	return nil
}

// fillRevoke deletes one of the customer's own messages; Meta reports it for
// numbers that are also on the app.
func (s *Sandbox) fillRevoke(ctx context.Context, in *incoming) error {
	target, err := s.targetOf(ctx, in, in.cm.Target, "target")
	if err != nil {
		return err
	}
	if target.Direction != desk.In {
		return desk.RefuseField("target", desk.CodeInvalid)
	}
	in.m.View.Revoked = target.WAMID
	in.kind("revoke", map[string]any{"original_message_id": target.WAMID})
	return nil
}

// fillNewNumber moves the user to another phone number: WhatsApp tells the
// business by a system message, and the user id is a new one.
func (in *incoming) fillNewNumber() error {
	phone := digits(in.cm.Body)
	if !isPhone(phone) || phoneKey(phone) == phoneKey(in.chat.User.WaID) {
		return desk.RefuseField("body", desk.CodeInvalidPhone)
	}
	u := &in.chat.User
	u.WaID = phone
	u.UserID = makeUserID(User{ID: in.m.ID, WaID: phone})
	text := "User " + u.Name + " changed from one number to another"
	in.m.View.Body = text
	in.kind("system", map[string]any{"body": text, "wa_id": u.WaID, "user_id": u.UserID, "type": "user_changed_number"})
	return nil
}
