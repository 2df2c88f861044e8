package api

import (
	"crypto/rand"
	"slices"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// The matrix of roles (R1, R2 and their neighbours): who may write and read
// what.
func TestRolesMayOnlyWhatTheMatrixSays(t *testing.T) {
	w := newWorld(t, testDB(t))
	queue := map[string]any{"name": "Entregas", "color": "#112233"}
	everybody := map[string]int{"user": 403, "supervisor": 403, "admin": 200}
	for _, tc := range []struct {
		method, path string
		body         func() any
		want         map[string]int
	}{
		{"PATCH", "/settings", as(map[string]any{"max_files": 4}), everybody},
		{"GET", "/settings", nil, everybody},
		{"GET", "/settings/history", nil, everybody},
		{"GET", "/raw-events", nil, everybody},
		{"PATCH", "/account", as(map[string]any{"name": "Aurora"}), everybody},
		{"GET", "/account", nil, map[string]int{"user": 200, "supervisor": 200, "admin": 200}},
		{"POST", "/queues", as(queue), map[string]int{"user": 403, "supervisor": 201, "admin": 409}},
		{"DELETE", "/queues/" + w.suporte.String(), nil, map[string]int{"user": 403, "supervisor": 403, "admin": 204}},
		{"POST", "/tags", as(map[string]any{"name": "VIP", "color": "#112233"}), map[string]int{"user": 403, "supervisor": 201, "admin": 409}},
		{"POST", "/teams", as(map[string]any{"name": "Noite"}), map[string]int{"user": 403, "supervisor": 201, "admin": 409}},
		{"POST", "/ticket-types", as(map[string]any{"name": "Orçamento"}), map[string]int{"user": 403, "supervisor": 403, "admin": 201}},
		{"POST", "/templates/sync", nil, map[string]int{"user": 403, "supervisor": 200, "admin": 200}},
		{"POST", "/connections", as(map[string]any{"kind": "whatsapp_official", "name": "Loja"}), map[string]int{"user": 403, "supervisor": 403, "admin": 422}},
		{"POST", "/users", as(map[string]any{"name": "Carla Dias", "email": "c@aurora.test", "password": password, "role": "admin"}),
			map[string]int{"user": 403, "supervisor": 403, "admin": 201}},
		{"GET", "/users/" + w.ana.id.String() + "/history", nil, map[string]int{"user": 403, "supervisor": 200, "admin": 200}},
		{"GET", "/sandbox/connections", nil, map[string]int{"user": 404, "supervisor": 404, "admin": 200}},
	} {
		for _, role := range []string{"user", "supervisor", "admin"} {
			who := map[string]actorOf{"user": w.ana, "supervisor": w.bia, "admin": w.elisa}[role]
			var body any
			if tc.body != nil {
				body = tc.body()
			}
			if got := w.call(who, tc.method, tc.path, body); got.status != tc.want[role] {
				t.Errorf("%s %s as %s: %d, want %d: %s", tc.method, tc.path, role, got.status, tc.want[role], got.text)
			}
		}
	}
	if got := w.call(w.elisa, "GET", "/settings", nil); got.at("values", "max_files") != float64(4) {
		t.Errorf("R1: settings %s", got.text)
	}
}

func as(body any) func() any { return func() any { return body } }

// R2: a supervisor neither makes administrators nor touches them. R3: the last
// one stays.
func TestR2R3Administrators(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.call(w.bia, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"role": "admin"}).refused(403, desk.CodeForbidden, "")
	w.call(w.bia, "PATCH", "/users/"+w.elisa.id.String(), map[string]any{"name": "Outra"}).refused(403, desk.CodeForbidden, "")
	w.call(w.bia, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"signature": "Ana"}).want(200)
	elisa := "/users/" + w.elisa.id.String()
	w.call(w.elisa, "PATCH", elisa, map[string]any{"role": "user"}).refused(422, desk.CodeLastAdmin, "")
	w.call(w.elisa, "PATCH", elisa, map[string]any{"active": false}).refused(422, desk.CodeLastAdmin, "")
	w.call(w.elisa, "DELETE", elisa, nil).refused(422, desk.CodeLastAdmin, "")
}

