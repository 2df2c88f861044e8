package store_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// spy notes the statements that are read through it.
type spy struct {
	dbx.Querier
	seen map[string][]any
}

func (s *spy) Query(text string, args ...any) (*dbx.Rows, error) {
	s.seen[text] = args
	return s.Querier.Query(text, args...)
}

func (s *spy) QueryRow(text string, args ...any) *dbx.Row {
	s.seen[text] = args
	return s.Querier.QueryRow(text, args...)
}

// wholeAccount is an index of SQLite's plans of which only the account is
// used: it reads everything a company has.
var wholeAccount = regexp.MustCompile(`SEARCH (\w+) USING (COVERING )?INDEX (\w+) \(account_id=\?\)`)

// newestFirst is the end of a list that is read in the order of its index.
var newestFirst = regexp.MustCompile(`AND id < \$\d ORDER BY id DESC LIMIT \d+$`)

// TestReads_NeverReadAWholeAccount asks SQLite how it would run every read of
// conversations. SQLite knows no figures about the tables, so that what it
// plans here for empty ones is what it does with full ones.
func TestReads_NeverReadAWholeAccount(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	q := &spy{w.q(), map[string][]any{}}
	w.readEverything(q)
	allowed := map[string]bool{
		"ticket_unread":       true,                       // by the list of all unread ones; place_count is read whole, by its key
		"message_text_newest": true, "event_notice": true, // in order, to a limit
	}
	for text, args := range q.seen {
		plan := w.explain(text, args...)
		for _, m := range wholeAccount.FindAllStringSubmatch(plan, -1) {
			if !allowed[m[3]] {
				t.Errorf("%s reads the whole account:\n%s\n%s", m[3], text, plan)
			}
		}
		inOrder := strings.Contains(text, "ORDER BY pos") || newestFirst.MatchString(text)
		if inOrder && strings.Contains(plan, "USE TEMP B-TREE") {
			t.Errorf("sorted rather than read in order:\n%s\n%s", text, plan)
		}
		for line := range strings.SplitSeq(plan, "\n") {
			if strings.HasPrefix(line, "SCAN ") && !scansLittle(line) {
				t.Errorf("%s:\n%s\n%s", line, text, plan)
			}
		}
	}
}

// scansLittle knows the scans of what another part of the statement has
// bounded, of partial indexes and of virtual tables.
func scansLittle(line string) bool {
	for _, ok := range []string{"SCAN part", "SCAN found", "SCAN hits", "SCAN x", "SCAN matched", "SCAN t", "SCAN message_text", "SCAN behind",
		"SCAN tagged", "SCAN word", "SCAN u", "SCAN times", "SCAN head", "SCAN busy", "SCAN late", "VIRTUAL TABLE", "SCAN (subquery", "SCAN CONSTANT ROW"} {
		if strings.Contains(line, ok) && line != "SCAN ticket" {
			return true
		}
	}
	return false
}

