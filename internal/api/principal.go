package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/desk"
)

// principalKey is the context's key of the principal.
type principalKey struct{}

// principal returns who makes the request. Routes that need a session always
// have one.
func principal(ctx context.Context) *auth.Principal {
	p, _ := ctx.Value(principalKey{}).(*auth.Principal)
	return p
}

// viewer returns the rights of who makes the request.
func viewer(ctx context.Context) *desk.Viewer { return &principal(ctx).Viewer }

// caller names the principal in idempotency rows.
func caller(ctx context.Context) string { return "user:" + viewer(ctx).UserID.String() }

// requireSession lets requests of routes that need a session through only with
// one.
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
	next(huma.WithValue(c, principalKey{}, &p))
}

// authenticate returns the principal of the request's session, or a 401.
func (s *Server) authenticate(r *http.Request) (auth.Principal, error) {
	cookie, err := r.Cookie(auth.CookieName)
	if err != nil {
		return auth.Principal{}, &desk.Error{Kind: desk.Unauthorized, Code: desk.CodeUnauthorized}
	}
	return s.auth.Authenticate(r.Context(), cookie.Value)
}

// client is what a request tells about the machine it comes from.
type client struct {
	address   netip.Addr
	userAgent string
}

// Client learns about the machine behind a request.
type Client struct{ client }

// Resolve implements huma.Resolver.
func (c *Client) Resolve(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	c.client = client{address: addressOf(r), userAgent: r.UserAgent()}
	return nil
}

// addressOf returns the address of the client. A proxy on this machine is
// believed when it says for whom it asks; nobody else is.
func addressOf(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !peer.IsLoopback() {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if said, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
		return said
	}
	return peer
}
