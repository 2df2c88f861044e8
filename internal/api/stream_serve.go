package api

import (
	"net/http"
	"time"

	"github.com/prosa-desk/prosa/internal/auth"
)

// heartbeat is a comment: browsers ignore it, proxies see life.
const heartbeat = ":\n\n"

// handler serves GET /stream to whom authenticate knows.
func (h *Hub) handler(authenticate func(*http.Request) (auth.Principal, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := h.enter(r, authenticate)
		if err != nil {
			writeProblem(w, problemOf(r.Context(), h.Log, err))
			return
		}
		defer h.leave(s)
		h.serve(w, r, s)
	})
}

func (h *Hub) enter(r *http.Request, authenticate func(*http.Request) (auth.Principal, error)) (*stream, error) {
	p, err := authenticate(r)
	if err != nil {
		return nil, err
	}
	return h.join(&p)
}

// serve writes a stream until its reader leaves or it ends. What waits is
// written and flushed at once.
func (h *Hub) serve(w http.ResponseWriter, r *http.Request, s *stream) {
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // the server's limit is for requests that end
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // nginx: pass on what comes
	w.WriteHeader(http.StatusOK)
	s.attach(rc)
	defer s.attach(nil)
	beat := time.NewTicker(h.timing.heartbeat)
	defer beat.Stop()
	for {
		frames, over := s.next()
		if !h.write(w, rc, s, frames...) || over {
			return
		}
		select {
		case <-s.wake:
		case <-beat.C:
			s.room.recheck(s)
			if !h.write(w, rc, s, []byte(heartbeat)) {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// write sends frames and reports whether the reader took them in time.
func (h *Hub) write(w http.ResponseWriter, rc *http.ResponseController, s *stream, frames ...[]byte) bool {
	if len(frames) == 0 {
		return true
	}
	// The network's clock is the machine's, whatever h.Now says.
	if !s.allow(time.Now().Add(h.timing.write)) {
		return false
	}
	for _, f := range frames {
		if _, err := w.Write(f); err != nil {
			return false
		}
	}
	return rc.Flush() == nil && s.allow(time.Time{})
}
