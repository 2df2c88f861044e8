package sandbox

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isNumeric(s string) bool {
	return s != "" && len(s) <= 20 && strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) }) < 0
}

// isPhone accepts digits with country code, of the length E.164 allows.
func isPhone(s string) bool { return isNumeric(s) && len(s) >= 8 && len(s) <= 15 }

// isText accepts valid UTF-8 without control characters: PostgreSQL can't
// keep NUL.
func isText(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && strings.IndexFunc(s, unicode.IsControl) < 0
}

// digits drops everything else, so that "+55 (11) 98765-0001" can be typed.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, s)
}

// cut shortens a text to a number of characters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}
