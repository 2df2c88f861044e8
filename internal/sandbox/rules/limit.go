package rules

import (
	"sync"
	"time"
)

// Limiter spaces events per key: on average one every Every, of which Burst
// may come at once and are paid back by silence (the generic cell rate
// algorithm). Meta's throughput and pair limits both are of this kind.
type Limiter[K comparable] struct {
	mu    sync.Mutex
	free  map[K]time.Time // when the key will have paid everything back
	swept int
}

// NewLimiter returns a limiter that has seen nothing.
func NewLimiter[K comparable]() *Limiter[K] { return &Limiter[K]{free: map[K]time.Time{}} }

// Allow records an event, or refuses it and records nothing.
func (l *Limiter[K]) Allow(key K, now time.Time, every time.Duration, burst int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	owed := l.free[key]
	if owed.Before(now) {
		owed = now
	}
	if owed.Sub(now) > every*time.Duration(burst-1) {
		return false
	}
	l.free[key] = owed.Add(every)
	l.sweep(now)
	return true
}

// Forget clears one key.
func (l *Limiter[K]) Forget(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.free, key)
}

// sweep drops keys that owe nothing whenever the table has doubled, so that it
// stays as large as what is active.
func (l *Limiter[K]) sweep(now time.Time) {
	if len(l.free) < 1024 || len(l.free) < 2*l.swept {
		return
	}
	for k, t := range l.free {
		if t.Before(now) {
			delete(l.free, k)
		}
	}
	l.swept = len(l.free)
}
