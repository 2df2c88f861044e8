package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

// graphOf serves another Sandbox from now on.
func (w *world) graphOf(box *sandbox.Sandbox) {
	w.graph.Close()
	w.graph = httptest.NewServer(box.Graph())
	w.t.Cleanup(w.graph.Close)
}

func TestTokens(t *testing.T) {
	each(t, func(w *world) {
		get := func(path, auth string) (int, string) {
			req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.graph.URL+path, nil)
			w.must(err)
			if auth != "" {
				req.Header.Set("Authorization", auth)
			}
			res, err := w.graph.Client().Do(req)
			w.must(err)
			w.must(res.Body.Close())
			return res.StatusCode, res.Header.Get("facebook-api-version")
		}
		for name, c := range map[string]struct {
			path, auth string
			status     int
		}{
			"right":            {"/v25.0/" + pnid, "Bearer " + token, 200},
			"another version":  {"/v21.0/" + pnid, "Bearer " + token, 200},
			"in the query":     {"/v25.0/" + pnid + "?access_token=" + token, "", 200},
			"none":             {"/v25.0/" + pnid, "", 401},
			"wrong":            {"/v25.0/" + pnid, "Bearer nope", 401},
			"without Bearer":   {"/v25.0/" + pnid, token, 401},
			"no version":       {"/" + pnid, "Bearer " + token, 400},
			"unknown node":     {"/v25.0/123", "Bearer " + token, 400},
			"unknown edge":     {"/v25.0/" + pnid + "/flowers", "Bearer " + token, 400},
			"edge of a WABA":   {"/v25.0/" + pnid + "/message_templates", "Bearer " + token, 400},
			"deeper than that": {"/v25.0/" + pnid + "/a/b", "Bearer " + token, 400},
		} {
			if status, version := get(c.path, c.auth); status != c.status || status == 200 && !strings.Contains(c.path, version) {
				w.t.Errorf("%s: %d %s, want %d", name, status, version, c.status)
			}
		}
		if r := w.ask(&metaapi.GetPhoneNumber, "GET", "123", ""); r.code() != 100 || r.subcode() != 33 {
			w.t.Errorf("unknown node: %s", r.raw)
		}
		if r := w.ask(&metaapi.SendMessage, "POST", "123/messages", "{}"); r.code() != 100 || r.subcode() != 33 {
			w.t.Errorf("unknown node: %s", r.raw)
		}
	})
}

