package desk

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Rules a template can break, as parameter "rule" of its faults.
const (
	ruleVariables = "no_variables"       // none allowed here, or too many
	ruleSyntax    = "variable_syntax"    // braces that are no variable
	ruleEdge      = "variable_edge"      // a text may not start or end with one
	ruleAdjacent  = "variables_adjacent" // nothing between two of them
	ruleNumbers   = "variable_numbers"   // {{1}}, {{2}} … without a hole
	ruleNames     = "variable_names"     // lower case, digits and underscore
	ruleExample   = "example"            // one sample for each variable
	ruleOrder     = "quick_replies_together"
	ruleAuth      = "authentication"
	ruleTwice     = "twice" // each component stands once
)

var (
	templateNamePattern = regexp.MustCompile(`^[a-z0-9_]+$`)
	languagePattern     = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)
	parameterPattern    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	strictPattern       = regexp.MustCompile(`\{\{[A-Za-z0-9_]+\}\}`)
	adjacentPattern     = regexp.MustCompile(`\}\}\s*\{\{`)
)

// ValidateTemplate checks a template that is about to be created against the
// limits of Meta (business-messaging/whatsapp/templates), so that most mistakes
// are found before days of review. Faults are a 422 with locations such as
// "body.components[1].text".
func ValidateTemplate(t Template) error {
	c := &templateCheck{template: &t}
	c.head()
	seen := map[string]int{}
	for i, part := range t.Components {
		at := "body.components[" + strconv.Itoa(i) + "]"
		if seen[part.Type]++; seen[part.Type] > 1 {
			c.fault(at+".type", CodeInvalid, "rule", ruleTwice)
			continue
		}
		c.component(at, part)
	}
	if seen["BODY"] == 0 {
		c.fault("body.components", CodeRequired, "type", "BODY")
	}
	if t.authentication() && seen["BUTTONS"] == 0 {
		c.fault("body.components", CodeRequired, "type", "BUTTONS")
	}
	if len(c.faults) > 0 {
		return refuseFields(c.faults)
	}
	return nil
}

type templateCheck struct {
	template *Template
	faults   []Field
}

func (c *templateCheck) fault(at string, code Code, params ...any) {
	f := Field{Location: at, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if f.Params == nil {
			f.Params = map[string]any{}
		}
		f.Params[params[i].(string)] = params[i+1]
	}
	c.faults = append(c.faults, f)
}

// length checks that a text is there and not too long; it reports whether the
// rest of its rules is worth checking.
func (c *templateCheck) length(at, text string, longest int) bool {
	switch {
	case strings.TrimSpace(text) == "":
		c.fault(at, CodeRequired)
		return false
	case utf8.RuneCountInString(text) > longest:
		c.fault(at, CodeTooLong, "max", longest)
	}
	return true
}

func (c *templateCheck) head() {
	t := c.template
	if c.length("body.name", t.Name, maxTemplateName) && !templateNamePattern.MatchString(t.Name) {
		c.fault("body.name", CodeInvalid, "pattern", templateNamePattern.String())
	}
	if !languagePattern.MatchString(t.Language) {
		c.fault("body.language", CodeInvalid)
	}
	if !listed("MARKETING UTILITY AUTHENTICATION", t.Category) {
		c.fault("body.category", CodeInvalid, "options", []string{"MARKETING", "UTILITY", "AUTHENTICATION"})
	}
	if f := t.ParameterFormat; f != "" && f != FormatPositional && f != FormatNamed {
		c.fault("body.parameter_format", CodeInvalid, "options", []string{FormatPositional, FormatNamed})
	}
}

func (c *templateCheck) component(at string, part TemplateComponent) {
	switch part.Type {
	case "HEADER":
		c.header(at, part)
	case "BODY":
		c.body(at, part)
	case "FOOTER":
		c.footer(at, part)
	case "BUTTONS":
		c.buttons(at, part.Buttons)
	default:
		c.fault(at+".type", CodeInvalid, "options", []string{"HEADER", "BODY", "FOOTER", "BUTTONS"})
	}
}

