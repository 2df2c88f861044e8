// Package web serves the embedded web app: hashed files for ever, the page
// fresh and with a nonce of its own each time.
package web

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	webapp "github.com/prosa-desk/prosa/web"
)

// nonceMark stands in the built page wherever its nonce goes (vite.config.ts).
var nonceMark = []byte("__PROSA_NONCE__")

// Handler serves the app. Mount it at "/": it answers every path that is not a
// file with the page, so that addresses within the app can be opened directly.
// Paths of the API and of webhooks belong to patterns of their own before it.
func Handler() http.Handler {
	dist, err := fs.Sub(webapp.Dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded at build
	}
	return newApp(dist)
}

type app struct {
	files map[string]*file
	page  []byte
}

// file is one file with its compressed twins, if it has any.
type file struct {
	kind, tag           string
	plain, gzip, brotli []byte
}

func newApp(dist fs.FS) *app {
	a := &app{files: map[string]*file{}, page: []byte(unbuilt)}
	_ = fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		data, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		if name == "index.html" {
			a.page = data
			return nil
		}
		a.add(name, data)
		return nil
	})
	return a
}

func (a *app) add(name string, data []byte) {
	base, packed := strings.CutSuffix(name, ".gz")
	brotli := false
	if !packed {
		base, brotli = strings.CutSuffix(name, ".br")
	}
	f := a.files["/"+base]
	if f == nil {
		f = &file{kind: kindOf(base)}
		a.files["/"+base] = f
	}
	switch {
	case packed:
		f.gzip = data
	case brotli:
		f.brotli = data
	default:
		sum := sha256.Sum256(data)
		f.plain, f.tag = data, `"`+hex.EncodeToString(sum[:8])+`"`
	}
}

// kindOf does not ask the machine's tables, which differ.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// ServeHTTP implements http.Handler.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	if f := a.files[r.URL.Path]; f != nil {
		f.serve(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/assets/") || path.Ext(r.URL.Path) != "" {
		http.NotFound(w, r)
		return
	}
	a.servePage(w, r)
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", f.tag)
		if r.Header.Get("If-None-Match") == f.tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := f.plain
	accepted := r.Header.Get("Accept-Encoding")
	switch {
	case f.brotli != nil && strings.Contains(accepted, "br"):
		h.Set("Content-Encoding", "br")
		body = f.brotli
	case f.gzip != nil && strings.Contains(accepted, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	write(w, r, body)
}

func (a *app) servePage(w http.ResponseWriter, r *http.Request) {
	var random [18]byte
	_, _ = rand.Read(random[:]) // never fails
	nonce := base64.StdEncoding.EncodeToString(random[:])
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=()")
	write(w, r, bytes.ReplaceAll(a.page, nonceMark, []byte(nonce)))
}

// policy allows what we serve ourselves and styles that carry the nonce.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; " +
		"img-src 'self' blob: data:; media-src 'self' blob: data:; font-src 'self'; connect-src 'self'; " +
		"worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

func write(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the client may be gone
}

// unbuilt is the page of a program that was built without the web app.
const unbuilt = `<!doctype html>
<html lang="pt-BR"><meta charset="utf-8"><title>Prosa</title>
<h1>Prosa</h1>
<p>A API está no ar, mas este programa foi compilado sem a interface.</p>
<p>Compile com <code>make build</code> ou rode <code>npm ci &amp;&amp; npm run build</code> em <code>web/</code> antes de <code>go build</code>.</p>
</html>
`