// V2, E11: membership counts with the next request; a deactivated user's
// session dies.
func TestE11ChangesOfUsersCountAtOnce(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.call(w.elisa, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"queues": []string{w.suporte.String()}}).want(200)
	if got := w.call(w.ana, "GET", "/me", nil).want(200); got.str("queues", 0) != w.suporte.String() || got.len("queues") != 1 {
		t.Errorf("queues: %s", got.text)
	}
	w.call(w.elisa, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"active": false}).want(200)
	w.call(w.ana, "GET", "/me", nil).refused(401, desk.CodeUnauthorized, "")
}

// A register from creation to deletion, with its history, on both databases.
func TestQueueRegister(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		made := w.call(w.elisa, "POST", "/queues", map[string]any{"name": "Entregas", "color": "#aabbcc", "position": 1}).want(201)
		path := "/queues/" + made.str("id")
		if got := w.call(w.ana, "GET", path, nil).want(200); got.str("name") != "Entregas" || got.str("color") != "#AABBCC" {
			t.Errorf("queue: %s", got.text)
		}
		w.call(w.elisa, "POST", "/queues", map[string]any{"name": "ENTREGAS", "color": "#aabbcc"}).refused(409, desk.CodeNameTaken, "body.name")
		w.call(w.elisa, "PATCH", path, map[string]any{"name": "Montagem"}).want(200)
		if got := w.call(w.elisa, "GET", path, nil); got.str("name") != "Montagem" || got.at("position") != float64(1) {
			t.Errorf("PATCH changed more than it named: %s", got.text)
		}
		names := w.call(w.elisa, "GET", "/queues?q=monta", nil).want(200).texts("name")
		if !slices.Equal(names, []string{"Montagem"}) {
			t.Errorf("search: %v", names)
		}
		history := w.call(w.elisa, "GET", path+"/history", nil).want(200)
		w.call(w.elisa, "GET", path+"0/history", nil).refused(404, desk.CodeNotFound, "")
		if got := history.texts("type"); !slices.Equal(got, []string{"queue.updated", "queue.created"}) {
			t.Errorf("history: %v", got)
		}
		if history.str("items", 0, "actor", "name") != "Elisa Prado" || history.str("items", 0, "data", "changes", "name", 1) != "Montagem" {
			t.Errorf("history: %s", history.text)
		}
		w.call(w.elisa, "DELETE", path, nil).want(204)
		w.call(w.elisa, "GET", path, nil).refused(404, desk.CodeNotFound, "")
		w.call(w.elisa, "DELETE", path, nil).refused(404, desk.CodeNotFound, "")
	})
}

// Pages hold everything once and end.
func TestPages(t *testing.T) {
	w := newWorld(t, testDB(t))
	for _, name := range []string{"Água", "Brasa", "Cedro", "Damasco", "Ébano"} {
		w.call(w.elisa, "POST", "/tags", map[string]any{"name": name, "color": "#112233"}).want(201)
	}
	var all []string
	path := "/tags?limit=2"
	for {
		got := w.call(w.ana, "GET", path, nil).want(200)
		all = append(all, got.texts("name")...)
		if got.at("next") == nil {
			break
		}
		path = "/tags?limit=2&cursor=" + got.str("next")
	}
	if !slices.Equal(all, []string{"Água", "Brasa", "Cedro", "Damasco", "Ébano"}) {
		t.Errorf("tags: %v", all)
	}
}

// decisions.md 5: the same key does it once; with another body it is refused; a
// refused request may be repeated.
func TestIdempotencyOfRegisters(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		k := rand.Text()
		body := map[string]any{"name": "VIP", "color": "#112233"}
		first := w.call(w.elisa, "POST", "/tags", body, "Idempotency-Key", k).want(201)
		again := w.call(w.elisa, "POST", "/tags", body, "Idempotency-Key", k).want(201)
		if first.str("id") != again.str("id") {
			t.Errorf("two tags: %s and %s", first.text, again.text)
		}
		body["name"] = "Outra"
		w.call(w.elisa, "POST", "/tags", body, "Idempotency-Key", k).refused(422, desk.CodeIdempotencyMismatch, "")
		w.call(w.elisa, "POST", "/queues", map[string]any{"name": "VIP", "color": "#112233"}, "Idempotency-Key", k).refused(422, desk.CodeIdempotencyMismatch, "")
		if other := w.call(w.bia, "POST", "/tags", body, "Idempotency-Key", k).want(201); other.str("id") == first.str("id") {
			t.Error("keys of different people met")
		}
		k = rand.Text()
		w.call(w.elisa, "POST", "/tags", map[string]any{"name": "vip", "color": "#112233"}, "Idempotency-Key", k).refused(409, desk.CodeNameTaken, "body.name")
		w.call(w.elisa, "POST", "/tags", map[string]any{"name": "Novo", "color": "#112233"}, "Idempotency-Key", k).want(201)
		for _, bad := range []string{"with blank", "ümlaut", string(make([]byte, 300))} {
			w.call(w.elisa, "POST", "/tags", body, "Idempotency-Key", bad).refused(422, desk.CodeIdempotencyKey, "header.Idempotency-Key")
		}
		w.call(w.elisa, "POST", "/tickets/9/messages", map[string]any{"body": "x"}).refused(422, desk.CodeIdempotencyKey, "header.Idempotency-Key")
	})
}

