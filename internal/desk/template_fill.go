package desk

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fill checks the values against the template and returns it rendered, with the
// values in the template's order, each with its name and kind. at is where the
// values stand in the request, e.g. "body.values"; faults name it or one of its
// entries ("body.values[2]") in a 422 template_parameters. Templates we can't
// fill are a 422 unsupported_content.
//
// Every value may name its placeholder, by name or number. Values of one part
// of the template may instead all stay nameless and are then taken in order.
func (t *Template) Fill(at string, values []TemplateValue) (TemplateSend, error) {
	if !t.Fillable() {
		return TemplateSend{}, Refuse(CodeUnsupportedContent).With("template", t.Name)
	}
	f := &filling{template: t, at: at, values: values, taken: make([]bool, len(values))}
	f.mixed()
	if len(f.faults) == 0 {
		for _, p := range t.Placeholders() {
			f.place(p)
		}
		f.code()
		f.strangers()
	}
	if len(f.faults) == 0 {
		f.render()
	}
	if len(f.faults) > 0 {
		return TemplateSend{}, &Error{Kind: Invalid, Code: CodeTemplateParameters, Fields: f.faults}
	}
	return f.send, nil
}

// filling is one run of Fill.
type filling struct {
	template *Template
	at       string
	values   []TemplateValue
	taken    []bool
	chosen   []TemplateValue
	faults   []Field
	send     TemplateSend
}

// fault records what is wrong with the i-th value, or with none of them when i
// is negative.
func (f *filling) fault(i int, code Code, p Placeholder, params map[string]any) {
	location := f.at
	if i >= 0 {
		location += "[" + strconv.Itoa(i) + "]"
	}
	all := map[string]any{"component": p.Component}
	if p.Component == PartButton {
		all["button"] = p.Button
	}
	if p.Name != "" {
		all["name"] = p.Name
	}
	for k, v := range params {
		all[k] = v
	}
	f.faults = append(f.faults, Field{Location: location, Code: code, Params: all})
}

// mixed refuses texts without a name where names are needed: in templates with
// named parameters, and beside named ones, where their order would be a guess.
func (f *filling) mixed() {
	for _, part := range []string{PartHeader, PartBody} {
		named := f.template.named()
		for _, v := range f.values {
			named = named || (v.Component == part && v.Name != "")
		}
		for i, v := range f.values {
			if named && v.Component == part && v.Name == "" && v.textual() {
				f.fault(i, CodeRequired, Placeholder{Component: part}, map[string]any{"field": "name"})
			}
		}
	}
}

// textual reports whether the value is meant for a variable within a text.
func (v TemplateValue) textual() bool {
	if v.Kind == "" {
		return v.MediaID == 0 && v.Location == nil
	}
	return v.Kind == KindText || v.Kind == KindCurrency || v.Kind == KindDateTime
}

// place finds the value of a placeholder, checks it and keeps it.
func (f *filling) place(p Placeholder) {
	i := f.find(p)
	if i < 0 {
		if p.Required {
			f.fault(-1, CodeRequired, p, nil)
		}
		return
	}
	f.taken[i] = true
	v := f.values[i]
	v.Name = p.Name
	if v.Kind == "" {
		v.Kind = valueKind(p.Kind)
	}
	if code, params := p.refuses(v); code != "" {
		if code == CodeRequired && !p.Required {
			return
		}
		f.fault(i, code, p, params)
		return
	}
	f.chosen = append(f.chosen, v.only())
}

// only returns the value with nothing but what its kind uses.
func (v TemplateValue) only() TemplateValue {
	o := TemplateValue{Component: v.Component, Button: v.Button, Name: v.Name, Kind: v.Kind}
	switch v.Kind {
	case KindMedia:
		o.MediaID = v.MediaID
	case KindLocation:
		o.Location = v.Location
	case KindCurrency:
		o.Text, o.Currency, o.Amount = v.Text, v.Currency, v.Amount
	default:
		o.Text = v.Text
	}
	return o
}

// find returns the index of the first free value for a placeholder, or -1.
func (f *filling) find(p Placeholder) int {
	for i, v := range f.values {
		if f.taken[i] || v.Component != p.Component || (p.Component == PartButton && v.Button != p.Button) {
			continue
		}
		if v.Name == "" || v.Name == p.Name {
			return i
		}
	}
	return -1
}

// code gives the button of an authentication template the code of the body, as
// Meta wants it in both places.
func (f *filling) code() {
	if !f.template.authentication() || len(f.chosen) == 0 {
		return
	}
	code := f.chosen[0].Text
	for i, b := range f.template.buttons() {
		if _, dynamic := urlBase(b.URL); !dynamic && !strings.EqualFold(b.Type, "OTP") {
			continue
		}
		for j, v := range f.values {
			if v.Component != PartButton || v.Button != i || f.taken[j] {
				continue
			}
			f.taken[j] = true
			if v.Text != code {
				f.fault(j, CodeInvalid, Placeholder{Component: PartButton, Button: i}, map[string]any{"rule": "same_code"})
			}
		}
		f.chosen = append(f.chosen, TemplateValue{Component: PartButton, Button: i, Name: "1", Kind: KindText, Text: code})
	}
}

