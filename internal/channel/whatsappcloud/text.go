package whatsappcloud

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
)

// text is a scalar that Meta writes as a string in one place and as a number in
// another (template ids, error codes, quantities): it keeps every digit. NUL
// characters are dropped, because PostgreSQL stores no text with them.
type text string

var errScalar = errors.New("not a scalar")

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case 'n':
		return nil
	case '{', '[':
		return errScalar
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(strings.ReplaceAll(s, "\x00", ""))
		return nil
	default:
		*t = text(b)
		return nil
	}
}

// MarshalJSON implements json.Marshaler.
func (t text) MarshalJSON() ([]byte, error) { return json.Marshal(string(t)) }

// first returns the first text that is not empty.
func first(texts ...text) string {
	for _, t := range texts {
		if t != "" {
			return string(t)
		}
	}
	return ""
}

// Limits of a sensible time: above maxSeconds a number is taken as milliseconds.
const (
	maxSeconds = 100_000_000_000 // year 5138
	maxMillis  = maxSeconds * 1000
)

// instant reads a unix time in seconds; absent is "never".
func instant(t text) (desk.Time, error) {
	if t == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || n < 0 || n > maxMillis {
		return 0, malformed("timestamp")
	}
	if n > maxSeconds {
		return desk.Time(n), nil
	}
	return desk.Time(n * 1000), nil
}

// hexSum normalises a SHA-256 that Meta writes in hex or in base64; "" if it is
// neither.
func hexSum(s string) string {
	if b, err := hex.DecodeString(s); err == nil && len(b) == 32 {
		return strings.ToLower(s)
	}
	plain := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	if b, err := base64.RawStdEncoding.DecodeString(plain); err == nil && len(b) == 32 {
		return hex.EncodeToString(b)
	}
	return ""
}

// digits keeps the digits of a phone number.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// Reason says why an element of a webhook was not understood. It is a stable
// code; Error may add after a colon where in the element the trouble is, never
// a value of it.
type Reason string

// Reasons.
const (
	ReasonMalformed     Reason = "malformed"           // wrong types, or something indispensable is missing
	ReasonTooDeep       Reason = "too_deep"            // nested beyond any message of Meta's
	ReasonGroupMessage  Reason = "group_message"       // the official channel has no groups here
	ReasonHistory       Reason = "history_unsupported" // history and contact sync of numbers shared with the app
	ReasonStandby       Reason = "standby_unsupported" // conversations held by Meta's own agent
	ReasonEchoReaction  Reason = "echo_reaction"       // a reaction given on the connected phone
	ReasonUnknownField  Reason = "unknown_field"       // a webhook field we don't know
	ReasonUnknownStatus Reason = "unknown_status"      // a status of a message we don't know
)

// Error implements error.
func (r Reason) Error() string { return string(r) }

// malformed is ReasonMalformed with the place of the trouble.
func malformed(where string) error { return fmt.Errorf("%w: %s", ReasonMalformed, where) }

// decode reads JSON and says where it does not fit, without quoting values.
func decode(raw []byte, into any, where string) error {
	if len(raw) == 0 || string(raw) == "null" {
		return malformed(where)
	}
	err := json.Unmarshal(raw, into)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return malformed(where + "." + wrong.Field)
	}
	return malformed(where)
}
