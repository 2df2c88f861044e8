package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
)

// Document returns the OpenAPI document of the contract, indented, as it is
// committed at api/openapi.json. Nothing is served.
func Document() ([]byte, error) {
	s := &Server{log: slog.New(slog.DiscardHandler)}
	s.describe()
	return s.document()
}

func (s *Server) document() ([]byte, error) {
	plain, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, plain, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// serveDocument serves the document as it is when the server is built.
func (s *Server) serveDocument() http.HandlerFunc {
	text, err := s.document()
	return func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			writeProblem(w, problemOf(r.Context(), s.log, err))
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(text) // the client may be gone
	}
}
