// Package jobs runs background work that must not be lost: one table, written
// in the transaction that wants the work, claimed in order per key, retried
// with back-off, and buried as a dead letter when it can't succeed.
//
// A job may run more than once (its process can die after the work and before
// the commit that says so), so handlers are idempotent. Messages to contacts
// are not jobs: see the outbox.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Job is a piece of work to be done after the transaction that asks for it.
type Job struct {
	Account desk.ID // none: the installation's own
	Kind    string
	// Key orders jobs: within account and kind only the oldest unfinished job
	// of a key runs. "" means no order.
	Key string
	// UniqueKey joins requests: while one such job is ready, another of the
	// same account and kind adds nothing. One that runs already doesn't count,
	// because it may have read what the new request is about to change.
	UniqueKey string
	RunAt     desk.Time // not before; 0 = now
	Payload   any       // JSON
}

// Kind says how jobs of one kind are run.
type Kind struct {
	Name string
	// Run does the work. Its context ends at the time-out and when the program
	// stops. It must be safe to run again.
	Run func(ctx context.Context, t Task) error
	// Concurrency is how many run at once in this process; 0 means 1.
	Concurrency int
	// Timeout bounds one attempt; 0 means a minute.
	Timeout time.Duration
	// MaxAttempts is after how many attempts the job is dead; 0 means 10.
	MaxAttempts int
	// Backoff is the pause after the first failure; it doubles with each one
	// up to MaxBackoff, and is spread by jitter. 0 means 2 s, and at most 1 h.
	Backoff    time.Duration
	MaxBackoff time.Duration
	// Strict keeps a key waiting behind its dead head, for work that must not
	// be skipped. Otherwise the key moves on.
	Strict bool
	// Dead is called after the last attempt failed; may be nil. As long as it
	// fails, unless permanently, the job is not dead: it is called again when the
	// lease has ended.
	Dead func(ctx context.Context, t Task, cause error) error
	// Next makes the kind periodic: one job for the whole installation, run
	// again at Next(now) after each run, whatever came of it.
	Next func(now time.Time) time.Time
}

// Task is one attempt at a job.
type Task struct {
	ID      desk.ID
	Account desk.ID
	Kind    string
	Key     string
	Attempt int // from 1
	Last    bool
	Payload json.RawMessage
}

// Decode reads the payload. A payload that can't be read can't be mended by
// trying again: the error is permanent.
func (t Task) Decode(into any) error {
	if err := json.Unmarshal(t.Payload, into); err != nil {
		return Permanent(fmt.Errorf("payload of %s: %w", t.Kind, err))
	}
	return nil
}

// Permanent marks an error that trying again can't mend: the job is dead at
// once.
func Permanent(err error) error { return &permanentError{err} }

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// After marks an error of which it is known when to try again.
func After(d time.Duration, err error) error { return &laterError{d, err} }

type laterError struct {
	after time.Duration
	err   error
}

func (e *laterError) Error() string { return e.err.Error() }
func (e *laterError) Unwrap() error { return e.err }

// Every runs a periodic kind at fixed distances.
func Every(d time.Duration) func(time.Time) time.Time {
	return func(now time.Time) time.Time { return now.Add(d) }
}

// Daily runs a periodic kind once a day at a time of the day in UTC.
func Daily(hour, minute int) func(time.Time) time.Time {
	return func(now time.Time) time.Time {
		now = now.UTC()
		at := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, time.UTC)
		if !at.After(now) {
			at = at.AddDate(0, 0, 1)
		}
		return at
	}
}

// Enqueue adds a job to the transaction; it runs once that has committed. A
// kind that this program does not know is refused, because nobody would run it.
func (r *Runner) Enqueue(tx *dbx.Tx, j Job) error {
	if _, ok := r.kinds[j.Kind]; !ok {
		return fmt.Errorf("jobs: no kind %q", j.Kind)
	}
	payload := []byte("{}")
	if j.Payload != nil {
		var err error
		if payload, err = json.Marshal(j.Payload); err != nil {
			return fmt.Errorf("jobs: payload of %s: %w", j.Kind, err)
		}
	}
	if j.RunAt == 0 {
		j.RunAt = desk.TimeOf(r.now())
	}
	added, err := r.store.AddJob(tx, store.Job{AccountID: j.Account, Kind: j.Kind, Key: j.Key,
		UniqueKey: j.UniqueKey, RunAt: j.RunAt, Payload: string(payload)})
	if err != nil || !added {
		return err
	}
	nudge := func() { r.nudge(j.Kind, j.RunAt) }
	tx.AfterCommit(nudge)
	tx.InDoubt(nudge)
	return nil
}

// Revive gives a dead letter all its attempts again.
func (r *Runner) Revive(ctx context.Context, account, id desk.ID) error {
	return r.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		j, err := r.store.ReviveJob(tx, account, id, desk.TimeOf(r.now()))
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { r.nudge(j.Kind, j.RunAt) })
		return nil
	})
}

// lease is how long a claimed job is its process's: longer than an attempt.
func (k Kind) lease() time.Duration { return k.Timeout + leaseMargin }

func (k Kind) withDefaults() (Kind, error) {
	if k.Name == "" || k.Run == nil {
		return k, errors.New("jobs: a kind needs a name and a function")
	}
	if k.Concurrency <= 0 {
		k.Concurrency = 1
	}
	if k.Timeout <= 0 {
		k.Timeout = time.Minute
	}
	if k.MaxAttempts <= 0 {
		k.MaxAttempts = 10
	}
	if k.Backoff <= 0 {
		k.Backoff = 2 * time.Second
	}
	if k.MaxBackoff <= 0 {
		k.MaxBackoff = time.Hour
	}
	return k, nil
}
