package demo

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func seed(t *testing.T, db *dbx.DB) (*store.Store, Options) {
	t.Helper()
	files, err := media.New(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := auth.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	vault, err := auth.NewVault([]auth.Key{key}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{DB: db, Node: 1, Files: files, Seal: vault.SealSettings, Open: vault.OpenSetting, Log: slog.New(slog.DiscardHandler),
		Hash: func(context.Context, string) (string, error) { return "x", nil }, Now: time.Now()}
	made, err := Seed(context.Background(), o)
	if err != nil || !made {
		t.Fatalf("made %v: %v", made, err)
	}
	return store.New(db, desk.NewIDs(time.Now, 1, 0), time.Now, nil), o
}

// The demo is the same every time, has tickets in every state, and both sides
// of every conversation agree.
func TestDemoCompany(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		s, o := seed(t, db)
		q := db.Read(context.Background())
		accounts, err := s.Accounts(q)
		if err != nil || len(accounts) != 1 || !accounts[0].Demo {
			t.Fatalf("accounts %v, %v", accounts, err)
		}
		admin := &desk.Viewer{AccountID: accounts[0].ID, Role: desk.RoleAdmin}
		c, err := s.Counters(q, admin)
		if err != nil || c.Open != 16 || c.Pending != 10 || c.Closed != 7 {
			t.Errorf("counters %+v, %v", c, err)
		}
		for what, text := range map[string]string{
			"unprocessed": `SELECT COUNT(*) FROM raw_event WHERE state <> 'done'`,
			"stuck":       `SELECT COUNT(*) FROM message WHERE status IN ('pending', 'sending', 'uncertain')`,
			"undelivered": `SELECT COUNT(*) FROM message WHERE status = 'sent'`,
			"owed":        `SELECT COUNT(*) FROM sandbox_webhook`,
		} {
			var n int
			if err := q.QueryRow(text).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d %s, %v", n, what, err)
			}
		}
		for what, want := range map[string]int{"queued_window": 2, "failed": 1} {
			var n int
			if err := q.QueryRow(`SELECT COUNT(*) FROM message WHERE status = $1`, what).Scan(&n); err != nil || n != want {
				t.Errorf("%d messages %s, want %d, %v", n, what, want, err)
			}
		}
		if again, err := Seed(context.Background(), o); again || err != nil {
			t.Errorf("seeded twice: %v, %v", again, err)
		}
	})
}

func TestStoryIsWellFormed(t *testing.T) {
	story, err := parseStory(storyText)
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(story); i++ {
		if story[i].ago > story[i-1].ago {
			t.Fatalf("line %d is out of order", story[i].at)
		}
	}
	for _, bad := range []string{"1h < before anybody", "== only a name\n", "== a | b | c\nsoon < x", "== a | b | c\n1h"} {
		if _, err := parseStory(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}
