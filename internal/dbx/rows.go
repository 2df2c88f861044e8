package dbx

import (
	"context"
	"database/sql"
)

// Querier is a read surface bound to a context, so that store functions need
// no ctx parameter. A Tx is one, and so is what Read and Snapshot give.
type Querier interface {
	Query(query string, args ...any) (*Rows, error)
	QueryRow(query string, args ...any) *Row
	Dialect() Dialect
}

// Scanner is what Rows and Row share, so that one function reads an entity
// from either.
type Scanner interface{ Scan(dest ...any) error }

// Rows is a result set. Unlike that of database/sql its errors are mapped, and
// within a transaction the next statement is refused until it is closed or
// read to the end: PostgreSQL can't interleave them, so SQLite may not either.
type Rows struct {
	rows    *sql.Rows
	owner   *session
	release func() // gives the connection of a pooled read back
	err     error
	closed  bool
}

// Next moves to the next row.
func (r *Rows) Next() bool {
	if r.closed {
		return false
	}
	if r.rows.Next() {
		return true
	}
	_ = r.Close() // the error stays for Err
	return false
}

// Scan copies the current row.
func (r *Rows) Scan(dest ...any) error { return mapError(r.rows.Scan(dest...)) }

// Err returns what ended the iteration early, if anything did.
func (r *Rows) Err() error { return r.err }

// Columns returns the names of the columns.
func (r *Rows) Columns() ([]string, error) {
	cols, err := r.rows.Columns()
	return cols, mapError(err)
}

// Close ends the reading. A statement may fail only now: INSERT … RETURNING
// checks its foreign keys when it finishes.
func (r *Rows) Close() error {
	if r.closed {
		return r.err
	}
	r.closed = true
	err := r.rows.Err()
	if closeErr := r.rows.Close(); err == nil {
		err = closeErr
	}
	r.err = r.owner.finished(r, err)
	if r.release != nil {
		r.release()
	}
	return r.err
}

// Row is the first row of a query.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row; no row is a NotFound error that also is
// sql.ErrNoRows.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return mapError(sql.ErrNoRows)
	}
	scanErr := r.rows.Scan(dest...)
	if err := r.rows.Close(); err != nil {
		return err
	}
	return scanErr
}

// All runs a query and reads every row with scan. It is the usual way to read
// a list: the rows can't be left open and no error is lost.
func All[T any](q Querier, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	var list []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			_ = rows.Close() // scan's error tells more
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

// Each runs a query and calls row after each row that was scanned into dest.
// The destinations are the same for all of them: a list of wide rows is read
// without a copy of each that nobody keeps.
func Each(q Querier, dest []any, row func() error, query string, args ...any) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		err := rows.Scan(dest...)
		if err == nil {
			err = row()
		}
		if err != nil {
			_ = rows.Close() // err tells more
			return err
		}
	}
	return rows.Err()
}

// runner sends statements over one connection.
type runner interface {
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	exec(ctx context.Context, text string, args []any) (sql.Result, error)
}
