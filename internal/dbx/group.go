package dbx

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// run is one attempt at a group: one transaction.
type run struct {
	w     *writer
	calls []*call
	txs   []*Tx   // of the calls run so far
	errs  []error // their outcomes, answered when the transaction is settled
	alone bool    // one call: no savepoint
}

var errLeft = errors.New("dbx: write function left its goroutine")

// runAll runs the calls until each is answered. A function can destroy the
// transaction it shares (an OR ROLLBACK conflict, a full disk): then only it
// is answered, and the others run again. Should that happen twice, the rest
// run one by one, so that a group of culprits costs no quadratic work.
func (w *writer) runAll(calls []*call, attempt int) {
	for ; len(calls) > 0; attempt++ {
		if attempt < 2 {
			calls = w.runGroup(calls)
			continue
		}
		w.runGroup(calls[:1])
		calls = calls[1:]
	}
}

// runGroup runs the calls in one transaction, answers those whose fate is
// settled and returns those that must run again.
func (w *writer) runGroup(calls []*call) (again []*call) {
	if err := w.begin(); err != nil {
		answerAll(calls, err)
		return nil
	}
	r := &run{w: w, calls: calls, alone: len(calls) == 1}
	w.running = r
	for _, c := range calls {
		if err := r.step(c); err != nil {
			return r.blame(err)
		}
	}
	r.finish()
	return nil
}

// step runs one call; its error says that the transaction is lost.
func (r *run) step(c *call) error {
	if err := c.ctx.Err(); err != nil {
		r.txs, r.errs = append(r.txs, nil), append(r.errs, err)
		return nil
	}
	tx := newTx(session{db: r.w.db, ctx: context.WithoutCancel(c.ctx), run: r.w.conn})
	r.txs = append(r.txs, tx)
	if r.alone {
		r.errs = append(r.errs, tx.call(c.fn))
		return nil
	}
	if err := r.w.control("SAVEPOINT c"); err != nil {
		return err
	}
	err := tx.call(c.fn)
	if err != nil {
		if lost := r.w.control("ROLLBACK TO SAVEPOINT c"); lost != nil {
			return errors.Join(err, lost)
		}
	}
	if lost := r.w.control("RELEASE SAVEPOINT c"); lost != nil {
		return errors.Join(err, lost)
	}
	r.errs = append(r.errs, err)
	return nil
}

// blame answers the call that destroyed the transaction and returns the
// others, also those that had failed: what they failed on may be gone now.
func (r *run) blame(err error) (again []*call) {
	r.w.rollback()
	r.w.running = nil
	culprit := len(r.txs) - 1
	r.calls[culprit].done <- lostError(err)
	return append(append(again, r.calls[:culprit]...), r.calls[culprit+1:]...)
}

// lostError keeps the kind of what the function met first.
func lostError(err error) error {
	mapped := mapError(err)
	var e *Error
	if errors.As(mapped, &e) {
		return &Error{Kind: e.Kind, Constraint: e.Constraint, Err: errors.Join(errLost, err)}
	}
	return mapped
}

// abandon settles a run whose function left the writer's goroutine.
func (r *run) abandon() (again []*call) {
	return r.blame(errLeft)
}

// finish commits and answers. A run in which nothing succeeded, like a call
// alone that failed, is rolled back.
func (r *run) finish() {
	w := r.w
	w.running = nil
	succeeded := 0
	for _, err := range r.errs {
		if err == nil {
			succeeded++
		}
	}
	if succeeded == 0 {
		w.rollback()
		r.answer(nil)
		return
	}
	err := w.commit()
	if err != nil && isIOError(err) {
		w.fatal(err)
	}
	if err != nil {
		w.rollback()
	} else {
		w.db.count.calls.Add(int64(succeeded))
		r.publish()
	}
	r.answer(mapError(err))
}

// publish puts the callbacks in line before anyone is answered.
func (r *run) publish() {
	for i, tx := range r.txs {
		if r.errs[i] == nil {
			place := r.w.db.after.take(len(tx.after))
			r.w.db.after.settle(place, tx.after)
		}
	}
}

func (r *run) answer(commitErr error) {
	for i, c := range r.calls {
		if r.errs[i] == nil {
			r.errs[i] = commitErr
		}
		c.done <- r.errs[i]
	}
}

func answerAll(calls []*call, err error) {
	for _, c := range calls {
		c.done <- mapError(err)
	}
}

// begin opens the transaction. If it is refused for any reason but a lock
// held by another process, the connection is in doubt and is replaced.
func (w *writer) begin() error {
	err := w.control("BEGIN IMMEDIATE")
	if err == nil || IsTransient(mapError(err)) {
		return err
	}
	w.log.Warn("replacing SQLite's writing connection", "err", err)
	if e := w.conn.close(); e != nil {
		w.log.Warn("closing it failed", "err", e)
	}
	conn, e := newLiteConn(context.Background(), w.pool)
	if e != nil {
		return errors.Join(err, e)
	}
	w.conn = conn
	return w.control("BEGIN IMMEDIATE")
}

// rollback may find that the transaction is gone already. Should it fail
// otherwise, the next begin notices.
func (w *writer) rollback() {
	if err := w.control("ROLLBACK"); err != nil {
		w.log.Debug("ROLLBACK found no transaction", "err", err)
	}
}

// control sends a statement about the transaction itself.
func (w *writer) control(text string) error {
	c := &w.db.count
	switch text {
	case "BEGIN IMMEDIATE":
		c.begins.Add(1)
	case "COMMIT":
		c.commits.Add(1)
	case "ROLLBACK":
		c.rollbacks.Add(1)
	case "SAVEPOINT c":
		c.savepoints.Add(1)
	case "RELEASE SAVEPOINT c":
		c.releases.Add(1)
	case "ROLLBACK TO SAVEPOINT c":
		c.rollbacksTo.Add(1)
	}
	if _, err := w.conn.exec(context.Background(), text, nil); err != nil {
		return fmt.Errorf("%s: %w", strings.ToLower(text), err)
	}
	return nil
}

// goroutineID reads "goroutine 12 [running]:". The runtime hides it for good
// reason; it serves only to report a Do that waits for itself.
func goroutineID() int64 {
	var buf [64]byte
	fields := strings.Fields(string(buf[:runtime.Stack(buf[:], false)]))
	if len(fields) < 2 {
		return 0
	}
	id, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return id
}
