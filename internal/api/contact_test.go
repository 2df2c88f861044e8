package api

import (
	"slices"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestD03Contacts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		tag := w.call(w.elisa, "POST", "/tags", map[string]any{"name": "VIP", "color": "#112233"}).want(201).str("id")
		made := w.call(w.ana, "POST", "/contacts", map[string]any{"name": "João Lima", "phone": "(41) 98765-4321", "email": "Joao@X.com",
			"tags": []string{tag}, "extra": []any{map[string]any{"key": "pedido", "value": "48391"}}}).want(201)
		if made.str("phone") != "5541987654321" || made.str("email") != "joao@x.com" || made.str("extra", 0, "key") != "pedido" || made.at("accepts_marketing") != true {
			t.Errorf("made: %s", made.text)
		}
		path := "/contacts/" + made.str("id")
		for _, q := range []string{"joao", "JOÃO", "joao@x", "8765"} { // B3
			if got := w.call(w.ana, "GET", "/contacts?q="+q, nil).want(200); !slices.Equal(got.texts("name"), []string{"João Lima"}) {
				t.Errorf("B3 %s: %s", q, got.text)
			}
		}
		for _, typed := range []string{"41987654321", "554187654321", "%2B55%2041%2098765-4321"} { // P1, P2, B2
			if got := w.call(w.ana, "GET", "/contacts?phone="+typed, nil).want(200); got.len("items") != 1 {
				t.Errorf("B2 %s: %s", typed, got.text)
			}
		}
		w.call(w.ana, "GET", "/contacts?phone=987654321", nil).refused(422, desk.CodeInvalidPhone, "query.phone") // P3
		if got := w.call(w.ana, "GET", "/contacts?phone=4132110000", nil).want(200); got.len("items") != 0 {
			t.Errorf("B2 unknown: %s", got.text)
		}
		taken := w.call(w.ana, "POST", "/contacts", map[string]any{"name": "Outro", "phone": "554187654321"})
		taken.refused(409, desk.CodePhoneTaken, "body.phone")
		if taken.str("params", "contact_id") != made.str("id") {
			t.Errorf("B10: %s", taken.text)
		}
		changed := w.call(w.ana, "PATCH", path, map[string]any{"company": "Lima e Filhos", "owner_user_id": w.ana.id.String()}).want(200)
		if changed.str("company") != "Lima e Filhos" || changed.str("name") != "João Lima" || changed.str("owner_user_id") != w.ana.id.String() {
			t.Errorf("changed: %s", changed.text)
		}
		if changed.len("identities") != 2 {
			t.Errorf("identities: %s", changed.text)
		}
		if got := w.call(w.ana, "GET", "/contacts?tag="+tag+"&owner="+w.ana.id.String(), nil).want(200); got.len("items") != 1 {
			t.Errorf("filter: %s", got.text)
		}
		if got := w.call(w.ana, "GET", "/contacts?blocked=true", nil).want(200); got.len("items") != 0 {
			t.Errorf("filter: %s", got.text)
		}
		w.call(w.ana, "PATCH", path, map[string]any{"owner_user_id": w.bruno.id.String()}).refused(403, desk.CodeForbidden, "")
		if history := w.call(w.bia, "GET", path+"/history", nil).want(200); history.len("items") != 2 {
			t.Errorf("history: %s", history.text)
		}
		w.call(w.ana, "DELETE", path, nil).refused(403, desk.CodeForbidden, "")
		w.call(w.bia, "DELETE", path, nil).want(204)
		w.call(w.ana, "GET", path, nil).refused(404, desk.CodeNotFound, "")
	})
}

// D03's wallet rule and C17's mask.
func TestContactsUnderSettings(t *testing.T) {
	w := newWorld(t, testDB(t))
	made := w.call(w.elisa, "POST", "/contacts", map[string]any{"name": "Rita Sá", "phone": "41987654321", "owner_user_id": w.bruno.id.String()}).want(201)
	path := "/contacts/" + made.str("id")
	unnamed := w.call(w.elisa, "POST", "/contacts", map[string]any{"name": "5541999990000", "phone": "41999990000"}).want(201)
	w.call(w.elisa, "PATCH", "/settings", map[string]any{"hide_phone_from_users": true, "users_only_own_wallet": true}).want(200)
	for _, call := range [][2]string{{"GET", path}, {"PATCH", path}} {
		w.call(w.ana, call[0], call[1], map[string]any{"company": "x"}).refused(404, desk.CodeNotFound, "")
	}
	if got := w.call(w.ana, "GET", "/contacts?phone=41987654321", nil).want(200); got.len("items") != 0 {
		t.Errorf("wallet: %s", got.text)
	}
	mine := w.call(w.bruno, "GET", path, nil).want(200)
	if mine.str("phone") != "+55 (41) *****-**21" || mine.str("identities", 0, "address") != mine.str("phone") {
		t.Errorf("C17: %s", mine.text)
	}
	if got := w.call(w.ana, "GET", "/contacts/"+unnamed.str("id"), nil).want(200); got.str("name") != "+55 (41) *****-**00" {
		t.Errorf("C17: the name gives the number away: %s", got.text)
	}
	if got := w.call(w.bia, "GET", path, nil).want(200); got.str("phone") != "5541987654321" {
		t.Errorf("C17: a supervisor sees %s", got.text)
	}
	if taken := w.call(w.ana, "POST", "/contacts", map[string]any{"name": "Outra", "phone": "41987654321"}); taken.status != 409 || taken.at("params", "contact_id") != nil {
		t.Errorf("wallet: a clash names somebody invisible: %s", taken.text)
	}
}
