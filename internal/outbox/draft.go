package outbox

import (
	"strings"
	"unicode/utf8"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Draft is a message somebody wants to send. Exactly what its type needs is
// set.
type Draft struct {
	Type     desk.MessageType
	Body     string // text or caption
	MediaID  desk.ID
	Location *desk.Location
	Contacts []desk.ContactCard
	Choices  *desk.Interactive // buttons, list or link
	Template *TemplateDraft
	ReplyTo  desk.ID
	Queue    bool // may wait in line until the window opens
}

// TemplateDraft names an approved template and fills its placeholders.
type TemplateDraft struct {
	ID     desk.ID
	Values []desk.TemplateValue
}

// check refuses what the connection can't carry, before anything is written
// (422 unsupported_content and friends). Media are checked once their row is
// known, by checkMedia.
func (d *Draft) check(c channel.Capabilities) error {
	switch {
	case d.Type.IsMedia():
		return d.checkCaption(c)
	case d.Type == desk.TypeText:
		return checkText(d.Body, c.Text)
	case d.Type == desk.TypeTemplate:
		return d.checkTemplate(c)
	case d.Type == desk.TypeLocation:
		return d.checkLocation(c)
	case d.Type == desk.TypeContacts:
		return d.checkContacts(c)
	case d.Type == desk.TypeInteractive:
		return d.checkChoices(c)
	}
	return unsupported("type", string(d.Type))
}

func unsupported(field, what string) error {
	return desk.RefuseField(field, desk.CodeUnsupportedContent).With("what", what)
}

func checkText(body string, limit int) error {
	if limit == 0 {
		return unsupported("type", "text")
	}
	if strings.TrimSpace(body) == "" {
		return desk.RefuseField("body", desk.CodeEmptyMessage)
	}
	return checkLength("body", body, limit)
}

func checkLength(field, text string, limit int) error {
	if n := utf8.RuneCountInString(text); n > limit {
		return desk.RefuseField(field, desk.CodeTooLong).With("max", limit).With("length", n)
	}
	return nil
}

func (d *Draft) checkCaption(c channel.Capabilities) error {
	limit, ok := c.Media[d.Type]
	if !ok {
		return unsupported("type", string(d.Type))
	}
	if d.MediaID == 0 {
		return desk.RefuseField("media_id", desk.CodeRequired)
	}
	if d.Body == "" {
		return nil
	}
	if !limit.Caption {
		return unsupported("body", "caption")
	}
	return checkLength("body", d.Body, c.Caption)
}

func (d *Draft) checkTemplate(c channel.Capabilities) error {
	if !c.Templates {
		return unsupported("type", "template")
	}
	if d.Template == nil || d.Template.ID == 0 {
		return desk.RefuseField("template", desk.CodeTemplateRequired)
	}
	return nil
}

func (d *Draft) checkLocation(c channel.Capabilities) error {
	if !c.Location {
		return unsupported("type", "location")
	}
	if d.Location == nil {
		return desk.RefuseField("location", desk.CodeRequired)
	}
	return nil
}

func (d *Draft) checkContacts(c channel.Capabilities) error {
	switch {
	case c.Contacts == 0:
		return unsupported("type", "contacts")
	case len(d.Contacts) == 0:
		return desk.RefuseField("contacts", desk.CodeRequired)
	case len(d.Contacts) > c.Contacts:
		return desk.RefuseField("contacts", desk.CodeTooLong).With("max", c.Contacts)
	}
	for _, card := range d.Contacts {
		if strings.TrimSpace(card.Name.Formatted) == "" {
			return desk.RefuseField("contacts", desk.CodeRequired)
		}
	}
	return nil
}

// checkMedia refuses a file of a kind or size that the connection can't carry
// as this message type; the answer names the limit.
func checkMedia(c channel.Capabilities, t desk.MessageType, m desk.Media) error {
	limit, ok := c.Media[t]
	if !ok {
		return unsupported("type", string(t))
	}
	if !accepts(limit.MIME, m.MIME) {
		return desk.RefuseField("media_id", desk.CodeMediaKind).With("mime", m.MIME).With("accepted", limit.MIME)
	}
	if m.Size > limit.MaxBytes {
		return desk.RefuseField("media_id", desk.CodeMediaTooLarge).With("max", limit.MaxBytes).With("size", m.Size)
	}
	return nil
}

func accepts(accepted []string, mime string) bool {
	mime, _, _ = strings.Cut(mime, ";")
	mime = strings.TrimSpace(mime)
	for _, a := range accepted {
		if a == mime || a == "*/*" {
			return true
		}
		if family, ok := strings.CutSuffix(a, "/*"); ok && strings.HasPrefix(mime, family+"/") {
			return true
		}
	}
	return false
}
