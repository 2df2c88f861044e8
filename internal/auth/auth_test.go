package auth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const rightPassword = "correct horse battery"

// house is an installation with one company and its administrator Ana.
type house struct {
	*auth.Auth
	t       *testing.T
	db      *dbx.DB
	store   *store.Store
	clock   *testkit.Clock
	account desk.ID
	ana     desk.ID
	mu      sync.Mutex
	events  []desk.Event
}

func eachHouse(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) { fn(t, newHouse(t, db)) })
}

func newHouse(t *testing.T, db *dbx.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: testkit.NewClock(start)}
	h.store = store.New(db, desk.NewIDs(h.clock.Now, 0, 0), h.clock.Now, func(e desk.Event) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.events = append(h.events, e)
	})
	passwords, err := auth.NewPasswords(2, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h.Auth, err = auth.New(h.store, passwords, vault(t, key(t)), rand.Reader, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.account = h.company("Aurora Móveis")
	h.ana = h.user(h.account, "ana@x.com")
	return h
}

func (h *house) company(name string) desk.ID {
	var a desk.Account
	h.do(func(tx *dbx.Tx) (err error) {
		a, err = h.store.CreateAccount(tx, store.AccountNew{Name: name})
		return err
	})
	return a.ID
}

func (h *house) user(account desk.ID, email string) desk.ID {
	h.t.Helper()
	hash, err := h.Hash(context.Background(), "password", rightPassword)
	if err != nil {
		h.t.Fatal(err)
	}
	var u desk.User
	h.do(func(tx *dbx.Tx) (err error) {
		u, err = h.store.CreateUser(tx, store.Operator(account), store.UserNew{Name: "Ana", Email: email, PasswordHash: hash, Role: desk.RoleAdmin})
		return err
	})
	return u.ID
}

func (h *house) do(fn func(tx *dbx.Tx) error) {
	h.t.Helper()
	if err := h.db.Do(context.Background(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) signIn(c auth.Credentials) (auth.Session, error) {
	if c.Email == "" {
		c.Email = "ana@x.com"
	}
	if c.Password == "" {
		c.Password = rightPassword
	}
	if !c.Address.IsValid() {
		c.Address = netip.MustParseAddr("203.0.113.7")
	}
	return h.SignIn(context.Background(), c)
}

func (h *house) mustSignIn(c auth.Credentials) auth.Session {
	h.t.Helper()
	s, err := h.signIn(c)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) who(value string) (auth.Principal, error) {
	return h.Authenticate(context.Background(), value)
}

func wants(t *testing.T, err error, kind desk.Kind, code desk.Code) *desk.Error {
	t.Helper()
	e, ok := errors.AsType[*desk.Error](err)
	if !ok || e.Kind != kind || e.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
	return e
}

func TestB12_SignInAndOut(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		s := h.mustSignIn(auth.Credentials{Email: " ANA@X.com ", UserAgent: strings.Repeat("é", 500)})
		p, err := h.who(s.Value)
		if err != nil || p.User.ID != h.ana || p.Viewer.AccountID != h.account || p.Viewer.Role != desk.RoleAdmin || p.SessionID != s.ID {
			t.Fatalf("%+v %v", p, err)
		}
		list, err := h.store.Sessions(h.db.Read(t.Context()), h.account, h.ana)
		if err != nil || len(list) != 1 || strings.Contains(s.Value, list[0].SecretHash) || len([]rune(list[0].UserAgent)) != 200 {
			t.Errorf("stored sessions %+v %v", list, err)
		}
		id, secret, _ := strings.Cut(s.Value, ".")
		for _, value := range []string{"", ".", id, id + ".", id + "." + secret[1:] + "A", "1." + secret, "x." + secret, s.Value + strings.Repeat("A", 200)} {
			_, err := h.who(value)
			_ = wants(t, err, desk.Unauthorized, desk.CodeUnauthorized)
		}
		if err := h.SignOut(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		_, err = h.who(s.Value)
		_ = wants(t, err, desk.Unauthorized, desk.CodeUnauthorized)
		h.db.Settle()
		var types []desk.EventType
		for _, e := range h.events {
			if e.Entity == "session" {
				types = append(types, e.Type)
			}
		}
		if fmt.Sprint(types) != "[session.started session.ended]" {
			t.Errorf("events %v", types)
		}
	})
}

func TestB12_RefusalsLookAlike(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		second := h.user(h.account, "bia@x.com")
		h.do(func(tx *dbx.Tx) error {
			off := false
			_, err := h.store.UpdateUser(tx, store.Operator(h.account), second, store.UserPatch{Active: &off})
			return err
		})
		for _, c := range []auth.Credentials{{Password: "wrong"}, {Email: "nobody@x.com"}, {Email: "bia@x.com"}, {Email: "not an address"}, {AccountID: 99}} {
			_, err := h.signIn(c)
			e := wants(t, err, desk.Unauthorized, desk.CodeInvalidCredentials)
			if len(e.Params) != 0 || len(e.Fields) != 0 {
				t.Errorf("the refusal tells more: %+v", e)
			}
		}
	})
}

