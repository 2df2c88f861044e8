package metaapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Example is one webhook body of the document.
type Example struct {
	Name  string // as the document calls it
	Field string // what the change is about: "messages", "group_settings_update" …
	Body  []byte // a complete webhook body, unsigned
}

// WebhookExamples lists every webhook example of the document in the order of
// their names: the examples of the webhook operation, then those that stand
// with the schemas of single messages, put into an envelope. Meta uses the same
// message id in several; see Distinct.
func (d *Doc) WebhookExamples() ([]Example, error) {
	list, err := dig(d.root, "paths", "/whatsapp/webhooks", "post", "requestBody", "content", jsonType, "examples")
	if err != nil {
		return nil, err
	}
	examples := list.(map[string]any)
	var out []Example
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		value, err := dig(examples[name], "value")
		if err != nil {
			return nil, err
		}
		e, err := example(name, value)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	more, err := d.messageExamples()
	return append(out, more...), err
}

// messageExamples are the examples within the schemas of received messages.
func (d *Doc) messageExamples() ([]Example, error) {
	schemas, err := dig(d.root, "components", "schemas")
	if err != nil {
		return nil, err
	}
	all := schemas.(map[string]any)
	var out []Example
	for _, name := range slices.Sorted(maps.Keys(all)) {
		message, err := dig(all[name], "allOf", "1", "example")
		if err != nil || !strings.Contains(name, "Message") {
			continue
		}
		if _, received := message.(map[string]any)["from"]; !received {
			continue
		}
		e, err := example("schema "+name, envelope(message))
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func envelope(message any) any {
	value := map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]any{"display_phone_number": "15550783881", "phone_number_id": "106540352242922"},
		"messages":          []any{message},
	}
	if m, ok := message.(map[string]any); ok && m["type"] != "system" {
		value["contacts"] = []any{map[string]any{"profile": map[string]any{"name": "Sheena Nelson"}, "wa_id": m["from"]}}
	}
	return map[string]any{
		"object": "whatsapp_business_account",
		"entry": []any{map[string]any{
			"id":      "102290129340398",
			"changes": []any{map[string]any{"field": "messages", "value": value}},
		}},
	}
}

func example(name string, value any) (Example, error) {
	field, err := dig(value, "entry", "0", "changes", "0", "field")
	if err != nil {
		return Example{}, fmt.Errorf("example %s: %w", name, err)
	}
	body, err := json.Marshal(value)
	if err != nil {
		return Example{}, fmt.Errorf("example %s: %w", name, err)
	}
	return Example{Name: name, Field: field.(string), Body: body}, nil
}

// Distinct returns the examples with a message id of its own in each one that
// repeats an earlier example's, so that all may be posted to one connection.
func Distinct(examples []Example) []Example {
	seen := map[string]bool{}
	out := slices.Clone(examples)
	for i := range out {
		var body any
		if json.Unmarshal(out[i].Body, &body) != nil {
			continue
		}
		message, err := dig(body, "entry", "0", "changes", "0", "value", "messages", "0")
		if err != nil {
			continue
		}
		fields := message.(map[string]any)
		id, _ := fields["id"].(string)
		if seen[id] {
			fields["id"] = fmt.Sprintf("%s.%d", id, i)
			if b, err := json.Marshal(body); err == nil {
				out[i].Body = b
			}
		}
		seen[id] = true
	}
	return out
}
