package whatsappcloud

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

var ana = channel.Recipient{Phone: "5511987650001"}

// sendCase is a message and the part of the request that carries it. {} stands
// for the id of an upload.
type sendCase struct {
	name string
	msg  channel.Outgoing
	want string
}

func interactiveOut(in desk.Interactive) channel.Outgoing {
	return channel.Outgoing{Type: desk.TypeInteractive, Content: desk.Content{Interactive: &in}, MediaByID: map[desk.ID]*channel.OutgoingMedia{
		1: sample(desk.TypeImage), 2: sample(desk.TypeVideo), 3: sample(desk.TypeDocument),
	}}
}

var sendCases = []sendCase{
	{"text", channel.Outgoing{Type: desk.TypeText, Body: "Olá"}, `{"type":"text","text":{"body":"Olá","preview_url":false}}`},
	{"text with link", channel.Outgoing{Type: desk.TypeText, Body: "veja https://exemplo.test/a"},
		`{"type":"text","text":{"body":"veja https://exemplo.test/a","preview_url":true}}`},
	{"reply", channel.Outgoing{Type: desk.TypeText, Body: "Sim", QuotedID: "wamid.Q"},
		`{"type":"text","context":{"message_id":"wamid.Q"},"text":{"body":"Sim","preview_url":false}}`},
	{"image", channel.Outgoing{Type: desk.TypeImage, Body: "foto", Media: sample(desk.TypeImage)}, `{"type":"image","image":{"id":"{}","caption":"foto"}}`},
	{"video", channel.Outgoing{Type: desk.TypeVideo, Media: sample(desk.TypeVideo)}, `{"type":"video","video":{"id":"{}"}}`},
	{"audio", channel.Outgoing{Type: desk.TypeAudio, Media: sample(desk.TypeAudio)}, `{"type":"audio","audio":{"id":"{}"}}`},
	{"voice note", channel.Outgoing{Type: desk.TypeVoice, Media: sample(desk.TypeVoice)}, `{"type":"audio","audio":{"id":"{}","voice":true}}`},
	{"document", channel.Outgoing{Type: desk.TypeDocument, Body: "nota", Media: sample(desk.TypeDocument)},
		`{"type":"document","document":{"id":"{}","caption":"nota","filename":"nota.pdf"}}`},
	{"sticker", channel.Outgoing{Type: desk.TypeSticker, Media: sample(desk.TypeSticker)}, `{"type":"sticker","sticker":{"id":"{}"}}`},
	{"location", channel.Outgoing{Type: desk.TypeLocation, Content: desk.Content{Location: &desk.Location{Latitude: -23.5505, Longitude: 46, Name: "Sé", Address: "Praça da Sé"}}},
		`{"type":"location","location":{"latitude":"-23.5505","longitude":"46","name":"Sé","address":"Praça da Sé"}}`},
	{"reaction", channel.Outgoing{Type: desk.TypeReaction, ReactTo: "wamid.T", QuotedID: "wamid.T", Content: desk.Content{Reaction: &desk.ReactionSend{Emoji: "❤️"}}},
		`{"type":"reaction","reaction":{"message_id":"wamid.T","emoji":"❤️"}}`},
	{"reaction removed", channel.Outgoing{Type: desk.TypeReaction, ReactTo: "wamid.T", Content: desk.Content{Reaction: &desk.ReactionSend{}}},
		`{"type":"reaction","reaction":{"message_id":"wamid.T","emoji":""}}`},
	{"card", channel.Outgoing{Type: desk.TypeContacts, Content: desk.Content{Contacts: []desk.ContactCard{{
		Name:      desk.CardName{Formatted: "Ana Lima", First: "Ana", Last: "Lima", Middle: "M", Prefix: "Dra.", Suffix: "Jr"},
		Phones:    []desk.CardPhone{{Phone: "+551133330000", Type: "CELL", WaID: "551133330000"}},
		Emails:    []desk.CardEmail{{Email: "ana@exemplo.test", Type: "WORK"}},
		Org:       &desk.CardOrg{Company: "Exemplo", Department: "Vendas", Title: "Gerente"},
		URLs:      []desk.CardURL{{URL: "https://exemplo.test", Type: "WORK"}},
		Addresses: []desk.CardPlace{{Street: "Rua A, 1", City: "São Paulo", State: "SP", Zip: "01000-000", Country: "Brasil", CountryCode: "br", Type: "WORK"}},
		Birthday:  "1990-05-17",
	}, {Name: desk.CardName{Formatted: "Zé"}, Birthday: "17/05"}}}},
		`{"type":"contacts","contacts":[{"name":{"formatted_name":"Ana Lima","first_name":"Ana","last_name":"Lima","middle_name":"M","prefix":"Dra.","suffix":"Jr"},
			"phones":[{"phone":"+551133330000","type":"CELL","wa_id":"551133330000"}],"emails":[{"email":"ana@exemplo.test","type":"WORK"}],
			"org":{"company":"Exemplo","department":"Vendas","title":"Gerente"},"urls":[{"url":"https://exemplo.test","type":"WORK"}],
			"addresses":[{"street":"Rua A, 1","city":"São Paulo","state":"SP","zip":"01000-000","country":"Brasil","country_code":"br","type":"WORK"}],"birthday":"1990-05-17"},
			{"name":{"formatted_name":"Zé","first_name":"Zé"}}]}`},
	{"buttons", interactiveOut(desk.Interactive{Kind: "buttons", Body: "Confirma?", Footer: "rodapé", Header: &desk.RichHeader{Text: "título"}, Buttons: []desk.Button{{ID: "y", Title: "Sim"}, {ID: "n", Title: "Não"}}}),
		`{"type":"interactive","interactive":{"type":"button","header":{"type":"text","text":"título"},"body":{"text":"Confirma?"},"footer":{"text":"rodapé"},
			"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Sim"}},{"type":"reply","reply":{"id":"n","title":"Não"}}]}}}`},
	{"buttons under an image", interactiveOut(desk.Interactive{Kind: "buttons", Body: "b", Header: &desk.RichHeader{MediaID: 1}, Buttons: []desk.Button{{ID: "y", Title: "Sim"}}}),
		`{"type":"interactive","interactive":{"type":"button","header":{"type":"image","image":{"id":"{}"}},"body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Sim"}}]}}}`},
	{"link under a video", interactiveOut(desk.Interactive{Kind: "cta_url", Body: "b", Header: &desk.RichHeader{MediaID: 2}, Link: &desk.LinkButton{Text: "Abrir", URL: "https://exemplo.test"}}),
		`{"type":"interactive","interactive":{"type":"cta_url","header":{"type":"video","video":{"id":"{}"}},"body":{"text":"b"},"action":{"name":"cta_url","parameters":{"display_text":"Abrir","url":"https://exemplo.test"}}}}`},
	{"buttons under a document", interactiveOut(desk.Interactive{Kind: "buttons", Body: "b", Header: &desk.RichHeader{MediaID: 3}, Buttons: []desk.Button{{ID: "y", Title: "Sim"}}}),
		`{"type":"interactive","interactive":{"type":"button","header":{"type":"document","document":{"id":"{}","filename":"nota.pdf"}},"body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Sim"}}]}}}`},
	{"list", interactiveOut(desk.Interactive{Kind: "list", Body: "Setor?", List: &desk.OptionList{Button: "Ver", Sections: []desk.ListSection{
		{Title: "A", Rows: []desk.ListRow{{ID: "1", Title: "Vendas", Description: "Novos"}}}, {Title: "B", Rows: []desk.ListRow{{ID: "2", Title: "Suporte"}}}}}}),
		`{"type":"interactive","interactive":{"type":"list","body":{"text":"Setor?"},"action":{"button":"Ver","sections":[{"title":"A","rows":[{"id":"1","title":"Vendas","description":"Novos"}]},{"title":"B","rows":[{"id":"2","title":"Suporte"}]}]}}}`},
	{"location request", interactiveOut(desk.Interactive{Kind: "location_request", Body: "Onde?"}),
		`{"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"Onde?"},"action":{"name":"send_location"}}}`},
	{"interactive body from the message", channel.Outgoing{Type: desk.TypeInteractive, Body: "b", Content: desk.Content{Interactive: &desk.Interactive{Kind: "buttons", Buttons: []desk.Button{{ID: "y", Title: "Sim"}}}}},
		`{"type":"interactive","interactive":{"type":"button","body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Sim"}}]}}}`},
}

