package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func official(name string) map[string]any {
	return map[string]any{"kind": "whatsapp_official", "name": name, "settings": map[string]any{"phone_number_id": "106540352242922",
		"waba_id": "102290129340398", "access_token": "EAAG-secret-token", "app_secret": "shhh-app-secret", "graph_url": "http://127.0.0.1:1"}}
}

// E1 to E3, D17a: create, secrets, default, change, delete.
func TestConnections(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		made := w.call(w.elisa, "POST", "/connections", official("Loja")).want(201)
		path := "/connections/" + made.str("id")
		if made.at("default") != true || made.str("external_id") != "106540352242922" || made.str("verify_token") == "" ||
			!strings.HasPrefix(made.str("webhook_url"), "http://desk.test/hooks/whatsapp_official/") {
			t.Errorf("E3, D17a: %s", made.text)
		}
		if strings.Contains(string(made.text), "secret-token") || strings.Contains(string(made.text), "shhh") || made.str("secrets_at") == "" ||
			!slices.Equal(list(made, "secrets"), []string{"access_token", "app_secret"}) || made.at("settings", "access_token") != nil {
			t.Errorf("D17a: a secret left: %s", made.text)
		}
		var stored string
		if err := db.Read(t.Context()).QueryRow(`SELECT settings FROM connection`).Scan(&stored); err != nil || strings.Contains(stored, "secret-token") {
			t.Errorf("a secret lies open: %v", err)
		}
		second := official("Entregas")
		second["settings"].(map[string]any)["phone_number_id"] = "106540352242923"
		other := w.call(w.elisa, "POST", "/connections", second).want(201)
		if other.at("default") != false {
			t.Errorf("E3: %s", other.text)
		}
		second["name"] = "Terceira"
		w.call(w.elisa, "POST", "/connections", second).refused(422, desk.CodeNumberInUse, "")
		w.call(w.elisa, "PATCH", "/connections/"+other.str("id"), map[string]any{"name": "LOJA"}).refused(409, desk.CodeNameTaken, "body.name")
		w.call(w.elisa, "PATCH", path, map[string]any{"default": false}).refused(422, desk.CodeDefaultRequired, "")
		w.call(w.elisa, "DELETE", path, nil).refused(422, desk.CodeDefaultRequired, "")
		w.call(w.elisa, "PATCH", path, map[string]any{"queues": []string{w.vendas.String(), w.suporte.String()}}).refused(422, desk.CodeOneQueue, "body.queues")
		w.call(w.elisa, "PATCH", path, map[string]any{"settings": map[string]any{"pigeon": "x"}}).refused(422, desk.CodeUnknownField, "body.settings.pigeon")
		w.call(w.elisa, "PATCH", path, map[string]any{"settings": map[string]any{"phone_number_id": "abc"}}).refused(422, desk.CodeInvalid, "body.settings.phone_number_id")
		w.call(w.elisa, "PATCH", path, map[string]any{"settings": map[string]any{"waba_id": ""}}).refused(422, desk.CodeRequired, "body.settings.waba_id")
		w.call(w.elisa, "PATCH", "/connections/"+other.str("id"), map[string]any{"default": true}).want(200)
		changed := w.call(w.elisa, "PATCH", path, map[string]any{"settings": map[string]any{"access_token": "EAAG-newer", "app_secret": ""}, "read_receipts": false}).want(200)
		if changed.at("default") != false || changed.at("read_receipts") != false || changed.len("secrets") != 2 {
			t.Errorf("changed: %s", changed.text)
		}
		history := w.call(w.elisa, "GET", path+"/history", nil).want(200)
		if strings.Contains(string(history.text), "EAAG") || !strings.Contains(string(history.text), "settings.access_token") {
			t.Errorf("history: %s", history.text)
		}
		w.call(w.bia, "GET", path+"/history", nil).refused(403, desk.CodeForbidden, "")
		w.call(w.elisa, "DELETE", path, nil).want(204)
		w.call(w.elisa, "GET", path, nil).refused(404, desk.CodeNotFound, "")
	})
}