// readEverything calls the reads of the conversation half with long lists.
func (w *world) readEverything(q dbx.Querier) {
	w.Helper()
	var ids []desk.ID
	for range 60 {
		ids = append(ids, w.id())
	}
	at := w.ticket(desk.Ticket{Status: desk.Open})
	w.says(at, "uma coisa")
	scoped := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Queues: []desk.ID{1, 2, 3}, Connections: []desk.ID{4}}
	for _, v := range []*desk.Viewer{scoped, w.admin()} {
		for _, f := range []store.TicketFilter{{}, {Status: desk.Pending}, {Status: desk.Closed, Tags: ids}, {Unread: true}, {Status: desk.Open, Unread: true}, {ContactID: 5}, {Users: ids[:5]}} {
			_, err := w.s.TicketPage(q, v, f, store.List{})
			w.ok(err)
			_, err = w.s.CountTickets(q, v, f)
			w.ok(err)
		}
		for _, typed := range []string{"coisa", "4321"} {
			_, err := w.s.Search(q, v, typed, "")
			w.ok(err)
		}
		_, err := w.s.Counters(q, v)
		w.ok(err)
		_, err = w.s.Notices(q, v, "")
		w.ok(err)
	}
	_, err := w.s.TicketViews(q, w.account, append(ids, at.ID))
	w.ok(err)
	_, err = w.s.MessageViews(q, w.account, ids)
	w.ok(err)
	_, err = w.s.MessageMedia(q, w.account, 1)
	w.ok(err)
	_, err = w.s.LastTicket(q, w.account, at.ChannelID)
	w.ok(err)
	_, err = w.s.LiveTicket(q, w.account, at.ContactID, at.ConnectionID)
	w.ok(err)
	_, err = w.s.Timeline(q, scoped, at.ID, store.TimelineQuery{})
	w.ok(err)
	_, err = w.s.TicketLog(q, w.account, at.ID, store.List{})
	w.ok(err)
	if _, err = w.s.FirstSight(q, w.account, at.ID); desk.CodeOf(err) != desk.CodeNotFound {
		w.ok(err)
	}
	_, err = w.s.History(q, w.account, "queue", 1, store.List{})
	w.ok(err)
	_, err = w.s.WaitingMessages(q, w.account, at.ID)
	w.ok(err)
	_, err = w.s.ExpiredWaiting(q, 1, 10)
	w.ok(err)
	for range 20 {
		w.answers(at, "a caminho", desk.StatusPending)
	}
	_, _, err = w.s.Heads(q, w.account, w.line, 0, 1, 10)
	w.ok(err)
	_, _, err = w.s.OnTheWay(q, 1)
	w.ok(err)
	_, err = w.s.NextSend(q, w.account, w.line, 1)
	w.ok(err)
	_, err = w.s.DeadSends(q, w.account, w.line, 1, 10)
	w.ok(err)
	_, err = w.s.RawEvents(q, w.account, store.RawUnprocessed, store.List{})
	w.ok(err)
	_, err = w.s.LooseMedia(q, 1, 10)
	w.ok(err)
	_, err = w.s.UnreferencedBlobs(q, 1, store.Blob{}, 10)
	w.ok(err)
	if len(q.(*spy).seen) < 40 {
		w.Error(fmt.Sprint("only ", len(q.(*spy).seen), " statements seen"))
	}
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// equalities are the columns that a partial index compares with a constant by
// "=", by their tables.
func (w *world) equalities() map[string][]string {
	w.Helper()
	constant := regexp.MustCompile(`(\w+) = (\d+|'[^']*')`)
	found := map[string][]string{}
	_, err := dbx.All(w.q(), func(r dbx.Scanner) (string, error) {
		var table, text string
		err := r.Scan(&table, &text)
		_, where, _ := strings.Cut(text, " WHERE ")
		for _, m := range constant.FindAllStringSubmatch(where, -1) {
			found[table] = append(found[table], m[1])
		}
		return table, err
	}, `SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'`)
	w.ok(err)
	return found
}

// TestReads_AreCompiledOnce: a statement that SQLite plans by a bound value is
// compiled anew at each binding, which costs more than running it. That goes
// for a bound LIMIT, and for a parameter compared with a column whose equality
// with a constant is a partial index's condition.
func TestReads_AreCompiledOnce(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	q := &spy{w.q(), map[string][]any{}}
	w.readEverything(q)
	seldom := "AND entity_id = $3 AND entity NOT IN" // histories of registers
	equal := w.equalities()
	if len(equal["message"]) == 0 || len(equal["event"]) == 0 {
		t.Fatalf("the partial indexes were not understood: %v", equal)
	}
	for text := range q.seen {
		if strings.Contains(text, "LIMIT $") {
			t.Errorf("bound limit: %s", text)
		}
		for table, columns := range equal {
			if !regexp.MustCompile(`(FROM|JOIN) `+table+`\b`).MatchString(text) || strings.Contains(text, seldom) {
				continue
			}
			for _, column := range columns {
				if regexp.MustCompile(`\b` + column + ` = \$`).MatchString(text) {
					t.Errorf("%s.%s is compared with a parameter and, by a partial index, with a constant: %s", table, column, text)
				}
			}
		}
	}
}

// TestCountersReadNoTicketRow proves that badges are summed from indexes: by
// place, whoever has the tickets, and over agents' unread ones without their
// rows.
func TestCountersReadNoTicketRow(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	scoped := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Queues: []desk.ID{1, 2, 3}, Connections: []desk.ID{4}}
	for _, v := range []*desk.Viewer{scoped, w.admin()} {
		q := &spy{w.q(), map[string][]any{}}
		_, err := w.s.Counters(q, v)
		w.ok(err)
		_, err = w.s.UnreadCells(q, w.account)
		w.ok(err)
		for text, args := range q.seen {
			plan := w.explain(text, args...)
			for line := range strings.SplitSeq(plan, "\n") {
				if strings.HasPrefix(line, "SEARCH t ") && !strings.Contains(line, "COVERING INDEX ticket_unread") ||
					strings.HasPrefix(line, "SEARCH ticket ") && !strings.Contains(line, "COVERING INDEX ticket_unread") ||
					strings.HasPrefix(line, "SEARCH c ") && !strings.Contains(line, "PRIMARY KEY") && !strings.Contains(line, "ticket_count_") {
					t.Errorf("%s:\n%s\n%s", line, text, plan)
				}
			}
		}
	}
}
