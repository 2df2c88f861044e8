package desk

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalizePhone(t *testing.T) {
	cases := []struct{ name, in, want string }{
		// features.md §2.0, "" means 422 invalid_phone.
		{"P1", "(11) 98765-4321", "5511987654321"},
		{"P3", "987654321", ""},
		{"P4", "+1 415 555 0100", "14155550100"},
		// Reference sheet on Brazil §1, checks.
		{"mobile", "(11) 98765-0001", "5511987650001"},
		{"old mobile", "11 8765-0001", "5511987650001"},
		{"old mobile with country", "5531 8765 0001", "5531987650001"},
		{"trunk and landline", "011 3333-0000", "551133330000"},
		{"trunk and carrier", "0 21 11 98765 0001", "5511987650001"},
		{"too short", "98765", ""},
		{"no such DDD", "20 98765-0001", ""},
		{"DDD 55 is no country code", "55 98765-0001", "5555987650001"},
		{"whole", "5511987650001", "5511987650001"},
		// Steps of the normaliser.
		{"plus and trunk in brackets", "+55 (0) 11 98765-0001", "5511987650001"},
		{"double zero", "00 55 11 98765-0001", "5511987650001"},
		{"plus after a bracket", "(+55) 11 98765-0001", "5511987650001"},
		{"carrier and landline", "0 15 11 3333-0000", "551133330000"},
		{"zero before a whole number", "0 5511987650001", "5511987650001"},
		{"tel link", "tel:+55-11-98765-0001", "5511987650001"},
		{"landline", "(51) 3333-0000", "555133330000"},
		{"tail 2 after the ninth digit", "11 93234-5678", "5511932345678"},
		{"nine digits not starting with 9", "11 88765-0001", ""},
		{"subscriber starting with 1", "11 1333-0000", ""},
		{"no such DDD with plus", "+55 20 98765-0001", ""},
		{"no such DDD, whole", "5520987650001", ""},
		{"toll-free", "0800 123 4567", "558001234567"},
		{"toll-free with country", "+55 800 123 4567", "558001234567"},
		{"local-rate without area", "4004-1234", ""},
		{"emergency", "190", ""},
		{"empty", "", ""},
		{"letters only", "ligue", ""},
		{"foreign without plus", "351912345678", "351912345678"},
		{"unassigned country", "+999 123 456 789", ""},
		{"too long", "+1234567890123456", ""},
		{"short abroad", "+290 12345", ""},
		{"two numbers", "11 98765-0001 / 11 98765-0002", ""},
		{"digits of another script", "(11) ٩8765-0001", ""},
		{"broken text", "11 98765\xff0001", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { checkPhone(t, c.in, "55", c.want) })
	}
}

func TestNormalizePhoneOfAccountsAbroad(t *testing.T) {
	cases := []struct{ ddi, in, want string }{
		{"1", "(415) 555-0100", "14155550100"},
		{"1", "1 415 555 0100", "14155550100"},
		{"351", "912 345 678", "351912345678"},
		{"351", "+351 912 345 678", "351912345678"},
		{"44", "07911 123456", "447911123456"},
		{"39", "06 1234 5678", "390612345678"},
		{"351", "+55 11 8765-0001", "5511987650001"},
	}
	for _, c := range cases {
		t.Run(c.ddi+" "+c.in, func(t *testing.T) { checkPhone(t, c.in, c.ddi, c.want) })
	}
}

func checkPhone(t *testing.T, in, ddi, want string) {
	t.Helper()
	got, err := NormalizePhone(in, ddi)
	if got != want {
		t.Errorf("%q: got %q, want %q", in, got, want)
	}
	if want == "" && CodeOf(err) != CodeInvalidPhone {
		t.Errorf("%q: error %v, want invalid_phone", in, err)
	}
	if want != "" && err != nil {
		t.Errorf("%q: %v", in, err)
	}
}

// P2: what the provider calls 551187654321 and what an agent types as
// (11) 98765-4321 are one contact.
func TestMatchKeyFindsTheSameContact(t *testing.T) {
	typed, err := NormalizePhone("(11) 98765-4321", "55")
	if err != nil {
		t.Fatal(err)
	}
	for _, waID := range []string{"551187654321", "5511987654321", "+5511987654321"} {
		if got := FromWhatsApp(waID); got != typed || MatchKey(got) != MatchKey(typed) {
			t.Errorf("%s: canonical %s, key %s; want %s, %s", waID, got, MatchKey(got), typed, MatchKey(typed))
		}
	}
	if a, b := MatchKey("551187654321"), MatchKey("5511987654321"); a != b {
		t.Errorf("keys of provider ids differ: %s, %s", a, b)
	}
}

