package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func serve(t *testing.T, method, url string, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	app := newApp(fstest.MapFS{
		".keep":                {Data: []byte("x")},
		"index.html":           {Data: []byte(`<style nonce="__PROSA_NONCE__"></style><meta nonce="__PROSA_NONCE__">`)},
		"assets/main.js":       {Data: []byte("let a")},
		"assets/main.js.gz":    {Data: []byte("gz")},
		"assets/main.js.br":    {Data: []byte("br")},
		"manifest.webmanifest": {Data: []byte("{}")},
	})
	r := httptest.NewRequest(method, url, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

func TestPageHasAFreshNonceEachTime(t *testing.T) {
	nonces := map[string]bool{}
	for range 3 {
		w := serve(t, http.MethodGet, "/atendimentos/abertos", nil)
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("status %d, %v", w.Code, w.Header())
		}
		csp := w.Header().Get("Content-Security-Policy")
		_, rest, _ := strings.Cut(csp, "'nonce-")
		nonce, _, _ := strings.Cut(rest, "'")
		if len(nonce) < 20 || strings.Count(w.Body.String(), `nonce="`+nonce+`"`) != 2 {
			t.Fatalf("nonce %q, page %s", nonce, w.Body)
		}
		if strings.Contains(csp, "unsafe") {
			t.Fatalf("policy %s", csp)
		}
		nonces[nonce] = true
	}
	if len(nonces) != 3 {
		t.Fatal("a nonce came twice")
	}
}

func TestFiles(t *testing.T) {
	for name, c := range map[string]struct {
		url, accept, body, encoding, cache string
		status                             int
	}{
		"plain":            {"/assets/main.js", "", "let a", "", "public, max-age=31536000, immutable", 200},
		"gzip":             {"/assets/main.js", "gzip", "gz", "gzip", "public, max-age=31536000, immutable", 200},
		"brotli wins":      {"/assets/main.js", "gzip, br", "br", "br", "public, max-age=31536000, immutable", 200},
		"unhashed":         {"/manifest.webmanifest", "br", "{}", "", "no-cache", 200},
		"gone after build": {"/assets/old.js", "", "404 page not found\n", "", "", 404},
		"no such file":     {"/favicon.ico", "", "404 page not found\n", "", "", 404},
	} {
		w := serve(t, http.MethodGet, c.url, map[string]string{"Accept-Encoding": c.accept})
		got := w.Header()
		if w.Code != c.status || w.Body.String() != c.body || got.Get("Content-Encoding") != c.encoding ||
			got.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %q %v", name, w.Code, w.Body, got)
		}
	}
}

func TestUnchangedFileIs304AndWritesAreRefused(t *testing.T) {
	tag := serve(t, http.MethodGet, "/manifest.webmanifest", nil).Header().Get("ETag")
	if w := serve(t, http.MethodGet, "/manifest.webmanifest", map[string]string{"If-None-Match": tag}); w.Code != 304 {
		t.Errorf("status %d", w.Code)
	}
	if w := serve(t, http.MethodPost, "/", nil); w.Code != 405 {
		t.Errorf("status %d", w.Code)
	}
	if w := serve(t, http.MethodHead, "/", nil); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("head: %d, %d bytes", w.Code, w.Body.Len())
	}
}

func TestHandlerWithoutABuild(t *testing.T) {
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "Prosa") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
