package outbox

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

func TestPairLimitLendsABurstAndThenPaces(t *testing.T) {
	p := newPacer(channel.Pace{PerSecond: 80, PairEvery: 6 * time.Second, PairBurst: 3})
	now := time.Unix(1_800_000_000, 0)
	for i := range 3 {
		if ok, _ := p.admit(1, now); !ok {
			t.Fatalf("message %d of the burst was held back", i)
		}
	}
	ok, again := p.admit(1, now)
	if ok {
		t.Fatal("a fourth message went out within the burst")
	}
	if wait := again.Sub(now); wait < 6*time.Second || wait > 7*time.Second {
		t.Errorf("asks again after %v, want about 6 s", wait)
	}
	if ok, _ := p.admit(2, now); !ok {
		t.Error("another conversation was held back by the first one's limit")
	}
	if ok, _ := p.admit(1, again); !ok {
		t.Error("still held back at the time it named")
	}
}

func TestHoldKeepsAConversationBack(t *testing.T) {
	p := newPacer(channel.Pace{})
	now := time.Unix(1_800_000_000, 0)
	p.hold(7, now.Add(4*time.Second))
	p.hold(7, now.Add(time.Second)) // a shorter hold doesn't shorten the longer one
	if ok, again := p.admit(7, now.Add(2*time.Second)); ok || !again.Equal(now.Add(4*time.Second)) {
		t.Errorf("admitted=%v, again=%v", ok, again)
	}
	if ok, _ := p.admit(7, now.Add(5*time.Second)); !ok {
		t.Error("held back after its time")
	}
}

// Whatever the order of conversations, no more leaves than the connection's
// rate and burst allow, and refused attempts cost nothing.
func TestRateIsNeverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perSecond := rapid.IntRange(1, 100).Draw(t, "rate")
		p := newPacer(channel.Pace{PerSecond: float64(perSecond), PairEvery: time.Second, PairBurst: 5})
		start := time.Unix(1_800_000_000, 0)
		now, sent := start, 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "ms")) * time.Millisecond)
			if ok, again := p.admit(desk.ID(rapid.IntRange(1, 20).Draw(t, "chat")), now); ok {
				sent++
			} else if !again.After(now) {
				t.Fatal("refused without a later time")
			}
			p.sweep(now)
		}
		if most := float64(perSecond) + now.Sub(start).Seconds()*float64(perSecond) + 1; float64(sent) > most {
			t.Fatalf("%d sent in %v at %d/s", sent, now.Sub(start), perSecond)
		}
	})
}

func TestWhatFollowsAFileWaitsForItsArrival(t *testing.T) {
	p := newPacer(channel.Pace{AfterMedia: 10 * time.Second})
	now := time.Unix(1_800_000_000, 0)
	p.left(1, 100, now)
	if ok, again := p.admit(1, now); ok || !again.Equal(now.Add(10*time.Second)) {
		t.Errorf("admitted=%v, again=%v", ok, again)
	}
	if ok, _ := p.admit(2, now); !ok {
		t.Error("another conversation was held back")
	}
	p.arrived(1, 99) // an older message
	if ok, _ := p.admit(1, now); ok {
		t.Error("admitted before the file arrived")
	}
	p.arrived(1, 100)
	if ok, _ := p.admit(1, now); !ok {
		t.Error("held back after the file arrived")
	}
	p.left(1, 101, now)
	if ok, _ := p.admit(1, now.Add(10*time.Second)); !ok {
		t.Error("held back for longer than the adapter asked")
	}
}

// A provider counts when messages arrive. However much slower some calls are
// than others, up to a tenth of a second, it never sees more than it allows.
func TestRateHoldsWhereMessagesArrive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const perSecond = 80
		p := newPacer(channel.Pace{PerSecond: perSecond})
		now := time.Unix(1_800_000_000, 0)
		var arrivals []time.Time
		for i := range 400 {
			ok, again := p.admit(desk.ID(i+1), now)
			for ; !ok; ok, again = p.admit(desk.ID(i+1), now) {
				now = again
			}
			arrivals = append(arrivals, now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "ms"))*time.Millisecond))
		}
		slices.SortFunc(arrivals, time.Time.Compare)
		provider := rate.NewLimiter(perSecond, perSecond)
		for i, at := range arrivals {
			if !provider.AllowN(at, 1) {
				t.Fatalf("the provider refuses message %d", i+1)
			}
		}
	})
}

// A connection that has sent all it may is not asked for every message again:
// what may leave after a while leaves together, and no less in the long run.
func TestAnExhaustedConnectionRests(t *testing.T) {
	const perSecond = 80
	p := newPacer(channel.Pace{PerSecond: perSecond})
	start := time.Unix(1_800_000_000, 0)
	now, sent, looks := start, 0, 0
	for now.Before(start.Add(10 * time.Second)) {
		looks++
		ok, again := true, time.Time{}
		for ok {
			if ok, again = p.admit(desk.ID(sent+1), now); ok {
				sent++
			}
		}
		now = again
	}
	if least := 10*perSecond + perSecond/2; sent < least {
		t.Errorf("%d messages in ten seconds, want %d at least", sent, least)
	}
	if most := 10*20 + 1; looks > most {
		t.Errorf("looked %d times, want %d at most", looks, most)
	}
}
