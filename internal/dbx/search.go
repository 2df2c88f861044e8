package dbx

import (
	"strconv"
	"strings"
)

// SearchSchema is the schema of message search; paste it into a migration.
//
// Both databases index the same words, made by Tokens, each once per message,
// and with them the account's own word "acct<ID>", so that the index of an
// installation with many accounts narrows to one of them. (A customer may
// write "acct7" too: queries always test account_id besides.)
//
// SQLite: an FTS5 index whose content is message_text itself, so the text is
// stored once, kept up by triggers, so writing stays one statement and can't
// be forgotten. detail=none and columnsize=0, because neither phrases nor
// ranking are asked for: the index is then a list of ids per word. words has
// a blank at both ends, which the row test of SearchMatch looks for. Its parts
// are joined by the merger, not by whoever writes (automerge is 0). A
// contentless index was the alternative; it needs the same triggers, and plan
// (a) needs the words in the row anyway. message_word stores nothing: it is a
// view of the index's words, which Wanted.Whole walks through.
//
// PostgreSQL: IndexText puts the tsvector together from the words themselves
// rather than by to_tsvector('simple', …), whose parser would cut some of them
// again; GIN with fastupdate=off, so that no search has to read a pending list
// and no insert has to empty one. Beside the words stands the period of the id
// (see Periods), so that the index finds the hits of a time.
const SearchSchema = `
CREATE TABLE message_text (
  id         ID PRIMARY KEY,
  account_id BIGINT NOT NULL,
  ticket_id  BIGINT NOT NULL,
  -- only: sqlite
  words      TEXT NOT NULL
  -- only: postgres
  words      TSVECTOR NOT NULL
  -- all
);
CREATE INDEX message_text_newest ON message_text (account_id, id);
-- only: postgres
CREATE INDEX message_text_words ON message_text USING GIN (words, (ARRAY[id >> 49])) WITH (fastupdate = off);
-- only: sqlite
CREATE VIRTUAL TABLE message_fts USING fts5(
  words, content = 'message_text', content_rowid = 'id',
  tokenize = 'ascii', detail = 'none', columnsize = 0
);
CREATE TRIGGER message_text_added AFTER INSERT ON message_text BEGIN
  INSERT INTO message_fts (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER message_text_removed AFTER DELETE ON message_text BEGIN
  INSERT INTO message_fts (message_fts, rowid, words) VALUES ('delete', old.id, old.words);
END;
CREATE TRIGGER message_text_changed AFTER UPDATE OF words ON message_text BEGIN
  INSERT INTO message_fts (message_fts, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO message_fts (rowid, words) VALUES (new.id, new.words);
END;
CREATE VIRTUAL TABLE message_word USING fts5vocab(message_fts, instance);
INSERT INTO message_fts (message_fts, rank) VALUES ('automerge', 0);
-- all
`

// Bounds. A pasted file or a long mail must not make a message fail
// (PostgreSQL refuses a tsvector over 1 MB) or the index swell.
const (
	maxWordBytes    = 48
	maxWords        = 4000
	maxSearchWords  = 8
	minPrefixLength = 3
)

// TextTable is a table of searchable text with the columns id, account_id and
// words. On SQLite its FTS5 index is named like it, "_fts" for "_text".
// SearchSchema shows what belongs to one.
type TextTable string

// MessageText is the table of messages, which also has a ticket_id.
const MessageText TextTable = "message_text"

func (t TextTable) fts() string   { return strings.TrimSuffix(string(t), "_text") + "_fts" }
func (t TextTable) vocab() string { return strings.TrimSuffix(string(t), "_text") + "_word" }

// IndexText makes a message findable, or after an edit findable by its new
// text. It is one statement.
func IndexText(tx *Tx, id, accountID, ticketID int64, text string) error {
	_, err := tx.Exec(MessageText.upsert(tx.Dialect(), "ticket_id, ", "$4, ", "$3"), id, accountID, indexed(accountID, text), ticketID)
	if err == nil && tx.Dialect() == SQLite {
		tx.db.merger.indexed()
	}
	return err
}

