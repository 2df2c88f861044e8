package dbx

import (
	"slices"
	"strconv"
	"strings"
)

// Wanted are the words of a query as an index of words is asked for them.
type Wanted struct {
	account int64
	words   []string
	whole   [][]string // by word, what the index holds that begins so; nil: not known, or too many
	open    bool       // without the account's own word
	part    bool       // only the words that are known whole
	periods []int64    // PostgreSQL: only ids of these; nil: of any
}

// Want takes what was typed; ok is false when it has no words.
func Want(accountID int64, typed string) (w Wanted, ok bool) {
	w = Wanted{account: accountID, words: queryWords(typed)}
	return w, len(w.words) > 0
}

// AnyAccount leaves the account's own word out. In an installation with one
// account it is in every row, so that it tells nothing and costs a look at the
// longest list of the index per hit. Who asks tests account_id besides.
func (w Wanted) AnyAccount() Wanted {
	w.open = true
	return w
}

// mostWhole is how many words may begin like a typed one for Whole to name
// them; beyond, looking each up in every part of the index costs more than it
// saves.
const mostWhole = 50

// Whole replaces the beginnings by the words of the index that begin so, where
// these are few. SQLite gathers all hits of a beginning before it gives the
// first, but walks along those of whole words from the newest back. The index
// is asked for the next word after each, one step a word however many hits
// that has. On PostgreSQL, whose index can't be asked for its words, it does
// nothing.
func (w Wanted) Whole(q Querier, t TextTable) (Wanted, error) {
	if q.Dialect() == Postgres {
		return w, nil
	}
	w.whole = make([][]string, len(w.words))
	for i, word := range w.words {
		if len(word) < minPrefixLength {
			w.whole[i] = []string{word}
			continue
		}
		list, err := t.beginning(q, word)
		if err != nil {
			return w, err
		}
		if len(list) <= mostWhole {
			w.whole[i] = append([]string{}, list...)
		}
	}
	return w, nil
}

// beginning lists words of the index that begin so, up to one more than
// mostWhole. Words are [a-z0-9] only: the next one possible after "a" is "a0",
// and "a~" comes after all that begin with it.
func (t TextTable) beginning(q Querier, word string) ([]string, error) {
	next := func(from string) string {
		return `(SELECT term FROM ` + t.vocab() + ` WHERE term >= ` + from + ` LIMIT 1)`
	}
	return All(q, func(r Scanner) (string, error) {
		var term string
		err := r.Scan(&term)
		return term, err
	}, `WITH RECURSIVE word(term) AS (SELECT `+next("$1")+` UNION ALL SELECT `+next("word.term || '0'")+` FROM word
		WHERE word.term < $1 || '~' LIMIT `+strconv.Itoa(mostWhole+1)+`) SELECT term FROM word WHERE term < $1 || '~'`, word)
}

// IsWhole reports whether Whole named the words of every beginning, so that the
// newest hits cost no more than themselves.
func (w Wanted) IsWhole() bool { return w.whole != nil && len(w.rest()) == 0 }

// Nowhere reports that a word is known to be in no row.
func (w Wanted) Nowhere() bool {
	return slices.ContainsFunc(w.whole, func(list []string) bool { return list != nil && len(list) == 0 })
}

// Part asks the index only for the words that are known whole; ok is false if
// none is. Rest has to test the others on the rows.
func (w Wanted) Part() (part Wanted, ok bool) {
	w.part = true
	return w, w.whole != nil && len(w.rest()) < len(w.words)
}

func (w Wanted) rest() []string {
	var rest []string
	for i, word := range w.words {
		if w.whole == nil || w.whole[i] == nil {
			rest = append(rest, word)
		}
	}
	return rest
}

// Rest is the condition on a row of alias for what Part left out of the index's
// query.
func (w Wanted) Rest(a *Args, alias string) string {
	if !w.part {
		return "TRUE"
	}
	return rowHolds(a, alias, w.rest())
}

// A period is a span of ids, of a day and a half: they hold milliseconds from
// bit 22 on. mostPeriods of them are looked through before all others.
const (
	periodBits  = 49
	mostPeriods = 32
)