// What each role is told of a connection.
func TestConnectionsByRole(t *testing.T) {
	w := newWorld(t, testDB(t))
	id := w.line("Loja", w.vendas)
	for _, tc := range []struct {
		who                       actorOf
		health, settings, webhook bool
	}{{w.ana, false, false, false}, {w.bia, true, false, false}, {w.elisa, true, true, true}} {
		got := w.call(tc.who, "GET", "/connections/"+id, nil).want(200)
		if (got.at("health") != nil) != tc.health || (got.at("settings") != nil) != tc.settings || (got.str("webhook_url") != "") != tc.webhook {
			t.Errorf("seen: %s", got.text)
		}
	}
	w.call(w.ana, "POST", "/connections/"+id+"/check", nil).refused(403, desk.CodeForbidden, "")
	if got := w.call(w.bia, "POST", "/connections/"+id+"/check", nil).want(200); got.str("state") != "connected" || got.str("checked_at") == "" {
		t.Errorf("checked: %s", got.text)
	}
	kinds := w.call(w.elisa, "GET", "/connection-kinds", nil).want(200)
	for i := range kinds.len("items") {
		if has := kinds.at("items", i, "available") == true; has != (kinds.str("items", i, "kind") == "whatsapp_official") {
			t.Errorf("kinds: %s", kinds.text)
		}
	}
}

// A provider that does not answer is no fault of the request, and not a 500.
func TestCheckOfAnUnreachableProvider(t *testing.T) {
	w := newWorld(t, testDB(t))
	made := w.call(w.elisa, "POST", "/connections", official("Loja")).want(201)
	got := w.call(w.elisa, "POST", "/connections/"+made.str("id")+"/check", nil)
	got.refused(503, desk.CodeUnavailable, "")
	if got.str("params", "reason") == "" {
		t.Errorf("no reason: %s", got.text)
	}
	sync := w.call(w.elisa, "POST", "/templates/sync", map[string]any{"connection_id": made.str("id")})
	sync.refused(503, desk.CodeUnavailable, "")
	w.call(w.elisa, "POST", "/templates/sync", map[string]any{"connection_id": "9"}).refused(422, desk.CodeUnknownReference, "body.connection_id")
}

// B5: only what is connected, allowed and able to reach the contact.
func TestB5UsableConnections(t *testing.T) {
	w := newWorld(t, testDB(t))
	first, second := w.line("Loja", w.vendas), w.line("Entregas", w.vendas)
	w.call(w.elisa, "POST", "/connections", official("Desligada")).want(201)
	reachable := w.call(w.ana, "POST", "/contacts", map[string]any{"name": "João Lima", "phone": "41987654321"}).want(201).str("id")
	mailOnly := w.call(w.ana, "POST", "/contacts", map[string]any{"name": "Rita Sá", "email": "rita@x.com"}).want(201).str("id")
	for _, tc := range []struct {
		query string
		want  int
	}{{"any", 2}, {reachable, 2}, {mailOnly, 0}} {
		if got := w.call(w.ana, "GET", "/connections?usable_for="+tc.query, nil).want(200); got.len("items") != tc.want {
			t.Errorf("B5 %s: %s", tc.query, got.text)
		}
	}
	w.call(w.ana, "GET", "/connections?usable_for=9", nil).refused(404, desk.CodeNotFound, "")
	w.call(w.ana, "GET", "/connections?usable_for=x", nil).refused(422, desk.CodeInvalid, "query.usable_for")
	w.call(w.elisa, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"connections": []string{second}}).want(200)
	if got := w.call(w.ana, "GET", "/connections?usable_for=any", nil).want(200); got.len("items") != 1 || got.str("items", 0, "id") != second {
		t.Errorf("E12: %s", got.text)
	}
	w.call(w.elisa, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"default_connection_id": first}).refused(422, desk.CodeConnectionNotAllowed, "body.default_connection_id")
}

