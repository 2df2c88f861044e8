package rules

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Definition is a message template as it is created and listed (Meta: message
// templates).
type Definition struct {
	Name       string      `json:"name"`
	Language   string      `json:"language"`
	Category   string      `json:"category"`
	Format     string      `json:"parameter_format,omitempty"` // POSITIONAL or NAMED
	Components []Component `json:"components"`
	TTL        int         `json:"message_send_ttl_seconds,omitempty"`
	Recategory bool        `json:"allow_category_change,omitempty"`
}

// Component is one part of a template.
type Component struct {
	Type     string   `json:"type"`
	Format   string   `json:"format,omitempty"`
	Text     string   `json:"text,omitempty"`
	Example  *Example `json:"example,omitempty"`
	Buttons  []Button `json:"buttons,omitempty"`
	Security bool     `json:"add_security_recommendation,omitempty"`
	Minutes  int      `json:"code_expiration_minutes,omitempty"`
}

// Example holds sample values for the reviewer.
type Example struct {
	HeaderText   []string       `json:"header_text,omitempty"`
	HeaderHandle []string       `json:"header_handle,omitempty"`
	HeaderNamed  []NamedExample `json:"header_text_named_params,omitempty"`
	BodyText     [][]string     `json:"body_text,omitempty"`
	BodyNamed    []NamedExample `json:"body_text_named_params,omitempty"`
}

// NamedExample is the sample of a named parameter.
type NamedExample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// Button is one button of a template.
type Button struct {
	Type       string   `json:"type"`
	Text       string   `json:"text,omitempty"`
	URL        string   `json:"url,omitempty"`
	Phone      string   `json:"phone_number,omitempty"`
	OTPType    string   `json:"otp_type,omitempty"`
	FlowID     string   `json:"flow_id,omitempty"`
	FlowName   string   `json:"flow_name,omitempty"`
	FlowAction string   `json:"flow_action,omitempty"`
	Screen     string   `json:"navigate_screen,omitempty"`
	Autofill   string   `json:"autofill_text,omitempty"`
	Example    Examples `json:"example,omitempty"`
}

// Examples is one sample or a list of them.
type Examples []string

// UnmarshalJSON implements json.Unmarshaler.
func (e *Examples) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*e = Examples{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(e))
}

// Limits of templates (Meta: message templates, components).
const (
	maxTemplateButtons = 10
	maxTemplateButton  = 25
	maxPhoneDigits     = 20
	maxCopyCode        = 20
)

