package desk

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Limits of templates (Meta: business-messaging/whatsapp/templates). Lengths
// are in characters (Unicode code points).
const (
	maxTemplateName   = 512
	maxTemplateHeader = 60
	maxTemplateBody   = 1024
	maxTemplateFooter = 60
	maxButtonText     = 25
	maxButtonURL      = 2000
	maxButtonPhone    = 20
	maxButtonPayload  = 256
	maxCouponCode     = 20
	maxOTPCode        = 15
	maxFlowToken      = 256
	maxButtons        = 10
	maxOTPMinutes     = 90
)

// Parameter formats of templates.
const (
	FormatPositional = "POSITIONAL"
	FormatNamed      = "NAMED"
)

// categoryAuthentication is the category whose one value, the code, stands in
// the body and in the button.
const categoryAuthentication = "AUTHENTICATION"

// Components of a value.
const (
	PartHeader = "header"
	PartBody   = "body"
	PartButton = "button"
)

// Kinds of placeholders and values. Values of kind media fill placeholders of
// kind image, video and document; currency and date_time fill text in a body.
const (
	KindText     = "text"
	KindCurrency = "currency"
	KindDateTime = "date_time"
	KindMedia    = "media"
	KindImage    = "image"
	KindVideo    = "video"
	KindDocument = "document"
	KindLocation = "location"
	KindURL      = "url" // what is put at the end of a button's address
	KindPayload  = "payload"
	KindCoupon   = "coupon_code"
	KindFlow     = "flow"
)

// Placeholder is one thing to fill before a template can leave.
type Placeholder struct {
	Component string `json:"component" enum:"header,body,button"`
	Button    int    `json:"button,omitempty" doc:"index of the button"`
	Name      string `json:"name,omitempty" doc:"its name, or its number as text; empty when its place has only one"`
	Kind      string `json:"kind" enum:"text,image,video,document,location,url,payload,coupon_code,flow"`
	Label     string `json:"label,omitempty" doc:"text of the button it belongs to"`
	Required  bool   `json:"required"`
	Example   string `json:"example,omitempty" doc:"the sample given when the template was made"`
	MaxLength int    `json:"max_length,omitempty" doc:"characters"`
}

// placeholderPattern finds {{1}} and {{name}}; templates come from the
// provider, so blanks and capitals are read too.
var placeholderPattern = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// component returns the first component of a type (HEADER, BODY …), or nil.
func (t *Template) component(kind string) *TemplateComponent {
	for i := range t.Components {
		if strings.EqualFold(t.Components[i].Type, kind) {
			return &t.Components[i]
		}
	}
	return nil
}

// buttons returns the template's buttons.
func (t *Template) buttons() []TemplateButton {
	if c := t.component("BUTTONS"); c != nil {
		return c.Buttons
	}
	return nil
}

// named reports whether the template's parameters have names.
func (t *Template) named() bool { return strings.EqualFold(t.ParameterFormat, FormatNamed) }

// authentication reports whether the template carries a one-time code.
func (t *Template) authentication() bool {
	return strings.EqualFold(t.Category, categoryAuthentication)
}

// Fillable reports whether we can fill everything the template needs. Carousels,
// limited offers and product lists are not ours to fill.
func (t *Template) Fillable() bool {
	for _, c := range t.Components {
		if !listed("HEADER BODY FOOTER BUTTONS", strings.ToUpper(c.Type)) {
			return false
		}
	}
	if h := t.component("HEADER"); h != nil && headerKind(h.Format) == "" {
		return false
	}
	return !slices.ContainsFunc(t.buttons(), func(b TemplateButton) bool {
		return listed("MPM SPM CATALOG", strings.ToUpper(b.Type))
	})
}

// Placeholders lists what must or may be filled, in the order in which the
// template shows it: header, body, buttons.
func (t *Template) Placeholders() []Placeholder {
	if t.authentication() {
		return []Placeholder{t.codePlaceholder()}
	}
	list := t.headerPlaceholders()
	if body := t.component("BODY"); body != nil {
		list = append(list, textPlaceholders(PartBody, body, maxTemplateBody)...)
	}
	for i, b := range t.buttons() {
		if p, ok := buttonPlaceholder(i, b); ok {
			list = append(list, p)
		}
	}
	return list
}

