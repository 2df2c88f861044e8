package store

import (
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// List asks for one page of a register.
type List struct {
	Q      string // matches names without regard to case and accents
	Cursor string // Page.Next of the page before
	Limit  int    // 0 means DefaultPage; at most MaxPage
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Next  string // cursor of the next page; empty at the end
}

// nameKey is the place of a row in the order (name_fold, id).
type nameKey struct {
	Name string  `json:"n"`
	ID   desk.ID `json:"i"`
}

// byName returns the end of a SELECT that lists a register by name: search,
// cursor, order and limit, of the table called alias. It reads one row more than the page has.
func (l List) byName(a *dbx.Args, alias string) (string, error) {
	text := l.matching(a, alias+".name_fold")
	if l.Cursor != "" {
		var after nameKey
		if err := decodeCursor(l.Cursor, &after); err != nil {
			return "", err
		}
		text += ` AND (` + alias + `.name_fold, ` + alias + `.id) > (` + a.Add(after.Name) + `, ` + a.Add(after.ID) + `)`
	}
	return text + ` ORDER BY ` + alias + `.name_fold, ` + alias + `.id` + limit(pageSize(l.Limit)+1), nil
}

// matching returns the condition that a folded column holds what was typed, or
// "".
func (l List) matching(a *dbx.Args, column string) string {
	q := dbx.Fold(strings.TrimSpace(plainText(l.Q)))
	if q == "" {
		return ""
	}
	return ` AND ` + column + ` LIKE ` + a.Add("%"+escapeLike(q)+"%") + ` ESCAPE '\'`
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// pageOf cuts what was read to the page and writes the cursor of the next one.
func pageOf[T any](l List, items []T, key func(T) any) Page[T] {
	size := pageSize(l.Limit)
	if len(items) <= size {
		return Page[T]{Items: items}
	}
	return Page[T]{Items: items[:size], Next: encodeCursor(key(items[size-1]))}
}
