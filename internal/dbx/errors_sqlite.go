package dbx

import (
	"errors"
	"strings"

	lib "modernc.org/sqlite/lib"
)

// sqliteError is what the SQLite driver's error type looks like. An interface,
// because the type's fields are closed and tests must be able to make one.
type sqliteError interface {
	error
	Code() int
}

func mapSQLite(lite sqliteError, err error) error {
	e := &Error{Kind: Other, Err: err}
	switch lite.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		e.Kind = Unique
		e.Constraint = sqliteColumns(lite.Error())
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		e.Kind = ForeignKey
	case lib.SQLITE_CONSTRAINT_CHECK:
		e.Kind = Check
		e.Constraint = sqliteDetail(lite.Error())
	case lib.SQLITE_CONSTRAINT_NOTNULL:
		e.Kind = Check
		e.Constraint = sqliteColumns(lite.Error())
	default:
		if sqliteTransient(lite.Code()) {
			e.Kind = Transient
		}
	}
	return e
}

func sqliteTransient(code int) bool {
	switch code & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_FULL, lib.SQLITE_IOERR:
		return true
	}
	return false
}

// isIOError reports a failed read, write or sync, after which the outcome of
// a COMMIT can't be known.
func isIOError(err error) bool {
	var lite sqliteError
	return errors.As(err, &lite) && lite.Code()&0xff == lib.SQLITE_IOERR
}

// sqliteDetail cuts "contact.a, contact.b" out of "constraint failed: UNIQUE
// constraint failed: contact.a, contact.b (2067)".
func sqliteDetail(msg string) string {
	if i := strings.LastIndex(msg, "constraint failed: "); i >= 0 {
		msg = msg[i+len("constraint failed: "):]
	}
	if i := strings.LastIndex(msg, " ("); i >= 0 {
		msg = msg[:i]
	}
	return msg
}

// sqliteColumns turns "contact.a, contact.b" into "contact(a,b)". An index
// over an expression reads "index 'name'".
func sqliteColumns(msg string) string {
	detail := sqliteDetail(msg)
	if name, ok := strings.CutPrefix(detail, "index '"); ok {
		return strings.TrimSuffix(name, "'")
	}
	table := ""
	var cols []string
	for part := range strings.SplitSeq(detail, ", ") {
		t, col, ok := strings.Cut(part, ".")
		if !ok {
			return detail
		}
		table, cols = t, append(cols, col)
	}
	return table + "(" + strings.Join(cols, ",") + ")"
}