// codePlaceholder is the only one of an authentication template; its body may
// have no text of its own until the provider has written it.
func (t *Template) codePlaceholder() Placeholder {
	p := Placeholder{Component: PartBody, Name: "1", Kind: KindText, Required: true, MaxLength: maxOTPCode}
	if body := t.component("BODY"); body != nil {
		if found := textPlaceholders(PartBody, body, maxOTPCode); len(found) > 0 {
			p = found[0]
		}
	}
	return p
}

func (t *Template) headerPlaceholders() []Placeholder {
	h := t.component("HEADER")
	if h == nil {
		return nil
	}
	kind := headerKind(h.Format)
	if kind == KindText {
		return textPlaceholders(PartHeader, h, maxTemplateHeader)
	}
	if kind == "" {
		return nil
	}
	p := Placeholder{Component: PartHeader, Kind: kind, Required: true}
	if h.Example != nil && len(h.Example.HeaderHandle) > 0 {
		p.Example = h.Example.HeaderHandle[0]
	}
	return []Placeholder{p}
}

// headerKind translates a header's format, "" when we don't know it.
func headerKind(format string) string {
	switch strings.ToUpper(format) {
	case "", "TEXT":
		return KindText
	case "IMAGE":
		return KindImage
	case "VIDEO":
		return KindVideo
	case "DOCUMENT":
		return KindDocument
	case "LOCATION":
		return KindLocation
	}
	return ""
}

// textPlaceholders lists the distinct variables of a text: positional ones by
// number, named ones as they first appear.
func textPlaceholders(part string, c *TemplateComponent, longest int) []Placeholder {
	names := variables(c.Text)
	list := make([]Placeholder, 0, len(names))
	for i, name := range names {
		list = append(list, Placeholder{Component: part, Name: name, Kind: KindText, Required: true,
			Example: c.Example.sample(part, i, name), MaxLength: longest})
	}
	return list
}

// variables returns the distinct names in a text, numbers in rising order.
func variables(text string) []string {
	var names []string
	for _, m := range placeholderPattern.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		if errX != nil || errY != nil {
			return 0
		}
		return cmp.Compare(x, y)
	})
	return names
}

// sample returns the example value of the i-th variable, called name.
func (e *TemplateExample) sample(part string, i int, name string) string {
	if e == nil {
		return ""
	}
	values, named := e.HeaderText, e.HeaderTextNamedParams
	if part == PartBody {
		values, named = nil, e.BodyTextNamedParams
		if len(e.BodyText) > 0 {
			values = e.BodyText[0]
		}
	}
	for _, n := range named {
		if n.Name == name {
			return n.Example
		}
	}
	if i < len(values) {
		return values[i]
	}
	return ""
}

// buttonPlaceholder returns what the i-th button takes, if anything. Quick
// replies may carry a payload that comes back when they are tapped.
func buttonPlaceholder(i int, b TemplateButton) (Placeholder, bool) {
	p := Placeholder{Component: PartButton, Button: i, Label: b.Text}
	if len(b.Example) > 0 {
		p.Example = b.Example[0]
	}
	switch strings.ToUpper(b.Type) {
	case "QUICK_REPLY":
		p.Kind, p.MaxLength = KindPayload, maxButtonPayload
	case "COPY_CODE":
		p.Kind, p.MaxLength, p.Required = KindCoupon, maxCouponCode, true
	case "FLOW":
		p.Kind, p.MaxLength = KindFlow, maxFlowToken
	case "URL":
		base, dynamic := urlBase(b.URL)
		if !dynamic {
			return Placeholder{}, false
		}
		p.Kind, p.Required, p.Name = KindURL, true, "1"
		p.MaxLength = max(maxButtonURL-len([]rune(base)), 0)
		p.Example = strings.TrimPrefix(p.Example, base)
	default:
		return Placeholder{}, false
	}
	return p, true
}

// urlBase returns a button's address without its variable; dynamic tells that
// it has one.
func urlBase(url string) (base string, dynamic bool) {
	base = placeholderPattern.ReplaceAllString(url, "")
	return base, base != url
}
