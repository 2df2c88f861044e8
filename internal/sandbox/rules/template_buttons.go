package rules

import "strings"

// subTypes are the buttons that take a value, with the sub_type that carries
// it.
var subTypes = map[string]string{"QUICK_REPLY": "quick_reply", "URL": "url", "COPY_CODE": "copy_code",
	"FLOW": "flow", "CATALOG": "catalog", "MPM": "mpm", "VOICE_CALL": "voice_call"}

// fillButtons checks the values given for buttons; those that need one must
// have it.
func (d *Definition) fillButtons(f *Filled, given map[int]SendComponent) *Error {
	var defined []Button
	if c := d.Component("BUTTONS"); c != nil {
		defined = c.Buttons
	}
	for i := range given {
		if i >= len(defined) {
			return New(132000, "buttons: there is no button at index %d of the template", i)
		}
	}
	for i := range defined {
		var value *SendComponent
		if g, ok := given[i]; ok {
			value = &g
		}
		out, err := defined[i].fill(i, value)
		if err != nil {
			return err
		}
		f.Buttons = append(f.Buttons, out)
	}
	return nil
}

func (b *Button) fill(i int, given *SendComponent) (FilledButton, *Error) {
	out := FilledButton{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone}
	needs := b.Type == "COPY_CODE" || b.Type == "URL" && len(variables(b.URL)) > 0
	if given == nil {
		if needs {
			return out, New(131008, "buttons: Button at index %d of type %s requires a parameter", i, b.Type)
		}
		if b.Type == "QUICK_REPLY" {
			out.Payload = b.Text
		}
		return out, nil
	}
	if !strings.EqualFold(given.SubType, subTypes[b.Type]) || subTypes[b.Type] == "" {
		return out, New(132012, "buttons: Button at index %d is of type %s, received %.40s", i, b.Type, given.SubType)
	}
	if b.Type == "URL" && !needs {
		return out, New(132000, "buttons: Button at index %d of type URL takes no parameter", i)
	}
	if len(given.Parameters) != 1 && b.Type != "CATALOG" && b.Type != "VOICE_CALL" && b.Type != "FLOW" {
		return out, New(132000, "buttons: number of params (%d) of button %d does not match the expected number of params (1)",
			len(given.Parameters), i)
	}
	return out, b.put(&out, i, given.Parameters)
}

// put stores the value in the button the customer sees.
func (b *Button) put(out *FilledButton, i int, given []Parameter) *Error {
	switch b.Type {
	case "QUICK_REPLY":
		p := given[0]
		if p.Type != "payload" || p.Payload == "" || len([]rune(p.Payload)) > maxPayload {
			return New(131009, "buttons: Button at index %d needs a payload of 1 to %d characters", i, maxPayload)
		}
		out.Payload = p.Payload
	case "URL":
		if err := given[0].checkText("buttons"); err != nil {
			return err
		}
		out.URL = variable.ReplaceAllLiteralString(b.URL, given[0].value())
		if len(out.URL) > maxURL {
			return New(132005, "buttons: the URL of button %d has more than %d characters", i, maxURL)
		}
	case "COPY_CODE":
		p := given[0]
		if p.Type != "coupon_code" || p.Coupon == "" || len(p.Coupon) > maxCopyCode {
			return New(131009, "buttons: Button at index %d needs a coupon_code of 1 to %d characters", i, maxCopyCode)
		}
		out.Payload = p.Coupon
	case "FLOW":
		for _, p := range given {
			if p.Type != "action" || len(p.Action) == 0 {
				return New(131009, "buttons: Button at index %d needs a parameter of type action", i)
			}
		}
	}
	return nil
}
