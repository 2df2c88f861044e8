package whatsappcloud

import (
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

func templateOut(t desk.TemplateSend) channel.Outgoing {
	t.Name, t.Language = "pedido", "pt_BR"
	return channel.Outgoing{Type: desk.TypeTemplate, Content: desk.Content{Template: &t}, MediaByID: map[desk.ID]*channel.OutgoingMedia{
		1: sample(desk.TypeImage), 2: sample(desk.TypeVideo), 3: sample(desk.TypeDocument),
	}}
}

func values(v ...desk.TemplateValue) desk.TemplateSend {
	return desk.TemplateSend{Format: "POSITIONAL", Values: v}
}

func withTemplate(components string) string {
	return `{"type":"template","template":{"name":"pedido","language":{"policy":"deterministic","code":"pt_BR"}` + components + `}}`
}

var templateCases = []sendCase{
	{"template without values", templateOut(values()), withTemplate("")},
	{"positional values in any order", templateOut(values(
		desk.TemplateValue{Component: "body", Name: "2", Text: "A-1001"}, desk.TemplateValue{Component: "header", Name: "1", Text: "Loja"},
		desk.TemplateValue{Component: "body", Name: "10", Text: "fim"}, desk.TemplateValue{Component: "body", Name: "1", Text: "Ana"})),
		withTemplate(`,"components":[{"type":"header","parameters":[{"type":"text","text":"Loja"}]},
			{"type":"body","parameters":[{"type":"text","text":"Ana"},{"type":"text","text":"A-1001"},{"type":"text","text":"fim"}]}]`)},
	{"named values", templateOut(desk.TemplateSend{Format: "NAMED", Values: []desk.TemplateValue{
		{Component: "header", Name: "loja", Text: "Centro"}, {Component: "body", Name: "nome", Text: "Ana"}, {Component: "body", Name: "pedido", Text: "A-1"}}}),
		withTemplate(`,"components":[{"type":"header","parameters":[{"type":"text","parameter_name":"loja","text":"Centro"}]},
			{"type":"body","parameters":[{"type":"text","parameter_name":"nome","text":"Ana"},{"type":"text","parameter_name":"pedido","text":"A-1"}]}]`)},
	{"currency and date", templateOut(values(
		desk.TemplateValue{Component: "body", Name: "1", Kind: "currency", Text: "R$ 10,50", Currency: "BRL", Amount: 10500},
		desk.TemplateValue{Component: "body", Name: "2", Kind: "date_time", Text: "21/11/2026"})),
		withTemplate(`,"components":[{"type":"body","parameters":[{"type":"currency","currency":{"fallback_value":"R$ 10,50","code":"BRL","amount_1000":10500}},
			{"type":"date_time","date_time":{"fallback_value":"21/11/2026"}}]}]`)},
	{"image header", templateOut(desk.TemplateSend{HeaderKind: "IMAGE", Values: []desk.TemplateValue{{Component: "header", Kind: "media", MediaID: 1}}}),
		withTemplate(`,"components":[{"type":"header","parameters":[{"type":"image","image":{"id":"{}"}}]}]`)},
	{"video header by the type of its file", templateOut(values(desk.TemplateValue{Component: "header", Kind: "media", MediaID: 2})),
		withTemplate(`,"components":[{"type":"header","parameters":[{"type":"video","video":{"id":"{}"}}]}]`)},
	{"document header", templateOut(desk.TemplateSend{HeaderKind: "DOCUMENT", Values: []desk.TemplateValue{{Component: "header", Kind: "media", MediaID: 3}}}),
		withTemplate(`,"components":[{"type":"header","parameters":[{"type":"document","document":{"id":"{}","filename":"nota.pdf"}}]}]`)},
	{"location header", templateOut(values(desk.TemplateValue{Component: "header", Kind: "location", Location: &desk.Location{Latitude: -23.5, Longitude: -46.6, Name: "Loja", Address: "Rua A"}})),
		withTemplate(`,"components":[{"type":"header","parameters":[{"type":"location","location":{"latitude":"-23.5","longitude":"-46.6","name":"Loja","address":"Rua A"}}]}]`)},
	{"buttons of every kind", templateOut(values(
		desk.TemplateValue{Component: "button", Button: 0, Text: "A-1001"},
		desk.TemplateValue{Component: "button", Button: 1, Kind: "payload", Text: "opt:details"},
		desk.TemplateValue{Component: "button", Button: 2, Kind: "coupon_code", Text: "ABC10"},
		desk.TemplateValue{Component: "button", Button: 3, Kind: "flow", Text: "token-1"})),
		withTemplate(`,"components":[{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"A-1001"}]},
			{"type":"button","sub_type":"quick_reply","index":"1","parameters":[{"type":"payload","payload":"opt:details"}]},
			{"type":"button","sub_type":"copy_code","index":"2","parameters":[{"type":"coupon_code","coupon_code":"ABC10"}]},
			{"type":"button","sub_type":"flow","index":"3","parameters":[{"type":"action","action":{"flow_token":"token-1"}}]}]`)},
	{"the button's own type decides", templateOut(desk.TemplateSend{
		Buttons: []desk.RenderedButton{{Type: "QUICK_REPLY"}, {Type: "COPY_CODE"}, {Type: "FLOW"}, {Type: "URL"}},
		Values:  []desk.TemplateValue{{Component: "button", Button: 0, Text: "a"}, {Component: "button", Button: 1, Text: "b"}, {Component: "button", Button: 2, Kind: "text", Text: "c"}, {Component: "button", Button: 3, Text: "d"}}}),
		withTemplate(`,"components":[{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"a"}]},
			{"type":"button","sub_type":"copy_code","index":"1","parameters":[{"type":"coupon_code","coupon_code":"b"}]},
			{"type":"button","sub_type":"flow","index":"2","parameters":[{"type":"action","action":{"flow_token":"c"}}]},
			{"type":"button","sub_type":"url","index":"3","parameters":[{"type":"text","text":"d"}]}]`)},
	{"authentication code goes into the button too", templateOut(desk.TemplateSend{Category: "AUTHENTICATION", Values: []desk.TemplateValue{{Component: "body", Name: "1", Text: "123456"}}}),
		withTemplate(`,"components":[{"type":"body","parameters":[{"type":"text","text":"123456"}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"123456"}]}]`)},
	{"authentication code given for the button", templateOut(desk.TemplateSend{Category: "AUTHENTICATION", Values: []desk.TemplateValue{
		{Component: "body", Name: "1", Text: "123456"}, {Component: "button", Text: "123456"}}}),
		withTemplate(`,"components":[{"type":"body","parameters":[{"type":"text","text":"123456"}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"123456"}]}]`)},
}

func TestTemplateRefusals(t *testing.T) {
	body := func(text string) channel.Outgoing {
		return templateOut(values(desk.TemplateValue{Component: "body", Name: "1", Text: text}))
	}
	code := desk.TemplateSend{Category: "AUTHENTICATION", Values: []desk.TemplateValue{{Component: "body", Name: "1", Text: "1234567890123456"}}}
	short := desk.TemplateSend{Category: "AUTHENTICATION", Values: []desk.TemplateValue{{Component: "body", Name: "1", Text: "123456"}}}
	hidden := templateOut(short)
	hidden.To = channel.Recipient{UserID: "BR.1"}
	for _, c := range []struct {
		name, key string
		msg       channel.Outgoing
	}{
		{"nameless", KeyMessageEmpty, channel.Outgoing{Type: desk.TypeTemplate, Content: desk.Content{Template: &desk.TemplateSend{Language: "pt_BR"}}}},
		{"long text", KeyTemplateTextTooLong, templateOut(desk.TemplateSend{Text: strings.Repeat("é", 1025)})},
		{"empty value", KeyTemplateParams, body(" ")},
		{"line break", KeyTemplateParams, body("a\nb")},
		{"tab", KeyTemplateParams, body("a\tb")},
		{"five spaces", KeyTemplateParams, body("a     b")},
		{"unknown kind", KeyTemplateParams, templateOut(values(desk.TemplateValue{Component: "body", Kind: "hologram", Text: "x"}))},
		{"unknown component", KeyTemplateParams, templateOut(values(desk.TemplateValue{Component: "footer", Text: "x"}))},
		{"eleventh button", KeyTemplateParams, templateOut(values(desk.TemplateValue{Component: "button", Button: 10, Text: "x"}))},
		{"no place", KeyTemplateParams, templateOut(values(desk.TemplateValue{Component: "header", Kind: "location"}))},
		{"no file", KeyMediaMissing, templateOut(values(desk.TemplateValue{Component: "header", Kind: "media", MediaID: 9}))},
		{"wrong file", KeyMediaRefused, templateOut(desk.TemplateSend{HeaderKind: "IMAGE", Values: []desk.TemplateValue{{Component: "header", Kind: "media", MediaID: 3}}})},
		{"long code", KeyTemplateParams, templateOut(code)},
		{"code to a user id", KeyNeedsPhone, hidden},
	} {
		p := newPeer(t)
		if c.msg.To == (channel.Recipient{}) {
			c.msg.To = ana
		}
		_, err := adapter(t).Send(t.Context(), p.connection(), c.msg)
		if f := failureOf(t, err); f.Key != c.key || !f.Certain || f.Retryable {
			t.Errorf("%s: %+v, want key %s", c.name, f, c.key)
		}
		if len(p.requests()) != 0 {
			t.Errorf("%s: the provider was called", c.name)
		}
	}
	// Four spaces are allowed.
	p := newPeer(t)
	four := body("a    b")
	four.To = ana
	if _, err := adapter(t).Send(t.Context(), p.connection(), four); err != nil {
		t.Error(err)
	}
}
