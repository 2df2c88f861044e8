package ingress_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/ingress"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

const kind = desk.ChannelKind("test")

// simple is a channel whose signature is the word "signed" and whose body is a
// list of texts.
type simple struct{ channel.Adapter }

func (simple) Settings() channel.Schema { return channel.Schema{} }
func (simple) Challenge(_ channel.Connection, r *http.Request) (string, bool) {
	return "<b>42</b>", r.URL.Query().Get("token") == "right"
}
func (simple) Verify(_ channel.Connection, h http.Header, _ []byte) bool {
	return h.Get("Sig") == "signed"
}
func (simple) Parse(body []byte) ([]channel.Element, error) {
	var texts []string
	if err := json.Unmarshal(body, &texts); err != nil {
		return nil, err
	}
	var list []channel.Element
	for _, t := range texts {
		list = append(list, channel.Element{Key: t})
	}
	return list, nil
}
func (simple) Interpret(json.RawMessage) (channel.Event, error) { return channel.Event{}, nil }

// mute is a channel that receives nothing.
type mute struct{ channel.Adapter }

func (mute) Settings() channel.Schema { return channel.Schema{} }

// receiver remembers what it was given.
type receiver struct {
	got []channel.Element
	via routing.Line
	err error
}

func (r *receiver) Receive(_ context.Context, _ channel.Webhook, via routing.Line, list []channel.Element) (inbound.Result, error) {
	r.via = via
	if r.err != nil {
		return inbound.Result{}, r.err
	}
	r.got = append(r.got, list...)
	return inbound.Result{Accepted: len(list)}, nil
}

type world struct {
	receiver *receiver
	handler  http.Handler
	calls    []ingress.Call
	id       desk.ID
}

func newWorld(t *testing.T) *world {
	db := testkit.SQLite(t)
	s := store.New(db, desk.NewIDs(time.Now, 1, 0), time.Now, nil)
	w := &world{receiver: &receiver{}}
	err := db.Do(t.Context(), func(tx *dbx.Tx) error {
		account, err := s.CreateAccount(tx, store.AccountNew{Name: "Aurora"})
		if err != nil {
			return err
		}
		c, err := s.CreateConnection(tx, store.Operator(account.ID), store.ConnectionNew{ID: s.IDs.Next(), PublicKey: "chave", Kind: kind, Name: "Loja"})
		w.id = c.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	registry := channel.Registry{kind: simple{}, "mute": mute{}}
	open := func(_, _ desk.ID, _, sealed string) (string, error) { return sealed, nil }
	mux := http.NewServeMux()
	(&ingress.Hooks{Directory: routing.NewDirectory(s, registry, open, func() string { return "" }), Registry: registry,
		Receiver: w.receiver, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Observe: func(c ingress.Call) { w.calls = append(w.calls, c) }}).Register(mux)
	w.handler = mux
	return w
}

func (w *world) call(method, path string, body io.Reader, signature string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Sig", signature)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec
}

func TestPostIsVerifiedTakenInAndAcknowledged(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, path, signature string
		body                  io.Reader
		status                int
		outcome               ingress.Outcome
		taken                 int
	}{
		{"good", "/hooks/test/chave", "signed", strings.NewReader(`["a","b"]`), 200, ingress.Accepted, 2},
		{"nothing in it", "/hooks/test/chave", "signed", strings.NewReader(`[]`), 200, ingress.Accepted, 0},
		{"unsigned", "/hooks/test/chave", "", strings.NewReader(`["a"]`), 401, ingress.Unsigned, 0},
		{"unknown key", "/hooks/test/andere", "signed", strings.NewReader(`["a"]`), 404, ingress.Unknown, 0},
		{"unknown kind", "/hooks/other/chave", "signed", strings.NewReader(`["a"]`), 404, ingress.Unknown, 0},
		{"kind without webhooks", "/hooks/mute/chave", "signed", strings.NewReader(`["a"]`), 404, ingress.Unknown, 0},
		{"3 MB", "/hooks/test/chave", "signed", strings.NewReader(`["` + strings.Repeat("x", 3<<20-4) + `"]`), 200, ingress.Accepted, 1},
		{"over 3 MB", "/hooks/test/chave", "signed", strings.NewReader(`["` + strings.Repeat("x", 3<<20-3) + `"]`), 413, ingress.TooLarge, 0},
		{"cut short", "/hooks/test/chave", "signed", iotest.ErrReader(io.ErrUnexpectedEOF), 400, ingress.Broken, 0},
	} {
		w.receiver.got, w.calls = nil, nil
		rec := w.call(http.MethodPost, c.path, c.body, c.signature)
		if rec.Code != c.status || len(w.receiver.got) != c.taken {
			t.Errorf("%s: %d with %d elements, want %d with %d", c.name, rec.Code, len(w.receiver.got), c.status, c.taken)
		}
		if len(w.calls) != 1 || w.calls[0].Outcome != c.outcome || w.calls[0].Result.Accepted != c.taken {
			t.Errorf("%s: observed %+v", c.name, w.calls)
		}
	}
	if w.receiver.via.ID != w.id {
		t.Errorf("taken in over %d, want %d", w.receiver.via.ID, w.id)
	}
}

func TestStorageTroubleIs503(t *testing.T) {
	w := newWorld(t)
	w.receiver.err = errors.New("disk full")
	rec := w.call(http.MethodPost, "/hooks/test/chave", strings.NewReader(`["a"]`), "signed")
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" || strings.Contains(rec.Body.String(), "disk") {
		t.Errorf("%d %v %q", rec.Code, rec.Header(), rec.Body)
	}
}

func TestUnreadableBodyIsOneElementByItsHash(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{"not json", "not json", "{}"} {
		if rec := w.call(http.MethodPost, "/hooks/test/chave", strings.NewReader(body), "signed"); rec.Code != 200 {
			t.Errorf("%q: %d", body, rec.Code)
		}
	}
	got := w.receiver.got
	if len(got) != 3 || got[0].Key != got[1].Key || got[0].Key == got[2].Key || got[0].Err == nil || !bytes.Equal(got[0].Raw, []byte(`"not json"`)) {
		t.Errorf("%+v", got)
	}
}

func TestChallenge(t *testing.T) {
	w := newWorld(t)
	rec := w.call(http.MethodGet, "/hooks/test/chave?token=right", nil, "")
	if rec.Code != 200 || rec.Body.String() != "<b>42</b>" || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/plain") ||
		rec.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v %q", rec.Code, rec.Header(), rec.Body)
	}
	if rec := w.call(http.MethodGet, "/hooks/test/chave?token=wrong", nil, ""); rec.Code != 403 {
		t.Errorf("wrong token: %d", rec.Code)
	}
	if rec := w.call(http.MethodGet, "/hooks/test/other?token=right", nil, ""); rec.Code != 404 {
		t.Errorf("unknown key: %d", rec.Code)
	}
	if rec := w.call(http.MethodPut, "/hooks/test/chave", nil, "signed"); rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", rec.Code)
	}
}
