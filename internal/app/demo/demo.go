// Package demo fills an empty installation with the invented company Aurora
// Móveis. It plays a story through the real thing: customers write in the
// simulator, its signed webhooks reach the real ingress, agents answer through
// the real outbox; only the clock is one of the story's own. So both sides
// hold the same history, windows, statuses and prices included.
package demo

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/channel/whatsappcloud"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/ingress"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/outbox"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/store"
)

//go:embed templates.json
var templatesJSON []byte

// Options are what the demo is made with.
type Options struct {
	DB    *dbx.DB
	Node  int
	Files *media.Disk
	Hash  func(ctx context.Context, password string) (string, error)
	// Vault seals and opens the secrets of the simulated connections.
	Seal func(account, connection desk.ID, settings map[string]string, secrets []string) (map[string]string, error)
	Open routing.Opener
	Now  time.Time // the present: the story ends here
	Log  *slog.Logger
}

// clock is the story's time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// to moves the clock forward; it never goes back.
func (c *clock) to(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

func (c *clock) pass(d time.Duration) { c.to(c.Now().Add(d)) }

// seeder plays the story.
type seeder struct {
	Options
	clock   *clock
	store   *store.Store
	world   *sandbox.Sandbox
	outbox  *outbox.Outbox
	desk    *routing.Desk
	dir     *routing.Directory
	company *company
	adapter *whatsappcloud.Adapter
	server  *http.Server
	address string
}

// Seed creates the demo company on an empty installation. On one that has an
// account it does nothing and reports false.
func Seed(ctx context.Context, o Options) (bool, error) {
	story, err := parseStory(storyText)
	if err != nil {
		return false, err
	}
	s := &seeder{Options: o, clock: &clock{now: o.Now.Add(-story[0].ago - time.Hour)}}
	s.store = store.New(o.DB, desk.NewIDs(s.clock.Now, o.Node, 0), s.clock.Now, nil)
	if used, err := s.store.HasAccounts(o.DB.Read(ctx)); err != nil || used {
		return false, err
	}
	if err := s.build(ctx); err != nil {
		return false, err
	}
	err = s.play(ctx, story)
	return err == nil, errors.Join(err, s.stop(ctx))
}

// build wires the parts of the real program to the story's clock.
func (s *seeder) build(ctx context.Context) error {
	s.adapter = whatsappcloud.New(whatsappcloud.Options{Now: s.clock.Now, Log: s.Log})
	registry := channel.Registry{desk.WhatsAppOfficial: s.adapter}
	s.world = sandbox.New(sandbox.Options{DB: s.DB, Now: s.clock.Now, Seed: 1, Log: s.Log, IDs: s.store.IDs.Next})
	s.dir = routing.NewDirectory(s.store, registry, s.Open, func() string { return s.address })
	s.store.Notify = func(e desk.Event) { s.dir.Forget(e.AccountID) }
	rates, err := outbox.DefaultRates()
	if err != nil {
		return err
	}
	s.desk = routing.New(s.store, s.Log)
	s.outbox = outbox.New(outbox.Options{Store: s.store, Directory: s.dir, Desk: s.desk, Registry: registry, Rates: rates, Now: s.clock.Now, Log: s.Log})
	runner := jobs.New(jobs.Config{Store: s.store, Now: s.clock.Now, Rand: rand.Reader, Log: s.Log}) // never started: the program runs what is queued
	receiver := inbound.New(inbound.Config{Store: s.store, Directory: s.dir, Desk: s.desk, Registry: registry, Outbox: s.outbox,
		Jobs: runner, Files: s.Files, Now: s.clock.Now, Log: s.Log})
	for _, k := range receiver.Kinds() {
		runner.Handle(k)
	}
	hooks := &ingress.Hooks{Directory: s.dir, Registry: registry, Receiver: receiver, Now: s.clock.Now, Log: s.Log}
	if err := s.listen(ctx, hooks); err != nil {
		return err
	}
	return s.outbox.Start(ctx, outbox.Sole{})
}

// listen serves the simulator and the ingress to each other for as long as the
// story lasts.
func (s *seeder) listen(ctx context.Context, hooks *ingress.Hooks) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	mux := http.NewServeMux()
	hooks.Register(mux)
	mux.Handle("/", s.world.Graph())
	s.address = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.Log.Error("demo: serve", "err", err)
		}
	}()
	return nil
}

