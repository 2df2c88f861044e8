package rules

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Interactive is a message with choices (Meta: interactive messages).
type Interactive struct {
	Type   string           `json:"type"`
	Header *Header          `json:"header"`
	Body   *Caption         `json:"body"`
	Footer *Caption         `json:"footer"`
	Action *InteractiveDeed `json:"action"`
}

// Caption is a text in an object of its own.
type Caption struct {
	Text string `json:"text"`
}

// Header stands above the body of an interactive message.
type Header struct {
	Type     string    `json:"type"`
	Text     string    `json:"text"`
	SubText  string    `json:"sub_text"`
	Image    *MediaRef `json:"image"`
	Video    *MediaRef `json:"video"`
	Document *MediaRef `json:"document"`
}

// InteractiveDeed is what may be tapped.
type InteractiveDeed struct {
	Name       string          `json:"name"`
	Button     string          `json:"button"`
	Buttons    []ReplyButton   `json:"buttons"`
	Sections   []Section       `json:"sections"`
	Parameters json.RawMessage `json:"parameters"`
	CatalogID  string          `json:"catalog_id"`
	ProductID  string          `json:"product_retailer_id"`
}

// ReplyButton is one quick reply.
type ReplyButton struct {
	Type  string `json:"type"`
	Reply Choice `json:"reply"`
}

// Choice is something to tap.
type Choice struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// Section groups the rows of a list.
type Section struct {
	Title    string            `json:"title"`
	Rows     []Choice          `json:"rows"`
	Products []json.RawMessage `json:"product_items"`
}

// Link is the parameters of a cta_url button.
type Link struct {
	Text string `json:"display_text"`
	URL  string `json:"url"`
}

// flowCall is the parameters of a flow button.
type flowCall struct {
	Version string          `json:"flow_message_version"`
	Token   string          `json:"flow_token"`
	ID      string          `json:"flow_id"`
	Name    string          `json:"flow_name"`
	CTA     string          `json:"flow_cta"`
	Action  string          `json:"flow_action"`
	Payload json.RawMessage `json:"flow_action_payload"`
	Mode    string          `json:"mode"`
}

// Limits of interactive messages (Meta: interactive reply buttons, lists, CTA
// URL buttons, flows).
const (
	maxButtons     = 3
	maxButtonID    = 256
	maxButtonTitle = 20
	maxRows        = 10
	maxSections    = 10
	maxRowID       = 200
	maxRowTitle    = 24
	maxRowText     = 72
	maxHeader      = 60
	maxFooter      = 60
	maxBody        = 1024
	maxListBody    = 4096
	maxFlowCTA     = 30
	maxURL         = 2000
)

// MediaRef returns the file in the header, and its kind, or nil.
func (in *Interactive) MediaRef() (*MediaRef, string) {
	if in.Header == nil {
		return nil, ""
	}
	return in.Header.media(), in.Header.Type
}

func (h *Header) media() *MediaRef {
	return map[string]*MediaRef{"image": h.Image, "video": h.Video, "document": h.Document}[h.Type]
}

func (in *Interactive) check() *Error {
	if in.Action == nil {
		return New(131008, "The parameter interactive['action'] is required.")
	}
	switch in.Type {
	case "button":
		return first(in.frame(maxBody, "text", "image", "video", "document"), in.Action.checkButtons())
	case "list":
		return first(in.frame(maxListBody, "text"), in.Action.checkList())
	case "cta_url":
		return first(in.frame(maxBody, "text", "image", "video", "document"), in.Action.checkLink())
	case "flow":
		return first(in.frame(maxBody, "text", "image", "video", "document"), in.Action.checkFlow())
	case "location_request_message":
		return first(in.frame(maxBody), in.Action.named("send_location"))
	case "call_permission_request":
		return in.Action.named("call_permission_request")
	case "product", "product_list", "catalog_message":
		return New(131009, "Products not found in FB Catalog")
	}
	return New(131009, "Param interactive['type'] %.40q is not supported.", in.Type)
}

// frame checks what stands around the choices.
func (in *Interactive) frame(bodyLimit int, headers ...string) *Error {
	if in.Body == nil || in.Body.Text == "" {
		return New(131008, "The parameter interactive['body']['text'] is required.")
	}
	err := atMost("interactive['body']['text']", in.Body.Text, bodyLimit, 131009)
	if in.Footer != nil {
		err = first(err, atMost("interactive['footer']['text']", in.Footer.Text, maxFooter, 131009))
	}
	if err != nil || in.Header == nil {
		return err
	}
	return in.Header.check(headers)
}

func (h *Header) check(allowed []string) *Error {
	for _, kind := range allowed {
		if h.Type != kind {
			continue
		}
		if kind == "text" {
			if h.Text == "" {
				return New(131008, "The parameter interactive['header']['text'] is required.")
			}
			return atMost("interactive['header']['text']", h.Text, maxHeader, 131009)
		}
		if ref := h.media(); ref != nil {
			return ref.check(kind)
		}
		return New(131008, "The parameter interactive['header']['%s'] is required.", kind)
	}
	return New(131009, "The header type %.40q is not allowed for this interactive type.", h.Type)
}

