// Package sandbox simulates the outside world of a WhatsApp connection: Meta's
// Graph API with the rules that bite in real life, its webhooks, and the
// phones of the customers. It knows nothing of the desk, so that what talks to
// it is proven against something independent.
//
// It is one world per account, kept in the database: what was accepted and
// which webhooks are still owed survives a restart. Limits of rate are kept in
// memory. Webhooks are delivered by the process that called Start; only one
// process of an installation should.
package sandbox

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// Options are what a Sandbox needs from outside.
type Options struct {
	DB  *dbx.DB
	Now func() time.Time // nil: time.Now
	// Seed makes faults and batching repeatable: the n-th draw of a number is
	// the same in every run.
	Seed uint64
	Log  *slog.Logger // nil: silent
	// HTTP delivers webhooks and verifies callback URLs. Nil: a client with a
	// time-out of 10 s.
	HTTP *http.Client
	// Links downloads media given by link. Nil: Meta's download fails, so that
	// nobody reaches hosts through the simulator unless that is wanted.
	Links *http.Client
	IDs   func() desk.ID
	// GraphURL is the address of Graph as others reach it, without a trailing
	// slash; if set, received media webhooks carry a direct url as well.
	GraphURL string
	// Changed is told, after the commit, that a chat looks different; chat 0
	// means all of the account.
	Changed func(accountID, chatID desk.ID)
}

// Sandbox is the simulated world.
type Sandbox struct {
	db       *dbx.DB
	now      func() time.Time
	log      *slog.Logger
	http     *http.Client
	links    *http.Client
	ids      func() desk.ID
	graphURL string
	changed  func(accountID, chatID desk.ID)
	dice     *dice
	rate     *rules.Limiter[desk.ID] // by number
	pairs    *rules.Limiter[pair]
	couriers couriers
}

// pair is a business number and a user, between whom Meta limits the rate.
type pair struct{ number, user desk.ID }

// postTimeout is how long Meta waits for the answer to a webhook.
const postTimeout = 10 * time.Second

// New returns a Sandbox; nothing runs until Start.
func New(o Options) *Sandbox {
	s := &Sandbox{db: o.DB, now: o.Now, log: o.Log, ids: o.IDs, links: o.Links, graphURL: o.GraphURL, changed: o.Changed,
		http: cmp.Or(o.HTTP, &http.Client{Timeout: postTimeout}),
		dice: newDice(o.Seed), rate: rules.NewLimiter[desk.ID](), pairs: rules.NewLimiter[pair]()}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.changed == nil {
		s.changed = func(desk.ID, desk.ID) {}
	}
	s.couriers.byNumber = map[desk.ID]*courier{}
	return s
}

// Start begins to deliver webhooks, first those a former run left.
func (s *Sandbox) Start(ctx context.Context) error {
	numbers, err := s.allNumbers(ctx)
	if err != nil {
		return err
	}
	s.couriers.start(context.WithoutCancel(ctx), s, numbers)
	return nil
}

// Stop ends the delivery: requests under way are finished while ctx lasts,
// what is still owed stays in the database.
func (s *Sandbox) Stop(ctx context.Context) error { return s.couriers.stop(ctx) }

// stamp is the present in the form of the database.
func (s *Sandbox) stamp() desk.Time { return desk.TimeOf(s.now()) }

// found turns a missing row into a 404.
func found(err error) error {
	if dbx.IsNotFound(err) {
		return desk.Missing()
	}
	return err
}
