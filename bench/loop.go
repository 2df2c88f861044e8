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

// outcome is what a window showed.
type outcome struct {
	done    int // within the window
	all     int // with those before it and at its end
	perS    float64
	p50     float64 // ms
	p99     float64
	slowest float64
}

// load is how an operation is repeated.
type loadSpec struct {
	addr   string
	conns  int
	warm   time.Duration
	window time.Duration
	rate   float64 // per second; 0: closed loop, the next as soon as the last is answered
}

// run repeats an operation. What was finished within the window counts. At a
// fixed rate the time of an operation runs from when it should have begun, so
// that one slow answer counts for all that waited behind it.
func (s loadSpec) run(ctx context.Context, op operation) (outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		took  []time.Duration
		errs  []error
		next  atomic.Int64
		all   atomic.Int64
		begin = time.Now()
	)
	counted := func(h *hand) error { all.Add(1); return op(h) }
	for i := range s.conns {
		w, err := dial(ctx, s.addr)
		if err != nil {
			return outcome{}, err
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
	o := summarise(took, s.window)
	o.all = int(all.Load())
	return o, ctx.Err()
}

// repeat is what one connection does.
func (s loadSpec) repeat(ctx context.Context, h *hand, op operation, begin time.Time, next *atomic.Int64) ([]time.Duration, error) {
	var took []time.Duration
	opens, ends := begin.Add(s.warm), begin.Add(s.warm+s.window)
	for ctx.Err() == nil {
		from := time.Now()
		if s.rate > 0 {
			from = begin.Add(time.Duration(float64(next.Add(1)-1) / s.rate * float64(time.Second)))
		}
		if !from.Before(ends) {
			break
		}
		time.Sleep(time.Until(from))
		if err := op(h); err != nil {
			return nil, err
		}
		if end := time.Now(); end.After(opens) && end.Before(ends) {
			took = append(took, end.Sub(from))
		}
	}
	return took, nil
}

func firstOf(errs []error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	return errs[i]
}

func summarise(took []time.Duration, window time.Duration) outcome {
	slices.Sort(took)
	return outcome{done: len(took), perS: float64(len(took)) / window.Seconds(),
		p50: ms(quantile(took, 0.5)), p99: ms(quantile(took, 0.99)), slowest: ms(quantile(took, 1))}
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
