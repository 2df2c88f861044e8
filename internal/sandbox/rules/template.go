package rules

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Template is a template with its values, as a message sends it.
type Template struct {
	Name       string          `json:"name"`
	Language   Language        `json:"language"`
	Components []SendComponent `json:"components"`
}

// Language of a template message.
type Language struct {
	Code   string `json:"code"`
	Policy string `json:"policy"`
}

// SendComponent carries the values for one component or button.
type SendComponent struct {
	Type       string      `json:"type"`
	SubType    string      `json:"sub_type"`
	Index      Flexible    `json:"index"`
	Parameters []Parameter `json:"parameters"`
}

// Parameter is one value.
type Parameter struct {
	Type     string          `json:"type"`
	Name     string          `json:"parameter_name"`
	Text     *string         `json:"text"`
	Payload  string          `json:"payload"`
	Coupon   string          `json:"coupon_code"`
	Action   json.RawMessage `json:"action"`
	Currency *struct {
		Fallback string `json:"fallback_value"`
		Code     string `json:"code"`
		Amount   int64  `json:"amount_1000"`
	} `json:"currency"`
	DateTime *struct {
		Fallback string `json:"fallback_value"`
	} `json:"date_time"`
	Image    *MediaRef `json:"image"`
	Video    *MediaRef `json:"video"`
	Document *MediaRef `json:"document"`
	Location *Location `json:"location"`
}

// Filled is a template as the customer reads it.
type Filled struct {
	Header      string
	HeaderMedia *MediaRef
	HeaderKind  string // image, video, document
	Location    *Location
	Body        string
	Footer      string
	Buttons     []FilledButton
}

// FilledButton is one button of a received template.
type FilledButton struct {
	Type    string // QUICK_REPLY, URL …
	Text    string
	Payload string // of a quick reply
	URL     string
	Phone   string
}

const (
	maxPayload  = 256
	maxAuthCode = 15
)

func (t *Template) check() *Error {
	switch {
	case t.Name == "":
		return New(131008, "The parameter template['name'] is required.")
	case t.Language.Code == "":
		return New(131008, "The parameter template['language']['code'] is required.")
	case t.Language.Policy != "" && t.Language.Policy != "deterministic":
		return New(131009, "Param template['language']['policy'] must be deterministic.")
	}
	seen := map[string]bool{}
	for _, c := range t.Components {
		kind := strings.ToLower(c.Type)
		key := kind
		switch kind {
		case "button":
			key += string(c.Index)
			if _, err := strconv.ParseUint(string(c.Index), 10, 8); err != nil {
				return New(131009, "Param template['components']['index'] must be the position of a button.")
			}
		case "header", "body":
		default:
			return New(131009, "Param template['components']['type'] must be one of {HEADER, BODY, BUTTON}.")
		}
		if seen[key] {
			return New(131009, "Duplicated component %s.", kind)
		}
		seen[key] = true
	}
	return nil
}

// Fill puts the values of a message into a template.
func (d *Definition) Fill(t *Template) (*Filled, *Error) {
	f := &Filled{}
	header, body, buttons := t.parts()
	if err := d.fillHeader(f, header); err != nil {
		return nil, err
	}
	if err := d.fillBody(f, body); err != nil {
		return nil, err
	}
	if c := d.Component("FOOTER"); c != nil {
		f.Footer = c.Text
	}
	return f, d.fillButtons(f, buttons)
}

func (t *Template) parts() (header, body []Parameter, buttons map[int]SendComponent) {
	buttons = map[int]SendComponent{}
	for _, c := range t.Components {
		switch strings.ToLower(c.Type) {
		case "header":
			header = c.Parameters
		case "body":
			body = c.Parameters
		case "button":
			n, _ := strconv.Atoi(string(c.Index)) // checked by check
			buttons[n] = c
		}
	}
	return header, body, buttons
}

