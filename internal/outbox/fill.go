package outbox

import (
	"context"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// fill puts the draft's content and files into the message.
func (o *Outbox) fill(ctx context.Context, q dbx.Querier, c *composed, d *Draft, caps channel.Capabilities) error {
	m := &c.message
	switch {
	case d.Type.IsMedia():
		return o.addFile(q, c, d.MediaID, "media_id", d.Type, caps)
	case d.Type == desk.TypeLocation:
		m.Content.Location = d.Location
		m.Content.Location.URL = ""
		m.Body = ""
	case d.Type == desk.TypeContacts:
		m.Content.Contacts, m.Body = d.Contacts, ""
	case d.Type == desk.TypeInteractive:
		choices := *d.Choices
		choices.Reply = nil
		m.Content.Interactive, m.Body = &choices, choices.Body
		if h := choices.Header; h != nil && h.MediaID != 0 {
			return o.addHeader(q, c, h.MediaID, "interactive.header.media_id", caps)
		}
	case d.Type == desk.TypeTemplate:
		return o.fillTemplate(ctx, q, c, d.Template, caps)
	}
	return nil
}

// addFile binds an upload to the message; only the uploader's own, and one
// that no message has.
func (o *Outbox) addFile(q dbx.Querier, c *composed, id desk.ID, field string, as desk.MessageType, caps channel.Capabilities) error {
	f, err := o.upload(q, c, id, field)
	if err != nil {
		return err
	}
	if err := checkMedia(caps, as, f); err != nil {
		return err
	}
	f.Kind = as
	c.media = append(c.media, f)
	return nil
}

// addHeader binds an image, video or document that stands above a text.
func (o *Outbox) addHeader(q dbx.Querier, c *composed, id desk.ID, field string, caps channel.Capabilities) error {
	f, err := o.upload(q, c, id, field)
	if err != nil {
		return err
	}
	for _, as := range []desk.MessageType{desk.TypeImage, desk.TypeVideo, desk.TypeDocument} {
		if checkMedia(caps, as, f) == nil {
			f.Kind = as
			c.media = append(c.media, f)
			return nil
		}
	}
	return desk.RefuseField(field, desk.CodeMediaKind).With("mime", f.MIME)
}

func (o *Outbox) upload(q dbx.Querier, c *composed, id desk.ID, field string) (desk.Media, error) {
	f, err := o.Store.Media(q, c.message.AccountID, id)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && (f.MessageID != 0 || f.UploadedBy != c.message.UserID || f.State != desk.MediaReady) {
		return f, desk.RefuseField(field, desk.CodeUnknownReference)
	}
	return f, err
}

// fillTemplate renders an approved template of the connection's owner with the
// given values: what is shown is what is sent (B9).
func (o *Outbox) fillTemplate(ctx context.Context, q dbx.Querier, c *composed, d *TemplateDraft, caps channel.Capabilities) error {
	m := &c.message
	row, _, err := o.Directory.Connection(ctx, m.AccountID, m.ConnectionID)
	if err != nil {
		return err
	}
	t, err := o.Store.Template(q, m.AccountID, d.ID)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && (t.Kind != row.Kind || t.GroupID != row.GroupID) {
		return desk.RefuseField("template.id", desk.CodeUnknownReference)
	}
	if err != nil {
		return err
	}
	if !t.Approved() {
		return desk.RefuseField("template.id", desk.CodeTemplateNotApproved).With("status", t.Status)
	}
	send, err := t.Fill("body.template.values", d.Values)
	if err != nil {
		return err
	}
	m.TemplateID, m.Content.Template, m.Body = t.ID, &send, send.Text
	for _, v := range send.Values {
		if v.MediaID == 0 {
			continue
		}
		if err := o.addHeader(q, c, v.MediaID, "template.values", caps); err != nil {
			return err
		}
	}
	return nil
}
