// Package store holds every SQL statement of the product, one file per
// aggregate.
//
// Reads take a dbx.Querier, writes a *dbx.Tx; neither takes a context, the
// querier carries it. Every statement names the account. Rows come back as the
// entities of package desk; what is absent, or belongs to another account, is
// desk.Missing().
package store

import (
	"embed"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Migrations are the schema's files, for dbx.Migrate by way of Schema.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Schema returns Migrations as dbx.Migrate wants them: the files at the root.
func Schema() fs.FS {
	sub, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		panic(err) // the directory is embedded: impossible
	}
	return sub
}

// Store reads and writes the database.
type Store struct {
	DB  *dbx.DB
	IDs *desk.IDs
	Now func() time.Time
	// Notify is called after the commit with every recorded or announced event.
	Notify func(desk.Event)
	// Doubt is called instead when a commit's answer was lost, so that what was
	// recorded may have happened; nil if nobody keeps anything that it would
	// make wrong.
	Doubt func()
}

// New returns a Store. notify may be nil.
func New(db *dbx.DB, ids *desk.IDs, now func() time.Time, notify func(desk.Event)) *Store {
	if notify == nil {
		notify = func(desk.Event) {}
	}
	return &Store{DB: db, IDs: ids, Now: now, Notify: notify}
}

func (s *Store) now() desk.Time { return desk.TimeOf(s.Now()) }

// Page limits of lists (features.md C6).
const (
	DefaultPage = 30
	MaxPage     = 100
)

// pageSize bounds what a client asked for.
func pageSize(limit int) int {
	switch {
	case limit <= 0:
		return DefaultPage
	case limit > MaxPage:
		return MaxPage
	}
	return limit
}

// limit ends a statement after n rows. The number is part of the text: SQLite
// plans by the value of a bound limit, and so compiles the statement anew each
// time it is bound, which costs more than running most of them does. The same
// goes for a parameter compared with a column that a partial index compares
// with a constant.
func limit(n int) string { return " LIMIT " + strconv.Itoa(n) }

// encodeCursor writes a keyset position as opaque text.
func encodeCursor(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // positions are plain structs of texts and numbers: impossible
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads what encodeCursor wrote. Anything else is a 422
// invalid_cursor.
func decodeCursor(text string, v any) error {
	const most = 2048
	if len(text) > most {
		return badCursor()
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(b, v) != nil || encodeCursor(v) != text {
		return badCursor() // only what we would write ourselves is taken
	}
	return nil
}

func badCursor() error {
	return &desk.Error{Kind: desk.Invalid, Code: desk.CodeInvalidCursor,
		Fields: []desk.Field{{Location: "query.cursor", Code: desk.CodeInvalidCursor}}}
}

// toJSON writes a value for a TEXT column; the zero value of a pointer or an
// empty map becomes "".
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	switch text := string(b); text {
	case "null", "{}":
		return "", nil
	default:
		return text, nil
	}
}

// fromJSON reads a TEXT column; "" leaves v as it is.
func fromJSON(text string, v any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), v)
}

// plainText makes a provider's or a person's text storable: PostgreSQL refuses
// NUL and invalid UTF-8.
func plainText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.ReplaceAll(s, "\x00", "")
}

// missing turns "no row" into a 404.
func missing(err error) error {
	if dbx.IsNotFound(err) {
		return desk.Missing()
	}
	return err
}