func (d *Definition) fillHeader(f *Filled, given []Parameter) *Error {
	c := d.Component("HEADER")
	if c == nil || c.Format == "TEXT" {
		text := ""
		if c != nil {
			text = c.Text
		}
		var err *Error
		f.Header, err = d.substitute("header", text, given)
		return first(err, overflow("header", f.Header, maxHeader))
	}
	if len(given) != 1 {
		return New(132012, "header: Format mismatch, expected %s, received UNKNOWN", c.Format)
	}
	p := given[0]
	if !strings.EqualFold(p.Type, c.Format) {
		return New(132012, "header: Format mismatch, expected %s, received %s", c.Format, strings.ToUpper(p.Type))
	}
	if c.Format == "LOCATION" {
		if p.Location == nil {
			return New(131008, "header: parameter location is required.")
		}
		f.Location = p.Location
		return p.Location.check("header['location']")
	}
	f.HeaderKind = strings.ToLower(c.Format)
	f.HeaderMedia = map[string]*MediaRef{"image": p.Image, "video": p.Video, "document": p.Document}[f.HeaderKind]
	if f.HeaderMedia == nil {
		return New(131008, "header: parameter %s is required.", f.HeaderKind)
	}
	return f.HeaderMedia.check(f.HeaderKind)
}

func (d *Definition) fillBody(f *Filled, given []Parameter) *Error {
	var err *Error
	f.Body, err = d.substitute("body", d.Component("BODY").Text, given)
	if err == nil && d.Category == "AUTHENTICATION" && len([]rune(given[0].value())) > maxAuthCode {
		err = New(132005, "body: the code may have at most %d characters.", maxAuthCode)
	}
	return first(err, overflow("body", f.Body, maxBody))
}

// substitute checks count, form and names of the values of a text and puts
// them in.
func (d *Definition) substitute(where, text string, given []Parameter) (string, *Error) {
	names := variables(text)
	if len(given) != len(names) {
		return "", New(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)",
			where, len(given), len(names))
	}
	values := map[string]string{}
	for i, p := range given {
		name := strconv.Itoa(i + 1)
		switch {
		case d.Format == "NAMED" && p.Name == "":
			return "", New(100, "%s: Parameter name is missing or empty", where)
		case d.Format == "NAMED":
			name = p.Name
		case p.Name != "":
			return "", New(100, "%s: parameter_name is not allowed, the template's parameters are positional", where)
		}
		if err := p.checkText(where); err != nil {
			return "", err
		}
		values[name] = p.value()
	}
	for _, n := range names {
		if _, ok := values[n]; !ok {
			return "", New(132012, "%s: no parameter for variable %.60q of the template", where, n)
		}
	}
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		return values[strings.TrimSpace(m[2:len(m)-2])]
	}), nil
}

// checkText checks a value that stands in text.
func (p *Parameter) checkText(where string) *Error {
	kinds := map[string]bool{"text": p.Text != nil, "currency": p.Currency != nil, "date_time": p.DateTime != nil}
	has, known := kinds[strings.ToLower(p.Type)]
	switch {
	case !known:
		return New(132012, "%s: Format mismatch, expected TEXT, received %.40s", where, strings.ToUpper(p.Type))
	case !has || p.value() == "":
		return New(131008, "%s: Parameter of type %s is missing %s value", where, strings.ToLower(p.Type), strings.ToLower(p.Type))
	}
	return cleanValue(where, p.value())
}

// value is what the customer reads: for currency and date the fallback.
func (p *Parameter) value() string {
	switch {
	case p.Currency != nil:
		return p.Currency.Fallback
	case p.DateTime != nil:
		return p.DateTime.Fallback
	case p.Text != nil:
		return *p.Text
	}
	return ""
}

func overflow(where, text string, limit int) *Error {
	if n := utf8.RuneCountInString(text); n > limit {
		return New(132005, "%s: text has %d characters, at most %d are allowed", where, n, limit)
	}
	return nil
}
