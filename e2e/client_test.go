package e2e_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"
)

// client is one person at a browser of her own.
type client struct {
	t        *testing.T
	url      string
	contract *contract
	http     *http.Client
	me       me
}

// guest is somebody who has not signed in.
func guest(t *testing.T, p *program, c *contract) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t: t, url: p.url, contract: c, http: &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute}}
}

// signIn is a new browser in which somebody signs in.
func signIn(t *testing.T, p *program, c *contract, email, password string) *client {
	t.Helper()
	g := guest(t, p, c)
	g.me = post[me](g, "/session", fields{"email": email, "password": password})
	return g
}

// in is the same person in a subtest, whose failures are then its own.
func (c *client) in(t *testing.T) *client {
	sub := *c
	sub.t = t
	return &sub
}

// fields is a JSON object.
type fields map[string]any

// verbatim is a body that is sent as it stands, JSON or not.
type verbatim string

// answer is what the program answered.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// request is one call of the API under /api/v1.
type request struct {
	method, path string
	body         any    // JSON; nil for none
	key          string // Idempotency-Key
}

// send makes a call; an error means that no whole answer came.
func (c *client) send(ctx context.Context, r request) (answer, error) {
	var body io.Reader
	if text, given := r.body.(verbatim); given {
		body = strings.NewReader(string(text))
	} else if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.url+"/api/v1"+r.path, body)
	if err != nil {
		return answer{}, err
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	return c.roundTrip(req)
}

func (c *client) roundTrip(req *http.Request) (answer, error) {
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, body}, err
}

// call makes a call that must be answered, and answered as documented.
func (c *client) call(r request) answer {
	c.t.Helper()
	if r.method == http.MethodPost && r.key == "" {
		r.key = rand.Text()
	}
	a, err := c.send(c.t.Context(), r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	c.asDocumented(r.method, r.path, a)
	return a
}

func (c *client) asDocumented(method, path string, a answer) {
	c.t.Helper()
	if err := c.contract.answer(method, "/api/v1"+path, a.status, a.header.Get("Content-Type"), a.body); err != nil {
		c.t.Errorf("%s %s: the answer is not as documented: %v\n%.1500s", method, path, err, a.body)
	}
}

// done makes a call that must succeed.
func (c *client) done(method, path string, body any) answer {
	c.t.Helper()
	return c.expect(0, request{method: method, path: path, body: body})
}

// expect makes a call that must be answered with the status; 0 means any
// success.
func (c *client) expect(status int, r request) answer {
	c.t.Helper()
	a := c.call(r)
	if status == 0 && a.status >= 300 || status != 0 && a.status != status {
		c.t.Fatalf("%s %s answered %d, want %d: %.1000s", r.method, r.path, a.status, status, a.body)
	}
	return a
}

// refused makes a call that must be refused with status and code. It returns
// the problem.
func (c *client) refused(status int, code, method, path string, body any) problem {
	c.t.Helper()
	p := decode[problem](c.t, c.expect(status, request{method: method, path: path, body: body}).body)
	if p.Code != code {
		c.t.Errorf("%s %s was refused with %q, want %q: %+v", method, path, p.Code, code, p)
	}
	return p
}

// hidden makes a call about what this person must not know of.
func (c *client) hidden(method, path string, body any) {
	c.t.Helper()
	c.refused(http.StatusNotFound, "not_found", method, path, body)
}

func get[T any](c *client, path string) T {
	c.t.Helper()
	return decode[T](c.t, c.done(http.MethodGet, path, nil).body)
}

func post[T any](c *client, path string, body any) T {
	c.t.Helper()
	return decode[T](c.t, c.done(http.MethodPost, path, body).body)
}

func put[T any](c *client, path string, body any) T {
	c.t.Helper()
	return decode[T](c.t, c.done(http.MethodPut, path, body).body)
}

func patch[T any](c *client, path string, body any) T {
	c.t.Helper()
	return decode[T](c.t, c.done(http.MethodPatch, path, body).body)
}

// all reads every page of a list.
func all[T any](c *client, path string) []T {
	c.t.Helper()
	var list []T
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	for cursor := ""; ; {
		at := path
		if cursor != "" {
			at += sep + "cursor=" + cursor
		}
		p := get[page[T]](c, at)
		list = append(list, p.Items...)
		if p.Next == nil {
			return list
		}
		cursor = *p.Next
	}
}

// upload posts a file.
func (c *client) upload(name, contentType string, data []byte) answer {
	c.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	head := textproto.MIMEHeader{"Content-Type": {contentType},
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}}
	part, err := w.CreatePart(head)
	if err == nil {
		_, err = part.Write(data)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+"/api/v1/media", &form)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	a, err := c.roundTrip(req)
	if err != nil {
		c.t.Fatal(err)
	}
	c.asDocumented(http.MethodPost, "/media", a)
	return a
}

// file uploads what must be taken.
func (c *client) file(name, contentType string, data []byte) media {
	c.t.Helper()
	a := c.upload(name, contentType, data)
	if a.status != http.StatusCreated {
		c.t.Fatalf("upload of %s answered %d: %s", name, a.status, a.body)
	}
	return decode[media](c.t, a.body)
}

// raw gets a path of the host, such as the address of a file.
func (c *client) raw(path string) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	a, err := c.roundTrip(req)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// say sends a text on a ticket.
func (c *client) say(ticketID, body string) message {
	c.t.Helper()
	return post[message](c, "/tickets/"+ticketID+"/messages", fields{"type": "text", "body": body})
}

// ticket reads a ticket.
func (c *client) ticket(id string) ticket {
	c.t.Helper()
	return get[ticket](c, "/tickets/"+id)
}

// act does something to a ticket: accept, return, close …
func (c *client) act(id, action string) ticket {
	c.t.Helper()
	return post[ticket](c, "/tickets/"+id+"/"+action, nil)
}

// messages reads everything said in a ticket, oldest first.
func (c *client) messages(ticketID string) []message {
	c.t.Helper()
	var list []message
	path := "/tickets/" + ticketID + "/messages?limit=100"
	for before := ""; ; {
		s := get[stretch](c, path+before)
		list = append(slices.Clone(s.Items), list...)
		if s.Before == nil {
			return list
		}
		before = "&before=" + *s.Before
	}
}

// message waits until a message is as it should be.
func (c *client) message(what, id string, ok func(m message) bool) message {
	c.t.Helper()
	var m message
	eventually(c.t, what, func() (bool, any) {
		m = get[message](c, "/messages/"+id)
		return ok(m), m
	})
	return m
}

// reaches waits until a message has a status.
func (c *client) reaches(id, status string) message {
	c.t.Helper()
	return c.message("message "+id+" becomes "+status, id, func(m message) bool { return m.Status == status })
}

// ticketOf waits for the ticket of a contact in a list.
func (c *client) ticketOf(status, phone string) ticket {
	c.t.Helper()
	var found ticket
	eventually(c.t, status+" ticket of "+phone, func() (bool, any) {
		list := all[ticket](c, "/tickets?status="+status)
		for _, t := range list {
			if t.Contact.Phone == phone {
				found = t
				return true, nil
			}
		}
		return false, list
	})
	return found
}
