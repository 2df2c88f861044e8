package whatsappcloud

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// outTemplate is a template with its values. Parts without a placeholder are
// left out. Meta: messages/template-messages.
type outTemplate struct {
	Name       string         `json:"name"`
	Language   outLanguage    `json:"language"`
	Components []outComponent `json:"components,omitempty"`
}

type outLanguage struct {
	Policy string `json:"policy"`
	Code   string `json:"code"`
}

type outComponent struct {
	Type       string         `json:"type"`
	SubType    string         `json:"sub_type,omitempty"`
	Index      string         `json:"index,omitempty"`
	Parameters []outParameter `json:"parameters"`
}

type outParameter struct {
	Type     string       `json:"type"`
	Name     string       `json:"parameter_name,omitempty"`
	Text     string       `json:"text,omitempty"`
	Payload  string       `json:"payload,omitempty"`
	Coupon   string       `json:"coupon_code,omitempty"`
	Currency *outCurrency `json:"currency,omitempty"`
	DateTime *outFallback `json:"date_time,omitempty"`
	Image    *outMedia    `json:"image,omitempty"`
	Video    *outMedia    `json:"video,omitempty"`
	Document *outMedia    `json:"document,omitempty"`
	Location *outLocation `json:"location,omitempty"`
	Action   *outFlow     `json:"action,omitempty"`
}

type outFallback struct {
	Value string `json:"fallback_value"`
}

type outCurrency struct {
	Value  string `json:"fallback_value"`
	Code   string `json:"code"`
	Amount int64  `json:"amount_1000"`
}

type outFlow struct {
	Token string `json:"flow_token"`
}

// Limits and names of templates. Meta: templates/components.
const (
	maxTemplateText = 1024
	maxCode         = 15
	authentication  = "AUTHENTICATION"
	named           = "NAMED"
)

func (d *draft) template() *channel.Failure {
	t := d.msg.Content.Template
	if t == nil || t.Name == "" || t.Language == "" {
		return refusal(KeyMessageEmpty, "template")
	}
	if f := within("template", t.Text, maxTemplateText); f != nil {
		f.Key = KeyTemplateTextTooLong
		return f
	}
	if strings.EqualFold(t.Category, authentication) {
		if f := d.checkCode(t); f != nil {
			return f
		}
	}
	out := &outTemplate{Name: t.Name, Language: outLanguage{Policy: "deterministic", Code: t.Language}}
	for _, v := range ordered(t) {
		p, f := d.parameter(t, v)
		if f != nil {
			return f
		}
		out.put(componentOf(t, v), p)
	}
	if strings.EqualFold(t.Category, authentication) {
		out.repeatCode()
	}
	d.out.Template = out
	return nil
}

// checkCode checks what is special about authentication templates: they go to a
// phone only, and their one value is a short code.
func (d *draft) checkCode(t *desk.TemplateSend) *channel.Failure {
	if d.out.To == "" {
		return refusal(KeyNeedsPhone, "authentication template")
	}
	for _, v := range t.Values {
		if len(v.Text) > maxCode {
			return refusal(KeyTemplateParams, "code: %d characters, at most %d", len(v.Text), maxCode)
		}
	}
	return nil
}

// ordered returns the values in the order in which they stand: by component,
// and positional ones by their number, however they were given.
func ordered(t *desk.TemplateSend) []desk.TemplateValue {
	number := func(v desk.TemplateValue) int {
		if n, err := strconv.Atoi(v.Name); err == nil && t.Format != named {
			return n
		}
		return math.MaxInt
	}
	values := slices.Clone(t.Values)
	slices.SortStableFunc(values, func(a, b desk.TemplateValue) int {
		return cmp.Or(
			cmp.Compare(slices.Index(componentOrder, a.Component), slices.Index(componentOrder, b.Component)),
			cmp.Compare(a.Button, b.Button),
			cmp.Compare(number(a), number(b)),
		)
	})
	return values
}

// componentOrder is the order in which the parts of a template stand.
var componentOrder = []string{"header", "body", "button"}

// componentOf names the component that a value belongs to.
func componentOf(t *desk.TemplateSend, v desk.TemplateValue) outComponent {
	if v.Component != "button" {
		return outComponent{Type: v.Component}
	}
	sub := "url"
	switch kindOf(t, v) {
	case "payload":
		sub = "quick_reply"
	case "coupon_code":
		sub = "copy_code"
	case "flow":
		sub = "flow"
	}
	return outComponent{Type: "button", SubType: sub, Index: strconv.Itoa(v.Button)}
}

