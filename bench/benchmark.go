package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// benchmark is one run of everything.
type benchmark struct {
	options
	d       *dataset
	prog    *program
	library *library
	report  *report
}

// Rates and sizes of what is measured at a fixed rate.
const (
	streams      = 50
	deliveryRate = 100 // webhooks a second
	sendingRate  = 40  // replies a second on one number
	rateWindow   = 2 * time.Second
	starts       = 3
)

// machine looks for the limits that have no database.
func (b *benchmark) machine(ctx context.Context, work string) error {
	o, err := httpLimit(ctx, b.conns)
	if err != nil {
		return err
	}
	b.report.rate(row{Name: limitHTTP, Conns: b.conns}, o)
	if o, err = diskLimit(work); err != nil {
		return err
	}
	b.report.rate(row{Name: "limit.append_fsync", Conns: 1}, o)
	info, err := os.Stat(b.prog.path)
	if err != nil {
		return err
	}
	b.report.value(row{Name: "footprint.binary"}, float64(info.Size())/1e6, "MB")
	return nil
}

// database measures everything of one database on a fresh copy of the data.
func (b *benchmark) database(ctx context.Context, db dbx.Dialect) (err error) {
	st, err := b.library.open(ctx, db, b.d)
	if err != nil {
		return err
	}
	defer func() { st.close(); err = errors.Join(err, st.removeAll()) }()
	o, err := commitLimit(ctx, st.place, b.conns)
	if err != nil {
		return err
	}
	at := b.row(st, limitCommit)
	b.report.rate(at, o)
	size, err := st.bytes(ctx)
	if err != nil {
		return err
	}
	count, err := stored(ctx, st.place)
	if err != nil {
		return err
	}
	if err := b.coldStarts(ctx, st); err != nil {
		return err
	}
	s, err := openScene(ctx, b.prog, st, b.d)
	if err != nil {
		return err
	}
	err = b.serving(ctx, s)
	return errors.Join(err, b.after(ctx, s, size, count), s.close(ctx))
}

// row is a figure of a database.
func (b *benchmark) row(st *stage, name string) row {
	return row{Name: name, DB: string(st.db), Tickets: b.d.Tickets, Conns: b.conns}
}

// coldStarts is how long the program takes from nothing to its first good
// answer, the median of a few; and what it holds a second later, when nobody
// has asked it anything.
func (b *benchmark) coldStarts(ctx context.Context, st *stage) error {
	var took []time.Duration
	for i := range starts {
		r, err := b.prog.start(ctx, st.place)
		if err != nil {
			return err
		}
		took = append(took, r.ready)
		time.Sleep(100 * time.Millisecond) // it may be ready before it has started all
		if i == starts-1 {
			time.Sleep(time.Second)
			b.memory(st, r.pid(), "idle")
		}
		if err := r.stop(); err != nil {
			return err
		}
	}
	at := b.row(st, "footprint.cold_start")
	at.Conns = 0
	b.report.value(at, summarise(took, time.Second).p50, "ms")
	return nil
}

// serving measures the running program, once it has shown that it is right.
func (b *benchmark) serving(ctx context.Context, s *scene) error {
	if err := s.gate(ctx); err != nil {
		return fmt.Errorf("not correct, so not measured: %w", err)
	}
	if err := s.customersWrite(ctx); err != nil {
		return err
	}
	reading, err := s.reading(ctx)
	if err != nil {
		return err
	}
	b.measure(ctx, s, reading)
	b.measure(ctx, s, s.writes())
	b.delivery(ctx, s)
	b.sending(ctx, s)
	b.measure(ctx, s, s.replies())
	time.Sleep(2 * time.Second)
	b.memory(s.stage, s.run.pid(), "after_load")
	if err := s.durable(ctx); err != nil {
		return fmt.Errorf("not durable, so the figures don't count: %w", err)
	}
	return ctx.Err()
}