// Templates are made and deleted at the provider, whose decision arrives.
func TestTemplates(t *testing.T) {
	w := newWorld(t, testDB(t))
	line := w.line("Loja", w.vendas)
	body := map[string]any{"connection_id": line, "name": "aviso_de_entrega", "language": "pt_BR", "category": "UTILITY", "parameter_format": "NAMED",
		"components": []any{map[string]any{"type": "BODY", "text": "Olá, {{first_name}}! Sua entrega sai em {{date}}, de manhã.",
			"example": map[string]any{"body_text_named_params": []any{map[string]any{"param_name": "first_name", "example": "Ana"}, map[string]any{"param_name": "date", "example": "27/11"}}}}}}
	w.call(w.bia, "POST", "/templates", body).refused(403, desk.CodeForbidden, "")
	broken := map[string]any{"connection_id": line, "name": "x", "language": "pt_BR", "category": "UTILITY",
		"components": []any{map[string]any{"type": "BODY", "text": "{{1}} no começo"}}}
	w.call(w.elisa, "POST", "/templates", broken).want(422)
	k := key()
	made := w.call(w.elisa, "POST", "/templates", body, k...).want(201)
	if made.str("status") != "PENDING" || !slices.Equal(list(made, "connections"), []string{line}) {
		t.Errorf("made: %s", made.text)
	}
	if again := w.call(w.elisa, "POST", "/templates", body, k...).want(201); again.str("id") != made.str("id") {
		t.Errorf("again: %s", again.text)
	}
	w.call(w.elisa, "POST", "/templates", body).want(422) // the provider has it
	path := "/templates/" + made.str("id")
	w.call(w.elisa, "PATCH", "/sandbox"+path, map[string]any{"status": "APPROVED"}).want(204)
	w.eventually("the approval arrives", func() bool { return w.call(w.ana, "GET", path, nil).want(200).str("status") == "APPROVED" })
	person := w.call(w.ana, "POST", "/contacts", map[string]any{"name": "João Lima", "phone": "41987654321"}).want(201).str("id")
	preview := w.call(w.ana, "POST", path+"/preview", map[string]any{"contact_id": person}).want(200)
	if !strings.HasPrefix(preview.str("template", "text"), "Olá, João! Sua entrega sai em ") || preview.len("problems") != 0 {
		t.Errorf("prefilled: %s", preview.text)
	}
	lacking := w.call(w.ana, "POST", path+"/preview", map[string]any{"values": []any{}}).want(200)
	if lacking.at("template") != nil || lacking.len("problems") != 1 {
		t.Errorf("lacking: %s", lacking.text)
	}
	w.call(w.ana, "POST", path+"/preview", map[string]any{"contact_id": "9"}).refused(422, desk.CodeUnknownReference, "body.contact_id")
	w.call(w.elisa, "POST", "/templates/sync", nil).want(200)
	w.call(w.ana, "DELETE", path, nil).refused(403, desk.CodeForbidden, "")
	heldUp := func(r *http.Request) { // the news of the deletion is faster than its answer
		if r.Method == http.MethodDelete {
			w.eventually("the news arrives", func() bool { return w.call(w.ana, "GET", path, nil).want(200).str("status") == "DELETED" })
		}
	}
	w.beforeAnswer.Store(&heldUp)
	w.call(w.elisa, "DELETE", path, nil).want(204)
	w.beforeAnswer.Store(nil)
	w.call(w.elisa, "DELETE", path, nil).refused(404, desk.CodeNotFound, "")
	if got := w.call(w.ana, "GET", "/templates?q=entrega", nil).want(200); got.len("items") != 0 {
		t.Errorf("deleted: %s", got.text)
	}
}
