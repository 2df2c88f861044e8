package faults_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/app"
	"github.com/prosa-desk/prosa/internal/config"
)

// inProcess is the program inside the test process, on a clock that can be
// stepped: the product takes time by injection, and nothing outside a process
// can honestly change what its clock says. It can't be killed.
type inProcess struct {
	config config.Config
	offset atomic.Int64 // of its clock, in nanoseconds
	log    logbook
	file   *os.File

	mu  sync.Mutex
	app *app.App
}

func newInProcess(t *testing.T, dataDir, databaseURL string) *inProcess {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config{Listen: l.Addr().String(), DataDir: dataDir, DatabaseURL: databaseURL, SecretKeys: []string{secretKey}, Version: "dev"}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err = c.Complete(); err != nil {
		t.Fatal(err)
	}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &inProcess{config: c, file: out}
	read := make(chan struct{})
	go func() { defer close(read); p.log.read(in) }()
	t.Cleanup(func() { out.Close(); <-read; in.Close() })
	return p
}

func (p *inProcess) now() time.Time { return time.Now().Add(time.Duration(p.offset.Load())) }

func (p *inProcess) address() string { return "http://" + p.config.Listen }

func (p *inProcess) start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.app != nil {
		return nil
	}
	a, err := app.NewAt(ctx, p.config, slog.New(slog.NewJSONHandler(p.file, nil)), p.now)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Stop(ctx))
	}
	p.app = a
	return nil
}

func (p *inProcess) stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.app == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := p.app.Stop(ctx)
	p.app = nil
	return err
}

// kill is what remains of it in a process of one's own.
func (p *inProcess) kill() error { return p.stop() }

func (p *inProcess) said() []string { return p.log.all() }

// step moves the clock for good. Most steps are those of a clock that is set
// right, some are those of a machine whose battery is empty.
func (p *inProcess) step(e event) {
	steps := []time.Duration{time.Second, -time.Second, 20 * time.Second, -20 * time.Second, 3 * time.Minute, -3 * time.Minute, time.Hour, -time.Hour}
	p.offset.Add(int64(steps[e.choice%len(steps)]))
}

// The clock jumps, there and back, and nothing is lost, doubled or reordered.
func TestClock(t *testing.T) {
	blows := []string{"clock", "clock", "restart", "clock"}
	length := max(options.each/2, 5*time.Second)
	if wanted("sqlite") {
		t.Run("sqlite", func(t *testing.T) {
			s := newEmbedded(t)
			live(t, newInProcess(t, filepath.Join(s.dir, "data"), ""), s, blows, length)
		})
	}
	if wanted("postgres") {
		t.Run("postgres", func(t *testing.T) {
			s := postgresStorage{newServed(t)}
			live(t, newInProcess(t, s.dir, s.url()), s, blows, length)
		})
	}
}