func TestB12_LockOutAfterFiveWrongTries(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		wrong := auth.Credentials{Password: "wrong"}
		for range 4 {
			_, err := h.signIn(wrong)
			_ = wants(t, err, desk.Unauthorized, desk.CodeInvalidCredentials)
		}
		h.mustSignIn(auth.Credentials{}) // a right one starts the count anew
		for range 5 {
			_, err := h.signIn(wrong)
			_ = wants(t, err, desk.Unauthorized, desk.CodeInvalidCredentials)
		}
		h.clock.Advance(time.Minute)
		for _, c := range []auth.Credentials{{}, wrong, {Address: netip.MustParseAddr("203.0.113.200")}} {
			_, err := h.signIn(c)
			e := wants(t, err, desk.TooMany, desk.CodeLockedOut)
			if e.Params["retry_after"] != int64(14*60) {
				t.Errorf("retry after %v s", e.Params["retry_after"])
			}
		}
		// From another network she still gets in.
		h.mustSignIn(auth.Credentials{Address: netip.MustParseAddr("198.51.100.1")})
		h.clock.Advance(14 * time.Minute)
		h.mustSignIn(auth.Credentials{})
	})
}

func TestB12_ParallelGuessesDoNotSlipThrough(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		codes := map[desk.Code]int{}
		for range 20 {
			wg.Go(func() {
				_, err := h.signIn(auth.Credentials{Password: "wrong"})
				mu.Lock()
				defer mu.Unlock()
				codes[desk.CodeOf(err)]++
			})
		}
		wg.Wait()
		if codes[desk.CodeInvalidCredentials] != 5 || codes[desk.CodeLockedOut] != 15 {
			t.Errorf("answers %v", codes)
		}
	})
}

func TestB12_ManyNetworksMeetTheSlowLimit(t *testing.T) {
	h := newHouse(t, testkit.SQLite(t))
	for i := range 50 {
		_, err := h.signIn(auth.Credentials{Password: "wrong", Address: netip.AddrFrom4([4]byte{10, 0, byte(i), 1})})
		_ = wants(t, err, desk.Unauthorized, desk.CodeInvalidCredentials)
	}
	_, err := h.signIn(auth.Credentials{Address: netip.MustParseAddr("2001:db8::1")})
	_ = wants(t, err, desk.TooMany, desk.CodeLockedOut)
	var plain int
	if err := h.db.Read(t.Context()).QueryRow(`SELECT COUNT(*) FROM login_failure WHERE subject LIKE '%@%' OR subject LIKE '%10.0%'`).Scan(&plain); err != nil || plain != 0 {
		t.Errorf("%d subjects in the clear, %v", plain, err)
	}
	h.clock.Advance(2*time.Hour + time.Second)
	h.do(func(tx *dbx.Tx) error {
		return h.store.DropLoginFailures(tx, desk.TimeOf(h.clock.Now().Add(-time.Hour)))
	})
	if err := h.db.Read(t.Context()).QueryRow(`SELECT COUNT(*) FROM login_failure`).Scan(&plain); err != nil || plain != 0 {
		t.Errorf("%d subjects left, %v", plain, err)
	}
}