// strangers refuses values that no placeholder took.
func (f *filling) strangers() {
	for i, v := range f.values {
		if !f.taken[i] {
			f.fault(i, CodeUnknownField, Placeholder{Component: v.Component, Button: v.Button, Name: v.Name}, nil)
		}
	}
}

// valueKind is the kind of value that fills a kind of placeholder.
func valueKind(placeholder string) string {
	switch placeholder {
	case KindImage, KindVideo, KindDocument:
		return KindMedia
	case KindURL:
		return KindText
	}
	return placeholder
}

// refuses says why a value may not fill the placeholder.
func (p Placeholder) refuses(v TemplateValue) (Code, map[string]any) {
	fits := v.Kind == valueKind(p.Kind) ||
		(p.Kind == KindText && p.Component == PartBody && (v.Kind == KindCurrency || v.Kind == KindDateTime))
	if !fits {
		return CodeInvalid, map[string]any{"kind": p.Kind}
	}
	switch v.Kind {
	case KindMedia:
		if v.MediaID == 0 {
			return CodeRequired, nil
		}
		return "", nil
	case KindLocation:
		return refusesLocation(v.Location)
	case KindCurrency:
		if len(v.Currency) != 3 || strings.Trim(v.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return CodeInvalid, map[string]any{"field": "currency"}
		}
	}
	return p.refusesText(v.Text)
}

func refusesLocation(l *Location) (Code, map[string]any) {
	switch {
	case l == nil:
		return CodeRequired, nil
	case !within(l.Latitude, 90), !within(l.Longitude, 180):
		return CodeOutOfRange, map[string]any{"field": "location"}
	}
	return "", nil
}

// within is false for NaN too.
func within(degrees, limit float64) bool { return degrees >= -limit && degrees <= limit }

// refusesText applies Meta's rules for the text of a parameter: no line break,
// no tab, no run of four blanks (B9; Meta itself refuses five).
func (p Placeholder) refusesText(text string) (Code, map[string]any) {
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		return CodeRequired, nil
	case n > p.MaxLength:
		return CodeTooLong, map[string]any{"max": p.MaxLength}
	case !printable(text, false), strings.Contains(text, "    "):
		return CodeInvalid, map[string]any{"rule": "spacing"}
	case p.Kind == KindURL && strings.IndexFunc(text, unicode.IsSpace) >= 0:
		return CodeInvalid, map[string]any{"rule": "url"}
	}
	return "", nil
}

// render puts the values in and checks the whole texts.
func (f *filling) render() {
	t := f.template
	f.send = TemplateSend{Name: t.Name, Language: t.Language, Category: t.Category, Format: t.format(), Values: f.chosen}
	if h := t.component("HEADER"); h != nil {
		f.send.HeaderKind = headerKind(h.Format)
		if f.send.HeaderKind == KindText {
			f.send.Header = f.put(PartHeader, h.Text)
		}
	}
	if body := t.component("BODY"); body != nil {
		f.send.Text = f.put(PartBody, body.Text)
	}
	if t.authentication() && f.send.Text == "" {
		f.send.Text = f.chosen[0].Text
	}
	if footer := t.component("FOOTER"); footer != nil {
		f.send.Footer = footer.Text
	}
	for i, b := range t.buttons() {
		f.send.Buttons = append(f.send.Buttons, f.button(i, b))
	}
	f.whole(PartHeader, f.send.Header, maxTemplateHeader)
	f.whole(PartBody, f.send.Text, maxTemplateBody)
}

// format returns POSITIONAL or NAMED.
func (t *Template) format() string {
	if t.named() {
		return FormatNamed
	}
	return FormatPositional
}

// put replaces the placeholders of a text, once: a value that looks like a
// placeholder stays as it is.
func (f *filling) put(part, text string) string {
	return placeholderPattern.ReplaceAllStringFunc(text, func(found string) string {
		name := placeholderPattern.FindStringSubmatch(found)[1]
		for _, v := range f.chosen {
			if v.Component == part && v.Name == name {
				return v.Text
			}
		}
		return found
	})
}

func (f *filling) button(i int, b TemplateButton) RenderedButton {
	r := RenderedButton{Type: strings.ToUpper(b.Type), Text: b.Text, URL: b.URL}
	if _, dynamic := urlBase(b.URL); !dynamic {
		return r
	}
	for _, v := range f.chosen {
		if v.Component == PartButton && v.Button == i {
			r.URL = placeholderPattern.ReplaceAllLiteralString(b.URL, v.Text)
		}
	}
	return r
}

// whole checks the length of a rendered text, to which several values add up.
func (f *filling) whole(part, text string, longest int) {
	if utf8.RuneCountInString(text) > longest {
		f.fault(-1, CodeTooLong, Placeholder{Component: part}, map[string]any{"max": longest})
	}
}
