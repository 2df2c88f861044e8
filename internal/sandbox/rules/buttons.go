package rules

import (
	"strconv"
	"strings"
)

// buttonLimits is how many buttons of a type a template may have.
var buttonLimits = map[string]int{"QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1,
	"VOICE_CALL": 1, "FLOW": 1, "CATALOG": 1, "MPM": 1}

// checkTemplateButtons checks the buttons of a template that isn't for
// authentication.
func checkTemplateButtons(buttons []Button) *Error {
	if len(buttons) == 0 || len(buttons) > maxTemplateButtons {
		return refuseTemplate(2388043, "Buttons count is not valid", "A template takes 1 to %d buttons.", maxTemplateButtons)
	}
	count := map[string]int{}
	groups, previous := 0, ""
	for i := range buttons {
		b := &buttons[i]
		count[b.Type]++
		limit, known := buttonLimits[b.Type]
		if !known {
			return New(100, "Param components['buttons'][%d]['type'] %.40q is not supported.", i, b.Type)
		}
		if count[b.Type] > limit {
			return refuseTemplate(2388043, "Buttons count is not valid", "A template takes at most %d buttons of type %s.", limit, b.Type)
		}
		if b.Type == "QUICK_REPLY" && previous != "QUICK_REPLY" {
			groups++
		}
		previous = b.Type
		if err := b.check(); err != nil {
			return err
		}
	}
	if groups > 1 {
		return refuseTemplate(2388043, "Buttons order is not valid", "Quick replies must stand together, before or after the other buttons.")
	}
	return nil
}

func (b *Button) check() *Error {
	if b.Type != "COPY_CODE" && b.Text == "" {
		return missingField("BUTTONS", "text")
	}
	if err := tooLong("BUTTONS", b.Text, maxTemplateButton); err != nil {
		return err
	}
	switch b.Type {
	case "URL":
		return b.checkURL()
	case "PHONE_NUMBER":
		digits := strings.Trim(b.Phone, "+0123456789")
		if b.Phone == "" || digits != "" || len(b.Phone) > maxPhoneDigits {
			return missingField("BUTTONS", "phone_number")
		}
	case "COPY_CODE":
		if len(b.Example) != 1 || b.Example[0] == "" || len(b.Example[0]) > maxCopyCode {
			return missingField("BUTTONS", "example")
		}
	case "FLOW":
		if b.FlowID == "" && b.FlowName == "" {
			return missingField("BUTTONS", "flow_id")
		}
	}
	return nil
}

// checkURL allows one variable, at the end.
func (b *Button) checkURL() *Error {
	names := variables(b.URL)
	if !isWebURL(variable.ReplaceAllString(b.URL, "x")) || len(names) > 1 ||
		len(names) == 1 && !strings.HasSuffix(b.URL, "}}") {
		return refuseTemplate(2388043, "Invalid button URL", "The URL must be valid and take at most one variable, at its end.")
	}
	if len(names) == 1 && len(b.Example) != 1 {
		return missingField("BUTTONS", "example")
	}
	return nil
}

// checkAuthentication: text is Meta's own, only its options may be set.
func (c *Component) checkAuthentication() *Error {
	switch c.Type {
	case "BODY":
		if c.Text != "" {
			return New(100, "Param components['text'] is not allowed in authentication templates.")
		}
		return nil
	case "FOOTER":
		if c.Minutes != 0 && (c.Minutes < 1 || c.Minutes > 90) {
			return New(100, "Param code_expiration_minutes must be between 1 and 90.")
		}
		return nil
	case "BUTTONS":
		if len(c.Buttons) != 1 || c.Buttons[0].Type != "OTP" {
			return missingField("BUTTONS", "one button of type OTP")
		}
		return nil
	}
	return New(100, "Components of type %.40q are not allowed in authentication templates.", c.Type)
}

// authWords are Meta's fixed texts, by language family.
var authWords = map[string]struct{ body, advice, footer, button string }{
	"pt": {"*{{1}}* é seu código de verificação.", " Para sua segurança, não o compartilhe.", "Este código expira em %d minutos.", "Copiar código"},
	"es": {"Tu código de verificación es *{{1}}*.", " Por tu seguridad, no lo compartas.", "Este código caduca en %d minutos.", "Copiar código"},
	"en": {"*{{1}}* is your verification code.", " For your security, do not share this code.", "This code expires in %d minutes.", "Copy code"},
}

// authentication puts Meta's texts in: the code is variable 1 of the body and
// of a URL button.
func (d *Definition) authentication() {
	words, ok := authWords[d.Language[:2]]
	if !ok {
		words = authWords["en"]
	}
	for i := range d.Components {
		c := &d.Components[i]
		switch c.Type {
		case "BODY":
			c.Text = words.body
			if c.Security {
				c.Text += words.advice
			}
			c.Example = &Example{BodyText: [][]string{{"123456"}}}
		case "FOOTER":
			if c.Minutes > 0 {
				c.Text = strings.ReplaceAll(words.footer, "%d", strconv.Itoa(c.Minutes))
			}
		case "BUTTONS":
			b := &c.Buttons[0]
			text := b.Text
			if text == "" {
				text = words.button
			}
			kind := b.OTPType
			if kind == "" {
				kind = "COPY_CODE"
			}
			c.Buttons[0] = Button{Type: "URL", Text: text,
				URL:     "https://www.whatsapp.com/otp/code/?otp_type=" + kind + "&code=otp{{1}}",
				Example: Examples{"https://www.whatsapp.com/otp/code/?otp_type=" + kind + "&code=otp123456"}}
		}
	}
}
