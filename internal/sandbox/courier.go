package sandbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// couriers are the goroutines that deliver webhooks, one per number. A courier
// sleeps until something is due or it is woken; nothing polls.
type couriers struct {
	mu       sync.Mutex
	byNumber map[desk.ID]*courier
	s        *Sandbox
	ctx      context.Context // of requests; cancelled when Stop can't wait longer
	cancel   context.CancelFunc
	halt     chan struct{} // closed by Stop: no further round
	running  sync.WaitGroup
}

// courier delivers the webhooks of one number.
type courier struct {
	s         *Sandbox
	accountID desk.ID
	numberID  desk.ID
	woken     chan struct{}
	gone      chan struct{} // closed when the number is removed
	round     sync.Mutex    // one delivery at a time
}

func (cs *couriers) start(ctx context.Context, s *Sandbox, numbers []Number) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.halt != nil {
		return
	}
	cs.s, cs.halt = s, make(chan struct{})
	cs.ctx, cs.cancel = context.WithCancel(ctx)
	for i := range numbers {
		cs.employ(&numbers[i])
	}
}

// employ starts a number's courier; the lock is held.
func (cs *couriers) employ(n *Number) *courier {
	c := &courier{s: cs.s, accountID: n.AccountID, numberID: n.id, woken: make(chan struct{}, 1), gone: make(chan struct{})}
	cs.byNumber[n.id] = c
	cs.running.Add(1)
	go func() {
		defer cs.running.Done()
		c.run(cs.ctx, cs.halt)
	}()
	return c
}

// wake has a number's webhooks looked at now.
func (cs *couriers) wake(n *Number) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.halt == nil || isClosed(cs.halt) {
		return
	}
	c := cs.byNumber[n.id]
	if c == nil {
		c = cs.employ(n)
	}
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// dismiss ends the courier of a number that is removed.
func (cs *couriers) dismiss(id desk.ID) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if c := cs.byNumber[id]; c != nil {
		close(c.gone)
		delete(cs.byNumber, id)
	}
}

func (cs *couriers) stop(ctx context.Context) error {
	cs.mu.Lock()
	if cs.halt == nil || isClosed(cs.halt) {
		cs.mu.Unlock()
		return nil
	}
	close(cs.halt)
	cancel := cs.cancel
	cs.mu.Unlock()
	defer cancel()
	done := make(chan struct{})
	go func() { cs.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		cancel()
		<-done
		return ctx.Err()
	}
}

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

// restBetweenFailures keeps a courier from hammering a database or callback
// that is down.
const restBetweenFailures = time.Second

func (c *courier) run(ctx context.Context, halt <-chan struct{}) {
	for !isClosed(halt) && !isClosed(c.gone) {
		wait, err := c.deliver(ctx)
		if errors.Is(err, errNumberGone) {
			return
		}
		if err != nil {
			c.s.log.Warn("sandbox: delivering webhooks failed", "number", c.numberID, "err", err)
			wait = restBetweenFailures
		}
		if wait == 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-c.woken:
		case <-c.gone:
		case <-halt:
		}
		timer.Stop()
	}
}

// idle is how long a courier sleeps when nothing is owed; it is woken when
// that changes.
const idle = 24 * time.Hour

var errNumberGone = errors.New("the number is gone")

// deliver makes one round: it posts what is due and returns how long nothing
// will be due, 0 when there may be more.
func (c *courier) deliver(ctx context.Context) (time.Duration, error) {
	c.round.Lock()
	defer c.round.Unlock()
	n, err := c.s.numberByID(ctx, c.accountID, c.numberID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return 0, errNumberGone
	}
	if err != nil {
		return 0, err
	}
	if n.has(FaultStopWebhooks) {
		return idle, nil // SetFaults wakes
	}
	due, err := c.s.dueHooks(ctx, &n)
	if err != nil {
		return 0, err
	}
	if len(due) == 0 {
		return c.s.untilDue(ctx, &n)
	}
	return 0, c.s.post(ctx, &n, due)
}

// dueHook is one webhook to deliver now.
type dueHook struct {
	id       desk.ID
	chatID   desk.ID
	change   string
	attempts int
	created  desk.Time
}

// roundHooks is how many webhooks a round takes: what one transaction may
// settle.
const roundHooks = 150

func (s *Sandbox) dueHooks(ctx context.Context, n *Number) ([]dueHook, error) {
	return dbx.All(s.db.Read(ctx), func(r dbx.Scanner) (h dueHook, err error) {
		return h, r.Scan(&h.id, &h.chatID, &h.change, &h.attempts, &h.created)
	}, `SELECT id, chat_id, change, attempts, created_at FROM sandbox_webhook
		WHERE account_id=$1 AND number_id=$2 AND next_at<=$3 ORDER BY next_at, id LIMIT $4`, n.AccountID, n.id, s.stamp(), roundHooks)
}

func (s *Sandbox) untilDue(ctx context.Context, n *Number) (time.Duration, error) {
	var next desk.Time
	err := s.db.Read(ctx).QueryRow(`SELECT next_at FROM sandbox_webhook WHERE account_id=$1 AND number_id=$2 ORDER BY next_at LIMIT 1`,
		n.AccountID, n.id).Scan(&next)
	if dbx.IsNotFound(err) {
		return idle, nil
	}
	return max(next.Std().Sub(s.now()), time.Millisecond), err
}

// DeliverDue posts every webhook that is due, once, and returns how many were.
// Tests with a clock of their own call it instead of Start.
func (s *Sandbox) DeliverDue(ctx context.Context) (int, error) {
	numbers, err := s.allNumbers(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	for i := range numbers {
		n := &numbers[i]
		if n.has(FaultStopWebhooks) {
			continue
		}
		for {
			due, err := s.dueHooks(ctx, n)
			if err != nil {
				return total, err
			}
			if len(due) == 0 {
				break
			}
			total += len(due)
			if err := s.post(ctx, n, due); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// wakeNumber wakes by public id; used where only that is known.
func (s *Sandbox) wakeNumber(ctx context.Context, accountID desk.ID, phoneNumberID string) {
	if n, err := s.Number(ctx, accountID, phoneNumberID); err == nil {
		s.couriers.wake(&n)
	}
}
