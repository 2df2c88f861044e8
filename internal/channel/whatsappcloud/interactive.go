package whatsappcloud

import (
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// outInteractive is a message with choices. Meta: messages/interactive-*.
type outInteractive struct {
	Type   string     `json:"type"`
	Header *outHeader `json:"header,omitempty"`
	Body   *outBody   `json:"body,omitempty"`
	Footer *outBody   `json:"footer,omitempty"`
	Action outAction  `json:"action"`
}

type outBody struct {
	Text string `json:"text"`
}

type outHeader struct {
	Type     string    `json:"type"`
	Text     string    `json:"text,omitempty"`
	Image    *outMedia `json:"image,omitempty"`
	Video    *outMedia `json:"video,omitempty"`
	Document *outMedia `json:"document,omitempty"`
}

type outAction struct {
	Name       string       `json:"name,omitempty"`
	Buttons    []outButton  `json:"buttons,omitempty"`
	Button     string       `json:"button,omitempty"`
	Sections   []outSection `json:"sections,omitempty"`
	Parameters *outLink     `json:"parameters,omitempty"`
}

type outButton struct {
	Type  string    `json:"type"`
	Reply outChoice `json:"reply"`
}

type outChoice struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

type outSection struct {
	Title string      `json:"title,omitempty"`
	Rows  []outChoice `json:"rows"`
}

type outLink struct {
	Text string `json:"display_text"`
	URL  string `json:"url"`
}

func (d *draft) interactive() *channel.Failure {
	in := d.msg.Content.Interactive
	if in == nil {
		return refusal(KeyMessageEmpty, "interactive")
	}
	out, f := choices(in)
	if f != nil {
		return f
	}
	body, limit := in.Body, maxBody
	if body == "" {
		body = d.msg.Body
	}
	if in.Kind == "list" {
		limit = maxListBody
	}
	if f := written("body", body, limit); f != nil {
		return f
	}
	out.Body = &outBody{Text: body}
	d.out.Interactive = out
	return d.frame(in, out)
}

// choices writes what there is to choose from.
func choices(in *desk.Interactive) (*outInteractive, *channel.Failure) {
	out := &outInteractive{}
	var f *channel.Failure
	switch in.Kind {
	case "buttons":
		out.Type = "button"
		out.Action.Buttons, f = buttons(in.Buttons)
	case "list":
		out.Type = "list"
		out.Action, f = optionList(in.List)
		if in.Header != nil && in.Header.MediaID != 0 {
			f = refusal(KeyUnsupportedType, "list with a file above")
		}
	case "cta_url":
		out.Type = "cta_url"
		out.Action, f = linkButton(in.Link)
	case "location_request":
		out.Type, out.Action.Name = "location_request_message", "send_location"
		if in.Header != nil || in.Footer != "" {
			f = refusal(KeyUnsupportedType, "location request with header or footer")
		}
	default:
		f = refusal(KeyUnsupportedType, "interactive %s", in.Kind)
	}
	return out, f
}

// frame puts header and footer around the body.
func (d *draft) frame(in *desk.Interactive, out *outInteractive) *channel.Failure {
	if in.Footer != "" {
		if f := within("footer", in.Footer, maxShort); f != nil {
			return f
		}
		out.Footer = &outBody{Text: in.Footer}
	}
	switch h := in.Header; {
	case h == nil || h.Text == "" && h.MediaID == 0:
		return nil
	case h.MediaID == 0:
		out.Header = &outHeader{Type: "text", Text: h.Text}
		return within("header", h.Text, maxShort)
	default:
		kind, file, f := d.attachment(h.MediaID, "")
		if f != nil {
			return f
		}
		out.Header = &outHeader{Type: string(kind)}
		switch kind {
		case desk.TypeImage:
			out.Header.Image = file
		case desk.TypeVideo:
			out.Header.Video = file
		default:
			out.Header.Document = file
		}
		return nil
	}
}

// attachment uploads a file that stands in a header. Its kind is the wanted
// one, else what its type says.
func (d *draft) attachment(id desk.ID, want desk.MessageType) (desk.MessageType, *outMedia, *channel.Failure) {
	m := d.msg.MediaByID[id]
	if m == nil {
		return "", nil, refusal(KeyMediaMissing, "header")
	}
	kind := want
	if kind == "" {
		switch family, _, _ := strings.Cut(m.MIME, "/"); family {
		case "image":
			kind = desk.TypeImage
		case "video":
			kind = desk.TypeVideo
		default:
			kind = desk.TypeDocument
		}
	}
	uploaded, f := d.upload(kind, m)
	if f != nil {
		return "", nil, f
	}
	out := &outMedia{ID: uploaded}
	if kind == desk.TypeDocument {
		out.Name = fileName(m.Name, kind)
	}
	return kind, out, nil
}

func buttons(in []desk.Button) ([]outButton, *channel.Failure) {
	if len(in) == 0 {
		return nil, refusal(KeyMessageEmpty, "buttons")
	}
	if len(in) > maxButtons {
		return nil, refusal(KeyTooMany, "buttons: %d, at most %d", len(in), maxButtons)
	}
	var out []outButton
	for _, b := range in {
		if f := written("button", b.Title, maxButtonTitle); f != nil {
			return nil, f
		}
		if f := written("button id", b.ID, maxButtonID); f != nil {
			return nil, f
		}
		out = append(out, outButton{Type: "reply", Reply: outChoice{ID: b.ID, Title: b.Title}})
	}
	return out, nil
}

func optionList(in *desk.OptionList) (outAction, *channel.Failure) {
	if in == nil || len(in.Sections) == 0 {
		return outAction{}, refusal(KeyMessageEmpty, "list")
	}
	if f := written("list button", in.Button, maxButtonTitle); f != nil {
		return outAction{}, f
	}
	out := outAction{Button: in.Button}
	rows := 0
	for _, s := range in.Sections {
		section, f := listSection(s, len(in.Sections) > 1)
		if f != nil {
			return outAction{}, f
		}
		out.Sections = append(out.Sections, section)
		rows += len(s.Rows)
	}
	if rows > maxRows || len(in.Sections) > maxSections {
		return outAction{}, refusal(KeyTooMany, "rows: %d, at most %d", rows, maxRows)
	}
	return out, nil
}

func listSection(s desk.ListSection, titled bool) (outSection, *channel.Failure) {
	if titled {
		if f := written("section title", s.Title, maxRowTitle); f != nil {
			return outSection{}, f
		}
	}
	if f := within("section title", s.Title, maxRowTitle); f != nil {
		return outSection{}, f
	}
	if len(s.Rows) == 0 {
		return outSection{}, refusal(KeyMessageEmpty, "section without rows")
	}
	out := outSection{Title: s.Title}
	for _, r := range s.Rows {
		if f := written("row", r.Title, maxRowTitle); f != nil {
			return outSection{}, f
		}
		if f := written("row id", r.ID, maxRowID); f != nil {
			return outSection{}, f
		}
		if f := within("row description", r.Description, maxRowText); f != nil {
			return outSection{}, f
		}
		out.Rows = append(out.Rows, outChoice(r))
	}
	return out, nil
}

func linkButton(in *desk.LinkButton) (outAction, *channel.Failure) {
	if in == nil {
		return outAction{}, refusal(KeyMessageEmpty, "link")
	}
	if f := written("link button", in.Text, maxButtonTitle); f != nil {
		return outAction{}, f
	}
	if f := written("link", in.URL, maxLink); f != nil {
		return outAction{}, f
	}
	return outAction{Name: "cta_url", Parameters: &outLink{Text: in.Text, URL: in.URL}}, nil
}
