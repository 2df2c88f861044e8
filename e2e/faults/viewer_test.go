package faults_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// viewer is a person's browser window: it keeps a screen from what the stream
// tells and from what it fetches, by the contract's rules: drop what is older
// than what is held; fetch everything again after a new connection, resync and
// scope.changed.
type viewer struct {
	who    *person
	random *rand.Rand

	mu      sync.Mutex
	tickets map[string]*ticket
	opened  map[string]map[string]*message // conversations on screen
	gone    map[string]int64               // ticket → version with which it left
	told    map[string]bool                // tickets that this connection told of
	badges  *badges                        // as last told; nil: not yet
	stalled time.Time                      // reads nothing until then
	began   time.Time                      // of the connection
	stale   bool                           // a fetch failed
	resyncs int
	frames  int
}

func newViewer(p *person) *viewer {
	v := &viewer{who: p, random: p.run.random("viewer " + p.name), tickets: map[string]*ticket{}}
	v.forget()
	return v
}

// forget empties the screen.
func (v *viewer) forget() {
	v.opened, v.gone = map[string]map[string]*message{}, map[string]int64{}
}

// frame is one event of the stream.
type frame struct {
	Type     string  `json:"type"`
	Version  any     `json:"version"` // of the thing; in the first frame of the program
	TicketID string  `json:"ticket_id"`
	Ticket   ticket  `json:"ticket"`
	Message  message `json:"message"`
	Counters badges  `json:"counters"`
}

// watches keeps the stream open until the run ends.
func (v *viewer) watches() {
	for v.who.run.ctx.Err() == nil {
		v.connection()
		v.who.run.pause(time.Duration(20+v.random.IntN(100)) * time.Millisecond)
	}
}

// narrow dials connections that hold little: a browser that does not read is
// soon felt at the other end.
func narrow(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var set error
		err := c.Control(func(fd uintptr) { set = lessBuffer(fd) })
		return errors.Join(err, set)
	}}
	return d.DialContext(ctx, network, addr)
}

// connection is one life of the stream.
func (v *viewer) connection() {
	ctx, cancel := context.WithCancel(v.who.run.ctx)
	defer cancel()
	v.mu.Lock()
	v.began, v.told = time.Now(), map[string]bool{}
	v.mu.Unlock()
	req, err := v.who.request(ctx, http.MethodGet, "/stream", "", nil)
	if err != nil {
		return
	}
	endless := http.Client{Jar: v.who.http.Jar, Transport: &http.Transport{DialContext: narrow, DisableKeepAlives: true}}
	res, err := endless.Do(req)
	if err != nil {
		return
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		v.who.judge("stream", &refusal{status: res.StatusCode})
		return
	}
	in := bufio.NewReader(res.Body)
	for {
		v.stall(ctx)
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		data, is := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "data: ")
		if !is {
			continue
		}
		var f frame
		if err := json.Unmarshal([]byte(data), &f); err != nil {
			v.who.run.wrong("a frame on %s's stream: %v in %.200s", v.who.name, err, data)
			return
		}
		if !v.take(ctx, &f) {
			return
		}
	}
}

// stall reads nothing for as long as the weather wants.
func (v *viewer) stall(ctx context.Context) {
	v.mu.Lock()
	until := v.stalled
	v.mu.Unlock()
	if d := time.Until(until); d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
}

