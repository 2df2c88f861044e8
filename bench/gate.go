package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Correct before fast: what the program shows of fresh data is held against
// what the generator knows, for who sees everything and for who sees a part.
func (s *scene) gate(ctx context.Context) error {
	if err := s.gateLists(ctx, s.admin, func(desk.Sight) bool { return true }); err != nil {
		return fmt.Errorf("administrator: %w", err)
	}
	for _, user := range []int{0, 4} {
		b, err := signIn(ctx, s.run.addr, userEmail(user))
		if err != nil {
			return err
		}
		if err := s.gateLists(ctx, b, s.company.viewer(s.d, user).CanSee); err != nil {
			return fmt.Errorf("user of %d queues: %w", len(s.d.queuesOf(user)), err)
		}
	}
	w := s.d.writer()
	for k := range 60 {
		if err := s.gateTimeline(ctx, w, k*len(s.d.tickets)/60); err != nil {
			return err
		}
	}
	for words, holds := range map[string]func(n int) bool{
		rareWord: w.isRare, phraseWord1 + " " + phraseWord2: w.isPhrase, missingWord: func(int) bool { return false },
	} {
		if err := s.gateSearch(ctx, words, holds); err != nil {
			return err
		}
	}
	return nil
}

// ranked are the tickets of a status, or of all, in the order of their list.
func (d *dataset) ranked(status desk.TicketStatus) []int {
	var list []int
	for i := range d.tickets {
		if status == "" || d.tickets[i].status == status {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b int) int {
		x, y := d.sortAt(a), d.sortAt(b)
		order := cmp.Or(cmp.Compare(y, x), cmp.Compare(d.tickets[b].id, d.tickets[a].id))
		if status == desk.Pending {
			return -order
		}
		return order
	})
	return list
}

// sortAt: pending tickets stand by when they were queued, open ones by their
// last message, closed ones by when they were closed.
func (d *dataset) sortAt(i int) int64 {
	t := &d.tickets[i]
	switch t.status {
	case desk.Pending:
		return t.created
	case desk.Closed:
		return t.closed
	}
	return d.messages[t.messages[len(t.messages)-1]].at
}

// gateLists compares the first two pages of every list, and the counters.
func (s *scene) gateLists(ctx context.Context, b *browser, sees func(desk.Sight) bool) error {
	counts := map[desk.TicketStatus]int{}
	for _, status := range []desk.TicketStatus{"", desk.Open, desk.Pending, desk.Closed} {
		var want []desk.ID
		for _, i := range s.d.ranked(status) {
			if sees(s.company.sight(&s.d.tickets[i])) {
				want = append(want, s.d.tickets[i].id)
			}
		}
		counts[status] = len(want)
		path, got := "/api/v1/tickets?limit=50&status="+string(status), []desk.ID{}
		cursor := ""
		for range 2 {
			var page struct {
				Items []struct {
					ID desk.ID `json:"id"`
				} `json:"items"`
				Next string `json:"next"`
			}
			if err := b.get(ctx, path+cursor, &page); err != nil {
				return err
			}
			for _, t := range page.Items {
				got = append(got, t.ID)
			}
			if page.Next == "" {
				break
			}
			cursor = "&cursor=" + url.QueryEscape(page.Next)
		}
		if want = want[:min(len(want), 100)]; !slices.Equal(got, want) {
			return fmt.Errorf("list %q shows %d tickets, not the %d the generator made, in their order:\n got %v\nwant %v", status, len(got), len(want), got, want)
		}
	}
	var c struct{ Open, Pending, Closed int }
	if err := b.get(ctx, "/api/v1/counters", &c); err != nil {
		return err
	}
	if c.Open != counts[desk.Open] || c.Pending != counts[desk.Pending] || c.Closed != counts[desk.Closed] {
		return fmt.Errorf("counters say %+v, the generator %v", c, counts)
	}
	return nil
}

// said is a page of a timeline.
type said struct {
	Items []struct {
		Message *struct {
			Body string `json:"body"`
		} `json:"message"`
	} `json:"items"`
}

func (s *said) texts() []string {
	var list []string
	for _, item := range s.Items {
		if item.Message != nil {
			list = append(list, item.Message.Body)
		}
	}
	return list
}

// gateTimeline compares the newest texts of a ticket.
func (s *scene) gateTimeline(ctx context.Context, w *writer, ticket int) error {
	t := &s.d.tickets[ticket]
	var page said
	if err := s.admin.get(ctx, "/api/v1/tickets/"+t.id.String()+"/timeline?limit=50", &page); err != nil {
		return err
	}
	got := page.texts()
	if len(got) < min(len(t.messages), 45) {
		return fmt.Errorf("ticket %d shows %d of its %d messages", ticket+1, len(got), len(t.messages))
	}
	for k, n := range t.messages[len(t.messages)-len(got):] {
		if got[k] != w.text(n) {
			return fmt.Errorf("ticket %d shows %q where the generator wrote %q", ticket+1, got[k], w.text(n))
		}
	}
	return nil
}

// gateSearch compares what O9 finds, newest first.
func (s *scene) gateSearch(ctx context.Context, words string, holds func(n int) bool) error {
	var found struct {
		Messages []struct {
			ID desk.ID `json:"message_id"`
		} `json:"messages"`
	}
	if err := s.admin.get(ctx, "/api/v1/search?q="+url.QueryEscape(words), &found); err != nil {
		return err
	}
	var got, want []desk.ID
	for _, m := range found.Messages {
		got = append(got, m.ID)
	}
	for n := len(s.d.messages) - 1; n >= 0 && len(want) < 30; n-- {
		if holds(n) {
			want = append(want, s.d.messages[n].id)
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("search %q finds %v, the generator wrote it in %v", words, got, want)
	}
	return nil
}

// durable sends messages in and out, kills the program the moment the last is
// answered, and looks for all of them after the next start. It comes last:
// after a crash what was on its way to the provider is uncertain for a while,
// and on PostgreSQL the dead process's lease on the numbers must end first.
func (s *scene) durable(ctx context.Context) error {
	var wg sync.WaitGroup
	const each = 16
	failed := make([]error, 2*each)
	for i := range failed {
		c, mark := s.writing[i%len(s.writing)], mark(i)
		request := s.webhook(c.line, c.phone, mark, s.seq.Add(1))
		if i >= each {
			request = s.reply(c, mark, s.seq.Add(1))
		}
		wg.Go(func() {
			w, err := dial(ctx, s.run.addr)
			if err == nil {
				defer w.close()
				_, err = w.must(request)
			}
			failed[i] = err
		})
	}
	wg.Wait()
	s.run.kill()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	for i := range failed {
		var page said
		if err := s.admin.get(ctx, "/api/v1/tickets/"+s.writing[i%len(s.writing)].id.String()+"/timeline?limit=50", &page); err != nil {
			return err
		}
		if !slices.Contains(page.texts(), mark(i)) {
			return fmt.Errorf("message %d was answered 2xx and is gone after SIGKILL", i)
		}
	}
	return nil
}

func mark(i int) string { return fmt.Sprintf("durable %s %d", strings.Repeat("x", i%7), i) }
