package main

import (
	"slices"
	"testing"
	"time"
)

// The bounds of the published run (its issue names them): what is measured with
// how many connections, for whom, and in which state.
func TestBenchPlan_Bounds(t *testing.T) {
	p := benchPlan()
	for name, c := range map[string]struct {
		size  string
		st    state
		takes bool
		conns []int
	}{
		"O2.list_open":   {"L", fresh, true, []int{16, 1, 64}},
		"O1.list":        {"L", fresh, true, []int{16}},
		"O9.search_rare": {"L", worked, true, []int{16}},
		"O11.mix":        {"L", worked, true, []int{16}},
		"O6.reply":       {"S", fresh, true, []int{16, 1, 64}},
		"O7.inbound":     {"L", worked, false, nil},
		"O8.inbound_new": {"S", fresh, false, nil},
		"O10.sign_in":    {"S", fresh, false, nil},
		"O9.search_miss": {"S", fresh, false, nil},
		"O5.open_long":   {"L", worked, true, []int{16}},
	} {
		if got := p.takes(name, c.size, c.st); got != c.takes {
			t.Errorf("%s on %s%s: %v", name, c.size, c.st, got)
		}
		if got := p.conns(name, c.st); c.takes && !slices.Equal(got, c.conns) {
			t.Errorf("%s%s with %v connections", name, c.st, got)
		}
	}
	if !p.kindsOf("O3.list_open_page20", "L", fresh) || p.kindsOf("O3.list_open_page20", "L", worked) ||
		p.kindsOf("counters", "L", fresh) || p.kindsOf("O2.list_open", "S", fresh) {
		t.Error("user kinds are measured elsewhere than on lists and search of fresh large data")
	}
	if few, many := p.streamsOf(70), p.streamsOf(250); !slices.Equal(few, []int{1_000}) || !slices.Equal(many, []int{1_000, 5_000}) {
		t.Errorf("70 users open %v streams, 250 open %v", few, many)
	}
	full := fullPlan()
	if !full.takes("O8.inbound_new", "S", worked) || len(full.conns("O1.list", worked)) != 3 || !full.kindsOf("counters", "S", worked) {
		t.Error("the full plan leaves something out")
	}
}

// A load of several windows shows the median of each figure, and nothing of
// what ended before the first or after the last.
func TestSummary_MedianOfWindows(t *testing.T) {
	spec := loadSpec{warm: time.Second, window: time.Second, windows: 3}
	var took []sample
	for k, n := range []int{50, 10, 30, 20, 99} { // the second before, three windows, the one after
		for range n {
			took = append(took, sample{time.Duration(k)*time.Second + time.Millisecond, time.Duration(k) * time.Millisecond})
		}
	}
	o := spec.summary(took)
	if o.done != 20 || o.perS != 20 || o.p50 != 2 || o.p99 != 2 {
		t.Errorf("%+v", o)
	}
}

func TestGauges(t *testing.T) {
	g := readGauges([]byte("# HELP x y\nprosa_db_statements_total{in=\"read\"} 5\nprosa_db_statements_total{in=\"write\"} 7\nprosa_db_commits_total 2\ngo_goroutines 31\n"))
	if g.statements() != 12 || g.inWrites() != 7 || g.commits() != 2 || g.goroutines() != 31 {
		t.Errorf("%v", g)
	}
	if d := g.minus(gauges{"go_goroutines": 1}); d.goroutines() != 30 || d.commits() != 2 {
		t.Errorf("%v", d)
	}
}

func TestVerdicts(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	got := map[string]bool{}
	for _, v := range verdicts([]row{
		{Name: "O2.list_open", DB: "sqlite", Tickets: 1_000, Conns: 16, Value: number(1)},
		{Name: "O2.list_open", DB: "sqlite", Tickets: 100_000, Conns: 16, Value: number(1.2)},
		{Name: "counters", DB: "sqlite", Tickets: 1_000, Conns: 16, Value: number(1)},
		{Name: "counters", DB: "sqlite", Tickets: 100_000, Conns: 16, Value: number(2)},
		{Name: "O4.open.half_rate", DB: "postgres", Tickets: 1_000, Conns: 16, P99: number(9)},
		{Name: "O4.open.worked.half_rate", DB: "postgres", Tickets: 1_000, Conns: 16, P99: number(11)},
		{Name: "O7.inbound", DB: "sqlite", Conns: 16, LimitRatio: number(0.5)},
		{Name: "O7.inbound", DB: "sqlite", Conns: 1, LimitRatio: number(0.1)},    // judged with 16 connections
		{Name: "O7.inbound", DB: "postgres", Conns: 16, LimitRatio: number(0.1)}, // a target of SQLite's
		{Name: "footprint.per_stream_1000", DB: "sqlite", Conns: 1_000, Value: number(31)},
		{Name: "O9.search_miss.p95", DB: "sqlite", Conns: 4, Value: number(99)},
	}) {
		got[v.name+" "+v.db] = v.hit
	}
	want := map[string]bool{"growth.O2.list_open sqlite": true, "growth.counters sqlite": false, "O4.open.half_rate postgres": true,
		"O4.open.worked.half_rate postgres": false, "O7.inbound sqlite": true, "footprint.per_stream_1000 sqlite": false, "O9.search_miss.p95 sqlite": true}
	for name, hit := range want {
		if h, ok := got[name]; !ok || h != hit {
			t.Errorf("%s: %v (listed: %v), want %v", name, h, ok, hit)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
}

func TestMarkOf(t *testing.T) {
	for line, want := range map[string]int{`data: {"body":"` + marked(17, "e mais") + `"}`: 17, `data: {"body":"sem"}`: -1, `data: quadro-x`: -1} {
		n, ok := markOf([]byte(line))
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("%q: %d, want %d", line, n, want)
		}
	}
}
