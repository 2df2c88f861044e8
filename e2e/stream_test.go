package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// stream is somebody's open event stream and every frame it told so far.
type stream struct {
	t    *testing.T
	who  string
	mu   sync.Mutex
	list []frame
	over bool
}

// frame is one event.
type frame struct {
	name     string
	data     string
	Type     string   `json:"type"`
	TicketID string   `json:"ticket_id"`
	Ticket   ticket   `json:"ticket"`
	Message  message  `json:"message"`
	Counters counters `json:"counters"`
	State    string   `json:"state"`
}

// ticket is the id of the ticket a frame is about.
func (f frame) ticket() string {
	if f.TicketID != "" {
		return f.TicketID
	}
	return f.Ticket.ID
}

// listen opens the stream of a signed-in person and waits for its first frame.
func (c *client) listen() *stream {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/api/v1/stream", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	browser := *c.http
	browser.Timeout = 0 // a stream goes on
	res, err := browser.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		c.t.Fatalf("the stream answered %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	s := &stream{t: c.t, who: c.me.Name}
	ended := make(chan struct{})
	c.t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		defer res.Body.Close()
		s.read(bufio.NewReader(res.Body), c.contract)
	}()
	s.wait("hello", func(f frame) bool { return f.Type == "hello" })
	return s
}

// read takes frames until the stream ends.
func (s *stream) read(r *bufio.Reader, c *contract) {
	var f frame
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			s.mu.Lock()
			s.over = true
			s.mu.Unlock()
			return
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "event: "):
			f.name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "data: "):
			f.data += strings.TrimPrefix(line, "data: ")
		case line == "" && f.data != "":
			s.add(f, c)
			f = frame{}
		}
	}
}

func (s *stream) add(f frame, c *contract) {
	if err := c.frame([]byte(f.data)); err != nil {
		s.t.Errorf("a frame on %s's stream is not as documented: %v\n%.1000s", s.who, err, f.data)
	}
	got := frame{name: f.name, data: f.data}
	if err := json.Unmarshal([]byte(f.data), &got); err != nil {
		s.t.Errorf("a frame on %s's stream: %v in %.300s", s.who, err, f.data)
	}
	if got.name != got.Type {
		s.t.Errorf("event %q holds a frame of type %q", got.name, got.Type)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, got)
}

func (s *stream) frames() []frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]frame{}, s.list...)
}

// mark is a place in the stream, to look only at what follows.
func (s *stream) mark() int { return len(s.frames()) }

// wait returns the first frame that is ok.
func (s *stream) wait(what string, ok func(f frame) bool) frame {
	s.t.Helper()
	return s.waitFrom(0, what, ok)
}

// waitFrom is wait for frames after a mark.
func (s *stream) waitFrom(mark int, what string, ok func(f frame) bool) frame {
	s.t.Helper()
	var found frame
	eventually(s.t, fmt.Sprintf("%s on %s's stream", what, s.who), func() (bool, any) {
		list := s.frames()
		for _, f := range list[min(mark, len(list)):] {
			if ok(f) {
				found = f
				return true, nil
			}
		}
		return false, summary(list)
	})
	return found
}

// of waits for a frame of a type about a ticket, after a mark.
func (s *stream) of(mark int, kind, ticketID string) frame {
	s.t.Helper()
	return s.waitFrom(mark, kind+" of ticket "+ticketID, func(f frame) bool { return f.Type == kind && f.ticket() == ticketID })
}

// knowsNothing fails if a frame after the mark holds any of these texts.
func (s *stream) knowsNothing(mark int, of ...string) {
	s.t.Helper()
	list := s.frames()
	for _, f := range list[min(mark, len(list)):] {
		for _, text := range of {
			if strings.Contains(f.data, text) {
				s.t.Errorf("%s's stream tells of %q: %.600s", s.who, text, f.data)
			}
		}
	}
}

func (s *stream) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// summary is a stream in short, for messages of failed tests.
func summary(list []frame) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.Type + " " + f.ticket()
	}
	return out
}