func (s *seeder) stop(ctx context.Context) error {
	return errors.Join(s.outbox.Stop(ctx), s.server.Shutdown(ctx))
}

// play founds the company, connects its numbers and lets everything happen.
func (s *seeder) play(ctx context.Context, story []moment) error {
	if err := s.found(ctx); err != nil {
		return fmt.Errorf("demo company: %w", err)
	}
	if err := s.connect(ctx); err != nil {
		return fmt.Errorf("demo connections: %w", err)
	}
	for _, m := range story {
		s.clock.to(s.Now.Add(-m.ago))
		if err := s.happen(ctx, m); err != nil {
			return fmt.Errorf("demo story, line %d: %w", m.at, err)
		}
	}
	s.clock.to(s.Now.Add(-time.Second))
	return s.deliver(ctx)
}

// connect makes the simulated numbers, their connections and templates.
func (s *seeder) connect(ctx context.Context) error {
	account := s.company.account.ID
	for i, l := range lines() {
		key, err := store.PublicKey(rand.Reader)
		if err != nil {
			return err
		}
		secrets := [3]string{}
		for n := range secrets {
			if secrets[n], err = store.PublicKey(rand.Reader); err != nil {
				return err
			}
		}
		// Both numbers belong to one app at Meta and share its secret.
		n := sandbox.Number{AccountID: account, PhoneNumberID: l.phoneID, WABAID: waba, Display: l.number, VerifiedName: l.verified,
			AccessToken: secrets[0], AppSecret: secrets[1], VerifyToken: secrets[2],
			CallbackURL: s.address + "/hooks/" + string(desk.WhatsAppOfficial) + "/" + key}
		if err := s.world.AddNumber(ctx, n); err != nil {
			return err
		}
		if i == 0 {
			if err := s.world.SeedTemplates(ctx, account, waba, json.RawMessage(templatesJSON)); err != nil {
				return err
			}
		}
		if err := s.connectOne(ctx, l, n, key, i == 0); err != nil {
			return err
		}
	}
	return s.syncTemplates(ctx)
}

func (s *seeder) connectOne(ctx context.Context, l line, n sandbox.Number, key string, first bool) error {
	account, id := n.AccountID, s.store.IDs.Next()
	settings := map[string]string{"phone_number_id": n.PhoneNumberID, "waba_id": n.WABAID, "access_token": n.AccessToken,
		"app_secret": n.AppSecret, "verify_token": n.VerifyToken}
	var secrets []string
	for _, f := range s.adapter.Settings().Fields {
		if f.Secret {
			secrets = append(secrets, f.Key)
		}
	}
	sealed, err := s.Seal(account, id, settings, secrets)
	if err != nil {
		return err
	}
	err = s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		_, err := s.store.CreateConnection(tx, store.Operator(account), store.ConnectionNew{ID: id, PublicKey: key,
			Kind: desk.WhatsAppOfficial, Name: l.name, Identifier: l.readable, ExternalID: n.PhoneNumberID, GroupID: n.WABAID,
			Settings: sealed, Secrets: secrets, Default: first, Simulated: true, Queues: []desk.ID{s.company.queues[l.queue]}})
		return err
	})
	if err != nil {
		return err
	}
	s.dir.Forget(account)
	row, open, err := s.dir.Connection(ctx, account, id)
	if err != nil {
		return err
	}
	s.company.lines[l.key] = row
	health, err := s.adapter.Check(ctx, open)
	if err != nil {
		return err
	}
	return s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		_, err := s.store.SetConnectionHealth(tx, account, id, desk.System(), store.ConnectionHealth{
			State: health.State, Reason: health.Reason, Details: health.Details})
		return err
	})
}

func (s *seeder) syncTemplates(ctx context.Context) error {
	account := s.company.account.ID
	s.dir.Forget(account)
	row, open, err := s.dir.Connection(ctx, account, s.company.lines["loja"].ID)
	if err != nil {
		return err
	}
	return s.adapter.Templates(ctx, open, func(page []desk.Template) error {
		return s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
			return s.store.SyncTemplates(tx, account, row.Kind, row.GroupID, desk.TimeOf(s.clock.Now()), page)
		})
	})
}
