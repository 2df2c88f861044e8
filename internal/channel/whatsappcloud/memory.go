package whatsappcloud

import (
	"container/list"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// uploads remembers files that Meta already has, so that a campaign uploads its
// picture once. Meta keeps an upload for 30 days.
type uploads struct {
	mu    sync.Mutex
	now   func() time.Time
	byKey map[uploadKey]*list.Element
	order *list.List // of *upload, the least recently used first
}

// uploadKey is a file on a number: media ids belong to the number that uploaded.
type uploadKey struct {
	connection desk.ID
	phoneID    string
	sha256     string
	mime       string
}

type upload struct {
	key uploadKey
	id  string
	at  time.Time
}

const (
	uploadLife = 29 * 24 * time.Hour
	maxUploads = 5000
)

func newUploads(now func() time.Time) *uploads {
	return &uploads{now: now, byKey: map[uploadKey]*list.Element{}, order: list.New()}
}

func (u *uploads) get(key uploadKey) (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	e, ok := u.byKey[key]
	if !ok {
		return "", false
	}
	found := e.Value.(*upload)
	if u.now().Sub(found.at) >= uploadLife {
		u.remove(e)
		return "", false
	}
	u.order.MoveToBack(e)
	return found.id, true
}

func (u *uploads) put(key uploadKey, id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if e, ok := u.byKey[key]; ok {
		u.remove(e)
	}
	u.byKey[key] = u.order.PushBack(&upload{key: key, id: id, at: u.now()})
	if u.order.Len() > maxUploads {
		u.remove(u.order.Front())
	}
}

// forget drops a file that Meta does not know any more.
func (u *uploads) forget(key uploadKey) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if e, ok := u.byKey[key]; ok {
		u.remove(e)
	}
}

func (u *uploads) remove(e *list.Element) {
	delete(u.byKey, e.Value.(*upload).key)
	u.order.Remove(e)
}

// pairs counts how often in a row Meta found that we write too much to one
// contact: each time the wait is four times as long. Meta: throughput, pair
// rate limits.
type pairs struct {
	mu  sync.Mutex
	now func() time.Time
	hit map[pairKey]pairHits
}

type pairKey struct {
	connection desk.ID
	to         string
}

type pairHits struct {
	n  int
	at time.Time
}

const (
	maxPairs     = 10_000
	maxPairPower = 5 // 4^5 s, 17 minutes
	pairMemory   = time.Hour
)

func newPairs(now func() time.Time) *pairs { return &pairs{now: now, hit: map[pairKey]pairHits{}} }

// limited notes a hit and returns how long to wait.
func (p *pairs) limited(key pairKey) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if len(p.hit) >= maxPairs {
		p.sweep(now)
	}
	h := p.hit[key]
	if now.Sub(h.at) > pairMemory {
		h.n = 0
	}
	wait := time.Second << (2 * min(h.n, maxPairPower))
	p.hit[key] = pairHits{n: h.n + 1, at: now}
	return wait
}

// sweep forgets old hits, and all when none is old: the waits then start anew.
func (p *pairs) sweep(now time.Time) {
	for k, h := range p.hit {
		if now.Sub(h.at) > pairMemory {
			delete(p.hit, k)
		}
	}
	if len(p.hit) >= maxPairs {
		clear(p.hit)
	}
}

// accepted ends a row of hits.
func (p *pairs) accepted(key pairKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.hit, key)
}
