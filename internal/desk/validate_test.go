package desk

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestValidName(t *testing.T) {
	cases := []struct {
		in, want string
		code     Code
	}{
		{" Vendas ", "Vendas", ""},
		{"Zé", "Zé", ""},
		{strings.Repeat("é", 60), strings.Repeat("é", 60), ""},
		{strings.Repeat("é", 61), "", CodeTooLong},
		{"A", "", CodeTooShort},
		{" A ", "", CodeTooShort},
		{"", "", CodeRequired},
		{"   ", "", CodeRequired},
		{"Ana\nLima", "", CodeInvalid},
		{"Ana\x00", "", CodeInvalid},
		{"Ana\xff", "", CodeInvalid},
	}
	for _, c := range cases {
		got, err := ValidName("name", c.in)
		checkValid(t, c.in, got, c.want, err, "body.name", c.code)
	}
	if got, err := ValidText("note", "", 0, 5); got != "" || err != nil {
		t.Errorf("an optional text may be empty: %q, %v", got, err)
	}
}

func checkValid(t *testing.T, in, got, want string, err error, location string, code Code) {
	t.Helper()
	if got != want {
		t.Errorf("%q: %q, want %q", in, got, want)
	}
	if code == "" && err != nil {
		t.Errorf("%q: %v", in, err)
	}
	if code != "" {
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Invalid || e.Code != code || len(e.Fields) != 1 || e.Fields[0].Location != location {
			t.Errorf("%q: %v, want 422 %s at %s", in, err, code, location)
		}
	}
}

func TestValidColor(t *testing.T) {
	for in, want := range map[string]string{"#0f766e": "#0F766E", " #A1B2C3 ": "#A1B2C3",
		"red": "", "#fff": "", "0F766E": "", "#0F766G": "", "#0F766E00": "", "": ""} {
		got, err := ValidColor("color", in)
		code := CodeInvalidColor
		if want != "" {
			code = ""
		}
		checkValid(t, in, got, want, err, "body.color", code)
	}
}

func TestValidEmail(t *testing.T) {
	for in, want := range map[string]string{
		"Ana.Lima+loja@Aurora.Example": "ana.lima+loja@aurora.example",
		" ana@aurora.com.br ":          "ana@aurora.com.br",
		"o'neil@aurora.example":        "o'neil@aurora.example",
		"joão@exemplo.example":         "joão@exemplo.example",
		"ana@xn--exmplo-cua.example":   "ana@xn--exmplo-cua.example",
		"ana":                          "", "ana@": "", "@aurora.example": "", "ana@aurora": "",
		"ana@@aurora.example": "", "ana @aurora.example": "", "ana@aurora .example": "",
		"Ana <ana@aurora.example>": "", `"a b"@aurora.example`: "", "ana@[127.0.0.1]": "",
		"ana@-aurora.example": "", "ana@aurora..example": "", "ana@aurora.example.": "",
		"ana@aurora.example, bia@aurora.example": "", "ana\n@aurora.example": "", "": "",
		strings.Repeat("a", 65) + "@aurora.example":               "",
		"ana@" + strings.Repeat("a.", 125) + "aurora.example":     "",
		"ana@" + strings.Repeat("a", 64) + ".aurora.example":      "",
		strings.Repeat("a", 64) + "@aurora.example":               strings.Repeat("a", 64) + "@aurora.example",
		"ana@" + strings.Repeat("a", 63) + "." + "aurora.example": "ana@" + strings.Repeat("a", 63) + ".aurora.example",
	} {
		got, err := ValidEmail("email", in)
		code := CodeInvalidEmail
		if want != "" {
			code = ""
		}
		checkValid(t, in, got, want, err, "body.email", code)
	}
}

func TestValidTimeZone(t *testing.T) {
	for in, good := range map[string]bool{"America/Sao_Paulo": true, "America/Rio_Branco": true, "UTC": true,
		"": false, "Local": false, "local": false, "Mars/Olympus": false, "../etc/passwd": false, "-03:00": false} {
		got, err := ValidTimeZone("time_zone", in)
		if good {
			checkValid(t, in, got, in, err, "", "")
		} else {
			checkValid(t, in, got, "", err, "body.time_zone", CodeInvalidTimeZone)
		}
	}
}

