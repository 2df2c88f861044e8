package routing_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

const dirKind = desk.ChannelKind("test")

// schema is a channel of which only the settings matter.
type schema struct{ channel.Adapter }

func (schema) Settings() channel.Schema {
	return channel.Schema{Fields: []channel.SettingField{{Key: "app_secret", Secret: true}, {Key: "graph_url"}, {Key: "note"}}}
}

// town is a company and a directory of it.
type town struct {
	t       *testing.T
	s       *store.Store
	dir     *routing.Directory
	account desk.ID
	queue   desk.ID
	base    string
}

// opener unseals "sealed:x"; anything else can't be opened.
func opener(_, _ desk.ID, field, sealed string) (string, error) {
	if field != "app_secret" || len(sealed) < 7 || sealed[:7] != "sealed:" {
		return "", errors.New("wrong key")
	}
	return sealed[7:], nil
}

func eachTown(t *testing.T, fn func(t *testing.T, w *town)) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		b := bus.New()
		w := &town{t: t, s: store.New(db, desk.NewIDs(time.Now, 1, 0), time.Now, b.Publish), base: "http://sim/1"}
		w.dir = routing.NewDirectory(w.s, channel.Registry{dirKind: schema{}}, opener, func() string { return w.base })
		t.Cleanup(w.dir.Watch(b))
		w.do(func(tx *dbx.Tx) error {
			a, err := w.s.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
			if err != nil {
				return err
			}
			w.account = a.ID
			q, err := w.s.CreateQueue(tx, w.by(), store.QueueNew{Name: "Vendas", Color: "#112233"})
			w.queue = q.ID
			return err
		})
		fn(t, w)
	})
}

func (w *town) by() *desk.Viewer { return store.Operator(w.account) }

func (w *town) do(fn func(tx *dbx.Tx) error) {
	w.t.Helper()
	if err := w.s.DB.Do(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) connect(name, external, group, secret string, simulated bool) desk.ID {
	w.t.Helper()
	var id desk.ID
	w.do(func(tx *dbx.Tx) error {
		c, err := w.s.CreateConnection(tx, w.by(), store.ConnectionNew{ID: w.s.IDs.Next(), PublicKey: "key-" + name, Kind: dirKind, Name: name,
			ExternalID: external, GroupID: group, Simulated: simulated, Queues: []desk.ID{w.queue},
			Settings: map[string]string{"app_secret": secret, "graph_url": "https://provider", "note": "plain"}})
		id = c.ID
		return err
	})
	return id
}

func (w *town) line(key string) routing.Line {
	w.t.Helper()
	l, err := w.dir.ByPublicKey(w.t.Context(), dirKind, key)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func TestDirectoryOpensSecretsAndFindsQueues(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		id := w.connect("Loja", "100", "200", "sealed:s1", false)
		l := w.line("key-Loja")
		if l.ID != id || l.Open.Settings["app_secret"] != "s1" || l.Connection.Settings["app_secret"] != "sealed:s1" ||
			l.Open.Settings["note"] != "plain" || l.Open.ExternalID != "100" || !slices.Equal(l.Initial, []desk.ID{w.queue}) {
			t.Errorf("%+v", l)
		}
		if _, err := w.dir.ByPublicKey(t.Context(), dirKind, "other"); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("unknown key: %v", err)
		}
		if _, err := w.dir.ByPublicKey(t.Context(), "other", "key-Loja"); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("key of another kind: %v", err)
		}
		if _, err := w.dir.Line(t.Context(), w.account+1, id); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("another account: %v", err)
		}
	})
}

// A secret that can't be opened makes only its own connection unusable.
func TestDirectoryBrokenSecret(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		bad, good := w.connect("Ruim", "1", "200", "garbage", false), w.connect("Boa", "2", "200", "sealed:s", false)
		if _, _, err := w.dir.Connection(t.Context(), w.account, bad); err == nil {
			t.Error("a connection without its secret was handed out")
		}
		if _, open, err := w.dir.Connection(t.Context(), w.account, good); err != nil || open.Settings["app_secret"] != "s" {
			t.Errorf("%+v, %v", open, err)
		}
	})
}

