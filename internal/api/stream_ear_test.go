package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/desk"
)

// ear is a browser: it listens to a stream and keeps its lists by it.
type ear struct {
	h       *house
	user    desk.ID
	session desk.ID
	body    io.Closer
	retry   string

	mu      sync.Mutex
	changed sync.Cond
	frames  []heard // since they were last taken
	held    map[desk.ID]int64
	marks   map[string]bool
	badges  *counters
	ended   bool
}

// heard is one frame.
type heard struct {
	kind string
	text []byte
}

// listen opens a stream of a new session and waits for its first frame.
func (h *house) listen(user desk.ID) *ear {
	h.Helper()
	return h.listenTo(user, h.session(user))
}

func (h *house) listenTo(user, session desk.ID) *ear {
	h.Helper()
	res := h.request(session)
	if res.StatusCode != http.StatusOK {
		h.Fatalf("stream: %s", res.Status)
	}
	e := &ear{h: h, user: user, session: session, body: res.Body, held: map[desk.ID]int64{}, marks: map[string]bool{}}
	e.changed.L = &e.mu
	go e.read(bufio.NewReader(res.Body))
	h.Cleanup(func() { _ = res.Body.Close() })
	e.await("hello", func() bool { return len(e.frames) > 0 && e.frames[0].kind == frameHello })
	return e
}

func (h *house) request(session desk.ID) *http.Response {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), http.MethodGet, h.http.URL, nil)
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("X-Session", session.String())
	res, err := h.http.Client().Do(r)
	if err != nil {
		h.Fatal(err)
	}
	return res
}

// read takes frames until the stream ends.
func (e *ear) read(r *bufio.Reader) {
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.ended = true
		e.changed.Broadcast()
	}()
	var f heard
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "retry":
			e.retry = value
		case "event":
			f.kind = value
		case "data":
			f.text = []byte(value)
		case "":
			if f.kind != "" {
				e.take(f)
			}
			f = heard{}
		}
	}
}