func TestSendWritesEveryType(t *testing.T) {
	for _, c := range append(sendCases, templateCases...) {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			m := c.msg
			m.MessageID, m.To = 72057594037927937, ana
			sent, err := adapter(t).Send(t.Context(), p.connection(), m)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(sent.ProviderID, "wamid.") || sent.To != (channel.Recipient{Phone: "5511987650001", UserID: "BR.123"}) || sent.Held {
				t.Errorf("sent %+v", sent)
			}
			checkBody(t, p.last(metaapi.SendMessage), c.want)
		})
	}
}

// checkBody compares a request with the wanted content in the envelope that all
// messages share.
func checkBody(t *testing.T, r request, want string) {
	t.Helper()
	var got, wanted map[string]any
	if err := json.Unmarshal(maskIDs(r.body), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	wanted["messaging_product"], wanted["recipient_type"], wanted["to"] = "whatsapp", "individual", "+5511987650001"
	wanted["biz_opaque_callback_data"] = "p72057594037927937"
	if d := cmp.Diff(wanted, got); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
}

// maskIDs replaces the ids that the peer gave to uploads.
func maskIDs(body []byte) []byte {
	s := string(body)
	for {
		at := strings.Index(s, `"id":"8000000000000`)
		if at < 0 {
			return []byte(s)
		}
		end := at + 6 + strings.Index(s[at+6:], `"`)
		s = s[:at] + `"id":"{}"` + s[end+1:]
	}
}

func TestSendAddresses(t *testing.T) {
	for _, c := range []struct {
		name, want string
		to         channel.Recipient
	}{
		{"digits", `"to":"+5511987650001"`, channel.Recipient{Phone: "5511987650001"}},
		{"plus", `"to":"+5511987650001"`, channel.Recipient{Phone: "+55 11 98765-0001"}},
		{"the provider's form without the ninth digit", `"to":"+551187650001"`, channel.Recipient{Phone: "551187650001"}},
		{"phone before user id", `"to":"+5511987650001"`, channel.Recipient{Phone: "5511987650001", UserID: "BR.1"}},
		{"user id", `"recipient":"BR.1234567890123456"`, channel.Recipient{UserID: "BR.1234567890123456"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			if _, err := adapter(t).Send(t.Context(), p.connection(), channel.Outgoing{MessageID: 1, To: c.to, Type: desk.TypeText, Body: "x"}); err != nil {
				t.Fatal(err)
			}
			body := string(p.last(metaapi.SendMessage).body)
			if !strings.Contains(body, c.want) || strings.Contains(body, `"to"`) == strings.Contains(body, `"recipient":`) {
				t.Errorf("no %s in %s", c.want, body)
			}
		})
	}
}

func TestSendRefusesBeforeCalling(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	button := desk.Button{ID: "y", Title: "Sim"}
	buttons := func(change func(*desk.Interactive)) channel.Outgoing {
		in := desk.Interactive{Kind: "buttons", Body: "b", Buttons: []desk.Button{button}}
		change(&in)
		return interactiveOut(in)
	}
	list := func(change func(*desk.Interactive)) channel.Outgoing {
		in := desk.Interactive{Kind: "list", Body: "b", List: &desk.OptionList{Button: "Ver", Sections: []desk.ListSection{{Rows: []desk.ListRow{{ID: "1", Title: "t"}}}}}}
		change(&in)
		return interactiveOut(in)
	}
	for _, c := range []struct {
		name, key string
		msg       channel.Outgoing
	}{
		{"blank text", KeyMessageEmpty, channel.Outgoing{Type: desk.TypeText, Body: " \n"}},
		{"long text", KeyMessageTooLong, channel.Outgoing{Type: desk.TypeText, Body: long(4097)}},
		{"long caption", KeyMessageTooLong, channel.Outgoing{Type: desk.TypeImage, Body: long(1025), Media: sample(desk.TypeImage)}},
		{"caption of audio", KeyUnsupportedType, channel.Outgoing{Type: desk.TypeAudio, Body: "x", Media: sample(desk.TypeAudio)}},
		{"browser recording", KeyMediaRefused, channel.Outgoing{Type: desk.TypeVoice, Media: outgoing("audio/webm", "v.webm", "x")}},
		{"gif", KeyMediaRefused, channel.Outgoing{Type: desk.TypeImage, Media: outgoing("image/gif", "g.gif", "x")}},
		{"archive", KeyMediaRefused, channel.Outgoing{Type: desk.TypeDocument, Media: outgoing("application/zip", "z.zip", "x")}},
		{"no file", KeyMediaMissing, channel.Outgoing{Type: desk.TypeImage}},
		{"no cards", KeyMessageEmpty, channel.Outgoing{Type: desk.TypeContacts}},
		{"nameless card", KeyMessageEmpty, channel.Outgoing{Type: desk.TypeContacts, Content: desk.Content{Contacts: []desk.ContactCard{{}}}}},
		{"six cards", KeyTooMany, channel.Outgoing{Type: desk.TypeContacts, Content: desk.Content{Contacts: make([]desk.ContactCard, 6)}}},
		{"reaction to nothing", KeyMessageEmpty, channel.Outgoing{Type: desk.TypeReaction, Content: desk.Content{Reaction: &desk.ReactionSend{Emoji: "x"}}}},
		{"unknown interactive", KeyUnsupportedType, buttons(func(in *desk.Interactive) { in.Kind = "carousel" })},
		{"no body", KeyMessageEmpty, buttons(func(in *desk.Interactive) { in.Body = "" })},
		{"long body of buttons", KeyMessageTooLong, buttons(func(in *desk.Interactive) { in.Body = long(1025) })},
		{"long body of a list", KeyMessageTooLong, list(func(in *desk.Interactive) { in.Body = long(4097) })},
		{"long footer", KeyMessageTooLong, buttons(func(in *desk.Interactive) { in.Footer = long(61) })},
		{"long header", KeyMessageTooLong, buttons(func(in *desk.Interactive) { in.Header = &desk.RichHeader{Text: long(61)} })},
		{"missing header file", KeyMediaMissing, buttons(func(in *desk.Interactive) { in.Header = &desk.RichHeader{MediaID: 99} })},
		{"no buttons", KeyMessageEmpty, buttons(func(in *desk.Interactive) { in.Buttons = nil })},
		{"four buttons", KeyTooMany, buttons(func(in *desk.Interactive) { in.Buttons = []desk.Button{button, button, button, button} })},
		{"long button", KeyMessageTooLong, buttons(func(in *desk.Interactive) { in.Buttons = []desk.Button{{ID: "1", Title: long(21)}} })},
		{"long button id", KeyMessageTooLong, buttons(func(in *desk.Interactive) { in.Buttons = []desk.Button{{ID: long(257), Title: "t"}} })},
		{"no list", KeyMessageEmpty, list(func(in *desk.Interactive) { in.List = nil })},
		{"list under a file", KeyUnsupportedType, list(func(in *desk.Interactive) { in.Header = &desk.RichHeader{MediaID: 1} })},
		{"list without button", KeyMessageEmpty, list(func(in *desk.Interactive) { in.List.Button = "" })},
		{"untitled sections", KeyMessageEmpty, list(func(in *desk.Interactive) { in.List.Sections = append(in.List.Sections, in.List.Sections[0]) })},
		{"long section title", KeyMessageTooLong, list(func(in *desk.Interactive) { in.List.Sections[0].Title = long(25) })},
		{"empty section", KeyMessageEmpty, list(func(in *desk.Interactive) { in.List.Sections[0].Rows = nil })},
		{"eleven rows", KeyTooMany, list(func(in *desk.Interactive) { in.List.Sections[0].Rows = append(make([]desk.ListRow, 0), rowsOf(11)...) })},
		{"long row", KeyMessageTooLong, list(func(in *desk.Interactive) { in.List.Sections[0].Rows[0].Title = long(25) })},
		{"long row id", KeyMessageTooLong, list(func(in *desk.Interactive) { in.List.Sections[0].Rows[0].ID = long(201) })},
		{"long row description", KeyMessageTooLong, list(func(in *desk.Interactive) { in.List.Sections[0].Rows[0].Description = long(73) })},
		{"no link", KeyMessageEmpty, interactiveOut(desk.Interactive{Kind: "cta_url", Body: "b"})},
		{"long link", KeyMessageTooLong, interactiveOut(desk.Interactive{Kind: "cta_url", Body: "b", Link: &desk.LinkButton{Text: "t", URL: long(2001)}})},
		{"location request with footer", KeyUnsupportedType, interactiveOut(desk.Interactive{Kind: "location_request", Body: "b", Footer: "f"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			c.msg.MessageID, c.msg.To = 1, ana
			_, err := adapter(t).Send(t.Context(), p.connection(), c.msg)
			f := failureOf(t, err)
			if f.Key != c.key || !f.Certain || f.Retryable {
				t.Errorf("%+v, want key %s", f, c.key)
			}
			if len(p.requests()) != 0 {
				t.Error("the provider was called")
			}
		})
	}
}

func rowsOf(n int) []desk.ListRow {
	var out []desk.ListRow
	for i := range n {
		out = append(out, desk.ListRow{ID: string(rune('a' + i)), Title: "t"})
	}
	return out
}

func TestSendHeldTemplates(t *testing.T) {
	for status, held := range map[string]bool{"accepted": false, "held_for_quality_assessment": true, "paused": true} {
		p := newPeer(t)
		p.failing(200, `{"messaging_product":"whatsapp","contacts":[{"input":"x"}],"messages":[{"id":"wamid.1","message_status":"`+status+`"}]}`)
		sent, err := adapter(t).Send(t.Context(), p.connection(), channel.Outgoing{MessageID: 1, To: ana, Type: desk.TypeText, Body: "x"})
		if err != nil || sent.Held != held || sent.To != (channel.Recipient{}) {
			t.Errorf("%s: %+v, %v", status, sent, err)
		}
	}
}

func TestSendNeedsUsableSettings(t *testing.T) {
	for name, c := range map[string]struct {
		key, value, want string
		auth             bool
	}{
		"no token":        {"access_token", "", KeyAuthFailed, true},
		"no scheme":       {"graph_url", "graph.facebook.com", KeyMisconfigured, false},
		"odd scheme":      {"graph_url", "file:///etc/passwd", KeyMisconfigured, false},
		"password in url": {"graph_url", "https://a:b@graph.facebook.com", KeyMisconfigured, false},
	} {
		conn := connection("http://127.0.0.1:1")
		conn.Settings[c.key] = c.value
		_, err := adapter(t).Send(t.Context(), conn, channel.Outgoing{MessageID: 1, To: ana, Type: desk.TypeText, Body: "x"})
		if f := failureOf(t, err); f.Key != c.want || f.AuthFailed != c.auth || !f.Certain || f.Retryable {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// The address of the API may have a path of its own: proxies do.
func TestSendThroughProxyPath(t *testing.T) {
	p := newPeer(t)
	c := p.connection()
	var got string
	p.answer = func(w http.ResponseWriter, r request) bool {
		got = r.path
		write(w, 200, `{"messages":[{"id":"wamid.1"}]}`)
		return true
	}
	c.Settings["graph_url"] = p.server.URL + "/meta/"
	if _, err := adapter(t).Send(t.Context(), c, channel.Outgoing{MessageID: 1, To: ana, Type: desk.TypeText, Body: "x"}); err != nil {
		t.Fatal(err)
	}
	if want := "/meta/v25.0/" + testPhone + "/messages"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
}
