package inbound

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// retries is how often a transaction is tried again that failed for a passing
// reason (decisions.md 6).
const retries = 3

// outcome is what became of a unit's interpretation.
type outcome struct {
	state  store.RawState
	reason string
}

// settled is an outcome of interpreting that rolls back what was written but
// is no fault.
type settled struct{ outcome }

func (s *settled) Error() string { return string(s.state) + ": " + s.reason }

// ignore has an element count as done although nothing follows from it.
func ignore(reason string) error { return &settled{outcome{store.RawDone, reason}} }

// quarantine keeps an element of a blocked contact (amendment 8).
func quarantine() error { return &settled{outcome{store.RawQuarantined, ReasonBlocked}} }

// park keeps an element raw, to be replayed.
func park(reason string) error { return &settled{outcome{store.RawUnprocessed, reason}} }

// take stores one unit and interprets it, in one transaction. A tick can wait.
func (r *Receiver) take(ctx context.Context, u *unit) (Result, error) {
	if u.event.Status != nil {
		ctx = dbx.Patient(ctx)
	}
	var res Result
	err := r.insist(ctx, func() error {
		return r.Store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
			res, err = r.takeIn(ctx, tx, u)
			return err
		})
	})
	if err != nil {
		return Result{}, err
	}
	return res, nil
}

// insist repeats what failed for a passing reason, and gives up when the
// caller does.
func (r *Receiver) insist(ctx context.Context, do func() error) error {
	for retry := 1; ; retry++ {
		err := do()
		if err == nil || !dbx.IsTransient(err) || retry > retries {
			return err
		}
		select {
		case <-time.After(r.Pause(retry)):
		case <-ctx.Done():
			return err
		}
	}
}

// takeIn is the transaction of one unit.
func (r *Receiver) takeIn(ctx context.Context, tx *dbx.Tx, u *unit) (Result, error) {
	if u.raw != 0 {
		return r.takeStored(ctx, tx, u)
	}
	raw := store.RawEvent{AccountID: u.account.ID, ConnectionID: u.line.ID, Key: u.element.Key, State: store.RawDone,
		ExternalID: u.element.ExternalID, GroupID: u.element.GroupID, Body: string(u.element.Raw)}
	if u.reason != "" {
		raw.State, raw.Reason = store.RawUnprocessed, u.reason
	}
	isNew, err := r.Store.InsertRaw(tx, &raw)
	if err != nil {
		return Result{}, err
	}
	if !isNew {
		return r.again(ctx, tx, u, raw.Key)
	}
	if u.reason != "" {
		return Result{Unprocessed: 1}, nil
	}
	out, err := r.interpretIn(ctx, tx, u, raw.ID)
	if err != nil {
		return Result{}, err
	}
	if out == (outcome{state: store.RawDone}) {
		return Result{Accepted: 1}, nil // as it was inserted
	}
	return out.result(), r.Store.SettleRaw(tx, u.account.ID, raw.ID, out.state, out.reason)
}

// again handles an element that is stored already: what could not be
// interpreted is tried again, everything else is a repetition.
func (r *Receiver) again(ctx context.Context, tx *dbx.Tx, u *unit, key string) (Result, error) {
	raw, err := r.Store.RawByKey(tx, u.account.ID, u.line.ID, key)
	if err != nil {
		return Result{}, err
	}
	if raw.State != store.RawUnprocessed {
		return Result{Duplicates: 1}, nil
	}
	out, err := r.settle(ctx, tx, u, raw.ID)
	return out.result(), err
}

// takeStored handles an element that was stored for a job to interpret.
func (r *Receiver) takeStored(ctx context.Context, tx *dbx.Tx, u *unit) (Result, error) {
	raw, err := r.Store.LockRaw(tx, u.account.ID, u.raw)
	if err != nil {
		return Result{}, err
	}
	if raw.State != store.RawPending {
		return Result{Duplicates: 1}, nil
	}
	out, err := r.settle(ctx, tx, u, u.raw)
	return out.result(), err
}

// settle interprets an element that has its row, and writes what became of it.
func (r *Receiver) settle(ctx context.Context, tx *dbx.Tx, u *unit, raw desk.ID) (outcome, error) {
	out := outcome{store.RawUnprocessed, u.reason}
	if u.reason == "" {
		var err error
		if out, err = r.interpretIn(ctx, tx, u, raw); err != nil {
			return out, err
		}
	}
	return out, r.Store.SettleRaw(tx, u.account.ID, raw, out.state, out.reason)
}

func (o outcome) result() Result {
	switch o.state {
	case store.RawDone, store.RawQuarantined:
		return Result{Accepted: 1}
	}
	return Result{Unprocessed: 1}
}

// interpretIn applies a unit's event in a savepoint. Only a passing failure of
// the database is returned as an error; every other becomes a reason, because
// a repetition would fail in the same way.
func (r *Receiver) interpretIn(ctx context.Context, tx *dbx.Tx, u *unit, raw desk.ID) (outcome, error) {
	err := tx.Savepoint(func(tx *dbx.Tx) error { return r.safely(ctx, tx, u) })
	var done *settled
	var refusal *desk.Error
	switch {
	case err == nil, errors.Is(err, store.ErrDuplicateMessage):
		return outcome{state: store.RawDone}, nil
	case dbx.IsTransient(err):
		return outcome{}, err
	case errors.As(err, &done):
		return done.outcome, nil
	case errors.As(err, &refusal):
		return outcome{store.RawUnprocessed, string(refusal.Code)}, nil
	}
	reason := ReasonInternal
	if dbx.ConstraintOf(err) != "" {
		reason = ReasonConstraint
	}
	r.Log.Error("an element could not be interpreted", "raw_event", int64(raw), "connection", int64(u.line.ID), "err", err)
	return outcome{store.RawUnprocessed, reason}, nil
}

// safely turns a panic into an error: one element must not take the rest of
// its batch with it.
func (r *Receiver) safely(ctx context.Context, tx *dbx.Tx, u *unit) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("interpreting panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return r.apply(ctx, tx, u)
}

// apply does what an event says.
func (r *Receiver) apply(ctx context.Context, tx *dbx.Tx, u *unit) error {
	e := &u.event
	switch {
	case e.Message != nil && e.Message.Echo:
		return r.echo(tx, u, e.Message)
	case e.Message != nil:
		return r.message(tx, u, e.Message)
	case e.Reaction != nil:
		return r.reaction(tx, u, e.Reaction)
	case e.Status != nil:
		return r.Outbox.ApplyStatus(ctx, tx, u.account.ID, u.line.ID, *e.Status)
	case e.Edit != nil:
		return r.edit(tx, u, e.Edit)
	case e.Revoke != nil:
		return r.revoke(tx, u, e.Revoke)
	case e.Template != nil:
		return r.template(tx, u, e.Template)
	case e.Account != nil:
		return r.news(tx, u, e.Account)
	case e.Consent != nil:
		return r.consent(tx, u, e.Consent)
	case e.Identity != nil:
		return r.identity(tx, u, e.Identity)
	}
	return nil
}