func TestDirectorySimulatedConnectionsLeadToTheSimulator(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		sim, real := w.connect("Sim", "1", "200", "sealed:s", true), w.connect("Real", "2", "200", "sealed:s", false)
		for _, base := range []string{"http://sim/1", "http://sim/2"} {
			w.base = base
			_, a, err1 := w.dir.Connection(t.Context(), w.account, sim)
			_, b, err2 := w.dir.Connection(t.Context(), w.account, real)
			if err1 != nil || err2 != nil || a.Settings["graph_url"] != base || b.Settings["graph_url"] != "https://provider" {
				t.Errorf("%v %v, %v %v", a.Settings, b.Settings, err1, err2)
			}
		}
	})
}

// Decisions.md 7.
func TestDirectoryForElement(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		one := w.connect("Um", "100", "200", "sealed:s", false)
		two := w.connect("Dois", "101", "200", "sealed:s", false)
		w.connect("Outro app", "102", "200", "sealed:other", false)
		three := w.connect("Outra conta", "103", "201", "sealed:s", false)
		via := w.line("key-Um")
		for _, c := range []struct {
			external, group string
			want            []desk.ID
		}{
			{"100", "200", []desk.ID{one}}, {"101", "200", []desk.ID{two}}, {"102", "200", nil}, {"999", "200", nil},
			{"103", "", []desk.ID{three}}, {"", "200", []desk.ID{one, two}}, {"", "201", []desk.ID{three}}, {"", "999", nil}, {"", "", []desk.ID{one}},
		} {
			lines, err := w.dir.ForElement(t.Context(), via, c.external, c.group)
			var got []desk.ID
			for _, l := range lines {
				got = append(got, l.ID)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("number %q of %q goes to %v, want %v (%v)", c.external, c.group, got, c.want, err)
			}
		}
	})
}

func TestDirectoryFollowsChanges(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		id := w.connect("Loja", "100", "200", "sealed:s", false)
		soon := func(what string, ok func() bool) {
			t.Helper()
			for deadline := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("the directory did not notice: %s", what)
				}
			}
		}
		if l := w.line("key-Loja"); l.Name != "Loja" || !l.Active {
			t.Fatalf("%+v", l)
		}
		name, off := "Matriz", false
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.UpdateConnection(tx, w.by(), id, store.ConnectionPatch{Name: &name, Settings: map[string]string{"app_secret": "sealed:new"}, Secrets: []string{"app_secret"}})
			return err
		})
		soon("a new name and secret", func() bool {
			l := w.line("key-Loja")
			return l.Name == "Matriz" && l.Open.Settings["app_secret"] == "new"
		})
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.UpdateQueue(tx, w.by(), w.queue, store.QueuePatch{Active: &off})
			return err
		})
		soon("a queue switched off", func() bool { return len(w.line("key-Loja").Initial) == 0 })
		if a, err := w.dir.Account(t.Context(), w.account); err != nil || a.Name != "Aurora" {
			t.Fatalf("%+v, %v", a, err)
		}
		other := "Boreal"
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.UpdateAccount(tx, w.by(), store.AccountPatch{Name: &other})
			return err
		})
		soon("a renamed account", func() bool { a, err := w.dir.Account(t.Context(), w.account); return err == nil && a.Name == other })
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.CreateUser(tx, w.by(), store.UserNew{Name: "Bia", Email: "bia@aurora.test", PasswordHash: "x", Phone: "5511955554444"})
			return err
		})
		soon("an agent's mobile", func() bool {
			is, err := w.dir.IsAgentPhone(t.Context(), w.account, desk.MatchKey("5511955554444"))
			return err == nil && is
		})
		w.do(func(tx *dbx.Tx) error { return w.s.DeleteConnection(tx, w.by(), id) })
		soon("a deleted connection", func() bool {
			_, err := w.dir.ByPublicKey(t.Context(), dirKind, "key-Loja")
			return desk.CodeOf(err) == desk.CodeNotFound
		})
	})
}

// Nothing is asked of the database twice while nothing changes.
func TestDirectoryAsksOnce(t *testing.T) {
	eachTown(t, func(t *testing.T, w *town) {
		w.connect("Loja", "100", "200", "sealed:s", false)
		w.s.DB.Settle()
		time.Sleep(20 * time.Millisecond) // the events of the founding go round
		w.line("key-Loja")
		before := w.s.DB.Stats()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				l, err := w.dir.ByPublicKey(t.Context(), dirKind, "key-Loja")
				if err == nil {
					_, err = w.dir.ForElement(t.Context(), l, "", "200")
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if spent := w.s.DB.Stats().Minus(before); spent.Statements != 0 {
			t.Errorf("%d statements", spent.Statements)
		}
	})
}
