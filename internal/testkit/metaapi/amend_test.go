package metaapi

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sent, received, status and change put a part into the rest of a body.
func sent(part string) check {
	body := `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+5511987650001",` + part + `}`
	return func(d *Doc) error { return d.Request(SendMessage, jsonType, []byte(body)) }
}

func received(part string) check {
	return change("messages", `"contacts":[],"messages":[{"from":"5511987650001","id":"wamid.1","timestamp":"1795000000",`+part+`}]`)
}

func change(field, part string) check {
	body := fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":%q,"value":{"messaging_product":"whatsapp",
		"metadata":{"display_phone_number":"551140000000","phone_number_id":"1"},%s}}]}]}`, field, part)
	return func(d *Doc) error { return d.Webhook([]byte(body)) }
}

func template(component string) check {
	return sent(`"type":"template","template":{"name":"x","language":{"policy":"deterministic","code":"pt_BR"},"components":[` + component + `]}`)
}

func button(subType, parameter string) check {
	return template(`{"type":"button","sub_type":"` + subType + `","index":"2","parameters":[` + parameter + `]}`)
}

func card(part string) check {
	return sent(`"type":"contacts","contacts":[{"name":{"formatted_name":"A"},` + part + `}]`)
}

func number(part string) check {
	return func(d *Doc) error { return d.Response(GetPhoneNumber, 200, []byte(`{"id":"1",`+part+`}`)) }
}

type check func(*Doc) error

// evidence holds for every amendment a body that is right by the platform and
// refused without the amendment.
var evidence = map[string]check{
	"incoming message names":   received(`"type":"location","location":{"latitude":1.5,"longitude":2}`),
	"incoming message bases":   received(`"type":"text","text":{"body":"x"}`),
	"sealed variants":          sent(`"type":"text","text":{"body":"x"}`),
	"correlation":              sent(`"type":"text","text":{"body":"x"},"biz_opaque_callback_data":"p1"`),
	"recipient":                sent(`"type":"text","text":{"body":"x"},"recipient":"BR.1"`),
	"recipient or to":          raw(`{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"BR.1","type":"text","text":{"body":"x"}}`),
	"read receipt":             raw(`{"messaging_product":"whatsapp","status":"read","message_id":"wamid.1","typing_indicator":{"type":"text"}}`),
	"card phone types":         card(`"phones":[{"phone":"1","type":"CELL"}]`),
	"card e-mail types":        card(`"emails":[{"email":"a@exemplo.test","type":"OTHER"}]`),
	"card link types":          card(`"urls":[{"url":"https://exemplo.test","type":"OTHER"}]`),
	"card address types":       card(`"addresses":[{"city":"X","type":"OTHER"}]`),
	"interactive kinds":        link,
	"interactive actions":      link,
	"list body":                sent(`"type":"interactive","interactive":{"type":"list","body":{"text":"` + strings.Repeat("x", 4096) + `"},"action":{"button":"b","sections":[{"rows":[{"id":"1","title":"t"}]}]}}`),
	"button index":             template(`{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"x"}]}`),
	"component index":          template(`{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"x"}]}`),
	"button kinds":             button("copy_code", `{"type":"text","text":"x"}`),
	"component kinds":          button("copy_code", `{"type":"text","text":"x"}`),
	"button parameters":        button("url", `{"type":"coupon_code","coupon_code":"X"}`),
	"location parameter":       template(`{"type":"header","parameters":[{"type":"location","location":{}}]}`),
	"number verification":      number(`"code_verification_status":"EXPIRED"`),
	"number quality":           number(`"quality_rating":"UNKNOWN"`),
	"quoted messages":          received(`"type":"text","text":{"body":"x"},"context":{"from":"1","id":"wamid.0"}`),
	"removed reactions":        received(`"type":"reaction","reaction":{"message_id":"wamid.0"}`),
	"pins":                     received(`"type":"location","location":{"latitude":1.5,"longitude":2}`),
	"advertisements":           received(`"type":"text","text":{"body":"x"},"referral":{"source_url":"u","source_id":"1","source_type":"ad"}`),
	"senders without phone":    change("messages", `"contacts":[],"messages":[{"from_user_id":"BR.1","id":"w","timestamp":"1","type":"text","text":{"body":"x"}}]`),
	"interactive answers":      received(`"type":"interactive","context":{"from":"1","id":"w"},"interactive":{"type":"nfm_reply"}`),
	"form answers":             received(`"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"1","title":"t","description":"d"}}`),
	"system kinds":             change("messages", `"messages":[{"from":"1","id":"w","timestamp":"1","type":"system","system":{"type":"user_changed_user_id","body":"b"}}]`),
	"order amounts":            received(`"type":"order","order":{"catalog_id":"1","text":"","product_items":[{"product_retailer_id":"1","quantity":"2","item_price":"10.5","currency":"BRL"}]}`),
	"played":                   change("messages", `"statuses":[{"id":"w","status":"played","timestamp":"1","recipient_id":"1"}]`),
	"status recipients":        change("messages", `"statuses":[{"id":"w","status":"sent","timestamp":"1","recipient_user_id":"BR.1"}]`),
	"group times":              change("group_lifecycle_update", `"groups":[{"timestamp":"1","group_id":"g","type":"group_delete","request_id":"r"}]`),
	"group participants":       change("group_lifecycle_update", `"groups":[{"timestamp":1,"group_id":"g","type":"group_create","request_id":"r","added_participants":[{"input":1}]}]`),
	"fields":                   change("security", `"event":"PIN_CHANGED"`),
	"template list parameters": func(d *Doc) error { return d.Query(ListTemplates, []string{"fields"}) },
}

