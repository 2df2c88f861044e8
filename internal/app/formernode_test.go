package app

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/prosa-desk/prosa/internal/config"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// crashed opens a base and drops it as a kill would: nothing is given back but
// what the system takes.
func crashed(t *testing.T, c config.Config) *Base {
	t.Helper()
	b := opened(t, c)
	if err := b.DB.Close(); err != nil {
		t.Fatal(err)
	}
	if b.lock != nil {
		_ = b.lock.Close()
	}
	return b
}

func opened(t *testing.T, c config.Config) *Base {
	t.Helper()
	b, err := OpenBase(context.Background(), c, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func shut(t *testing.T, b *Base) {
	t.Helper()
	if err := b.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestNodeNumberAfterACrash(t *testing.T) {
	url := testkit.PostgresURL(t, testkit.Schema(t))
	c := config.Config{DataDir: t.TempDir(), DatabaseURL: url}
	first := crashed(t, c)
	if _, err := os.Stat("/proc/sys/kernel/random/boot_id"); err != nil {
		t.Skip("this system does not tell when it was started")
	}

	second := opened(t, c)
	if second.Node.Number != first.Node.Number || second.Node.Fence != first.Node.Fence+1 {
		t.Errorf("after a crash: %+v, was %+v", second.Node, first.Node)
	}
	beside := opened(t, c) // a command while the program runs
	if beside.Node.Number == second.Node.Number {
		t.Error("two processes with one number")
	}
	shut(t, beside)

	// A copy of the folder: the original is alive.
	copied := config.Config{DataDir: t.TempDir(), DatabaseURL: url}
	text, err := os.ReadFile(filepath.Join(c.DataDir, nodeFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(copied.DataDir, nodeFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
	copy := opened(t, copied)
	if copy.Node.Number == second.Node.Number {
		t.Error("a copied folder took the number of a living process")
	}
	shut(t, copy)
	if err := second.DB.Do(context.Background(), func(tx *dbx.Tx) error { _, err := second.Store.KeepNode(tx, second.Node); return err }); err != nil {
		t.Errorf("the living one lost its number: %v", err)
	}
	shut(t, second)

	third := opened(t, c)
	if third.Node.Number != 0 || third.Node.Fence != second.Node.Fence+1 {
		t.Errorf("after a stop: %+v", third.Node)
	}
	shut(t, third)
}

func TestReclaimedNodeKnowsWhatItInherits(t *testing.T) {
	b := &Base{inherited: map[desk.ID]bool{7: true}}
	n := &nodeKeeper{base: b}
	if !n.Inherited(7) || n.Inherited(8) {
		t.Error("inherits what its predecessor sent for, and only that")
	}
}
