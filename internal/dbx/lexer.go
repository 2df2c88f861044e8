package dbx

import "strings"

// A lexer cuts SQL text into the few kinds of token that counting
// placeholders, finding the end of a statement and expanding key types need.
// It knows the quoting of both databases, so that a ';' or '$1' inside a
// string, comment or function body is never taken for one.
type lexer struct {
	text string
	pos  int
}

type tokenKind int

const (
	tokEnd   tokenKind = iota
	tokWord            // identifier or keyword, as written
	tokParam           // $1
	tokSemi            // ;
	tokOther           // operator, number, quoted text: nothing inside matters
	tokBlank           // white space and comments
)

type token struct {
	kind       tokenKind
	start, end int
}

// next returns the next token, blanks included.
func (l *lexer) next() token {
	start := l.pos
	if start >= len(l.text) {
		return token{tokEnd, start, start}
	}
	kind := l.scan()
	return token{kind, start, l.pos}
}

// nextSolid returns the next token that is not blank.
func (l *lexer) nextSolid() token {
	for {
		if t := l.next(); t.kind != tokBlank {
			return t
		}
	}
}

func (l *lexer) scan() tokenKind {
	c, rest := l.text[l.pos], l.text[l.pos:]
	switch {
	case isBlank(c):
		l.skipWhile(isBlank)
		return tokBlank
	case strings.HasPrefix(rest, "--"):
		l.skipPast(strings.Index(rest, "\n"), 1)
		return tokBlank
	case strings.HasPrefix(rest, "/*"):
		l.skipPast(strings.Index(rest, "*/"), 2)
		return tokBlank
	case c == '\'' || c == '"' || c == '`':
		l.skipQuoted(c, false)
		return tokOther
	case c == '$':
		return l.scanDollar()
	case c == ';':
		l.pos++
		return tokSemi
	case isWordStart(c):
		return l.scanWord()
	case c >= '0' && c <= '9':
		l.skipWhile(isWordByte)
		return tokOther
	}
	l.pos++
	return tokOther
}

// scanWord also takes PostgreSQL's E'..' strings, in which \' does not end.
func (l *lexer) scanWord() tokenKind {
	start := l.pos
	l.skipWhile(isWordByte)
	word := l.text[start:l.pos]
	if (word == "E" || word == "e") && l.pos < len(l.text) && l.text[l.pos] == '\'' {
		l.skipQuoted('\'', true)
		return tokOther
	}
	return tokWord
}

// scanDollar tells $1 from a $tag$ … $tag$ body.
func (l *lexer) scanDollar() tokenKind {
	rest := l.text[l.pos:]
	if len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9' {
		l.pos++
		l.skipWhile(func(c byte) bool { return c >= '0' && c <= '9' })
		return tokParam
	}
	end := 1
	for end < len(rest) && isWordByte(rest[end]) {
		end++
	}
	if end >= len(rest) || rest[end] != '$' {
		l.pos++
		return tokOther
	}
	tag := rest[:end+1]
	closing := strings.Index(rest[len(tag):], tag)
	if closing < 0 {
		l.pos = len(l.text)
	} else {
		l.pos += 2*len(tag) + closing
	}
	return tokOther
}

// skipQuoted passes a quoted run in which the quote is written twice.
func (l *lexer) skipQuoted(quote byte, backslash bool) {
	l.pos++
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		switch {
		case backslash && c == '\\':
			l.pos += 2
		case c == quote && l.pos+1 < len(l.text) && l.text[l.pos+1] == quote:
			l.pos += 2
		case c == quote:
			l.pos++
			return
		default:
			l.pos++
		}
	}
	l.pos = len(l.text)
}

// skipPast moves behind a mark found n bytes ahead, or to the end if n < 0.
func (l *lexer) skipPast(n, length int) {
	if n < 0 {
		l.pos = len(l.text)
		return
	}
	l.pos += n + length
}

func (l *lexer) skipWhile(ok func(byte) bool) {
	for l.pos < len(l.text) && ok(l.text[l.pos]) {
		l.pos++
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func isWordStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func isWordByte(c byte) bool { return isWordStart(c) || c >= '0' && c <= '9' }
