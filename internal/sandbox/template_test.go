package sandbox_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

func plainTemplate(name, category string) string {
	return fmt.Sprintf(`{"name":%q,"language":"pt_BR","category":%q,"components":[{"type":"BODY","text":"Temos uma novidade."}]}`, name, category)
}

func useTemplate(name string) string {
	return fmt.Sprintf(`"type":"template","template":{"name":%q,"language":{"code":"pt_BR"}}`, name)
}

const orderTemplate = `{"name":"pedido","language":"pt_BR","category":"UTILITY","components":[
 {"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::aW"]}},
 {"type":"BODY","text":"Olá {{1}}, seu pedido já saiu.","example":{"body_text":[["Ana"]]}},
 {"type":"FOOTER","text":"Aurora Móveis"},
 {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Ver detalhes"},{"type":"QUICK_REPLY","text":"Parar"}]}]}`

func (w *world) seed(defs ...string) {
	w.t.Helper()
	w.must(w.box.SeedTemplates(w.t.Context(), account, waba, json.RawMessage("["+strings.Join(defs, ",")+"]")))
}

func TestSendTemplate(t *testing.T) {
	each(t, func(w *world) {
		w.seed(orderTemplate)
		image := w.uploaded("image/png", pngFile)
		use := func(image, name string) string {
			return fmt.Sprintf(`"type":"template","template":{"name":"pedido","language":{"code":"pt_BR"},"components":[
			 {"type":"header","parameters":[{"type":"image","image":{"id":%q}}]},
			 {"type":"body","parameters":[{"type":"text","text":%q}]},
			 {"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"opt:details"}]}]}`, image, name)
		}
		r := w.accepted(use(image, "Ana")) // outside the window
		if s := r.body["messages"].([]any)[0].(map[string]any)["message_status"]; s != "accepted" {
			w.t.Errorf("message_status %v", s)
		}
		w.flow(time.Second)
		if got := w.steps(); got != "sent delivered" {
			w.t.Errorf("statuses %q", got)
		}
		v := w.ledger()[0].View
		if v.Body != "Olá Ana, seu pedido já saiu." || v.Footer != "Aurora Móveis" || v.Media == nil || v.Media.Kind != "image" ||
			len(v.Buttons) != 2 || v.Buttons[0].Payload != "opt:details" || v.Template.Category != "UTILITY" {
			w.t.Errorf("view %+v", v)
		}
		w.refused(131009, use("123", "Ana"))
		w.refused(132018, use(image, "Ana\nLima"))
		w.refused(132012, useTemplate("pedido")) // no values at all: the picture is missed first
	})
}

func TestTemplateExistenceAndApproval(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.seed(plainTemplate("oferta", "MARKETING"))
		w.refused(132001, useTemplate("outra"))
		w.refused(132001, `"type":"template","template":{"name":"oferta","language":{"code":"en_US"}}`)
		w.accepted(useTemplate("oferta"))
		for status, code := range map[string]int{"PAUSED": 132015, "DISABLED": 132016, "REJECTED": 132001, "PENDING": 132001} {
			w.must(w.box.SetTemplateStatus(ctx, account, waba, "oferta", "pt_BR", status, ""))
			w.refused(code, useTemplate("oferta"))
		}
		w.must(w.box.SetTemplateStatus(ctx, account, waba, "oferta", "pt_BR", "APPROVED", ""))
		w.accepted(useTemplate("oferta"))
		w.flow(time.Second)
		events := map[string]bool{}
		for _, c := range w.changes() {
			if c.Field == "message_template_status_update" {
				events[c.Value["event"].(string)] = true
				if c.Value["message_template_name"] != "oferta" || c.Value["message_template_id"].(float64) == 0 {
					w.t.Errorf("change %v", c.Value)
				}
			}
		}
		if len(events) != 5 || !events["PAUSED"] {
			w.t.Errorf("events %v", events)
		}
		if err := w.box.SetTemplateStatus(ctx, account, waba, "oferta", "pt_BR", "SLEEPING", ""); desk.CodeOf(err) != desk.CodeInvalid {
			w.t.Errorf("unknown status: %v", err)
		}
		if err := w.box.SetTemplateStatus(ctx, account, waba, "outra", "pt_BR", "PAUSED", ""); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("unknown template: %v", err)
		}
	})
}

