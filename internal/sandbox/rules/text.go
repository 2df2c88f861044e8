package rules

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// atMost refuses text longer than limit characters.
func atMost(param, text string, limit, code int) *Error {
	if utf8.RuneCountInString(text) > limit {
		return New(code, "Param %s must be at most %d characters long.", param, limit)
	}
	return nil
}

// first returns the first refusal, if any.
func first(errs ...*Error) *Error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func within(f Flexible, bound float64) bool {
	n, err := strconv.ParseFloat(string(f), 64)
	return err == nil && math.Abs(n) <= bound
}

// isEmoji accepts one pictograph with its modifiers, joined sequences, flags
// and keycaps, and refuses text. It needn't know every emoji: what matters is
// that words and several emoji are refused.
func isEmoji(s string) bool {
	if utf8.RuneCountInString(s) > 12 {
		return false
	}
	if strings.HasSuffix(s, "\u20e3") { // keycap: 1️⃣
		return strings.ContainsRune("0123456789#*", rune(s[0]))
	}
	bases, joined := 0, false
	for _, r := range s {
		switch {
		case r == '\u200d':
			joined = true
			continue
		case r == '\ufe0f', r >= 0x1f3fb && r <= 0x1f3ff, r >= 0xe0020 && r <= 0xe007f:
			continue
		case !isPictograph(r):
			return false
		case !joined:
			bases++
		}
		joined = false
	}
	flag := bases == 2 && strings.IndexFunc(s, func(r rune) bool { return r < 0x1f1e6 || r > 0x1f1ff }) < 0
	return bases == 1 || flag
}

func isPictograph(r rune) bool {
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Sm, r) && r >= 0x2190 ||
		r >= 0x1f1e6 && r <= 0x1faff || r == 0x203c || r == 0x2049 || r == 0x3030 || r == 0xa9 || r == 0xae
}

// cleanValue refuses what a template parameter may not hold (Meta: message
// templates; error 132018).
func cleanValue(where, text string) *Error {
	if strings.ContainsAny(text, "\n\r\t") || strings.Contains(text, "     ") {
		return New(132018, "%s: Param text cannot have new-line/tab characters or more than 4 consecutive spaces", where)
	}
	return nil
}
