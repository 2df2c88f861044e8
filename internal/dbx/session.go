package dbx

import (
	"context"
	"errors"
	"fmt"
)

var (
	errOpenRows = errors.New("dbx: the rows of the previous statement are still open")
	errEnded    = errors.New("dbx: used after its function returned")
)

// session is a run of statements on one connection: the inside of a Tx, of a
// Snapshot and of a single pooled read. It makes both databases refuse the
// same things.
type session struct {
	db     *DB
	run    runner
	ctx    context.Context
	writes bool  // the inside of a Do
	strict bool  // refuse everything after an error, as PostgreSQL does
	failed error // the first statement error
	open   *Rows
	ended  bool
}

// Dialect tells which engine this is.
func (s *session) Dialect() Dialect { return s.db.dialect }

// Query runs a statement that returns rows.
func (s *session) Query(query string, args ...any) (*Rows, error) {
	if err := s.admit(query, len(args)); err != nil {
		return nil, err
	}
	rows, err := s.run.query(s.ctx, query, args)
	if err != nil {
		return nil, s.note(err)
	}
	r := &Rows{rows: rows, owner: s}
	s.open = r
	return r, nil
}

// QueryRow runs a statement of which the first row is wanted. Its error comes
// from Scan, which must be called.
func (s *session) QueryRow(query string, args ...any) *Row {
	rows, err := s.Query(query, args...)
	return &Row{rows: rows, err: err}
}

// Exec runs a statement and returns how many rows it changed.
func (s *session) Exec(query string, args ...any) (int64, error) {
	if err := s.admit(query, len(args)); err != nil {
		return 0, err
	}
	res, err := s.run.exec(s.ctx, query, args)
	if err != nil {
		return 0, s.note(err)
	}
	n, err := res.RowsAffected()
	return n, mapError(err)
}

// admit refuses what one of the two databases would refuse. A refusal counts
// as a statement error, as it would on PostgreSQL.
func (s *session) admit(query string, args int) error {
	switch {
	case s.ended:
		return &Error{Kind: Other, Err: errEnded}
	case s.failed != nil:
		return s.refusal()
	case s.open != nil && s.strict:
		return s.note(errOpenRows)
	}
	if err := s.db.texts.check(query, args); err != nil {
		return s.note(fmt.Errorf("%w: %s", err, excerpt(query)))
	}
	s.db.count.statements.Add(1)
	if s.writes {
		s.db.count.inWrites.Add(1)
	}
	return nil
}

// refusal is transient when the first error was, so that retrying callers
// still retry; otherwise it must not pass for the constraint it follows.
func (s *session) refusal() error {
	kind := Other
	if IsTransient(s.failed) {
		kind = Transient
	}
	return &Error{Kind: kind, Err: fmt.Errorf("transaction refuses statements after an error: %w", s.failed)}
}

// note maps a statement error and remembers the first one.
func (s *session) note(err error) error {
	err = mapError(err)
	if s.strict && s.failed == nil {
		s.failed = err
	}
	return err
}

// finished is told by Rows that its statement is over.
func (s *session) finished(r *Rows, err error) error {
	if s.open == r {
		s.open = nil
	}
	if err == nil {
		return nil
	}
	return s.note(err)
}

// closeOpen closes rows a function left open, so that the connection can be
// used again.
func (s *session) closeOpen() {
	if s.open != nil {
		_ = s.open.Close() // the error, if any, is noted in failed
	}
}

// end makes every further use of the session fail.
func (s *session) end() {
	s.closeOpen()
	s.ended = true
}

func excerpt(query string) string {
	const most = 120
	if len(query) > most {
		return query[:most] + "…"
	}
	return query
}
