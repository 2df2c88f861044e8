package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// target is what a figure should be. A miss is a finding to mend.
type target struct {
	name  string // of the row, or its beginning where it ends with *
	db    string // "" for each
	field func(r *row) *float64
	most  float64
	least float64 // where more is better; most is 0 then
	unit  string
}

func p99Of(r *row) *float64   { return r.P99 }
func valueOf(r *row) *float64 { return r.Value }
func ratioOf(r *row) *float64 { return r.LimitRatio }

// targets of the issue "Proof". Those of p99 hold at a fixed rate of half of
// what was reached.
func targets() []target {
	list := []target{
		{name: "O7.inbound", db: "sqlite", field: ratioOf, least: 0.4, unit: "of " + limitAccepted},
		{name: "O6.reply" + halfRate, field: p99Of, most: 25, unit: "ms p99"},
		{name: "inbound_200.to_frame", field: p99Of, most: 100, unit: "ms p99"},
		{name: "inbound_200.webhook", field: p99Of, most: 50, unit: "ms p99"},
		{name: "statements.accept_*", field: valueOf, most: 10, unit: "statements"},
		{name: "commits.accept_*", field: valueOf, most: 1, unit: "commits"},
		{name: "send.numbers_*", field: valueOf, most: 0, unit: "refused"},
		{name: "idle.statements", field: valueOf, most: 0.2, unit: "a second"},
		{name: "footprint.cold_start", field: valueOf, most: 300, unit: "ms"},
		{name: "footprint.rss_idle", field: valueOf, most: 80, unit: "MB"},
		{name: "footprint.per_stream_*", field: valueOf, most: 30, unit: "kB"},
		{name: "footprint.binary", field: valueOf, most: 60, unit: "MB"},
	}
	for _, st := range []state{fresh, worked} {
		for _, name := range []string{"O2.list_open", "O4.open", "counters"} {
			list = append(list, target{name: name + string(st) + halfRate, field: p99Of, most: 10, unit: "ms p99"})
		}
		for _, name := range []string{"O9.search_rare", "O9.search_phrase", "O9.search_miss"} {
			list = append(list, target{name: name + string(st) + ".p95", field: valueOf, most: 100, unit: "ms p95"})
		}
	}
	return list
}

// mostGrowth is by how much more an operation may cost on L than on S, in
// processor time.
const mostGrowth = 1.3

// fits reports whether a row is one the target is about.
func (t *target) fits(r *row) bool {
	beginning, open := strings.CutSuffix(t.name, "*")
	return (r.Name == t.name || open && strings.HasPrefix(r.Name, beginning)) && (t.db == "" || t.db == r.DB) &&
		(r.Conns == usual || !begins(r.Name, []string{"O"}) || strings.HasSuffix(t.name, ".p95"))
}

// verdict is one line of the list of targets.
type verdict struct {
	name, db string
	tickets  int
	got      float64
	want     string
	hit      bool
}

// verdicts hold every figure that has a target against it.
func verdicts(rows []row) []verdict {
	var list []verdict
	for _, t := range targets() {
		for i := range rows {
			r := &rows[i]
			if !t.fits(r) || t.field(r) == nil {
				continue
			}
			v := verdict{name: r.Name, db: r.DB, tickets: r.Tickets, got: *t.field(r), want: fmt.Sprintf("≤ %g %s", t.most, t.unit)}
			v.hit = v.got <= t.most
			if t.least > 0 {
				v.want, v.hit = fmt.Sprintf("≥ %g %s", t.least, t.unit), v.got >= t.least
			}
			list = append(list, v)
		}
	}
	return append(list, growth(rows)...)
}

// growth compares what reads cost on the larger data with what they cost on S,
// for one who sees everything: on S a user of one queue has no full page.
func growth(rows []row) []verdict {
	var list []verdict
	for i := range rows {
		small := &rows[i]
		if small.Tickets != sizes()["S"].Tickets || small.Conns != usual || small.Value == nil {
			continue
		}
		for k := range rows {
			large := &rows[k]
			if large.Name != small.Name || large.DB != small.DB || large.Conns != usual || large.Tickets <= small.Tickets ||
				!begins(large.Name, []string{"O2.", "O4.", "counters"}) || large.Value == nil || strings.HasSuffix(large.Name, halfRate) || strings.Contains(large.Name, "_queue") {
				continue
			}
			got := *large.Value / *small.Value
			list = append(list, verdict{"growth." + large.Name, large.DB, large.Tickets, got, fmt.Sprintf("≤ %g times the cost on S", mostGrowth), got <= mostGrowth})
		}
	}
	return list
}

// judge prints the targets with hit or miss.
func judge(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ntarget\tdb\ttickets\tmeasured\twanted\t\t")
	for _, v := range verdicts(rows) {
		word := "hit"
		if !v.hit {
			word = "MISS"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.4g\t%s\t%s\t\n", v.name, v.db, count(v.tickets), v.got, v.want, word)
	}
	return w.Flush()
}
