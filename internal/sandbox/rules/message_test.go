package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// code is 0 for an accepted body.
type messageCase struct {
	name string
	body string
	code int
}

func envelope(rest string) string {
	return `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+5511987650001",` + rest + `}`
}

func checkMessages(t *testing.T, cases []messageCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := rules.Decode([]byte(c.body))
			code := 0
			if err != nil {
				code = err.Code
			}
			if code != c.code {
				t.Errorf("code %d, want %d (%v)", code, c.code, err)
			}
		})
	}
}

func TestDecodeEnvelope(t *testing.T) {
	text := `"type":"text","text":{"body":"Oi"}`
	checkMessages(t, []messageCase{
		{"text", envelope(text), 0},
		{"type defaults to text", envelope(`"text":{"body":"Oi"}`), 0},
		{"by user id", `{"messaging_product":"whatsapp","recipient":"BR.1","type":"text","text":{"body":"Oi"}}`, 0},
		{"product missing", `{"to":"5511987650001","type":"text","text":{"body":"Oi"}}`, 100},
		{"recipient missing", `{"messaging_product":"whatsapp","type":"text","text":{"body":"Oi"}}`, 100},
		{"group", `{"messaging_product":"whatsapp","recipient_type":"group","to":"g1","type":"text","text":{"body":"Oi"}}`, 100},
		{"callback data at its limit", envelope(`"biz_opaque_callback_data":"` + strings.Repeat("x", 512) + `",` + text), 0},
		{"callback data too long", envelope(`"biz_opaque_callback_data":"` + strings.Repeat("x", 513) + `",` + text), 100},
		{"context", envelope(`"context":{"message_id":"wamid.X"},` + text), 0},
		{"empty context", envelope(`"context":{},` + text), 100},
		{"unknown key", envelope(`"txt":{},` + text), 100},
		{"unknown key inside", envelope(`"type":"text","text":{"body":"Oi","bold":true}`), 100},
		{"wrong type of value", envelope(`"type":"text","text":{"body":5}`), 100},
		{"unknown type", envelope(`"type":"poll"`), 131051},
		{"object of another type", envelope(`"type":"image","text":{"body":"Oi"}`), 131008},
		{"not JSON", `{`, 100},
		{"two values", envelope(text) + `{}`, 100},
		{"read", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.X"}`, 0},
		{"read with typing", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.X","typing_indicator":{"type":"text"}}`, 0},
		{"read without id", `{"messaging_product":"whatsapp","status":"read"}`, 100},
		{"unknown status", `{"messaging_product":"whatsapp","status":"seen","message_id":"wamid.X"}`, 100},
		{"unknown typing", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.X","typing_indicator":{"type":"audio"}}`, 100},
	})
}

func TestDecodeContent(t *testing.T) {
	long := func(n int) string { return strings.Repeat("ã", n) }
	cards := func(n int) string {
		return strings.TrimSuffix(strings.Repeat(`{"name":{"formatted_name":"Ana Lima","first_name":"Ana"}},`, n), ",")
	}
	checkMessages(t, []messageCase{
		{"text at its limit", envelope(`"type":"text","text":{"body":"` + long(4096) + `"}`), 0},
		{"text too long", envelope(`"type":"text","text":{"body":"` + long(4097) + `"}`), 100},
		{"text empty", envelope(`"type":"text","text":{"body":""}`), 100},
		{"image by id", envelope(`"type":"image","image":{"id":"1","caption":"` + long(1024) + `"}`), 0},
		{"image by link", envelope(`"type":"image","image":{"link":"https://x.test/a.png"}`), 0},
		{"caption too long", envelope(`"type":"image","image":{"id":"1","caption":"` + long(1025) + `"}`), 100},
		{"neither id nor link", envelope(`"type":"video","video":{}`), 131008},
		{"both id and link", envelope(`"type":"video","video":{"id":"1","link":"https://x.test/a"}`), 100},
		{"voice", envelope(`"type":"audio","audio":{"id":"1","voice":true}`), 0},
		{"voice of an image", envelope(`"type":"image","image":{"id":"1","voice":true}`), 100},
		{"audio with caption", envelope(`"type":"audio","audio":{"id":"1","caption":"a"}`), 100},
		{"sticker with caption", envelope(`"type":"sticker","sticker":{"id":"1","caption":"a"}`), 100},
		{"document with name", envelope(`"type":"document","document":{"id":"1","filename":"a.pdf"}`), 0},
		{"image with file name", envelope(`"type":"image","image":{"id":"1","filename":"a.png"}`), 100},
		{"location of numbers", envelope(`"type":"location","location":{"latitude":-23.5,"longitude":-46.6}`), 0},
		{"location of text", envelope(`"type":"location","location":{"latitude":"-23.5","longitude":"-46.6","name":"Praça","address":"Rua A"}`), 0},
		{"latitude out of range", envelope(`"type":"location","location":{"latitude":91,"longitude":0}`), 131009},
		{"longitude no number", envelope(`"type":"location","location":{"latitude":0,"longitude":"west"}`), 131009},
		{"contacts", envelope(`"type":"contacts","contacts":[` + cards(2) + `]`), 0},
		{"no contacts", envelope(`"type":"contacts","contacts":[]`), 131009},
		{"too many contacts", envelope(`"type":"contacts","contacts":[` + cards(258) + `]`), 131009},
		{"contact without name", envelope(`"type":"contacts","contacts":[{"phones":[]}]`), 131008},
		{"contact with formatted name only", envelope(`"type":"contacts","contacts":[{"name":{"formatted_name":"Ana"}}]`), 131009},
		{"birthday", envelope(`"type":"contacts","contacts":[{"name":{"formatted_name":"A L","last_name":"L"},"birthday":"1990-05-17"}]`), 0},
		{"birthday wrong", envelope(`"type":"contacts","contacts":[{"name":{"formatted_name":"A L","last_name":"L"},"birthday":"17/05/1990"}]`), 131009},
		{"reaction without target", envelope(`"type":"reaction","reaction":{"emoji":"👍"}`), 131008},
	})
}

func TestReactionTakesOneEmoji(t *testing.T) {
	for emoji, ok := range map[string]bool{"👍": true, "❤️": true, "👩🏽‍🚒": true, "🇧🇷": true, "1️⃣": true, "": true,
		"ok": false, "👍👍": false, "a👍": false, "🇧🇷🇧🇷": false} {
		_, err := rules.Decode([]byte(envelope(fmt.Sprintf(`"type":"reaction","reaction":{"message_id":"wamid.X","emoji":%q}`, emoji))))
		if (err == nil) != ok {
			t.Errorf("%q: %v, want accepted = %t", emoji, err, ok)
		}
	}
}

func TestDecodeInteractive(t *testing.T) {
	in := func(rest string) string { return envelope(`"type":"interactive","interactive":{` + rest + `}`) }
	button := func(id, title string) string {
		return fmt.Sprintf(`{"type":"reply","reply":{"id":%q,"title":%q}}`, id, title)
	}
	buttons := func(list ...string) string {
		return in(`"type":"button","body":{"text":"Como foi?"},"action":{"buttons":[` + strings.Join(list, ",") + `]}`)
	}
	rows := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(`{"id":"r%d","title":"Opção %d","description":"d"}`, i, i))
		}
		return strings.Join(list, ",")
	}
	list := func(sections string) string {
		return in(`"type":"list","body":{"text":"Escolha"},"action":{"button":"Ver","sections":[` + sections + `]}`)
	}
	cta := func(text, url string) string {
		return in(fmt.Sprintf(`"type":"cta_url","body":{"text":"Veja"},"action":{"name":"cta_url","parameters":{"display_text":%q,"url":%q}}`, text, url))
	}
	x := func(n int) string { return strings.Repeat("x", n) }
	checkMessages(t, []messageCase{
		{"one button", buttons(button("1", "Sim")), 0},
		{"three buttons", buttons(button("1", x(20)), button("2", "Não"), button(x(256), "Talvez")), 0},
		{"no buttons", buttons(), 131009},
		{"four buttons", buttons(button("1", "a"), button("2", "b"), button("3", "c"), button("4", "d")), 131009},
		{"button title too long", buttons(button("1", x(21))), 131009},
		{"button without title", buttons(button("1", "")), 131009},
		{"button id too long", buttons(button(x(257), "a")), 131009},
		{"button id with spaces", buttons(button(" 1", "a")), 131009},
		{"button ids twice", buttons(button("1", "a"), button("1", "b")), 131009},
		{"ten rows", list(`{"rows":[` + rows(10) + `]}`), 0},
		{"eleven rows", list(`{"rows":[` + rows(11) + `]}`), 131009},
		{"rows over two sections count together", list(`{"title":"A","rows":[` + rows(6) + `]},{"title":"B","rows":[` + strings.ReplaceAll(rows(5), `"r`, `"q`) + `]}`), 131009},
		{"two sections", list(`{"title":"A","rows":[{"id":"1","title":"a"}]},{"title":"B","rows":[{"id":"2","title":"b"}]}`), 0},
		{"two sections without titles", list(`{"rows":[{"id":"1","title":"a"}]},{"title":"B","rows":[{"id":"2","title":"b"}]}`), 131009},
		{"section title too long", list(`{"title":"` + x(25) + `","rows":[{"id":"1","title":"a"}]}`), 131009},
		{"empty section", list(`{"title":"A","rows":[]}`), 131009},
		{"no section", list(``), 131009},
		{"row title too long", list(`{"rows":[{"id":"1","title":"` + x(25) + `"}]}`), 131009},
		{"row description too long", list(`{"rows":[{"id":"1","title":"a","description":"` + x(73) + `"}]}`), 131009},
		{"row id too long", list(`{"rows":[{"id":"` + x(201) + `","title":"a"}]}`), 131009},
		{"row ids twice", list(`{"rows":[{"id":"1","title":"a"},{"id":"1","title":"b"}]}`), 131009},
		{"list button too long", in(`"type":"list","body":{"text":"E"},"action":{"button":"` + x(21) + `","sections":[{"rows":[{"id":"1","title":"a"}]}]}`), 131009},
		{"list body up to 4096", in(`"type":"list","body":{"text":"` + x(4096) + `"},"action":{"button":"V","sections":[{"rows":[{"id":"1","title":"a"}]}]}`), 0},
		{"button body too long", in(`"type":"button","body":{"text":"` + x(1025) + `"},"action":{"buttons":[` + button("1", "a") + `]}`), 131009},
		{"body missing", in(`"type":"button","action":{"buttons":[` + button("1", "a") + `]}`), 131008},
		{"action missing", in(`"type":"button","body":{"text":"a"}`), 131008},
		{"footer too long", in(`"type":"button","body":{"text":"a"},"footer":{"text":"` + x(61) + `"},"action":{"buttons":[` + button("1", "a") + `]}`), 131009},
		{"header of text", in(`"type":"button","header":{"type":"text","text":"Olá"},"body":{"text":"a"},"action":{"buttons":[` + button("1", "a") + `]}`), 0},
		{"header too long", in(`"type":"button","header":{"type":"text","text":"` + x(61) + `"},"body":{"text":"a"},"action":{"buttons":[` + button("1", "a") + `]}`), 131009},
		{"header of image", in(`"type":"button","header":{"type":"image","image":{"id":"5"}},"body":{"text":"a"},"action":{"buttons":[` + button("1", "a") + `]}`), 0},
		{"header without its image", in(`"type":"button","header":{"type":"image"},"body":{"text":"a"},"action":{"buttons":[` + button("1", "a") + `]}`), 131008},
		{"list with header of image", in(`"type":"list","header":{"type":"image","image":{"id":"5"}},"body":{"text":"a"},"action":{"button":"V","sections":[{"rows":[{"id":"1","title":"a"}]}]}`), 131009},
		{"link", cta("Abrir", "https://exemplo.test/a"), 0},
		{"link text too long", cta(x(21), "https://exemplo.test/a"), 131009},
		{"link without scheme", cta("Abrir", "exemplo.test"), 131009},
		{"flow", in(`"type":"flow","body":{"text":"a"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_token":"t","flow_id":"1","flow_cta":"Abrir","flow_action":"navigate","flow_action_payload":{"screen":"A"}}}`), 0},
		{"flow without id", in(`"type":"flow","body":{"text":"a"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_cta":"Abrir"}}`), 131009},
		{"location request", in(`"type":"location_request_message","body":{"text":"Onde?"},"action":{"name":"send_location"}`), 0},
		{"location request misnamed", in(`"type":"location_request_message","body":{"text":"Onde?"},"action":{"name":"location"}`), 131009},
		{"call permission", in(`"type":"call_permission_request","body":{"text":"Posso ligar?"},"action":{"name":"call_permission_request"}`), 0},
		{"catalogue", in(`"type":"product","body":{"text":"a"},"action":{"catalog_id":"1","product_retailer_id":"2"}`), 131009},
		{"unknown kind", in(`"type":"quiz","body":{"text":"a"},"action":{}`), 131009},
	})
}

func TestErrorBody(t *testing.T) {
	e := rules.New(131009, "Param %s is wrong.", "x")
	inner := e.Body("T1")["error"].(map[string]any)
	if inner["message"] != "(#131009) Parameter value is not valid" || inner["code"] != 131009 || inner["fbtrace_id"] != "T1" {
		t.Errorf("body %v", inner)
	}
	if _, ok := inner["error_subcode"]; ok {
		t.Error("an error without subcode has one")
	}
	if d := inner["error_data"].(map[string]any)["details"]; d != "Param x is wrong." {
		t.Errorf("details %v", d)
	}
	if rules.Known(999999) || !rules.Known(131047) {
		t.Error("known codes are wrong")
	}
}
