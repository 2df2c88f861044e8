package dbx_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// byRows is plan (a) and byIndex plan (b), as the store will write them.
func byRows(t *testing.T, db *dbx.DB, account int64, query string) []int64 {
	t.Helper()
	var a dbx.Args
	newest := `WITH newest AS MATERIALIZED (SELECT id, words FROM message_text WHERE account_id = ` + a.Add(account) +
		` ORDER BY id DESC LIMIT 20000) SELECT id FROM newest AS message_text WHERE `
	match, ok := dbx.SearchMatch(&a, db.Dialect(), account, query)
	if !ok {
		return nil
	}
	return ids(t, db, newest+match+` ORDER BY id DESC`, a.Values())
}

func byIndex(t *testing.T, db *dbx.DB, account int64, query string) []int64 {
	t.Helper()
	w, ok := dbx.Want(account, query)
	if !ok {
		return nil
	}
	found := askIndex(t, db, account, w)
	whole, err := w.Whole(db.Read(t.Context()), dbx.MessageText)
	if err != nil {
		t.Fatal(err)
	}
	ways := []dbx.Wanted{w.AnyAccount()}
	if !whole.Nowhere() {
		ways = append(ways, whole, whole.AnyAccount())
	} else if found != nil {
		t.Errorf("%q: is nowhere and found: %v", query, found)
	}
	if part, ok := whole.Part(); ok && !whole.Nowhere() {
		ways = append(ways, part)
	}
	periods, rest, err := dbx.MessageText.Periods(db.Read(t.Context()), account, 1<<62)
	if err != nil || rest != 0 {
		t.Fatal(rest, err)
	}
	ways = append(ways, w.In(periods))
	for n, way := range ways {
		if got := askIndex(t, db, account, way); !reflect.DeepEqual(got, found) {
			t.Errorf("%q asked in way %d: %v, want %v", query, n, got, found)
		}
	}
	return found
}

func askIndex(t *testing.T, db *dbx.DB, account int64, w dbx.Wanted) []int64 {
	t.Helper()
	var a dbx.Args
	hits := dbx.MessageText.Hits(&a, db.Dialect(), w, 1<<62, 10000)
	return ids(t, db, `WITH hits AS MATERIALIZED (`+hits+`) SELECT hits.id FROM hits
		JOIN message_text m ON m.id = hits.id AND m.account_id = `+a.Add(account)+` AND `+w.Rest(&a, "m")+
		` ORDER BY hits.id DESC`, a.Values())
}

