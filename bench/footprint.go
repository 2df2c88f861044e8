package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// footprint measures what the program takes when nobody asks anything, and what
// an open stream adds.
func (b *benchmark) footprint(ctx context.Context, st *stage) error {
	if !b.wants("footprint.") && !b.wants("idle.") && len(b.ops) > 0 {
		return nil
	}
	if err := b.coldStarts(ctx, st); err != nil {
		return err
	}
	r, err := b.prog.start(ctx, st.place)
	if err != nil {
		return err
	}
	b.idle(ctx, st, r)
	counts := b.plan.streamsOf(len(st.company.everybody(st.d)))
	if !b.plan.whole(st.d.Name) || len(counts) == 0 {
		return r.stop()
	}
	// Signing in takes much memory for a moment. What a stream holds shows in a
	// program that has not done it: sessions outlive the process.
	list, err := audience(ctx, st, r.addr, counts[len(counts)-1])
	if err := errors.Join(err, r.stop()); err != nil {
		return err
	}
	if r, err = b.prog.start(ctx, st.place); err != nil {
		return err
	}
	if err := b.openStreams(ctx, st, r, list, counts); err != nil {
		b.report.fail(st.row("footprint.streams", 0), err)
	}
	return r.stop()
}

// coldStarts is how long the program takes from nothing to its first good
// answer, the median of a few.
func (b *benchmark) coldStarts(ctx context.Context, st *stage) error {
	var took []time.Duration
	for range b.plan.starts {
		r, err := b.prog.start(ctx, st.place)
		if err != nil {
			return err
		}
		took = append(took, r.ready)
		time.Sleep(100 * time.Millisecond) // it may be ready before it has started all
		if err := r.stop(); err != nil {
			return err
		}
	}
	b.report.value(st.row("footprint.cold_start", 0), summarise(took, time.Second).p50, "ms")
	return nil
}

// idle is what a program holds and does that nobody has asked anything.
func (b *benchmark) idle(ctx context.Context, st *stage, r *running) {
	time.Sleep(2 * time.Second) // what a start has to do
	b.memory(st, r.pid(), "idle", memory)
	b.report.value(st.row("footprint.goroutines_idle", 0), r.gauges(ctx).goroutines(), "")
	s := &scene{stage: st, run: r}
	before, spent := r.gauges(ctx), s.cpu()
	time.Sleep(b.plan.idle)
	sent := r.gauges(ctx).minus(before)
	took := b.plan.idle.Seconds()
	b.report.value(st.row("idle.statements", 0), sent.statements()/took, "per s")
	b.report.value(st.row("idle.cpu", 0), (s.cpu()-spent).Seconds()*1000/took, "ms per s")
}

// openStreams opens more and more streams, and looks at what they hold when
// nothing happens on them.
func (b *benchmark) openStreams(ctx context.Context, st *stage, r *running, list []*listener, counts []int) error {
	defer closeAll(list)
	time.Sleep(2 * time.Second) // what a start has to do
	empty, _ := memory(r.pid())
	open := 0
	for _, n := range counts {
		for ; open < n; open++ {
			list[open].addr = r.addr
			if err := list[open].subscribe(ctx); err != nil {
				return fmt.Errorf("open stream %d: %w", open+1, err)
			}
		}
		time.Sleep(2 * time.Second)
		held, _ := memory(r.pid())
		b.report.value(st.row(fmt.Sprintf("footprint.per_stream_%d", n), n), float64(held-empty)/1000/float64(n), "kB")
		b.report.value(st.row(fmt.Sprintf("footprint.goroutines_%d_streams", n), n), r.gauges(ctx).goroutines(), "")
	}
	return nil
}

// listener is a connection on which a stream is about to be open. Nobody reads
// what comes after the head of the answer: nothing does.
type listener struct {
	*wire   // nil until subscribed
	addr    string
	request []byte
}

func closeAll(list []*listener) {
	for _, l := range list {
		if l.wire != nil {
			l.close()
		}
	}
}

// streamsPerUser is how many streams the program lets one user have.
const streamsPerUser = 20

// audience prepares streams, as many of each user as she may have.
func audience(ctx context.Context, st *stage, addr string, n int) ([]*listener, error) {
	return listeners(ctx, addr, st.company.everybody(st.d), n)
}

// overviewers prepares streams of people who see everything.
func overviewers(ctx context.Context, st *stage, addr string, n int) ([]*listener, error) {
	return listeners(ctx, addr, st.company.overview(st.d), n)
}

func listeners(ctx context.Context, addr string, emails []string, n int) ([]*listener, error) {
	if n > len(emails)*streamsPerUser {
		return nil, fmt.Errorf("%d users can't open %d streams", len(emails), n)
	}
	users, err := signInAll(ctx, addr, emails[:(n+streamsPerUser-1)/streamsPerUser])
	if err != nil {
		return nil, err
	}
	list := make([]*listener, n)
	for i := range list {
		u := users[i%len(users)]
		request := rawRequest(http.MethodGet, addr, "/api/v1/stream", "", "Cookie: "+u.cookie, "Accept: text/event-stream")
		list[i] = &listener{addr: addr, request: request}
	}
	return list, nil
}

// subscribe opens the stream.
func (l *listener) subscribe(ctx context.Context) (err error) {
	if l.wire, err = dialSmall(ctx, l.addr); err != nil {
		return err
	}
	if err := l.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return err
	}
	if _, err := l.conn.Write(l.request); err != nil {
		return err
	}
	line, err := l.line()
	if err != nil {
		return err
	}
	if !strings.Contains(string(line), " 200 ") {
		rest, _ := io.ReadAll(io.LimitReader(l.in, 500)) // what there is of it
		return fmt.Errorf("answer %q %q", line, rest)
	}
	_, _, err = l.headers()
	return errors.Join(err, l.conn.SetDeadline(time.Time{}))
}

// signInAll signs people in, a few at a time.
func signInAll(ctx context.Context, addr string, emails []string) ([]*browser, error) {
	list, errs := make([]*browser, len(emails)), make([]error, len(emails))
	var wg sync.WaitGroup
	next := make(chan int)
	for range 4 {
		wg.Go(func() {
			for i := range next {
				list[i], errs[i] = signIn(ctx, addr, emails[i])
			}
		})
	}
	for i := range emails {
		next <- i
	}
	close(next)
	wg.Wait()
	return list, errors.Join(errs...)
}

// memory notes what program and database hold.
func (b *benchmark) memory(st *stage, program int, when string, of func(pid int) (rss, pss int64)) {
	at := st.row("footprint.rss_"+when, 0)
	rss, pss := of(program)
	b.report.value(at, float64(rss)/1e6, "MB")
	if st.cluster == nil {
		return
	}
	for _, pid := range st.cluster.processes() {
		_, part := memory(pid)
		pss += part
	}
	at.Name = "footprint.stack_" + when
	b.report.value(at, float64(pss)/1e6, "MB")
}
