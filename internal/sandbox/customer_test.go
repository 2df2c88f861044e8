package sandbox_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// asJSON writes a part of a webhook for comparing.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCustomerTexts(t *testing.T) {
	each(t, func(w *world) {
		first := w.says("Olá, é a Ana 😀 / tudo bem?")
		w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "Respondo", ReplyTo: first.WAMID})
		w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "Repasso", Forwarded: true})
		w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "Anúncio", Referral: &sandbox.Referral{SourceType: "ad", SourceURL: "https://fb.me/x",
			SourceID: "12", Headline: "Promoção", Body: "Sofás", MediaType: "image", ImageURL: "https://x.test/a.jpg", ClickID: "ARx"}})
		w.flow(time.Second)
		got := w.received()
		if len(got) != 4 || got[0]["text"].(map[string]any)["body"] != "Olá, é a Ana 😀 / tudo bem?" || got[0]["from"] != phone ||
			got[0]["timestamp"] != fmt.Sprint(first.At.Std().Unix()) || got[0]["id"] != first.WAMID {
			w.t.Fatalf("received %v", got)
		}
		if c := got[1]["context"].(map[string]any); c["id"] != first.WAMID || c["from"] != phone {
			w.t.Errorf("context %v", c)
		}
		if c := got[2]["context"].(map[string]any); c["forwarded"] != true {
			w.t.Errorf("context %v", c)
		}
		if r := got[3]["referral"].(map[string]any); r["headline"] != "Promoção" || r["ctwa_clid"] != "ARx" {
			w.t.Errorf("referral %v", r)
		}
		w.hooks.mu.Lock()
		raw := string(w.hooks.bodies[0])
		w.hooks.mu.Unlock()
		if !strings.Contains(raw, `Ol\u00e1, \u00e9 a Ana \ud83d\ude00 \/ tudo bem?`) {
			w.t.Errorf("the body isn't escaped as Meta's: %s", raw)
		}
	})
}

func TestCustomerFiles(t *testing.T) {
	each(t, func(w *world) {
		file := &sandbox.CustomerMedia{Data: pngFile, MIME: "image/png", Name: "foto.png"}
		sum := sha256.Sum256(pngFile)
		for kind, want := range map[string]string{
			sandbox.TypeImage: "image", sandbox.TypeVideo: "video", sandbox.TypeAudio: "audio", sandbox.TypeVoice: "audio",
			sandbox.TypeDocument: "document", sandbox.TypeSticker: "sticker",
		} {
			cm := sandbox.CustomerMessage{Type: kind, Media: file}
			if kind == sandbox.TypeImage {
				cm.Body = "legenda"
			}
			m := w.does(cm)
			w.flow(time.Second)
			list := w.received()
			last := list[len(list)-1]
			object, ok := last[want].(map[string]any)
			if !ok || last["type"] != want || object["sha256"] != base64.StdEncoding.EncodeToString(sum[:]) || object["mime_type"] != "image/png" {
				w.t.Errorf("%s: %v", kind, last)
				continue
			}
			if (object["voice"] == true) != (kind == sandbox.TypeVoice) || kind == sandbox.TypeImage && object["caption"] != "legenda" ||
				kind == sandbox.TypeDocument && object["filename"] != "foto.png" || kind == sandbox.TypeSticker && object["animated"] != false {
				w.t.Errorf("%s: %v", kind, object)
			}
			view, body, err := w.box.OpenMedia(w.t.Context(), account, m.View.Media.ID)
			w.must(err)
			data, err := io.ReadAll(body)
			w.must(err)
			if diff := cmp.Diff(pngFile, data); diff != "" || view.Size != int64(len(pngFile)) {
				w.t.Errorf("%s: the phone shows another file: %+v", kind, view)
			}
			if got := w.fetch(object["id"].(string)); hex.EncodeToString(sum[:]) != got.sha || string(got.data) != string(pngFile) {
				w.t.Errorf("%s: fetched %+v", kind, got)
			}
		}
	})
}

