package whatsappcloud

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
)

const testMetadata = `"messaging_product":"whatsapp","metadata":{"display_phone_number":"551140000000","phone_number_id":"100000000000001"}`

// hook is a webhook body with one change.
func hook(field, value string) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"200000000000001","time":1795000000,"changes":[{"field":%q,"value":{%s}}]}]}`, field, value)
}

// messagesHook is a body with messages of Ana.
func messagesHook(messages ...string) []byte {
	return hook("messages", testMetadata+`,"contacts":[{"profile":{"name":"Ana"},"wa_id":"5511987650001","user_id":"BR.123"}],"messages":[`+strings.Join(messages, ",")+`]`)
}

// ofAna puts the common keys of a message before the given ones.
func ofAna(rest string) string {
	return `{"from":"5511987650001","id":"wamid.A1","timestamp":"1795000001",` + rest + `}`
}

func parse(t *testing.T, body []byte) []channel.Element {
	t.Helper()
	elements, err := New(Options{}).Parse(body)
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, body)
	}
	return elements
}

// read parses a body of one element and interprets it.
func read(t *testing.T, body []byte) (channel.Event, error) {
	t.Helper()
	elements := parse(t, body)
	if len(elements) != 1 {
		t.Fatalf("%d elements in %s", len(elements), body)
	}
	return New(Options{}).Interpret(elements[0].Raw)
}

func TestVerifySignature(t *testing.T) {
	a, c := New(Options{}), connection("https://graph.facebook.com")
	body := []byte("{\"text\":\"ol\\u00e1\"}")
	mac := hmac.New(sha256.New, []byte(testSecret))
	mac.Write(body)
	good := hex.EncodeToString(mac.Sum(nil))
	for _, tc := range []struct {
		name, header string
		want         bool
	}{
		{"right", "sha256=" + good, true},
		{"upper case", "sha256=" + strings.ToUpper(good), true},
		{"no prefix", good, false},
		{"older kind", "sha1=" + good[:40], false},
		{"short", "sha256=" + good[:62], false},
		{"long", "sha256=" + good + "00", false},
		{"not hex", "sha256=" + strings.Repeat("z", 64), false},
		{"empty", "sha256=", false},
		{"missing", "", false},
	} {
		h := http.Header{}
		if tc.header != "" {
			h.Set("X-Hub-Signature-256", tc.header)
		}
		if got := a.Verify(c, h, body); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
	h := http.Header{"X-Hub-Signature-256": {"sha256=" + good}}
	if a.Verify(c, h, []byte(`{"text":"olá"}`)) {
		t.Error("a body written anew has the signature of the raw one")
	}
	delete(c.Settings, "app_secret")
	empty := hmac.New(sha256.New, nil)
	empty.Write(body)
	if a.Verify(c, http.Header{"X-Hub-Signature-256": {"sha256=" + hex.EncodeToString(empty.Sum(nil))}}, body) {
		t.Error("an empty secret signs")
	}
}

func TestChallengeRefusals(t *testing.T) {
	a, c := New(Options{}), connection("https://graph.facebook.com")
	for query, want := range map[string]bool{
		"hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=12345":                        true,
		"hub.mode=unsubscribe&hub.verify_token=verify-me&hub.challenge=12345":                      false,
		"hub.verify_token=verify-me&hub.challenge=12345":                                           false,
		"hub.mode=subscribe&hub.verify_token=verify-me":                                            false,
		"hub.mode=subscribe&hub.challenge=12345":                                                   false,
		"hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=" + strings.Repeat("1", 201):  false,
		"hub.mode=subscribe&hub.verify_token=other&hub.verify_token=verify-me&hub.challenge=12345": false,
	} {
		got, ok := a.Challenge(c, httptest.NewRequest(http.MethodGet, "/?"+query, nil))
		if ok != want || ok && got != "12345" {
			t.Errorf("%s: %q, %v", query, got, ok)
		}
	}
}

// A batch falls into its parts in order, each for its own endpoint, with its
// own contact.
func TestParseSplitsBatches(t *testing.T) {
	body := []byte(`{"object":"whatsapp_business_account","entry":[
		{"id":"200","time":1,"changes":[
			{"field":"messages","value":{` + testMetadata + `,
				"contacts":[{"profile":{"name":"Ana"},"wa_id":"551"},{"profile":{"name":"Bia"},"user_id":"BR.2"}],
				"messages":[{"from":"551","id":"w1","timestamp":"1","type":"text","text":{"body":"a"}},{"from_user_id":"BR.2","id":"w2","timestamp":"2","type":"text","text":{"body":"b"}}],
				"statuses":[{"id":"w3","status":"sent","timestamp":"3","recipient_id":"551"},{"id":"w3","status":"read","timestamp":"4","recipient_user_id":"BR.2"}],
				"errors":[{"code":130429,"title":"x"}]}},
			{"field":"account_review_update","value":{"decision":"APPROVED"}}]},
		{"id":"201","time":2,"changes":[{"field":"calls","value":{` + testMetadata + `,"calls":[{"id":"c1","event":"connect","from":"551","direction":"USER_INITIATED","timestamp":"5"}]}}]}]}`)
	var got []string
	for _, e := range parse(t, body) {
		key := e.Key
		if strings.HasPrefix(key, "h:") {
			key = "h"
		}
		var raw element
		if err := json.Unmarshal(e.Raw, &raw); err != nil {
			t.Fatal(err)
		}
		var who contact
		_ = json.Unmarshal(raw.Contact, &who)
		got = append(got, strings.Join([]string{key, e.ExternalID, e.GroupID, string(raw.Part), string(who.Profile.Name)}, "|"))
	}
	want := []string{
		"m:w1|100000000000001|200|message|Ana",
		"m:w2|100000000000001|200|message|Bia",
		"s:w3:sent:551|100000000000001|200|status|Ana",
		"s:w3:read:BR.2|100000000000001|200|status|Bia",
		"h|100000000000001|200|error|",
		"h||200|change|",
		"h|100000000000001|201|call|",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// brokenParts are things that may stand where a message should.
var brokenParts = []string{
	`5`, `"text"`, `null`, `[]`, `[{}]`, `true`, `{}`,
	ofAna(`"type":"text","text":"not an object"`),
	ofAna(`"type":"text"`),
	ofAna(`"type":"text","text":null`),
	ofAna(`"type":"text","text":{"body":{"a":1}}`),
	ofAna(`"type":["text"],"text":{"body":"x"}`),
	ofAna(`"type":"image","image":{"mime_type":"image/jpeg"}`),
	ofAna(`"type":"image","image":{"id":{}}`),
	ofAna(`"type":"location","location":{"latitude":"north","longitude":1}`),
	ofAna(`"type":"location","location":{"latitude":91,"longitude":1}`),
	ofAna(`"type":"location","location":{"longitude":1}`),
	ofAna(`"type":"contacts","contacts":{}`),
	ofAna(`"type":"contacts","contacts":[]`),
	ofAna(`"type":"reaction","reaction":{"emoji":"x"}`),
	ofAna(`"type":"interactive","interactive":{"type":{}}`),
	ofAna(`"type":"interactive","interactive":{"type":"button_reply"}`),
	ofAna(`"type":"order","order":{"product_items":5}`),
	ofAna(`"type":"text","text":{"body":"x"},"context":"y"`),
	ofAna(`"type":"text","text":{"body":"x"},"errors":"y"`),
	`{"from":"551","id":"w","timestamp":"yesterday","type":"text","text":{"body":"x"}}`,
	`{"from":"551","id":"w","timestamp":"-5","type":"text","text":{"body":"x"}}`,
	`{"from":"551","id":"w","timestamp":"99999999999999999999","type":"text","text":{"body":"x"}}`,
	`{"from":"551","timestamp":"1","type":"text","text":{"body":"x"}}`,
	`{"from":{"a":1},"id":"w","timestamp":"1","type":"text","text":{"body":"x"}}`,
	`{"id":"w","timestamp":"1","type":"edit","from":"551","edit":{"original_message_id":"w0"}}`,
	`{"id":"w","timestamp":"1","type":"revoke","from":"551","revoke":{}}`,
	`{"id":"w","timestamp":"1","type":"system","from":"551","system":{"type":"user_changed_number"}}`,
	`{"id":"w","timestamp":"1","type":"system","system":{"type":"user_changed_user_id"}}`,
	strings.Repeat("[", 500) + strings.Repeat("]", 500),
	`{"from":"551","id":"deep","timestamp":"1","type":"text","text":{"body":"x"},"more":` + strings.Repeat(`{"a":`, 20_000) + `1` + strings.Repeat("}", 20_000) + `}`,
}

// A part that can't be read is kept with its reason and harms no neighbour.
func TestBrokenPartsHarmNoNeighbour(t *testing.T) {
	a := New(Options{})
	good := func(id string) string {
		return `{"from":"5511987650001","id":"` + id + `","timestamp":"1","type":"text","text":{"body":"ok"}}`
	}
	for _, broken := range brokenParts {
		elements, err := a.Parse(messagesHook(good("g1"), broken, good("g2")))
		if err != nil || len(elements) != 3 {
			t.Errorf("%.80s: %d elements, %v", broken, len(elements), err)
			continue
		}
		for i, want := range []bool{true, false, true} {
			e := elements[i]
			event, err := a.Interpret(e.Raw)
			if ok := err == nil && event.Message != nil && event.Message.Body == "ok"; ok != want {
				t.Errorf("%.80s: element %d: %v, %v", broken, i, event.Message, err)
			}
			if want && e.Err != nil || !want && err == nil {
				t.Errorf("%.80s: element %d: parse said %v, reading %v", broken, i, e.Err, err)
			}
			if !json.Valid(e.Raw) || e.Key == "" {
				t.Errorf("%.80s: element %d is not kept", broken, i)
			}
		}
		if _, err := a.Interpret(elements[1].Raw); !isReason(err) {
			t.Errorf("%.80s: %v is no reason", broken, err)
		}
	}
}

func isReason(err error) bool {
	_, ok := errors.AsType[Reason](err)
	return ok
}

// The deep part is kept, as text.
func TestDeepPartsAreKept(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 20_000) + `"hidden treasure"` + strings.Repeat("}", 20_000)
	elements := parse(t, messagesHook(ofAna(`"type":"text","text":{"body":"x"},"more":`+deep)))
	if len(elements) != 1 || !errors.Is(elements[0].Err, ReasonTooDeep) || elements[0].Key != "m:wamid.A1" {
		t.Fatalf("%+v", elements)
	}
	if !strings.Contains(string(elements[0].Raw), "hidden treasure") {
		t.Error("the deep part is lost")
	}
	if _, err := New(Options{}).Interpret(elements[0].Raw); !errors.Is(err, ReasonTooDeep) {
		t.Error(err)
	}
	// What Meta really nests is far from the limit.
	card := ofAna(`"type":"contacts","contacts":[{"name":{"formatted_name":"J"},"phones":[{"phone":"1"}]}]`)
	if e := parse(t, messagesHook(card)); e[0].Err != nil {
		t.Error(e[0].Err)
	}
}

// Whole containers of the wrong type are one unreadable element each.
func TestBrokenContainers(t *testing.T) {
	good := `{"id":"201","changes":[{"field":"account_review_update","value":{"decision":"APPROVED"}}]}`
	for _, broken := range []string{
		`5`, `null`, `{"id":"1","changes":{}}`, `{"id":{},"changes":[]}`, `{"id":"1","changes":[5]}`, `{"id":"1","changes":[{"field":[],"value":{}}]}`,
		`{"id":"1","changes":[{"field":"messages"}]}`, `{"id":"1","changes":[{"field":"messages","value":[]}]}`, `{"id":"1","changes":[{"field":"messages","value":{}}]}`,
		`{"id":"1","changes":[{"field":"messages","value":{"messages":5}}]}`, `{"id":"1","changes":[{"field":"messages","value":{"statuses":{}}}]}`,
		`{"id":"1","changes":[{"field":"messages","value":{"metadata":5,"messages":[` + ofAna(`"type":"text","text":{"body":"x"}`) + `]}}]}`,
		`{"id":"1","changes":[{"field":"unheard_of","value":{"a":1}}]}`,
	} {
		elements, err := New(Options{}).Parse([]byte(`{"object":"whatsapp_business_account","entry":[` + broken + `,` + good + `]}`))
		if err != nil || len(elements) != 2 {
			t.Errorf("%s: %d elements, %v", broken, len(elements), err)
			continue
		}
		if _, err := New(Options{}).Interpret(elements[0].Raw); !isReason(err) {
			t.Errorf("%s: %v", broken, err)
		}
		if event, err := New(Options{}).Interpret(elements[1].Raw); err != nil || event.Account == nil {
			t.Errorf("%s: neighbour: %+v, %v", broken, event, err)
		}
	}
}

// Contacts that can't be read cost a name, no message.
func TestBrokenContacts(t *testing.T) {
	for _, contacts := range []string{`5`, `null`, `{}`, `[5]`, `[{"profile":5}]`, `[{"wa_id":{}}]`, `[]`} {
		event, err := read(t, hook("messages", testMetadata+`,"contacts":`+contacts+`,"messages":[`+ofAna(`"type":"text","text":{"body":"x"}`)+`]`))
		if err != nil || event.Message == nil || event.Message.From != (channel.Sender{Phone: "5511987650001"}) {
			t.Errorf("%s: %+v, %v", contacts, event.Message, err)
		}
	}
}

func TestKeys(t *testing.T) {
	key := func(body []byte) string { return parse(t, body)[0].Key }
	review := func(time, decision string) []byte {
		return []byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","time":` + time + `,"changes":[{"field":"account_review_update","value":{"decision":"` + decision + `"}}]}]}`)
	}
	if once, again := key(review("1", "A")), key(review("1", "A")); once != again {
		t.Error("a redelivery has another key")
	}
	if key(review("1", "A")) == key(review("2", "A")) {
		t.Error("the same news at another time are taken for a repetition")
	}
	if key(review("1", "A")) == key(review("1", "B")) {
		t.Error("different news have one key")
	}
	spaced := strings.ReplaceAll(string(review("1", "A")), `:"A"`, ` : "A" `)
	if key([]byte(spaced)) != key(review("1", "A")) {
		t.Error("blanks change a key")
	}
	noID := func(text string) []byte {
		return messagesHook(`{"from":"551","timestamp":"1","type":"text","text":{"body":"` + text + `"}}`)
	}
	if one, again, other := key(noID("a")), key(noID("a")), key(noID("b")); one == other || one != again {
		t.Error("messages without id are not known by their content")
	}
	long := strings.Repeat("x", 400)
	if k := key(messagesHook(`{"from":"551","id":"` + long + `","timestamp":"1","type":"text","text":{"body":"x"}}`)); len(k) > maxKey {
		t.Errorf("key of %d characters", len(k))
	}
	status := func(rest string) string {
		return key(hook("messages", testMetadata+`,"statuses":[{"id":"w","timestamp":"1",`+rest+`}]`))
	}
	seen := map[string]bool{}
	for _, s := range []string{
		status(`"status":"sent","recipient_id":"551"`), status(`"status":"read","recipient_id":"551"`), status(`"status":"sent","recipient_id":"552"`),
		status(`"status":"sent","recipient_user_id":"BR.1"`), status(`"status":"read","recipient_id":"g","recipient_participant_id":"551x"`),
		status(`"status":"read","recipient_id":"g","recipient_participant_id":"552x"`),
	} {
		if seen[s] {
			t.Errorf("key %s twice", s)
		}
		seen[s] = true
	}
	if !seen["s:w:sent:551"] || !seen["s:w:sent:BR.1"] {
		t.Errorf("keys %v", seen)
	}
}
