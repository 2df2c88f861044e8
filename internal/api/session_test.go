package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// cookieOf returns the session that an answer set.
func cookieOf(t *testing.T, r reply) *http.Cookie {
	t.Helper()
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		if c.Name == auth.CookieName {
			return c
		}
	}
	t.Fatalf("%s set no session: %v", r.what, r.header)
	return nil
}

// B12: signing in, what the cookie is like, signing out.
func TestB12SignInAndOut(t *testing.T) {
	w := newWorld(t, testDB(t))
	got := w.call(w.nobody, "POST", "/session", map[string]any{"email": "Ana@Aurora.test", "password": password, "remember": true}).want(201)
	if got.str("name") != "Ana Ribeiro" || got.str("role") != "user" || got.str("account", "name") != "Aurora Móveis" {
		t.Errorf("signed in as %s", got.text)
	}
	c := cookieOf(t, got)
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.MaxAge < 86400 {
		t.Errorf("cookie %+v", c)
	}
	me := actorOf{cookie: c.Value}
	if mine := w.call(me, "GET", "/me", nil).want(200); mine.str("session_id") == "" || mine.str("email") != "ana@aurora.test" {
		t.Errorf("me: %s", mine.text)
	}
	w.server.secure = true // as behind a TLS address
	if c := cookieOf(t, w.call(w.nobody, "POST", "/session", map[string]any{"email": "ana@aurora.test", "password": password}).want(201)); !c.Secure || c.MaxAge != 0 {
		t.Errorf("cookie over TLS %+v", c)
	}
	out := w.call(me, "DELETE", "/session", nil).want(204)
	if c := cookieOf(t, out); c.MaxAge >= 0 {
		t.Errorf("the cookie stays: %+v", c)
	}
	w.call(me, "GET", "/me", nil).refused(401, desk.CodeUnauthorized, "")
}

func TestB12RefusedSignIns(t *testing.T) {
	w := newWorld(t, testDB(t))
	for _, tc := range []struct{ email, password string }{
		{"ana@aurora.test", "wrong"}, {"nobody@aurora.test", password},
	} {
		w.call(w.nobody, "POST", "/session", map[string]any{"email": tc.email, "password": tc.password}).refused(401, desk.CodeInvalidCredentials, "")
	}
	w.call(w.nobody, "POST", "/session", map[string]any{"email": "ana@aurora.test"}).refused(422, desk.CodeRequired, "body.password")
	for range 4 { // the fifth failure blocks
		w.call(w.nobody, "POST", "/session", map[string]any{"email": "ana@aurora.test", "password": "wrong"}).want(401)
	}
	got := w.call(w.nobody, "POST", "/session", map[string]any{"email": "ana@aurora.test", "password": password})
	got.refused(429, desk.CodeLockedOut, "")
	if s, _ := got.at("params", "retry_after").(float64); s < 60 {
		t.Errorf("retry_after: %s", got.text)
	}
}

// decisions.md 18: somebody who works in two companies names one.
func TestSeveralAccountsAskWhich(t *testing.T) {
	w := newWorld(t, testDB(t))
	var other desk.ID
	w.do(func(tx *dbx.Tx) error {
		account, err := w.store.CreateAccount(tx, store.AccountNew{Name: "Bela Casa"})
		if err != nil {
			return err
		}
		other = account.ID
		_, err = w.store.CreateUser(tx, store.Operator(other), store.UserNew{Name: "Ana Ribeiro", Email: "ana@aurora.test", PasswordHash: "x"})
		return err
	})
	body := map[string]any{"email": "ana@aurora.test", "password": password}
	got := w.call(w.nobody, "POST", "/session", body)
	got.refused(409, desk.CodeAccountRequired, "")
	if got.len("params", "accounts") != 2 || got.str("params", "accounts", 1, "name") != "Bela Casa" {
		t.Errorf("accounts: %s", got.text)
	}
	body["account_id"] = got.str("params", "accounts", 1, "id")
	if in := w.call(w.nobody, "POST", "/session", body).want(201); in.str("account", "id") != other.String() {
		t.Errorf("signed in to %s", in.text)
	}
}