func TestCustomerOtherKinds(t *testing.T) {
	each(t, func(w *world) {
		first := w.says("Oi")
		send := func(cm sandbox.CustomerMessage) map[string]any {
			w.t.Helper()
			w.does(cm)
			w.flow(time.Second)
			list := w.received()
			return list[len(list)-1]
		}
		got := send(sandbox.CustomerMessage{Type: sandbox.TypeLocation, Location: &sandbox.LocationView{Latitude: -23.5, Longitude: -46.6, Name: "Praça", Address: "Rua A"}})
		if l := asJSON(w.t, got["location"]); l != `{"address":"Rua A","latitude":-23.5,"longitude":-46.6,"name":"Praça"}` {
			w.t.Errorf("location %s", l)
		}
		got = send(sandbox.CustomerMessage{Type: sandbox.TypeContacts, Contacts: []rules.Contact{{Name: &rules.ContactName{Formatted: "João"}, Phones: []rules.ContactPhone{{Phone: "+55 11 98765-0002", WaID: "5511987650002"}}}}})
		if l := asJSON(w.t, got["contacts"]); !strings.Contains(l, `"formatted_name":"João"`) || !strings.Contains(l, `"wa_id":"5511987650002"`) {
			w.t.Errorf("contacts %s", l)
		}
		got = send(sandbox.CustomerMessage{Type: sandbox.TypeReaction, Target: first.WAMID, Emoji: "❤️"})
		if l := asJSON(w.t, got["reaction"]); l != `{"emoji":"❤️","message_id":"`+first.WAMID+`"}` {
			w.t.Errorf("reaction %s", l)
		}
		got = send(sandbox.CustomerMessage{Type: sandbox.TypeOrder, Order: &sandbox.Order{CatalogID: "7", Text: "obs", Items: []sandbox.OrderItem{{ProductID: "SKU1", Quantity: 2, Price: 10.5, Currency: "BRL"}}}})
		if l := asJSON(w.t, got["order"]); !strings.Contains(l, `"product_retailer_id":"SKU1"`) || !strings.Contains(l, `"item_price":10.5`) {
			w.t.Errorf("order %s", l)
		}
		got = send(sandbox.CustomerMessage{Type: sandbox.TypeUnsupported, Unsupported: "poll_creation"})
		if got["unsupported"].(map[string]any)["type"] != "poll_creation" || got["errors"].([]any)[0].(map[string]any)["code"] != 131051.0 {
			w.t.Errorf("unsupported %v", got)
		}
		got = send(sandbox.CustomerMessage{Type: sandbox.TypeRevoke, Target: first.WAMID})
		if got["type"] != "revoke" || got["revoke"].(map[string]any)["original_message_id"] != first.WAMID {
			w.t.Errorf("revoke %v", got)
		}
		old := w.chat().User.UserID
		inbound := w.chat().LastInboundAt
		got = send(sandbox.CustomerMessage{Type: sandbox.TypeNewNumber, Body: "+55 11 99999-0000"})
		system := got["system"].(map[string]any)
		u := w.chat().User
		if got["from"] != phone || system["wa_id"] != "5511999990000" || system["user_id"] == old || u.WaID != "5511999990000" || u.UserID != system["user_id"] {
			w.t.Errorf("system %v, user %+v", got, u)
		}
		if w.chat().LastInboundAt != inbound {
			w.t.Error("a system message opens the window")
		}
	})
}

func TestCustomerChoices(t *testing.T) {
	each(t, func(w *world) {
		w.seed(orderTemplate)
		w.says("Oi")
		buttons := w.accepted(`"type":"interactive","interactive":{"type":"button","body":{"text":"Tudo certo?"},"action":{"buttons":[{"type":"reply","reply":{"id":"yes","title":"Sim"}}]}}`)
		list := w.accepted(`"type":"interactive","interactive":{"type":"list","body":{"text":"Escolha"},"action":{"button":"Ver","sections":[{"rows":[{"id":"queue:1","title":"Vendas","description":"Novos"}]}]}}`)
		image := w.uploaded("image/png", pngFile)
		tpl := w.accepted(fmt.Sprintf(`"type":"template","template":{"name":"pedido","language":{"code":"pt_BR"},"components":[
			{"type":"header","parameters":[{"type":"image","image":{"id":%q}}]},{"type":"body","parameters":[{"type":"text","text":"Ana"}]},
			{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"opt:details"}]}]}`, image))
		tap := func(kind, target, choice string) (string, error) {
			m, err := w.tries(sandbox.CustomerMessage{Type: kind, Target: target, Choice: choice})
			if err != nil {
				return "", err
			}
			w.flow(time.Second)
			all := w.received()
			last := all[len(all)-1]
			if last["id"] != m.WAMID || last["context"].(map[string]any)["id"] != target || last["context"].(map[string]any)["from"] != display {
				w.t.Errorf("context of %v", last)
			}
			return asJSON(w.t, last[last["type"].(string)]), nil
		}
		for _, c := range []struct{ kind, target, choice, want string }{
			{sandbox.TypeButtonReply, buttons.wamid(), "yes", `{"button_reply":{"id":"yes","title":"Sim"},"type":"button_reply"}`},
			{sandbox.TypeListReply, list.wamid(), "queue:1", `{"list_reply":{"description":"Novos","id":"queue:1","title":"Vendas"},"type":"list_reply"}`},
			{sandbox.TypeTemplateButton, tpl.wamid(), "0", `{"payload":"opt:details","text":"Ver detalhes"}`},
			{sandbox.TypeTemplateButton, tpl.wamid(), "1", `{"payload":"Parar","text":"Parar"}`},
		} {
			got, err := tap(c.kind, c.target, c.choice)
			if err != nil || got != c.want {
				w.t.Errorf("%s: %s, %v; want %s", c.kind, got, err, c.want)
			}
		}
		for _, c := range []struct{ kind, target, choice string }{
			{sandbox.TypeButtonReply, buttons.wamid(), "no"}, {sandbox.TypeListReply, buttons.wamid(), "yes"},
			{sandbox.TypeButtonReply, tpl.wamid(), "0"}, {sandbox.TypeTemplateButton, buttons.wamid(), "yes"},
			{sandbox.TypeButtonReply, "wamid.none", "yes"}, {sandbox.TypeListReply, list.wamid(), ""},
		} {
			if got, err := tap(c.kind, c.target, c.choice); desk.CodeOf(err) != desk.CodeUnknownReference {
				w.t.Errorf("%+v: %s, %v", c, got, err)
			}
		}
	})
}

