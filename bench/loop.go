package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// hand is one connection of a load, with its own random numbers.
type hand struct {
	*wire
	rng *rand.Rand
}

// operation does one thing once. An error, any answer but 2xx included, voids
// the run.
type operation func(h *hand) error

// outcome is what a window showed, or the median of several.
type outcome struct {
	done    int // within the window
	all     int // of the whole load: before, within and after
	perS    float64
	p50     float64 // ms
	p95     float64
	p99     float64
	p999    float64
	slowest float64
}

// loadSpec is how an operation is repeated.
type loadSpec struct {
	addr    string
	conns   int
	warm    time.Duration
	window  time.Duration
	windows int         // one after the other, without a pause; 0 is 1
	rate    float64     // per second; 0: closed loop, the next as soon as the last is answered
	until   func() bool // when it is enough, instead of the end of the windows
}

// sample is one operation: when it ended since the load began, and its time.
type sample struct{ end, took time.Duration }

// run repeats an operation. What was finished within a window counts in it; of
// several windows every figure is the median. At a fixed rate the time of an
// operation runs from when it should have begun, so that one slow answer counts
// for all that waited behind it.
func (s loadSpec) run(ctx context.Context, op operation) (outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		took  []sample
		errs  []error
		next  atomic.Int64
		all   atomic.Int64
		begin = time.Now()
	)
	counted := func(h *hand) error { all.Add(1); return op(h) }
	for i := range s.conns {
		w, err := dial(ctx, s.addr)
		if err != nil {
			cancel()
			wg.Wait()
			errs = append(errs, err) // behind the error that ended the dialling, if there was one
			break
		}
		wg.Go(func() {
			defer w.close()
			h := &hand{wire: w, rng: rand.New(rand.NewPCG(seed, uint64(i)+10))}
			mine, err := s.repeat(ctx, h, counted, begin, &next)
			if err != nil {
				cancel()
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			errs = append(errs, err)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return outcome{}, fmt.Errorf("void: %w", firstOf(errs))
	}
	o := s.summary(took)
	o.all = int(all.Load())
	return o, ctx.Err()
}

// ends is when the last window is over, since the load began.
func (s loadSpec) ends() time.Duration { return s.warm + time.Duration(max(s.windows, 1))*s.window }

// repeat is what one connection does.
func (s loadSpec) repeat(ctx context.Context, h *hand, op operation, begin time.Time, next *atomic.Int64) ([]sample, error) {
	var took []sample
	ends := begin.Add(s.ends())
	for ctx.Err() == nil {
		from := time.Now()
		if s.rate > 0 {
			from = begin.Add(time.Duration(float64(next.Add(1)-1) / s.rate * float64(time.Second)))
		}
		if s.until == nil && !from.Before(ends) || s.until != nil && s.until() {
			break
		}
		time.Sleep(time.Until(from))
		if err := op(h); err != nil {
			return nil, err
		}
		end := time.Now()
		took = append(took, sample{end.Sub(begin), end.Sub(from)})
	}
	return took, nil
}

// summary puts samples into their windows.
func (s loadSpec) summary(took []sample) outcome {
	n := max(s.windows, 1)
	windows := make([][]time.Duration, n)
	for _, x := range took {
		if k := int((x.end - s.warm) / s.window); x.end >= s.warm && k < n {
			windows[k] = append(windows[k], x.took)
		}
	}
	each := make([]outcome, n)
	for k, w := range windows {
		each[k] = summarise(w, s.window)
	}
	return median(each)
}

// median takes the median of every figure for itself.
func median(list []outcome) outcome {
	of := func(field func(o *outcome) float64) float64 {
		values := make([]float64, len(list))
		for i := range list {
			values[i] = field(&list[i])
		}
		slices.Sort(values)
		return values[(len(values)-1)/2]
	}
	return outcome{
		done:    int(of(func(o *outcome) float64 { return float64(o.done) })),
		perS:    of(func(o *outcome) float64 { return o.perS }),
		p50:     of(func(o *outcome) float64 { return o.p50 }),
		p95:     of(func(o *outcome) float64 { return o.p95 }),
		p99:     of(func(o *outcome) float64 { return o.p99 }),
		p999:    of(func(o *outcome) float64 { return o.p999 }),
		slowest: of(func(o *outcome) float64 { return o.slowest }),
	}
}

func firstOf(errs []error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	return errs[i]
}

func summarise(took []time.Duration, window time.Duration) outcome {
	slices.Sort(took)
	return outcome{done: len(took), perS: float64(len(took)) / window.Seconds(), p50: ms(quantile(took, 0.5)),
		p95: ms(quantile(took, 0.95)), p99: ms(quantile(took, 0.99)), p999: ms(quantile(took, 0.999)), slowest: ms(quantile(took, 1))}
}

// quantile of a sorted list: the smallest value that is at least as large as
// the share q of all; 0 of none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(q*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
