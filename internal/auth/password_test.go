package auth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/auth"
)

func passwords(t *testing.T) *auth.Passwords {
	t.Helper()
	p, err := auth.NewPasswords(1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestE7_PasswordsAreHashedInPHCForm(t *testing.T) {
	p := passwords(t)
	one, err := p.Hash(t.Context(), "senha çomprida")
	if err != nil {
		t.Fatal(err)
	}
	two, err := p.Hash(t.Context(), "senha çomprida")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") || one == two {
		t.Errorf("hashes %q %q", one, two)
	}
	for password, want := range map[string]bool{"senha çomprida": true, "senha comprida": false, "": false} {
		if ok, stale, err := p.Check(t.Context(), one, password); err != nil || ok != want || stale {
			t.Errorf("%q: %v %v %v", password, ok, stale, err)
		}
	}
}

func TestHashOfNobodyFitsNothing(t *testing.T) {
	p := passwords(t)
	for _, password := range []string{"", "nobody's password"} {
		if ok, _, err := p.Check(t.Context(), "", password); ok || err != nil {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
}

// otherCost is a test vector of the reference implementation (phc-winner-argon2,
// test.c): "password" with the salt "somesalt", at a cost that is not ours.
const otherCost = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

func TestHashesOfAnotherCostAreCheckedAndStale(t *testing.T) {
	p := passwords(t)
	if ok, stale, err := p.Check(t.Context(), otherCost, "password"); err != nil || !ok || !stale {
		t.Errorf("%v %v %v", ok, stale, err)
	}
	if ok, stale, err := p.Check(t.Context(), otherCost, "Password"); err != nil || ok || stale {
		t.Errorf("%v %v %v", ok, stale, err)
	}
}

func TestDamagedHashesAreErrors(t *testing.T) {
	p := passwords(t)
	good, err := p.Hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"x", "$2a$10$abc", strings.Replace(good, "m=19456", "m=99999999", 1),
		strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "t=2", "t=0", 1), good[:40]} {
		if ok, _, err := p.Check(t.Context(), hash, "x"); ok || err == nil {
			t.Errorf("%q: %v %v", hash, ok, err)
		}
	}
}

func TestHashingWaitsItsTurnAndGivesUp(t *testing.T) {
	p := passwords(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// With the only place taken, a cancelled caller does not wait.
	done := make(chan error)
	release := auth.Occupy(p)
	go func() {
		_, err := p.Hash(ctx, "x")
		done <- err
	}()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	release()
	if _, err := p.Hash(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}

func TestSetupCodeAndRandomPassword(t *testing.T) {
	c, err := auth.NewSetupCode(rand.Reader)
	if err != nil || len(c.String()) != 14 {
		t.Fatalf("%q %v", c, err)
	}
	typed := strings.ToUpper(strings.ReplaceAll(c.String(), "-", " "))
	if !c.Check(c.String()) || !c.Check(" "+strings.ReplaceAll(strings.ReplaceAll(typed, "0", "O"), "1", "l")) {
		t.Errorf("%q does not fit as %q", c, typed)
	}
	if c.Check("") || c.Check("aaaa-bbbb-cccc") || (auth.SetupCode{}).Check("") {
		t.Error("a wrong code fits")
	}
	one, err1 := auth.RandomPassword(rand.Reader)
	two, err2 := auth.RandomPassword(rand.Reader)
	if err1 != nil || err2 != nil || one == two || len(one) != 19 {
		t.Errorf("passwords %q %q", one, two)
	}
	if _, err := auth.RandomPassword(strings.NewReader("short")); err == nil {
		t.Error("a short source of randomness passed")
	}
}
