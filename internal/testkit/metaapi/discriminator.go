package metaapi

import (
	"maps"
	"slices"
	"strings"
)

// enforceDiscriminators makes OpenAPI's discriminators mean something to a JSON
// Schema validator, which ignores them: a value must also match the schema that
// its discriminating property names. Schemas that list their variants by oneOf
// need no help.
//
// The variants of a shared base schema include the base, so the conditions go
// to the places that refer to the base, never into the base itself, where they
// would refer to each other without end.
func enforceDiscriminators(root map[string]any) error {
	schemas, err := dig(root, "components", "schemas")
	if err != nil {
		return err
	}
	bases := map[string][]any{} // schema name → conditions
	for name, s := range schemas.(map[string]any) {
		if c := conditions(s); c != nil {
			bases[schemasRef+name] = c
		}
	}
	for name, s := range schemas.(map[string]any) {
		enforce(s, bases, true, variantOf(name, s, bases))
	}
	return nil
}

const schemasRef = "#" + schemasPath

// variantOf returns the base that a schema extends, or "".
func variantOf(name string, s any, bases map[string][]any) string {
	for base, conds := range bases {
		for _, c := range conds {
			if ref, err := dig(c, "then", "$ref"); err == nil && ref == schemasRef+name {
				if _, err := dig(s, "allOf", "0", "$ref"); err == nil {
					return base
				}
			}
		}
	}
	return ""
}

// conditions turns a discriminator into if/then pairs; nil if there is none or
// it is not needed.
func conditions(s any) []any {
	node, ok := s.(map[string]any)
	if !ok || node["oneOf"] != nil {
		return nil
	}
	property, err := dig(node, "discriminator", "propertyName")
	if err != nil {
		return nil
	}
	mapping, err := dig(node, "discriminator", "mapping")
	if err != nil {
		return nil
	}
	targets := mapping.(map[string]any)
	var out []any
	for _, value := range slices.Sorted(maps.Keys(targets)) {
		out = append(out, map[string]any{
			"if": map[string]any{
				"properties": map[string]any{property.(string): map[string]any{"const": value}},
				"required":   []any{property},
			},
			"then": map[string]any{"$ref": targets[value]},
		})
	}
	return out
}

// enforce walks one named schema. base is the base it extends, whose plain
// reference is left alone.
func enforce(v any, bases map[string][]any, named bool, base string) {
	switch node := v.(type) {
	case map[string]any:
		if ref, ok := node["$ref"].(string); ok && ref != base && bases[ref] != nil {
			node["allOf"] = append([]any{map[string]any{"$ref": ref}}, bases[ref]...)
			delete(node, "$ref")
			return
		}
		inner := conditions(node)
		for key, e := range node {
			if !strings.HasPrefix(key, "example") {
				enforce(e, bases, false, base)
			}
		}
		if inner != nil && !named {
			node["allOf"] = inner
		}
	case []any:
		for _, e := range node {
			enforce(e, bases, false, base)
		}
	}
}
