package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// goodTemplate passes every rule; each case below breaks one.
func goodTemplate() Template {
	return Template{
		Name: "pedido_enviado", Language: "pt_BR", Category: "UTILITY", ParameterFormat: FormatPositional,
		Components: []TemplateComponent{
			{Type: "HEADER", Format: "TEXT", Text: "Pedido {{1}}", Example: &TemplateExample{HeaderText: []string{"A-1"}}},
			{Type: "BODY", Text: "Olá {{1}}, chega dia {{2}}.", Example: &TemplateExample{BodyText: [][]string{{"Ana", "12/12"}}}},
			{Type: "FOOTER", Text: "Aurora Móveis"},
			{Type: "BUTTONS", Buttons: []TemplateButton{
				{Type: "QUICK_REPLY", Text: "Sim"},
				{Type: "QUICK_REPLY", Text: "Não"},
				{Type: "URL", Text: "Rastrear", URL: "https://aurora.example/r/{{1}}", Example: []string{"https://aurora.example/r/1"}},
				{Type: "PHONE_NUMBER", Text: "Ligar", PhoneNumber: "+551133330000"},
				{Type: "COPY_CODE", Example: []string{"NATAL20"}},
			}},
		},
	}
}

func namedTemplate() Template {
	return Template{Name: "n", Language: "en", Category: "MARKETING", ParameterFormat: FormatNamed,
		Components: []TemplateComponent{{Type: "BODY", Text: "Oi {{nome_1}}!",
			Example: &TemplateExample{BodyTextNamedParams: []NamedExample{{"nome_1", "Ana"}}}}}}
}

func codeTemplate() Template {
	return Template{Name: "codigo", Language: "pt_BR", Category: "AUTHENTICATION", Components: []TemplateComponent{
		{Type: "BODY", AddSecurityRecommendation: true},
		{Type: "FOOTER", CodeExpirationMinutes: 10},
		{Type: "BUTTONS", Buttons: []TemplateButton{{Type: "OTP", OTPType: "COPY_CODE"}}},
	}}
}

