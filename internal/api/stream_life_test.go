package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

func TestStreamHeadersAndFirstFrame(t *testing.T) {
	h := newHouse(t, testDB(t), func(h *Hub) { h.timing.heartbeat = 10 * time.Millisecond })
	res := h.request(h.session(h.ana))
	defer func() { _ = res.Body.Close() }()
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	b := make([]byte, 0, 200)
	for !strings.Contains(string(b), "\n\n:\n\n") {
		part := make([]byte, 100)
		n, err := res.Body.Read(part)
		if b = append(b, part[:n]...); err != nil {
			t.Fatalf("%v after %q", err, b)
		}
	}
	var retry int
	first, rest, _ := strings.Cut(string(b), "\n")
	if _, err := fmt.Sscanf(first, "retry: %d", &retry); err != nil || retry < 1000 || retry >= 3000 ||
		!strings.HasPrefix(rest, "event: hello\ndata: {\"type\":\"hello\",\"version\":\"1.2.3\"}\n\n") {
		t.Fatalf("begins with %q (%v)", b, err)
	}
}

func TestStreamNeedsASession(t *testing.T) {
	h := newHouse(t, testDB(t))
	res := h.request(h.s.IDs.Next())
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusUnauthorized || res.Header.Get("Content-Type") != problemType {
		t.Fatalf("%s %s", res.Status, res.Header.Get("Content-Type"))
	}
}

// Through the whole server: the cookie, the middlewares, a browser that takes
// gzip.
func TestStreamThroughTheServer(t *testing.T) {
	w := newWorld(t, testDB(t))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.http.URL+basePath+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.AddCookie(&http.Cookie{Name: auth.CookieName, Value: w.ana.cookie})
	res, err := w.http.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != "" {
		t.Fatalf("%s %v", res.Status, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	hears := func(kind string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == "event: "+kind {
				return
			}
		}
		t.Fatalf("the stream ended before %s: %v", kind, lines.Err())
	}
	hears(frameHello)
	w.call(w.elisa, "PATCH", "/users/"+w.ana.id.String(), map[string]any{"queues": []string{w.suporte.String()}}).want(200)
	hears(frameScope)
	w.call(w.elisa, "PATCH", "/queues/"+w.vendas.String(), map[string]any{"name": "Vendas e trocas"}).want(200)
	hears(frameRegister)
	w.call(w.ana, "DELETE", "/session", nil).want(204)
	hears(frameEnded)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event:") {
			t.Fatalf("after the end came %q", lines.Text())
		}
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	w.call(w.ana, "GET", "/stream", nil).refused(401, desk.CodeUnauthorized, "")
}

func TestStreamEndsWithItsSession(t *testing.T) {
	eachHouse(t, func(h *house) {
		here, there, bruno := h.listen(h.ana), h.listen(h.ana), h.listen(h.bruno)
		h.do(func(tx *dbx.Tx) error { return h.s.EndSession(tx, h.account, h.ana, here.session, "signed_out") })
		here.ends()
		if got := here.frames[len(here.frames)-1].kind; got != frameEnded {
			t.Fatalf("the last frame was %s", got)
		}
		ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
		if got := there.told(); !slices.Contains(got, "ticket.added "+ticket.ID.String()) {
			t.Fatalf("the other session was told %q", got)
		}
		off := false
		h.updateUser(h.ana, store.UserPatch{Active: &off})
		there.ends()
		if got := bruno.told(); slices.Contains(got, frameEnded) {
			t.Fatalf("Bruno was told %q", got)
		}
	})
}

// A session that expires ends its stream; one that was used meanwhile goes on.
func TestStreamEndsWhenTheSessionExpires(t *testing.T) {
	h := newHouse(t, testDB(t), func(h *Hub) { h.timing.heartbeat = 5 * time.Millisecond })
	idle, busy := h.listen(h.ana), h.listen(h.bruno)
	idle.forget() // the hub has read the sessions
	busy.forget()
	h.do(func(tx *dbx.Tx) error { return h.s.TouchSession(tx, busy.session, h.now()+1, h.now().Add(2*time.Hour)) })
	h.clock.Advance(time.Hour)
	idle.ends()
	ticket, m := h.writes("5511987654321", h.one, h.suporte, "Olá")
	if got := busy.told(); !slices.Contains(got, "message.created "+m.ID.String()) {
		t.Fatalf("told %q of %v", got, ticket.ID)
	}
}