func (a *InteractiveDeed) named(name string) *Error {
	if a.Name != name {
		return New(131009, "Param interactive['action']['name'] must be %s.", name)
	}
	return nil
}

func (a *InteractiveDeed) checkButtons() *Error {
	if len(a.Buttons) < 1 || len(a.Buttons) > maxButtons {
		return New(131009, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: %d", maxButtons)
	}
	seen := map[string]bool{}
	for _, b := range a.Buttons {
		if b.Type != "reply" {
			return New(131009, "Button type must be reply.")
		}
		if err := b.Reply.check("Button", maxButtonID, maxButtonTitle); err != nil {
			return err
		}
		if seen[b.Reply.ID] {
			return New(131009, "Duplicated button id.")
		}
		seen[b.Reply.ID] = true
	}
	return nil
}

func (c *Choice) check(what string, idLimit, titleLimit int) *Error {
	switch {
	case c.ID == "" || len([]rune(c.ID)) > idLimit:
		return New(131009, "%s id length invalid. Min length: 1, Max length: %d", what, idLimit)
	case strings.TrimSpace(c.ID) != c.ID:
		return New(131009, "%s id can't have leading or trailing spaces.", what)
	case c.Title == "" || len([]rune(c.Title)) > titleLimit:
		return New(131009, "%s title length invalid. Min length: 1, Max length: %d", what, titleLimit)
	}
	return nil
}

func (a *InteractiveDeed) checkList() *Error {
	if a.Button == "" || len([]rune(a.Button)) > maxButtonTitle {
		return New(131009, "List button length invalid. Min length: 1, Max length: %d", maxButtonTitle)
	}
	if len(a.Sections) < 1 || len(a.Sections) > maxSections {
		return New(131009, "Invalid sections count. Min allowed sections: 1, Max allowed sections: %d", maxSections)
	}
	seen := map[string]bool{}
	for _, s := range a.Sections {
		if s.Title == "" && len(a.Sections) > 1 {
			return New(131009, "Section title is required when there is more than one section.")
		}
		if len(s.Rows) == 0 {
			return New(131009, "Section without rows.")
		}
		if err := atMost("section['title']", s.Title, maxRowTitle, 131009); err != nil {
			return err
		}
		if err := checkRows(s.Rows, seen); err != nil {
			return err
		}
	}
	if len(seen) > maxRows {
		return New(131009, "Total row count exceed max allowed count: %d", maxRows)
	}
	return nil
}

func checkRows(rows []Choice, seen map[string]bool) *Error {
	for _, r := range rows {
		if err := r.check("Row", maxRowID, maxRowTitle); err != nil {
			return err
		}
		if err := atMost("row['description']", r.Description, maxRowText, 131009); err != nil {
			return err
		}
		if seen[r.ID] {
			return New(131009, "Duplicated row id.")
		}
		seen[r.ID] = true
	}
	return nil
}

// Link returns the parameters of a cta_url action.
func (a *InteractiveDeed) Link() (Link, *Error) {
	var l Link
	if err := strict(a.Parameters, &l); err != nil {
		return Link{}, New(131009, "Param interactive['action']['parameters'] is not valid.")
	}
	return l, nil
}

func (a *InteractiveDeed) checkLink() *Error {
	l, err := a.Link()
	if err = first(a.named("cta_url"), err); err != nil {
		return err
	}
	if l.Text == "" || len([]rune(l.Text)) > maxButtonTitle {
		return New(131009, "Button display_text length invalid. Min length: 1, Max length: %d", maxButtonTitle)
	}
	if !isWebURL(l.URL) {
		return New(131009, "Param interactive['action']['parameters']['url'] must be a valid http or https URL.")
	}
	return nil
}

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(text) <= maxURL
}

func (a *InteractiveDeed) checkFlow() *Error {
	var f flowCall
	if err := strict(a.Parameters, &f); err != nil {
		return New(131009, "Param interactive['action']['parameters'] is not valid.")
	}
	switch {
	case a.Name != "flow":
		return a.named("flow")
	case f.Version != "3":
		return New(131009, "Param flow_message_version must be 3.")
	case (f.ID == "") == (f.Name == ""):
		return New(131009, "Exactly one of flow_id and flow_name is required.")
	case f.CTA == "" || len([]rune(f.CTA)) > maxFlowCTA:
		return New(131009, "Param flow_cta length invalid. Min length: 1, Max length: %d", maxFlowCTA)
	case f.Action != "" && f.Action != "navigate" && f.Action != "data_exchange":
		return New(131009, "Param flow_action must be one of {navigate, data_exchange}.")
	case f.Mode != "" && f.Mode != "published" && f.Mode != "draft":
		return New(131009, "Param mode must be one of {published, draft}.")
	}
	return nil
}
