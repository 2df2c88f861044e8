package main

import (
	"slices"
	"strings"
	"time"
)

// plan is how much of the matrix a run measures, and how long.
type plan struct {
	name    string        // of the run and of its file
	sizes   []string      // of the data, the first in full
	core    []int         // connections of the operations that everything is judged by
	rest    []int         // of the others
	kinds   bool          // users who see a part, beside one who sees everything
	all     bool          // all sizes, all user kinds and both states for every operation
	worked  int           // messages accepted before the worked state is measured; 0: it is not
	starts  int           // cold starts
	streams []int         // open streams whose memory is measured
	crowd   int           // open streams of the second O12; 0: none
	fixed   time.Duration // of inbound at a fixed rate; 0: it is not measured
	idle    time.Duration // how long the idle program is watched

	warm, window time.Duration
	half         time.Duration // a window at a fixed rate
	windows      int
	slow         time.Duration // the window of what takes over a second; 0: as any other
}

// usual is the number of connections every operation is measured with.
const usual = 16

// quickPlan shows in under three minutes whether something went wrong.
func quickPlan() plan {
	return plan{name: "quick", sizes: []string{"S"}, core: []int{usual}, rest: []int{usual}, starts: 3, idle: 5 * time.Second,
		warm: 200 * time.Millisecond, window: 2400 * time.Millisecond, half: 1500 * time.Millisecond, windows: 1}
}

// benchPlan is the run whose figures are published: at most 40 minutes.
func benchPlan() plan {
	return plan{name: "bench", sizes: []string{"L", "S"}, core: []int{1, usual, 64}, rest: []int{usual}, kinds: true, worked: 40_000,
		starts: 5, streams: []int{1_000, 5_000}, crowd: 1_000, fixed: time.Minute, idle: 10 * time.Second,
		warm: time.Second, window: 4 * time.Second, half: 3 * time.Second, windows: 3}
}

// fullPlan is the whole matrix.
func fullPlan() plan {
	p := benchPlan()
	p.name, p.all, p.rest = "full", true, p.core
	p.warm, p.window, p.half, p.slow = 2*time.Second, 10*time.Second, 10*time.Second, 40*time.Second
	return p
}

// state is what has happened to the data before an operation is measured.
type state string

const (
	fresh  state = ""        // loaded, then the product's own maintenance
	worked state = ".worked" // after many messages through the product's own API
)

// suffix of rows at a fixed rate of half of what was reached.
const halfRate = ".half_rate"

// Operations by the beginnings of their names: those everything is judged by,
// those measured on every size, those measured for every kind of user, and
// those measured in both states.
var (
	coreOps   = []string{"O2.", "O4.", "O6.", "O7.", "O9.search_phrase", "O11."}
	sizeOps   = []string{"O2.", "O4.", "O6.", "O7.", "counters"}
	kindOps   = []string{"O1.", "O2.", "O3.", "O9.search_phrase"}
	workedOps = []string{"O1.", "O2.", "O3.", "O4.", "O5.", "counters", "O9.", "O11."}
)

func begins(name string, with []string) bool {
	return slices.ContainsFunc(with, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// conns are the numbers of connections an operation is measured with: the usual
// one first, because half of what it reaches is the fixed rate.
func (p *plan) conns(name string, s state) []int {
	list := p.rest
	if begins(name, coreOps) && (s == fresh || p.all) {
		list = p.core
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b int) int { return btoi(b == usual) - btoi(a == usual) })
	return list
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// takes reports whether an operation is measured on a size in a state.
func (p *plan) takes(name, size string, s state) bool {
	switch {
	case p.all:
		return true
	case s == worked && !begins(name, workedOps):
		return false
	}
	return size == p.sizes[0] || begins(name, sizeOps)
}

// kindsOf reports whether an operation is measured for users who see a part.
func (p *plan) kindsOf(name, size string, s state) bool {
	if p.all {
		return true
	}
	if !p.whole(size) {
		return false
	}
	if !p.kinds {
		return strings.HasPrefix(name, "O2.")
	}
	return s == fresh && begins(name, kindOps)
}

// whole reports whether a size gets everything else too: deliveries, sending,
// footprint.
func (p *plan) whole(size string) bool { return p.all || size == p.sizes[0] }

// streamsOf are the numbers of open streams that so many users may have.
func (p *plan) streamsOf(users int) (list []int) {
	for _, n := range p.streams {
		if n <= users*streamsPerUser {
			list = append(list, n)
		}
	}
	return list
}
