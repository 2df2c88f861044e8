package faults_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"time"
)

// fields is a JSON object.
type fields map[string]any

// browser is one person's: it keeps her session.
type browser struct {
	url  string
	http *http.Client
	id   string // of the user
	name string
}

func newBrowser(url, name string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &browser{url: url, name: name, http: &http.Client{Jar: jar, Timeout: 20 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}, nil
}

// upload is a form with a file; any other body is JSON.
type upload struct {
	kind string
	body *bytes.Buffer
}

func uploadOf(f file) (upload, error) {
	u := upload{body: &bytes.Buffer{}}
	form := multipart.NewWriter(u.body)
	u.kind = form.FormDataContentType()
	part, err := form.CreateFormFile("file", f.name)
	if err == nil {
		_, err = part.Write(f.bytes)
	}
	return u, errors.Join(err, form.Close())
}

// request makes a request under /api/v1.
func (b *browser) request(ctx context.Context, method, path, key string, body any) (*http.Request, error) {
	if u, is := body.(upload); is {
		req, err := http.NewRequestWithContext(ctx, method, b.url+"/api/v1"+path, u.body)
		if err == nil {
			req.Header.Set("Content-Type", u.kind)
		}
		return req, err
	}
	var r io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, b.url+"/api/v1"+path, r)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return req, nil
}

// refusal is an answer that is no success.
type refusal struct {
	status int
	body   []byte
}

func (r *refusal) Error() string { return fmt.Sprintf("answered %d: %.300s", r.status, r.body) }

// refused tells whether the desk answered, and that trying again is pointless.
func refused(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && r.status < 500 && r.status != http.StatusTooManyRequests
}

// call makes one request and reads the answer into out, which may be nil. Any
// answer but 2xx is a *refusal; other errors mean that no whole answer came.
func (b *browser) call(ctx context.Context, method, path, key string, body, out any) error {
	text, err := b.answer(ctx, method, path, key, body)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(text, out)
}

func (b *browser) answer(ctx context.Context, method, path, key string, body any) ([]byte, error) {
	req, err := b.request(ctx, method, path, key, body)
	if err != nil {
		return nil, err
	}
	res, err := b.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if res.StatusCode >= 300 {
		return nil, &refusal{res.StatusCode, text}
	}
	return text, err
}

// bytes reads a file.
func (b *browser) bytes(ctx context.Context, path string) ([]byte, error) {
	return b.answer(ctx, http.MethodGet, path, "", nil)
}

func (b *browser) get(ctx context.Context, path string, out any) error {
	return b.call(ctx, http.MethodGet, path, "", nil, out)
}

// page is a list as the API gives it.
type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

// list reads a list to its end; most bounds it, 0 means all.
func list[T any](ctx context.Context, b *browser, path string, most int) ([]T, error) {
	var all []T
	for more := ""; ; {
		var p page[T]
		if err := b.get(ctx, path+more, &p); err != nil {
			return nil, err
		}
		all = append(all, p.Items...)
		if p.Next == nil || most > 0 && len(all) >= most {
			return all, nil
		}
		more = "&cursor=" + *p.Next
	}
}

// What the run reads of the API's answers.
type (
	named struct {
		ID string `json:"id"`
	}
	connection struct {
		ID         string `json:"id"`
		State      string `json:"state"`
		WebhookURL string `json:"webhook_url"`
	}
	contact struct {
		Name  string `json:"name"`
		Phone string `json:"phone"`
	}
	excerpt struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	ticket struct {
		ID           string     `json:"id"`
		Number       int64      `json:"number"`
		Status       string     `json:"status"`
		Contact      contact    `json:"contact"`
		ConnectionID string     `json:"connection_id"`
		QueueID      *string    `json:"queue_id"`
		UserID       *string    `json:"user_id"`
		Unread       int        `json:"unread"`
		WaitingCount int        `json:"waiting_count"`
		WindowEnds   *time.Time `json:"window_expires_at"`
		LastMessage  *excerpt   `json:"last_message"`
		Version      int64      `json:"version"`
	}
	failure struct {
		Code string `json:"code"`
	}
	message struct {
		ID         string     `json:"id"`
		ClientID   string     `json:"client_id"`
		TicketID   *string    `json:"ticket_id"`
		Direction  string     `json:"direction"`
		Type       string     `json:"type"`
		Body       string     `json:"body"`
		Status     string     `json:"status"`
		ProviderID string     `json:"provider_id"`
		Error      *failure   `json:"error"`
		Version    int64      `json:"version"`
		Media      []attached `json:"media"`
	}
	attached struct {
		ID    string `json:"id"`
		State string `json:"state"`
		Error string `json:"error"`
	}
	stretch struct {
		Items  []message `json:"items"`
		Before *string   `json:"before"`
	}
)

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (t *ticket) state() ticketState {
	return ticketState{t.ID, t.Version, t.Status, deref(t.QueueID), deref(t.UserID)}
}

func (m *message) tick(where string) tick { return tick{m.ID, m.Version, m.Status, where} }

// said reads a ticket's messages, oldest first; most bounds them from the end.
func said(ctx context.Context, b *browser, ticketID string, most int) ([]message, error) {
	var all []message
	for before := ""; ; {
		var s stretch
		if err := b.get(ctx, "/tickets/"+ticketID+"/messages?limit=100"+before, &s); err != nil {
			return nil, err
		}
		all = append(append([]message{}, s.Items...), all...)
		if s.Before == nil || most > 0 && len(all) >= most {
			return all, nil
		}
		before = "&before=" + *s.Before
	}
}
