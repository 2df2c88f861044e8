package sandbox

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"

	"github.com/prosa-desk/prosa/internal/desk"
)

// dice are the repeatable random draws: one stream per phone number, so that
// what one number does leaves the others' draws alone.
type dice struct {
	seed    uint64
	mu      sync.Mutex
	streams map[string]*rand.Rand
}

func newDice(seed uint64) *dice { return &dice{seed: seed, streams: map[string]*rand.Rand{}} }

func (d *dice) stream(phoneNumberID string) *rand.Rand {
	r := d.streams[phoneNumberID]
	if r == nil {
		h := fnv.New64a()
		_, _ = h.Write([]byte(phoneNumberID)) // never fails
		r = rand.New(rand.NewPCG(d.seed, h.Sum64()))
		d.streams[phoneNumberID] = r
	}
	return r
}

// chance draws whether something of probability p happens.
func (d *dice) chance(phoneNumberID string, p float64) bool {
	if p >= 1 {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stream(phoneNumberID).Float64() < p
}

// below draws a number from 0 to n-1; n must be positive.
func (d *dice) below(phoneNumberID string, n int64) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stream(phoneNumberID).Int64N(n)
}

// forget starts a number's stream again.
func (d *dice) forget(phoneNumberID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.streams, phoneNumberID)
}

// trace makes an id like those Meta puts into answers for its support. It is
// derived from one of ours so that answers stay repeatable.
func trace(id desk.ID) string {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, int64(id)) // never fails
	return fmt.Sprintf("A%s%011x", "S", h.Sum64()&0xfffffffffff)
}
