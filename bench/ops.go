package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// measure is one operation of the workload under its stable name.
type measure struct {
	name  string
	kind  string // of the user who asks, "" for one who sees everything
	limit string // name of what it is held against
	half  bool   // measured again at a fixed rate, half of what it reached
	four  bool   // measured with four connections too, for its 95th percentile
	op    operation
}

// Names that other figures are held against.
const (
	limitHTTP     = "limit.http_ok"
	limitCommit   = "limit.commit_1_row"
	limitReads    = limitHTTP
	limitAccepted = "inbound.reference"
)

// reading are the operations that change nothing, or next to it, for one who
// sees everything and for users of one queue and of five.
func (s *scene) reading(ctx context.Context) ([]measure, error) {
	list, err := s.readingOf(ctx, s.admin, "")
	if err != nil {
		return nil, err
	}
	list = append(list, measure{name: "O10.sign_in", limit: limitReads, op: s.signIn()})
	for _, user := range []struct {
		n    int
		kind string
	}{{0, ".one_queue"}, {4, ".five_queues"}} {
		b, err := signIn(ctx, s.run.addr, userEmail(user.n))
		if err != nil {
			return nil, err
		}
		part, err := s.readingOf(ctx, b, user.kind)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	return list, nil
}

func (s *scene) readingOf(ctx context.Context, who *browser, kind string) ([]measure, error) {
	page, err := pageFar(ctx, who)
	if err != nil {
		return nil, err
	}
	get := func(path string) operation { return fixed(who.request(http.MethodGet, path, "")) }
	search := func(words string) operation { return get("/api/v1/search?q=" + url.QueryEscape(words)) }
	list := []measure{
		{name: "O1.list", op: get("/api/v1/tickets?limit=50")},
		{name: "O2.list_open", half: true, op: get(openList)},
		{name: "O3.list_open_page20", op: get(page)},
		{name: "O9.search_rare", four: true, op: search(rareWord)},
		{name: "O9.search_phrase", four: true, op: search(phraseWord1 + " " + phraseWord2)},
		{name: "O9.search_miss", four: true, op: search(missingWord)},
		{name: "counters", half: true, op: get("/api/v1/counters")},
	}
	if kind == "" { // tickets are opened by who sees all of them
		list = append(list, measure{name: "O4.open", half: true, op: s.openRandom}, measure{name: "O5.open_long", op: s.openLong()})
	}
	for i := range list {
		list[i].kind, list[i].limit = kind, limitReads
		list[i].half = list[i].half && kind == ""
		list[i].four = list[i].four && kind == ""
	}
	return list, nil
}

// writes are the operations that accept messages. Replies come last of all:
// what they leave to be sent goes on, at the pace of the channel, while
// something else is measured.
func (s *scene) writes() []measure {
	return []measure{
		{name: "O7.inbound", limit: limitAccepted, op: s.inbound},
		{name: "O8.inbound_new", limit: limitAccepted, op: s.inboundNew},
	}
}

func (s *scene) mixed() []measure {
	return []measure{{name: "O11.mix", limit: limitReads, op: s.mix()}}
}

func (s *scene) replies() []measure {
	return []measure{{name: "O6.reply", limit: limitAccepted, half: true, op: s.answer}}
}

const openList = "/api/v1/tickets?status=open&limit=50"

// fixed sends the same request every time.
func fixed(request []byte) operation {
	return func(h *hand) error {
		_, err := h.must(request)
		return err
	}
}

// measured is how many users the operations sign in as; a user's oldest session
// ends when she signs in too often.
const measured = 5

// signIn signs the other users in, one after the other.
func (s *scene) signIn() operation {
	return func(h *hand) error {
		n := measured + int(s.seq.Add(1))%(s.d.ordinary()-measured)
		body := fmt.Sprintf(`{"email":%q,"password":%q}`, userEmail(n), password)
		_, err := h.must(rawRequest(http.MethodPost, s.run.addr, "/api/v1/session", body))
		return err
	}
}

// pageFar walks the open list to its 20th page, or the last there is, and
// returns that page's path.
func pageFar(ctx context.Context, who *browser) (string, error) {
	path := openList
	for range 19 {
		var page struct {
			Next string `json:"next"`
		}
		if err := who.get(ctx, path, &page); err != nil {
			return "", err
		}
		if page.Next == "" {
			break
		}
		path = openList + "&cursor=" + url.QueryEscape(page.Next)
	}
	return path, nil
}

// open shows a ticket as the browser does: its header, then the newest 50 of
// its timeline.
func (s *scene) open(h *hand, ticket int) error {
	path := "/api/v1/tickets/" + s.d.tickets[ticket].id.String()
	if _, err := h.must(s.admin.request(http.MethodGet, path, "")); err != nil {
		return err
	}
	_, err := h.must(s.admin.request(http.MethodGet, path+"/timeline?limit=50", ""))
	return err
}

func (s *scene) openRandom(h *hand) error { return s.open(h, h.rng.IntN(len(s.d.tickets))) }

func (s *scene) openLong() operation { return func(h *hand) error { return s.open(h, 0) } }

// inbound is a customer's message into a live ticket, one of 64 customers.
func (s *scene) inbound(h *hand) error {
	n := s.seq.Add(1)
	c := s.writing[h.rng.IntN(min(senders, len(s.writing)))]
	return s.take(h, s.webhook(c.line, c.phone, s.text(n), n))
}

// take sends a request with a message to be accepted.
func (s *scene) take(h *hand, request []byte) error {
	_, err := h.must(request)
	if err == nil {
		s.taken.Add(1)
	}
	return err
}

// inboundNew is the first message of somebody unknown.
func (s *scene) inboundNew(h *hand) error {
	n := s.seq.Add(1)
	return s.take(h, s.webhook(s.company.Connections[int(n)%s.d.Connections], fmt.Sprintf("55219%08d", n), s.text(n), n))
}

// answer is an agent's text in a conversation with an open window.
func (s *scene) answer(h *hand) error {
	n := s.seq.Add(1)
	return s.take(h, s.reply(s.writing[h.rng.IntN(len(s.writing))], s.text(n), n))
}

// mix is O11: 50 % list, 25 % open, 12 % inbound, 8 % reply, 5 % search.
func (s *scene) mix() operation {
	list := fixed(s.admin.request(http.MethodGet, openList, ""))
	rare := fixed(s.admin.request(http.MethodGet, "/api/v1/search?q="+rareWord, ""))
	return func(h *hand) error {
		switch p := h.rng.IntN(100); {
		case p < 50:
			return list(h)
		case p < 75:
			return s.openRandom(h)
		case p < 87:
			return s.inbound(h)
		case p < 95:
			return s.answer(h)
		}
		return rare(h)
	}
}

// work has so many messages accepted, those before it counted: nine of ten by
// customers with a live ticket, one by somebody new.
func (s *scene) work(ctx context.Context, messages int) error {
	_, err := loadSpec{addr: s.run.addr, conns: usual, window: time.Second, until: func() bool { return s.taken.Load() >= int64(messages) }}.run(ctx,
		func(h *hand) error {
			if h.rng.IntN(10) == 0 {
				return s.inboundNew(h)
			}
			return s.inbound(h)
		})
	return err
}
