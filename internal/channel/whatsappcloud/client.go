package whatsappcloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
)

// Limits of one call.
const (
	callTimeout   = 30 * time.Second
	uploadTimeout = 5 * time.Minute
	maxAnswer     = 16 << 20 // bytes; the largest are pages of templates
	userAgent     = "Prosa/1.0.0"
)

// account is a connection's way to Meta.
type account struct {
	base    *url.URL // without version
	version string
	phoneID string
	groupID string
	token   string
	conn    channel.Connection
}

// account reads a connection's settings.
func (a *Adapter) account(c channel.Connection) (account, *channel.Failure) {
	setting := func(key, fallback string) string {
		if v := strings.TrimSpace(c.Settings[key]); v != "" {
			return v
		}
		return fallback
	}
	base, err := url.Parse(strings.TrimRight(setting(settingURL, defaultURL), "/"))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil {
		return account{}, refusal(KeyMisconfigured, "%s", settingURL)
	}
	acc := account{
		base: base, version: setting(settingVersion, defaultVersion), token: setting(settingToken, ""), conn: c,
		phoneID: first(text(c.ExternalID), text(setting(settingPhoneID, ""))),
		groupID: first(text(c.GroupID), text(setting(settingWABA, ""))),
	}
	if acc.token == "" {
		return account{}, &channel.Failure{Certain: true, Key: KeyAuthFailed, AuthFailed: true, Details: settingToken}
	}
	if acc.phoneID == "" {
		return account{}, refusal(KeyMisconfigured, "%s", settingPhoneID)
	}
	return acc, nil
}

// url builds the address of a node of the Graph.
func (acc account) url(query url.Values, path ...string) string {
	escaped := []string{url.PathEscape(acc.version)}
	for _, p := range path {
		escaped = append(escaped, url.PathEscape(p))
	}
	u := acc.base.JoinPath(escaped...)
	u.RawQuery = query.Encode()
	return u.String()
}

// call is one request to the Graph API.
type call struct {
	method   string
	url      string
	json     any           // body; nil with body or without any
	body     io.ReadCloser // with kind and length; always closed
	kind     string        // content type
	length   int64
	timeout  time.Duration
	harmless bool // doing it twice changes nothing: failures are then always certain
}

// do makes the call and reads a JSON answer into out, which may be nil.
func (a *Adapter) do(ctx context.Context, acc account, c call, out any) *channel.Failure {
	f := a.attempt(ctx, acc, c, out)
	if f != nil && c.harmless {
		f.Certain = true
	}
	return f
}

func (a *Adapter) attempt(ctx context.Context, acc account, c call, out any) *channel.Failure {
	ctx, cancel := context.WithTimeout(ctx, max(c.timeout, callTimeout))
	defer cancel()
	var had atomic.Bool
	req, f := newRequest(traced(ctx, &had), acc, c)
	if f != nil {
		return f
	}
	res, err := a.http.Do(req)
	if err != nil {
		return transportFailure(err, had.Load())
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil && res.StatusCode < 300 {
		return transportFailure(err, true)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return answerFailure(res.StatusCode, res.Header, body)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return unreadable()
	}
	return nil
}

// unreadable is the failure of a success that says nothing: the message has
// most likely been taken.
func unreadable() *channel.Failure {
	return &channel.Failure{Key: KeyUnreadableAnswer, Retryable: true}
}

// traced watches whether a connection was had for the last attempt: from then
// on bytes may have left. Before it the failure is certain.
func traced(ctx context.Context, had *atomic.Bool) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { had.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { had.Store(true) },
	})
}

func newRequest(ctx context.Context, acc account, c call) (*http.Request, *channel.Failure) {
	var body io.Reader
	kind := c.kind
	if c.body != nil {
		body = c.body
	}
	if c.json != nil {
		b, err := json.Marshal(c.json)
		if err != nil {
			return nil, &channel.Failure{Certain: true, Key: KeyRejected, Err: err}
		}
		body, kind = bytes.NewReader(b), "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, c.method, c.url, body)
	if err != nil {
		if c.body != nil {
			c.body.Close()
		}
		return nil, &channel.Failure{Certain: true, Key: KeyMisconfigured, Err: hideURL(err)}
	}
	if c.length > 0 {
		req.ContentLength = c.length
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Authorization", "Bearer "+acc.token)
	return req, nil
}

// hideURL drops the address from an error of net/http: it may hold a token or a
// phone number.
func hideURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
