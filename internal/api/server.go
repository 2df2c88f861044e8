// Package api is the HTTP contract: what agents, administrators and the
// browser may ask for, described by an OpenAPI document that is made from the
// types here. Handlers translate; they hold no rule of the business and no SQL.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	mediastore "github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/store"
)

// contractVersion is that of the document, not of the program.
const contractVersion = "1.0.0"

// Options are the rooms that a Server translates for.
type Options struct {
	Store     *store.Store
	Auth      *auth.Auth
	Vault     *auth.Vault
	Bus       *bus.Bus
	Directory *routing.Directory
	Desk      *routing.Desk
	Outbox    *outbox.Outbox
	Inbound   *inbound.Receiver
	Registry  channel.Registry
	Files     *mediastore.Disk
	Signer    mediastore.Signer
	Sandbox   *sandbox.Sandbox // nil: there is no simulator
	Metrics   *prometheus.Registry
	Log       *slog.Logger
	Now       func() time.Time
	Random    io.Reader

	PublicURL string        // how the outside reaches us, without a trailing slash
	HooksURL  func() string // how the simulator reaches us; nil: PublicURL
	Version   string        // of the program
	Demo      bool
	SetupCode auth.SetupCode
	SetupOpen bool // set-up needs no code: only this machine can reach us
	// Ready reports whether the process can serve; nil error means yes.
	Ready func(context.Context) error
}

// Server serves the contract.
type Server struct {
	api        huma.API
	mux        *http.ServeMux
	handler    http.Handler
	store      *store.Store
	auth       *auth.Auth
	directory  *routing.Directory
	desk       *routing.Desk
	outbox     *outbox.Outbox
	inbound    *inbound.Receiver
	registry   channel.Registry
	files      *mediastore.Disk
	signer     mediastore.Signer
	sandbox    *sandbox.Sandbox
	metrics    *metrics
	log        *slog.Logger
	now        func() time.Time
	random     io.Reader
	views      views
	forms      connectionForms
	publicURL  string
	hooksURL   func() string
	version    string
	demo       bool
	secure     bool
	setupCode  auth.SetupCode
	setupOpen  bool
	settingUp  sync.Mutex
	ready      func(context.Context) error
	hub        *Hub
	background sync.WaitGroup // work that outlives its request
}

// New returns a Server of the rooms.
func New(o Options) *Server {
	s := &Server{store: o.Store, auth: o.Auth, directory: o.Directory, desk: o.Desk, outbox: o.Outbox, inbound: o.Inbound,
		registry: o.Registry, files: o.Files, signer: o.Signer, sandbox: o.Sandbox, metrics: newMetrics(o.Metrics), log: o.Log,
		now: o.Now, random: o.Random, publicURL: o.PublicURL, hooksURL: o.HooksURL, version: o.Version, demo: o.Demo,
		secure: isTLS(o.PublicURL), setupCode: o.SetupCode, setupOpen: o.SetupOpen, ready: o.Ready}
	s.views = views{store: o.Store, directory: o.Directory, registry: o.Registry, now: func() desk.Time { return desk.TimeOf(o.Now()) }}
	s.forms = connectionForms{registry: o.Registry, vault: o.Vault, ids: o.Store.IDs, random: o.Random}
	s.hub = NewHub(HubOptions{Store: o.Store, Bus: o.Bus, Directory: o.Directory, Registry: o.Registry, Now: o.Now, Log: o.Log, Version: o.Version})
	if s.hooksURL == nil {
		s.hooksURL = func() string { return o.PublicURL }
	}
	s.describe()
	s.handler = s.routes()
	return s
}

// ServeHTTP implements http.Handler: /api, /healthz, /readyz and /metrics.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Start begins to serve the event stream; requests are served from the start.
func (s *Server) Start(ctx context.Context) error { return s.hub.Start(ctx) }

// Stop ends the streams and waits for the work that requests left behind, at
// most until ctx ends.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.hub.Stop(ctx); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() { s.background.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// describe registers every operation of the contract.
func (s *Server) describe() {
	s.mux = http.NewServeMux()
	s.api = humago.New(s.mux, contract())
	s.api.UseMiddleware(s.requireSession)
	for _, register := range []func(){
		s.setupRoutes, s.sessionRoutes, s.meRoutes, s.notificationRoutes, s.ticketRoutes, s.startRoutes, s.ticketActionRoutes,
		s.timelineRoutes, s.messageRoutes, s.waitingRoutes, s.mediaRoutes, s.searchRoutes, s.targetRoutes, s.estimateRoutes,
		s.contactRoutes, s.connectionRoutes, s.templateRoutes, s.userRoutes, s.teamRoutes, s.queueRoutes, s.tagRoutes,
		s.ticketTypeRoutes, s.settingsRoutes, s.rawEventRoutes, s.historyRoutes, s.sandboxRoutes, s.documentStream,
	} {
		register()
	}
	tidy(s.api.OpenAPI())
}
