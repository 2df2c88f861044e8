package desk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phone numbers are kept as digits with country code, in one canonical form:
// E.164 without the plus, Brazilian mobiles with their ninth digit. We check
// the country code everywhere and the whole plan for Brazil only: a full table
// of the world's plans costs 6 MB of program and refuses numbers that the
// provider knows to exist.

// brazil is the country code whose numbers we know in detail.
const brazil = "55"

const (
	minPhone = 10
	maxPhone = 15 // E.164
)

// NormalizePhone reads a number as people write it (features.md §2.0 Phones,
// P1–P4). A leading + or 00 says that the country code is there; 10 or 11
// digits get defaultDDI, the account's country code. Anything that can't be a
// number is a 422 invalid_phone without a field.
func NormalizePhone(input, defaultDDI string) (string, error) {
	digits, international, ok := phoneDigits(input)
	if !ok {
		return "", Refuse(CodeInvalidPhone)
	}
	if !international {
		digits = withCountry(digits, defaultDDI)
	}
	if national, found := strings.CutPrefix(digits, brazil); found {
		digits = brazilian(national)
	}
	if len(digits) < minPhone || len(digits) > maxPhone || !hasCountryCode(digits) {
		return "", Refuse(CodeInvalidPhone)
	}
	return digits, nil
}

// phoneDigits keeps the ASCII digits; international tells of a leading + or 00,
// which is left out. It refuses digits of other scripts rather than lose them.
func phoneDigits(input string) (digits string, international, ok bool) {
	var b strings.Builder
	for _, r := range input {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0:
			international = true
		case r == utf8.RuneError || unicode.IsDigit(r):
			return "", false, false
		}
	}
	digits = b.String()
	if !international {
		digits, international = strings.CutPrefix(digits, "00")
	}
	return digits, international, digits != ""
}

// withCountry puts the account's country code before a local number and leaves
// one that already has a country code as it is.
func withCountry(digits, ddi string) string {
	switch ddi {
	case brazil:
		digits = withoutTrunk(digits)
	case "39": // Italy's zeros are part of the number
	default:
		digits = strings.TrimLeft(digits, "0")
	}
	// In the North American plan, and only there, eleven digits that start with
	// the country code are a whole number.
	whole := ddi == "1" && len(digits) == 11 && digits[0] == '1'
	switch {
	case len(digits) >= 12, whole:
		return digits
	case ddi == "" || countryCode(ddi) != ddi:
		return "" // no account has such a country code, see ValidDDI
	case ddi == brazil && len(digits) < 10:
		return "" // without area code
	}
	return ddi + digits
}

// withoutTrunk removes the trunk prefix 0, and the carrier code that may follow
// it, from a Brazilian number ("0 21 11 98765 0001"). Service numbers such as
// 0800 lose their 0 too, as in E.164.
func withoutTrunk(digits string) string {
	rest, trunk := strings.CutPrefix(digits, "0")
	if !trunk {
		return digits
	}
	if len(rest) == 12 || len(rest) == 13 {
		if isCarrier(rest[:2]) {
			return rest[2:]
		}
	}
	return rest
}

// isCarrier reports whether two digits select a Brazilian long-distance
// carrier (Anatel).
func isCarrier(code string) bool {
	return listed("12 14 15 17 21 23 25 31 32 36 41 43 45 47 65 81 85 91 98", code)
}

// brazilian returns the canonical form, with 55, of a national number, or ""
// when there is no such number. Mobiles of eight digits get their ninth.
func brazilian(national string) string {
	national = withoutTrunk(national)
	switch {
	case isService(national):
		return brazil + national
	case len(national) < 10 || StateOfDDD(national[:2]) == "":
		return ""
	}
	ddd, subscriber := national[:2], national[2:]
	switch {
	case len(subscriber) == 9 && subscriber[0] == '9':
		return brazil + national
	case len(subscriber) == 8 && subscriber[0] >= '6':
		return brazil + ddd + "9" + subscriber
	case len(subscriber) == 8 && subscriber[0] >= '2':
		return brazil + national
	}
	return ""
}

// isService reports whether a national number without trunk prefix is one of
// the non-geographic ones, e.g. 800 123 4567. No DDD begins like them.
func isService(national string) bool {
	return len(national) == 10 && listed("300 303 500 800 900", national[:3])
}

// FromWhatsApp returns the canonical number for a provider's id (wa_id), or ""
// when the id is not a number. Apart from the ninth digit of old Brazilian
// mobiles it is taken as it is: the provider knows that it exists. Eight
// digits that start with 7 in DDD 11 may be trunked radio, which never had a
// ninth digit, and stay too.
func FromWhatsApp(waID string) string {
	digits := strings.TrimPrefix(waID, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	if !isBrazilian(digits, 12) || digits[4] < '6' {
		return digits
	}
	if digits[2:4] == "11" && digits[4] == '7' {
		return digits
	}
	return digits[:4] + "9" + digits[4:]
}

// MatchKey folds the forms of one number into one key: Brazilian mobiles with
// and without the ninth digit, Mexican ones with and without 1, Argentine ones
// with and without 9. It works on canonical numbers and provider ids alike.
//
// The ninth digit is dropped only before 6–9: before 2–5 the rest would be
// taken for a landline of somebody else.
func MatchKey(digits string) string {
	switch {
	case isBrazilian(digits, 13) && digits[4] == '9' && digits[5] >= '6':
		return digits[:4] + digits[5:]
	case len(digits) == 13 && strings.HasPrefix(digits, "521"):
		return "52" + digits[3:]
	case len(digits) == 13 && strings.HasPrefix(digits, "549"):
		return "54" + digits[3:]
	}
	return digits
}

// isBrazilian reports whether digits are size long and start with 55 and a DDD
// that exists.
func isBrazilian(digits string, size int) bool {
	return len(digits) == size && strings.HasPrefix(digits, brazil) && StateOfDDD(digits[2:4]) != ""
}

// FormatPhone writes a canonical number for people: "+55 (11) 98765-0001".
func FormatPhone(digits string) string {
	switch {
	case isBrazilian(digits, 12), isBrazilian(digits, 13):
		end := len(digits) - 4
		return "+55 (" + digits[2:4] + ") " + digits[4:end] + "-" + digits[end:]
	case len(digits) == 12 && strings.HasPrefix(digits, brazil):
		return "+55 " + digits[2:5] + " " + digits[5:8] + " " + digits[8:]
	case len(digits) == 11 && digits[0] == '1':
		return "+1 " + digits[1:4] + " " + digits[4:7] + " " + digits[7:]
	}
	if code := countryCode(digits); code != "" {
		return "+" + code + " " + digits[len(code):]
	}
	return digits
}

// MaskPhone writes a number as FormatPhone does with its subscriber part
// hidden but for the last two digits (C17): "+55 (11) *****-**01".
func MaskPhone(digits string) string {
	shown := len(countryCode(digits))
	if strings.HasPrefix(digits, brazil) {
		shown += 2 // the area code
	}
	formatted := []byte(FormatPhone(digits))
	for i, seen := 0, 0; i < len(formatted); i++ {
		if formatted[i] < '0' || formatted[i] > '9' {
			continue
		}
		if seen++; seen > shown && seen <= len(digits)-2 {
			formatted[i] = '*'
		}
	}
	return string(formatted)
}
