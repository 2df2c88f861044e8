package dbx

import (
	"strconv"
	"strings"
)

// Args collects the arguments of a statement that is put together from
// pieces, so that numbers and values can't drift apart.
type Args struct{ vals []any }

// Add appends a value and returns its placeholder, "$n".
func (a *Args) Add(v any) string {
	a.vals = append(a.vals, v)
	return "$" + strconv.Itoa(len(a.vals))
}

// Values returns the collected arguments in order.
func (a *Args) Values() []any { return a.vals }

// List returns the placeholders of an IN list, "$3,$4,$5". An empty list
// gives NULL, which no value is IN. (Nor is any value NOT IN it: test the
// length before writing NOT IN.)
func List[T any](a *Args, vals []T) string {
	if len(vals) == 0 {
		return "NULL"
	}
	var b strings.Builder
	for i, v := range vals {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(a.Add(v))
	}
	return b.String()
}

// ForUpdate locks the selected rows until the transaction ends. SQLite needs
// nothing: its writer is alone.
func ForUpdate(q Querier) string {
	if q.Dialect() == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// SkipLocked is ForUpdate for claims: rows another transaction holds are
// passed over.
func SkipLocked(q Querier) string {
	if q.Dialect() == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}