func TestValidDDI(t *testing.T) {
	for in, want := range map[string]string{"55": "55", "+351": "351", "1": "1", "": "", "5": "", "555": "", "BR": "", "055": ""} {
		got, err := ValidDDI("default_ddi", in)
		code := CodeInvalid
		if want != "" {
			code = ""
		}
		checkValid(t, in, got, want, err, "body.default_ddi", code)
	}
}

func TestE7ValidPassword(t *testing.T) {
	cases := []struct {
		in   string
		code Code
	}{
		{"cavalo-certo-bateria", ""}, {"mesa7azul", ""}, {strings.Repeat("ab", 100), ""},
		{"", CodeRequired}, {"abc1234", CodeTooShort}, {"áéíóúâê", CodeTooShort}, {strings.Repeat("ab", 101), CodeTooLong},
		{"12345678", CodeWeakPassword}, {"senha123", CodeWeakPassword}, {"SENHA123", CodeWeakPassword},
		{"Brasil2026", CodeWeakPassword}, {"password1", CodeWeakPassword}, {"aaaaaaaaaaa", CodeWeakPassword},
		{"........", CodeWeakPassword}, {"        ", CodeWeakPassword}, {"corinthians ", CodeWeakPassword},
	}
	for _, c := range cases {
		checkValid(t, c.in, "", "", ValidPassword("password", c.in), "body.password", c.code)
	}
}

// Entries that the length rule refuses anyway, or that differ from what is
// compared, would be dead weight.
func TestCommonPasswords(t *testing.T) {
	seen := map[string]bool{}
	for line := range strings.Lines(commonPasswords) {
		word := strings.TrimSuffix(line, "\n")
		if utf8.RuneCountInString(word) < minPassword || word != strings.ToLower(word) || strings.TrimSpace(word) != word || seen[word] {
			t.Errorf("%q", word)
		}
		seen[word] = true
	}
	if len(seen) < 100 {
		t.Errorf("only %d entries", len(seen))
	}
}

func TestValidDocument(t *testing.T) {
	for in, want := range map[string]string{
		// Reference sheet on Brazil §4.
		"529.982.247-25": "52998224725", "11.222.333/0001-81": "11222333000181",
		"12.ABC.345/01DE-35": "12ABC34501DE35", "12.abc.345/01de-35": "12ABC34501DE35",
		"52998224725": "52998224725", " 529 982 247 25 ": "52998224725",
		"529.982.247-24": "", "529.982.247-15": "", "111.111.111-11": "", "00000000000": "",
		"11.222.333/0001-82": "", "11.222.333/0001-91": "", "12.ABC.345/01DE-36": "", "12.ABC.345/01DE-3A": "",
		"00.000.000/0000-00": "", "5299822472": "", "529982247255": "", "5299822472A": "", "é": "",
	} {
		got, err := ValidDocument("document", in)
		code := CodeInvalidDocument
		if want != "" {
			code = ""
		}
		checkValid(t, in, got, want, err, "body.document", code)
	}
	if got, err := ValidDocument("document", ""); got != "" || err != nil {
		t.Errorf("no document: %q, %v", got, err)
	}
}

// Every number with its check digits is accepted however it is punctuated, and
// refused with another last digit.
func TestValidDocumentProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.StringMatching(`[0-9A-Z]{12}`).Draw(t, "cnpj")
		d := base + string(checkDigit(base, 9))
		d += string(checkDigit(d, 9))
		if sameChar(d) {
			return
		}
		if got, err := ValidDocument("document", d[:2]+"."+d[2:5]+"."+d[5:8]+"/"+d[8:12]+"-"+d[12:]); err != nil || got != d {
			t.Fatalf("%s: %s, %v", d, got, err)
		}
		last := '0' + (d[13]-'0'+1)%10
		if _, err := ValidDocument("document", d[:13]+string(rune(last))); CodeOf(err) != CodeInvalidDocument {
			t.Fatalf("%s with %c: %v", d, last, err)
		}
	})
}
