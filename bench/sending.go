package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// pace is what the channel lets a number send a second, and at once.
const pace = 80

// sendingRate is how many replies a second are timed on one number.
const sendingRate = 40

// sending measures the way out: from the API to the provider.
func (b *benchmark) sending(ctx context.Context, s *scene) {
	const name = "send."
	if !b.wants(name) {
		return
	}
	at := s.row(name+"accepted", usual)
	accepted, arrived, err := s.sendTimes(ctx, sendingRate, b.plan.window)
	if err != nil {
		b.report.fail(at, err)
		return
	}
	b.report.rate(at, accepted)
	at.Name = name + "to_provider"
	b.report.rate(at, arrived)
	if err := s.moreNumbers(ctx); err != nil {
		b.report.fail(s.row(name+"numbers", lines), err)
		return
	}
	for _, n := range []int{1, lines} {
		at := s.row(fmt.Sprintf("%snumbers_%d", name, n), n)
		before := s.out.refusals()
		perS, err := s.sendRate(ctx, n)
		if err != nil {
			b.report.fail(at, err)
			continue
		}
		ratio := perS / float64(n*pace)
		at.PerS, at.LimitRatio = &perS, &ratio
		b.report.value(at, float64(s.out.refusals()-before), "refused")
	}
}

// perNumber is how many people write to each of the numbers beside those of the
// data.
const perNumber = 40

// moreNumbers has people write to the numbers beside those of the data, on the
// phones of the simulator, and accepts their tickets.
func (s *scene) moreNumbers(ctx context.Context) error {
	for i, l := range s.company.Connections[s.d.Connections:] {
		for k := range perNumber {
			_, err := s.out.world.SendAsCustomer(ctx, sandbox.CustomerMessage{AccountID: s.company.Account, PhoneNumberID: l.PhoneID,
				Phone: fmt.Sprintf("5531988%02d%04d", i, k), Name: "Cliente", Type: sandbox.TypeText, Body: s.text(s.seq.Add(1))})
			if err != nil {
				return fmt.Errorf("customer writes: %w", err)
			}
		}
	}
	for _, l := range s.company.Connections[s.d.Connections:] {
		waiting, err := s.waitingOn(ctx, l)
		if err != nil {
			return err
		}
		for _, c := range waiting {
			if err := s.admin.call(ctx, http.MethodPost, "/api/v1/tickets/"+c.id.String()+"/accept", struct{}{}, nil); err != nil {
				return err
			}
		}
		s.more = append(s.more, waiting...)
	}
	return nil
}

// waitingOn are the people who wait on a number, once all have arrived.
func (s *scene) waitingOn(ctx context.Context, l line) ([]conversation, error) {
	var page struct {
		Items []struct {
			ID      desk.ID `json:"id"`
			Contact struct {
				Phone string `json:"phone"`
			} `json:"contact"`
		} `json:"items"`
	}
	for deadline := time.Now().Add(30 * time.Second); len(page.Items) != perNumber; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%d people wrote to number %s, %d tickets wait", perNumber, l.Display, len(page.Items))
		}
		if err := s.admin.get(ctx, "/api/v1/tickets?status=pending&limit=100&connection="+l.ID.String(), &page); err != nil {
			return nil, err
		}
	}
	list := make([]conversation, 0, perNumber)
	for _, t := range page.Items {
		list = append(list, conversation{ticket: nobody, id: t.ID, line: l, phone: t.Contact.Phone})
	}
	return list, nil
}

// composed is a reply that was accepted.
type composed struct {
	id   desk.ID
	from time.Time // when its request began
	to   string    // the contact's number
}

// compose answers in a conversation and keeps what the program called it.
func (s *scene) compose(h *hand, c conversation) (composed, error) {
	n := s.seq.Add(1)
	from := time.Now()
	body, err := h.must(s.reply(c, s.text(n), n))
	if err != nil {
		return composed{}, err
	}
	var m struct {
		ID desk.ID `json:"id"`
	}
	return composed{m.ID, from, c.phone}, json.Unmarshal(body, &m)
}

