package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// delivery watches open streams for marked messages.
type delivery struct {
	seen [][]time.Time // by stream and mark
	open []*http.Response
	wg   sync.WaitGroup
}

const marker = "quadro-"

// watch opens streams, as many of each user in turn. All of them see every
// ticket.
func (s *scene) watch(ctx context.Context, streams, marks int) (*delivery, error) {
	users := []*browser{s.admin}
	for i := range s.d.Supervisors {
		b, err := signIn(ctx, s.run.addr, supervisorEmail(i))
		if err != nil {
			return nil, err
		}
		users = append(users, b)
	}
	d := &delivery{}
	for i := range streams {
		resp, err := users[i%len(users)].send(ctx, http.MethodGet, "/api/v1/stream", nil)
		if err != nil {
			d.close()
			return nil, fmt.Errorf("open stream %d: %w", i+1, err)
		}
		seen := make([]time.Time, marks)
		d.open, d.seen = append(d.open, resp), append(d.seen, seen) //nolint:bodyclose // stop closes them all
		d.wg.Go(func() { note(resp, seen) })
	}
	return d, nil
}

// note writes down when each marked message was first seen. It ends with the
// stream.
func note(resp *http.Response, seen []time.Time) {
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	created := false
	for lines.Scan() {
		line := lines.Bytes()
		switch {
		case bytes.HasPrefix(line, []byte("event:")):
			created = bytes.HasSuffix(line, []byte("message.created"))
		case created && bytes.HasPrefix(line, []byte("data:")):
			i := bytes.Index(line, []byte(marker))
			if i < 0 {
				continue
			}
			digits := line[i+len(marker):]
			n, err := strconv.Atoi(string(digits[:min(6, len(digits))]))
			if err == nil && n < len(seen) && seen[n].IsZero() {
				seen[n] = time.Now()
			}
		}
	}
}

func (d *delivery) close() {
	for _, resp := range d.open {
		resp.Body.Close()
	}
	d.wg.Wait()
}

// delivered sends webhooks at a fixed rate while streams are open, and returns
// how long each took to every stream, and to the last of them, both from when
// its webhook was sent.
func (s *scene) delivered(ctx context.Context, streams int, rate float64, window time.Duration) (frames, last, hooks outcome, err error) {
	marks := int(rate*window.Seconds()) + 1
	d, err := s.watch(ctx, streams, marks)
	if err != nil {
		return frames, last, hooks, err
	}
	sent := make([]time.Time, marks)
	var next atomic.Int64
	hooks, err = loadSpec{addr: s.run.addr, conns: 16, window: window, rate: rate}.run(ctx, func(h *hand) error {
		k := int(next.Add(1)) - 1
		n := s.seq.Add(1)
		c := s.writing[h.rng.IntN(len(s.writing))]
		sent[k] = time.Now()
		_, err := h.must(s.webhook(c.line, c.phone, fmt.Sprintf("%s%06d %s", marker, k, s.text(n)), n))
		return err
	})
	time.Sleep(500 * time.Millisecond) // for the last frames
	d.close()
	if err != nil {
		return frames, last, hooks, err
	}
	frames, last, err = d.times(sent[:next.Load()], window)
	return frames, last, hooks, err
}

func (d *delivery) times(sent []time.Time, window time.Duration) (frames, last outcome, err error) {
	var each, slowest []time.Duration
	missing := 0
	for k, from := range sent {
		var worst time.Duration
		for _, seen := range d.seen {
			if seen[k].IsZero() {
				missing++
				continue
			}
			each = append(each, seen[k].Sub(from))
			worst = max(worst, seen[k].Sub(from))
		}
		slowest = append(slowest, worst)
	}
	if missing > 0 {
		return frames, last, fmt.Errorf("void: %d of %d frames did not come", missing, len(sent)*len(d.seen))
	}
	if len(each) == 0 {
		return frames, last, errors.New("void: nothing was sent")
	}
	slices.Sort(each)
	return summarise(each, window), summarise(slowest, window), nil
}
