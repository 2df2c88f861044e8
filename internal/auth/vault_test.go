package auth_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func key(t *testing.T) auth.Key {
	t.Helper()
	k, err := auth.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func vault(t *testing.T, keys ...auth.Key) *auth.Vault {
	t.Helper()
	v, err := auth.NewVault(keys, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVaultOpensOnlyInItsPlace(t *testing.T) {
	v := vault(t, key(t))
	rapid.Check(t, func(rt *rapid.T) {
		aad := func(name string) auth.AAD {
			return auth.AAD{Account: desk.ID(rapid.IntRange(1, 3).Draw(rt, name+" account")),
				Table: rapid.SampledFrom([]string{"connection", "connection\x00x", ""}).Draw(rt, name+" table"),
				Row:   desk.ID(rapid.IntRange(1, 3).Draw(rt, name+" row")),
				Field: rapid.SampledFrom([]string{"a", "b", "a\x00b"}).Draw(rt, name+" field")}
		}
		plain := rapid.String().Draw(rt, "plain")
		at, other := aad("sealed"), aad("opened")
		sealed, err := v.Seal(at, plain)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := v.Open(other, sealed)
		if (err == nil) != (at == other) || err == nil && got != plain {
			rt.Fatalf("sealed at %+v, opened at %+v: %q %v", at, other, got, err)
		}
	})
}

func TestVaultForm(t *testing.T) {
	k := key(t)
	v := vault(t, k)
	at := auth.AAD{Account: 1, Table: "connection", Row: 2, Field: "settings.access_token"}
	one, err := v.Seal(at, "token")
	if err != nil {
		t.Fatal(err)
	}
	two, err := v.Seal(at, "token")
	if err != nil {
		t.Fatal(err)
	}
	if one == two || !strings.HasPrefix(one, "v1:"+k.ID()+":") || strings.Contains(one, "token") {
		t.Errorf("sealed %q and %q", one, two)
	}
	for _, damaged := range []string{"", "token", one[:len(one)-2], one + "A", "v2" + one[2:], strings.Replace(one, k.ID(), "zzzzzzzz", 1),
		"v1:" + k.ID() + "::", "v1:" + k.ID() + ":AAAA:AAAA"} {
		if got, err := v.Open(at, damaged); err == nil {
			t.Errorf("%q opened as %q", damaged, got)
		}
	}
	var unknown *auth.UnknownKeyError
	if _, err := vault(t, key(t)).Open(at, one); !errors.As(err, &unknown) || unknown.KeyID != k.ID() {
		t.Errorf("another key: %v", err)
	}
	if got, err := vault(t, key(t), k).Open(at, one); err != nil || got != "token" {
		t.Errorf("an older key: %q %v", got, err)
	}
}

func TestDerivedKeysDifferByPurposeAndKey(t *testing.T) {
	a, b := vault(t, key(t)), vault(t, key(t))
	seen := map[string]bool{}
	for _, v := range []*auth.Vault{a, b} {
		for _, purpose := range []string{"media", "login"} {
			k, err := v.Derive(purpose)
			if err != nil || len(k) != 32 || seen[string(k)] {
				t.Errorf("derived %x %v", k, err)
			}
			seen[string(k)] = true
		}
	}
}

// opened opens the vault of a database's installation.
func opened(t *testing.T, db *dbx.DB, from auth.KeySource) (*auth.Vault, error) {
	t.Helper()
	from.Random = rand.Reader
	clock := testkit.NewClock(start)
	return auth.OpenVault(t.Context(), store.New(db, desk.NewIDs(clock.Now, 0, 0), clock.Now, nil), from)
}

func TestKeyIsMadeOnceForAnEmptySQLiteDatabase(t *testing.T) {
	db, dir := testkit.SQLite(t), t.TempDir()
	first, err := opened(t, db, auth.KeySource{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, auth.KeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file %v %v", info, err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("files %v", list)
	}
	second, err := opened(t, db, auth.KeySource{Dir: dir})
	if err != nil || second.KeyIDs()[0] != first.KeyIDs()[0] {
		t.Fatalf("second start: %v %v", second, err)
	}

	// Lost, it is not made again.
	if err := os.Rename(filepath.Join(dir, auth.KeyFile), filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	_, err = opened(t, db, auth.KeySource{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), first.KeyIDs()[0]) || !strings.Contains(err.Error(), auth.KeyFile) {
		t.Errorf("without the key: %v", err)
	}
	wrong := key(t)
	_, err = opened(t, db, auth.KeySource{Dir: dir, Given: []string{wrong.String()}})
	if err == nil || !strings.Contains(err.Error(), first.KeyIDs()[0]) || !strings.Contains(err.Error(), wrong.ID()) {
		t.Errorf("with a wrong key: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, db, auth.KeySource{Given: []string{wrong.String(), string(text)}}); err != nil {
		t.Errorf("with the right key among others: %v", err)
	}
}

func TestKeyIsNotMadeForADatabaseInUse(t *testing.T) {
	db, dir := testkit.SQLite(t), t.TempDir()
	clock := testkit.NewClock(start)
	s := store.New(db, desk.NewIDs(clock.Now, 0, 0), clock.Now, nil)
	err := db.Do(t.Context(), func(tx *dbx.Tx) error {
		_, err := s.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, db, auth.KeySource{Dir: dir}); err == nil || !strings.Contains(err.Error(), "PROSA_SECRET_KEY") {
		t.Errorf("error %v", err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("files %v", list)
	}
}

func TestPostgreSQLRequiresAGivenKey(t *testing.T) {
	db, dir := testkit.Postgres(t), t.TempDir()
	if _, err := opened(t, db, auth.KeySource{Dir: dir}); err == nil || !strings.Contains(err.Error(), "openssl rand") {
		t.Errorf("error %v", err)
	}
	k := key(t)
	if _, err := opened(t, db, auth.KeySource{Dir: dir, Given: []string{k.String()}}); err != nil {
		t.Error(err)
	}
	if _, err := opened(t, db, auth.KeySource{Given: []string{key(t).String()}}); err == nil {
		t.Error("another key fits too")
	}
}

func TestParseKey(t *testing.T) {
	k := key(t)
	for _, text := range []string{k.String(), strings.ToUpper(k.String()), " " + k.String() + "\n", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="} {
		if _, err := auth.ParseKey(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "secret", k.String()[:62], k.String() + "00"} {
		if _, err := auth.ParseKey(text); err == nil {
			t.Errorf("%q is a key", text)
		}
	}
}

func TestRotationSealsEverythingWithTheFirstKey(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		clock := testkit.NewClock(start)
		s := store.New(db, desk.NewIDs(clock.Now, 0, 0), clock.Now, nil)
		old, fresh := key(t), key(t)
		before, err := opened(t, db, auth.KeySource{Given: []string{old.String()}})
		if err != nil {
			t.Fatal(err)
		}
		var account desk.ID
		var connections []desk.ID
		for i := range 53 { // more than one chunk
			err := db.Do(t.Context(), func(tx *dbx.Tx) error {
				if account == 0 {
					a, err := s.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
					if err != nil {
						return err
					}
					account = a.ID
				}
				id := s.IDs.Next()
				settings, err := before.SealSettings(account, id, map[string]string{"access_token": "t" + id.String(), "graph_url": "https://x"}, []string{"access_token"})
				if err != nil {
					return err
				}
				connections = append(connections, id)
				_, err = s.CreateConnection(tx, store.Operator(account), store.ConnectionNew{ID: id, PublicKey: id.String(),
					Kind: desk.WhatsAppOfficial, Name: "Linha " + string(rune('A'+i)) + id.String(), Settings: settings, Secrets: []string{"access_token"}})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		both, err := opened(t, db, auth.KeySource{Given: []string{fresh.String(), old.String()}})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := both.Rotate(t.Context(), s); err != nil || n != len(connections) {
			t.Fatalf("rotated %d, %v", n, err)
		}
		if n, err := both.Rotate(t.Context(), s); err != nil || n != 0 {
			t.Errorf("again rotated %d, %v", n, err)
		}
		after, err := opened(t, db, auth.KeySource{Given: []string{fresh.String()}})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range connections {
			x, err := s.Connection(db.Read(t.Context()), account, id)
			if err != nil {
				t.Fatal(err)
			}
			got, err := after.OpenSetting(account, id, "access_token", x.Settings["access_token"])
			if err != nil || got != "t"+id.String() || x.Settings["graph_url"] != "https://x" {
				t.Fatalf("setting %q %v", got, err)
			}
		}
		if _, err := opened(t, db, auth.KeySource{Given: []string{old.String()}}); err == nil {
			t.Error("the old key alone still fits")
		}
	})
}

func TestRotationKeepsTheOldKeyWhileSomethingDoesNotOpen(t *testing.T) {
	db := testkit.SQLite(t)
	clock := testkit.NewClock(start)
	s := store.New(db, desk.NewIDs(clock.Now, 0, 0), clock.Now, nil)
	old, fresh := key(t), key(t)
	if _, err := opened(t, db, auth.KeySource{Given: []string{old.String()}}); err != nil {
		t.Fatal(err)
	}
	err := db.Do(t.Context(), func(tx *dbx.Tx) error {
		a, err := s.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
		if err != nil {
			return err
		}
		id := s.IDs.Next()
		lost, err := vault(t, key(t)).SealSettings(a.ID, id, map[string]string{"access_token": "x"}, []string{"access_token"})
		if err != nil {
			return err
		}
		_, err = s.CreateConnection(tx, store.Operator(a.ID), store.ConnectionNew{ID: id, PublicKey: "k", Kind: desk.WhatsAppOfficial, Name: "Loja", Settings: lost})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	both, err := opened(t, db, auth.KeySource{Given: []string{fresh.String(), old.String()}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both.Rotate(t.Context(), s); err == nil || !strings.Contains(err.Error(), "access_token") {
		t.Errorf("error %v", err)
	}
	if _, err := opened(t, db, auth.KeySource{Given: []string{fresh.String()}}); err == nil {
		t.Error("the new key alone fits before everything is rotated")
	}
}