func TestValidateTemplateAcceptsGoodOnes(t *testing.T) {
	for _, format := range []string{"IMAGE", "VIDEO", "DOCUMENT"} {
		tmpl := goodTemplate()
		tmpl.Components[0] = TemplateComponent{Type: "HEADER", Format: format, Example: &TemplateExample{HeaderHandle: []string{"4::aW"}}}
		if err := ValidateTemplate(tmpl); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	location := goodTemplate()
	location.Components[0] = TemplateComponent{Type: "HEADER", Format: "LOCATION"}
	longest := goodTemplate()
	longest.Components[1] = TemplateComponent{Type: "BODY", Text: strings.Repeat("é", maxTemplateBody)}
	for i, tmpl := range []Template{goodTemplate(), namedTemplate(), codeTemplate(), location, longest} {
		if err := ValidateTemplate(tmpl); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestValidateTemplateRefusesEachBrokenRule(t *testing.T) {
	body := func(text string, samples ...string) func(*Template) {
		return func(t *Template) {
			t.Components[1] = TemplateComponent{Type: "BODY", Text: text, Example: &TemplateExample{BodyText: [][]string{samples}}}
		}
	}
	header := func(c TemplateComponent) func(*Template) {
		return func(t *Template) { c.Type = "HEADER"; t.Components[0] = c }
	}
	footer := func(text string) func(*Template) { return func(t *Template) { t.Components[2].Text = text } }
	buttons := func(b ...TemplateButton) func(*Template) { return func(t *Template) { t.Components[3].Buttons = b } }
	quick := TemplateButton{Type: "QUICK_REPLY", Text: "Sim"}
	link := TemplateButton{Type: "URL", Text: "Ir", URL: "https://a.example/"}
	cases := []struct {
		name, location string
		code           Code
		breaks         func(*Template)
	}{
		{"no name", "body.name", CodeRequired, func(t *Template) { t.Name = " " }},
		{"capital in name", "body.name", CodeInvalid, func(t *Template) { t.Name = "Pedido" }},
		{"long name", "body.name", CodeTooLong, func(t *Template) { t.Name = strings.Repeat("a", 513) }},
		{"language", "body.language", CodeInvalid, func(t *Template) { t.Language = "pt-BR" }},
		{"category", "body.category", CodeInvalid, func(t *Template) { t.Category = "SERVICE" }},
		{"format", "body.parameter_format", CodeInvalid, func(t *Template) { t.ParameterFormat = "BOTH" }},
		{"no body", "body.components", CodeRequired, func(t *Template) { t.Components = t.Components[:1] }},
		{"unknown component", "body.components[2].type", CodeInvalid, func(t *Template) { t.Components[2].Type = "CAROUSEL" }},
		{"two footers", "body.components[4].type", CodeInvalid, func(t *Template) {
			t.Components = append(t.Components, TemplateComponent{Type: "FOOTER", Text: "x"})
		}},
		{"header too long", "body.components[0].text", CodeTooLong, header(TemplateComponent{Text: strings.Repeat("é", 61)})},
		{"header empty", "body.components[0].text", CodeRequired, header(TemplateComponent{Format: "TEXT"})},
		{"header with two variables", "body.components[0].text", CodeInvalid, header(TemplateComponent{Text: "{{1}} x {{2}}"})},
		{"header without sample", "body.components[0].example", CodeRequired, header(TemplateComponent{Text: "Oi {{1}}"})},
		{"header format", "body.components[0].format", CodeInvalid, header(TemplateComponent{Format: "GIF"})},
		{"image without sample", "body.components[0].example", CodeRequired, header(TemplateComponent{Format: "IMAGE"})},
		{"body empty", "body.components[1].text", CodeRequired, body("")},
		{"body too long", "body.components[1].text", CodeTooLong, body(strings.Repeat("é", 1025))},
		{"variable first", "body.components[1].text", CodeInvalid, body("{{1}}, olá", "a")},
		{"variable last", "body.components[1].text", CodeInvalid, body("Olá {{1}} ", "a")},
		{"variables adjacent", "body.components[1].text", CodeInvalid, body("Olá {{1}} {{2}}.", "a", "b")},
		{"hole in numbers", "body.components[1].text", CodeInvalid, body("Olá {{1}} e {{3}}.", "a", "b")},
		{"name among numbers", "body.components[1].text", CodeInvalid, body("Olá {{1}} e {{nome}}.", "a", "b")},
		{"open brace", "body.components[1].text", CodeInvalid, body("Olá {{1} e.", "a")},
		{"blank in braces", "body.components[1].text", CodeInvalid, body("Olá {{ 1 }} e.", "a")},
		{"sample missing", "body.components[1].example", CodeRequired, body("Olá {{1}} e {{2}}.", "a")},
		{"NUL in body", "body.components[1].text", CodeInvalid, body("Olá\x00 você")},
		{"footer too long", "body.components[2].text", CodeTooLong, footer(strings.Repeat("x", 61))},
		{"footer with variable", "body.components[2].text", CodeInvalid, footer("Oi {{1}}")},
		{"no buttons", "body.components[3].buttons", CodeRequired, buttons()},
		{"eleven buttons", "body.components[3].buttons", CodeTooLong, buttons(slices.Repeat([]TemplateButton{quick}, 11)...)},
		{"three links", "body.components[3].buttons[2].type", CodeOutOfRange, buttons(link, link, link)},
		{"two phones", "body.components[3].buttons[1].type", CodeOutOfRange, buttons(
			TemplateButton{Type: "PHONE_NUMBER", Text: "a", PhoneNumber: "+551133330000"},
			TemplateButton{Type: "PHONE_NUMBER", Text: "b", PhoneNumber: "+551133330000"})},
		{"quick replies apart", "body.components[3].buttons", CodeInvalid, buttons(quick, link, quick)},
		{"button text too long", "body.components[3].buttons[0].text", CodeTooLong, buttons(TemplateButton{Type: "QUICK_REPLY", Text: strings.Repeat("x", 26)})},
		{"button without text", "body.components[3].buttons[0].text", CodeRequired, buttons(TemplateButton{Type: "QUICK_REPLY"})},
		{"variable in button text", "body.components[3].buttons[0].text", CodeInvalid, buttons(TemplateButton{Type: "QUICK_REPLY", Text: "Oi {{1}}"})},
		{"link to nowhere", "body.components[3].buttons[0].url", CodeInvalid, buttons(TemplateButton{Type: "URL", Text: "Ir", URL: "aurora.example"})},
		{"script link", "body.components[3].buttons[0].url", CodeInvalid, buttons(TemplateButton{Type: "URL", Text: "Ir", URL: "javascript:alert(1)"})},
		{"link too long", "body.components[3].buttons[0].url", CodeTooLong, buttons(TemplateButton{Type: "URL", Text: "Ir", URL: "https://a.example/" + strings.Repeat("x", 2000)})},
		{"variable inside link", "body.components[3].buttons[0].url", CodeInvalid, buttons(TemplateButton{Type: "URL", Text: "Ir", URL: "https://a.example/{{1}}/x", Example: []string{"y"}})},
		{"link without sample", "body.components[3].buttons[0].example", CodeRequired, buttons(TemplateButton{Type: "URL", Text: "Ir", URL: "https://a.example/{{1}}"})},
		{"phone letters", "body.components[3].buttons[0].phone_number", CodeInvalidPhone, buttons(TemplateButton{Type: "PHONE_NUMBER", Text: "Ligar", PhoneNumber: "ligue já"})},
		{"phone too long", "body.components[3].buttons[0].phone_number", CodeInvalidPhone, buttons(TemplateButton{Type: "PHONE_NUMBER", Text: "Ligar", PhoneNumber: strings.Repeat("1", 21)})},
		{"coupon too long", "body.components[3].buttons[0].example", CodeTooLong, buttons(TemplateButton{Type: "COPY_CODE", Example: []string{strings.Repeat("x", 21)}})},
		{"flow without id", "body.components[3].buttons[0].flow_id", CodeRequired, buttons(TemplateButton{Type: "FLOW", Text: "Abrir"})},
		{"code button elsewhere", "body.components[3].buttons[0].type", CodeInvalid, buttons(TemplateButton{Type: "OTP", OTPType: "COPY_CODE"})},
		{"unknown button", "body.components[3].buttons[0].type", CodeInvalid, buttons(TemplateButton{Type: "MPM", Text: "x"})},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tmpl := goodTemplate()
			c.breaks(&tmpl)
			checkFault(t, ValidateTemplate(tmpl), c.location, c.code)
		})
	}
}

func TestValidateTemplateNamedAndAuthentication(t *testing.T) {
	cases := []struct {
		name, location string
		code           Code
		tmpl           Template
		breaks         func(*Template)
	}{
		{"number in named", "body.components[0].text", CodeInvalid, namedTemplate(), func(t *Template) { t.Components[0].Text = "Oi {{1}}!" }},
		{"capital in named", "body.components[0].text", CodeInvalid, namedTemplate(), func(t *Template) { t.Components[0].Text = "Oi {{Nome}}!" }},
		{"positional samples in named", "body.components[0].example", CodeRequired, namedTemplate(), func(t *Template) {
			t.Components[0].Example = &TemplateExample{BodyText: [][]string{{"Ana"}}}
		}},
		{"text in code body", "body.components[0].text", CodeInvalid, codeTemplate(), func(t *Template) { t.Components[0].Text = "Seu código" }},
		{"text in code footer", "body.components[1].text", CodeInvalid, codeTemplate(), func(t *Template) { t.Components[1].Text = "x" }},
		{"code for ever", "body.components[1].code_expiration_minutes", CodeOutOfRange, codeTemplate(), func(t *Template) { t.Components[1].CodeExpirationMinutes = 91 }},
		{"code without button", "body.components", CodeRequired, codeTemplate(), func(t *Template) { t.Components = t.Components[:2] }},
		{"code with a link", "body.components[2].buttons", CodeInvalid, codeTemplate(), func(t *Template) {
			t.Components[2].Buttons = []TemplateButton{{Type: "URL", Text: "x", URL: "https://a.example"}}
		}},
		{"one-tap", "body.components[2].buttons[0].otp_type", CodeInvalid, codeTemplate(), func(t *Template) { t.Components[2].Buttons[0].OTPType = "ONE_TAP" }},
		{"code with header", "body.components[3]", CodeInvalid, codeTemplate(), func(t *Template) {
			t.Components = append(t.Components, TemplateComponent{Type: "HEADER", Text: "Oi"})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.breaks(&c.tmpl)
			checkFault(t, ValidateTemplate(c.tmpl), c.location, c.code)
		})
	}
}

// checkFault fails unless err is a 422 that names exactly one field.
func checkFault(t *testing.T, err error, location string, code Code) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Invalid {
		t.Fatalf("got %v, want a 422 about %s", err, location)
	}
	if len(e.Fields) != 1 || e.Fields[0].Location != location || e.Fields[0].Code != code {
		t.Fatalf("got %v, want %s:%s", err, location, code)
	}
}
