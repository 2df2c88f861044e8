package api

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prosa-desk/prosa/internal/auth"
)

// heartbeat is a comment: browsers ignore it, proxies see life.
const heartbeat = ":\n\n"

// wire is what a stream is written to.
type wire interface {
	io.Writer
	SetWriteDeadline(t time.Time) error
}

// handler serves GET /stream to whom authenticate knows. A stream lasts for
// hours, so it takes its connection out of the server's hands: with it go the
// buffers, the request, and the stack on which it was read and judged. Where the
// connection is the server's to keep (HTTP/2), the request's goroutine writes.
func (h *Hub) handler(authenticate func(*http.Request) (auth.Principal, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := h.enter(r, authenticate)
		if err != nil {
			writeProblem(w, problemOf(r.Context(), h.Log, err))
			return
		}
		rc := http.NewResponseController(w)
		begin(w, rc)
		conn, _, err := rc.Hijack()
		if err != nil {
			defer h.leave(s)
			h.serve(served{w, rc}, r.Context().Done(), s)
			return
		}
		go h.serveConn(conn, s)
	})
}

func (h *Hub) enter(r *http.Request, authenticate func(*http.Request) (auth.Principal, error)) (*stream, error) {
	p, err := authenticate(r)
	if err != nil {
		return nil, err
	}
	return h.join(&p)
}

// begin writes the head of the answer. Its body ends with the connection, and
// so needs nobody who cuts it into chunks.
func begin(w http.ResponseWriter, rc *http.ResponseController) {
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // nginx: pass on what comes
	head.Set("Transfer-Encoding", "identity")
	w.WriteHeader(http.StatusOK)
	_ = rc.Flush()                      // a reader who is gone shows at the first frame
	_ = rc.SetReadDeadline(time.Time{}) // the server's limit is for requests that end
}

// serveConn serves a stream on a connection of its own.
func (h *Hub) serveConn(conn net.Conn, s *stream) {
	defer h.leave(s)
	defer func() { _ = conn.Close() }()
	defer func() {
		if p := recover(); p != nil {
			h.Log.Error("a stream panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	gone := make(chan struct{})
	go heed(conn, gone)
	h.serve(conn, gone, s)
	if tcp, is := conn.(*net.TCPConn); is && s.wasCut() {
		_ = tcp.SetLinger(0) // the system need not keep megabytes for who does not read
	}
}

// heed notices that the reader has left; what she says otherwise is of no use.
func heed(conn net.Conn, gone chan<- struct{}) {
	defer close(gone)
	var b [8]byte
	for {
		if _, err := conn.Read(b[:]); err != nil {
			return
		}
	}
}

// served writes by way of the server's answer.
type served struct {
	http.ResponseWriter
	*http.ResponseController
}

// Write implements io.Writer.
func (d served) Write(b []byte) (int, error) {
	n, err := d.ResponseWriter.Write(b)
	if err == nil {
		err = d.Flush()
	}
	return n, err
}

// serve writes a stream until its reader is gone or it ends. What waits is
// written at once.
func (h *Hub) serve(out wire, gone <-chan struct{}, s *stream) {
	s.attach(out)
	defer s.attach(nil)
	beat := time.NewTicker(h.timing.heartbeat)
	defer beat.Stop()
	for {
		frames, over := s.next()
		if !h.write(out, s, frames) || over {
			return
		}
		select {
		case <-s.wake:
		case <-beat.C:
			s.room.recheck(s)
			if !h.write(out, s, net.Buffers{[]byte(heartbeat)}) {
				return
			}
		case <-gone:
			return
		}
	}
}

// write sends frames and reports whether the reader took them in time.
func (h *Hub) write(out wire, s *stream, frames net.Buffers) bool {
	if len(frames) == 0 {
		return true
	}
	// The network's clock is the machine's, whatever h.Now says.
	if !s.allow(time.Now().Add(h.timing.write)) {
		return false
	}
	if _, err := frames.WriteTo(out); err != nil {
		s.drop()
		return false
	}
	return s.allow(time.Time{})
}