func TestAuthenticationTemplateNeedsAPhone(t *testing.T) {
	each(t, func(w *world) {
		w.seed(`{"name":"codigo","language":"pt_BR","category":"AUTHENTICATION","components":[{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}`)
		u, err := w.box.CreateUser(w.t.Context(), sandbox.NewUser{AccountID: account, Phone: phone, UserID: "BR.5"})
		w.must(err)
		use := `"type":"template","template":{"name":"codigo","language":{"code":"pt_BR"},"components":[
		 {"type":"body","parameters":[{"type":"text","text":"123456"}]},{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"123456"}]}]}`
		w.accepted(use)
		r := w.ask(nil, "POST", pnid+"/messages", fmt.Sprintf(`{"messaging_product":"whatsapp","recipient":%q,%s}`, u.UserID, use))
		if r.code() != 131062 {
			w.t.Errorf("by user id: %s", r.raw)
		}
		if v := w.ledger()[0].View; v.Body != "*123456* é seu código de verificação." {
			w.t.Errorf("view %+v", v)
		}
	})
}

func (w *world) create(body string) reply {
	w.t.Helper()
	return w.ask(&metaapi.CreateTemplate, "POST", waba+"/message_templates", body)
}

func (w *world) list(query string) reply {
	w.t.Helper()
	return w.ask(&metaapi.ListTemplates, "GET", waba+"/message_templates?"+query, "")
}

func names(r reply) string {
	var list []string
	for _, t := range r.body["data"].([]any) {
		list = append(list, t.(map[string]any)["name"].(string))
	}
	return strings.Join(list, " ")
}

func TestCreateTemplateIsReviewed(t *testing.T) {
	each(t, func(w *world) {
		r := w.create(plainTemplate("novidade", "MARKETING"))
		if r.status != 200 || r.body["status"] != "PENDING" || r.body["category"] != "MARKETING" {
			w.t.Fatalf("%d %s", r.status, r.raw)
		}
		if r := w.create(plainTemplate("favor_rejeitar", "UTILITY")); r.status != 200 {
			w.t.Fatalf("%s", r.raw)
		}
		w.refused(132001, useTemplate("novidade"))
		w.flow(2 * time.Second)
		if n := len(w.changes()); n != 0 {
			w.t.Errorf("%d webhooks before the review is over", n)
		}
		if got := names(w.list("status=PENDING")); got != "novidade favor_rejeitar" {
			w.t.Errorf("pending: %s", got)
		}
		w.flow(2 * time.Second)
		events := map[string]any{}
		for _, c := range w.changes() {
			events[c.Value["message_template_name"].(string)] = fmt.Sprint(c.Value["event"], " ", c.Value["reason"])
		}
		if events["novidade"] != "APPROVED NONE" || events["favor_rejeitar"] != "REJECTED INVALID_FORMAT" {
			w.t.Errorf("events %v", events)
		}
		w.accepted(useTemplate("novidade"))
		w.refused(132001, useTemplate("favor_rejeitar"))
		one := w.ask(nil, "GET", r.body["id"].(string)+"?fields=name,status,quality_score", "")
		if one.body["status"] != "APPROVED" || one.body["components"] != nil {
			w.t.Errorf("one template: %s", one.raw)
		}
	})
}

func TestCreateTemplateRefuses(t *testing.T) {
	each(t, func(w *world) {
		w.create(plainTemplate("novidade", "MARKETING"))
		if r := w.create(plainTemplate("novidade", "UTILITY")); r.code() != 100 || r.subcode() != 2388024 {
			w.t.Errorf("second of a name: %s", r.raw)
		}
		if r := w.create(strings.Replace(plainTemplate("novidade", "UTILITY"), "pt_BR", "en_US", 1)); r.status != 200 {
			w.t.Errorf("another language: %s", r.raw)
		}
		if r := w.create(plainTemplate("Novidade", "UTILITY")); r.code() != 100 {
			w.t.Errorf("capitals: %s", r.raw)
		}
		r := w.create(`{"name":"a","language":"pt_BR","category":"UTILITY","components":[{"type":"BODY","text":"{{1}} no começo é recusado","example":{"body_text":[["x"]]}}]}`)
		inner := r.body["error"].(map[string]any)
		if r.subcode() != 2388299 || inner["error_user_title"] == nil || inner["error_user_msg"] == nil {
			w.t.Errorf("variable first: %s", r.raw)
		}
	})
}

