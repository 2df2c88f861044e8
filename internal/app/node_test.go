package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/config"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// openedAt is opened with a clock of the test's.
func openedAt(t *testing.T, url string, clock *testkit.Clock) *Base {
	t.Helper()
	c := config.Config{DataDir: t.TempDir(), DatabaseURL: url}
	b, err := openBase(t.Context(), c, slog.New(slog.NewTextHandler(io.Discard, nil)), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.DB.Close() })
	return b
}

// A node that is alone renews rarely. It learns that another has joined, what
// it takes over when that one dies, and that it is alone again.
func TestNodeKnowsWhetherItIsAlone(t *testing.T) {
	url, clock := testkit.PostgresURL(t, testkit.Schema(t)), testkit.NewClock(time.Now())
	told := make(chan struct{}, 10)
	keeper := func() *nodeKeeper {
		return newNodeKeeper(openedAt(t, url, clock), func(err error) { t.Error(err) }, func() { told <- struct{}{} })
	}
	turn := func(n *nodeKeeper) (changed bool) {
		t.Helper()
		changed, err := n.renew(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	first := keeper()
	line := first.base.Store.IDs.Next()
	err := first.base.DB.Do(t.Context(), func(tx *dbx.Tx) error {
		account, err := first.base.Store.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
		if err != nil {
			return err
		}
		_, err = first.base.Store.CreateConnection(tx, store.Operator(account.ID), store.ConnectionNew{ID: line, PublicKey: "key",
			Kind: desk.WhatsAppOfficial, Name: "Loja", ExternalID: "100", GroupID: "200"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if changed := turn(first); !changed || !first.Owns(line) || !first.Alone() || first.pause(nil) != renewEveryAlone {
		t.Fatalf("the first: changed %v, owns %v, alone %v, again in %v", changed, first.Owns(line), first.Alone(), first.pause(nil))
	}
	if turn(first) {
		t.Error("nothing has changed")
	}
	if got := first.pause(errors.New("refused")); got != renewEvery {
		t.Errorf("after a failure again in %v", got)
	}

	second := keeper()
	if err := second.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer second.stop()
	if second.Owns(line) || second.Alone() {
		t.Fatal("the second took over from one who lives")
	}
	if changed := turn(first); !changed || first.Alone() || first.pause(nil) != renewEvery {
		t.Fatalf("beside a second: changed %v, alone %v, again in %v", changed, first.Alone(), first.pause(nil))
	}

	clock.Advance(store.NodeLease + time.Second) // the first is dead
	second.watch(desk.Event{Type: desk.EvConnectionCreated})
	select {
	case <-told:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody is told that a dead node's connections were taken over")
	}
	if !second.Owns(line) || !second.Alone() {
		t.Errorf("owns %v, alone %v", second.Owns(line), second.Alone())
	}
}

func TestEmbeddedNodeIsAlone(t *testing.T) {
	b := opened(t, config.Config{DataDir: t.TempDir()})
	defer shut(t, b)
	n := newNodeKeeper(b, nil, nil)
	if err := n.start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer n.stop()
	if !n.Alone() || !n.Owns(1) || !n.Inherited(1) {
		t.Error("there is nobody to share an embedded database with")
	}
}
