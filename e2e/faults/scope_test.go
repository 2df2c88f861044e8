package faults_test

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// scope are an agent's queues. While an administrator changes them, and until
// her browser has been told, either the former or the new ones may show.
type scope struct {
	mu       sync.Mutex
	queues   []string
	former   []string
	answered time.Time // when the change was; zero while it is under way
}

func (s *scope) now() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queues
}

func (s *scope) may(queue string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.queues, queue) || slices.Contains(s.former, queue)
}

// begin starts a change; false if there is nothing to change or one goes on.
func (s *scope) begin(queues []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Equal(s.queues, queues) || s.former != nil {
		return false
	}
	s.queues, s.former, s.answered = queues, s.queues, time.Time{}
	return true
}

func (s *scope) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered = time.Now()
}

// told is called when the browser was told to read everything again, by a
// connection that began or a frame that came at a time.
func (s *scope) told(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.answered.IsZero() && at.After(s.answered) {
		s.former = nil
	}
}

// moves has the administrator give an agent other queues, and insist.
func (r *run) moves(p *person, choice int) {
	var queues []string
	for i, q := range r.queues {
		if (1+choice%7)>>i&1 == 1 {
			queues = append(queues, q)
		}
	}
	if p.role != "user" || !p.scope.begin(queues) {
		return
	}
	for r.ctx.Err() == nil {
		err := r.ada.call(r.ctx, http.MethodPatch, "/users/"+p.id, "", fields{"queues": queues}, nil)
		if err == nil {
			p.scope.done()
			return
		}
		if refused(err) {
			r.wrong("moving %s: %v", p.name, err)
			return
		}
		r.pause(50 * time.Millisecond)
	}
}