func (c *templateCheck) header(at string, part TemplateComponent) {
	if c.template.authentication() {
		c.fault(at, CodeInvalid, "rule", ruleAuth)
		return
	}
	switch headerKind(part.Format) {
	case KindText:
		c.headerText(at, part)
	case KindImage, KindVideo, KindDocument:
		if part.Example == nil || len(part.Example.HeaderHandle) == 0 || part.Example.HeaderHandle[0] == "" {
			c.fault(at+".example", CodeRequired, "rule", ruleExample)
		}
	case "":
		c.fault(at+".format", CodeInvalid, "options", []string{"TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"})
	}
}

func (c *templateCheck) headerText(at string, part TemplateComponent) {
	if !c.length(at+".text", part.Text, maxTemplateHeader) {
		return
	}
	if !printable(part.Text, false) {
		c.fault(at+".text", CodeInvalid)
	}
	if len(variables(part.Text)) > 1 {
		c.fault(at+".text", CodeInvalid, "rule", ruleVariables, "max", 1)
		return
	}
	c.variables(at, PartHeader, part)
}

// body checks the text; Meta itself writes that of authentication templates.
func (c *templateCheck) body(at string, part TemplateComponent) {
	if c.template.authentication() {
		if part.Text != "" {
			c.fault(at+".text", CodeInvalid, "rule", ruleAuth)
		}
		return
	}
	if !c.length(at+".text", part.Text, maxTemplateBody) {
		return
	}
	text := strings.TrimSpace(part.Text)
	switch {
	case !printable(text, true):
		c.fault(at+".text", CodeInvalid)
	case strings.HasPrefix(text, "{{"), strings.HasSuffix(text, "}}"):
		c.fault(at+".text", CodeInvalid, "rule", ruleEdge)
	case adjacentPattern.MatchString(text):
		c.fault(at+".text", CodeInvalid, "rule", ruleAdjacent)
	}
	c.variables(at, PartBody, part)
}

func (c *templateCheck) footer(at string, part TemplateComponent) {
	if c.template.authentication() {
		if part.Text != "" {
			c.fault(at+".text", CodeInvalid, "rule", ruleAuth)
		}
		if part.CodeExpirationMinutes < 1 || part.CodeExpirationMinutes > maxOTPMinutes {
			c.fault(at+".code_expiration_minutes", CodeOutOfRange, "min", 1, "max", maxOTPMinutes)
		}
		return
	}
	if !c.length(at+".text", part.Text, maxTemplateFooter) {
		return
	}
	if strings.Contains(part.Text, "{{") {
		c.fault(at+".text", CodeInvalid, "rule", ruleVariables, "max", 0)
	}
	if !printable(part.Text, false) {
		c.fault(at+".text", CodeInvalid)
	}
}

// variables checks the form, the numbers or names and the samples of the
// variables of a header or body.
func (c *templateCheck) variables(at, part string, comp TemplateComponent) {
	if strings.ContainsAny(strictPattern.ReplaceAllString(comp.Text, ""), "{}") {
		c.fault(at+".text", CodeInvalid, "rule", ruleSyntax)
		return
	}
	names := variables(comp.Text)
	for i, name := range names {
		switch {
		case c.template.named() && !parameterPattern.MatchString(name):
			c.fault(at+".text", CodeInvalid, "rule", ruleNames, "name", name)
			return
		case !c.template.named() && name != strconv.Itoa(i+1):
			c.fault(at+".text", CodeInvalid, "rule", ruleNumbers, "name", name)
			return
		}
	}
	example := comp.Example.of(c.template.named())
	for i, name := range names {
		if strings.TrimSpace(example.sample(part, i, name)) == "" {
			c.fault(at+".example", CodeRequired, "rule", ruleExample, "name", name)
		}
	}
}

// of returns only the samples that Meta reads for the parameter format.
func (e *TemplateExample) of(named bool) *TemplateExample {
	switch {
	case e == nil:
		return nil
	case named:
		return &TemplateExample{HeaderTextNamedParams: e.HeaderTextNamedParams, BodyTextNamedParams: e.BodyTextNamedParams}
	}
	return &TemplateExample{HeaderText: e.HeaderText, BodyText: e.BodyText}
}

