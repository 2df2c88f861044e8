// Package bus hands committed events to whoever listens in this process: the
// stream, the caches, the outbox.
//
// It is told of an event after its transaction has committed and promises
// nothing more than speed: what must happen happens because a row says so.
// A subscriber that falls behind loses events and is told, so that it reads
// the database again instead.
//
// Between nodes the same events will travel over NATS, one subject per
// account. The place for that is here and small: a subscriber that sends what
// this node published, and a receiver that calls Publish with what the others
// did. Nothing that listens needs to know.
package bus

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Bus fans events out to subscribers. The zero Log discards.
type Bus struct {
	Log *slog.Logger

	mu   sync.RWMutex
	subs []*subscriber
}

// New returns a bus without subscribers.
func New() *Bus { return &Bus{Log: slog.New(slog.DiscardHandler)} }

// Option changes how a subscriber is served.
type Option func(*subscriber)

// OnLost has fn called, on the subscriber's goroutine, when events were
// dropped because the subscriber was too slow. Everything published before the
// call may be missing; everything published after it will be delivered.
func OnLost(fn func()) Option { return func(s *subscriber) { s.lost = fn } }

// Subscribe has fn called with every event published from now on, in order, on
// a goroutine of its own. At most buffer events wait for it. The returned
// function ends the subscription and waits for a call in progress; it must not
// be called from fn.
func (b *Bus) Subscribe(name string, buffer int, fn func(desk.Event), opts ...Option) (cancel func()) {
	s := &subscriber{name: name, log: b.Log, buffer: max(buffer, 1), fn: fn, ended: make(chan struct{})}
	s.changed.L = &s.mu
	for _, o := range opts {
		o(s)
	}
	b.mu.Lock()
	b.subs = append(slices.Clip(b.subs), s)
	b.mu.Unlock()
	go s.loop()
	return func() { b.drop(s) }
}

func (b *Bus) drop(s *subscriber) {
	b.mu.Lock()
	b.subs = slices.DeleteFunc(slices.Clone(b.subs), func(o *subscriber) bool { return o == s })
	b.mu.Unlock()
	s.stop()
}

// Publish hands e to every subscriber. It never waits for one of them.
func (b *Bus) Publish(e desk.Event) {
	b.mu.RLock()
	subs := b.subs
	b.mu.RUnlock()
	for _, s := range subs {
		s.push(e)
	}
}

// Lose tells every subscriber that events may be missing: a commit whose answer
// was lost may have happened.
func (b *Bus) Lose() {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, s := range b.subs {
		s.lose()
	}
}

// subscriber is a bounded queue with a goroutine behind it.
type subscriber struct {
	name   string
	log    *slog.Logger
	buffer int
	fn     func(desk.Event)
	lost   func()
	ended  chan struct{}

	mu      sync.Mutex
	changed sync.Cond
	queue   []desk.Event
	missed  bool
	stopped bool
}

// push queues e. A full queue is dropped whole: the subscriber has to read the
// state again anyway, and what is older than that reading is of no use to it.
func (s *subscriber) push(e desk.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	if len(s.queue) >= s.buffer {
		clear(s.queue)
		s.queue = s.queue[:0]
		s.missed = true
	} else {
		s.queue = append(s.queue, e)
	}
	s.changed.Signal()
}

// lose has the subscriber read the state again; what waits for it comes all the
// same, because not everybody reads.
func (s *subscriber) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	s.missed = true
	s.changed.Signal()
}

func (s *subscriber) stop() {
	s.mu.Lock()
	s.stopped = true
	s.changed.Signal()
	s.mu.Unlock()
	<-s.ended
}

func (s *subscriber) loop() {
	defer close(s.ended)
	var batch []desk.Event
	for {
		var missed, ok bool
		if batch, missed, ok = s.await(batch[:0]); !ok {
			return
		}
		if missed && s.lost != nil {
			s.call(s.lost)
		}
		for _, e := range batch {
			if s.isStopped() {
				return
			}
			s.call(func() { s.fn(e) })
		}
		clear(batch)
	}
}

// await takes what is queued, or waits for it. The slice it is given becomes
// the next queue, so that nothing is allocated in the long run.
func (s *subscriber) await(spare []desk.Event) (batch []desk.Event, missed, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) == 0 && !s.missed && !s.stopped {
		s.changed.Wait()
	}
	if s.stopped {
		return nil, false, false
	}
	batch, missed = s.queue, s.missed
	s.queue, s.missed = spare, false
	return batch, missed, true
}

func (s *subscriber) isStopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// call keeps a subscriber's panic from ending the process: the event is
// committed, and a listener only draws conclusions from it.
func (s *subscriber) call(fn func()) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("bus subscriber panicked", "subscriber", s.name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	fn()
}
