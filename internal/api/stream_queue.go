package api

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// stream is one open connection of a browser: frames that wait to be written.
// The bytes are shared by all streams that show the same.
type stream struct {
	room    *room
	watcher *watcher
	user    desk.ID
	session desk.ID
	expires atomic.Int64  // of the session, as last read; 0 = not read yet
	wake    chan struct{} // there is something to take

	mu    sync.Mutex
	queue [][]byte
	bytes int
	over  bool // nothing more is taken
	cut   bool // what waits is not worth writing
	out   wire // while it is served
}

func newStream(r *room, w *watcher, user, session desk.ID) *stream {
	return &stream{room: r, watcher: w, user: user, session: session, wake: make(chan struct{}, 1)}
}

// push queues frames. A reader too slow for them is cut: it will connect again
// and read everything anew.
func (s *stream) push(frames [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	for _, f := range frames {
		s.bytes += len(f)
	}
	if s.queue = append(s.queue, frames...); len(s.queue) > s.room.hub.limits.frames || s.bytes > s.room.hub.limits.bytes {
		s.abort()
	}
	s.signal()
}

// end lets the stream write what waits, with a last frame, and then close.
func (s *stream) end(last []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.queue, s.over = append(s.queue, last), true
	s.signal()
}

// drop closes the stream without another word.
func (s *stream) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abort()
	s.signal()
}

// abort throws away what waits and lets a write in progress fail.
func (s *stream) abort() {
	s.over, s.cut = true, true
	s.queue, s.bytes = nil, 0
	if s.out != nil {
		_ = s.out.SetWriteDeadline(time.Unix(1, 0)) // where there are no deadlines, no write waits either
	}
}

// wasCut tells whether what was written last did not get through.
func (s *stream) wasCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cut
}

func (s *stream) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// next takes what waits; over means that nothing follows it.
func (s *stream) next() (frames [][]byte, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames, s.queue, s.bytes = s.queue, nil, 0
	return frames, s.over
}

// attach gives the stream its way out; nil takes it away.
func (s *stream) attach(out wire) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out = out
}

// allow gives the next write until a deadline, unless the stream was cut.
// HTTP/2 ends an idle stream whose deadline passes, so it is lifted (the zero
// time) after the write.
func (s *stream) allow(until time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut || s.out == nil {
		return false
	}
	_ = s.out.SetWriteDeadline(until)
	return true
}