func (c *templateCheck) buttons(at string, buttons []TemplateButton) {
	switch n := len(buttons); {
	case n == 0:
		c.fault(at+".buttons", CodeRequired)
	case n > maxButtons:
		c.fault(at+".buttons", CodeTooLong, "max", maxButtons)
	case c.template.authentication() && (n > 1 || buttons[0].Type != "OTP"):
		c.fault(at+".buttons", CodeInvalid, "rule", ruleAuth)
	}
	limits := map[string]int{"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "VOICE_CALL": 1, "FLOW": 1, "OTP": 1}
	count := map[string]int{}
	for i, b := range buttons {
		here := at + ".buttons[" + strconv.Itoa(i) + "]"
		if count[b.Type]++; limits[b.Type] > 0 && count[b.Type] > limits[b.Type] {
			c.fault(here+".type", CodeOutOfRange, "max", limits[b.Type])
		}
		c.button(here, b)
	}
	if !together(buttons) {
		c.fault(at+".buttons", CodeInvalid, "rule", ruleOrder)
	}
}

// together reports whether the quick replies stand side by side.
func together(buttons []TemplateButton) bool {
	groups, inside := 0, false
	for _, b := range buttons {
		quick := b.Type == "QUICK_REPLY"
		if quick && !inside {
			groups++
		}
		inside = quick
	}
	return groups <= 1
}

func (c *templateCheck) button(at string, b TemplateButton) {
	if b.Type != "COPY_CODE" && b.Type != "OTP" { // Meta writes the text of these
		c.length(at+".text", b.Text, maxButtonText)
		if strings.Contains(b.Text, "{{") || !printable(b.Text, false) {
			c.fault(at+".text", CodeInvalid, "rule", ruleVariables, "max", 0)
		}
	}
	switch b.Type {
	case "QUICK_REPLY", "VOICE_CALL":
	case "URL":
		c.buttonURL(at, b)
	case "PHONE_NUMBER":
		digits, _, ok := phoneDigits(b.PhoneNumber)
		if !ok || len(digits) > maxButtonPhone || strings.Trim(b.PhoneNumber, "+0123456789") != "" {
			c.fault(at+".phone_number", CodeInvalidPhone, "max", maxButtonPhone)
		}
	case "COPY_CODE":
		if c.length(at+".example", strings.Join(b.Example, ""), maxCouponCode) && len(b.Example) != 1 {
			c.fault(at+".example", CodeInvalid, "rule", ruleExample)
		}
	case "FLOW":
		c.length(at+".flow_id", b.FlowID, maxFlowToken)
	case "OTP":
		c.buttonOTP(at, b)
	default:
		c.fault(at+".type", CodeInvalid, "options",
			[]string{"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "VOICE_CALL", "FLOW", "OTP"})
	}
}

// buttonURL allows one variable, at the end of the address.
func (c *templateCheck) buttonURL(at string, b TemplateButton) {
	if !c.length(at+".url", b.URL, maxButtonURL) {
		return
	}
	base, dynamic := urlBase(b.URL)
	u, err := url.Parse(base)
	if err != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) || u.Hostname() == "" || strings.ContainsAny(base, " {}") {
		c.fault(at+".url", CodeInvalid)
		return
	}
	if !dynamic {
		return
	}
	if !strings.HasSuffix(b.URL, "}}") || len(placeholderPattern.FindAllString(b.URL, -1)) > 1 {
		c.fault(at+".url", CodeInvalid, "rule", ruleVariables, "max", 1)
	}
	if len(b.Example) == 0 || strings.TrimSpace(b.Example[0]) == "" {
		c.fault(at+".example", CodeRequired, "rule", ruleExample)
	}
}

// buttonOTP allows the button that copies the code; the others need an Android
// app of the company's own.
func (c *templateCheck) buttonOTP(at string, b TemplateButton) {
	if !c.template.authentication() {
		c.fault(at+".type", CodeInvalid, "rule", ruleAuth)
	}
	if b.OTPType != "COPY_CODE" {
		c.fault(at+".otp_type", CodeInvalid, "options", []string{"COPY_CODE"})
	}
}
