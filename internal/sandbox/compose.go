package sandbox

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// compose turns a checked request into what the phone will show, and checks
// what it refers to: quoted messages, files and templates.
func (s *Sandbox) compose(ctx context.Context, a *accepted, m *rules.Message) error {
	a.m.WAMID = wamid(a.user.WaID, a.m.ID)
	a.m.View.Type = m.Type
	if m.Context != nil {
		a.m.Quoted = m.Context.MessageID
		if err := s.mustExist(ctx, a, a.m.Quoted, "context['message_id']"); err != nil {
			return err
		}
	}
	v := &a.m.View
	switch m.Type {
	case "text":
		v.Body, v.Preview = m.Text.Body, m.Text.Preview
	case "location":
		v.Location = locationView(m.Location)
	case "contacts":
		v.Contacts = m.Contacts
	case "reaction":
		v.Reaction = &ReactionView{WAMID: m.Reaction.MessageID, Emoji: m.Reaction.Emoji}
		return s.mustExist(ctx, a, m.Reaction.MessageID, "reaction['message_id']")
	case "interactive":
		return s.composeInteractive(ctx, a, m.Interact)
	case "template":
		return s.composeTemplate(ctx, a, m)
	default:
		ref := m.MediaRef()
		v.Body = ref.Caption
		return s.attach(ctx, a, ref, m.Type)
	}
	return nil
}

// mustExist refuses a reference to a message that is not of this
// conversation.
func (s *Sandbox) mustExist(ctx context.Context, a *accepted, wamid, param string) error {
	missing := rules.New(131009, "Param %s is not a message of this conversation.", param)
	if !isText(wamid, maxWAMID) {
		return missing
	}
	var id desk.ID
	err := s.db.Read(ctx).QueryRow(`SELECT m.id FROM sandbox_message m JOIN sandbox_chat c ON c.id=m.chat_id AND c.account_id=m.account_id
		WHERE m.account_id=$1 AND m.wamid=$2 AND m.number_id=$3 AND c.user_id=$4`, a.n.AccountID, wamid, a.n.id, a.user.ID).Scan(&id)
	if desk.CodeOf(found(err)) == desk.CodeNotFound {
		return missing
	}
	return err
}

// maxWAMID bounds message ids that are looked up.
const maxWAMID = 300

func locationView(l *rules.Location) *LocationView {
	lat, _ := strconv.ParseFloat(string(l.Latitude), 64) // checked by rules
	long, _ := strconv.ParseFloat(string(l.Longitude), 64)
	return &LocationView{Latitude: lat, Longitude: long, Name: l.Name, Address: l.Address}
}

// attach puts a file into the message. A file that can't be used is accepted
// and fails by status, as with Meta; an unknown id is refused at once.
func (s *Sandbox) attach(ctx context.Context, a *accepted, ref *rules.MediaRef, kind string) error {
	var media mediaRow
	var err error
	if ref.Link != "" {
		media, err = s.fetchLink(ctx, a.n, ref.Link)
	} else {
		media, err = s.mediaOf(ctx, a.n, ref.ID)
	}
	if refusal, ok := errors.AsType[*rules.Error](err); ok && ref.Link != "" {
		a.failure = refusal
		a.m.View.Media = &MediaView{Kind: kind}
		return nil
	}
	if err != nil {
		return err
	}
	if kind == "audio" && ref.Voice {
		kind = "voice"
	}
	if refusal := rules.CheckUse(kind, media.MIME, media.Size, media.Head); refusal != nil {
		a.failure = refusal
	}
	name := ref.Filename
	if name == "" && kind == "document" {
		name = media.Name
	}
	a.m.View.Media = &MediaView{ID: media.ID, Kind: kind, MIME: media.MIME, Name: name, Size: media.Size, Voice: ref.Voice}
	return nil
}

func (s *Sandbox) composeInteractive(ctx context.Context, a *accepted, in *rules.Interactive) error {
	v := &a.m.View
	if in.Body != nil {
		v.Body = in.Body.Text
	}
	if in.Footer != nil {
		v.Footer = in.Footer.Text
	}
	switch in.Type {
	case "button":
		for _, b := range in.Action.Buttons {
			v.Buttons = append(v.Buttons, ButtonView{Type: "reply", ID: b.Reply.ID, Text: b.Reply.Title})
		}
	case "list":
		v.List = &ListView{Button: in.Action.Button}
		for _, sec := range in.Action.Sections {
			v.List.Sections = append(v.List.Sections, ListSection{Title: sec.Title, Rows: sec.Rows})
		}
	case "cta_url":
		link, refusal := in.Action.Link()
		if refusal != nil {
			return refusal
		}
		v.Buttons = []ButtonView{{Type: "url", Text: link.Text, URL: link.URL}}
	case "flow":
		v.Buttons = []ButtonView{{Type: "flow", Text: "Flow"}}
	case "location_request_message":
		v.Buttons = []ButtonView{{Type: "location"}}
	case "call_permission_request":
		v.Buttons = []ButtonView{{Type: "call"}}
	}
	if in.Header != nil {
		v.Header = in.Header.Text
	}
	if ref, kind := in.MediaRef(); ref != nil {
		return s.attach(ctx, a, ref, kind)
	}
	return nil
}

// composeTemplate checks existence, language, approval and values.
func (s *Sandbox) composeTemplate(ctx context.Context, a *accepted, m *rules.Message) error {
	send := m.Template
	t, err := s.templateByName(ctx, a.n.AccountID, a.n.WABAID, send.Name, send.Language.Code)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return rules.New(132001, "template name (%.60s) does not exist in %.20s", send.Name, send.Language.Code)
	}
	if err != nil {
		return err
	}
	switch t.statusAt(s.stamp()) {
	case templateApproved:
	case templatePaused:
		return rules.New(132015, "The template is paused because of its quality.")
	case templateDisabled:
		return rules.New(132016, "The template has been disabled because of its quality.")
	default:
		return rules.New(132001, "template name (%.60s) is not approved in %.20s", send.Name, send.Language.Code)
	}
	a.category = strings.ToLower(t.Category)
	if a.byUserID && t.Category == "AUTHENTICATION" {
		return rules.New(131062, "Authentication templates need a phone number.")
	}
	filled, refusal := t.Fill(send)
	if refusal != nil {
		return refusal
	}
	return s.showTemplate(ctx, a, t, filled)
}

func (s *Sandbox) showTemplate(ctx context.Context, a *accepted, t *template, f *rules.Filled) error {
	v := &a.m.View
	v.Template = &TemplateView{Name: t.Name, Language: t.Language, Category: t.Category}
	v.Header, v.Body, v.Footer = f.Header, f.Body, f.Footer
	if f.Location != nil {
		v.Location = locationView(f.Location)
	}
	kinds := map[string]string{"QUICK_REPLY": "reply", "URL": "url", "PHONE_NUMBER": "phone", "COPY_CODE": "copy", "FLOW": "flow", "VOICE_CALL": "call"}
	for i, b := range f.Buttons {
		v.Buttons = append(v.Buttons, ButtonView{Type: kinds[b.Type], ID: strconv.Itoa(i), Text: b.Text, URL: b.URL + b.Phone, Payload: b.Payload})
	}
	if f.HeaderMedia != nil {
		return s.attach(ctx, a, f.HeaderMedia, f.HeaderKind)
	}
	return nil
}
