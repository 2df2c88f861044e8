package dbx

import (
	"reflect"
	"strings"
	"testing"
)

func TestScriptBlocks(t *testing.T) {
	const text = `
CREATE TABLE a (id ID PRIMARY KEY, note TEXT DEFAULT 'ID PRIMARY KEY;'); -- ID PRIMARY KEY; here too
-- only: sqlite
CREATE TABLE lite (x);
-- only: postgres
CREATE TABLE pg (x INT);
-- all
CREATE TABLE b (
  id ID
    PRIMARY KEY, -- key
  -- only: sqlite
  y TEXT
  -- only: postgres
  y TSVECTOR
  -- all
);`
	for d, want := range map[Dialect][]string{
		SQLite:   {"id INTEGER PRIMARY KEY, note TEXT DEFAULT 'ID PRIMARY KEY;')", "lite", "id INTEGER\n"},
		Postgres: {"id BIGINT PRIMARY KEY, note TEXT DEFAULT 'ID PRIMARY KEY;')", "pg", "y TSVECTOR"},
	} {
		got, err := script(text, d)
		if err != nil || len(got) != 3 {
			t.Fatal(d, err, len(got), got)
		}
		for i, part := range want {
			if !strings.Contains(got[i], part) {
				t.Errorf("%s: statement %d lacks %q:\n%s", d, i, part, got[i])
			}
		}
	}
	if _, err := script("-- only: oracle\nSELECT 1", SQLite); err == nil {
		t.Error("an unknown database was accepted")
	}
}

func TestSplitStatements(t *testing.T) {
	const trigger = `CREATE TEMP TRIGGER t AFTER UPDATE ON a WHEN CASE WHEN new.x THEN 1 ELSE 0 END BEGIN
  UPDATE b SET y = CASE WHEN 1 THEN ';' ELSE 'END' END; DELETE FROM c;
END`
	const function = `CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN x; $$ y; RETURN new; END $f$`
	const atomic = `CREATE FUNCTION g(a int) RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END`
	cases := map[string][]string{
		"":                                     nil,
		" ; ;-- nothing\n /**/":                nil,
		"a; b ;c":                              {"a", "b", "c"},
		`SELECT 'a;''b;' ; SELECT ";" ; x`:     {`SELECT 'a;''b;'`, `SELECT ";"`, "x"},
		`SELECT E'\';' ; y`:                    {`SELECT E'\';'`, "y"},
		"/* ; */ a -- ;\n b; c":                {"/* ; */ a -- ;\n b", "c"},
		"CREATE TABLE begin (end TEXT); x":     {"CREATE TABLE begin (end TEXT)", "x"},
		"SELECT $1; SELECT $$;$$; SELECT a$ ;": {"SELECT $1", "SELECT $$;$$", "SELECT a$"},
		trigger + ";\n" + "z":                  {trigger, "z"},
		function + ";" + atomic + ";w":         {function, atomic, "w"},
		"SELECT 'open ; ":                      {"SELECT 'open ;"},
	}
	for text, want := range cases {
		if got := splitStatements(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestInspect(t *testing.T) {
	cases := map[string]textInfo{
		"SELECT $2, $1, '$9', \"$8\" -- $7": {params: 2},
		"SELECT 1;":                         {},
		"SELECT 1; ; SELECT 2":              {err: errScript},
		"-- x\nRollback":                    {err: errControl},
		"CREATE TRIGGER t BEGIN SELECT 1; SELECT 2; END;": {},
	}
	for text, want := range cases {
		if got := inspect(text); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// Whatever the text, cutting it terminates and loses nothing but ';' and blanks.
func FuzzSplitStatements(f *testing.F) {
	f.Add("CREATE TRIGGER x BEGIN; END; $a$;$a$ 'x''' -- y\n/* */ E'\\';")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, s := range splitStatements(text) {
			i := strings.Index(text[at:], s)
			if i < 0 || s == "" {
				t.Fatalf("%q is not in the rest of %q", s, text)
			}
			at += i + len(s)
		}
		expandKeys(text, Postgres)
		inspect(text)
	})
}
