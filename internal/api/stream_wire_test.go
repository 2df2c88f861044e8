package api

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Where the connection carries other requests too, it stays the server's: the
// stream is told the same, notices that its reader leaves, and ends.
func TestStreamOverHTTP2(t *testing.T) {
	h := newHouse(t, testDB(t))
	plain := h.http
	h.http = httptest.NewUnstartedServer(plain.Config.Handler)
	h.http.EnableHTTP2 = true
	h.http.StartTLS()
	plain.Close()
	res := h.request(h.session(h.bruno))
	if res.ProtoMajor != 2 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", res.Proto, res.Header)
	}
	ana := h.listen(h.ana)
	_, m := h.writes("5511987654321", h.one, h.vendas, "Olá")
	if got := ana.told(); !slices.Contains(got, "message.created "+m.ID.String()) {
		t.Fatalf("told %q", got)
	}
	_ = res.Body.Close()
	h.eventually("Bruno's stream is gone", func() bool { return h.streamsOf(h.bruno) == 0 })
	h.stop()
	ana.ends()
}

// An old proxy asks in HTTP/1.0, which knows no chunks. What a reader says on
// her stream is of no interest, and no reason to end it.
func TestStreamToAnOldProxy(t *testing.T) {
	h := newHouse(t, testDB(t))
	conn, err := net.Dial("tcp", h.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.0\r\nX-Session: %s\r\n\r\n", h.session(h.ana)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != http.StatusOK || len(res.TransferEncoding) != 0 || !res.Close {
		t.Fatalf("%v %+v", err, res)
	}
	if _, err := conn.Write([]byte("anything")); err != nil {
		t.Fatal(err)
	}
	h.writes("5511987654321", h.one, h.vendas, "Olá")
	for want := range slices.Values([]string{frameHello, frameMessageCreated}) {
		for line := ""; !strings.HasPrefix(line, "event: "+want+"\n"); {
			if line, err = in.ReadString('\n'); err != nil {
				t.Fatalf("the stream ended before %s: %v", want, err)
			}
		}
	}
	_ = conn.Close()
	h.eventually("the stream is gone", func() bool { return h.streamsOf(h.ana) == 0 })
}

// A stream that panics ends alone.
func TestStreamThatPanicsEndsAlone(t *testing.T) {
	h := newHouse(t, testDB(t))
	ana := h.listen(h.ana)
	p, err := h.authenticate(requestOf(h.session(h.bruno)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.hub.join(&p)
	if err != nil {
		t.Fatal(err)
	}
	h.hub.serveConn(brokenConn{}, s)
	if n := h.streamsOf(h.bruno); n != 0 {
		t.Errorf("%d streams are left", n)
	}
	_, m := h.writes("5511987654321", h.one, h.vendas, "Olá")
	if got := ana.told(); !slices.Contains(got, "message.created "+m.ID.String()) {
		t.Fatalf("told %q", got)
	}
}

// brokenConn panics when it is written to.
type brokenConn struct{ net.Conn }

func (brokenConn) Read([]byte) (int, error) { return 0, net.ErrClosed }
func (brokenConn) Close() error             { return nil }