func TestListTemplates(t *testing.T) {
	each(t, func(w *world) {
		w.seed(plainTemplate("a", "UTILITY"), plainTemplate("b", "MARKETING"), plainTemplate("c", "UTILITY"), plainTemplate("d", "UTILITY"), plainTemplate("e", "UTILITY"))
		var got []string
		path := waba + "/message_templates?limit=2&fields=name,status,components,quality_score,parameter_format"
		for pages := 0; path != ""; pages++ {
			r := w.ask(&metaapi.ListTemplates, "GET", path, "")
			if r.status != 200 || pages > 3 {
				w.t.Fatalf("page %d: %d %s", pages, r.status, r.raw)
			}
			got = append(got, names(r))
			next, _ := r.body["paging"].(map[string]any)["next"].(string)
			path = strings.TrimPrefix(next, w.graph.URL+"/v25.0/")
		}
		if fmt.Sprint(got) != "[a b c d e]" || len(got) != 3 {
			w.t.Errorf("pages %q", got)
		}
		for query, want := range map[string]string{"": "a b c d e", "name=c": "c", "category=MARKETING": "b", "status=REJECTED": "", "language=en_US": "", "limit=1": "a"} {
			if got := names(w.list(query)); got != want {
				w.t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		for _, query := range []string{"limit=0", "limit=x", "after=%%%", "fields=name,price"} {
			if r := w.list(strings.ReplaceAll(query, "%%%", "%21")); r.code() != 100 {
				w.t.Errorf("%s: %d %s", query, r.status, r.raw)
			}
		}
	})
}

func TestDeleteTemplate(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.seed(plainTemplate("a", "UTILITY"), strings.Replace(plainTemplate("a", "UTILITY"), "pt_BR", "en_US", 1), plainTemplate("b", "UTILITY"), plainTemplate("c", "UTILITY"),
			strings.Replace(plainTemplate("d", "UTILITY"), `"name"`, `"status":"REJECTED","name"`, 1))
		del := func(query string) reply {
			return w.ask(&metaapi.DeleteTemplate, "DELETE", waba+"/message_templates?"+query, "")
		}
		id := w.list("name=b").body["data"].([]any)[0].(map[string]any)["id"].(string)
		if r := del("hsm_id=" + id + "&name=c"); r.subcode() != 2593002 {
			w.t.Errorf("id and name of two templates: %s", r.raw)
		}
		for _, query := range []string{"name=a", "hsm_id=" + id + "&name=b", "name=d"} {
			if r := del(query); r.status != 200 || r.body["success"] != true {
				w.t.Errorf("%s: %s", query, r.raw)
			}
		}
		if got := names(w.list("")); got != "c" {
			w.t.Errorf("left: %s", got)
		}
		if r := del("name=a"); r.subcode() != 2593002 {
			w.t.Errorf("again: %s", r.raw)
		}
		if r := del(""); r.code() != 100 {
			w.t.Errorf("without name: %s", r.raw)
		}
		w.must(w.box.SetTemplateStatus(ctx, account, waba, "c", "pt_BR", "DISABLED", ""))
		if r := del("name=c"); r.subcode() != 2388005 {
			w.t.Errorf("disabled: %s", r.raw)
		}
		w.refused(132001, useTemplate("a"))
		if r := w.create(plainTemplate("a", "UTILITY")); r.subcode() != 2388023 {
			w.t.Errorf("name of a deleted approved template: %s", r.raw)
		}
		if r := w.create(plainTemplate("d", "UTILITY")); r.status != 200 {
			w.t.Errorf("name of a deleted rejected template: %s", r.raw)
		}
		w.clock.Advance(31 * 24 * time.Hour)
		if r := w.create(plainTemplate("a", "UTILITY")); r.status != 200 {
			w.t.Errorf("after 30 days: %s", r.raw)
		}
	})
}

func TestSeedTemplatesRefusesWhatMetaWould(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		for name, defs := range map[string]string{
			"no array":       `{}`,
			"bad definition": `[` + plainTemplate("ok", "UTILITY") + `,` + plainTemplate("Bad", "UTILITY") + `]`,
			"unknown status": `[{"name":"a","language":"pt_BR","category":"UTILITY","status":"SLEEPING","components":[{"type":"BODY","text":"Oi"}]}]`,
			"unknown key":    `[{"name":"a","language":"pt_BR","category":"UTILITY","state":"OK","components":[{"type":"BODY","text":"Oi"}]}]`,
		} {
			if err := w.box.SeedTemplates(ctx, account, waba, json.RawMessage(defs)); desk.CodeOf(err) != desk.CodeInvalid {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		if got := names(w.list("")); got != "" {
			w.t.Errorf("half of a refused list is there: %s", got)
		}
		w.seed(plainTemplate("a", "UTILITY"))
		w.seed(plainTemplate("a", "MARKETING"), plainTemplate("b", "UTILITY"))
		if got := names(w.list("category=UTILITY")); got != "a b" {
			w.t.Errorf("seeded twice: %s", got)
		}
	})
}
