package dbx_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prosa-desk/prosa/internal/dbx"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"São JOSÉ":           "sao jose",
		"AÇÃO ùñîçødé":       "acao unicode",
		"Straße Łódź Ægir İ": "strasse lodz aegir i",
		"ﬁm №5 x²":           "fim no5 x2",
		"Ёлка":               "елка",
		"日本 हिन्दी":          "日本 हिन्दी",
		"plain text 1":       "plain text 1",
		"":                   "",
	} {
		if got := dbx.Fold(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	for in, want := range map[string]string{
		"Olá, não-é?  (AÇÃO)":          "ola nao e acao",
		"pedido nº 12.345-6 a@b.com":   "pedido no 12 345 6 a b com",
		`"; DROP TABLE x; -- ' * NEAR`: "drop table x near",
		"🙂 日本":                         "",
	} {
		if got := strings.Join(dbx.Tokens(in), " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"São José", "İıſK", "ﬀ\u0301", "\xff\xfe", "e\u0301\u0327", "가각", "ΐ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := dbx.Fold(s)
		if again := dbx.Fold(folded); again != folded {
			t.Fatalf("%q folds to %q, which folds to %q", s, folded, again)
		}
		if utf8.ValidString(s) && !utf8.ValidString(folded) {
			t.Fatalf("%q folds to invalid %q", s, folded)
		}
		tokens := dbx.Tokens(s)
		for _, w := range tokens {
			if w == "" || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
				t.Fatalf("%q gives the token %q", s, w)
			}
		}
		if again := dbx.Tokens(strings.Join(tokens, " ")); fmt.Sprint(again) != fmt.Sprint(tokens) {
			t.Fatalf("%q: tokens %q give %q", s, tokens, again)
		}
	})
}
