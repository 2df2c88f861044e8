package outbox

import (
	"sync"

	"github.com/prosa-desk/prosa/internal/desk"
)

// settled tells those who wait for a message's fate in this process. It is a
// convenience: the truth is the row, which they read in any case.
type settled struct {
	mu      sync.Mutex
	waiting map[desk.ID][]chan struct{}
}

// wait returns a channel that is closed when the message has settled.
func (s *settled) wait(id desk.ID) (<-chan struct{}, func()) {
	ch := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		s.waiting = map[desk.ID][]chan struct{}{}
	}
	s.waiting[id] = append(s.waiting[id], ch)
	return ch, func() { s.forget(id, ch) }
}

func (s *settled) forget(id desk.ID, ch chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range s.waiting[id] {
		if c == ch {
			s.waiting[id] = append(s.waiting[id][:i], s.waiting[id][i+1:]...)
			break
		}
	}
	if len(s.waiting[id]) == 0 {
		delete(s.waiting, id)
	}
}

// tell wakes all who wait for the message.
func (s *settled) tell(id desk.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ch := range s.waiting[id] {
		close(ch)
	}
	delete(s.waiting, id)
}
