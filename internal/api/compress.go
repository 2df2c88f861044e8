package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

// minCompressed is the size in bytes below which compressing JSON costs more
// than it saves.
const minCompressed = 1024

// compressed packs JSON answers for clients that take gzip. Everything else
// (files, the stream) passes as it is.
func compressed(next http.Handler) http.Handler {
	pool := &sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is a valid one
		return z
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			next.ServeHTTP(w, r)
			return
		}
		p := &packer{ResponseWriter: w, pool: pool}
		defer p.close()
		next.ServeHTTP(p, r)
	})
}

// packer holds back the beginning of a JSON answer until it knows whether it
// is long enough.
type packer struct {
	http.ResponseWriter
	pool   *sync.Pool
	status int
	held   []byte
	plain  bool // decided: not packed
	z      *gzip.Writer
}

// WriteHeader implements http.ResponseWriter; JSON's is held back.
func (p *packer) WriteHeader(status int) {
	if p.status != 0 {
		return
	}
	p.status = status
	if !strings.Contains(p.Header().Get("Content-Type"), "json") || status == http.StatusNoContent {
		p.pass()
	}
}

// pass sends what was held back and lets the rest through.
func (p *packer) pass() {
	p.plain = true
	p.ResponseWriter.WriteHeader(p.status)
	if len(p.held) > 0 {
		_, _ = p.ResponseWriter.Write(p.held) // the client may be gone
		p.held = nil
	}
}

// Write implements http.ResponseWriter.
func (p *packer) Write(b []byte) (int, error) {
	if p.status == 0 {
		p.WriteHeader(http.StatusOK)
	}
	switch {
	case p.plain:
		return p.ResponseWriter.Write(b)
	case p.z != nil:
		return p.z.Write(b)
	case len(p.held)+len(b) < minCompressed:
		p.held = append(p.held, b...)
		return len(b), nil
	}
	if err := p.pack(); err != nil {
		return 0, err
	}
	return p.z.Write(b)
}

func (p *packer) pack() error {
	h := p.Header()
	h.Set("Content-Encoding", "gzip")
	h.Add("Vary", "Accept-Encoding")
	h.Del("Content-Length")
	p.ResponseWriter.WriteHeader(p.status)
	p.z = p.pool.Get().(*gzip.Writer)
	p.z.Reset(p.ResponseWriter)
	_, err := p.z.Write(p.held)
	p.held = nil
	return err
}

// Unwrap gives http.ResponseController the writer beneath.
func (p *packer) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// close sends what is still held back.
func (p *packer) close() {
	switch {
	case p.z != nil:
		_ = p.z.Close() // the client may be gone
		p.pool.Put(p.z)
	case p.status != 0 && !p.plain:
		p.pass()
	}
}
