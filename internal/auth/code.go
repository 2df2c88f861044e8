package auth

import (
	"crypto/subtle"
	"encoding/base32"
	"io"
	"strings"
)

// readable is Crockford's alphabet: without i, l, o and u, which people mistake
// for others.
const readable = "0123456789abcdefghjkmnpqrstvwxyz"

// RandomPassword returns a password of 80 random bits that can be read out:
// four groups of four.
func RandomPassword(random io.Reader) (string, error) { return groups(random, 4) }

// SetupCode is the one-time code, printed at start, that whoever sets up an
// installation from another machine must give.
type SetupCode struct{ text string }

// NewSetupCode makes a code of 60 random bits.
func NewSetupCode(random io.Reader) (SetupCode, error) {
	text, err := groups(random, 3)
	return SetupCode{text: text}, err
}

// String is the code as it is printed.
func (c SetupCode) String() string { return c.text }

// Check reports whether what was typed is the code; case, hyphens and blanks
// don't count, nor do letters mistaken for 0 and 1. The zero code fits nothing.
func (c SetupCode) Check(typed string) bool {
	if c.text == "" {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(bare(c.text)), []byte(bare(typed))) == 1
}

func bare(code string) string {
	return strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(strings.TrimSpace(code)))
}

// groups returns n groups of four readable characters, of 20 bits each.
func groups(random io.Reader, n int) (string, error) {
	b := make([]byte, (n*20+7)/8)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	text := base32.NewEncoding(readable).WithPadding(base32.NoPadding).EncodeToString(b)
	list := make([]string, n)
	for i := range list {
		list[i] = text[i*4 : i*4+4]
	}
	return strings.Join(list, "-"), nil
}
