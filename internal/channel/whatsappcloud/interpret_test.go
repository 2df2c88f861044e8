package whatsappcloud

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

const (
	testAt  = desk.Time(1795000001000)
	testSum = "49f2276348064a0b2634e95b0c1eb5bbe1a807e1d70af60f7eb7ce4ed4c2aa66"
)

var anaSender = channel.Sender{Phone: "5511987650001", UserID: "BR.123", Name: "Ana"}

// incoming is a message of Ana; rest fills in what the case is about.
func incoming(kind desk.MessageType, rest func(*channel.Incoming)) channel.Event {
	in := &channel.Incoming{ProviderID: "wamid.A1", From: anaSender, At: testAt, Type: kind}
	if rest != nil {
		rest(in)
	}
	return channel.Event{Message: in}
}

func chosen(kind string, o desk.ChosenOption) func(*channel.Incoming) {
	return func(in *channel.Incoming) {
		in.Body, in.Content.Interactive = o.Title, &desk.Interactive{Kind: kind, Reply: &o}
	}
}

func unsupportedAs(kind string) channel.Event {
	return incoming(desk.TypeUnsupported, func(in *channel.Incoming) { in.Content.Unsupported = kind })
}

func note(kind, body string) channel.Event {
	return incoming(desk.TypeSystem, func(in *channel.Incoming) {
		in.Body, in.NoWindow, in.Content.System = body, true, &desk.SystemNote{Kind: kind, Text: body}
	})
}

