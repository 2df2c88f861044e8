package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Change is one setting that a patch changed, for the audit event.
type Change struct {
	Key string `json:"key"`
	Old any    `json:"old"`
	New any    `json:"new"`
}

// Patch returns the settings with the named keys replaced and the list of what
// really changed, in the order of the register; s itself stays as it is. Every
// fault is reported at once in one 422: an unknown key as unknown_field, a
// wrong type as invalid, a value outside its limits as out_of_range, too_long
// or too_short, and a value that a switch requires as required.
func (s Settings) Patch(patch map[string]json.RawMessage) (Settings, []Change, error) {
	register := SettingsRegister()
	var faults []Field
	next := s.clone()
	known := map[string]bool{}
	for _, set := range register {
		known[set.Key] = true
		raw, named := patch[set.Key]
		if !named {
			continue
		}
		if f := next.apply(set, raw); f != nil {
			faults = append(faults, *f)
		}
	}
	faults = append(faults, unknownKeys(patch, known)...)
	if len(faults) == 0 {
		faults = next.conflicts(register)
	}
	if len(faults) > 0 {
		return s, nil, refuseFields(faults)
	}
	return next, changes(register, s.values(), next.values()), nil
}

// refuseFields returns one 422 about several fields; its code is that of the
// only field, or validation_failed.
func refuseFields(fields []Field) *Error {
	e := &Error{Kind: Invalid, Code: CodeValidation, Fields: fields}
	if len(fields) == 1 {
		e.Code, e.Params = fields[0].Code, fields[0].Params
	}
	return e
}

func unknownKeys(patch map[string]json.RawMessage, known map[string]bool) []Field {
	var faults []Field
	for key := range patch {
		if !known[key] {
			faults = append(faults, Field{Location: "body." + key, Code: CodeUnknownField})
		}
	}
	slices.SortFunc(faults, func(a, b Field) int { return strings.Compare(a.Location, b.Location) })
	return faults
}

func changes(register []Setting, before, after map[string]any) []Change {
	var list []Change
	for _, set := range register {
		if !sameValue(before[set.Key], after[set.Key]) {
			list = append(list, Change{Key: set.Key, Old: before[set.Key], New: after[set.Key]})
		}
	}
	return list
}

func sameValue(a, b any) bool {
	if words, ok := a.([]string); ok {
		other, _ := b.([]string)
		return slices.Equal(words, other)
	}
	return a == b
}

// apply sets one key from its JSON value, or says what is wrong with it.
func (s *Settings) apply(set Setting, raw json.RawMessage) *Field {
	fault := func(code Code, params map[string]any) *Field {
		return &Field{Location: "body." + set.Key, Code: code, Params: params}
	}
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return fault(CodeInvalid, map[string]any{"type": set.Type})
	}
	target := s.pointers()[set.Key]
	if err := json.Unmarshal(raw, target); err != nil {
		return fault(CodeInvalid, map[string]any{"type": set.Type})
	}
	normalise(target)
	if code, params := set.check(target); code != "" {
		return fault(code, params)
	}
	return nil
}

// normalise trims what people type around texts and words.
func normalise(target any) {
	switch v := target.(type) {
	case *string:
		*v = strings.TrimSpace(*v)
	case *[]string:
		words := []string{}
		for _, w := range *v {
			w = strings.ToUpper(strings.TrimSpace(w))
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
		*v = words
	}
}

// check holds a value against the limits of its setting.
func (set Setting) check(target any) (Code, map[string]any) {
	switch v := target.(type) {
	case *int:
		if *v < set.Min || *v > set.Max {
			return CodeOutOfRange, map[string]any{"min": set.Min, "max": set.Max}
		}
	case *string:
		return set.checkText(*v)
	case *[]string:
		return set.checkWords(*v)
	case *OfficeHoursMode:
		return set.checkOption(string(*v))
	case *QuickReplyScope:
		return set.checkOption(string(*v))
	case *ChatbotMenuType:
		return set.checkOption(string(*v))
	}
	return "", nil
}

func (set Setting) checkOption(v string) (Code, map[string]any) {
	if !slices.Contains(set.Options, v) {
		return CodeInvalid, map[string]any{"options": set.Options}
	}
	return "", nil
}

func (set Setting) checkText(v string) (Code, map[string]any) {
	if !printable(v, true) {
		return CodeInvalid, nil
	}
	n := utf8.RuneCountInString(v)
	if n > set.Max {
		return CodeTooLong, map[string]any{"max": set.Max}
	}
	if n < set.Min {
		return CodeRequired, nil
	}
	if set.Type == SettingURL && v != "" && !validHTTPS(v) {
		return CodeInvalid, map[string]any{"scheme": "https"}
	}
	return "", nil
}

func (set Setting) checkWords(words []string) (Code, map[string]any) {
	if len(words) > set.Max {
		return CodeOutOfRange, map[string]any{"max": set.Max}
	}
	for _, w := range words {
		if w == "" {
			return CodeTooShort, map[string]any{"min": 1}
		}
		if !printable(w, false) {
			return CodeInvalid, nil
		}
		if utf8.RuneCountInString(w) > maxOptOutWord {
			return CodeTooLong, map[string]any{"max": maxOptOutWord}
		}
	}
	return "", nil
}

// validHTTPS reports whether v is an absolute https URL with a host. The
// placeholders {ticket} and {protocol} of E-O3 may stand anywhere after it.
func validHTTPS(v string) bool {
	v = strings.NewReplacer("{ticket}", "0", "{protocol}", "0").Replace(v)
	u, err := url.Parse(v)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && !strings.ContainsAny(v, " \t\n")
}

// conflicts finds values that their switches don't allow: a text that is empty
// while its switch is on (E-O8, E-O11 to E-O13, E-O3), or a mandatory survey
// without surveys (E-O2).
func (s *Settings) conflicts(register []Setting) []Field {
	values := s.values()
	var faults []Field
	for _, set := range register {
		if set.Needs == "" {
			continue
		}
		on := values[set.Needs] == !set.NeedsOff
		switch v := values[set.Key].(type) {
		case string:
			if on && v == "" {
				faults = append(faults, Field{Location: "body." + set.Key, Code: CodeRequired, Params: map[string]any{"switch": set.Needs}})
			}
		case bool:
			if !on && v {
				faults = append(faults, Field{Location: "body." + set.Needs, Code: CodeRequired, Params: map[string]any{"switch": set.Key}})
			}
		}
	}
	return faults
}

// MarshalStored returns the JSON object of the settings that differ from the
// defaults.
func (s Settings) MarshalStored() ([]byte, error) {
	defaults := DefaultSettings().values()
	own := map[string]any{}
	for key, v := range s.values() {
		if !sameValue(v, defaults[key]) {
			own[key] = v
		}
	}
	return json.Marshal(own)
}

// UnmarshalStored sets s to the defaults overlaid with what MarshalStored
// wrote. Keys that no longer exist are ignored: a setting may be retired while
// accounts still store it. An empty input is all defaults.
func (s *Settings) UnmarshalStored(stored []byte) error {
	next := DefaultSettings()
	if len(bytes.TrimSpace(stored)) > 0 {
		if err := json.Unmarshal(stored, &next); err != nil {
			return fmt.Errorf("stored settings: %w", err)
		}
	}
	*s = next
	return nil
}

func (s Settings) clone() Settings {
	s.OptOutWords = slices.Clone(s.OptOutWords)
	return s
}
