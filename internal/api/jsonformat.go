package api

import (
	"encoding/json"
	"errors"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
)

// jsonFormat reads and writes JSON as huma does, but refuses objects with two
// keys that differ only in case: Go would fill the field from either, huma
// would validate one of them.
func jsonFormat() huma.Format {
	return huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalStrict}
}

var errDoubleKey = errors.New("an object names the same key twice")

func unmarshalStrict(data []byte, v any) error {
	if err := json.Unmarshal(data, v); err != nil {
		return err
	}
	if parsed, ok := v.(*any); ok && !uniqueKeys(*parsed) {
		return errDoubleKey
	}
	return nil
}

// uniqueKeys reports whether no object in the value has two keys that are equal
// under case folding.
func uniqueKeys(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !uniqueKeys(item) {
				return false
			}
		}
	case map[string]any:
		seen := make(map[string]bool, len(v))
		for key, item := range v {
			f := foldKey(key)
			if seen[f] || !uniqueKeys(item) {
				return false
			}
			seen[f] = true
		}
	}
	return true
}

// foldKey maps every rune to the smallest of those that encoding/json and
// strings.EqualFold take for equal.
func foldKey(key string) string {
	folded := []rune(key)
	for i, r := range folded {
		smallest := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			smallest = min(smallest, f)
		}
		folded[i] = smallest
	}
	return string(folded)
}