var messageCases = []struct {
	name, message string
	want          channel.Event
}{
	{"text", `"type":"text","text":{"body":"Oi 👋"}`, incoming(desk.TypeText, func(in *channel.Incoming) { in.Body = "Oi 👋" })},
	{"text with a NUL", `"type":"text","text":{"body":"a\u0000b"}`, incoming(desk.TypeText, func(in *channel.Incoming) { in.Body = "ab" })},
	{"quoted", `"type":"text","text":{"body":"x"},"context":{"from":"551140000000","id":"wamid.Q"}`,
		incoming(desk.TypeText, func(in *channel.Incoming) { in.Body, in.QuotedID = "x", "wamid.Q" })},
	{"forwarded", `"type":"text","text":{"body":"x"},"context":{"forwarded":true}`,
		incoming(desk.TypeText, func(in *channel.Incoming) { in.Body, in.Content.Forwarded = "x", true })},
	{"forwarded often", `"type":"text","text":{"body":"x"},"context":{"frequently_forwarded":true}`,
		incoming(desk.TypeText, func(in *channel.Incoming) { in.Body, in.Content.Forwarded = "x", true })},
	{"from a product", `"type":"text","text":{"body":"x"},"context":{"from":"1","id":"wamid.P","referred_product":{"catalog_id":"7","product_retailer_id":"SKU1"}}`,
		incoming(desk.TypeText, func(in *channel.Incoming) {
			in.Body, in.QuotedID, in.Content.Referral = "x", "wamid.P", &desk.Referral{SourceType: "product", SourceID: "SKU1"}
		})},
	{"from an ad", `"type":"text","text":{"body":"x"},"referral":{"source_url":"https://fb.me/x","source_id":"120000000000001","source_type":"ad","headline":"Promoção","body":"b","media_type":"image","image_url":"https://i","ctwa_clid":"ARx"}`,
		incoming(desk.TypeText, func(in *channel.Incoming) {
			in.Body = "x"
			in.Content.Referral = &desk.Referral{SourceType: "ad", SourceID: "120000000000001", SourceURL: "https://fb.me/x", Headline: "Promoção", Body: "b", ClickID: "ARx"}
		})},
	{"image", `"type":"image","image":{"caption":"foto","mime_type":"image/jpeg","sha256":"SfInY0gGSgsmNOlbDB61u+GoB+HXCvYPfrfOTtTCqmY=","id":"9001","url":"https://lookaside.fbsbx.com/x"}`,
		incoming(desk.TypeImage, func(in *channel.Incoming) {
			in.Body, in.Media = "foto", &channel.IncomingMedia{ProviderID: "9001", MIME: "image/jpeg", SHA256: testSum}
		})},
	{"image with hex sum and numeric id", `"type":"image","image":{"mime_type":"image/png","sha256":"49F2276348064A0B2634E95B0C1EB5BBE1A807E1D70AF60F7EB7CE4ED4C2AA66","id":9007199254740993}`,
		incoming(desk.TypeImage, func(in *channel.Incoming) {
			in.Media = &channel.IncomingMedia{ProviderID: "9007199254740993", MIME: "image/png", SHA256: testSum}
		})},
	{"audio", `"type":"audio","audio":{"mime_type":"audio/mpeg","sha256":"odd","id":"9002","voice":false}`,
		incoming(desk.TypeAudio, func(in *channel.Incoming) { in.Media = &channel.IncomingMedia{ProviderID: "9002", MIME: "audio/mpeg"} })},
	{"voice note", `"type":"audio","audio":{"mime_type":"audio/ogg; codecs=opus","id":"9002","voice":true}`,
		incoming(desk.TypeVoice, func(in *channel.Incoming) {
			in.Media = &channel.IncomingMedia{ProviderID: "9002", MIME: "audio/ogg; codecs=opus", Voice: true}
		})},
	{"video", `"type":"video","video":{"caption":"v","mime_type":"video/mp4","id":"9003"}`,
		incoming(desk.TypeVideo, func(in *channel.Incoming) {
			in.Body, in.Media = "v", &channel.IncomingMedia{ProviderID: "9003", MIME: "video/mp4"}
		})},
	{"document", `"type":"document","document":{"filename":"nota.pdf","caption":"c","mime_type":"application/pdf","id":"9004"}`,
		incoming(desk.TypeDocument, func(in *channel.Incoming) {
			in.Body, in.Media = "c", &channel.IncomingMedia{ProviderID: "9004", MIME: "application/pdf", Name: "nota.pdf"}
		})},
	{"sticker", `"type":"sticker","sticker":{"mime_type":"image/webp","id":"9005","animated":true}`,
		incoming(desk.TypeSticker, func(in *channel.Incoming) {
			in.Content.Animated, in.Media = true, &channel.IncomingMedia{ProviderID: "9005", MIME: "image/webp"}
		})},
	{"media that Meta could not take", `"type":"video","errors":[{"code":131052,"title":"Media download error"}]`, unsupportedAs("video")},
	{"location", `"type":"location","location":{"latitude":-23.55,"longitude":-46.63,"name":"Praça","address":"Rua A","url":"https://x"}`,
		incoming(desk.TypeLocation, func(in *channel.Incoming) {
			in.Content.Location = &desk.Location{Latitude: -23.55, Longitude: -46.63, Name: "Praça", Address: "Rua A", URL: "https://x"}
		})},
	{"pin with coordinates as text", `"type":"location","location":{"latitude":"-23.5","longitude":"-46"}`,
		incoming(desk.TypeLocation, func(in *channel.Incoming) { in.Content.Location = &desk.Location{Latitude: -23.5, Longitude: -46} })},
	{"cards", `"type":"contacts","contacts":[{"name":{"formatted_name":"João","first_name":"João"},"phones":[{"phone":"+55 11 98765-0002","wa_id":"5511987650002","type":"CELL"}],
		"emails":[{"email":"j@exemplo.test","type":"WORK"}],"org":{"company":"X"},"urls":[{"url":"https://x"}],"addresses":[{"city":"SP"}],"birthday":"1990-05-17","vcard":"BEGIN:VCARD"},{"name":{"first_name":"Zé"}}]`,
		incoming(desk.TypeContacts, func(in *channel.Incoming) {
			in.Content.Contacts = []desk.ContactCard{{
				Name: desk.CardName{Formatted: "João", First: "João"}, Phones: []desk.CardPhone{{Phone: "+55 11 98765-0002", Type: "CELL", WaID: "5511987650002"}},
				Emails: []desk.CardEmail{{Email: "j@exemplo.test", Type: "WORK"}}, Org: &desk.CardOrg{Company: "X"}, URLs: []desk.CardURL{{URL: "https://x"}},
				Addresses: []desk.CardPlace{{City: "SP"}}, Birthday: "1990-05-17",
			}, {Name: desk.CardName{Formatted: "Zé", First: "Zé"}}}
		})},
	{"reaction", `"type":"reaction","reaction":{"message_id":"wamid.OUT9","emoji":"❤️"}`,
		channel.Event{Reaction: &channel.IncomingReaction{ProviderID: "wamid.A1", From: anaSender, At: testAt, TargetID: "wamid.OUT9", Emoji: "❤️"}}},
	{"reaction removed", `"type":"reaction","reaction":{"message_id":"wamid.OUT9"}`,
		channel.Event{Reaction: &channel.IncomingReaction{ProviderID: "wamid.A1", From: anaSender, At: testAt, TargetID: "wamid.OUT9"}}},
	{"reaction emptied", `"type":"reaction","reaction":{"message_id":"wamid.OUT9","emoji":""}`,
		channel.Event{Reaction: &channel.IncomingReaction{ProviderID: "wamid.A1", From: anaSender, At: testAt, TargetID: "wamid.OUT9"}}},
	{"template button", `"type":"button","button":{"payload":"opt:details","text":"Ver detalhes"},"context":{"from":"1","id":"wamid.TPL"}`,
		incoming(desk.TypeInteractive, func(in *channel.Incoming) {
			chosen("template_button", desk.ChosenOption{ID: "opt:details", Title: "Ver detalhes"})(in)
			in.QuotedID = "wamid.TPL"
		})},
	{"button", `"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"yes","title":"Sim"}}`,
		incoming(desk.TypeInteractive, chosen("button_reply", desk.ChosenOption{ID: "yes", Title: "Sim"}))},
	{"row", `"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"queue:1","title":"Vendas","description":"Novos pedidos"}}`,
		incoming(desk.TypeInteractive, chosen("list_reply", desk.ChosenOption{ID: "queue:1", Title: "Vendas", Description: "Novos pedidos"}))},
	{"form", `"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"campo\":\"x\"}"}}`,
		incoming(desk.TypeInteractive, chosen("flow_reply", desk.ChosenOption{ID: "flow", Title: "Sent", Data: `{"campo":"x"}`}))},
	{"call permission", `"type":"interactive","interactive":{"type":"call_permission_reply","call_permission_reply":{"response":"accept","is_permanent":false}}`,
		incoming(desk.TypeInteractive, chosen("call_permission_reply", desk.ChosenOption{ID: "accept", Data: `{"response":"accept","is_permanent":false}`}))},
	{"unknown interactive", `"type":"interactive","interactive":{"type":"hologram","hologram":{}}`, unsupportedAs("interactive:hologram")},
	{"order", `"type":"order","order":{"catalog_id":"700","text":"obs","product_items":[{"product_retailer_id":"SKU1","quantity":"2","item_price":"10.5","currency":"BRL"},{"product_retailer_id":"SKU2","quantity":1,"item_price":30,"currency":"BRL"}]}`,
		incoming(desk.TypeOrder, func(in *channel.Incoming) {
			in.Body = "obs"
			in.Content.Order = &desk.Order{CatalogID: "700", Text: "obs", Items: []desk.OrderItem{
				{ProductID: "SKU1", Quantity: "2", Price: "10.5", Currency: "BRL"}, {ProductID: "SKU2", Quantity: "1", Price: "30", Currency: "BRL"}}}
		})},
	{"unsupported", `"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown"}],"unsupported":{"type":"poll_creation"}`, unsupportedAs("poll_creation")},
	{"unsupported without kind", `"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown"}]`, unsupportedAs("unknown")},
	{"type of tomorrow", `"type":"hologram","hologram":{"id":"1"}`, unsupportedAs("hologram")},
	{"no type", `"text":{"body":"x"}`, unsupportedAs("unknown")},
	{"chat opened", `"type":"request_welcome"`, note("request_welcome", "")},
	{"revoke", `"type":"revoke","revoke":{"original_message_id":"wamid.OLD"}`,
		channel.Event{Revoke: &channel.Revoke{From: anaSender, TargetID: "wamid.OLD", At: testAt}}},
	{"edit", `"type":"edit","edit":{"original_message_id":"wamid.OLD","message":{"type":"text","text":{"body":"novo"}}}`,
		channel.Event{Edit: &channel.Edit{ProviderID: "wamid.A1", From: anaSender, TargetID: "wamid.OLD", Body: "novo", At: testAt}}},
	{"caption edited", `"type":"edit","edit":{"original_message_id":"wamid.OLD","message":{"type":"image","image":{"caption":"nova"}}}`,
		channel.Event{Edit: &channel.Edit{ProviderID: "wamid.A1", From: anaSender, TargetID: "wamid.OLD", Body: "nova", At: testAt}}},
	{"unknown system note", `"type":"system","system":{"type":"customer_identity_changed","body":"b"}`, note("customer_identity_changed", "b")},
	{"group message", `"type":"text","text":{"body":"x"},"group_id":"g1"`, channel.Event{}},
}

