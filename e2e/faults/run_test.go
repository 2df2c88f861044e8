package faults_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// run is one run on one database: the program, the provider, those who write
// to it and from it, and what all of them remember.
type run struct {
	t      *testing.T
	seed   uint64
	ctx    context.Context // ends with the run
	desk   desk
	store  storage
	meta   *meta
	post   *courier
	crowd  *crowd
	people []*person
	ada    *browser // the administrator; works no tickets

	queues      []string
	numbers     []string          // phone number ids
	hooks       map[string]string // number → webhook URL
	connections map[string]string // number → connection
	numberOf    map[string]string // connection → number
	template    string

	moving sync.WaitGroup // people, to other queues

	mu    sync.Mutex
	books books
	once  map[string]bool
}

// storage is where the program keeps its data, and what can be done to it.
type storage interface {
	open(ctx context.Context) (*dbx.DB, error) // to look inside
	lock(ctx context.Context, d time.Duration) error
	volume() *volume
	cluster() *cluster // nil on an embedded database
}

// random is a stream of random numbers of one's own: what one actor draws does
// not depend on how fast the others are.
func (r *run) random(name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash takes everything
	return rand.New(rand.NewPCG(r.seed, h.Sum64()))
}

// wrong notes what an actor found wrong on the spot, each thing once.
func (r *run) wrong(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if !r.once[text] {
		r.once[text] = true
		r.books.other = append(r.books.other, text)
	}
}

func (r *run) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// pause lets an actor rest.
func (r *run) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.ctx.Done():
	}
}

// until waits until ok, and tells whether it came to that.
func (r *run) until(within time.Duration, ok func() bool) bool {
	deadline := time.Now().Add(within)
	for pause := 10 * time.Millisecond; r.ctx.Err() == nil; pause = min(2*pause, 250*time.Millisecond) {
		if ok() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
		r.pause(pause)
	}
	return false
}

// sighted notes a ticket as somebody was shown it.
func (r *run) sighted(t *ticket, where string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.books.seen = append(r.books.seen, sighting{t.state(), where})
}

func (r *run) ticked(m *message, where string) {
	if m.Direction != "out" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.books.ticks = append(r.books.ticks, m.tick(where))
}
