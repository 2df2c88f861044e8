package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Principal is who makes a request.
type Principal struct {
	SessionID desk.ID
	Viewer    desk.Viewer
	User      desk.User
}

// key names the caller in idempotency rows.
func (p *Principal) key() string { return "user:" + p.User.ID.String() }

// actor is who is recorded for what the caller does.
func (p *Principal) actor() desk.Actor { return desk.ByUser(p.User.ID) }

// principalKey is the context's key of the principal.
type principalKey struct{}

// principal returns who makes the request. Routes that need a session always
// have one.
func principal(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

// viewer returns the rights of who makes the request.
func viewer(ctx context.Context) *desk.Viewer { return &principal(ctx).Viewer }

// requireSession lets through only requests with a session, but all of those
// that need none.
func (s *Server) requireSession(c huma.Context, next func(huma.Context)) {
	if len(c.Operation().Security) == 0 {
		next(c)
		return
	}
	r, w := humago.Unwrap(c)
	p, err := s.authenticate(r)
	if err != nil {
		writeProblem(w, problemOf(r.Context(), s.log, err))
		return
	}
	next(huma.WithValue(c, principalKey{}, p))
}

// authenticate returns the principal of the request's session, or a 401.
func (s *Server) authenticate(r *http.Request) (*Principal, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil, &desk.Error{Kind: desk.Unauthorized, Code: desk.CodeUnauthorized}
	}
	return s.sessions.Authenticate(r.Context(), cookie.Value)
}