// Periods lists the newest periods before an id in which the account has rows:
// on PostgreSQL, whose index finds hits in no order, those are asked for first.
// The rows before rest are not in any of them; rest is 0 if there are none. Each
// period costs a look at an index, however many rows it has.
func (t TextTable) Periods(q Querier, accountID, before int64) (periods []int64, rest int64, err error) {
	newest := func(before string) string {
		return `(SELECT id >> ` + strconv.Itoa(periodBits) + ` FROM ` + string(t) + ` WHERE account_id = $1 AND id < ` + before + ` ORDER BY id DESC LIMIT 1)`
	}
	periods, err = All(q, func(r Scanner) (period int64, err error) {
		err = r.Scan(&period)
		return period, err
	}, `WITH RECURSIVE part(period, n) AS (SELECT `+newest("$2")+`, 1 UNION ALL
		SELECT `+newest("part.period << "+strconv.Itoa(periodBits))+`, n + 1 FROM part WHERE n < `+strconv.Itoa(mostPeriods)+` AND period IS NOT NULL)
		SELECT period FROM part WHERE period IS NOT NULL ORDER BY n`, accountID, before)
	if len(periods) == mostPeriods {
		rest = periods[mostPeriods-1] << periodBits
	}
	return periods, rest, err
}

// In asks PostgreSQL's index only for ids of these periods.
func (w Wanted) In(periods []int64) Wanted {
	w.periods = periods
	return w
}

// Hits returns the inside of plan (b)'s materialised CTE: the ids of the
// newest limit rows before an id that the index of words finds, column id.
//
//	WITH hits AS MATERIALIZED (<Hits, limit 10000>)
//	SELECT … FROM hits JOIN message_text ON message_text.id = hits.id AND message_text.account_id = $n
//	JOIN ticket … WHERE <visible> ORDER BY hits.id DESC LIMIT 31
//
// With as many hits as the limit, there may be more of them.
// On PostgreSQL the order is by an expression, so that walking the primary
// key backwards and testing every row is no alternative to the index.
func (t TextTable) Hits(a *Args, d Dialect, w Wanted, before int64, limit int) string {
	if d == Postgres {
		text := "SELECT id FROM " + string(t) + " WHERE words @@ CAST(" + a.Add(w.postgres()) + " AS tsquery) AND id + 0 < " + a.Add(before)
		if w.periods != nil {
			text += " AND ARRAY[id >> " + strconv.Itoa(periodBits) + "] && CAST(string_to_array(CAST(" + a.Add(joined(w.periods)) + " AS TEXT), ',') AS BIGINT[])"
		}
		return text + " ORDER BY id + 0 DESC LIMIT " + strconv.Itoa(limit)
	}
	return "SELECT rowid AS id FROM " + t.fts() + " WHERE " + t.fts() + " MATCH " + a.Add(w.lite()) +
		" AND rowid < " + a.Add(before) + " ORDER BY rowid DESC LIMIT " + strconv.Itoa(limit)
}

func joined(list []int64) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(words, ",")
}

// postgres and lite write the query in the index's own language. They need no
// escaping: words are [a-z0-9] only.
func (w Wanted) postgres() string {
	var terms []string
	if !w.open {
		terms = append(terms, "'"+accountWord(w.account)+"'")
	}
	for _, word := range w.words {
		term := "'" + word + "'"
		if len(word) >= minPrefixLength {
			term += ":*"
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, " & ")
}

func (w Wanted) lite() string {
	var terms []string
	for i, word := range w.words {
		switch {
		case w.whole != nil && w.whole[i] != nil:
			terms = append(terms, `("`+strings.Join(w.whole[i], `" OR "`)+`")`)
		case w.part:
		case len(word) >= minPrefixLength:
			terms = append(terms, `"`+word+`"*`)
		default:
			terms = append(terms, `"`+word+`"`)
		}
	}
	if !w.open {
		terms = append(terms, `"`+accountWord(w.account)+`"`)
	}
	return strings.Join(terms, " AND ")
}
