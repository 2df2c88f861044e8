package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// ErrCallback means that a callback URL did not prove itself.
var ErrCallback = errors.New("sandbox: the callback URL did not answer the challenge")

// VerifyCallback asks a callback URL to prove that it knows the verify token,
// as Meta does before it uses one: GET with a challenge, which must come back
// bare with status 200 (Meta: webhooks, verification requests).
func (s *Sandbox) VerifyCallback(ctx context.Context, callback, token string) error {
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%w: not a URL", ErrCallback)
	}
	challenge := rand.Text()
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.verify_token", token)
	q.Set("hub.challenge", challenge)
	u.RawQuery = q.Encode()
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("%w: not a URL", ErrCallback)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: no answer", ErrCallback)
	}
	defer func() { _ = res.Body.Close() }() // nothing is written
	body, err := io.ReadAll(io.LimitReader(res.Body, 1000))
	if err != nil || res.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != challenge {
		return fmt.Errorf("%w: status %d", ErrCallback, res.StatusCode)
	}
	return nil
}
