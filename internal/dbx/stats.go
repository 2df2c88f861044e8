package dbx

import "sync/atomic"

// Stats counts what was sent to the database since it was opened. Budgets
// ("accepting a message costs one commit and at most ten row statements") are
// asserted against it, so statements about rows and about transactions are
// counted apart.
type Stats struct {
	Statements  int64 // row statements: SELECT, INSERT, UPDATE, DELETE, DDL
	InWrites    int64 // those of them inside a Do
	Calls       int64 // Do calls that were committed
	Begins      int64
	Commits     int64
	Rollbacks   int64
	Savepoints  int64
	Releases    int64
	RollbacksTo int64
}

// Minus returns what happened between an earlier reading and this one.
func (s Stats) Minus(earlier Stats) Stats {
	return Stats{
		Statements:  s.Statements - earlier.Statements,
		InWrites:    s.InWrites - earlier.InWrites,
		Calls:       s.Calls - earlier.Calls,
		Begins:      s.Begins - earlier.Begins,
		Commits:     s.Commits - earlier.Commits,
		Rollbacks:   s.Rollbacks - earlier.Rollbacks,
		Savepoints:  s.Savepoints - earlier.Savepoints,
		Releases:    s.Releases - earlier.Releases,
		RollbacksTo: s.RollbacksTo - earlier.RollbacksTo,
	}
}

type counters struct {
	statements, inWrites, calls, begins, commits, rollbacks, savepoints, releases, rollbacksTo atomic.Int64
}

// Stats returns the counters as they stand.
func (db *DB) Stats() Stats {
	c := &db.count
	return Stats{
		Statements:  c.statements.Load(),
		InWrites:    c.inWrites.Load(),
		Calls:       c.calls.Load(),
		Begins:      c.begins.Load(),
		Commits:     c.commits.Load(),
		Rollbacks:   c.rollbacks.Load(),
		Savepoints:  c.savepoints.Load(),
		Releases:    c.releases.Load(),
		RollbacksTo: c.rollbacksTo.Load(),
	}
}