// sendTimes answers at a fixed rate on one number, and returns how long
// accepting took, and how long it was from the request to the provider.
func (s *scene) sendTimes(ctx context.Context, rate float64, window time.Duration) (accepted, arrived outcome, err error) {
	var mu sync.Mutex
	var all []composed
	list, since := s.on(0), s.out.count()
	accepted, err = loadSpec{addr: s.run.addr, conns: 16, window: window, rate: rate}.run(ctx, func(h *hand) error {
		m, err := s.compose(h, list[h.rng.IntN(len(list))])
		mu.Lock()
		defer mu.Unlock()
		all = append(all, m)
		return err
	})
	if err != nil {
		return accepted, arrived, err
	}
	began := map[string]time.Time{}
	for _, m := range all {
		began[m.id.String()] = m.from
	}
	heard, err := s.heard(ctx, since, began)
	if err != nil {
		return accepted, arrived, err
	}
	took := make([]time.Duration, 0, len(all))
	for _, a := range heard {
		took = append(took, a.at.Sub(began[a.correlation]))
	}
	return accepted, summarise(took, window), nil
}

// heard waits until the provider has heard all of these messages, and returns
// how they arrived. Others, left from what was measured before, may be among
// what it hears.
func (s *scene) heard(ctx context.Context, since int, wanted map[string]time.Time) ([]arrival, error) {
	deadline := time.Now().Add(30 * time.Second)
	for {
		var found []arrival
		for _, a := range s.out.arrivals(since) {
			if _, ours := wanted[a.correlation]; ours {
				found = append(found, a)
			}
		}
		if len(found) >= len(wanted) {
			return found, nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return nil, fmt.Errorf("void: the provider heard %d of %d messages", len(found), len(wanted))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// sendRate has more wait than the numbers may send at once and returns the rate
// at which the last third left. They are composed while the provider takes no
// token, one after another in each conversation; that they left in this order,
// each once, is checked.
func (s *scene) sendRate(ctx context.Context, connections int) (perS float64, err error) {
	const each = 3 * pace
	since := s.out.count()
	s.out.expire(true)
	defer s.out.expire(false)
	var wg sync.WaitGroup
	errs := make([]error, connections)
	made := make([][]composed, connections)
	for i := range connections {
		wg.Go(func() { made[i], errs[i] = s.composeMany(ctx, s.on(i), each) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	s.out.expire(false)
	for i := range connections {
		if err := s.admin.call(ctx, http.MethodPost, "/api/v1/connections/"+s.on(i)[0].line.ID.String()+"/check", struct{}{}, nil); err != nil {
			return 0, fmt.Errorf("check a number: %w", err)
		}
	}
	all := slices.Concat(made...)
	began := map[string]time.Time{}
	for _, m := range all {
		began[m.id.String()] = m.from
	}
	heard, err := s.heard(ctx, since, began)
	if err != nil {
		return 0, err
	}
	slices.SortFunc(heard, func(a, b arrival) int { return a.at.Compare(b.at) })
	if err := inOrder(heard, all); err != nil {
		return 0, err
	}
	last := heard[len(heard)*2/3:] // those before them left at once, or made up for it
	return float64(len(last)-1) / last[len(last)-1].at.Sub(last[0].at).Seconds(), nil
}

// composeMany answers n times, in one conversation after the other.
func (s *scene) composeMany(ctx context.Context, list []conversation, n int) ([]composed, error) {
	w, err := dial(ctx, s.run.addr)
	if err != nil {
		return nil, err
	}
	defer w.close()
	h := &hand{wire: w}
	var made []composed
	for k := range n {
		m, err := s.compose(h, list[k%len(list)])
		if err != nil {
			return nil, err
		}
		made = append(made, m)
	}
	return made, nil
}

// inOrder checks that every conversation's messages arrived once each, in the
// order in which they were composed.
func inOrder(heard []arrival, made []composed) error {
	want, got, whose := map[string][]string{}, map[string][]string{}, map[string]string{}
	for _, m := range made {
		id := m.id.String()
		want[m.to], whose[id] = append(want[m.to], id), m.to
	}
	for _, a := range heard {
		got[whose[a.correlation]] = append(got[whose[a.correlation]], a.correlation)
	}
	for phone, ids := range want {
		if !slices.Equal(got[phone], ids) {
			return fmt.Errorf("void: of a conversation %v arrived, composed were %v", got[phone], ids)
		}
	}
	return nil
}
