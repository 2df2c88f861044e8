package metaapi

import "slices"

// either is the type of what Meta writes now as a number, now as text.
func either() []any { return []any{"string", "integer"} }

// webhookAmendments concern what Meta posts to us.
func webhookAmendments() []Amendment {
	return slices.Concat(messageAmendments(), eventAmendments())
}

func messageAmendments() []Amendment {
	return []Amendment{
		set("quoted messages", "a reply to any message has a context; only the one from a product page names a product",
			map[string]any{"required": []any{}}, "ContextObject"),
		set("removed reactions", "a reaction without emoji removes the earlier one",
			map[string]any{"required": []any{"message_id"}}, "ReactionMessage_1", "allOf", "1", "properties", "reaction"),
		set("pins", "a point set by hand has neither name nor address",
			map[string]any{"required": []any{"latitude", "longitude"}}, "LocationMessage_1", "allOf", "1", "properties", "location"),
		set("advertisements", "not every advertisement has all parts; status ads have no click id",
			map[string]any{"required": []any{"source_url", "source_id", "source_type"}}, "ReferralObject"),
		set("senders without phone", "from is absent when the contact hides the number; from_user_id is there instead (Meta, 2026)",
			map[string]any{
				"required": []any{"id", "timestamp"},
				"anyOf":    []any{required("from"), required("from_user_id")},
			}, "BaseMessageProperties_1"),
		add("interactive answers", "answers to forms and to call permission requests are newer than the schema",
			[]any{"nfm_reply", "call_permission_reply"}, "InteractiveMessageReply", "allOf", "1", "properties", "interactive", "properties", "type", "enum"),
		set("form answers", "see interactive answers: they have no context when the form was opened from elsewhere",
			map[string]any{"required": []any{"type", "interactive"}}, "InteractiveMessageReply", "allOf", "1"),
		add("system kinds", "a new business-scoped user id is told by a system message (Meta, 11 Aug 2026)",
			[]any{"user_changed_user_id"}, "SystemMessage", "allOf", "1", "properties", "system", "properties", "type", "enum"),
		set("order amounts", "numbers of an order come as numbers or as text",
			map[string]any{"quantity": map[string]any{"type": either()}, "item_price": map[string]any{"type": []any{"string", "number"}}},
			"OrderMessage", "allOf", "1", "properties", "order", "properties", "product_items", "items", "properties"),
	}
}

func eventAmendments() []Amendment {
	return []Amendment{
		add("played", "the status of a voice note that was listened to (Meta, 17 Mar 2026)",
			[]any{"played"}, "Statuses", "properties", "status", "enum"),
		set("status recipients", "recipient_id is absent for messages to a business-scoped user id",
			map[string]any{
				"required": []any{"id", "status", "timestamp"},
				"anyOf":    []any{required("recipient_id"), required("recipient_user_id")},
			}, "Statuses"),
		set("group times", "the document's own examples write the time of a group event as text",
			map[string]any{"type": either()}, "Groups", "properties", "timestamp"),
		set("group participants", "the document's own examples write the input of a participant as a number",
			map[string]any{"input": map[string]any{"type": either()}, "wa_id": map[string]any{"type": either()}},
			"GroupParticipant", "properties"),
		set("fields", "the document describes four fields of some thirty, and misspells one of them in its own example; the others are not checked",
			map[string]any{
				"properties": map[string]any{"field": text(), "value": map[string]any{"type": "object"}},
				"if": map[string]any{"properties": map[string]any{"field": map[string]any{"enum": []any{
					"messages", "group_lifecycle_update", "group_settings_update", "group_participant_update", "group_participants_update"}}}},
				"then": map[string]any{"properties": map[string]any{"value": map[string]any{"oneOf": []any{
					map[string]any{"$ref": schemasRef + "IncomingMessageValueGeneral"},
					map[string]any{"$ref": schemasRef + "IncomingMessageValueSystem"},
					map[string]any{"$ref": schemasRef + "StatusMessageValue"},
					map[string]any{"$ref": schemasRef + "GroupValue"},
				}}}},
			}, "Change"),
	}
}