func TestMessages(t *testing.T) {
	for _, c := range messageCases {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(t, messagesHook(ofAna(c.message)))
			if c.want == (channel.Event{}) {
				if !errors.Is(err, ReasonGroupMessage) {
					t.Fatalf("%+v, %v", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestSenders(t *testing.T) {
	const rest = `"id":"w","timestamp":"1","type":"text","text":{"body":"x"}}`
	for _, c := range []struct {
		name, contacts, message string
		want                    channel.Sender
	}{
		{"phone only", `[]`, `{"from":"551",` + rest, channel.Sender{Phone: "551"}},
		{"hidden number", `[{"profile":{"name":"Ana","username":"ana.lima"},"user_id":"BR.1"}]`, `{"from_user_id":"BR.1",` + rest, channel.Sender{UserID: "BR.1", Name: "Ana"}},
		{"username for a name", `[{"profile":{"username":"ana.lima"},"user_id":"BR.1"}]`, `{"from_user_id":"BR.1",` + rest, channel.Sender{UserID: "BR.1", Name: "ana.lima"}},
		{"user id where the phone stands", `[]`, `{"from":"BR.1234",` + rest, channel.Sender{UserID: "BR.1234"}},
		{"ids from the contact", `[{"profile":{"name":"Ana"},"wa_id":"551","user_id":"BR.1"}]`, `{` + rest, channel.Sender{Phone: "551", UserID: "BR.1", Name: "Ana"}},
		{"a stranger's contact", `[{"profile":{"name":"Bia"},"wa_id":"552"}]`, `{"from":"551",` + rest, channel.Sender{Phone: "551"}},
		{"nameless contact entry", `[{"profile":{"name":"Ana"}}]`, `{"from":"551",` + rest, channel.Sender{Phone: "551", Name: "Ana"}},
	} {
		got, err := read(t, hook("messages", testMetadata+`,"contacts":`+c.contacts+`,"messages":[`+c.message+`]`))
		if err != nil || got.Message == nil || got.Message.From != c.want {
			t.Errorf("%s: %+v, %v", c.name, got.Message, err)
		}
	}
	if _, err := read(t, hook("messages", testMetadata+`,"messages":[{`+rest+`]`)); !errors.Is(err, ReasonMalformed) {
		t.Errorf("nobody: %v", err)
	}
}

func TestIdentityChanges(t *testing.T) {
	for _, c := range []struct {
		name, message string
		old, next     channel.Sender
	}{
		{"new number", `"from":"551","type":"system","system":{"type":"user_changed_number","body":"b","wa_id":"552","user_id":"BR.2","previous_user_id":"BR.1"}`,
			channel.Sender{Phone: "551", UserID: "BR.1"}, channel.Sender{Phone: "552", UserID: "BR.2"}},
		{"new number, older form", `"from":"551","type":"system","system":{"type":"customer_changed_number","new_wa_id":"552"}`,
			channel.Sender{Phone: "551"}, channel.Sender{Phone: "552"}},
		{"new user id", `"from":"551","from_user_id":"BR.1","type":"system","system":{"type":"user_changed_user_id","user_id":"BR.2"}`,
			channel.Sender{Phone: "551", UserID: "BR.1"}, channel.Sender{Phone: "551", UserID: "BR.2"}},
		{"new user id, no phone", `"type":"system","system":{"type":"user_changed_user_id","user_id":"BR.2","previous_user_id":"BR.1"}`,
			channel.Sender{UserID: "BR.1"}, channel.Sender{UserID: "BR.2"}},
		{"sender already has the new id", `"from":"551","from_user_id":"BR.2","type":"system","system":{"type":"user_changed_user_id","user_id":"BR.2"}`,
			channel.Sender{Phone: "551"}, channel.Sender{Phone: "551", UserID: "BR.2"}},
	} {
		got, err := read(t, hook("messages", testMetadata+`,"messages":[{"id":"w","timestamp":"1795000001",`+c.message+`}]`))
		if err != nil || got.Identity == nil {
			t.Errorf("%s: %+v, %v", c.name, got, err)
			continue
		}
		if got.Identity.Old != c.old || got.Identity.New != c.next || got.Identity.At != testAt || got.Identity.ProviderID != "w" {
			t.Errorf("%s: %+v", c.name, got.Identity)
		}
	}
}

func TestEchoes(t *testing.T) {
	echo := func(rest string) (channel.Event, error) {
		return read(t, hook("smb_message_echoes", testMetadata+`,"message_echoes":[{"from":"551140000000","to":"5511987650001","id":"wamid.E","timestamp":"1795000001",`+rest+`}]`))
	}
	to := channel.Sender{Phone: "5511987650001"}
	got, err := echo(`"type":"text","text":{"body":"da loja"}`)
	want := channel.Event{Message: &channel.Incoming{ProviderID: "wamid.E", From: to, At: testAt, Type: desk.TypeText, Body: "da loja", Echo: true, NoWindow: true}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	got, err = echo(`"type":"revoke","revoke":{"original_message_id":"wamid.OLD"}`)
	if err != nil || got.Revoke == nil || *got.Revoke != (channel.Revoke{From: to, TargetID: "wamid.OLD", At: testAt, Echo: true}) {
		t.Errorf("%+v, %v", got.Revoke, err)
	}
	got, err = echo(`"type":"edit","edit":{"original_message_id":"wamid.OLD","message":{"type":"text","text":{"body":"novo"}}}`)
	if err != nil || got.Edit == nil || !got.Edit.Echo || got.Edit.From != to || got.Edit.Body != "novo" {
		t.Errorf("%+v, %v", got.Edit, err)
	}
	if _, err = echo(`"type":"reaction","reaction":{"message_id":"w","emoji":"x"}`); !errors.Is(err, ReasonEchoReaction) {
		t.Error(err)
	}
	if e := parse(t, hook("smb_message_echoes", testMetadata+`,"message_echoes":[{"to":"1","id":"wamid.E","type":"text","text":{"body":"x"}}]`)); e[0].Key != "m:wamid.E" {
		t.Errorf("key %s", e[0].Key)
	}
	if _, err = read(t, hook("smb_message_echoes", testMetadata+`,"message_echoes":[{"id":"w","timestamp":"1","type":"text","text":{"body":"x"}}]`)); !errors.Is(err, ReasonMalformed) {
		t.Errorf("echo to nobody: %v", err)
	}
}
