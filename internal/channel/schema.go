package channel

import (
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Check holds settings that somebody typed against the schema and returns every
// fault: unknown_field, required, too_long, invalid. With partial only what is
// named is looked at, and "" clears what is not required.
func (s Schema) Check(settings map[string]string, partial bool) error {
	var faults []desk.Field
	fault := func(key string, code desk.Code, params map[string]any) {
		faults = append(faults, desk.Field{Location: "body.settings." + key, Code: code, Params: params})
	}
	for _, f := range s.Fields {
		value, named := settings[f.Key]
		if !named && partial {
			continue
		}
		if code, params := f.check(value); code != "" {
			fault(f.Key, code, params)
		}
	}
	for key := range settings {
		if !slices.ContainsFunc(s.Fields, func(f SettingField) bool { return f.Key == key }) {
			fault(key, desk.CodeUnknownField, nil)
		}
	}
	switch len(faults) {
	case 0:
		return nil
	case 1:
		return &desk.Error{Kind: desk.Invalid, Code: faults[0].Code, Params: faults[0].Params, Fields: faults}
	}
	return &desk.Error{Kind: desk.Invalid, Code: desk.CodeValidation, Fields: faults}
}

func (f SettingField) check(value string) (desk.Code, map[string]any) {
	switch {
	case value == "" && f.Required:
		return desk.CodeRequired, nil
	case value == "":
		return "", nil
	case f.MaxLength > 0 && utf8.RuneCountInString(value) > f.MaxLength:
		return desk.CodeTooLong, map[string]any{"max": f.MaxLength}
	case f.Type == "select" && !slices.Contains(f.Options, value):
		return desk.CodeInvalid, map[string]any{"options": f.Options}
	case f.Type == "url" && !isWebAddress(value):
		return desk.CodeInvalid, nil
	case f.Pattern != "" && !matches(f.Pattern, value):
		return desk.CodeInvalid, nil
	}
	return "", nil
}

func isWebAddress(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http")
}

func matches(pattern, value string) bool {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(value)
}

// Secrets lists the keys whose values are write-only.
func (s Schema) Secrets() []string {
	var keys []string
	for _, f := range s.Fields {
		if f.Secret {
			keys = append(keys, f.Key)
		}
	}
	return keys
}
