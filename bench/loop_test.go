package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	list := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for q, want := range map[float64]time.Duration{0: 1, 0.1: 1, 0.5: 5, 0.51: 6, 0.9: 9, 0.99: 10, 1: 10} {
		if got := quantile(list, q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Error(got)
	}
}

// serve answers short and long bodies, sized and chunked, and once a 404.
func serve(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	mux.HandleFunc("/chunks", func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			_, _ = w.Write([]byte(strings.Repeat("x", 5000)))
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/none", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestWire_ReadsWhatServersWrite(t *testing.T) {
	addr := serve(t)
	w, err := dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for range 2 { // the connection stays usable after each
		for path, want := range map[string]struct{ status, length int }{
			"/short": {200, 2}, "/chunks": {200, 15000}, "/none": {204, 0}, "/missing": {404, 19},
		} {
			status, body, err := w.do(rawRequest("GET", addr, path, ""))
			if err != nil || status != want.status || len(body) != want.length {
				t.Errorf("%s: %d with %d bytes, %v", path, status, len(body), err)
			}
		}
	}
	if _, err := w.must(rawRequest("GET", addr, "/missing", "")); err == nil {
		t.Error("a 404 was taken for good")
	}
}

func TestLoad_AnErrorVoidsTheRun(t *testing.T) {
	addr := serve(t)
	var calls atomic.Int64
	_, err := loadSpec{addr: addr, conns: 4, window: time.Minute}.run(t.Context(), func(h *hand) error {
		if calls.Add(1) == 20 {
			return errors.New("answer 500")
		}
		_, err := h.must(rawRequest("GET", addr, "/short", ""))
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "answer 500") {
		t.Errorf("%v", err)
	}
}

// At a fixed rate an operation's time runs from when it was due: one slow
// answer is seen in all that waited for it.
func TestLoad_FixedRateCountsTheWait(t *testing.T) {
	addr := serve(t)
	var calls atomic.Int64
	o, err := loadSpec{addr: addr, conns: 1, window: 500 * time.Millisecond, rate: 100}.run(context.Background(), func(h *hand) error {
		if calls.Add(1) == 10 {
			time.Sleep(200 * time.Millisecond)
		}
		return nil
	})
	if err != nil || o.done < 40 || o.done > 51 {
		t.Fatalf("%+v %v", o, err)
	}
	if o.p50 < 0 || o.slowest < 200 || o.p99 < 150 {
		t.Errorf("the wait behind a slow answer is missing: %+v", o)
	}
}