// take keeps a frame and does what a browser does with it.
func (e *ear) take(f heard) {
	if f.kind == frameScope || f.kind == frameResync || f.kind == frameHello {
		e.refetch()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var x struct {
		Type     string
		Version  json.RawMessage
		TicketID id `json:"ticket_id"`
		Ticket   struct{ ID id }
		Counters *counters
		ID       json.RawMessage
		Noun     string
	}
	if err := json.Unmarshal(f.text, &x); err != nil || x.Type != f.kind {
		e.h.Errorf("frame %s: %s: %v", f.kind, f.text, err)
	}
	e.h.fits(f)
	version, _ := strconv.ParseInt(string(x.Version), 10, 64)
	switch f.kind {
	case frameTicketAdded, frameTicketUpdated:
		if at := desk.ID(x.Ticket.ID); version >= e.held[at] {
			e.held[at] = version
		}
	case frameTicketRemoved:
		if at := desk.ID(x.TicketID); version >= e.held[at] {
			delete(e.held, at)
		}
	case frameCounters:
		e.badges = x.Counters
	case frameRegister:
		if x.Noun == "tags" {
			e.marks[strings.Trim(string(x.ID), `"`)] = true
			e.changed.Broadcast()
			return
		}
	}
	e.frames = append(e.frames, f)
	e.changed.Broadcast()
}

// fits holds a frame against the document.
func (h *house) fits(f heard) {
	var value any
	if err := json.Unmarshal(f.text, &value); err != nil {
		h.Error(err)
	}
	var res huma.ValidateResult
	h.document.Lock()
	defer h.document.Unlock()
	huma.Validate(h.contract, h.contract.Map()["StreamFrame"], huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, &res)
	for _, err := range res.Errors {
		h.Errorf("frame %s is not what the document says: %v: %s", f.kind, err, f.text)
	}
}

// refetch reads the lists again.
func (e *ear) refetch() {
	ids, err := e.h.list(e.user)
	if desk.CodeOf(err) == desk.CodeNotFound {
		ids, err = nil, nil // no longer a user
	}
	held := map[desk.ID]int64{}
	for _, at := range ids {
		t, err := e.h.s.Ticket(e.h.q(), e.h.account, at)
		if err == nil {
			held[at] = t.Rev
		}
	}
	if err != nil && e.h.Context().Err() == nil {
		e.h.Errorf("reading the lists: %v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held = held
}

// await waits until something is so; ok is called with the mutex held.
func (e *ear) await(what string, ok func() bool) {
	e.h.Helper()
	late := time.AfterFunc(15*time.Second, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.changed.Broadcast()
	})
	defer late.Stop()
	deadline := time.Now().Add(15 * time.Second)
	e.mu.Lock()
	defer e.mu.Unlock()
	for !ok() {
		if time.Now().After(deadline) {
			var kinds []string
			for _, f := range e.frames {
				kinds = append(kinds, f.kind)
			}
			e.h.Fatalf("never heard: %s; heard %v, ended %v", what, kinds, e.ended)
		}
		e.changed.Wait()
	}
}

// awaitFrame waits until a frame of a type has come that was not yet taken.
func (e *ear) awaitFrame(kind string) {
	e.h.Helper()
	e.await(kind, func() bool {
		return slices.ContainsFunc(e.frames, func(f heard) bool { return f.kind == kind })
	})
}

// settle waits until all streams have been told of what was committed before.
func (h *house) settle(ears ...*ear) {
	h.Helper()
	h.s.DB.Settle()
	mark := h.s.IDs.Next()
	h.bus.Publish(desk.Event{ID: mark, AccountID: h.account, Type: desk.EvTagUpdated, Entity: "tag", EntityID: mark})
	for _, e := range ears {
		e.await("the mark", func() bool { return e.marks[mark.String()] || e.ended })
	}
}

// told settles and returns what the stream told since, but for the badges.
// Each frame is written as its type and what it is about.
func (e *ear) told() []string {
	e.h.Helper()
	e.h.settle(e)
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []string{}
	for _, f := range e.frames {
		if f.kind != frameCounters && f.kind != frameHello && f.kind != framePresence {
			list = append(list, f.about())
		}
	}
	e.frames = nil
	return list
}

// about names a frame's subject.
func (f heard) about() string {
	var x struct {
		Ticket, Message, Notification struct{ ID string }
		TicketID                      string `json:"ticket_id"`
		ConnectionID                  string `json:"connection_id"`
		UserID                        string `json:"user_id"`
		Noun                          string
		ID                            string
		Item                          struct{ Event struct{ Type string } }
	}
	_ = json.Unmarshal(f.text, &x)
	switch f.kind {
	case frameTicketAdded, frameTicketUpdated:
		return f.kind + " " + x.Ticket.ID
	case frameMessageCreated, frameMessageUpdated:
		return f.kind + " " + x.Message.ID
	case frameEventCreated:
		return f.kind + " " + x.Item.Event.Type
	case frameTicketRemoved:
		return f.kind + " " + x.TicketID
	case frameConnection:
		return f.kind + " " + x.ConnectionID
	case frameRegister:
		return strings.TrimSpace(f.kind + " " + x.Noun + " " + x.ID)
	}
	return f.kind
}

// hears ends the test unless exactly this was told since, in this order.
func (e *ear) hears(want ...string) {
	e.h.Helper()
	if got := e.told(); !slices.Equal(got, want) {
		e.h.Fatalf("told %q, want %q", got, want)
	}
}

// last returns the newest frame of a type that was told and not yet taken.
func (e *ear) last(kind string, into any) {
	e.h.Helper()
	e.h.settle(e)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range slices.Backward(e.frames) {
		if f.kind == kind {
			if err := json.Unmarshal(f.text, into); err != nil {
				e.h.Fatal(err)
			}
			return
		}
	}
	e.h.Fatalf("no %s was told", kind)
}

// forget drops what was told so far.
func (e *ear) forget() {
	e.h.Helper()
	e.told()
}

// shows lists the tickets in the browser's lists.
func (e *ear) shows() []desk.ID {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Sorted(maps.Keys(e.held))
}

func (e *ear) counts(want counters) {
	e.h.Helper()
	e.await(fmt.Sprintf("counters %+v", want), func() bool { return e.badges != nil && *e.badges == want })
}

func (e *ear) ends() {
	e.h.Helper()
	e.await("the end", func() bool { return e.ended })
}