var (
	templateName = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2,3})?$`)
	variable     = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
	variableName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	mediaHeaders = map[string]bool{"IMAGE": true, "VIDEO": true, "DOCUMENT": true}
)

// DecodeDefinition reads and checks the body of a template creation and
// returns it as Meta will list it.
func DecodeDefinition(body []byte) (*Definition, *Error) {
	var d Definition
	if err := strict(body, &d); err != nil {
		return nil, err
	}
	d.Category, d.Format = strings.ToUpper(d.Category), strings.ToUpper(d.Format)
	if d.Format == "" {
		d.Format = "POSITIONAL"
	}
	for i := range d.Components {
		c := &d.Components[i]
		c.Type, c.Format = strings.ToUpper(c.Type), strings.ToUpper(c.Format)
		for j := range c.Buttons {
			c.Buttons[j].Type = strings.ToUpper(c.Buttons[j].Type)
		}
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if d.Category == "AUTHENTICATION" {
		d.authentication()
	}
	return &d, nil
}

// Component returns the component of a type, or nil.
func (d *Definition) Component(kind string) *Component {
	for i := range d.Components {
		if d.Components[i].Type == kind {
			return &d.Components[i]
		}
	}
	return nil
}

func (d *Definition) check() *Error {
	switch {
	case !templateName.MatchString(d.Name):
		return New(100, "Param name must match ^[a-z0-9_]{1,512}$.")
	case !languageCode.MatchString(d.Language):
		return New(100, "Param language %.20q is not a supported language code.", d.Language)
	case d.Category != "MARKETING" && d.Category != "UTILITY" && d.Category != "AUTHENTICATION":
		return New(100, "Param category must be one of {AUTHENTICATION, MARKETING, UTILITY}.")
	case d.Format != "POSITIONAL" && d.Format != "NAMED":
		return New(100, "Param parameter_format must be one of {NAMED, POSITIONAL}.")
	}
	seen := map[string]bool{}
	for i := range d.Components {
		c := &d.Components[i]
		if seen[c.Type] {
			return missingField(c.Type, "only one component of a type is allowed")
		}
		seen[c.Type] = true
		if err := d.checkComponent(c); err != nil {
			return err
		}
	}
	if !seen["BODY"] {
		return missingField("BODY", "the component is required")
	}
	return nil
}

func (d *Definition) checkComponent(c *Component) *Error {
	if d.Category == "AUTHENTICATION" {
		return c.checkAuthentication()
	}
	switch c.Type {
	case "HEADER":
		return d.checkHeader(c)
	case "BODY":
		return d.checkBody(c)
	case "FOOTER":
		return c.checkFooter()
	case "BUTTONS":
		return checkTemplateButtons(c.Buttons)
	}
	return New(100, "Param components['type'] %.40q must be one of {HEADER, BODY, FOOTER, BUTTONS}.", c.Type)
}

func (d *Definition) checkHeader(c *Component) *Error {
	switch {
	case c.Format == "TEXT":
		names := variables(c.Text)
		if c.Text == "" || strings.Contains(c.Text, "\n") || len(names) > 1 {
			return refuseTemplate(2388047, "Message Header Format Is Incorrect",
				"The message header can't have new lines and takes at most one variable.")
		}
		if err := tooLong("HEADER", c.Text, maxHeader); err != nil {
			return err
		}
		return first(d.checkNames(names), d.needExample("HEADER", names, c.Example))
	case mediaHeaders[c.Format]:
		if c.Example == nil || len(c.Example.HeaderHandle) == 0 {
			return missingField("HEADER", "example.header_handle")
		}
		return nil
	case c.Format == "LOCATION":
		return nil
	}
	return New(100, "Param components['format'] %.40q must be one of {TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION}.", c.Format)
}

func (d *Definition) checkBody(c *Component) *Error {
	if c.Text == "" {
		return missingField("BODY", "text")
	}
	if err := tooLong("BODY", c.Text, maxBody); err != nil {
		return err
	}
	names := variables(c.Text)
	if err := d.checkNames(names); err != nil {
		return err
	}
	text := strings.TrimSpace(c.Text)
	if strings.HasPrefix(text, "{{") || strings.HasSuffix(text, "}}") {
		return refuseTemplate(2388299, "Leading or trailing params not allowed",
			"Variables can't be at the start or end of the template.")
	}
	plain := variable.ReplaceAllString(c.Text, " ")
	if strings.Contains(c.Text, "}}{{") {
		return refuseTemplate(2388072, "Message Body Format Is Incorrect", "Variables can't stand next to each other.")
	}
	if len(strings.Fields(plain)) < 2*len(names)+1 && len(names) > 0 {
		return refuseTemplate(2388293, "Parameters words ratio exceeds limit",
			"This template has too many variables for its length. Reduce the number of variables or increase the message length.")
	}
	return d.needExample("BODY", names, c.Example)
}

func (c *Component) checkFooter() *Error {
	if c.Text == "" || len(variables(c.Text)) > 0 {
		return refuseTemplate(2388073, "Message Footer Format Is Incorrect", "The footer needs a text and can't have variables.")
	}
	return tooLong("FOOTER", c.Text, maxFooter)
}

// checkNames wants {{1}}…{{n}} without holes, or proper names. The names are
// distinct, so numbers from 1 to their count leave no hole.
func (d *Definition) checkNames(names []string) *Error {
	for _, n := range names {
		i, err := strconv.Atoi(n)
		ok := err == nil && i >= 1 && i <= len(names) && strconv.Itoa(i) == n
		if d.Format == "NAMED" {
			ok = variableName.MatchString(n)
		}
		if !ok {
			return refuseTemplate(2388072, "Variable format is incorrect",
				"Variable parameters must be whole numbers in order with two sets of curly brackets (for example, {{1}}, {{2}}), or lower-case names when parameter_format is NAMED.")
		}
	}
	return nil
}

// needExample wants one sample per variable.
func (d *Definition) needExample(kind string, names []string, ex *Example) *Error {
	if len(names) == 0 {
		return nil
	}
	if ex == nil {
		return missingField(kind, "example")
	}
	given := len(ex.HeaderText)
	switch {
	case d.Format == "NAMED" && kind == "HEADER":
		given = len(ex.HeaderNamed)
	case d.Format == "NAMED":
		given = len(ex.BodyNamed)
	case kind == "BODY":
		given = 0
		if len(ex.BodyText) > 0 {
			given = len(ex.BodyText[0])
		}
	}
	if given != len(names) {
		return missingField(kind, "example")
	}
	return nil
}

// variables returns the distinct variables of a text in order of appearance.
func variables(text string) []string {
	var names []string
	seen := map[string]bool{}
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		name := strings.TrimSpace(m[1])
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

func tooLong(kind, text string, limit int) *Error {
	if utf8.RuneCountInString(text) <= limit {
		return nil
	}
	return refuseTemplate(2388040, "Character Limit Exceeded", "The %s component may have at most %d characters.", kind, limit)
}

func missingField(kind, field string) *Error {
	return refuseTemplate(2388043, "Message template \"components\" param is missing expected field(s)",
		"component of type %s is missing expected field(s) (%s)", kind, field)
}

// String names the template for logs; it holds no content.
func (d *Definition) String() string { return fmt.Sprintf("%s/%s", d.Name, d.Language) }
