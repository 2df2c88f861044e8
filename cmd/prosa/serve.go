package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/prosa-desk/prosa/internal/app"
	"github.com/prosa-desk/prosa/internal/app/demo"
)

// heapGrowth is by how many percent memory in use may grow before garbage is
// collected, where GOGC says nothing else: some 30 MB under load for an eighth
// of the processor time (decision 28).
const heapGrowth = 200

// stopTime is how long a graceful stop may take; leases pick up the rest.
const stopTime = 20 * time.Second

type serveCmd struct {
	Listen    string `help:"Address to listen on; :8080, or 127.0.0.1:8080 with --demo." env:"PROSA_LISTEN"`
	PublicURL string `help:"How people and providers reach this desk, e.g. https://desk.example.com." env:"PROSA_PUBLIC_URL"`
	Demo      bool   `help:"Fill an empty installation with an invented company and print its logins."`
	LogFormat string `help:"text or json." enum:"text,json" default:"text" env:"PROSA_LOG_FORMAT"`
}

func (s *serveCmd) Run(ctx context.Context, c *commands) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	cfg := c.config()
	cfg.Listen, cfg.PublicURL, cfg.Demo = s.Listen, s.PublicURL, s.Demo
	cfg, err := cfg.Complete()
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, logger(s.LogFormat))
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, stop(a))
	}
	greet(a)
	select {
	case <-ctx.Done():
		err = nil
	case err = <-a.Failed():
	}
	return errors.Join(err, stop(a))
}

func stop(a *app.App) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	return a.Stop(ctx)
}

func logger(format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// greet tells the person at the terminal where to go next.
func greet(a *app.App) {
	fmt.Printf("\nProsa %s is ready: %s\n", version, a.Config.PublicURL)
	if a.Config.Demo {
		fmt.Println("\nDemo company Aurora Móveis (invented data). Sign in with:")
		for _, l := range demo.Logins() {
			fmt.Printf("  %-12s %-42s %s\n", l.Role, l.Email, l.Password)
		}
	}
	if code := a.SetupCode(); code != "" {
		fmt.Printf("\nFirst run: open %s/setup and enter the code %s\n", a.Config.PublicURL, code)
	} else if a.NeedsSetup() {
		fmt.Printf("\nFirst run: open %s/setup to create the company and its administrator.\n", a.Config.PublicURL)
	}
	fmt.Println()
}
