package api

import (
	"net/http"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
)

// routes puts what is not in the contract around it: the document itself, its
// reading page, health and metrics, and JSON answers for paths that nobody
// knows.
func (s *Server) routes() http.Handler {
	s.mux.HandleFunc("GET "+basePath+"/openapi.json", s.serveDocument())
	s.mux.HandleFunc("GET /api/docs", s.serveDocs())
	stream := s.hub.handler(s.authenticate)
	s.mux.Handle("GET "+basePath+"/stream", stream) // for the list of a path's methods
	outer := http.NewServeMux()
	outer.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { alive(w) })
	outer.HandleFunc("GET /readyz", s.serveReady)
	outer.Handle("GET /metrics", s.metrics.handler)
	// A stream holds the stack of everything it is wrapped in for hours, and needs
	// little of it: it is never packed, and its end measures nothing.
	outer.Handle("GET "+basePath+"/stream", secured(stream))
	outer.Handle("/api/", s.guarded(http.HandlerFunc(s.dispatch)))
	return outer
}

// isTLS reports whether people reach an address over TLS.
func isTLS(address string) bool { return strings.HasPrefix(address, "https://") }

// dispatch hands a request to its route. What no route wants is a problem like
// any other: 404, or 405 when the path exists.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		writeProblem(w, newProblem(http.StatusNotFound, desk.CodeNotFound))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeProblem(w, newProblem(http.StatusMethodNotAllowed, desk.CodeMalformed))
}

func alive(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // the prober may be gone
}

// serveReady tells a load balancer whether to send requests here.
func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) {
	if s.ready != nil {
		if err := s.ready(r.Context()); err != nil {
			s.log.WarnContext(r.Context(), "not ready", "error", err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
	}
	alive(w)
}
