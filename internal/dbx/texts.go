package dbx

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// maxKnownTexts bounds the memory of statement texts; IN lists of many
// lengths would otherwise grow it for ever.
const maxKnownTexts = 4096

var (
	errControl = errors.New("dbx: transaction control belongs to Do, Savepoint and Snapshot")
	errScript  = errors.New("dbx: more than one statement in a text")
)

// texts remembers what was learnt about each statement text. SQLite would
// accept three things PostgreSQL refuses (too many arguments, several
// statements in one text, ROLLBACK in the middle of a function); checking the
// text makes both refuse, and keeps a stray ROLLBACK from reaching the
// transaction that a whole group shares.
type texts struct {
	known sync.Map // string → textInfo
	size  atomic.Int64
}

type textInfo struct {
	params int // highest $N
	err    error
}

// check reports whether the text may be sent with n arguments.
func (t *texts) check(text string, n int) error {
	info, ok := t.lookup(text)
	if !ok {
		info = inspect(text)
		t.remember(text, info)
	}
	if info.err != nil {
		return info.err
	}
	if info.params != n {
		return fmt.Errorf("dbx: statement has %d placeholders but %d arguments", info.params, n)
	}
	return nil
}

func (t *texts) lookup(text string) (textInfo, bool) {
	v, ok := t.known.Load(text)
	if !ok {
		return textInfo{}, false
	}
	info, ok := v.(textInfo)
	return info, ok
}

func (t *texts) remember(text string, info textInfo) {
	if t.size.Add(1) > maxKnownTexts {
		t.known.Clear()
		t.size.Store(1)
	}
	t.known.Store(text, info)
}

func inspect(text string) textInfo {
	l := lexer{text: text}
	first := l.nextSolid()
	var info textInfo
	if first.kind == tokWord && isControl(text[first.start:first.end]) {
		info.err = errControl
		return info
	}
	body := isCompound(text)
	for tok := first; tok.kind != tokEnd; tok = l.nextSolid() {
		switch tok.kind {
		case tokParam:
			n, err := strconv.Atoi(text[tok.start+1 : tok.end])
			if err == nil {
				info.params = max(info.params, n)
			}
		case tokSemi:
			if !body && l.nextSolid().kind != tokEnd {
				info.err = errScript
				return info
			}
		}
	}
	return info
}

func isControl(word string) bool {
	switch strings.ToUpper(word) {
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE":
		return true
	}
	return false
}

// isCompound reports whether the text is a CREATE whose body holds statements
// of its own: a trigger, or a function written without quotes.
func isCompound(text string) bool {
	l := lexer{text: text}
	for i := range 6 {
		tok := l.nextSolid()
		if tok.kind != tokWord {
			return false
		}
		word := strings.ToUpper(text[tok.start:tok.end])
		switch {
		case i == 0 && word != "CREATE":
			return false
		case word == "TRIGGER", word == "FUNCTION", word == "PROCEDURE":
			return true
		case i > 0 && !isCreateModifier(word):
			return false
		}
	}
	return false
}

func isCreateModifier(word string) bool {
	switch word {
	case "OR", "REPLACE", "TEMP", "TEMPORARY", "CONSTRAINT":
		return true
	}
	return false
}
