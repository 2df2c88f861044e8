package desk

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func textVars(t testing.TB) TextVars {
	t.Helper()
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	return TextVars{
		Contact: &Contact{Name: "MARIA das Dores", LastName: "Dores", Phone: "5511987650001", Email: "maria@exemplo.example",
			Document: "52998224725", Company: "Padaria Sol", BirthDate: "1990-05-17",
			Extra: []ExtraField{{"Plano", "Ouro"}, {"Data de entrega", "{{date}}"}, {"name", "não"}}},
		Ticket: 1042, Protocol: "20261121000042", Queue: "Vendas", User: "Ana", Connection: "Loja Centro",
		At: time.Date(2026, 11, 22, 2, 5, 0, 0, time.UTC), Zone: zone, // 23:05 of the 21st in São Paulo
	}
}

func TestExpand(t *testing.T) {
	v := textVars(t)
	cases := []struct{ name, in, want string }{
		{"all of the people", "{{greeting}}, {{first_name}} ({{name}})! {{user}} da {{queue}} por {{connection}}.",
			"Boa noite, Maria (MARIA das Dores)! Ana da Vendas por Loja Centro."},
		{"numbers", "#{{ticket}} {{protocol}}", "#1042 20261121000042"},
		{"account's day and hour", "{{date}} {{time}}", "21/11/2026 23:05"},
		{"fields of the contact", "{{last_name}} {{phone}} {{email}} {{document}} {{company}} {{birth_date}}",
			"Dores +55 (11) 98765-0001 maria@exemplo.example 52998224725 Padaria Sol 17/05/1990"},
		{"extra field in another case", "{{plano}} {{PLANO}} {{ Plano }}", "Ouro Ouro Ouro"},
		{"blanks in a key and expanded once", "{{data de entrega}}", "{{date}}"},
		{"built-in wins over extra", "{{name}}", "MARIA das Dores"},
		{"unknown stays", "Oi {{nope}} {{}} {{ x", "Oi {{nope}} {{}} {{ x"},
		{"single braces stay", "{name} {{{name}}}", "{name} {MARIA das Dores}"},
		{"no variables", "Bom dia", "Bom dia"},
	}
	for _, c := range cases {
		if got := v.Expand(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestExpandWithoutContactOrTicket(t *testing.T) {
	v := TextVars{At: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	if got, want := v.Expand("{{greeting}} {{name}}|{{first_name}}|{{ticket}}|{{queue}}|{{plano}}"), "Bom dia ||||{{plano}}"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestGreeting(t *testing.T) {
	for hour := range 24 {
		want := "Boa noite"
		if hour >= 5 && hour <= 11 {
			want = "Bom dia"
		}
		if hour >= 12 && hour <= 17 {
			want = "Boa tarde"
		}
		if got := Greeting(time.Date(2026, 11, 21, hour, 59, 59, 0, time.UTC)); got != want {
			t.Errorf("%d h: %s, want %s", hour, got, want)
		}
	}
}

func TestGivenName(t *testing.T) {
	cases := []struct {
		c    Contact
		want string
	}{
		{Contact{Name: "ana lima"}, "Ana"},
		{Contact{Name: "ÉRICA SOUZA"}, "Érica"},
		{Contact{Name: "McDonald Santos"}, "McDonald"},
		{Contact{Name: "Ana Lima", FirstName: "ANA MARIA"}, "Ana Maria"},
		{Contact{Name: "  João\tSilva "}, "João"},
		{Contact{Name: "5511987650001"}, ""},
		{Contact{Name: "+55 11 98765-0001"}, ""},
		{Contact{Name: "🛋"}, ""},
		{Contact{}, ""},
	}
	for _, c := range cases {
		if got := c.c.GivenName(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.c.Name, got, c.want)
		}
	}
}

// Values are put in as they are, whatever they hold.
func TestExpandIsNotRecursive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		v := TextVars{Contact: &Contact{Name: name}}
		if got := v.Expand("a{{name}}b{{name}}"); got != "a"+name+"b"+name {
			t.Fatalf("%q gave %q", name, got)
		}
	})
}