// kindOf returns the kind of a value; for buttons the button's own type tells
// when the value does not.
func kindOf(t *desk.TemplateSend, v desk.TemplateValue) string {
	if v.Kind != "" && v.Kind != "text" {
		return v.Kind
	}
	if v.Component == "button" && v.Button >= 0 && v.Button < len(t.Buttons) {
		switch t.Buttons[v.Button].Type {
		case "QUICK_REPLY":
			return "payload"
		case "COPY_CODE":
			return "coupon_code"
		case "FLOW":
			return "flow"
		}
	}
	return "text"
}

// put adds a parameter to its component.
func (t *outTemplate) put(c outComponent, p outParameter) {
	for i := range t.Components {
		if x := &t.Components[i]; x.Type == c.Type && x.Index == c.Index {
			x.Parameters = append(x.Parameters, p)
			return
		}
	}
	c.Parameters = []outParameter{p}
	t.Components = append(t.Components, c)
}

// repeatCode puts the code of the body into the button as well, where Meta asks
// for it again.
func (t *outTemplate) repeatCode() {
	for _, c := range t.Components {
		if c.Type == "button" {
			return
		}
	}
	for _, c := range t.Components {
		if c.Type == "body" && len(c.Parameters) > 0 {
			t.put(outComponent{Type: "button", SubType: "url", Index: "0"}, outParameter{Type: "text", Text: c.Parameters[0].Text})
			return
		}
	}
}

// parameter writes one value.
func (d *draft) parameter(t *desk.TemplateSend, v desk.TemplateValue) (outParameter, *channel.Failure) {
	if !slices.Contains(componentOrder, v.Component) || v.Button < 0 || v.Button > 9 {
		return outParameter{}, refusal(KeyTemplateParams, "component %q, button %d", v.Component, v.Button)
	}
	kind := kindOf(t, v)
	p := outParameter{Type: kind}
	if t.Format == named && v.Component != "button" && (kind == "text" || kind == "currency" || kind == "date_time") {
		p.Name = v.Name
	}
	switch kind {
	case "media":
		return d.mediaParameter(t, v)
	case "location":
		if v.Location == nil {
			return p, refusal(KeyTemplateParams, "location")
		}
		p.Location = location(v.Location)
		return p, nil
	}
	if f := checkValue(v); f != nil {
		return p, f
	}
	switch kind {
	case "text":
		p.Text = v.Text
	case "currency":
		p.Currency = &outCurrency{Value: v.Text, Code: v.Currency, Amount: v.Amount}
	case "date_time":
		p.DateTime = &outFallback{Value: v.Text}
	case "payload":
		p.Payload = v.Text
	case "coupon_code":
		p.Coupon = v.Text
	case "flow":
		p.Type, p.Action = "action", &outFlow{Token: v.Text}
	default:
		return p, refusal(KeyTemplateParams, "kind %q", kind)
	}
	return p, nil
}

// checkValue refuses texts that Meta refuses: empty, with a line break or tab,
// or with more than four spaces in a row.
func checkValue(v desk.TemplateValue) *channel.Failure {
	switch {
	case strings.TrimSpace(v.Text) == "":
		return refusal(KeyTemplateParams, "%s: empty value", v.Component)
	case strings.ContainsAny(v.Text, "\n\r\t") || strings.Contains(v.Text, "     "):
		return refusal(KeyTemplateParams, "%s: line break, tab or more than four spaces", v.Component)
	}
	return nil
}

// headerKinds translates the formats of a template's header.
var headerKinds = map[string]desk.MessageType{
	"IMAGE": desk.TypeImage, "VIDEO": desk.TypeVideo, "DOCUMENT": desk.TypeDocument,
}

func (d *draft) mediaParameter(t *desk.TemplateSend, v desk.TemplateValue) (outParameter, *channel.Failure) {
	kind, file, f := d.attachment(v.MediaID, headerKinds[t.HeaderKind])
	if f != nil {
		return outParameter{}, f
	}
	p := outParameter{Type: string(kind)}
	switch kind {
	case desk.TypeImage:
		p.Image = file
	case desk.TypeVideo:
		p.Video = file
	default:
		p.Document = file
	}
	return p, nil
}
