package dbx

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// sequence runs after-commit callbacks on one goroutine, in the order in
// which their transactions took a place. A place is taken before COMMIT and
// settled after it, with the callbacks or, if it failed, with none.
type sequence struct {
	log *slog.Logger

	mu      sync.Mutex
	changed sync.Cond
	next    int64              // place of the next taker
	head    int64              // place whose turn it is
	settled map[int64][]func() // places settled but not yet run
	closing bool
	ended   chan struct{}
}

// noPlace is for transactions without callbacks: nobody waits for them.
const noPlace = -1

func newSequence(log *slog.Logger) *sequence {
	s := &sequence{log: log, settled: map[int64][]func(){}, ended: make(chan struct{})}
	s.changed.L = &s.mu
	go s.loop()
	return s
}

// take returns a place for a transaction with that many callbacks.
func (s *sequence) take(callbacks int) int64 {
	if callbacks == 0 {
		return noPlace
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	return s.next - 1
}

// settle says what is to be run in a place.
func (s *sequence) settle(place int64, callbacks []func()) {
	if place == noPlace {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled[place] = callbacks
	s.changed.Signal()
}

// settleAll waits until everything that took a place so far has run.
func (s *sequence) settleAll() {
	done := make(chan struct{})
	s.settle(s.take(1), []func(){func() { close(done) }})
	select {
	case <-done:
	case <-s.ended:
	}
}

// stop runs what is left and ends the goroutine.
func (s *sequence) stop() {
	s.mu.Lock()
	s.closing = true
	s.changed.Signal()
	s.mu.Unlock()
	<-s.ended
}

func (s *sequence) loop() {
	defer close(s.ended)
	for {
		callbacks, ok := s.await()
		if !ok {
			return
		}
		for _, fn := range callbacks {
			s.run(fn)
		}
	}
}

// await returns the callbacks of the place whose turn it is.
func (s *sequence) await() ([]func(), bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if callbacks, ok := s.settled[s.head]; ok {
			delete(s.settled, s.head)
			s.head++
			return callbacks, true
		}
		if s.closing && s.head == s.next {
			return nil, false
		}
		s.changed.Wait()
	}
}

// run keeps one bad callback from ending the process: the transaction is
// committed, and the callback only tells others of it.
func (s *sequence) run(fn func()) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("after-commit callback panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	fn()
}
