package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// measure is one operation of the workload under its stable name.
type measure struct {
	name  string
	limit string // name of what it is held against
	half  bool   // measured again at a fixed rate, half of what it reached
	op    operation
}

// Names that other figures are held against.
const (
	limitHTTP     = "limit.http_ok"
	limitCommit   = "limit.commit_1_row"
	limitReads    = limitHTTP
	limitAccepted = "inbound.reference"
)

// reading are the operations that change nothing, or next to it.
func (s *scene) reading(ctx context.Context) ([]measure, error) {
	page, err := s.pageFar(ctx)
	if err != nil {
		return nil, err
	}
	list := []measure{
		{"O1.list", limitReads, false, s.get("/api/v1/tickets?limit=50")},
		{"O2.list_open", limitReads, true, s.get(openList)},
		{"O3.list_open_page20", limitReads, false, s.get(page)},
		{"O4.open", limitReads, true, s.openRandom},
		{"O5.open_long", limitReads, false, s.openLong()},
		{"counters", limitReads, true, s.get("/api/v1/counters")},
		{"O9.search_rare", limitReads, false, s.search(rareWord)},
		{"O9.search_phrase", limitReads, false, s.search(phraseWord1 + " " + phraseWord2)},
		{"O9.search_miss", limitReads, false, s.search(missingWord)},
		{"O10.sign_in", limitReads, false, s.signIn()},
	}
	for _, user := range []struct {
		n    int
		name string
	}{{0, "one_queue"}, {4, "five_queues"}} {
		b, err := signIn(ctx, s.run.addr, userEmail(user.n))
		if err != nil {
			return nil, err
		}
		list = append(list, measure{"O2.list_open." + user.name, limitReads, false, fixed(b.request(http.MethodGet, openList, ""))})
	}
	return list, nil
}

// writing operations accept messages. Replies come last: what they leave to be
// sent goes on, at the pace of the channel, while something else is measured.
func (s *scene) writes() []measure {
	return []measure{
		{"O7.inbound", limitAccepted, false, s.inbound},
		{"O8.inbound_new", limitAccepted, false, s.inboundNew},
		{"O11.mix", limitReads, false, s.mix()},
	}
}

func (s *scene) replies() []measure {
	return []measure{{"O6.reply", limitAccepted, true, s.answer}}
}

const openList = "/api/v1/tickets?status=open&limit=50"

// fixed sends the same request every time.
func fixed(request []byte) operation {
	return func(h *hand) error {
		_, err := h.must(request)
		return err
	}
}

func (s *scene) get(path string) operation { return fixed(s.admin.request(http.MethodGet, path, "")) }

func (s *scene) search(words string) operation {
	return s.get("/api/v1/search?q=" + url.QueryEscape(words))
}

// signIn signs the users in, one after the other.
func (s *scene) signIn() operation {
	return func(h *hand) error {
		body := fmt.Sprintf(`{"email":%q,"password":%q}`, userEmail(int(s.seq.Add(1))%s.d.ordinary()), password)
		_, err := h.must(rawRequest(http.MethodPost, s.run.addr, "/api/v1/session", body))
		return err
	}
}

// pageFar walks the open list to its 20th page, or the last there is, and
// returns that page's path.
func (s *scene) pageFar(ctx context.Context) (string, error) {
	path := openList
	for range 19 {
		var page struct {
			Next string `json:"next"`
		}
		if err := s.admin.get(ctx, path, &page); err != nil {
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
	_, err := h.must(s.webhook(c.line, c.phone, s.text(n), n))
	return err
}

// inboundNew is the first message of somebody unknown.
func (s *scene) inboundNew(h *hand) error {
	n := s.seq.Add(1)
	_, err := h.must(s.webhook(s.company.Connections[int(n)%len(s.company.Connections)], fmt.Sprintf("5521971%06d", n), s.text(n), n))
	return err
}

// answer is an agent's text in a conversation with an open window.
func (s *scene) answer(h *hand) error {
	n := s.seq.Add(1)
	_, err := h.must(s.reply(s.writing[h.rng.IntN(len(s.writing))], s.text(n), n))
	return err
}

// mix is O11: 50 % list, 25 % open, 12 % inbound, 8 % reply, 5 % search.
func (s *scene) mix() operation {
	list, rare := s.get(openList), s.search(rareWord)
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
