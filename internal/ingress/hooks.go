// Package ingress is where providers push: webhooks, verified, taken in by
// inbound, and acknowledged only when they are on disk. It speaks to nobody
// but the database, so that an answer never waits for a network.
package ingress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/routing"
)

const (
	// maxBody is the largest webhook (Meta: webhooks/overview).
	maxBody = 3 << 20
	// readTime is how long a provider may take to send a body.
	readTime = 10 * time.Second
)

// Receiver takes elements in; see inbound.Receiver.
type Receiver interface {
	Receive(ctx context.Context, adapter channel.Webhook, via routing.Line, elements []channel.Element) (inbound.Result, error)
}

// Outcome is how a webhook call ended, for metrics.
type Outcome string

// Outcomes.
const (
	Accepted    Outcome = "accepted"
	Unknown     Outcome = "unknown"     // no such connection: 404
	TooLarge    Outcome = "too_large"   // 413
	Broken      Outcome = "broken"      // the body did not arrive: 400
	Unsigned    Outcome = "unsigned"    // 401
	Unavailable Outcome = "unavailable" // 503
)

// Call is what metrics learn of one webhook call.
type Call struct {
	Kind    desk.ChannelKind
	Outcome Outcome
	Bytes   int
	Result  inbound.Result
	Took    time.Duration
}

// Hooks serves /hooks/{kind}/{key}.
type Hooks struct {
	Directory *routing.Directory
	Registry  channel.Registry
	Receiver  Receiver
	Now       func() time.Time
	Log       *slog.Logger
	Observe   func(Call) // told of every POST; may be nil
}

// Register adds the routes to a mux.
func (h *Hooks) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /hooks/{kind}/{key}", h.challenge)
	mux.HandleFunc("POST /hooks/{kind}/{key}", h.receive)
}

// find returns the connection behind a request and its adapter. It answers
// for itself when there is none.
func (h *Hooks) find(w http.ResponseWriter, r *http.Request) (routing.Line, channel.Webhook, Outcome) {
	kind := desk.ChannelKind(r.PathValue("kind"))
	adapter, ok := h.Registry[kind].(channel.Webhook)
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return routing.Line{}, nil, Unknown
	}
	line, err := h.Directory.ByPublicKey(r.Context(), kind, r.PathValue("key"))
	switch {
	case desk.CodeOf(err) == desk.CodeNotFound:
		http.Error(w, "not found", http.StatusNotFound)
		return routing.Line{}, nil, Unknown
	case err != nil:
		h.Log.Error("looking up a webhook's connection failed", "kind", kind, "err", err)
		h.unavailable(w)
		return routing.Line{}, nil, Unavailable
	}
	return line, adapter, ""
}

// challenge answers the provider that asks whether the URL is ours.
func (h *Hooks) challenge(w http.ResponseWriter, r *http.Request) {
	line, adapter, failed := h.find(w, r)
	if failed != "" {
		return
	}
	body, ok := adapter.Challenge(line.Open, r)
	if !ok {
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, body) // a lost connection is the caller's to repeat
}

func (h *Hooks) receive(w http.ResponseWriter, r *http.Request) {
	began := h.Now()
	call := Call{Kind: desk.ChannelKind(r.PathValue("kind"))}
	h.take(w, r, &call)
	call.Took = h.Now().Sub(began)
	if h.Observe != nil {
		h.Observe(call)
	}
}

// take is one webhook call. Nothing is stored before the signature is right.
func (h *Hooks) take(w http.ResponseWriter, r *http.Request, call *Call) {
	line, adapter, failed := h.find(w, r)
	if failed != "" {
		call.Outcome = failed
		return
	}
	body, err := h.read(w, r)
	call.Bytes = len(body)
	if err != nil {
		call.Outcome = refuseBody(w, err)
		return
	}
	if !adapter.Verify(line.Open, r.Header, body) {
		call.Outcome = Unsigned
		http.Error(w, "wrong signature", http.StatusUnauthorized)
		return
	}
	call.Result, err = h.Receiver.Receive(r.Context(), adapter, line, elements(adapter, body))
	if err != nil {
		call.Outcome = Unavailable
		if r.Context().Err() == nil { // else the provider hung up, and will call again
			h.Log.Error("a webhook could not be stored", "connection", int64(line.ID), "err", err)
		}
		h.unavailable(w)
		return
	}
	call.Outcome = Accepted
	w.WriteHeader(http.StatusOK)
}

func (h *Hooks) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	// A server that can't set deadlines reads without one.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTime))
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
}

func refuseBody(w http.ResponseWriter, err error) Outcome {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
		return TooLarge
	}
	http.Error(w, "body incomplete", http.StatusBadRequest)
	return Broken
}

func (h *Hooks) unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	http.Error(w, "try again", http.StatusServiceUnavailable)
}

// errUnreadable is the reason of a signed body that is not the provider's
// format as a whole.
var errUnreadable = errors.New("unreadable_body")

// elements splits a body. One that can't be split is kept whole as a single
// element: the signature says that the provider sent it.
func elements(adapter channel.Webhook, body []byte) []channel.Element {
	list, err := adapter.Parse(body)
	if err == nil {
		return list
	}
	sum := sha256.Sum256(body)
	raw, err := json.Marshal(string(body))
	if err != nil {
		raw = []byte(`""`) // can't happen: every string can be JSON
	}
	return []channel.Element{{Key: "body:" + hex.EncodeToString(sum[:]), Raw: raw, Err: errUnreadable}}
}
