package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

const orderTemplate = `{"name":"pedido_enviado","language":"pt_BR","category":"utility","components":[
 {"type":"HEADER","format":"TEXT","text":"Pedido {{1}}","example":{"header_text":["A-1"]}},
 {"type":"BODY","text":"Olá {{1}}, o pedido {{2}} saiu para entrega e chega até {{3}} horas de hoje.","example":{"body_text":[["Ana","A-1","18"]]}},
 {"type":"FOOTER","text":"Equipe Exemplo"},
 {"type":"BUTTONS","buttons":[{"type":"URL","text":"Rastrear","url":"https://exemplo.test/r/{{1}}","example":["https://exemplo.test/r/A-1"]},
  {"type":"QUICK_REPLY","text":"Falar com alguém"}]}]}`

func define(t *testing.T, body string) *rules.Definition {
	t.Helper()
	d, err := rules.DecodeDefinition([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func fill(d *rules.Definition, components string) (*rules.Filled, *rules.Error) {
	var t rules.Template
	if err := json.Unmarshal([]byte(`{"components":`+components+`}`), &t); err != nil {
		panic(err)
	}
	return d.Fill(&t)
}

const (
	header  = `{"type":"header","parameters":[{"type":"text","text":"A-9"}]}`
	body    = `{"type":"body","parameters":[{"type":"text","text":"Ana"},{"type":"text","text":"A-9"},{"type":"text","text":"18"}]}`
	button0 = `{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"A-9"}]}`
	button1 = `{"type":"button","sub_type":"quick_reply","index":1,"parameters":[{"type":"payload","payload":"opt:talk"}]}`
)

func TestFillTemplate(t *testing.T) {
	d := define(t, orderTemplate)
	f, err := fill(d, "["+header+","+body+","+button0+","+button1+"]")
	if err != nil {
		t.Fatal(err)
	}
	if f.Header != "Pedido A-9" || f.Body != "Olá Ana, o pedido A-9 saiu para entrega e chega até 18 horas de hoje." || f.Footer != "Equipe Exemplo" {
		t.Errorf("filled %+v", f)
	}
	if f.Buttons[0].URL != "https://exemplo.test/r/A-9" || f.Buttons[1].Payload != "opt:talk" {
		t.Errorf("buttons %+v", f.Buttons)
	}
	if f, err = fill(d, "["+header+","+body+","+button0+"]"); err != nil || f.Buttons[1].Payload != "Falar com alguém" {
		t.Errorf("a quick reply without payload answers %+v, %v; want its text", f, err)
	}
}

func TestFillTemplateRefuses(t *testing.T) {
	d := define(t, orderTemplate)
	text := func(v string) string {
		b, _ := json.Marshal(v) // a string always encodes
		return `{"type":"body","parameters":[{"type":"text","text":` + string(b) + `},{"type":"text","text":"A"},{"type":"text","text":"1"}]}`
	}
	for name, c := range map[string]struct {
		components string
		code       int
	}{
		"no values at all":       {`[]`, 132000},
		"one value too few":      {`[` + header + `,{"type":"body","parameters":[{"type":"text","text":"Ana"}]},` + button0 + `]`, 132000},
		"header value missing":   {`[` + body + `,` + button0 + `]`, 132000},
		"value of another kind":  {`[` + header + `,{"type":"body","parameters":[{"type":"image","image":{"id":"1"}},{"type":"text","text":"A"},{"type":"text","text":"1"}]}]`, 132012},
		"empty value":            {`[` + header + `,` + text("") + `,` + button0 + `]`, 131008},
		"new line":               {`[` + header + `,` + text("a\nb") + `,` + button0 + `]`, 132018},
		"tab":                    {`[` + header + `,` + text("a\tb") + `,` + button0 + `]`, 132018},
		"five spaces":            {`[` + header + `,` + text("a     b") + `,` + button0 + `]`, 132018},
		"four spaces pass":       {`[` + header + `,` + text("a    b") + `,` + button0 + `]`, 0},
		"too long when filled":   {`[` + header + `,` + text(strings.Repeat("x", 1000)) + `,` + button0 + `]`, 132005},
		"header too long":        {`[{"type":"header","parameters":[{"type":"text","text":"` + strings.Repeat("x", 60) + `"}]},` + body + `,` + button0 + `]`, 132005},
		"named value":            {`[` + header + `,{"type":"body","parameters":[{"type":"text","parameter_name":"a","text":"Ana"},{"type":"text","text":"A"},{"type":"text","text":"1"}]}]`, 100},
		"button value missing":   {`[` + header + `,` + body + `]`, 131008},
		"button out of range":    {`[` + header + `,` + body + `,` + button0 + `,{"type":"button","sub_type":"url","index":"7","parameters":[{"type":"text","text":"x"}]}]`, 132000},
		"button of another kind": {`[` + header + `,` + body + `,{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"x"}]}]`, 132012},
		"payload too long":       {`[` + header + `,` + body + `,` + button0 + `,{"type":"button","sub_type":"quick_reply","index":"1","parameters":[{"type":"payload","payload":"` + strings.Repeat("x", 257) + `"}]}]`, 131009},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fill(d, c.components)
			if (err == nil) != (c.code == 0) || err != nil && err.Code != c.code {
				t.Errorf("%v, want code %d", err, c.code)
			}
		})
	}
}

func TestFillNamedTemplate(t *testing.T) {
	d := define(t, `{"name":"aviso","language":"pt_BR","category":"UTILITY","parameter_format":"named","components":[
	 {"type":"BODY","text":"Olá {{nome}}, seu pedido {{pedido}} já saiu do estoque.","example":{"body_text_named_params":[{"param_name":"nome","example":"Ana"},{"param_name":"pedido","example":"A-1"}]}}]}`)
	f, err := fill(d, `[{"type":"body","parameters":[{"type":"text","parameter_name":"pedido","text":"A-9"},{"type":"text","parameter_name":"nome","text":"Ana"}]}]`)
	if err != nil || f.Body != "Olá Ana, seu pedido A-9 já saiu do estoque." {
		t.Errorf("filled %+v, %v", f, err)
	}
	for name, c := range map[string]struct {
		parameters string
		code       int
	}{
		"without names": {`[{"type":"text","text":"Ana"},{"type":"text","text":"A-9"}]`, 100},
		"unknown name":  {`[{"type":"text","parameter_name":"nome","text":"Ana"},{"type":"text","parameter_name":"order","text":"A-9"}]`, 132012},
		"too few":       {`[{"type":"text","parameter_name":"nome","text":"Ana"}]`, 132000},
	} {
		if _, err := fill(d, `[{"type":"body","parameters":`+c.parameters+`}]`); err == nil || err.Code != c.code {
			t.Errorf("%s: %v, want %d", name, err, c.code)
		}
	}
}

func TestFillMediaLocationAndCouponTemplates(t *testing.T) {
	d := define(t, `{"name":"nota","language":"pt_BR","category":"MARKETING","components":[
	 {"type":"HEADER","format":"DOCUMENT","example":{"header_handle":["4::aW"]}},{"type":"BODY","text":"Segue a sua nota."},
	 {"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"CUPOM10"}]}]}`)
	coupon := `{"type":"button","sub_type":"copy_code","index":"0","parameters":[{"type":"coupon_code","coupon_code":"CUPOM10"}]}`
	f, err := fill(d, `[{"type":"header","parameters":[{"type":"document","document":{"id":"9","filename":"nota.pdf"}}]},`+coupon+`]`)
	if err != nil || f.HeaderMedia.ID != "9" || f.HeaderKind != "document" || f.Buttons[0].Payload != "CUPOM10" {
		t.Errorf("filled %+v, %v", f, err)
	}
	for name, components := range map[string]string{
		"no header":      `[` + coupon + `]`,
		"another format": `[{"type":"header","parameters":[{"type":"image","image":{"id":"9"}}]},` + coupon + `]`,
	} {
		if _, err := fill(d, components); err == nil || err.Code != 132012 {
			t.Errorf("%s: %v, want 132012", name, err)
		}
	}
	place := define(t, `{"name":"loja","language":"pt_BR","category":"MARKETING","components":[{"type":"HEADER","format":"LOCATION"},{"type":"BODY","text":"Nossa nova loja."}]}`)
	f, err = fill(place, `[{"type":"header","parameters":[{"type":"location","location":{"latitude":"-23.5","longitude":"-46.6","name":"Loja"}}]}]`)
	if err != nil || f.Location == nil || f.Location.Name != "Loja" {
		t.Errorf("filled %+v, %v", f, err)
	}
}

func TestCurrencyAndDateReadAsTheirFallback(t *testing.T) {
	d := define(t, `{"name":"boleto","language":"pt_BR","category":"UTILITY","components":[
	 {"type":"BODY","text":"Seu boleto de {{1}} vence no dia {{2}} deste mês.","example":{"body_text":[["R$ 10,00","20/11"]]}}]}`)
	f, err := fill(d, `[{"type":"body","parameters":[{"type":"currency","currency":{"fallback_value":"R$ 10,00","code":"BRL","amount_1000":10000}},
	 {"type":"date_time","date_time":{"fallback_value":"20/11"}}]}]`)
	if err != nil || f.Body != "Seu boleto de R$ 10,00 vence no dia 20/11 deste mês." {
		t.Errorf("filled %+v, %v", f, err)
	}
}

func TestAuthenticationTemplate(t *testing.T) {
	d := define(t, `{"name":"codigo","language":"pt_BR","category":"AUTHENTICATION","components":[
	 {"type":"BODY","add_security_recommendation":true},{"type":"FOOTER","code_expiration_minutes":10},
	 {"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copiar"}]}]}`)
	send := func(code string) string {
		return fmt.Sprintf(`[{"type":"body","parameters":[{"type":"text","text":%q}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":%q}]}]`, code, code)
	}
	f, err := fill(d, send("123456"))
	if err != nil || f.Body != "*123456* é seu código de verificação. Para sua segurança, não o compartilhe." || f.Footer != "Este código expira em 10 minutos." {
		t.Errorf("filled %+v, %v", f, err)
	}
	if _, err := fill(d, send(strings.Repeat("1", 16))); err == nil || err.Code != 132005 {
		t.Errorf("a code of 16 characters: %v, want 132005", err)
	}
	if _, err := rules.DecodeDefinition([]byte(`{"name":"c","language":"pt_BR","category":"AUTHENTICATION","components":[{"type":"BODY","text":"meu"}]}`)); err == nil {
		t.Error("an authentication template takes its own text")
	}
}

func TestDefinitionRules(t *testing.T) {
	with := func(components string) string {
		return `{"name":"t","language":"pt_BR","category":"UTILITY","components":[` + components + `]}`
	}
	b := `{"type":"BODY","text":"Um texto sem variáveis."}`
	text := func(s, example string) string {
		return with(fmt.Sprintf(`{"type":"BODY","text":%q,"example":{"body_text":[[%s]]}}`, s, example))
	}
	buttons := func(list ...string) string {
		return with(b + `,{"type":"BUTTONS","buttons":[` + strings.Join(list, ",") + `]}`)
	}
	quick := `{"type":"QUICK_REPLY","text":"a"}`
	link := `{"type":"URL","text":"a","url":"https://exemplo.test"}`
	for name, c := range map[string]struct {
		body    string
		refused bool
		subcode int
	}{
		"plain":                    {with(b), false, 0},
		"name with capitals":       {strings.Replace(with(b), `"t"`, `"Oi"`, 1), true, 0},
		"language unknown":         {strings.Replace(with(b), `pt_BR`, `português`, 1), true, 0},
		"category unknown":         {strings.Replace(with(b), `UTILITY`, `SERVICE`, 1), true, 0},
		"no body":                  {with(`{"type":"FOOTER","text":"a"}`), true, 2388043},
		"two bodies":               {with(b + "," + b), true, 2388043},
		"body too long":            {with(`{"type":"BODY","text":"` + strings.Repeat("x", 1025) + `"}`), true, 2388040},
		"footer too long":          {with(b + `,{"type":"FOOTER","text":"` + strings.Repeat("x", 61) + `"}`), true, 2388040},
		"footer with variable":     {with(b + `,{"type":"FOOTER","text":"a {{1}} b"}`), true, 2388073},
		"header too long":          {with(b + `,{"type":"HEADER","format":"TEXT","text":"` + strings.Repeat("x", 61) + `"}`), true, 2388040},
		"header with two":          {with(b + `,{"type":"HEADER","format":"TEXT","text":"{{1}} e {{2}} x"}`), true, 2388047},
		"image without sample":     {with(b + `,{"type":"HEADER","format":"IMAGE"}`), true, 2388043},
		"variable first":           {text("{{1}} é o seu novo código de hoje", `"a"`), true, 2388299},
		"variable last":            {text("O seu novo código de hoje é {{1}}", `"a"`), true, 2388299},
		"variables adjacent":       {text("Olá caro cliente de longa data {{1}}{{2}} tudo bem?", `"a","b"`), true, 2388072},
		"hole in numbers":          {text("Olá caro cliente {{1}} e também {{3}} tudo bem?", `"a","b"`), true, 2388072},
		"too many for the length":  {text("Oi {{1}} e {{2}} ok", `"a","b"`), true, 2388293},
		"without sample":           {with(`{"type":"BODY","text":"Olá {{1}}, tudo bem hoje?"}`), true, 2388043},
		"with sample":              {text("Olá {{1}}, tudo bem hoje?", `"Ana"`), false, 0},
		"named in a positional":    {text("Olá {{nome}}, tudo bem hoje?", `"Ana"`), true, 2388072},
		"ten quick replies":        {buttons(strings.Split(strings.TrimSuffix(strings.Repeat(quick+"|", 10), "|"), "|")...), false, 0},
		"eleven buttons":           {buttons(strings.Split(strings.TrimSuffix(strings.Repeat(quick+"|", 11), "|"), "|")...), true, 2388043},
		"three links":              {buttons(link, link, link), true, 2388043},
		"quick replies apart":      {buttons(quick, link, quick), true, 2388043},
		"button text too long":     {buttons(`{"type":"QUICK_REPLY","text":"` + strings.Repeat("x", 26) + `"}`), true, 2388040},
		"link variable not at end": {buttons(`{"type":"URL","text":"a","url":"https://x.test/{{1}}/a","example":["b"]}`), true, 2388043},
		"link without sample":      {buttons(`{"type":"URL","text":"a","url":"https://x.test/{{1}}"}`), true, 2388043},
		"phone":                    {buttons(`{"type":"PHONE_NUMBER","text":"Ligar","phone_number":"+551140000000"}`), false, 0},
		"phone with letters":       {buttons(`{"type":"PHONE_NUMBER","text":"Ligar","phone_number":"0800-AJUDA"}`), true, 2388043},
		"unknown button":           {buttons(`{"type":"SHAKE","text":"a"}`), true, 0},
		"unknown key":              {strings.Replace(with(b), `"text"`, `"txt"`, 1), true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rules.DecodeDefinition([]byte(c.body))
			if (err != nil) != c.refused || err != nil && err.Subcode != c.subcode {
				t.Errorf("%v (%+v), want refused = %t with subcode %d", err, err, c.refused, c.subcode)
			}
		})
	}
}

func TestTemplateRequestRules(t *testing.T) {
	tpl := func(rest string) string {
		return envelope(`"type":"template","template":{` + rest + `}`)
	}
	checkMessages(t, []messageCase{
		{"plain", tpl(`"name":"a","language":{"code":"pt_BR","policy":"deterministic"}`), 0},
		{"without name", tpl(`"language":{"code":"pt_BR"}`), 131008},
		{"without language", tpl(`"name":"a"`), 131008},
		{"unknown policy", tpl(`"name":"a","language":{"code":"pt_BR","policy":"fallback"}`), 131009},
		{"unknown component", tpl(`"name":"a","language":{"code":"pt_BR"},"components":[{"type":"footer"}]`), 131009},
		{"component twice", tpl(`"name":"a","language":{"code":"pt_BR"},"components":[{"type":"body"},{"type":"body"}]`), 131009},
		{"button without index", tpl(`"name":"a","language":{"code":"pt_BR"},"components":[{"type":"button","sub_type":"url"}]`), 131009},
	})
}