func TestLockOutNetworks(t *testing.T) {
	h := newHouse(t, testkit.SQLite(t))
	fail := func(address string) desk.Code {
		_, err := h.signIn(auth.Credentials{Password: "wrong", Address: netip.MustParseAddr(address)})
		return desk.CodeOf(err)
	}
	for range 5 {
		fail("2001:db8:1:2::1")
	}
	for address, want := range map[string]desk.Code{
		"2001:db8:1:ffff::9": desk.CodeLockedOut,          // the same /48
		"2001:db8:2::1":      desk.CodeInvalidCredentials, // another
		"203.0.113.7":        desk.CodeInvalidCredentials,
	} {
		if got := fail(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	for range 4 {
		fail("::ffff:203.0.113.8") // IPv4 in IPv6 clothes
	}
	if got := fail("203.0.113.9"); got != desk.CodeLockedOut {
		t.Errorf("mapped address: %s", got)
	}
}

func TestSeveralAccountsMustBeChosenAfterTheRightPassword(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		other := h.company("Outra")
		h.user(other, "ana@x.com")
		_, err := h.signIn(auth.Credentials{Password: "wrong"})
		_ = wants(t, err, desk.Unauthorized, desk.CodeInvalidCredentials)
		for range 6 { // asking is no failure
			_, err = h.signIn(auth.Credentials{})
			e := wants(t, err, desk.Conflict, desk.CodeAccountRequired)
			list, ok := e.Params["accounts"].([]auth.AccountChoice)
			if !ok || len(list) != 2 || list[1] != (auth.AccountChoice{ID: other, Name: "Outra"}) {
				t.Fatalf("accounts %v", e.Params["accounts"])
			}
		}
		s := h.mustSignIn(auth.Credentials{AccountID: other})
		if p, err := h.who(s.Value); err != nil || p.Viewer.AccountID != other {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestSessionsSlideAndExpire(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		short, long := h.mustSignIn(auth.Credentials{}), h.mustSignIn(auth.Credentials{Remember: true})
		h.clock.Advance(11 * time.Hour)
		p, err := h.who(short.Value)
		if err != nil || p.ExpiresAt != desk.TimeOf(h.clock.Now().Add(12*time.Hour)) {
			t.Fatalf("%+v %v", p, err)
		}
		h.clock.Advance(11 * time.Hour)
		if _, err := h.who(short.Value); err != nil {
			t.Errorf("a session in use ended: %v", err)
		}
		h.clock.Advance(12 * time.Hour)
		_, err = h.who(short.Value)
		_ = wants(t, err, desk.Unauthorized, desk.CodeUnauthorized)
		h.clock.Advance(27 * 24 * time.Hour)
		if _, err := h.who(long.Value); err != nil {
			t.Errorf("a remembered session ended: %v", err)
		}
		h.do(func(tx *dbx.Tx) error {
			more, err := h.store.DropExpiredSessions(tx, desk.TimeOf(h.clock.Now()))
			if more {
				t.Error("there seems to be more than one expired session")
			}
			return err
		})
		if list, err := h.store.Sessions(h.db.Read(t.Context()), h.account, h.ana); err != nil || len(list) != 1 || list[0].ID != long.ID {
			t.Errorf("sessions %+v %v", list, err)
		}
	})
}

func TestAUseIsWrittenOnceInFiveMinutes(t *testing.T) {
	h := newHouse(t, testkit.SQLite(t))
	s := h.mustSignIn(auth.Credentials{})
	seen := func() desk.Time {
		list, err := h.store.Sessions(h.db.Read(t.Context()), h.account, h.ana)
		if err != nil {
			t.Fatal(err)
		}
		return list[0].SeenAt
	}
	first := seen()
	h.clock.Advance(4 * time.Minute)
	if _, err := h.who(s.Value); err != nil || seen() != first {
		t.Errorf("written too early: %v", err)
	}
	h.clock.Advance(time.Minute)
	if _, err := h.who(s.Value); err != nil || seen() == first {
		t.Errorf("not written: %v", err)
	}
}

func TestB12_PasswordChangeEndsOtherSessions(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		other := h.company("Outra")
		h.user(other, "ana@x.com")
		here, phone := h.mustSignIn(auth.Credentials{AccountID: h.account}), h.mustSignIn(auth.Credentials{AccountID: h.account})
		there := h.mustSignIn(auth.Credentials{AccountID: other})
		p, err := h.who(here.Value)
		if err != nil {
			t.Fatal(err)
		}
		address := netip.MustParseAddr("203.0.113.7")
		_ = wants(t, h.Confirm(t.Context(), &p.Viewer, "current_password", "wrong", address), desk.Invalid, desk.CodeWrongPassword)
		if err := h.Confirm(t.Context(), &p.Viewer, "current_password", rightPassword, address); err != nil {
			t.Fatal(err)
		}
		_, err = h.Hash(t.Context(), "password", "12345678")
		_ = wants(t, err, desk.Invalid, desk.CodeWeakPassword)
		hash, err := h.Hash(t.Context(), "password", "a new and better one")
		if err != nil {
			t.Fatal(err)
		}
		h.do(func(tx *dbx.Tx) error {
			_, err := h.store.UpdateMe(tx, &p.Viewer, store.UserPatch{PasswordHash: &hash, KeepSession: p.SessionID})
			return err
		})
		if _, err := h.who(here.Value); err != nil {
			t.Errorf("the session that changed it ended: %v", err)
		}
		for _, s := range []auth.Session{phone, there} {
			_, err := h.who(s.Value)
			_ = wants(t, err, desk.Unauthorized, desk.CodeUnauthorized)
		}
		_, err = h.signIn(auth.Credentials{AccountID: other})
		_ = wants(t, err, desk.Unauthorized, desk.CodeInvalidCredentials)
		h.mustSignIn(auth.Credentials{AccountID: other, Password: "a new and better one"})
	})
}

