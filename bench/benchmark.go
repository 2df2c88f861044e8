package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// benchmark is one run of everything.
type benchmark struct {
	options
	prog    *program
	library *library
	report  *report
}

// machine looks for the limits that have no database.
func (b *benchmark) machine(ctx context.Context, work string) error {
	for _, conns := range b.plan.core {
		o, err := httpLimit(ctx, conns, 0)
		if err != nil {
			return err
		}
		b.report.rate(row{Name: limitHTTP, Conns: conns}, o)
	}
	o, err := httpLimit(ctx, usual, calmRate)
	if err != nil {
		return err
	}
	b.report.rate(row{Name: "limit.http_ok.calm", Conns: usual}, o)
	o, err = diskLimit(work)
	if err != nil {
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
func (b *benchmark) database(ctx context.Context, db dbx.Dialect, d *dataset) (err error) {
	st, err := b.library.open(ctx, db, d)
	if err != nil {
		return err
	}
	defer func() { st.close(); err = errors.Join(err, st.removeAll()) }()
	for _, conns := range b.plan.core {
		o, err := commitLimit(ctx, st.place, conns)
		if err != nil {
			return err
		}
		b.report.rate(st.row(limitCommit, conns), o)
	}
	size, err := st.bytes(ctx)
	if err != nil {
		return err
	}
	count, err := stored(ctx, st.place)
	if err != nil {
		return err
	}
	b.report.value(st.row("footprint.bytes_per_stored_message", 0), float64(size)/float64(count), "B")
	if err := b.footprint(ctx, st); err != nil {
		return err
	}
	s, err := openScene(ctx, b.prog, st)
	if err != nil {
		return err
	}
	err = b.serving(ctx, s)
	return errors.Join(err, b.after(ctx, s, size, count), s.close(ctx))
}

// row is a figure of a database.
func (s *stage) row(name string, conns int) row {
	return row{Name: name, DB: string(s.db), Tickets: s.d.Tickets, Conns: conns}
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
	b.measure(ctx, s, fresh, reading)
	if b.plan.whole(s.d.Name) {
		b.budgets(ctx, s)
	}
	b.measure(ctx, s, fresh, s.writes())
	b.measure(ctx, s, fresh, s.mixed())
	if b.plan.whole(s.d.Name) {
		b.delivery(ctx, s)
		b.fixedInbound(ctx, s)
		b.sending(ctx, s)
		b.workedState(ctx, s, reading)
	}
	b.measure(ctx, s, fresh, s.replies())
	b.memory(s.stage, s.run.pid(), "under_load", peakMemory)
	time.Sleep(2 * time.Second)
	b.memory(s.stage, s.run.pid(), "after_load", memory)
	if err := s.durable(ctx); err != nil {
		return fmt.Errorf("not durable, so the figures don't count: %w", err)
	}
	return ctx.Err()
}

// workedState has the program accept many messages and measures again, without
// any maintenance by hand.
func (b *benchmark) workedState(ctx context.Context, s *scene, reading []measure) {
	if b.plan.worked == 0 {
		return
	}
	if err := s.work(ctx, b.plan.worked); err != nil {
		b.report.fail(s.row("worked", usual), err)
		return
	}
	b.measure(ctx, s, worked, reading)
	b.measure(ctx, s, worked, s.mixed())
}

// measure runs operations with every number of connections the plan says, and
// those whose worst case counts once more at half the rate they reached.
func (b *benchmark) measure(ctx context.Context, s *scene, st state, list []measure) {
	for _, m := range list {
		if !b.wants(m.name) || !b.plan.takes(m.name, s.d.Name, st) || m.kind != "" && !b.plan.kindsOf(m.name, s.d.Name, st) {
			continue
		}
		conns := b.plan.conns(m.name, st)
		if m.kind != "" && !b.plan.all {
			conns = conns[:1]
		}
		for _, n := range conns {
			b.measureAt(ctx, s, st, &m, n)
		}
		if m.four && b.plan.kinds {
			b.tail(ctx, s, st, &m)
		}
	}
}

// load is how the plan repeats an operation.
func (b *benchmark) load(s *scene, conns int) loadSpec {
	return loadSpec{addr: s.run.addr, conns: conns, warm: b.plan.warm, window: b.plan.window, windows: b.plan.windows}
}

func (b *benchmark) measureAt(ctx context.Context, s *scene, st state, m *measure, conns int) {
	at := s.row(m.name+m.kind+string(st), conns)
	at.limit = m.limit
	load := b.load(s, conns)
	began := len(b.report.rows)
	o, ok := b.once(ctx, s, at, load, m.op)
	if ok && b.plan.slow > load.window && o.p50 > 1000 {
		b.report.rows = b.report.rows[:began]
		load.window = b.plan.slow
		o, ok = b.once(ctx, s, at, load, m.op)
	}
	if !ok || conns != usual || !m.half {
		return
	}
	at.Name += halfRate
	load.window, load.rate = b.plan.half, o.perS/2
	b.once(ctx, s, at, load, m.op)
}

// tail measures with four connections what the slowest of twenty waits.
func (b *benchmark) tail(ctx context.Context, s *scene, st state, m *measure) {
	load := b.load(s, 4)
	load.window = b.plan.half
	o, err := load.run(ctx, m.op)
	at := s.row(m.name+string(st)+".p95", load.conns)
	if err != nil {
		b.report.fail(at, err)
		return
	}
	b.report.value(at, o.p95, "ms")
}

// once runs a load. Beside how fast it was it notes what it cost: the processor
// time of program and database for one operation, which tells more than speed
// where others use the machine too; and, with the usual connections, how many
// statements.
func (b *benchmark) once(ctx context.Context, s *scene, at row, load loadSpec, op operation) (outcome, bool) {
	spent, sent := s.cpu(), s.run.gauges(ctx)
	o, err := load.run(ctx, op)
	if err != nil {
		b.report.fail(at, fmt.Errorf("%w\n%s", err, lastErrors(s.run.log.Name())))
		return o, false
	}
	if spent = s.cpu() - spent; spent > 0 && o.all > 0 {
		each := spent.Seconds() * 1000 / float64(o.all)
		at.Value, at.Unit = &each, "ms CPU"
	}
	b.report.rate(at, o)
	if load.rate == 0 && load.conns == usual && o.all > 0 && !strings.Contains(at.Name, "queue") {
		b.report.value(s.row("statements."+at.Name, usual), s.run.gauges(ctx).minus(sent).statements()/float64(o.all), "rows")
	}
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
	if now > count {
		b.report.value(s.row("footprint.bytes_per_message", 0), float64(grown-size)/float64(now-count), "B")
	}
	if len(s.writing) == 0 || !b.wants(limitAccepted) && !b.wants("O7.") && !b.wants("O6.") {
		return nil
	}
	for _, conns := range b.plan.core {
		load := b.load(s, conns)
		o, err := s.reference(ctx, load)
		if err != nil {
			return err
		}
		at := s.row(limitAccepted, conns)
		at.limit = limitCommit
		b.report.rate(at, o)
	}
	return nil
}
