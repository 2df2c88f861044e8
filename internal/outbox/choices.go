package outbox

import (
	"net/url"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Limits of messages with choices (Meta: interactive messages, whatsapp-cloud
// sheet §2.3). The schema bounds single texts; what depends on several fields
// is checked here.
const (
	buttonBodyMax = 1024
	listBodyMax   = 4096
)

func (d *Draft) checkChoices(c channel.Capabilities) error {
	i := d.Choices
	if i == nil {
		return desk.RefuseField("interactive", desk.CodeRequired)
	}
	if strings.TrimSpace(i.Body) == "" {
		return desk.RefuseField("interactive.body", desk.CodeEmptyMessage)
	}
	switch i.Kind {
	case "buttons":
		return checkButtons(i, c)
	case "list":
		return checkList(i, c)
	case "cta_url":
		return checkLink(i, c)
	}
	return unsupported("interactive.kind", i.Kind)
}

func checkButtons(i *desk.Interactive, c channel.Capabilities) error {
	switch {
	case c.Buttons == 0:
		return unsupported("interactive.kind", "buttons")
	case len(i.Buttons) == 0:
		return desk.RefuseField("interactive.buttons", desk.CodeRequired)
	case len(i.Buttons) > c.Buttons:
		return desk.RefuseField("interactive.buttons", desk.CodeTooLong).With("max", c.Buttons)
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range i.Buttons {
		if b.ID != strings.TrimSpace(b.ID) || strings.TrimSpace(b.Title) == "" || ids[b.ID] || titles[b.Title] {
			return desk.RefuseField("interactive.buttons", desk.CodeInvalid)
		}
		ids[b.ID], titles[b.Title] = true, true
	}
	return checkLength("interactive.body", i.Body, buttonBodyMax)
}

func checkList(i *desk.Interactive, c channel.Capabilities) error {
	switch {
	case c.ListRows == 0:
		return unsupported("interactive.kind", "list")
	case i.List == nil:
		return desk.RefuseField("interactive.list", desk.CodeRequired)
	case i.Header != nil && i.Header.MediaID != 0:
		return unsupported("interactive.header", "media")
	}
	rows, ids := 0, map[string]bool{}
	for _, s := range i.List.Sections {
		if len(i.List.Sections) > 1 && strings.TrimSpace(s.Title) == "" {
			return desk.RefuseField("interactive.list.sections", desk.CodeRequired)
		}
		for _, r := range s.Rows {
			if ids[r.ID] || strings.TrimSpace(r.Title) == "" {
				return desk.RefuseField("interactive.list.sections", desk.CodeInvalid)
			}
			ids[r.ID] = true
			rows++
		}
	}
	if rows == 0 || rows > c.ListRows {
		return desk.RefuseField("interactive.list.sections", desk.CodeOutOfRange).With("min", 1).With("max", c.ListRows)
	}
	return checkLength("interactive.body", i.Body, listBodyMax)
}

func checkLink(i *desk.Interactive, c channel.Capabilities) error {
	if !c.Link {
		return unsupported("interactive.kind", "cta_url")
	}
	if i.Link == nil {
		return desk.RefuseField("interactive.link", desk.CodeRequired)
	}
	u, err := url.Parse(i.Link.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return desk.RefuseField("interactive.link.url", desk.CodeInvalid)
	}
	return checkLength("interactive.body", i.Body, buttonBodyMax)
}