func TestE11_ChangesCountWithTheNextRequest(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		bia := h.user(h.account, "bia@x.com")
		s := h.mustSignIn(auth.Credentials{Email: "bia@x.com"})
		role, off := desk.RoleUser, false
		h.do(func(tx *dbx.Tx) error {
			_, err := h.store.UpdateUser(tx, store.Operator(h.account), bia, store.UserPatch{Role: &role})
			return err
		})
		if p, err := h.who(s.Value); err != nil || p.Viewer.Role != desk.RoleUser {
			t.Errorf("%+v %v", p.Viewer, err)
		}
		h.do(func(tx *dbx.Tx) error {
			_, err := h.store.UpdateUser(tx, store.Operator(h.account), bia, store.UserPatch{Active: &off})
			return err
		})
		_, err := h.who(s.Value)
		_ = wants(t, err, desk.Unauthorized, desk.CodeUnauthorized)
	})
}

func TestStaleHashIsMadeAnewAtSignIn(t *testing.T) {
	h := newHouse(t, testkit.SQLite(t))
	stored := func() string {
		p, err := h.store.PersonByEmail(h.db.Read(t.Context()), "ana@x.com")
		if err != nil {
			t.Fatal(err)
		}
		return p.PasswordHash
	}
	h.do(func(tx *dbx.Tx) error {
		hash := otherCost
		_, err := h.store.UpdateUser(tx, store.Operator(h.account), h.ana, store.UserPatch{PasswordHash: &hash})
		return err
	})
	if _, err := h.signIn(auth.Credentials{Password: "wrong"}); err == nil || stored() != otherCost {
		t.Errorf("a wrong password changed the hash: %v", err)
	}
	h.mustSignIn(auth.Credentials{Password: "password"})
	if !strings.Contains(stored(), "m=19456,") {
		t.Errorf("hash %s", stored())
	}
	h.mustSignIn(auth.Credentials{Password: "password"})
}

func TestOldestSessionsGiveWay(t *testing.T) {
	h := newHouse(t, testkit.SQLite(t))
	first := h.mustSignIn(auth.Credentials{})
	for range 20 {
		h.clock.Advance(time.Second)
		h.mustSignIn(auth.Credentials{})
	}
	_, err := h.who(first.Value)
	_ = wants(t, err, desk.Unauthorized, desk.CodeUnauthorized)
	if list, err := h.store.Sessions(h.db.Read(t.Context()), h.account, h.ana); err != nil || len(list) != 20 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
}

func TestCookie(t *testing.T) {
	s := auth.Session{Value: "1.x", Remember: true}
	if got := s.Cookie(true).String(); got != "prosa_session=1.x; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax" {
		t.Error(got)
	}
	s.Remember = false
	if got := s.Cookie(false).String(); got != "prosa_session=1.x; Path=/; HttpOnly; SameSite=Lax" {
		t.Error(got)
	}
	if got := auth.ExpiredCookie(false).String(); !strings.Contains(got, "Max-Age=0") {
		t.Error(got)
	}
}

func TestSignOutOthersKeepsThisOne(t *testing.T) {
	h := newHouse(t, testkit.SQLite(t))
	here, there := h.mustSignIn(auth.Credentials{}), h.mustSignIn(auth.Credentials{})
	p, err := h.who(here.Value)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SignOutOthers(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := h.who(here.Value); err != nil {
		t.Error(err)
	}
	_, err = h.who(there.Value)
	_ = wants(t, err, desk.Unauthorized, desk.CodeUnauthorized)
}