func TestCustomerCannotDoWhatAPhoneCannot(t *testing.T) {
	each(t, func(w *world) {
		out := w.accepted(hello) // fails: no window
		in := w.says("Oi")
		sent := w.accepted(hello)
		before := len(w.ledger())
		for name, c := range map[string]struct {
			cm   sandbox.CustomerMessage
			code desk.Code
		}{
			"no type":                   {sandbox.CustomerMessage{}, desk.CodeInvalid},
			"empty text":                {sandbox.CustomerMessage{Type: sandbox.TypeText}, desk.CodeEmptyMessage},
			"text too long":             {sandbox.CustomerMessage{Type: sandbox.TypeText, Body: strings.Repeat("x", 65537)}, desk.CodeTooLong},
			"image without file":        {sandbox.CustomerMessage{Type: sandbox.TypeImage}, desk.CodeRequired},
			"voice with caption":        {sandbox.CustomerMessage{Type: sandbox.TypeVoice, Body: "a", Media: &sandbox.CustomerMedia{Data: oggFile, MIME: "audio/ogg"}}, desk.CodeUnsupportedContent},
			"reply to nothing":          {sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "a", ReplyTo: "wamid.none"}, desk.CodeUnknownReference},
			"reply to what failed":      {sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "a", ReplyTo: out.wamid()}, desk.CodeUnknownReference},
			"reaction to nothing":       {sandbox.CustomerMessage{Type: sandbox.TypeReaction, Emoji: "👍"}, desk.CodeRequired},
			"revoke of the business's":  {sandbox.CustomerMessage{Type: sandbox.TypeRevoke, Target: sent.wamid()}, desk.CodeInvalid},
			"no place":                  {sandbox.CustomerMessage{Type: sandbox.TypeLocation}, desk.CodeInvalid},
			"impossible place":          {sandbox.CustomerMessage{Type: sandbox.TypeLocation, Location: &sandbox.LocationView{Latitude: 99}}, desk.CodeInvalid},
			"no contacts":               {sandbox.CustomerMessage{Type: sandbox.TypeContacts}, desk.CodeOutOfRange},
			"nameless contact":          {sandbox.CustomerMessage{Type: sandbox.TypeContacts, Contacts: []rules.Contact{{}}}, desk.CodeRequired},
			"empty basket":              {sandbox.CustomerMessage{Type: sandbox.TypeOrder, Order: &sandbox.Order{}}, desk.CodeInvalid},
			"unsupported without kind":  {sandbox.CustomerMessage{Type: sandbox.TypeUnsupported}, desk.CodeInvalid},
			"referral from nowhere":     {sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "a", Referral: &sandbox.Referral{SourceType: "radio"}}, desk.CodeInvalid},
			"same number as new number": {sandbox.CustomerMessage{Type: sandbox.TypeNewNumber, Body: phone}, desk.CodeInvalidPhone},
			"no phone":                  {sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "a", Phone: "12"}, desk.CodeInvalidPhone},
			"unknown chat":              {sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "a", ChatID: 5}, desk.CodeNotFound},
		} {
			if _, err := w.tries(c.cm); desk.CodeOf(err) != c.code {
				w.t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		if after := len(w.ledger()); after != before {
			w.t.Errorf("%d refused messages are in the ledger", after-before)
		}
		_, err := w.box.CreateUser(w.t.Context(), sandbox.NewUser{AccountID: account, Phone: "5511970000000", Absent: true})
		w.must(err)
		if _, err := w.tries(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "a", Phone: "5511970000000"}); desk.CodeOf(err) != desk.CodeContactUnreachable {
			w.t.Errorf("somebody without WhatsApp writes: %v", err)
		}
		taken := sandbox.CustomerMessage{Type: sandbox.TypeNewNumber, Body: "5511970000000", ChatID: in.ChatID}
		if _, err := w.tries(taken); desk.CodeOf(err) != desk.CodePhoneTaken {
			w.t.Errorf("a number that somebody has: %v", err)
		}
	})
}