// A user's password does not stay behind in the idempotency row.
func TestIdempotentUserForgetsThePassword(t *testing.T) {
	w := newWorld(t, testDB(t))
	body := map[string]any{"name": "Carla Dias", "email": "carla@aurora.test", "password": password}
	k := rand.Text()
	first := w.call(w.elisa, "POST", "/users", body, "Idempotency-Key", k).want(201)
	body["password"] = "outra-senha-boa-9"
	again := w.call(w.elisa, "POST", "/users", body, "Idempotency-Key", k).want(201)
	if first.str("id") != again.str("id") {
		t.Error("the password is part of what the key remembers")
	}
}

func TestTeamsAndTypes(t *testing.T) {
	w := newWorld(t, testDB(t))
	made := w.call(w.elisa, "POST", "/teams", map[string]any{"name": "Noite", "members": []string{w.ana.id.String()}, "queues": []string{w.suporte.String()},
		"leader_id": w.ana.id.String()}).want(201)
	if got := w.call(w.ana, "GET", "/me", nil); got.len("queues") != 2 {
		t.Errorf("D44: queues through the team: %s", got.text)
	}
	path := "/teams/" + made.str("id")
	if got := w.call(w.elisa, "PATCH", path, map[string]any{"leader_id": nil}).want(200); got.at("leader_id") != nil || got.len("members") != 1 {
		t.Errorf("leader: %s", got.text)
	}
	w.call(w.elisa, "PATCH", path, map[string]any{"leader_id": w.bruno.id.String()}).want(422)
	w.call(w.elisa, "DELETE", path, nil).want(204)
	if got := w.call(w.ana, "GET", "/me", nil); got.len("queues") != 1 {
		t.Errorf("D44: queues after the team: %s", got.text)
	}
	types := w.call(w.ana, "GET", "/ticket-types?active=true", nil).want(200)
	if types.len("items") != 3 {
		t.Fatalf("D29: %s", types.text)
	}
	first := "/ticket-types/" + types.str("items", 0, "id")
	w.call(w.elisa, "PATCH", first, map[string]any{"active": false}).want(200)
	if got := w.call(w.ana, "GET", "/ticket-types?active=true", nil); got.len("items") != 2 {
		t.Errorf("D29: an inactive type is offered: %s", got.text)
	}
	w.call(w.elisa, "DELETE", first, nil).want(204)
}

// Settings are patched whole or not at all, and told with their register.
func TestSettings(t *testing.T) {
	w := newWorld(t, testDB(t))
	got := w.call(w.elisa, "GET", "/settings", nil).want(200)
	if got.len("register") != len(desk.SettingsRegister()) || got.at("values", "users_can_reopen") != true {
		t.Errorf("settings: %s", got.text)
	}
	w.call(w.elisa, "PATCH", "/settings", map[string]any{"max_files": 3, "max_media_mb": 100000}).refused(422, desk.CodeOutOfRange, "body.max_media_mb")
	if got := w.call(w.elisa, "GET", "/settings", nil); got.at("values", "max_files") != float64(5) {
		t.Error("half of a patch was stored")
	}
	w.call(w.elisa, "PATCH", "/settings", map[string]any{"opt_out_words": []string{"chega"}, "campaign_window": "09:00-18:00"}).want(200)
	history := w.call(w.elisa, "GET", "/settings/history", nil).want(200)
	if history.len("items") != 1 || history.str("items", 0, "data", "changes", "campaign_window", 1) != "09:00-18:00" {
		t.Errorf("history: %s", history.text)
	}
}
