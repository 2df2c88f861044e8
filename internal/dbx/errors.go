package dbx

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Kind says what a failure means to the caller, whichever database it came
// from.
type Kind string

// The kinds of Error.
const (
	NotFound   Kind = "not_found"   // no row
	Unique     Kind = "unique"      // a unique constraint refused
	ForeignKey Kind = "foreign_key" // a reference refused
	Check      Kind = "check"       // a CHECK or NOT NULL constraint refused
	Transient  Kind = "transient"   // may succeed when tried again
	Other      Kind = "other"
)

// Error is every failure this package reports about a statement.
type Error struct {
	Kind Kind
	// Constraint tells which constraint refused. A unique constraint over
	// plain columns is "table(col,col)" on both databases; a CHECK has its
	// name; SQLite doesn't know which foreign key refused.
	Constraint string
	// Uncertain is set when the answer to COMMIT was lost: the transaction
	// may or may not have happened.
	Uncertain bool
	Err       error
}

func (e *Error) Error() string {
	if e.Constraint != "" {
		return fmt.Sprintf("dbx: %s %s: %v", e.Kind, e.Constraint, e.Err)
	}
	return fmt.Sprintf("dbx: %s: %v", e.Kind, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// IsNotFound reports whether err means that no row was found.
func IsNotFound(err error) bool { return isKind(err, NotFound) || errors.Is(err, sql.ErrNoRows) }

// IsUnique reports whether a unique constraint refused.
func IsUnique(err error) bool { return isKind(err, Unique) }

// IsTransient reports whether the same work may succeed when tried again.
func IsTransient(err error) bool { return isKind(err, Transient) }

// isUncertain reports whether the transaction may have happened all the same.
func isUncertain(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Uncertain
}

func isKind(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

// ConstraintOf returns the constraint that refused, or "".
func ConstraintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Constraint
	}
	return ""
}

// mapError turns a driver's error into ours by its code. Errors that already
// are ours, and nil, pass.
func mapError(err error) error {
	var ours *Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return &Error{Kind: NotFound, Err: err}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Kind: Other, Err: err}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return mapPostgres(pg, err)
	}
	var lite sqliteError
	if errors.As(err, &lite) {
		return mapSQLite(lite, err)
	}
	if connectionLost(err) {
		return &Error{Kind: Transient, Err: err}
	}
	return &Error{Kind: Other, Err: err}
}

// connectionLost recognises failures of the road to PostgreSQL, which carry
// no SQLSTATE.
func connectionLost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

func mapPostgres(pg *pgconn.PgError, err error) error {
	e := &Error{Kind: Other, Constraint: pg.ConstraintName, Err: err}
	switch pg.Code {
	case "23505":
		e.Kind = Unique
		e.Constraint = postgresColumns(pg)
	case "23503", "23001":
		e.Kind = ForeignKey
	case "23514":
		e.Kind = Check
	case "23502":
		e.Kind = Check
		e.Constraint = pg.TableName + "(" + pg.ColumnName + ")"
	case "40001", "40P01":
		e.Kind = Transient
	default:
		switch pg.Code[:min(2, len(pg.Code))] {
		case "08", "53", "57":
			e.Kind = Transient
		}
	}
	return e
}

// postgresColumns names the constraint by its columns, as SQLite does. They
// stand only in the detail, "Key (account_id, email)=(1, a@b) already
// exists."; whatever the server's language, the parentheses stay.
func postgresColumns(pg *pgconn.PgError) string {
	_, rest, open := strings.Cut(pg.Detail, "(")
	cols, _, shut := strings.Cut(rest, ")=(")
	if !open || !shut {
		return pg.ConstraintName
	}
	cols = strings.ReplaceAll(cols, " ", "")
	if strings.ContainsFunc(cols, notColumnList) {
		return pg.ConstraintName // an expression: only the index has a name
	}
	return pg.TableName + "(" + cols + ")"
}

func notColumnList(r rune) bool {
	return r != ',' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
}

// retryable reports whether PostgreSQL asks for the whole transaction again:
// it lost a serialization conflict or was the victim of a deadlock.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
