package whatsappcloud

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

func listed(t *testing.T, a *Adapter, c channel.Connection) []desk.Template {
	t.Helper()
	var all []desk.Template
	if err := a.Templates(t.Context(), c, func(page []desk.Template) error { all = append(all, page...); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// answerTemplates makes the peer answer lists with a page for each cursor.
func answerTemplates(p *peer, page func(after string) string) {
	p.answer = func(w http.ResponseWriter, r request) bool {
		if r.op != metaapi.ListTemplates {
			return false
		}
		after := ""
		if a := r.query["after"]; len(a) > 0 {
			after = a[0]
		}
		write(w, 200, page(after)) // some forms are older than Meta's document
		return true
	}
}

func TestTemplateForms(t *testing.T) {
	p := newPeer(t)
	answerTemplates(p, func(string) string {
		return `{"data":[
		{"id":"800000000000001","name":"pedido_enviado","language":"pt_BR","status":"APPROVED","category":"UTILITY","parameter_format":"NAMED","quality_score":{"score":"GREEN","date":1790000000},
		 "rejected_reason":"NONE","components":[
			{"type":"HEADER","format":"TEXT","text":"Pedido {{numero}}","example":{"header_text_named_params":[{"param_name":"numero","example":"A-1"}]}},
			{"type":"BODY","text":"Olá {{nome}}","example":{"body_text_named_params":[{"param_name":"nome","example":"Ana"}]}},
			{"type":"FOOTER","text":"Equipe"},
			{"type":"BUTTONS","buttons":[{"type":"URL","text":"Rastrear","url":"https://exemplo.test/{{1}}","example":["https://exemplo.test/1"]},
				{"type":"COPY_CODE","text":"Copiar","example":"ABC"},{"type":"PHONE_NUMBER","text":"Ligar","phone_number":"+551140000000"},{"type":"FLOW","text":"Abrir","flow_id":"900"}]}]},
		{"id":"2","name":"antigo","language":"en","status":"rejected","category":"marketing","rejected_reason":"SCAM","quality_score":"YELLOW","components":[
			{"type":"HEADER","format":"IMAGE","example":{"header_handle":["https://x"]}},
			{"type":"BODY","text":"Hi {{1}} {{2}}","example":{"body_text":[["a","b"]]}}]},
		{"id":"3","name":"raso","language":"en","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"Hi {{1}}","example":{"body_text":["a"],"header_text":"h"}}]},
		{"id":"4","name":"codigo","language":"pt_BR","status":"APPROVED","category":"AUTHENTICATION","components":[{"type":"BODY","text":"{{1}}","add_security_recommendation":true},
			{"type":"FOOTER","code_expiration_minutes":10},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copiar"}]}]},
		{"id":"5","name":"nomeado","language":"pt_BR","status":"PENDING","category":"UTILITY","components":[{"type":"BODY","text":"{{nome}}!","example":{"body_text_named_params":[{"param_name":"nome","example":"Ana"}]}}]}]}`
	})
	base := desk.Template{AccountID: 3, Kind: desk.WhatsAppOfficial, GroupID: testWABA, Status: "APPROVED", Category: "UTILITY", Quality: "UNKNOWN", ParameterFormat: "POSITIONAL", SyncedAt: 1795000000000}
	with := func(change func(*desk.Template)) desk.Template { x := base; change(&x); return x }
	want := []desk.Template{
		with(func(x *desk.Template) {
			x.ProviderID, x.Name, x.Language, x.ParameterFormat, x.Quality = "800000000000001", "pedido_enviado", "pt_BR", "NAMED", "GREEN"
			x.Components = []desk.TemplateComponent{
				{Type: "HEADER", Format: "TEXT", Text: "Pedido {{numero}}", Example: &desk.TemplateExample{HeaderTextNamedParams: []desk.NamedExample{{Name: "numero", Example: "A-1"}}}},
				{Type: "BODY", Text: "Olá {{nome}}", Example: &desk.TemplateExample{BodyTextNamedParams: []desk.NamedExample{{Name: "nome", Example: "Ana"}}}},
				{Type: "FOOTER", Text: "Equipe"},
				{Type: "BUTTONS", Buttons: []desk.TemplateButton{{Type: "URL", Text: "Rastrear", URL: "https://exemplo.test/{{1}}", Example: []string{"https://exemplo.test/1"}},
					{Type: "COPY_CODE", Text: "Copiar", Example: []string{"ABC"}}, {Type: "PHONE_NUMBER", Text: "Ligar", PhoneNumber: "+551140000000"}, {Type: "FLOW", Text: "Abrir", FlowID: "900"}}},
			}
		}),
		with(func(x *desk.Template) {
			x.ProviderID, x.Name, x.Language, x.Status, x.Category, x.Quality, x.RejectedReason = "2", "antigo", "en", "REJECTED", "MARKETING", "YELLOW", "SCAM"
			x.Components = []desk.TemplateComponent{{Type: "HEADER", Format: "IMAGE", Example: &desk.TemplateExample{HeaderHandle: []string{"https://x"}}},
				{Type: "BODY", Text: "Hi {{1}} {{2}}", Example: &desk.TemplateExample{BodyText: [][]string{{"a", "b"}}}}}
		}),
		with(func(x *desk.Template) {
			x.ProviderID, x.Name, x.Language = "3", "raso", "en"
			x.Components = []desk.TemplateComponent{{Type: "BODY", Text: "Hi {{1}}", Example: &desk.TemplateExample{BodyText: [][]string{{"a"}}, HeaderText: []string{"h"}}}}
		}),
		with(func(x *desk.Template) {
			x.ProviderID, x.Name, x.Language, x.Category = "4", "codigo", "pt_BR", "AUTHENTICATION"
			x.Components = []desk.TemplateComponent{{Type: "BODY", Text: "{{1}}", AddSecurityRecommendation: true}, {Type: "FOOTER", CodeExpirationMinutes: 10},
				{Type: "BUTTONS", Buttons: []desk.TemplateButton{{Type: "OTP", OTPType: "COPY_CODE", Text: "Copiar"}}}}
		}),
		with(func(x *desk.Template) {
			x.ProviderID, x.Name, x.Language, x.Status, x.ParameterFormat = "5", "nomeado", "pt_BR", "PENDING", "NAMED"
			x.Components = []desk.TemplateComponent{{Type: "BODY", Text: "{{nome}}!", Example: &desk.TemplateExample{BodyTextNamedParams: []desk.NamedExample{{Name: "nome", Example: "Ana"}}}}}
		}),
	}
	if d := cmp.Diff(want, listed(t, adapter(t), p.connection())); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func page(name, next, after string) string {
	return fmt.Sprintf(`{"data":[{"id":"1","name":%q,"language":"en","status":"APPROVED","category":"UTILITY","components":[]}],"paging":{"cursors":{"before":"B","after":%q},"next":%q}}`, name, after, next)
}

func names(list []desk.Template) string {
	s := ""
	for _, t := range list {
		s += t.Name + " "
	}
	return s
}

func TestTemplatePages(t *testing.T) {
	p := newPeer(t)
	link := func(after string) string {
		return p.server.URL + "/v25.0/" + testWABA + "/message_templates?limit=100&after=" + after + "&access_token=SECRET"
	}
	for name, pages := range map[string]func(string) string{
		"by link": func(after string) string {
			return map[string]string{"": page("a", link("2"), "x"), "2": page("b", link("3"), "x"), "3": page("c", "", "x")}[after]
		},
		"by cursor, when the link leads elsewhere": func(after string) string {
			const meta = "https://graph.facebook.com/v25.0/1/message_templates?after=zzz"
			return map[string]string{"": page("a", meta, "2"), "2": page("b", meta, "3"), "3": page("c", "", "4")}[after]
		},
	} {
		answerTemplates(p, func(after string) string {
			if r := p.last(metaapi.ListTemplates); len(r.query["access_token"]) != 0 {
				t.Errorf("%s: the token stands in the address", name)
			}
			return pages(after)
		})
		if got := names(listed(t, adapter(t), p.connection())); got != "a b c " {
			t.Errorf("%s: %s", name, got)
		}
		if r := p.last(metaapi.ListTemplates); len(r.query["limit"]) != 1 {
			t.Errorf("%s: query %v", name, r.query)
		}
	}
	answerTemplates(p, func(string) string { return page("a", "https://evil.test/", "") })
	if got := names(listed(t, adapter(t), p.connection())); got != "a " {
		t.Errorf("a foreign link without cursor: %s", got)
	}
}

func TestCreateTemplateWritesEveryPart(t *testing.T) {
	p := newPeer(t)
	made, err := adapter(t).CreateTemplate(t.Context(), p.connection(), desk.Template{
		ID: 9, Name: "novo", Language: "pt_BR", Category: "utility", ParameterFormat: "NAMED",
		Components: []desk.TemplateComponent{
			{Type: "HEADER", Format: "TEXT", Text: "Pedido {{n}}", Example: &desk.TemplateExample{HeaderTextNamedParams: []desk.NamedExample{{Name: "n", Example: "A-1"}}}},
			{Type: "BODY", Text: "Olá {{nome}}!", Example: &desk.TemplateExample{BodyTextNamedParams: []desk.NamedExample{{Name: "nome", Example: "Ana"}}}},
			{Type: "BUTTONS", Buttons: []desk.TemplateButton{{Type: "URL", Text: "Ver", URL: "https://exemplo.test/{{1}}", Example: []string{"https://exemplo.test/1"}}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if made.ID != 9 || made.ProviderID != "800000000000002" || made.Status != "PENDING" || made.Category != "UTILITY" || made.GroupID != testWABA || len(made.Components) != 3 {
		t.Errorf("%+v", made)
	}
	const want = `{"name":"novo","language":"pt_BR","category":"UTILITY","parameter_format":"NAMED","components":[` +
		`{"type":"HEADER","format":"TEXT","text":"Pedido {{n}}","example":{"header_text_named_params":[{"param_name":"n","example":"A-1"}]}},` +
		`{"type":"BODY","text":"Olá {{nome}}!","example":{"body_text_named_params":[{"param_name":"nome","example":"Ana"}]}},` +
		`{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://exemplo.test/{{1}}","example":["https://exemplo.test/1"]}]}]}`
	if got := string(p.last(metaapi.CreateTemplate).body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTemplateFailures(t *testing.T) {
	p := newPeer(t)
	a, c := adapter(t), p.connection()
	fail := func(status int, body string) {
		p.answer = func(w http.ResponseWriter, _ request) bool { write(w, status, body); return true }
	}
	create := func() *channel.Failure {
		_, err := a.CreateTemplate(t.Context(), c, desk.Template{Name: "x", Language: "en", Category: "UTILITY"})
		return failureOf(t, err)
	}
	for code, want := range map[[2]int]string{{100, 2388024}: KeyTemplateTaken, {100, 2388299}: KeyTemplateInvalid, {100, 0}: KeyTemplateInvalid, {2388019, 0}: KeyTemplateLimit} {
		fail(400, apiErrorBody(code[0], code[1]))
		if f := create(); f.Key != want || !f.Certain {
			t.Errorf("%v: %+v", code, f)
		}
	}
	fail(200, `{"status":"PENDING"}`)
	if f := create(); f.Key != KeyUnreadableAnswer || f.Certain {
		t.Errorf("created without id: %+v", f)
	}
	fail(400, apiErrorBody(100, 0))
	if f := failureOf(t, a.DeleteTemplate(t.Context(), c, desk.Template{Name: "x"})); f.Key != KeyTemplateMissing {
		t.Errorf("delete: %+v", f)
	}
	fail(200, `{"data":[{"components":5}]}`)
	err := a.Templates(t.Context(), c, func([]desk.Template) error { return nil })
	if f := failureOf(t, err); f.Key != KeyUnreadableAnswer || !f.Certain {
		t.Errorf("list: %+v", f)
	}
	c.GroupID = ""
	delete(c.Settings, "waba_id")
	if f := create(); f.Key != KeyMisconfigured {
		t.Errorf("no account: %+v", f)
	}
}

func TestDeleteTemplateNamesOneLanguage(t *testing.T) {
	p := newPeer(t)
	a := adapter(t)
	if err := a.DeleteTemplate(t.Context(), p.connection(), desk.Template{Name: "x", ProviderID: "800"}); err != nil {
		t.Fatal(err)
	}
	if q := p.last(metaapi.DeleteTemplate).query; q["name"][0] != "x" || q["hsm_id"][0] != "800" {
		t.Errorf("query %v", q)
	}
	if err := a.DeleteTemplate(t.Context(), p.connection(), desk.Template{Name: "x"}); err != nil {
		t.Fatal(err)
	}
	if q := p.last(metaapi.DeleteTemplate).query; len(q["hsm_id"]) != 0 {
		t.Errorf("query %v", q)
	}
}
