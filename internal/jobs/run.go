package jobs

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

const (
	never       = desk.Time(math.MaxInt64)
	rescueBatch = 100
	reasonMax   = 500
	firstPause  = 100 * time.Millisecond // after an outcome could not be stored
	maxPause    = 2 * time.Second
)

// errLeft is the reason of an attempt whose process died or hung.
var errLeft = errors.New("the attempt was left unfinished")

// run makes one attempt and stores its outcome.
func (r *Runner) run(k Kind, j store.Job) {
	defer r.running.Done()
	defer r.free(k, j)
	t := Task{ID: j.ID, Account: j.AccountID, Kind: j.Kind, Key: j.Key, Attempt: j.Attempts,
		Last: j.Attempts >= k.MaxAttempts, Payload: json.RawMessage(j.Payload)}
	ctx, cancel := context.WithTimeout(r.work, k.Timeout)
	err := attempt(ctx, k, t)
	cancel()
	if err := r.insist(k, j, t, err); err != nil {
		r.log.Error("storing the outcome of a job failed; its lease will end", "kind", k.Name, "job", int64(j.ID), "err", err)
	}
}

// insist settles an attempt. A database that is away is waited for as long as
// the lease lasts: else what it refused to hear would be done again, and only
// when the lease has ended.
func (r *Runner) insist(k Kind, j store.Job, t Task, cause error) error {
	end := time.Now().Add(leaseMargin)
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := r.settle(k, j, t, cause)
		if !dbx.IsTransient(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-r.quit:
			return err
		}
	}
}

// attempt turns a panic into an error: it may be the job's fault.
func attempt(ctx context.Context, k Kind, t Task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("handler panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return k.Run(ctx, t)
}

// free gives the slot back and has the kind looked at again when that may
// have set others free.
func (r *Runner) free(k Kind, j store.Job) {
	r.mu.Lock()
	r.busy[k.Name]--
	delete(r.active, j.ID)
	if j.Key != "" {
		r.dirty[k.Name] = true
	}
	again := r.dirty[k.Name]
	r.mu.Unlock()
	if again {
		r.signal()
	}
}

// settle stores what became of an attempt.
func (r *Runner) settle(k Kind, j store.Job, t Task, cause error) error {
	now := r.now()
	switch {
	case k.Next != nil:
		return r.settlePeriodic(k, j, cause)
	case cause == nil:
		return r.change(func(tx *dbx.Tx) error {
			_, err := r.store.FinishJob(tx, j.ID, j.Attempts, desk.TimeOf(now))
			return err
		})
	case r.work.Err() != nil: // told to stop: not the job's fault
		return r.change(func(tx *dbx.Tx) error {
			return r.store.RetryJob(tx, j.ID, j.Attempts, j.Attempts-1, desk.TimeOf(now), "")
		})
	case isPermanent(cause) || t.Last:
		return r.bury(k, j, t, cause)
	}
	return r.retry(k, j, cause, desk.TimeOf(now.Add(r.wait(k, j.Attempts, cause))))
}

func (r *Runner) retry(k Kind, j store.Job, cause error, at desk.Time) error {
	r.log.Info("job failed and will be tried again", "kind", k.Name, "job", int64(j.ID), "attempt", j.Attempts, "err", cause)
	err := r.change(func(tx *dbx.Tx) error {
		return r.store.RetryJob(tx, j.ID, j.Attempts, j.Attempts, at, reason(cause))
	})
	if err == nil {
		r.nudge(k.Name, at)
	}
	return err
}

func (r *Runner) bury(k Kind, j store.Job, t Task, cause error) error {
	r.log.Warn("job is dead", "kind", k.Name, "job", int64(j.ID), "attempt", j.Attempts, "err", cause)
	if k.Dead != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.work), leaseMargin)
		defer cancel()
		if err := k.Dead(ctx, t, cause); err != nil && !isPermanent(err) {
			return fmt.Errorf("tell of its death: %w", err)
		}
	}
	return r.change(func(tx *dbx.Tx) error {
		return r.store.BuryJob(tx, j.ID, j.Attempts, desk.TimeOf(r.now()), reason(cause))
	})
}

