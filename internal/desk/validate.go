package desk

import (
	_ "embed"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of what people type.
const (
	minName     = 2
	maxName     = 60
	maxEmail    = 254 // RFC 5321: 256 octets of path less the brackets
	minPassword = 8
	maxPassword = 200 // bounds the work of hashing
)

// ValidName returns a name trimmed, or a 422 about the field: 2 to 60
// characters on one line (E2, E6, E-Q1).
func ValidName(field, name string) (string, error) {
	return ValidText(field, name, minName, maxName)
}

// ValidText returns a one-line text trimmed, or a 422 about the field when it
// is not shortest to longest characters long or holds control characters. With
// shortest 0 it may be empty.
func ValidText(field, text string, shortest, longest int) (string, error) {
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	switch {
	case !printable(text, false):
		return "", RefuseField(field, CodeInvalid)
	case n == 0 && shortest > 0:
		return "", RefuseField(field, CodeRequired)
	case n < shortest:
		return "", RefuseField(field, CodeTooShort).With("min", shortest)
	case n > longest:
		return "", RefuseField(field, CodeTooLong).With("max", longest)
	}
	return text, nil
}

// printable reports whether a text is valid UTF-8 without control characters,
// which neither people nor PostgreSQL (NUL) can use; with multiline it may hold
// line breaks and tabs.
func printable(s string, multiline bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		if multiline && (r == '\n' || r == '\r' || r == '\t') {
			return false
		}
		return unicode.IsControl(r)
	}) < 0
}

var colorPattern = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// ValidColor returns a colour as #RRGGBB in upper case, or a 422 invalid_color.
func ValidColor(field, color string) (string, error) {
	color = strings.TrimSpace(color)
	if !colorPattern.MatchString(color) {
		return "", RefuseField(field, CodeInvalidColor)
	}
	return strings.ToUpper(color), nil
}

// domainPattern is a host name with at least one dot; letters of any alphabet.
var domainPattern = regexp.MustCompile(`^([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])$`)

// ValidEmail returns a bare RFC 5322 address in lower case, or a 422
// invalid_email. Display names, quoted local parts and addresses without a
// dotted domain are refused: nobody can be reached there.
func ValidEmail(field, email string) (string, error) {
	email = strings.TrimSpace(email)
	refused := RefuseField(field, CodeInvalidEmail)
	if email == "" || len(email) > maxEmail || !printable(email, false) {
		return "", refused
	}
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email {
		return "", refused
	}
	local, domain, _ := strings.Cut(email, "@")
	if len(local) > 64 || !domainPattern.MatchString(domain) {
		return "", refused
	}
	return strings.ToLower(email), nil
}

// ValidTimeZone returns an IANA time zone name, or a 422 invalid_time_zone.
// "Local" is refused: it would mean another zone on another machine.
func ValidTimeZone(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || strings.EqualFold(name, "local") {
		return "", RefuseField(field, CodeInvalidTimeZone)
	}
	if _, err := time.LoadLocation(name); err != nil {
		return "", RefuseField(field, CodeInvalidTimeZone)
	}
	return name, nil
}

// ValidDDI returns a country calling code ("55"), or a 422 about the field.
func ValidDDI(field, code string) (string, error) {
	code = strings.TrimPrefix(strings.TrimSpace(code), "+")
	if code == "" || countryCode(code) != code {
		return "", RefuseField(field, CodeInvalid)
	}
	return code, nil
}

//go:embed common_passwords.txt
var commonPasswords string

// ValidPassword returns a 422 about the field unless the password has 8 to 200
// characters and is not one that everybody tries first (E7).
func ValidPassword(field, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n == 0:
		return RefuseField(field, CodeRequired)
	case n < minPassword:
		return RefuseField(field, CodeTooShort).With("min", minPassword)
	case n > maxPassword:
		return RefuseField(field, CodeTooLong).With("max", maxPassword)
	case isCommonPassword(password):
		return RefuseField(field, CodeWeakPassword)
	}
	return nil
}

// isCommonPassword reports whether a password, whatever its case, is listed or
// is one character over and over.
func isCommonPassword(password string) bool {
	folded := strings.ToLower(strings.TrimSpace(password))
	first, _ := utf8.DecodeRuneInString(folded)
	if strings.Trim(folded, string(first)) == "" {
		return true
	}
	for line := range strings.Lines(commonPasswords) {
		if strings.TrimSpace(line) == folded {
			return true
		}
	}
	return false
}