// Whatever happened while the stream was being opened is noticed.
func TestStreamNoticesWhatHappenedWhileJoining(t *testing.T) {
	eachHouse(t, func(h *house) {
		_, v, _, err := h.s.SessionViewer(h.q(), h.session(h.ana))
		if err != nil {
			t.Fatal(err)
		}
		for _, revoke := range []bool{false, true} {
			session := h.session(h.ana)
			p, err := h.authenticate(requestOf(session))
			if err != nil {
				t.Fatal(err)
			}
			h.deaf.Store(true) // no event of it reaches the stream
			if revoke {
				h.do(func(tx *dbx.Tx) error { return h.s.EndSession(tx, h.account, h.ana, session, "signed_out") })
			} else {
				h.queues(h.ana, h.suporte)
			}
			h.s.DB.Settle()
			h.deaf.Store(false)
			s, err := h.hub.join(&p)
			if err != nil {
				t.Fatal(err)
			}
			want := frameScope
			if revoke {
				want = frameEnded
			}
			var text strings.Builder
			for deadline := time.Now().Add(10 * time.Second); !strings.Contains(text.String(), "event: "+want); time.Sleep(time.Millisecond) {
				frames, _ := s.next()
				for _, f := range frames {
					text.Write(f)
				}
				if time.Now().After(deadline) {
					t.Fatalf("revoked %v: told %q", revoke, text.String())
				}
			}
			h.hub.leave(s)
			h.queues(h.ana, v.Queues...)
		}
	})
}

func requestOf(session desk.ID) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "/", nil)
	if err != nil {
		panic(err)
	}
	r.Header.Set("X-Session", session.String())
	return r
}

// Lost events: every browser reads everything again, with the rights and
// sessions of now.
func TestStreamAfterLostEvents(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.suporte, "Olá")
		ana, bruno := h.listen(h.ana), h.listen(h.bruno)
		ana.forget()
		bruno.forget()
		h.deaf.Store(true)
		h.queues(h.ana, h.suporte)
		h.do(func(tx *dbx.Tx) error { return h.s.EndSession(tx, h.account, h.bruno, bruno.session, "signed_out") })
		h.s.DB.Settle()
		h.deaf.Store(false)
		h.hub.lost()
		ana.awaitFrame(frameResync)
		ana.hears(frameResync)
		bruno.ends()
		if got := ana.shows(); !slices.Equal(got, []desk.ID{ticket.ID}) {
			t.Fatalf("shows %v", got)
		}
		_, m := h.writes("5511987654321", h.one, h.suporte, "Alguém?")
		ana.hears("ticket.updated "+ticket.ID.String(), "message.created "+m.ID.String())
	})
}

// More than a round may hold: the browsers read everything instead.
func TestStreamAfterTooMuch(t *testing.T) {
	h := newHouse(t, testDB(t), func(h *Hub) { h.limits.work = 10; h.timing.gather = 100 * time.Millisecond })
	ana := h.listen(h.ana)
	ana.forget()
	for i := range 20 {
		h.writes(fmt.Sprintf("55119876543%02d", i), h.one, h.vendas, "Olá")
	}
	h.s.DB.Settle()
	ana.awaitFrame(frameResync)
	ana.await("all 20", func() bool { return len(ana.held) == 20 })
}

// A round that fails is made good as soon as it can be.
func TestStreamAfterAFailedRound(t *testing.T) {
	h := newHouse(t, testDB(t))
	ana := h.listen(h.ana)
	ana.forget()
	fails := make(chan struct{}, 100)
	for range 2 {
		fails <- struct{}{}
	}
	h.line.secret = func() error {
		select {
		case <-fails:
			return &dbx.Error{Kind: dbx.Transient, Err: io.ErrUnexpectedEOF}
		default:
			return nil
		}
	}
	ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
	ana.awaitFrame(frameResync)
	ana.await("the ticket", func() bool { return ana.held[ticket.ID] > 0 })
}