// settlePeriodic sets the same job up for its next run.
func (r *Runner) settlePeriodic(k Kind, j store.Job, cause error) error {
	at, text := desk.TimeOf(k.Next(r.now())), ""
	if cause != nil {
		text = reason(cause)
		if r.work.Err() != nil {
			at = desk.TimeOf(r.now()) // interrupted: again after the restart
		} else {
			r.log.Error("periodic job failed", "kind", k.Name, "err", cause)
		}
	}
	err := r.change(func(tx *dbx.Tx) error { return r.store.RetryJob(tx, j.ID, j.Attempts, 0, at, text) })
	if err == nil {
		r.nudge(k.Name, at)
	}
	return err
}

// rescue gives attempts back whose lease ended before now. The attempt counts:
// a job that kills its process must not do so for ever. What runs here is
// spared: its lease can only have ended because the clock was stepped. So is
// what a clock set back since now was read has not ended: another node may have
// moved the lease, so it is held against a clock that is read after it.
func (r *Runner) rescue(ctx context.Context, k Kind, now desk.Time) (found bool, err error) {
	for {
		left, err := r.store.ExpiredJobs(r.store.DB.Read(ctx), k.Name, now, rescueBatch)
		if err != nil {
			return found, err
		}
		now = min(now, desk.TimeOf(r.now()))
		rescued := 0
		for _, j := range left {
			if j.LeaseUntil >= now || r.isActive(j.ID) {
				continue
			}
			rescued++
			if err := r.rescueOne(k, j); err != nil {
				return found, err
			}
		}
		found = found || rescued > 0
		if len(left) < rescueBatch || rescued == 0 {
			return found, nil
		}
	}
}

func (r *Runner) isActive(id desk.ID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.active[id]
}

func (r *Runner) rescueOne(k Kind, j store.Job) error {
	if k.Next != nil {
		return r.change(func(tx *dbx.Tx) error {
			return r.store.RetryJob(tx, j.ID, j.Attempts, 0, desk.TimeOf(r.now()), errLeft.Error())
		})
	}
	if j.Attempts < k.MaxAttempts {
		return r.retry(k, j, errLeft, desk.TimeOf(r.now()))
	}
	t := Task{ID: j.ID, Account: j.AccountID, Kind: j.Kind, Key: j.Key, Attempt: j.Attempts, Last: true, Payload: json.RawMessage(j.Payload)}
	return r.bury(k, j, t, errLeft)
}

// change runs a write that must not be lost because the program is stopping.
func (r *Runner) change(fn func(tx *dbx.Tx) error) error {
	return r.store.DB.Do(dbx.Patient(context.Background()), fn)
}

func isPermanent(err error) bool {
	_, ok := errors.AsType[*permanentError](err)
	return ok
}

// wait is the pause before the next attempt: doubling, between half and the
// whole of the step, so that what failed together is not tried together.
func (r *Runner) wait(k Kind, attempts int, cause error) time.Duration {
	if later, ok := errors.AsType[*laterError](cause); ok {
		return later.after
	}
	step := k.MaxBackoff
	if n := attempts - 1; n < 32 && k.Backoff<<n>>n == k.Backoff {
		step = min(step, k.Backoff<<n)
	}
	return step/2 + time.Duration(r.fraction()*float64(step/2))
}

// fraction returns a random number in [0, 1).
func (r *Runner) fraction() float64 {
	var b [8]byte
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := io.ReadFull(r.rand, b[:]); err != nil {
		return 0.5
	}
	return float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
}

func reason(err error) string {
	s := err.Error()
	if len(s) > reasonMax {
		s = s[:reasonMax]
	}
	return s
}