// The first company: code, once, signed in.
func TestSetup(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := emptyWorld(t, db)
		w.server.setupOpen = false
		w.server.setupCode = must(auth.NewSetupCode(strings.NewReader("sixteen byte text")))(t)
		state := w.call(w.nobody, "GET", "/setup", nil).want(200)
		if state.at("needed") != true || state.at("code_required") != true {
			t.Fatalf("state: %s", state.text)
		}
		body := map[string]any{"account": "Aurora", "name": "Elisa Prado", "email": "elisa@aurora.test", "password": password, "code": "wrong"}
		w.call(w.nobody, "POST", "/setup", body).refused(403, desk.CodeSetupCode, "body.code")
		body["code"] = w.server.setupCode.String()
		for field, bad := range map[string]any{"account": "A", "name": "E", "email": "elisa", "password": "12345678", "time_zone": "Nowhere"} {
			broken := map[string]any{}
			for k, v := range body {
				broken[k] = v
			}
			broken[field] = bad
			if got := w.call(w.nobody, "POST", "/setup", broken).want(422); codeAt(got, "body."+field) == "" {
				t.Errorf("%s: %s", field, got.text)
			}
		}
		if got := w.call(w.nobody, "GET", "/setup", nil); got.at("needed") != true {
			t.Fatal("a refused set-up left a company")
		}
		got := w.call(w.nobody, "POST", "/setup", body).want(201)
		admin := actorOf{cookie: cookieOf(t, got).Value}
		if got.str("role") != "admin" || w.call(admin, "GET", "/settings", nil).status != 200 {
			t.Errorf("set up as %s", got.text)
		}
		w.call(w.nobody, "POST", "/setup", body).refused(409, desk.CodeSetupDone, "")
		if state := w.call(w.nobody, "GET", "/setup", nil); state.at("needed") != false || state.at("code_required") != false {
			t.Errorf("state: %s", state.text)
		}
	})
}

// C1: the own profile.
func TestC1Profile(t *testing.T) {
	w := newWorld(t, testDB(t))
	got := w.call(w.ana, "PATCH", "/me", map[string]any{"name": "Ana R.", "theme": "dark", "sound": false, "signature": "Ana"}).want(200)
	if got.str("name") != "Ana R." || got.str("theme") != "dark" || got.at("sound") != false || got.str("locale") != "pt-BR" {
		t.Errorf("me: %s", got.text)
	}
	w.call(w.ana, "PATCH", "/me", map[string]any{"role": "admin"}).refused(422, desk.CodeUnknownField, "body.role")
	w.call(w.ana, "PATCH", "/me", map[string]any{"email": "a@b.test", "current_password": "wrong"}).refused(422, desk.CodeWrongPassword, "body.current_password")
	w.call(w.ana, "PATCH", "/me", map[string]any{"email": "bruno@aurora.test", "current_password": password}).refused(409, desk.CodeEmailTaken, "body.email")
	other := actorOf{id: w.ana.id}
	w.session(&other)
	w.call(w.ana, "PATCH", "/me", map[string]any{"password": "mesa-de-jantar-7", "current_password": password}).want(200)
	w.call(other, "GET", "/me", nil).refused(401, desk.CodeUnauthorized, "")
	w.call(w.ana, "GET", "/me", nil).want(200)
	w.call(w.nobody, "POST", "/session", map[string]any{"email": "ana@aurora.test", "password": "mesa-de-jantar-7"}).want(201)
}

func TestAvailability(t *testing.T) {
	w := newWorld(t, testDB(t))
	got := w.call(w.ana, "PUT", "/me/availability", map[string]any{"available": false, "reason": "almoço"}).want(200)
	if got.at("available") != false || got.str("pause_reason") != "almoço" {
		t.Errorf("me: %s", got.text)
	}
	seen := w.call(w.bruno, "GET", "/users/"+w.ana.id.String(), nil).want(200)
	if seen.at("available") != false || seen.at("email") != nil {
		t.Errorf("a colleague sees %s", seen.text)
	}
	if got := w.call(w.ana, "PUT", "/me/availability", map[string]any{"available": true}).want(200); got.str("pause_reason") != "" {
		t.Errorf("me: %s", got.text)
	}
}

// Only a proxy on this machine is believed about who asks.
func TestAddressOf(t *testing.T) {
	for _, tc := range []struct{ peer, said, want string }{
		{"203.0.113.7:5000", "", "203.0.113.7"},
		{"203.0.113.7:5000", "198.51.100.1", "203.0.113.7"},
		{"127.0.0.1:5000", "198.51.100.1", "198.51.100.1"},
		{"[::1]:5000", "10.0.0.1, 198.51.100.1", "198.51.100.1"},
		{"127.0.0.1:5000", "rubbish", "127.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tc.peer
		if tc.said != "" {
			r.Header.Set("X-Forwarded-For", tc.said)
		}
		if got := addressOf(r); got != netip.MustParseAddr(tc.want) {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}

// TestC1_ChangesAtOnceAllStay: switches of the profile act at once, each with a
// request of its own.
func TestC1_ChangesAtOnceAllStay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		for round := range 20 {
			want := map[string]any{"theme": []string{"dark", "light"}[round%2], "density": []string{"compact", "comfortable"}[round%2], "shortcuts": round%2 == 0}
			var all sync.WaitGroup
			for field, value := range want {
				all.Go(func() { w.call(w.ana, "PATCH", "/me", map[string]any{field: value}).want(200) })
			}
			all.Wait()
			got := w.call(w.ana, "GET", "/me", nil).want(200)
			for field, value := range want {
				if got.at(field) != value {
					t.Fatalf("round %d: %s is %v", round, field, got.at(field))
				}
			}
		}
	})
}