func TestUnstorableTextIsRefused(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi\x00 tudo bem?") // NUL in a text is the text's own business
		for rest, code := range map[string]int{
			`"context":{"message_id":"a\u0000b"},` + hello:                                                                                        131009,
			`"type":"reaction","reaction":{"message_id":"a\u0000b","emoji":"👍"}`:                                                                  131009,
			`"biz_opaque_callback_data":"a\u0000b",` + hello:                                                                                      100,
			`"type":"template","template":{"name":"a\u0000b","language":{"code":"pt_BR"}}`:                                                        132001,
			`"type":"text","text":{"body":"a\u0000b"}`:                                                                                            0,
			`"type":"image","image":{"id":"a\u0000b"}`:                                                                                            131009,
			`"type":"location","location":{"latitude":1,"longitude":1,"name":"a\u0000b"}`:                                                         0,
			`"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"a\u0000b"},"action":{"name":"send_location"}}`: 0,
		} {
			w.refused(code, rest)
		}
		if r := w.sendTo("+5511\x00987650001", hello); r.code() != 100 {
			w.t.Errorf("recipient: %s", r.raw)
		}
		if r := w.ask(nil, "POST", pnid+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"a\u0000b"}`); r.code() != 131009 {
			w.t.Errorf("read: %s", r.raw)
		}
		for _, q := range []string{"name=%00", "language=%ff", "category=%00"} {
			if r := w.list(q); r.code() != 100 {
				w.t.Errorf("%s: %s", q, r.raw)
			}
		}
		if r := w.ask(nil, "DELETE", waba+"/message_templates?name=%00", ""); r.code() != 100 {
			w.t.Errorf("delete: %s", r.raw)
		}
		if r := w.ask(nil, "GET", "%00", ""); r.subcode() != 33 {
			w.t.Errorf("node: %s", r.raw)
		}
	})
}

// other adds a second account with its own number.
func (w *world) other() sandbox.Number {
	n := number()
	n.AccountID, n.PhoneNumberID, n.WABAID, n.Display, n.AccessToken, n.CallbackURL = 2, "100000000000002", "200000000000002", "551140000001", "EAAother", w.hooks.URL
	w.must(w.box.AddNumber(w.t.Context(), n))
	return n
}

func TestAccountsAreApart(t *testing.T) {
	each(t, func(w *world) {
		o := w.other()
		w.seed(plainTemplate("oferta", "MARKETING"))
		id := w.uploaded("image/png", pngFile)
		chat := w.does(sandbox.CustomerMessage{Type: sandbox.TypeText, Body: "Oi"}).ChatID
		foreign := func(method, path string) int {
			req, err := http.NewRequestWithContext(w.t.Context(), method, w.graph.URL+"/v25.0/"+path, strings.NewReader("{}"))
			w.must(err)
			req.Header.Set("Authorization", "Bearer "+o.AccessToken)
			res, err := w.graph.Client().Do(req)
			w.must(err)
			w.must(res.Body.Close())
			return res.StatusCode
		}
		tpl := w.list("").body["data"].([]any)[0].(map[string]any)["id"].(string)
		for _, path := range []string{pnid, waba, id, tpl, waba + "/message_templates", waba + "/phone_numbers"} {
			if status := foreign("GET", path); status != 400 {
				w.t.Errorf("GET %s of another account: %d", path, status)
			}
		}
		if foreign("DELETE", id) != 400 || foreign("POST", pnid+"/messages") != 400 || w.fetch(id).status != 200 {
			w.t.Error("another account's token reaches what isn't its")
		}
		if _, err := w.box.Chat(w.t.Context(), 2, chat); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("another account's chat: %v", err)
		}
		if _, err := w.box.ChatMessages(w.t.Context(), 2, chat, 0, 0); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("another account's messages: %v", err)
		}
		if list, _, err := w.box.Chats(w.t.Context(), sandbox.ChatQuery{AccountID: 2}); err != nil || len(list) != 0 {
			w.t.Errorf("chats of the other account: %v, %v", list, err)
		}
	})
}

func TestNumberFields(t *testing.T) {
	each(t, func(w *world) {
		r := w.ask(&metaapi.GetPhoneNumber, "GET", pnid, "")
		if r.body["display_phone_number"] != "+55 11 4000-0000" || r.body["verified_name"] != "Aurora Móveis" || r.body["quality_rating"] != "GREEN" || r.body["status"] != nil {
			w.t.Errorf("by default: %s", r.raw)
		}
		fields := "?fields=status,name_status,throughput,whatsapp_business_manager_messaging_limit,health_status"
		r = w.ask(&metaapi.GetPhoneNumber, "GET", pnid+fields, "")
		if r.body["status"] != "CONNECTED" || r.body["throughput"].(map[string]any)["level"] != "STANDARD" || r.body["verified_name"] != nil ||
			r.body["health_status"].(map[string]any)["can_send_message"] != "AVAILABLE" {
			w.t.Errorf("named: %s", r.raw)
		}
		n, err := w.box.Number(w.t.Context(), account, pnid)
		w.must(err)
		n.Health = sandbox.Health{Status: "FLAGGED", Quality: "RED", CanSend: "BLOCKED", ErrorCode: 131031, Reason: "Locked"}
		w.must(w.box.UpdateNumber(w.t.Context(), n))
		r = w.ask(&metaapi.GetPhoneNumber, "GET", pnid+"?fields=status,quality_rating,health_status", "")
		health := r.body["health_status"].(map[string]any)
		first := health["entities"].([]any)[0].(map[string]any)
		if r.body["status"] != "FLAGGED" || r.body["quality_rating"] != "RED" || health["can_send_message"] != "BLOCKED" ||
			first["errors"].([]any)[0].(map[string]any)["error_code"] != 131031.0 {
			w.t.Errorf("in trouble: %s", r.raw)
		}
		if r := w.ask(&metaapi.GetPhoneNumber, "GET", pnid+"?fields=mood", ""); r.code() != 100 {
			w.t.Errorf("unknown field: %s", r.raw)
		}
		if r := w.ask(&metaapi.GetSubscribed, "GET", waba+"/subscribed_apps", ""); r.status != 200 {
			w.t.Errorf("subscriptions: %s", r.raw)
		}
		if r := w.ask(nil, "GET", waba+"?fields=name,health_status", ""); r.body["id"] != waba || r.body["health_status"] == nil {
			w.t.Errorf("WABA: %s", r.raw)
		}
		list := w.ask(nil, "GET", waba+"/phone_numbers?fields=display_phone_number", "").body["data"].([]any)
		if len(list) != 1 || list[0].(map[string]any)["id"] != pnid {
			w.t.Errorf("numbers %v", list)
		}
	})
}

func TestGraphBehindAPrefix(t *testing.T) {
	each(t, func(w *world) {
		mux := http.NewServeMux()
		mux.Handle("/sandbox/graph/", http.StripPrefix("/sandbox/graph", w.box.Graph()))
		server := httptest.NewServer(mux)
		defer server.Close()
		id := w.uploaded("image/png", pngFile)
		w.graph.URL = server.URL + "/sandbox/graph"
		got := w.fetch(id)
		if got.status != 200 || string(got.data) != string(pngFile) {
			w.t.Errorf("fetched %d", got.status)
		}
		w.seed(plainTemplate("a", "UTILITY"), plainTemplate("b", "UTILITY"))
		next := w.list("limit=1").body["paging"].(map[string]any)["next"].(string)
		if !strings.HasPrefix(next, server.URL+"/sandbox/graph/v25.0/"+waba+"/message_templates?") {
			w.t.Errorf("next page at %s", next)
		}
	})
}

func TestNumbers(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		n := number()
		n.CallbackURL = w.hooks.URL
		if err := w.box.AddNumber(ctx, n); desk.CodeOf(err) != desk.CodeNumberInUse {
			w.t.Errorf("added twice: %v", err)
		}
		for name, change := range map[string]func(*sandbox.Number){
			"account_id":      func(n *sandbox.Number) { n.AccountID = 0 },
			"phone_number_id": func(n *sandbox.Number) { n.PhoneNumberID = "abc" },
			"waba_id":         func(n *sandbox.Number) { n.WABAID = "" },
			"display":         func(n *sandbox.Number) { n.Display = "+55 11" },
			"access_token":    func(n *sandbox.Number) { n.AccessToken = "" },
			"app_secret":      func(n *sandbox.Number) { n.AppSecret = "" },
			"callback_url":    func(n *sandbox.Number) { n.CallbackURL = "ftp://x" },
			"verified_name":   func(n *sandbox.Number) { n.VerifiedName = "a\x00b" },
		} {
			bad := n
			bad.PhoneNumberID = "100000000000009"
			change(&bad)
			err := w.box.AddNumber(ctx, bad)
			if err == nil || !strings.Contains(err.Error(), "body."+name) {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		list, err := w.box.Numbers(ctx, account)
		w.must(err)
		if len(list) != 1 || !list[0].Subscribed {
			w.t.Errorf("numbers %+v", list)
		}
		bad := n
		bad.PhoneNumberID = "100000000000009"
		if err := w.box.UpdateNumber(ctx, bad); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("update of an unknown number: %v", err)
		}
	})
}