var link = sent(`"type":"interactive","interactive":{"type":"cta_url","body":{"text":"b"},"action":{"name":"cta_url","parameters":{"display_text":"d","url":"https://exemplo.test"}}}`)

func raw(body string) check {
	return func(d *Doc) error { return d.Request(SendMessage, jsonType, []byte(body)) }
}

// clone copies a decoded document.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = clone(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = clone(e)
		}
		return out
	default:
		return v
	}
}

// Each amendment is needed: with all of them its evidence is valid, without it
// alone it isn't.
func TestAmendmentsAreNeeded(t *testing.T) {
	d := document(t)
	plain, err := decode(source)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range Amendments() {
		if a.Reason == "" {
			t.Errorf("%s has no reason", a.Name)
		}
		check, ok := evidence[a.Name]
		if a.Name == "discriminators" {
			continue // it makes the document stricter: see TestWrongBodiesAreRefused
		}
		if !ok {
			t.Errorf("%s has no evidence", a.Name)
			continue
		}
		if err := check(d); err != nil {
			t.Errorf("%s: evidence refused: %v", a.Name, err)
		}
		others := Amendments()
		without, err := amended(clone(plain).(map[string]any), append(others[:i:i], others[i+1:]...))
		if err != nil {
			continue // a later amendment stands on it
		}
		if check(without) == nil {
			t.Errorf("%s is not needed", a.Name)
		}
	}
	if len(evidence) != len(Amendments())-1 {
		t.Errorf("%d amendments, evidence for %d", len(Amendments())-1, len(evidence))
	}
}

// What is wrong stays wrong.
func TestWrongBodiesAreRefused(t *testing.T) {
	d := document(t)
	for name, check := range map[string]check{
		"no recipient":              raw(`{"messaging_product":"whatsapp","recipient_type":"individual","type":"text","text":{"body":"x"}}`),
		"unknown property":          sent(`"type":"text","text":{"body":"x"},"colour":"red"`),
		"unknown type":              sent(`"type":"hologram","hologram":{}`),
		"content of another type":   sent(`"type":"text","image":{"id":"1"}`),
		"media without id and link": sent(`"type":"image","image":{"caption":"x"}`),
		"four buttons":              sent(`"type":"interactive","interactive":{"type":"button","body":{"text":"b"},"action":{"buttons":[` + strings.Repeat(`{"type":"reply","reply":{"id":"1","title":"t"}},`, 3) + `{"type":"reply","reply":{"id":"1","title":"t"}}]}}`),
		"long button":               sent(`"type":"interactive","interactive":{"type":"button","body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"` + strings.Repeat("t", 21) + `"}}]}}`),
		"currency without code":     template(`{"type":"body","parameters":[{"type":"currency","currency":{"fallback_value":"R$ 1"}}]}`),
		"button without index":      template(`{"type":"button","sub_type":"url","parameters":[{"type":"text","text":"x"}]}`),
		"received text as text":     received(`"type":"text","text":"x"`),
		"list answer without row":   received(`"type":"interactive","context":{"from":"1","id":"w"},"interactive":{"type":"list_reply"}`),
		"unknown status":            change("messages", `"statuses":[{"id":"w","status":"vanished","timestamp":"1","recipient_id":"1"}]`),
		"unknown parameter":         func(d *Doc) error { return d.Query(ResolveMedia, []string{"colour"}) },
		"error without code": func(d *Doc) error {
			return d.Response(SendMessage, 400, []byte(`{"error":{"message":"x","type":"y"}}`))
		},
		"not JSON": raw(`{`),
	} {
		if check(d) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
