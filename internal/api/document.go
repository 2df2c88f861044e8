package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
)

// Document returns the OpenAPI document of the contract, indented, as it is
// committed at api/openapi.json. Nothing is served.
func Document() ([]byte, error) {
	s := &Server{log: slog.New(slog.DiscardHandler)}
	newContract(s)
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
