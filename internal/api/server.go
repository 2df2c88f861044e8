// Package api is the HTTP contract: what agents, administrators and the
// browser may ask for, described by an OpenAPI document that is made from the
// types here. Handlers translate; they hold no rule of the business and no SQL.
package api

import (
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// contractVersion is that of the document, not of the program.
const contractVersion = "1.0.0"

// Server serves the contract.
type Server struct {
	api huma.API
	mux *http.ServeMux
	log *slog.Logger
}

// newContract registers every operation.
func newContract(s *Server) {
	s.mux = http.NewServeMux()
	s.api = humago.New(s.mux, contract())
	s.sessionRoutes()
	s.ticketRoutes()
	s.messageRoutes()
	s.mediaRoutes()
	s.overviewRoutes()
	s.contactRoutes()
	s.connectionRoutes()
	s.templateRoutes()
	s.peopleRoutes()
	s.registerRoutes()
	s.settingsRoutes()
	s.sandboxRoutes()
	s.documentStream()
	tidy(s.api.OpenAPI())
}