func ids(t *testing.T, db *dbx.DB, text string, args []any) []int64 {
	t.Helper()
	list, err := dbx.All(db.Read(t.Context()), scanID, text, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return list
}

func searchTexts() map[int64]string {
	return map[int64]string{
		1: "Meu PEDIDO não chegou",
		2: "pedidos de São Paulo, nota 1e5x 12ab",
		3: "ok acct8 acct7",
		4: strings.Repeat("muito longo ", 1000) + strings.Repeat("x", 5000),
		5: "",
		6: "o'brien <b>% _ \\ \" & | ! :* OR NEAR",
	}
}

func TestSearch(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			for id, text := range searchTexts() {
				if err := dbx.IndexText(tx, id, 7, 70, text); err != nil {
					return err
				}
			}
			return dbx.IndexText(tx, 99, 8, 80, "pedido de outra conta")
		})
		for query, want := range map[string][]int64{
			"pedido":                           {2, 1},
			"PÉD":                              {2, 1},
			"pe":                               nil, // short words match whole only
			"ok":                               {3},
			"sao paulo":                        {2},
			"pedido nao":                       {1},
			"1e5x":                             {2},
			"12a":                              {2},
			"longo xxx":                        {4},
			`"pedido" OR (chegou) NOT`:         nil,
			`o'brien % _ & | ! :* or near " \`: {6},
			"pedido*":                          {2, 1},
			"':*":                              nil,
			"":                                 nil,
		} {
			if got := byRows(t, db, 7, query); !reflect.DeepEqual(got, want) {
				t.Errorf("plan a, %q: %v", query, got)
			}
			if got := byIndex(t, db, 7, query); !reflect.DeepEqual(got, want) {
				t.Errorf("plan b, %q: %v", query, got)
			}
		}
		if got := byIndex(t, db, 8, "ok"); got != nil {
			t.Errorf("another account's message was found: %v", got)
		}
	})
}

func TestSearchFollowsEditsAndRemovals(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error { return dbx.IndexText(tx, 1, 7, 70, "antes") })
		before := db.Stats()
		mustDo(t, db, func(tx *dbx.Tx) error { return dbx.IndexText(tx, 1, 7, 70, "depois") })
		if n := db.Stats().Minus(before).Statements; n != 1 {
			t.Errorf("%d statements", n)
		}
		expect := func(query string, want []int64) {
			t.Helper()
			if a, b := byRows(t, db, 7, query), byIndex(t, db, 7, query); !reflect.DeepEqual(a, want) || !reflect.DeepEqual(b, want) {
				t.Errorf("%q: plan a %v, plan b %v", query, a, b)
			}
		}
		expect("antes", nil)
		expect("depois", []int64{1})
		_ = db.Do(t.Context(), func(tx *dbx.Tx) error { // a rolled back edit leaves the index alone
			return fmt.Errorf("undo: %w", dbx.IndexText(tx, 1, 7, 70, "nunca"))
		})
		expect("nunca", nil)
		mustDo(t, db, func(tx *dbx.Tx) error { return dbx.RemoveText(tx, 1, 8) }) // of another account
		expect("depois", []int64{1})
		mustDo(t, db, func(tx *dbx.Tx) error { return dbx.RemoveText(tx, 1, 7) })
		expect("depois", nil)
		if db.Dialect() == dbx.SQLite {
			mustDo(t, db, func(tx *dbx.Tx) error {
				_, err := tx.Exec(`INSERT INTO message_fts (message_fts, rank) VALUES ('integrity-check', 1)`)
				return err
			})
		}
	})
}

// TestSearchNamesWholeWords lists what begins like a typed word, up to a bound,
// and asks for the rest of a query on the rows.
func TestSearchNamesWholeWords(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			for id := range int64(60) {
				if err := dbx.IndexText(tx, id, 7, 70, fmt.Sprintf("muito%02d muitas poucos%02d z zz zzy", id, id%3)); err != nil {
					return err
				}
			}
			return dbx.IndexText(tx, 60, 7, 70, "muitissimo poucas zzz zzy0")
		})
		lite := db.Dialect() == dbx.SQLite
		for query, want := range map[string]struct {
			hits                 int
			whole, part, nowhere bool
		}{
			"muitas":        {60, lite, lite, false},
			"muita pouco":   {60, lite, lite, false},
			"muit pouco":    {60, false, lite, false},
			"muit":          {61, false, false, false},
			"muit poucas":   {1, false, lite, false},
			"zz":            {60, lite, lite, false},
			"zzz":           {1, lite, lite, false},
			"zzy":           {61, lite, lite, false}, // what begins so goes on with any sign
			"zzy0":          {1, lite, lite, false},
			"zzzz":          {0, lite, lite, lite},
			"muit nenhures": {0, false, lite, lite},
			"poucos01 muit": {20, false, lite, false},
		} {
			if got := byIndex(t, db, 7, query); len(got) != want.hits {
				t.Errorf("%q finds %d, want %d", query, len(got), want.hits)
			}
			w, _ := dbx.Want(7, query)
			w, err := w.Whole(db.Read(t.Context()), dbx.MessageText)
			if _, part := w.Part(); err != nil || w.IsWhole() != want.whole || part != want.part || w.Nowhere() != want.nowhere {
				t.Errorf("%q: whole %v, part %v, nowhere %v, %v", query, w.IsWhole(), part, w.Nowhere(), err)
			}
		}
	})
}

// TestSearchPeriods: the newest periods that have rows of the account are found
// across gaps, and on PostgreSQL the index finds only their ids.
func TestSearchPeriods(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		id := func(period int64) int64 { return period<<49 + 5 }
		mustDo(t, db, func(tx *dbx.Tx) error {
			for n := range int64(40) {
				if err := dbx.IndexText(tx, id(10+n*n), 7, 70, "palavra"); err != nil {
					return err
				}
			}
			return dbx.IndexText(tx, id(12), 8, 80, "palavra")
		})
		for _, c := range []struct {
			account, before int64
			n               int
			first, rest     int64
		}{
			{7, 1 << 62, 32, 10 + 39*39, (10 + 8*8) << 49},
			{7, id(10 + 3*3), 3, 10 + 2*2, 0}, // not that id itself
			{7, id(10+3*3) + 1, 4, 10 + 3*3, 0},
			{8, 1 << 62, 1, 12, 0},
			{9, 1 << 62, 0, 0, 0},
		} {
			periods, rest, err := dbx.MessageText.Periods(db.Read(t.Context()), c.account, c.before)
			if err != nil || len(periods) != c.n || rest != c.rest || c.n > 0 && periods[0] != c.first {
				t.Errorf("%+v: %v, rest %d, %v", c, periods, rest, err)
			}
		}
		w, _ := dbx.Want(7, "palavra")
		want := []int64{id(14), id(11)}
		if db.Dialect() == dbx.SQLite { // whose index goes from the newest back by itself
			want = askIndex(t, db, 7, w)
		}
		if got := askIndex(t, db, 7, w.In([]int64{11, 12, 14})); !reflect.DeepEqual(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// The plans must not be the planner's choice.
func TestSearchPlans(t *testing.T) {
	eachDB(t, func(t *testing.T, db *dbx.DB) {
		mustDo(t, db, func(tx *dbx.Tx) error {
			for id := range int64(150) {
				if err := dbx.IndexText(tx, id, 7, 70, fmt.Sprint("palavra ", id)); err != nil {
					return err
				}
			}
			if db.Dialect() == dbx.Postgres {
				_, err := tx.Exec(`SET LOCAL enable_seqscan = off`) // so small a table would be read whole
				if err != nil {
					return err
				}
			}
			var a dbx.Args
			w, _ := dbx.Want(7, "palavra")
			hits := dbx.MessageText.Hits(&a, db.Dialect(), w, 1<<62, 10000)
			explain, want := "EXPLAIN QUERY PLAN ", "VIRTUAL TABLE INDEX"
			if db.Dialect() == dbx.Postgres {
				explain, want = "EXPLAIN ", "Bitmap Index Scan on message_text_words"
			}
			if plan := explained(t, tx, explain+hits, a.Values()); !strings.Contains(plan, want) {
				t.Errorf("plan b:\n%s", plan)
			}
			return nil
		})
	})
}

func explained(t *testing.T, q dbx.Querier, text string, args []any) string {
	t.Helper()
	rows, err := q.Query(text, args...)
	if err != nil {
		t.Fatal(err)
	}
	cols, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		cells := make([]any, len(cols))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		if last, ok := cells[len(cells)-1].(*any); ok {
			fmt.Fprintln(&plan, *last)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

func FuzzSearchQuery(f *testing.F) {
	f.Add(`"a* OR b' & | ! <-> NEAR(x) ^ - {x}`)
	f.Fuzz(func(t *testing.T, query string) {
		var a dbx.Args
		_, ok := dbx.SearchMatch(&a, dbx.Postgres, 1, query)
		_, ok2 := dbx.Want(1, query)
		if ok != ok2 {
			t.Fatalf("%q: %v, %v", query, ok, ok2)
		}
	})
}
