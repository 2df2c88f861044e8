package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// simulator runs the built-in provider, on a loopback port of its own, once a
// simulated connection asks for it. Installations without one never start it.
type simulator struct {
	world *sandbox.Sandbox
	log   *slog.Logger

	mu     sync.Mutex
	server *http.Server
	url    string
}

// base is the simulator's Graph address; it starts the simulator if needed and
// is "" if that fails, so that sends fail with a connection error.
func (s *simulator) base() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return s.url
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a loopback port is had at once
	if err != nil {
		s.log.Error("the simulator could not listen", "err", err)
		return ""
	}
	s.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: s.world.Graph(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the simulator stopped", "err", err)
		}
	}()
	return s.url
}

// start delivers webhooks again that an earlier run left, with this run's
// address: the port may be another one.
func (s *simulator) start(ctx context.Context, accounts []desk.Account, callback func(sandbox.Number) (string, bool)) error {
	for _, a := range accounts {
		numbers, err := s.world.Numbers(ctx, a.ID)
		if err != nil {
			return fmt.Errorf("simulated numbers: %w", err)
		}
		for _, n := range numbers {
			url, ok := callback(n)
			if !ok || url == n.CallbackURL {
				continue
			}
			n.CallbackURL = url
			if err := s.world.UpdateNumber(ctx, n); err != nil {
				return fmt.Errorf("simulated number: %w", err)
			}
		}
	}
	return s.world.Start(ctx)
}

func (s *simulator) stop(ctx context.Context) error {
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	if server != nil {
		_ = server.Shutdown(ctx)
	}
	return s.world.Stop(ctx)
}
