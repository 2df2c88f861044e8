package metaapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Amendment is one change made in memory to Meta's document, with its reason.
type Amendment struct {
	Name   string
	Reason string
	apply  func(root map[string]any) error
}

// Amendments lists every place where the document is wrong in itself or older
// than the platform. Nothing else is exempt from validation.
func Amendments() []Amendment {
	return slices.Concat(mergeErrors(), sendAmendments(), webhookAmendments(), []Amendment{{
		Name:   "discriminators",
		Reason: "JSON Schema ignores OpenAPI's discriminator; without this the variants would not be checked at all",
		apply:  enforceDiscriminators,
	}})
}

// mergeErrors undoes what merging several documents into one broke.
func mergeErrors() []Amendment {
	incoming := []string{
		"TextMessage_2", "ReactionMessage_1", "AudioMessage_1", "DocumentMessage_1", "ImageMessage_1",
		"StickerMessage_1", "VideoMessage_1", "LocationMessage_1", "ContactSharingMessage", "UnsupportedMessage",
		"ButtonMessage", "InteractiveMessageReply", "OrderMessage", "SystemMessage",
	}
	return []Amendment{
		{
			Name:   "incoming message names",
			Reason: "schemas of the same name were renumbered when documents were merged, the references to them were not: received messages point at the schemas of sent ones",
			apply: func(root map[string]any) error {
				return rename(root, "IncomingMessage", map[string]string{
					"TextMessage": "TextMessage_2", "ReactionMessage": "ReactionMessage_1", "AudioMessage": "AudioMessage_1",
					"DocumentMessage": "DocumentMessage_1", "ImageMessage": "ImageMessage_1", "StickerMessage": "StickerMessage_1",
					"VideoMessage": "VideoMessage_1", "LocationMessage": "LocationMessage_1",
				})
			},
		},
		{
			Name:   "incoming message bases",
			Reason: "the same renumbering: base properties, cards and errors of received messages",
			apply: func(root map[string]any) error {
				for _, name := range incoming {
					err := rename(root, name, map[string]string{
						"BaseMessageProperties": "BaseMessageProperties_1", "ContactObject": "ContactObject_1", "ErrorObject": "ErrorObject_2",
					})
					if err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			Name:   "sealed variants",
			Reason: "additionalProperties:false inside an allOf refuses the properties of its siblings, so that no message at all would be valid; unevaluatedProperties says what is meant",
			apply:  unseal,
		},
	}
}

// rename changes references within one schema.
func rename(root map[string]any, schema string, names map[string]string) error {
	node, err := dig(root, "components", "schemas", schema)
	if err != nil {
		return err
	}
	for from, to := range names {
		if _, err := dig(root, "components", "schemas", to); err != nil {
			return err
		}
		replaceRef(node, schemasRef+from, schemasRef+to)
	}
	return nil
}

func replaceRef(v any, from, to string) {
	switch node := v.(type) {
	case map[string]any:
		for k, e := range node {
			if text, ok := e.(string); ok && text == from {
				node[k] = to
			}
			replaceRef(e, from, to)
		}
	case []any:
		for _, e := range node {
			replaceRef(e, from, to)
		}
	}
}

func unseal(root map[string]any) error {
	variants, err := dig(root, "components", "schemas", "Message", "oneOf")
	if err != nil {
		return err
	}
	for _, v := range variants.([]any) {
		name := strings.TrimPrefix(v.(map[string]any)["$ref"].(string), schemasRef)
		node, err := object(root, "components", "schemas", name)
		if err != nil {
			return err
		}
		inner, err := object(node, "allOf", "1")
		if err != nil {
			return err
		}
		delete(inner, "additionalProperties")
		node["unevaluatedProperties"] = false
	}
	return nil
}

// object is dig for a mapping.
func object(v any, path ...string) (map[string]any, error) {
	found, err := dig(v, path...)
	if err != nil {
		return nil, err
	}
	node, ok := found.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is a %T", strings.Join(path, " "), found)
	}
	return node, nil
}

// set returns an amendment that gives new values to keys of one schema node.
func set(name, reason string, values map[string]any, path ...string) Amendment {
	return Amendment{Name: name, Reason: reason, apply: func(root map[string]any) error {
		node, err := object(root, append([]string{"components", "schemas"}, path...)...)
		if err != nil {
			return err
		}
		maps.Copy(node, values)
		return nil
	}}
}

// add returns an amendment that appends values to a list of one schema node.
func add(name, reason string, values []any, path ...string) Amendment {
	return Amendment{Name: name, Reason: reason, apply: func(root map[string]any) error {
		last := len(path) - 1
		node, err := object(root, append([]string{"components", "schemas"}, path[:last]...)...)
		if err != nil {
			return err
		}
		list, ok := node[path[last]].([]any)
		if !ok {
			return fmt.Errorf("%s is no list", strings.Join(path, " "))
		}
		node[path[last]] = append(list, values...)
		return nil
	}}
}
