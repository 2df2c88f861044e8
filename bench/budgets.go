package main

import (
	"context"
	"fmt"
	"time"
)

// counted is over how many messages statements are counted.
const counted = 20

// budgets counts what accepting one message costs, in and out, when nothing
// else goes on: statements inside its transaction, and commits.
func (b *benchmark) budgets(ctx context.Context, s *scene) {
	const name = "statements.accept"
	if !b.wants(name) {
		return
	}
	w, err := dial(ctx, s.run.addr)
	if err != nil {
		b.report.fail(s.row(name, 1), err)
		return
	}
	defer w.close()
	h := &hand{wire: w}
	inbound := func() error {
		n := s.seq.Add(1)
		_, err := h.must(s.webhook(s.writing[0].line, s.writing[0].phone, s.text(n), n))
		return err
	}
	c := s.writing[len(s.writing)-1]
	s.writing = s.writing[:len(s.writing)-1] // what stands in line here would disturb what is measured later
	reply := func() error {
		n := s.seq.Add(1)
		_, err := h.must(s.reply(c, s.text(n), n))
		return err
	}
	b.budget(ctx, s, "inbound", inbound)
	// A conversation may be sent so many messages at once; then they stand in
	// line, and what is counted is accepting them alone.
	since := s.out.count()
	for range pairBurst {
		if err := reply(); err != nil {
			b.report.fail(s.row(name+"_reply", 1), err)
			return
		}
	}
	for deadline := time.Now().Add(20 * time.Second); s.out.count() < since+pairBurst && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	b.budget(ctx, s, "reply", reply)
}

// pairBurst is how many messages the channel lets one conversation have at
// once.
const pairBurst = 45

func (b *benchmark) budget(ctx context.Context, s *scene, what string, do func() error) {
	at := s.row("statements.accept_"+what, 1)
	s.run.quiet(ctx)
	before := s.run.gauges(ctx)
	for range counted {
		if err := do(); err != nil {
			b.report.fail(at, fmt.Errorf("void: %w", err))
			return
		}
	}
	spent := s.run.gauges(ctx).minus(before)
	b.report.value(at, spent.inWrites()/counted, "rows")
	at.Name = "commits.accept_" + what
	b.report.value(at, spent.commits()/counted, "commits")
}

// quiet waits until the program sends nothing to its database for a while, at
// most some seconds: late statuses and what they cause.
func (r *running) quiet(ctx context.Context) {
	last := r.gauges(ctx).inWrites()
	for still, tries := 0, 0; still < 6 && tries < 80; tries++ {
		time.Sleep(100 * time.Millisecond)
		now := r.gauges(ctx).inWrites()
		if still++; now != last {
			still = 0
		}
		last = now
	}
}
