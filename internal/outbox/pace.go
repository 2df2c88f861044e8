package outbox

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// pacer keeps one connection's sending limits in memory: its node owns the
// connection (decisions.md 13). It belongs to one goroutine.
type pacer struct {
	pace  channel.Pace
	total *rate.Limiter
	pairs map[desk.ID]*rate.Limiter // by conversation
	held  map[desk.ID]time.Time     // conversation → not before
	media map[desk.ID]arrival       // conversation → the file that must arrive first
	rests time.Time                 // the whole connection has sent what it may, until then
}

// arrival is a file on its way; what follows in its conversation waits for it,
// because a provider delivers small texts faster (decisions.md 11).
type arrival struct {
	message desk.ID
	until   time.Time
}

// spareBurst is the share of a second's messages that is not sent at once. The
// provider counts when calls arrive, and those of a burst are slower than those
// after it: with nothing to spare it would see more than it allows.
const spareBurst = 0.1

// rest is how long at least a connection waits that has sent all it may. What
// may leave by then leaves together: looking for it once costs as much as
// looking for one message.
const rest = 50 * time.Millisecond

func newPacer(p channel.Pace) *pacer {
	limit, burst := rate.Inf, 1
	if p.PerSecond > 0 {
		limit = rate.Limit(p.PerSecond)
		burst = max(1, int(p.PerSecond*(1-spareBurst)))
	}
	return &pacer{
		pace:  p,
		total: rate.NewLimiter(limit, burst),
		pairs: map[desk.ID]*rate.Limiter{},
		held:  map[desk.ID]time.Time{},
		media: map[desk.ID]arrival{},
	}
}

// left notes that a message with a file was handed over.
func (p *pacer) left(conversation, message desk.ID, now time.Time) {
	if p.pace.AfterMedia > 0 {
		p.media[conversation] = arrival{message, now.Add(p.pace.AfterMedia)}
	}
}

// arrived notes that a message reached its phone, or never will, and reports
// whether what follows it has waited for that.
func (p *pacer) arrived(conversation, message desk.ID) bool {
	a, waits := p.media[conversation]
	if !waits || a.message != message {
		return false
	}
	delete(p.media, conversation)
	return true
}

// hold keeps a conversation back until then, e.g. after 131056.
func (p *pacer) hold(conversation desk.ID, until time.Time) {
	if until.After(p.held[conversation]) {
		p.held[conversation] = until
	}
}

// admit takes one sending slot for the conversation. When it may not send yet
// it takes nothing and says when to ask again.
func (p *pacer) admit(conversation desk.ID, now time.Time) (ok bool, again time.Time) {
	if p.rests.After(now) {
		return false, p.rests
	}
	if until := p.until(conversation, now); until.After(now) {
		return false, until
	}
	delete(p.held, conversation)
	if may, at := p.room(now); may == 0 {
		return false, at
	}
	p.total.AllowN(now, 1)
	if pair := p.pair(conversation); pair != nil {
		pair.AllowN(now, 1)
	}
	return true, time.Time{}
}

// until is before when a conversation may send nothing, whatever the connection
// may; now or earlier if it may.
func (p *pacer) until(conversation desk.ID, now time.Time) time.Time {
	if until := p.held[conversation]; until.After(now) {
		return until
	}
	if a, waits := p.media[conversation]; waits && a.until.After(now) {
		return a.until
	}
	if pair := p.pairs[conversation]; pair != nil && pair.TokensAt(now) < 1 {
		return now.Add(shortfall(pair, now))
	}
	return time.Time{}
}

// room is how many messages the connection as a whole may send now. When it is
// none it rests, and says when to ask again.
func (p *pacer) room(now time.Time) (may int, again time.Time) {
	if p.rests.After(now) {
		return 0, p.rests
	}
	if p.total.Limit() == rate.Inf {
		return maxInFlight, time.Time{}
	}
	tokens := p.total.TokensAt(now)
	if tokens < 1 {
		p.rests = now.Add(max(rest, shortfall(p.total, now)))
		return 0, p.rests
	}
	return int(tokens), time.Time{}
}

// blocked is at most how many conversations may not send now.
func (p *pacer) blocked(now time.Time) int {
	n := len(p.held) + len(p.media)
	for _, l := range p.pairs {
		if l.TokensAt(now) < 1 {
			n++
		}
	}
	return n
}

func (p *pacer) pair(conversation desk.ID) *rate.Limiter {
	if p.pace.PairEvery <= 0 {
		return nil
	}
	l := p.pairs[conversation]
	if l == nil {
		l = rate.NewLimiter(rate.Every(p.pace.PairEvery), max(1, p.pace.PairBurst))
		p.pairs[conversation] = l
	}
	return l
}

// shortfall is how long until the limiter has a whole token again.
func shortfall(l *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - l.TokensAt(now)
	return time.Duration(missing/float64(l.Limit())*float64(time.Second)) + time.Millisecond
}

// sweep forgets conversations whose allowance is whole again, so that memory
// follows the conversations of the last minutes and not those of all time.
func (p *pacer) sweep(now time.Time) {
	for id, l := range p.pairs {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(p.pairs, id)
		}
	}
	for id, until := range p.held {
		if !until.After(now) {
			delete(p.held, id)
		}
	}
	for id, a := range p.media {
		if !a.until.After(now) {
			delete(p.media, id)
		}
	}
}
