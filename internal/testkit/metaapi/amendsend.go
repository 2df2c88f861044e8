package metaapi

import "slices"

// text is a schema that takes any string.
func text() map[string]any { return map[string]any{"type": "string"} }

// required builds a schema that asks for properties.
func required(names ...any) map[string]any { return map[string]any{"required": names} }

// sendAmendments concern what we send and Meta's answers to it.
func sendAmendments() []Amendment {
	return slices.Concat(addressAmendments(), contentAmendments(), answerAmendments())
}

func addressAmendments() []Amendment {
	return []Amendment{
		set("correlation", "biz_opaque_callback_data is a documented message property that the schema lacks",
			map[string]any{"biz_opaque_callback_data": map[string]any{"type": "string", "maxLength": 512}},
			"BaseMessageProperties", "properties"),
		set("recipient", "messages to a business-scoped user id carry recipient instead of to (Meta, May 2026)",
			map[string]any{"recipient": text()}, "BaseMessageProperties", "properties"),
		set("recipient or to", "see recipient: one of the two is enough",
			map[string]any{
				"required": []any{"messaging_product", "recipient_type", "type"},
				"anyOf":    []any{required("to"), required("recipient")},
			}, "BaseMessageProperties"),
		add("read receipt", "read receipts are in the examples of the operation but not in its schema",
			[]any{readReceipt()}, "Message", "oneOf"),
	}
}

func contentAmendments() []Amendment {
	freeType := map[string]any{"type": text()}
	return []Amendment{
		set("card phone types", "the standard values are CELL, MAIN, IPHONE, HOME and WORK, and others are shown as given",
			freeType, "PhoneObject", "properties"),
		set("card e-mail types", "see card phone types", freeType, "EmailObject", "properties"),
		set("card link types", "see card phone types", freeType, "UrlObject", "properties"),
		set("card address types", "see card phone types", freeType, "AddressObject", "properties"),
		add("interactive kinds", "link buttons and location requests are newer than the schema",
			[]any{"cta_url", "location_request_message"}, "InteractiveObject", "properties", "type", "enum"),
		add("interactive actions", "see interactive kinds", interactiveActions(), "ActionObject", "oneOf"),
		set("list body", "the body of a list may have 4096 characters (Meta, 3 Nov 2025)",
			map[string]any{"maxLength": 4096}, "BodyObject", "properties", "text"),
		set("button index", "the pattern ^[2-6, 11-14]$ refuses the examples of the document itself",
			map[string]any{"pattern": "^[0-9]$"}, "ButtonComponent", "allOf", "1", "properties", "index"),
		set("component index", "see button index",
			map[string]any{"pattern": "^[0-9]$"}, "TemplateComponent", "properties", "index"),
		add("button kinds", "copy_code and flow are documented kinds of template buttons",
			[]any{"copy_code", "flow"}, "ButtonComponent", "allOf", "1", "properties", "sub_type", "enum"),
		add("component kinds", "see button kinds",
			[]any{"copy_code", "flow"}, "TemplateComponent", "properties", "sub_type", "enum"),
		add("button parameters", "coupon codes and flow actions are documented parameters of template buttons",
			[]any{"coupon_code", "action"}, "ButtonParameterObject", "properties", "type", "enum"),
		add("location parameter", "location is a documented parameter of template headers",
			[]any{"location"}, "ParameterObject", "properties", "type", "enum"),
	}
}

func answerAmendments() []Amendment {
	return []Amendment{
		add("number verification", "the platform also answers NOT_VERIFIED and EXPIRED",
			[]any{"NOT_VERIFIED", "EXPIRED"}, "PhoneNumberInfo", "properties", "code_verification_status", "enum"),
		add("number quality", "the platform also answers UNKNOWN",
			[]any{"UNKNOWN"}, "PhoneNumberInfo", "properties", "quality_rating", "enum"),
		parameters("template list parameters", "fields, limit, after and the filters belong to every list of the Graph API",
			"/{Version}/{WABA-ID}/message_templates", "get", "fields", "limit", "after", "status", "language", "category"),
	}
}

func readReceipt() map[string]any {
	return map[string]any{
		"type":                 "object",
		"required":             []any{"messaging_product", "status", "message_id"},
		"additionalProperties": false,
		"properties": map[string]any{
			"messaging_product": map[string]any{"const": "whatsapp"},
			"status":            map[string]any{"const": "read"},
			"message_id":        text(),
			"typing_indicator": map[string]any{
				"type": "object", "required": []any{"type"}, "additionalProperties": false,
				"properties": map[string]any{"type": map[string]any{"const": "text"}},
			},
		},
	}
}

func interactiveActions() []any {
	link := map[string]any{
		"type": "object", "required": []any{"display_text", "url"}, "additionalProperties": false,
		"properties": map[string]any{
			"display_text": map[string]any{"type": "string", "maxLength": 20},
			"url":          text(),
		},
	}
	return []any{
		map[string]any{
			"required":   []any{"name", "parameters"},
			"properties": map[string]any{"name": map[string]any{"const": "cta_url"}, "parameters": link},
		},
		map[string]any{
			"required":             []any{"name"},
			"additionalProperties": false,
			"properties":           map[string]any{"name": map[string]any{"const": "send_location"}},
		},
	}
}

// parameters returns an amendment that adds query parameters to an operation.
func parameters(name, reason, path, method string, names ...string) Amendment {
	return Amendment{Name: name, Reason: reason, apply: func(root map[string]any) error {
		op, err := object(root, "paths", path, method)
		if err != nil {
			return err
		}
		list, _ := op["parameters"].([]any)
		for _, n := range names {
			list = append(list, map[string]any{"name": n, "in": "query", "schema": text()})
		}
		op["parameters"] = list
		return nil
	}}
}
