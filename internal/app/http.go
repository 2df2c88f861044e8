package app

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/prosa-desk/prosa/internal/api"
	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/ingress"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/web"
)

// buildHTTP makes everything that answers requests.
func (a *App) buildHTTP(ctx context.Context, registry channel.Registry, receiver *inbound.Receiver) error {
	signing, err := a.vault.Derive("media urls")
	if err != nil {
		return err
	}
	used, err := a.Store.HasAccounts(a.DB.Read(ctx))
	if err != nil {
		return err
	}
	a.needsSetup = !used
	if a.setupCode, err = auth.NewSetupCode(rand.Reader); err != nil {
		return err
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	observeDatabase(metrics, a.DB)
	a.api = api.New(api.Options{Store: a.Store, Auth: a.auth, Vault: a.vault, Directory: a.directory, Desk: a.desk, Outbox: a.outbox,
		Inbound: receiver, Registry: registry, Files: a.files, Signer: media.Signer{Key: signing, Now: a.Now},
		Sandbox: a.simulator.world, Metrics: metrics, Log: a.Log, Now: a.Now, Random: rand.Reader, PublicURL: a.Config.PublicURL,
		HooksURL: a.self, Version: a.Config.Version, Demo: a.Config.Demo, SetupCode: a.setupCode, SetupOpen: a.Config.Loopback(),
		Ready: a.ready, Bus: a.bus})
	hooks := &ingress.Hooks{Directory: a.directory, Registry: registry, Receiver: receiver, Now: a.Now, Log: a.Log,
		Observe: observeWebhooks(metrics)}
	mux := http.NewServeMux()
	hooks.Register(mux)
	for _, path := range []string{"/api/", "/healthz", "/readyz", "/metrics"} {
		mux.Handle(path, a.api)
	}
	mux.Handle("/", web.Handler())
	a.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug)}
	return nil
}

// ready reports whether the database answers.
func (a *App) ready(ctx context.Context) error {
	_, err := a.Store.HasAccounts(a.DB.Read(ctx))
	return err
}

// SetupCode is the one-time code of the first set-up, "" when none is needed.
func (a *App) SetupCode() string {
	if !a.needsSetup || a.Config.Loopback() {
		return ""
	}
	return a.setupCode.String()
}

// NeedsSetup reports whether the installation had no company at start.
func (a *App) NeedsSetup() bool { return a.needsSetup }
