// Package app builds the program: everything in order, each part told what it
// works with, started from the bottom up and stopped from the top down.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/prosa-desk/prosa/internal/api"
	"github.com/prosa-desk/prosa/internal/app/demo"
	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/channel/whatsappcloud"
	"github.com/prosa-desk/prosa/internal/config"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// App is one running program. Make it with New, then Start; Stop ends it.
type App struct {
	*Base
	bus        *bus.Bus
	directory  *routing.Directory
	desk       *routing.Desk
	outbox     *outbox.Outbox
	jobs       *jobs.Runner
	simulator  *simulator
	api        *api.Server
	auth       *auth.Auth
	vault      *auth.Vault
	node       *nodeKeeper
	files      *media.Disk
	server     *http.Server
	listener   net.Listener
	unwatch    []func()
	setupCode  auth.SetupCode
	needsSetup bool
	failed     chan error
}

// New opens the database and builds everything; nothing runs yet.
func New(ctx context.Context, c config.Config, log *slog.Logger) (*App, error) {
	return NewAt(ctx, c, log, time.Now)
}

// NewAt is New with a clock of the caller's, which may be stepped.
func NewAt(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time) (*App, error) {
	base, err := openBase(ctx, c, log, now)
	if err != nil {
		return nil, err
	}
	a := &App{Base: base, bus: bus.New(), failed: make(chan error, 1)}
	a.bus.Log = log
	base.Store.Notify, base.Store.Doubt = a.bus.Publish, a.bus.Lose
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Close(ctx))
	}
	return a, nil
}

// build makes the parts, from the bottom up.
func (a *App) build(ctx context.Context) error {
	if err := a.buildAuth(ctx); err != nil {
		return err
	}
	var err error
	if a.files, err = media.New(a.Config.MediaDir(), a.Now); err != nil {
		return err
	}
	if a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", a.Config.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	registry := channel.Registry{desk.WhatsAppOfficial: whatsappcloud.New(whatsappcloud.Options{Now: a.Now, Log: a.Log})}
	a.simulator = &simulator{log: a.Log, world: sandbox.New(sandbox.Options{DB: a.DB, Now: a.Now, Log: a.Log, IDs: a.Store.IDs.Next})}
	a.directory = routing.NewDirectory(a.Store, registry, a.vault.OpenSetting, a.simulator.base)
	a.node = newNodeKeeper(a.Base, a.fail, a.lookAgain)
	a.jobs = jobs.New(jobs.Config{Store: a.Store, Now: a.Now, Rand: rand.Reader, Log: a.Log, Alone: a.node.Alone})
	rates, err := outbox.DefaultRates()
	if err != nil {
		return err
	}
	a.desk = routing.New(a.Store, a.Log)
	a.outbox = outbox.New(outbox.Options{Store: a.Store, Directory: a.directory, Desk: a.desk, Registry: registry, Files: opener{a.files},
		Rates: rates, Now: a.Now, Log: a.Log})
	receiver := inbound.New(inbound.Config{Store: a.Store, Directory: a.directory, Desk: a.desk, Registry: registry,
		Outbox: a.outbox, Jobs: a.jobs, Files: a.files, Now: a.Now, Log: a.Log})
	for _, kinds := range [][]jobs.Kind{receiver.Kinds(), jobs.Upkeep(a.Store, a.files, a.Log), chores(a.Store)} {
		for _, k := range kinds {
			a.jobs.Handle(k)
		}
	}
	if err := a.seedDemo(ctx); err != nil {
		return err
	}
	return a.buildHTTP(ctx, registry, receiver)
}

func (a *App) buildAuth(ctx context.Context) error {
	var err error
	a.vault, err = auth.OpenVault(ctx, a.Store, auth.KeySource{Given: a.Config.SecretKeys, Dir: a.Config.DataDir, Random: rand.Reader})
	if err != nil {
		return err
	}
	passwords, err := auth.NewPasswords(runtime.NumCPU(), rand.Reader)
	if err != nil {
		return err
	}
	a.auth, err = auth.New(a.Store, passwords, a.vault, rand.Reader, a.Log)
	return err
}

// seedDemo fills an empty installation with the demo company, if asked to.
func (a *App) seedDemo(ctx context.Context) error {
	if !a.Config.Demo {
		return nil
	}
	_, err := demo.Seed(ctx, demo.Options{DB: a.DB, Node: a.Node.Number, Files: a.files, Hash: func(ctx context.Context, p string) (string, error) {
		return a.auth.Hash(ctx, "password", p)
	}, Seal: a.vault.SealSettings, Open: a.vault.OpenSetting, Now: a.Now(), Log: a.Log})
	return err
}

// self is this process's own address, for the simulator's webhooks.
func (a *App) self() string {
	host, port, err := net.SplitHostPort(a.listener.Addr().String())
	if err != nil {
		return a.Config.PublicURL
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Addr is where the program listens.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Start runs every part, from the bottom up, and returns once requests are
// served.
func (a *App) Start(ctx context.Context) error {
	accounts, err := a.Store.Accounts(a.DB.Read(ctx))
	if err != nil {
		return err
	}
	a.unwatch = append(a.unwatch, a.directory.Watch(a.bus), a.bus.Subscribe("outbox", 1024, a.outbox.Watch),
		a.bus.Subscribe("node", 1024, a.node.watch))
	if err := a.node.start(ctx); err != nil {
		return err
	}
	if err := a.outbox.Start(ctx, a.node); err != nil {
		return err
	}
	if err := a.jobs.Start(ctx); err != nil {
		return err
	}
	if err := a.api.Start(ctx); err != nil {
		return err
	}
	go func() {
		if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve: %w", err))
		}
	}()
	if err := a.simulator.start(ctx, accounts, a.callback); err != nil {
		return err
	}
	go debug.FreeOSMemory() // building everything took more than keeping it
	return nil
}

// callback is a simulated number's webhook URL with this run's own address.
func (a *App) callback(n sandbox.Number) (string, bool) {
	u, err := url.Parse(n.CallbackURL)
	if err != nil {
		return "", false
	}
	return a.self() + u.Path, true
}

// lookAgain has those look now who look rarely as long as we are alone.
func (a *App) lookAgain() {
	a.outbox.LookAgain()
	a.jobs.Wake()
}

func (a *App) fail(err error) {
	select {
	case a.failed <- err:
	default:
	}
}

// Failed yields the error of a part that can't go on.
func (a *App) Failed() <-chan error { return a.failed }

// Stop ends the program: intake first, then what is under way, then the
// database. What ctx leaves no time for is picked up by leases.
func (a *App) Stop(ctx context.Context) error {
	var errs []error
	stop := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", what, err))
		}
	}
	stop("api", a.api.Stop(ctx)) // ends the streams, which a shutdown would wait for
	stop("http", a.server.Shutdown(ctx))
	stop("accesses", a.desk.WriteAccesses(ctx))
	stop("simulator", a.simulator.stop(ctx))
	stop("jobs", a.jobs.Stop(ctx))
	stop("outbox", a.outbox.Stop(ctx))
	for _, unwatch := range a.unwatch {
		unwatch()
	}
	a.node.stop()
	stop("database", a.Close(ctx))
	return errors.Join(errs...)
}