// take applies a frame; false ends the connection.
func (v *viewer) take(ctx context.Context, f *frame) bool {
	switch f.Type {
	case "hello":
		v.who.scope.told(v.began)
		return v.refetch(ctx)
	case "resync", "scope.changed":
		v.who.scope.told(time.Now())
		return v.refetch(ctx)
	case "session.ended":
		v.who.run.wrong("%s's session ended", v.who.name)
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.frames++
	switch f.Type {
	case "ticket.added", "ticket.updated":
		v.told[f.Ticket.ID] = true
		v.showTicket(&f.Ticket, "stream")
	case "ticket.removed":
		v.told[f.TicketID] = false
		version, number := f.Version.(float64)
		if !number {
			v.who.run.wrong("a frame of a removed ticket has version %v", f.Version)
		}
		v.removeTicket(f.TicketID, int64(version))
	case "message.created", "message.updated", "event.created":
		if !v.told[f.TicketID] {
			v.who.run.wrong("%s's stream tells %s of ticket %s, which it has not shown", v.who.name, f.Type, f.TicketID)
		}
		if f.Message.ID != "" {
			v.who.run.ticked(&f.Message, v.who.name+"'s stream")
			v.showMessage(f.TicketID, &f.Message)
		}
	case "counters":
		v.badges = &f.Counters
	}
	return true
}

// showTicket puts a ticket on the screen unless what is there is newer.
func (v *viewer) showTicket(t *ticket, how string) {
	v.who.run.sighted(t, v.who.name+"'s "+how)
	if !v.who.sees(t) {
		v.who.run.wrong("%s's %s shows a ticket that she may not see: %+v", v.who.name, how, t.state())
	}
	if gone, left := v.gone[t.ID]; left && t.Version <= gone {
		return
	}
	delete(v.gone, t.ID)
	if old := v.tickets[t.ID]; old == nil || old.Version <= t.Version {
		v.tickets[t.ID] = t
	}
}

func (v *viewer) removeTicket(id string, version int64) {
	if old := v.tickets[id]; old != nil && old.Version > version {
		return
	}
	v.gone[id] = max(v.gone[id], version)
	delete(v.tickets, id)
	delete(v.opened, id)
}

func (v *viewer) showMessage(ticketID string, m *message) {
	chat := v.opened[ticketID]
	if chat == nil {
		return
	}
	if old := chat[m.ID]; old == nil || old.Version <= m.Version {
		chat[m.ID] = m
	}
}

// newestClosed is how much of the closed tab a screen shows.
const newestClosed = 50

// refetch reads the screen anew. What fails is tried again.
func (v *viewer) refetch(ctx context.Context) bool {
	v.mu.Lock()
	v.stale = true
	v.resyncs++
	open := make([]string, 0, len(v.opened))
	for id := range v.opened {
		open = append(open, id)
	}
	v.mu.Unlock()
	for ctx.Err() == nil {
		lists, err := v.lists(ctx)
		if err == nil {
			err = v.replace(ctx, lists, open)
		}
		if err == nil {
			return true
		}
		v.who.judge("refetch", err)
		v.who.run.pause(50 * time.Millisecond)
	}
	return false
}

func (v *viewer) lists(ctx context.Context) ([]ticket, error) {
	var all []ticket
	for status, most := range map[string]int{"open": 0, "pending": 0, "closed": newestClosed} {
		part, err := list[ticket](ctx, v.who.browser, "/tickets?limit=50&status="+status, most)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// replace shows the fetched tickets and reads the opened conversations again.
// Between two lists a ticket may have moved from one to the other: the newer
// version counts, and one that was missed comes with the stream.
func (v *viewer) replace(ctx context.Context, fetched []ticket, open []string) error {
	var now badges
	if err := v.who.get(ctx, "/counters", &now); err != nil {
		return err
	}
	chats := map[string]map[string]*message{}
	for _, id := range open {
		if !slices.ContainsFunc(fetched, func(t ticket) bool { return t.ID == id }) {
			continue
		}
		chat, err := v.chat(ctx, id)
		if err != nil && !refused(err) {
			return err
		}
		if err == nil {
			chats[id] = chat
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tickets, v.opened, v.gone, v.stale = map[string]*ticket{}, chats, map[string]int64{}, false
	v.badges = &now
	for i := range fetched {
		v.showTicket(&fetched[i], "list")
	}
	return nil
}

// chatLength is how much of a conversation a screen shows at first.
const chatLength = 100

func (v *viewer) chat(ctx context.Context, id string) (map[string]*message, error) {
	list, err := said(ctx, v.who.browser, id, chatLength)
	if err != nil {
		return nil, err
	}
	chat := map[string]*message{}
	for i := range list {
		v.who.run.ticked(&list[i], v.who.name+"'s chat")
		chat[list[i].ID] = &list[i]
	}
	return chat, nil
}

// pick chooses a ticket of the screen, and now and then opens its conversation.
func (v *viewer) pick(random *rand.Rand, ok func(*ticket) bool) *ticket {
	v.mu.Lock()
	var found []*ticket
	for _, t := range v.tickets {
		if ok(t) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *ticket) int { return int(a.Number - b.Number) })
	var t ticket
	if len(found) > 0 {
		t = *found[random.IntN(len(found))]
	}
	wants := t.ID != "" && v.opened[t.ID] == nil && len(v.opened) < 4 && !v.stale
	if len(v.opened) >= 4 && random.IntN(20) == 0 {
		clear(v.opened) // she turns to others
	}
	v.mu.Unlock()
	if t.ID == "" {
		return nil
	}
	if wants {
		v.open(t.ID)
	}
	return &t
}

// open shows a conversation: it is on screen first, so that what comes while
// it is fetched is kept.
func (v *viewer) open(id string) {
	v.mu.Lock()
	v.opened[id] = map[string]*message{}
	v.mu.Unlock()
	chat, err := v.chat(v.who.run.ctx, id)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.opened[id] == nil {
		return
	}
	if err != nil {
		delete(v.opened, id)
		return
	}
	for _, m := range chat {
		v.showMessage(id, m)
	}
}

// differences compares the screen with what the desk says now.
func (v *viewer) differences(ctx context.Context) ([]string, error) {
	lists, err := v.lists(ctx)
	if err != nil {
		return nil, err
	}
	var now badges
	if err := v.who.get(ctx, "/counters", &now); err != nil {
		return nil, err
	}
	v.mu.Lock()
	opened := make([]string, 0, len(v.opened))
	for id := range v.opened {
		opened = append(opened, id)
	}
	v.mu.Unlock()
	chats := map[string]map[string]*message{}
	for _, id := range opened {
		if chats[id], err = v.chat(ctx, id); err != nil {
			return nil, err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.stale {
		return []string{"is being fetched"}, nil
	}
	found := compareTickets(v.tickets, lists)
	if v.badges == nil || *v.badges != now {
		found = append(found, fmt.Sprintf("badges %+v, the desk counts %+v", v.badges, now))
	}
	for id, chat := range chats {
		if shown := v.opened[id]; shown != nil {
			found = append(found, compareChat(id, shown, chat)...)
		}
	}
	return found, nil
}

// compareTickets: live tickets must be the same; of closed ones, which a screen
// shows in part, those on screen.
func compareTickets(shown map[string]*ticket, held []ticket) []string {
	var found []string
	now := map[string]*ticket{}
	for i := range held {
		t := &held[i]
		now[t.ID] = t
		if shown[t.ID] == nil && t.Status != "closed" {
			found = append(found, fmt.Sprintf("lacks ticket %+v", t.state()))
		}
	}
	for id, t := range shown {
		is := now[id]
		switch {
		case is == nil && t.Status != "closed":
			found = append(found, fmt.Sprintf("still shows ticket %+v", t.state()))
		case is != nil && look(t) != look(is):
			found = append(found, fmt.Sprintf("shows %s, the desk has %s", look(t), look(is)))
		}
	}
	return found
}

// look is what a list shows of a ticket.
func look(t *ticket) string {
	last := excerpt{}
	if t.LastMessage != nil {
		last = *t.LastMessage
	}
	return fmt.Sprintf("%+v unread %d waiting %d last %+v of %s", t.state(), t.Unread, t.WaitingCount, last, t.Contact.Name)
}

func compareChat(id string, shown, held map[string]*message) []string {
	var found []string
	for m, is := range held {
		if shown[m] == nil {
			found = append(found, fmt.Sprintf("chat %s lacks message %s (%s)", id, m, is.Status))
		} else if looks(shown[m]) != looks(is) {
			found = append(found, fmt.Sprintf("chat %s shows %s, the desk has %s", id, looks(shown[m]), looks(is)))
		}
	}
	return found
}

func looks(m *message) string {
	code := ""
	if m.Error != nil {
		code = m.Error.Code
	}
	return fmt.Sprintf("%s %s %q %s %s%s", m.tick("").message, m.Status, m.Body, m.ProviderID, code, lookOf(m.Media))
}
