package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// browser is a signed-in user, for everything that is not timed.
type browser struct {
	addr   string
	cookie string
}

// signIn starts a session.
func signIn(ctx context.Context, addr, email string) (*browser, error) {
	b := &browser{addr: addr}
	resp, err := b.send(ctx, http.MethodPost, "/api/v1/session", map[string]any{"email": email, "password": password})
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		b.cookie = c.Name + "=" + c.Value
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return b, err
}

// call makes a request and reads its answer into out, unless that is nil.
func (b *browser) call(ctx context.Context, method, path string, in, out any) error {
	resp, err := b.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

func (b *browser) get(ctx context.Context, path string, out any) error {
	return b.call(ctx, http.MethodGet, path, nil, out)
}

// send makes a request; any answer but 2xx is an error.
func (b *browser) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+b.addr+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if b.cookie != "" {
		req.Header.Set("Cookie", b.cookie)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1000)) // what there is of it
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	return resp, nil
}

// request writes a request once, to be sent often.
func (b *browser) request(method, path string, body string) []byte {
	return rawRequest(method, b.addr, path, body, "Cookie: "+b.cookie)
}