func TestMatchKey(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"mobile", "5531987650001", "553187650001"},
		{"old mobile", "553187650001", "553187650001"},
		{"landline", "551133330000", "551133330000"},
		{"mobile that would become a landline", "5511933330000", "5511933330000"},
		{"toll-free", "558001234567", "558001234567"},
		{"United States", "14155550100", "14155550100"},
		{"thirteen digits elsewhere", "8613812345678", "8613812345678"},
		{"Mexico with 1", "5215512345678", "525512345678"},
		{"Mexico", "525512345678", "525512345678"},
		{"Argentina with 9", "5491123456789", "541123456789"},
		{"Argentina", "541123456789", "541123456789"},
		{"empty", "", ""},
	}
	for _, c := range cases {
		if got := MatchKey(c.in); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestFromWhatsApp(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"old mobile", "553187650001", "5531987650001"},
		{"mobile", "5511987650001", "5511987650001"},
		{"landline", "551133330000", "551133330000"},
		{"trunked radio", "551177771234", "551177771234"},
		{"seven in another DDD", "553177771234", "5531977771234"},
		{"toll-free", "558001234567", "558001234567"},
		{"not valid by any plan", "5520987650", "5520987650"},
		{"abroad", "351912345678", "351912345678"},
		{"BSUID", "BR.1234567890123456", ""},
		{"LID", "123456789012345@lid", ""},
		{"empty", "", ""},
	}
	for _, c := range cases {
		if got := FromWhatsApp(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFormatAndMaskPhone(t *testing.T) {
	cases := []struct{ in, formatted, masked string }{
		{"5511987650001", "+55 (11) 98765-0001", "+55 (11) *****-**01"},
		{"551133330000", "+55 (11) 3333-0000", "+55 (11) ****-**00"},
		{"558001234567", "+55 800 123 4567", "+55 80* *** **67"},
		{"14155550100", "+1 415 555 0100", "+1 *** *** **00"},
		{"351912345678", "+351 912345678", "+351 *******78"},
		{"", "", ""},
	}
	for _, c := range cases {
		if got := FormatPhone(c.in); got != c.formatted {
			t.Errorf("%s: %q, want %q", c.in, got, c.formatted)
		}
		if got := MaskPhone(c.in); got != c.masked {
			t.Errorf("%s masked: %q, want %q", c.in, got, c.masked)
		}
	}
}

// The sheet counts 67 area codes and names those that don't exist.
func TestStateOfDDD(t *testing.T) {
	count, states := 0, map[string]bool{}
	for a := '0'; a <= '9'; a++ {
		for b := '0'; b <= '9'; b++ {
			if uf := StateOfDDD(string([]rune{a, b})); uf != "" {
				count++
				states[uf] = true
			}
		}
	}
	if count != 67 || len(states) != 27 {
		t.Errorf("%d codes in %d states, want 67 in 27", count, len(states))
	}
	for _, ddd := range strings.Fields("10 20 23 25 26 29 30 36 39 40 50 52 56 57 58 59 60 70 72 76 78 80 90") {
		if uf := StateOfDDD(ddd); uf != "" {
			t.Errorf("DDD %s is said to be in %s", ddd, uf)
		}
	}
	for ddd, want := range map[string]string{"11": "SP", "21": "RJ", "61": "DF", "68": "AC", "79": "SE", "97": "AM", "98": "MA"} {
		if got := StateOfDDD(ddd); got != want {
			t.Errorf("DDD %s: %s, want %s", ddd, got, want)
		}
	}
}

// Every way of writing one Brazilian number ends in the same canonical form
// and key, and a landline never shares the key of a mobile.
func TestNormalizePhoneProperty(t *testing.T) {
	ddds := []string{"11", "21", "31", "48", "55", "61", "79", "98"}
	digits := rapid.StringMatching(`[0-9]{7}`)
	rapid.Check(t, func(t *rapid.T) {
		ddd := rapid.SampledFrom(ddds).Draw(t, "ddd")
		tail := rapid.StringMatching(`[6-9]`).Draw(t, "first") + digits.Draw(t, "tail")
		want := "55" + ddd + "9" + tail
		for _, in := range []string{
			ddd + tail, ddd + "9" + tail, "0" + ddd + "9" + tail, "021" + ddd + "9" + tail,
			"55" + ddd + tail, "+55 (" + ddd + ") 9" + tail[:4] + "-" + tail[4:], "0055" + ddd + "9" + tail,
		} {
			got, err := NormalizePhone(in, "55")
			if err != nil || got != want {
				t.Fatalf("%q: %q, %v; want %q", in, got, err, want)
			}
		}
		land, err := NormalizePhone(ddd+rapid.StringMatching(`[2-5]`).Draw(t, "land")+digits.Draw(t, "landTail"), "55")
		if err != nil || MatchKey(land) == MatchKey(want) || MatchKey(land) != land {
			t.Fatalf("landline %q, %v: key %q, mobile's %q", land, err, MatchKey(land), MatchKey(want))
		}
	})
}

func FuzzNormalizePhone(f *testing.F) {
	for _, seed := range []string{"(11) 98765-4321", "+1 415 555 0100", "0800 123 4567", "00", "+", "055", "\xff", "0 21 11 98765 0001"} {
		f.Add(seed, "55")
		f.Add(seed, "351")
	}
	f.Fuzz(func(t *testing.T, in, ddi string) {
		got, err := NormalizePhone(in, ddi)
		if err != nil {
			if got != "" || CodeOf(err) != CodeInvalidPhone {
				t.Fatalf("%q: %q, %v", in, got, err)
			}
			return
		}
		if len(got) < 10 || len(got) > 15 || strings.Trim(got, "0123456789") != "" {
			t.Fatalf("%q gave %q", in, got)
		}
		if strings.HasPrefix(got, "55") && len(got) < 12 {
			t.Fatalf("%q gave the short Brazilian number %q", in, got)
		}
		if again, err := NormalizePhone("+"+got, ddi); err != nil || again != got {
			t.Fatalf("%q gave %q, which gives %q, %v", in, got, again, err)
		}
		key := MatchKey(got)
		if MatchKey(key) != key || MatchKey(FromWhatsApp(key)) != key {
			t.Fatalf("%q: key %q is not stable", got, key)
		}
		if n := strings.Count(MaskPhone(got), "*"); n == 0 {
			t.Fatalf("%q is not masked", got)
		}
	})
}
