package dbx

import (
	"fmt"
	"strings"
)

// A migration file holds one text for both databases. Lines
//
//	-- only: sqlite
//	-- only: postgres
//	-- all
//
// switch for whom the following lines are. `ID PRIMARY KEY` becomes the key
// type each database keeps without a second index: INTEGER PRIMARY KEY, which
// is SQLite's rowid, and BIGINT PRIMARY KEY.

// script returns the statements of a migration file for one database.
func script(text string, d Dialect) ([]string, error) {
	chosen, err := selectDialect(text, d)
	if err != nil {
		return nil, err
	}
	return splitStatements(expandKeys(chosen, d)), nil
}

// selectDialect blanks the lines for the other database, so that line numbers
// in messages stay right.
func selectDialect(text string, d Dialect) (string, error) {
	lines := strings.Split(text, "\n")
	mine := true
	for i, line := range lines {
		switch mark := strings.TrimSpace(line); {
		case mark == "-- all":
			mine = true
		case strings.HasPrefix(mark, "-- only:"):
			only := Dialect(strings.TrimSpace(strings.TrimPrefix(mark, "-- only:")))
			if only != SQLite && only != Postgres {
				return "", fmt.Errorf("line %d: unknown database %q", i+1, only)
			}
			mine = only == d
		case !mine:
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n"), nil
}

// expandKeys replaces the words ID PRIMARY KEY outside strings and comments.
func expandKeys(text string, d Dialect) string {
	keyType := "INTEGER"
	if d == Postgres {
		keyType = "BIGINT"
	}
	var b strings.Builder
	l := lexer{text: text}
	done := 0
	for tok := l.next(); tok.kind != tokEnd; tok = l.next() {
		if tok.kind != tokWord || text[tok.start:tok.end] != "ID" || !l.followedBy("PRIMARY", "KEY") {
			continue
		}
		b.WriteString(text[done:tok.start])
		b.WriteString(keyType)
		done = tok.end
	}
	b.WriteString(text[done:])
	return b.String()
}

// followedBy looks ahead for words without moving.
func (l *lexer) followedBy(words ...string) bool {
	ahead := *l
	for _, w := range words {
		tok := ahead.nextSolid()
		if tok.kind != tokWord || ahead.text[tok.start:tok.end] != w {
			return false
		}
	}
	return true
}

// splitStatements cuts at every ';' that ends a statement: not one inside
// quotes, comments, $$ bodies or the BEGIN … END of a trigger.
func splitStatements(text string) []string {
	var list []string
	l := lexer{text: text}
	start, depth, solid := 0, 0, false
	for {
		tok := l.next()
		switch tok.kind {
		case tokEnd:
			if solid {
				list = append(list, strings.TrimSpace(text[start:]))
			}
			return list
		case tokBlank:
			continue
		case tokSemi:
			if depth > 0 {
				continue
			}
			if solid {
				list = append(list, strings.TrimSpace(text[start:tok.start]))
			}
			start, solid = tok.end, false
			continue
		case tokWord:
			depth = blockDepth(depth, text, start, tok)
		}
		solid = true
	}
}

// blockDepth follows the BEGIN, CASE and END of a compound statement that
// began at start. Elsewhere the words mean nothing: a column may be called so.
func blockDepth(depth int, text string, start int, tok token) int {
	word := strings.ToUpper(text[tok.start:tok.end])
	if word != "BEGIN" && word != "CASE" && word != "END" || !isCompound(text[start:]) {
		return depth
	}
	if word == "END" {
		return max(0, depth-1)
	}
	return depth + 1
}
