package api

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prosa-desk/prosa/internal/desk"
)

func TestStreamsOfOneUserAreLimited(t *testing.T) {
	h := newHouse(t, testDB(t), func(h *Hub) { h.limits.perUser = 2 })
	session := h.session(h.ana)
	first := h.listenTo(h.ana, session)
	h.listenTo(h.ana, session)
	res := h.request(session)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusTooManyRequests {
		t.Fatalf("the third stream: %s", res.Status)
	}
	h.listen(h.bruno)
	_ = first.body.Close()
	h.eventually("there is room again", func() bool {
		res := h.request(session)
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// eventually waits until something is so.
func (h *house) eventually(what string, so func() bool) {
	h.Helper()
	for deadline := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			h.Fatalf("never: %s", what)
		}
	}
}

// A reader who takes nothing is cut, because too much waits for her or because
// a write takes too long: her connection is closed and nothing is left of it.
// The others don't notice.
func TestStreamCutsSlowReaders(t *testing.T) {
	for name, strict := range map[string]func(*Hub){
		"too much waits": func(h *Hub) { h.limits.bytes = 512 << 10 },
		"too long":       func(h *Hub) { h.limits.bytes, h.limits.frames, h.timing.write = 1<<40, 1<<30, 20*time.Millisecond },
	} {
		before := goleak.IgnoreCurrent()
		t.Run(name, func(t *testing.T) { cutSlowReader(t, strict) })
		goleak.VerifyNone(t, before, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
	}
}

func cutSlowReader(t *testing.T, strict func(*Hub)) {
	h := newHouse(t, testDB(t), strict)
	conn, err := net.Dial("tcp", h.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Session: %s\r\n\r\n", h.session(h.boss)); err != nil {
		t.Fatal(err)
	}
	h.eventually("she is there", func() bool { return h.streamsOf(h.boss) > 0 })
	quick := h.listen(h.sonia)
	h.writes("5511987654321", h.one, h.vendas, "Olá")
	long := strings.Repeat("palavra ", 2000)
	for i := 0; h.streamsOf(h.boss) > 0; i++ {
		if i > 3000 {
			t.Fatal("the slow reader is still there")
		}
		h.writes("5511987654321", h.one, h.vendas, long)
		if i%8 == 0 {
			quick.told()
		}
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("her connection is still open")
	}
	_, m := h.writes("5511987654321", h.one, h.vendas, "Fim")
	if got := quick.told(); !slices.Contains(got, "message.created "+m.ID.String()) {
		t.Fatalf("the quick reader was told %q", got)
	}
}

// streamsOf counts the open streams of a user.
func (h *house) streamsOf(user desk.ID) int {
	r := h.hub.room(h.account)
	if r == nil {
		return 0
	}
	return len(slices.DeleteFunc(r.streams(), func(s *stream) bool { return s.user != user }))
}

// Stop ends all streams, refuses new ones and leaves nothing running, not even
// for a reader who takes nothing.
func TestStreamShutdown(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("stop", func(t *testing.T) {
		h := newHouse(t, testDB(t))
		h.hub.timing.write = time.Hour
		conn, err := net.Dial("tcp", h.http.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Session: %s\r\n\r\n", h.session(h.boss)); err != nil {
			t.Fatal(err)
		}
		h.eventually("she is there", func() bool { return h.streamsOf(h.boss) > 0 })
		ana := h.listen(h.ana)
		long := strings.Repeat("palavra ", 8000)
		for range 150 {
			h.writes("5511987654321", h.one, h.vendas, long)
		}
		h.stop()
		ana.ends()
		res := h.request(h.session(h.ana))
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("after the stop: %s %s %v", res.Status, text, err)
		}
		h.stop() // again is harmless
		if len(h.hub.rooms) != 0 {
			t.Fatalf("%d rooms are left", len(h.hub.rooms))
		}
	})
	goleak.VerifyNone(t, before, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// An account without streams costs nothing: its room goes with the last one.
func TestStreamRoomsEnd(t *testing.T) {
	h := newHouse(t, testDB(t))
	for range 3 {
		e := h.listen(h.ana)
		h.writes("5511987654321", h.one, h.vendas, "Olá")
		e.forget()
		_ = e.body.Close()
		h.eventually("the room is gone", func() bool { return h.hub.room(h.account) == nil })
	}
}

// An idle stream costs at most 12 kB, connection and goroutines included; with
// the server's buffers, request and stack it would be over twice that.
func TestStreamMemory(t *testing.T) {
	if raced {
		t.Skip("the race detector needs memory of its own")
	}
	h := newHouse(t, testDB(t), func(h *Hub) { h.limits.perUser = 1000 })
	const n = 400
	session := h.session(h.ana)
	h.listenTo(h.ana, session)
	before := used()
	conns := make([]net.Conn, n)
	for i := range conns {
		conn, err := net.Dial("tcp", h.http.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Session: %s\r\n\r\n", session); err != nil {
			t.Fatal(err)
		}
		conns[i] = conn
	}
	h.eventually("all streams are open", func() bool { return h.streamsOf(h.ana) > n })
	each := (used() - before) / n
	t.Logf("%d bytes for an idle stream", each)
	if each > 12<<10 {
		t.Fatalf("an idle stream costs %d bytes", each)
	}
	runtime.KeepAlive(conns)
}

// used is the memory in use, after what nobody holds is gone.
func used() int64 {
	var m runtime.MemStats
	for range 4 { // each halves stacks that were once deep
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