// measure runs operations, and those whose worst case counts once more at half
// the rate they reached.
func (b *benchmark) measure(ctx context.Context, s *scene, list []measure) {
	for _, m := range list {
		if !b.wants(m.name) {
			continue
		}
		at := b.row(s.stage, m.name)
		at.limit = m.limit
		load := loadSpec{addr: s.run.addr, conns: b.conns, warm: b.warm, window: b.window}
		o, ok := b.once(ctx, s, at, load, m.op)
		if ok && m.half {
			at.Name, load.window, load.rate = m.name+".half_rate", rateWindow, o.perS/2
			b.once(ctx, s, at, load, m.op)
		}
	}
}

// once runs a load. Beside how fast it was it notes what it cost: the processor
// time of program and database for one operation, which tells more than speed
// where others use the machine too.
func (b *benchmark) once(ctx context.Context, s *scene, at row, load loadSpec, op operation) (outcome, bool) {
	before := s.cpu()
	o, err := load.run(ctx, op)
	if err != nil {
		b.report.fail(at, fmt.Errorf("%w\n%s", err, lastErrors(s.run.log.Name())))
		return o, false
	}
	if spent := s.cpu() - before; spent > 0 && o.all > 0 {
		each := spent.Seconds() * 1000 / float64(o.all)
		at.Value, at.Unit = &each, "ms CPU"
	}
	b.report.rate(at, o)
	return o, true
}

// cpu is the processor time that program and database have used.
func (s *scene) cpu() time.Duration {
	sum := cpuTime(s.run.pid())
	if s.cluster != nil {
		for _, pid := range s.cluster.processes() {
			sum += cpuTime(pid)
		}
	}
	return sum
}

func (b *benchmark) delivery(ctx context.Context, s *scene) {
	const name = "O12."
	if !b.wants(name) {
		return
	}
	frames, last, hooks, err := s.delivered(ctx, streams, deliveryRate, b.window)
	at := b.row(s.stage, name+"webhook_to_frame_50_streams")
	at.Conns = streams
	if err != nil {
		b.report.fail(at, err)
		return
	}
	b.report.rate(at, frames)
	at.Name = name + "webhook_to_last_of_50"
	b.report.rate(at, last)
	at.Name = name + "webhook_meanwhile"
	b.report.rate(at, hooks)
}

func (b *benchmark) sending(ctx context.Context, s *scene) {
	const name = "send."
	if !b.wants(name) {
		return
	}
	at := b.row(s.stage, name+"accepted")
	accepted, arrived, err := s.sendTimes(ctx, sendingRate, b.window)
	if err != nil {
		b.report.fail(at, err)
		return
	}
	b.report.rate(at, accepted)
	at.Name = name + "to_provider"
	b.report.rate(at, arrived)
	for _, n := range []int{1, b.d.Connections} {
		at := b.row(s.stage, fmt.Sprintf("%snumbers_%d", name, n))
		at.Conns = n
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

// memory notes what program and database hold.
func (b *benchmark) memory(st *stage, program int, when string) {
	at := b.row(st, "footprint.rss_"+when)
	at.Conns = 0
	rss, pss := memory(program)
	b.report.value(at, float64(rss)/1e6, "MB")
	if st.cluster != nil {
		for _, pid := range st.cluster.processes() {
			_, part := memory(pid)
			pss += part
		}
		at.Name = "footprint.stack_" + when
		b.report.value(at, float64(pss)/1e6, "MB")
	}
}

// after measures what needs the program to be stopped: what the database takes
// in without it, and what a message takes on disk.
func (b *benchmark) after(ctx context.Context, s *scene, size, count int64) error {
	if err := s.run.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	grown, err := s.bytes(ctx)
	if err != nil {
		return err
	}
	now, err := stored(ctx, s.place)
	if err != nil {
		return err
	}
	at := b.row(s.stage, "footprint.bytes_per_message")
	at.Conns = 0
	if now > count {
		b.report.value(at, float64(grown-size)/float64(now-count), "B")
	}
	if len(s.writing) == 0 || !b.wants(limitAccepted) && len(b.ops) == 0 {
		return nil
	}
	o, statements, err := s.reference(ctx, b.conns, b.window)
	if err != nil {
		return err
	}
	at = b.row(s.stage, limitAccepted)
	at.limit = limitCommit
	b.report.rate(at, o)
	at.Name = "statements.inbound_reference"
	b.report.value(at, statements, "rows")
	return nil
}