// Index makes a row of a table without further columns findable. It is one
// statement.
func (t TextTable) Index(tx *Tx, id, accountID int64, text string) error {
	_, err := tx.Exec(t.upsert(tx.Dialect(), "", "", "$3"), id, accountID, indexed(accountID, text))
	return err
}

// indexed is the value of words: a blank before and behind each.
func indexed(accountID int64, text string) string {
	return " " + strings.Join(append(indexWords(text), accountWord(accountID)), " ") + " "
}

func (t TextTable) upsert(d Dialect, column, value, words string) string {
	if d == Postgres {
		words = `array_to_tsvector(string_to_array(btrim(` + words + `), ' '))`
	}
	return `INSERT INTO ` + string(t) + ` (id, account_id, ` + column + `words) VALUES ($1, $2, ` + value + words + `)
		ON CONFLICT (id) DO UPDATE SET words = excluded.words`
}

// RemoveText makes a message unfindable.
func RemoveText(tx *Tx, id, accountID int64) error { return MessageText.Remove(tx, id, accountID) }

// Remove makes a row unfindable.
func (t TextTable) Remove(tx *Tx, id, accountID int64) error {
	_, err := tx.Exec(`DELETE FROM `+string(t)+` WHERE id = $1 AND account_id = $2`, id, accountID)
	return err
}

// SearchMatch returns the condition on a row of message_text that it holds
// all words of the query; words of three letters or more also match as the
// beginning of a word. It is false when the query has no words.
//
// It is the filter of plan (a), which reads the account's newest rows in
// order and tests each, and never looks at an index of words:
//
//	WITH newest AS MATERIALIZED (
//	  SELECT id, ticket_id, words FROM message_text
//	  WHERE account_id = $1 ORDER BY id DESC LIMIT 20000)
//	SELECT … FROM newest AS message_text JOIN ticket … WHERE <SearchMatch> AND <visible>
//	ORDER BY message_text.id DESC LIMIT 31
//
// If fewer than 31 are visible, plan (b) follows with Hits. Neither is
// left to the planner, whose choice would change while rows arrive.
func SearchMatch(a *Args, d Dialect, accountID int64, query string) (condition string, ok bool) {
	return MessageText.Match(a, d, accountID, query)
}

// Match is SearchMatch for any table.
func (t TextTable) Match(a *Args, d Dialect, accountID int64, query string) (condition string, ok bool) {
	words := queryWords(query)
	if len(words) == 0 {
		return "", false
	}
	if d == Postgres {
		w := Wanted{account: accountID, words: words}
		return string(t) + ".words @@ CAST(" + a.Add(w.postgres()) + " AS tsquery)", true
	}
	return rowHolds(a, string(t), words), true
}

// rowHolds is the condition that a row of SQLite holds all words.
func rowHolds(a *Args, alias string, words []string) string {
	if len(words) == 0 {
		return "TRUE"
	}
	tests := make([]string, len(words))
	for i, w := range words {
		needle := " " + w
		if len(w) < minPrefixLength {
			needle += " "
		}
		tests[i] = "instr(" + alias + ".words, " + a.Add(needle) + ") > 0"
	}
	return "(" + strings.Join(tests, " AND ") + ")"
}

func accountWord(accountID int64) string { return "acct" + strconv.FormatInt(accountID, 10) }

// indexWords returns the distinct words of a text, cut to the bounds.
func indexWords(text string) []string { return distinct(Tokens(text), maxWords) }

func queryWords(query string) []string { return distinct(Tokens(query), maxSearchWords) }

func distinct(words []string, most int) []string {
	seen := make(map[string]bool, min(len(words), most))
	list := make([]string, 0, min(len(words), most))
	for _, w := range words {
		w = w[:min(len(w), maxWordBytes)]
		if seen[w] {
			continue
		}
		if len(list) == most {
			break
		}
		seen[w] = true
		list = append(list, w)
	}
	return list
}
