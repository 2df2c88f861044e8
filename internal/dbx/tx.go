package dbx

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Tx is a write transaction. Its methods Query, QueryRow, Exec and Dialect
// come from session.
//
// After any statement error it refuses further statements, because
// PostgreSQL does; wrap what may fail in Savepoint. (No row is not an error
// of the statement.)
type Tx struct {
	session
	after []func()
	doubt []func()
	last  []step
}

var _ Querier = (*Tx)(nil)

// errLost marks a transaction that the database rolled back under us, so
// that nothing can be saved from it.
var errLost = errors.New("dbx: the database rolled back the whole transaction")

func newTx(s session) *Tx {
	s.strict, s.writes = true, true
	return &Tx{session: s}
}

// AfterCommit has fn run once this transaction is committed: off the writer,
// in commit order, one at a time. It is forgotten when the transaction or the
// savepoint it was called in rolls back. fn should be quick.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// InDoubt has fn run, in the place of what AfterCommit was given, when the
// answer to COMMIT was lost: the transaction may have happened, and whoever
// would have been told has to look. It may run for what rolled back as well.
func (tx *Tx) InDoubt(fn func()) { tx.doubt = append(tx.doubt, fn) }

// Savepoint runs fn so that its failure undoes only what fn did, and the
// transaction goes on. It returns fn's error.
func (tx *Tx) Savepoint(fn func(tx *Tx) error) error {
	switch {
	case tx.ended:
		return &Error{Kind: Other, Err: errEnded}
	case tx.failed != nil:
		return tx.refusal()
	case tx.open != nil:
		return tx.note(errOpenRows)
	}
	if err := tx.control("SAVEPOINT s"); err != nil {
		return tx.note(err)
	}
	at := tx.mark()
	returned := false
	defer func() {
		if !returned { // fn panicked: leave no savepoint behind for who recovers
			tx.closeOpen()
			_ = tx.rollBackTo(at)
		}
	}()
	err := fn(tx)
	returned = true
	tx.closeOpen()
	if err == nil {
		err = tx.failed
	}
	if err == nil {
		if err = tx.control("RELEASE SAVEPOINT s"); err == nil {
			return nil
		}
		err = mapError(err)
	}
	if lost := tx.rollBackTo(at); lost != nil {
		return lost
	}
	return err
}

// mark is how much was put off when a savepoint began.
type mark struct{ callbacks, steps int }

func (tx *Tx) mark() mark { return mark{len(tx.after), len(tx.last)} }

// rollBackTo undoes the innermost savepoint, what was put off in it included.
func (tx *Tx) rollBackTo(m mark) error {
	if lost := tx.undo(); lost != nil {
		tx.failed = lost
		return lost
	}
	tx.after, tx.last = tx.after[:m.callbacks], tx.last[:m.steps]
	tx.failed = nil
	return nil
}

// undo rolls back to the innermost savepoint. If that fails the savepoint is
// gone, and with it the transaction.
func (tx *Tx) undo() error {
	cause := tx.failed
	err := tx.control("ROLLBACK TO SAVEPOINT s")
	if err == nil {
		err = tx.control("RELEASE SAVEPOINT s")
	}
	if err == nil {
		return nil
	}
	kind := Other
	if IsTransient(cause) || IsTransient(mapError(err)) {
		kind = Transient
	}
	return &Error{Kind: kind, Err: errors.Join(errLost, cause, err)}
}

// control sends a statement about the transaction itself. The same savepoint
// name serves every depth: both databases take the innermost.
func (tx *Tx) control(text string) error {
	c := &tx.db.count
	switch text {
	case "SAVEPOINT s":
		c.savepoints.Add(1)
	case "RELEASE SAVEPOINT s":
		c.releases.Add(1)
	case "ROLLBACK TO SAVEPOINT s":
		c.rollbacksTo.Add(1)
	}
	_, err := tx.run.exec(tx.ctx, text, nil)
	return err
}

// call runs a write function and closes what it left open. A panic becomes
// an error, and so does a statement error that fn swallowed.
func (tx *Tx) call(fn func(tx *Tx) error) (err error) {
	defer tx.end()
	defer func() {
		if p := recover(); p != nil {
			err = &Error{Kind: Other, Err: fmt.Errorf("write function panicked: %v\n%s", p, debug.Stack())}
		}
	}()
	err = fn(tx)
	tx.closeOpen()
	if err == nil {
		err = tx.runLast()
	}
	if err == nil {
		err = tx.failed
	}
	return err
}
