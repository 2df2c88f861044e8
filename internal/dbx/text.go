package dbx

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes text comparable without regard to case or accents: "São José"
// and "SAO JOSE" both become "sao jose". Folded copies of names are stored in
// columns of their own, because neither database folds alike. It is
// idempotent.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		if !isAccent(r) {
			foldRune(&b, unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String()) // put back together what was not an accent
}

// isAccent knows the combining marks of Latin, Greek and Cyrillic. Those of
// other scripts are vowels, which are not decoration.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF ||
		r >= 0x20D0 && r <= 0x20FF || r >= 0xFE20 && r <= 0xFE2F
}

// foldRune writes the Latin letters that have no decomposition as the plain
// letters people type for them.
func foldRune(b *strings.Builder, r rune) {
	switch r {
	case 'ß':
		b.WriteString("ss")
	case 'æ':
		b.WriteString("ae")
	case 'œ':
		b.WriteString("oe")
	case 'ø':
		b.WriteByte('o')
	case 'đ', 'ð':
		b.WriteByte('d')
	case 'ł':
		b.WriteByte('l')
	case 'þ':
		b.WriteString("th")
	case 'ı':
		b.WriteByte('i')
	default:
		b.WriteRune(r)
	}
}

// isFolded spares the common case, lower-case ASCII, any work.
func isFolded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// Tokens returns the words search knows: folded runs of [a-z0-9], in order,
// with repetitions. There is no stemming: a prefix finds inflections, and
// both databases index exactly these words.
func Tokens(text string) []string {
	return strings.FieldsFunc(Fold(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}
