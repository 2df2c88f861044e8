package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/desk"
)

type sessionNew struct {
	Email     string `json:"email" minLength:"1" maxLength:"254"`
	Password  string `json:"password" minLength:"1" maxLength:"1000" writeOnly:"true"`
	Remember  bool   `json:"remember,omitempty" doc:"keep the session on this computer"`
	AccountID ref    `json:"account_id,omitempty" doc:"after 409 account_required: one of params.accounts"`
}

type signIn struct {
	Client
	Body sessionNew
}

// signedIn sets the session's cookie.
type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      me
}

// signedOut takes the session's cookie away.
type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Server) sessionRoutes() {
	op := operation{tag: "session"}
	handle(s, op.post("sign-in", "/session", "Sign in",
		"401 invalid_credentials; 429 locked_out with params.retry_after in seconds. With several accounts and no account_id "+
			"409 account_required with params.accounts = [{id, name}].").
		creates(nil).open().refuses(http.StatusUnauthorized, http.StatusConflict, http.StatusTooManyRequests), s.signIn)
	handle(s, op.delete("sign-out", "/session", "Sign out here", ""), s.signOut)
}

func (s *Server) signIn(ctx context.Context, in *signIn) (*signedIn, error) {
	b := in.Body
	return s.enter(ctx, auth.Credentials{Email: b.Email, Password: b.Password, AccountID: desk.ID(b.AccountID), Remember: b.Remember,
		UserAgent: in.userAgent, Address: in.address})
}

// enter starts a session and answers with its user.
func (s *Server) enter(ctx context.Context, c auth.Credentials) (*signedIn, error) {
	session, err := s.auth.SignIn(ctx, c)
	if err != nil {
		return nil, err
	}
	p, err := s.auth.Authenticate(ctx, session.Value)
	if err != nil {
		return nil, err
	}
	view, err := s.viewMe(ctx, &p)
	if err != nil {
		return nil, err
	}
	return &signedIn{SetCookie: *session.Cookie(s.secure), Body: view}, nil
}

func (s *Server) signOut(ctx context.Context, _ *none) (*signedOut, error) {
	if err := s.auth.SignOut(ctx, *principal(ctx)); err != nil {
		return nil, err
	}
	return &signedOut{SetCookie: *auth.ExpiredCookie(s.secure)}, nil
}
