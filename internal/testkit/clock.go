package testkit

import (
	"slices"
	"sync"
	"time"
)

// Clock is a clock that stands still until it is moved. Its timers run within
// Advance, in order of their times, on the goroutine that calls it.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*timer
}

type timer struct {
	at time.Time
	fn func()
}

// NewClock returns a clock that shows start.
func NewClock(start time.Time) *Clock { return &Clock{now: start} }

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc has fn run once the clock has moved by d. stop reports whether it
// came in time.
func (c *Clock) AfterFunc(d time.Duration, fn func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{at: c.now.Add(d), fn: fn}
	c.timers = append(c.timers, t)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.remove(t)
	}
}

// After returns a channel that gets the time once the clock has moved by d.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	ch := make(chan time.Time, 1)
	c.AfterFunc(d, func() { ch <- c.Now() })
	return ch
}

// Advance moves the clock forward. While a timer runs, the clock shows the
// timer's time; timers it starts may fall due in the same Advance.
func (c *Clock) Advance(d time.Duration) {
	target := c.Now().Add(d)
	for t := c.due(target); t != nil; t = c.due(target) {
		t.fn()
	}
	c.Set(target)
}

// Set puts the clock anywhere, also back, without running timers: a step of
// the machine's clock.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// due takes out the earliest timer up to target and moves the clock to it.
func (c *Clock) due(target time.Time) *timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var first *timer
	for _, t := range c.timers {
		if !t.at.After(target) && (first == nil || t.at.Before(first.at)) {
			first = t
		}
	}
	if first == nil {
		return nil
	}
	c.remove(first)
	if first.at.After(c.now) {
		c.now = first.at
	}
	return first
}

func (c *Clock) remove(t *timer) bool {
	i := slices.Index(c.timers, t)
	if i < 0 {
		return false
	}
	c.timers = slices.Delete(c.timers, i, i+1)
	return true
}
