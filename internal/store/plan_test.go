package store_test

import (
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// explain returns the plan of a statement. On PostgreSQL a small table would
// be read whole; there it is asked what it does when that is dear.
func (w *world) explain(text string, args ...any) string {
	w.Helper()
	var lines []string
	w.do(func(tx *dbx.Tx) (err error) {
		if w.db.Dialect() == dbx.SQLite {
			lines, err = litePlan(tx, text, args)
			return err
		}
		for _, set := range []string{"enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"} {
			if _, err := tx.Exec("SET LOCAL " + set + " = off"); err != nil {
				return err
			}
		}
		lines, err = pgPlan(tx, text, args)
		return err
	})
	return strings.Join(lines, "\n")
}

func litePlan(tx *dbx.Tx, text string, args []any) ([]string, error) {
	return dbx.All(tx, func(r dbx.Scanner) (string, error) {
		var id, parent, unused int
		var line string
		err := r.Scan(&id, &parent, &unused, &line)
		return line, err
	}, "EXPLAIN QUERY PLAN "+text, args...)
}

func pgPlan(tx *dbx.Tx, text string, args []any) ([]string, error) {
	return dbx.All(tx, func(r dbx.Scanner) (string, error) {
		var line string
		err := r.Scan(&line)
		return line, err
	}, "EXPLAIN "+text, args...)
}

// TestC6_ListsReadIndexRanges proves that a page costs its length, however many
// tickets there are: each range is read in the order of its index and no
// further than the page, and only the merge of these few rows is sorted.
func TestC6_ListsReadIndexRanges(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		queue, other, me := w.id(), w.id(), w.id()
		for range 40 {
			w.ticket(desk.Ticket{QueueID: queue})
			w.ticket(desk.Ticket{QueueID: other, UserID: me, Status: desk.Open})
		}
		scoped := &desk.Viewer{AccountID: w.account, UserID: me, Role: desk.RoleUser, Queues: []desk.ID{queue, other}}
		for name, c := range map[string]struct {
			v      *desk.Viewer
			f      store.TicketFilter
			ranges map[string]int
		}{
			"all":           {w.admin(), store.TicketFilter{Status: desk.Open}, map[string]int{"ticket_list": 1}},
			"two queues":    {w.admin(), store.TicketFilter{Status: desk.Pending, Queues: []desk.ID{queue, other}}, map[string]int{"ticket_by_queue": 2}},
			"agents":        {w.admin(), store.TicketFilter{Status: desk.Open, Users: []desk.ID{me}}, map[string]int{"ticket_by_user": 1}},
			"scoped":        {scoped, store.TicketFilter{Status: desk.Closed}, map[string]int{"ticket_by_queue": 2, "ticket_by_user": 1, "ticket_by_wallet": 1}},
			"scoped, queue": {scoped, store.TicketFilter{Status: desk.Pending, Queues: []desk.ID{queue}}, map[string]int{"ticket_by_queue": 1, "ticket_by_user": 1, "ticket_by_wallet": 1}},
			"unread, all":   {scoped, store.TicketFilter{Unread: true}, map[string]int{"ticket_unread": 1}},
			"contact":       {scoped, store.TicketFilter{ContactID: w.id()}, map[string]int{"ticket_by_contact": 1}},
		} {
			text, args, err := w.s.TicketPageSQL(w.q(), c.v, c.f)
			if err != nil {
				t.Fatal(err)
			}
			plan := w.explain(text, args...)
			for index, n := range c.ranges {
				if got := strings.Count(plan, index+" ") + strings.Count(plan, index+"\n"); got != n {
					t.Errorf("%s: %d ranges of %s, want %d\n%s", name, got, index, n, plan)
				}
			}
			if c.f.Unread || c.f.ContactID != 0 {
				continue
			}
			if strings.Contains(plan, "SCAN ticket") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s reads the whole table\n%s", name, plan)
			}
			checkSorts(t, name, plan, db.Dialect())
		}
	})
}

// checkSorts fails when a range is sorted rather than read in order: only the
// few rows that the ranges gave may be.
func checkSorts(t *testing.T, name, plan string, d dbx.Dialect) {
	t.Helper()
	if d == dbx.SQLite {
		lines := strings.Split(plan, "\n")
		for i, line := range lines {
			if strings.Contains(line, "TEMP B-TREE") && strings.HasPrefix(lines[i-1], "SEARCH t ") {
				t.Errorf("%s sorts a range\n%s", name, plan)
			}
		}
		return
	}
	if strings.Count(plan, "Sort Key") > 1 {
		t.Errorf("%s sorts more than the merge\n%s", name, plan)
	}
}

// TestOutboxReadsItsIndexes proves that looking for what may leave, and for when
// something will, touches only what is on the way, and of it no more than asked
// for: in the order of an index, or from conversation to conversation.
func TestOutboxReadsItsIndexes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		for range 200 {
			w.answers(at, "já entregue", desk.StatusDelivered)
		}
		for range 8 {
			talk := w.ticket(desk.Ticket{Status: desk.Open})
			for range 3 {
				w.answers(talk, "a caminho", desk.StatusPending)
			}
		}
		if db.Dialect() == dbx.Postgres {
			w.do(func(tx *dbx.Tx) error { _, err := tx.Exec(`ANALYZE message`); return err })
		}
		q := &spy{w.q(), map[string][]any{}}
		_, _, err := w.s.Heads(q, w.account, w.line, 0, w.at(), 4)
		w.ok(err)
		_, err = w.s.NextSend(q, w.account, w.line, w.at())
		w.ok(err)
		_, err = w.s.DeadSends(q, w.account, w.line, w.at(), 4)
		w.ok(err)
		_, _, err = w.s.OnTheWay(q, w.at())
		w.ok(err)
		if len(q.seen) != 5 {
			t.Errorf("%d statements", len(q.seen))
		}
		all := ""
		for text, args := range q.seen {
			plan := w.explain(text, args...)
			for _, dear := range []string{"SCAN m", "SCAN o", "SCAN x", "SCAN u ", "Seq Scan", "Hash Join"} {
				if strings.Contains(plan, dear) {
					t.Errorf("%s:\n%s\n%s", dear, text, plan)
				}
			}
			all += plan + "\n"
		}
		for _, step := range map[dbx.Dialect][]string{
			dbx.SQLite: {"SEARCH m USING INDEX message_due (connection_id=? AND run_at=?)",
				"SEARCH m USING INDEX message_due (connection_id=? AND run_at>? AND run_at<?)",
				"SEARCH x USING INDEX message_outbox (connection_id=? AND channel_id>?)",
				"message_outbox (connection_id=? AND channel_id=? AND pos<?)",
				"message_uncertain (connection_id=? AND run_at>? AND run_at<?)",
				"message_sending (connection_id=? AND lease_until<?)", "message_outbox (connection_id>?)"},
			dbx.Postgres: {"Scan using message_due", "Index Only Scan using message_outbox on message x", "(channel_id > head_1.channel_id)",
				"(channel_id = m.channel_id)", "message_uncertain", "message_sending", "(connection_id > busy_1.connection_id)"},
		}[db.Dialect()] {
			if !strings.Contains(all, step) {
				t.Errorf("nothing reads %s:\n%s", step, all)
			}
		}
	})
}

// TestNoticesReadNoTicketButTheirOwn proves that whether a notice's ticket is
// seen is asked ticket by ticket, however many there are.
func TestNoticesReadNoTicketButTheirOwn(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		for range 300 {
			at := w.ticket(desk.Ticket{})
			w.do(func(tx *dbx.Tx) error {
				return w.s.Record(tx, desk.Event{AccountID: w.account, Type: desk.EvTicketCreated, Entity: "ticket", EntityID: at.ID, TicketID: at.ID})
			})
		}
		if db.Dialect() == dbx.Postgres {
			w.do(func(tx *dbx.Tx) error { _, err := tx.Exec(`ANALYZE ticket, event`); return err })
		}
		q := &spy{w.q(), map[string][]any{}}
		_, err := w.s.Notices(q, w.admin(), "")
		w.ok(err)
		for text, args := range q.seen {
			plan := w.explain(text, args...)
			step := map[dbx.Dialect]string{dbx.SQLite: "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)", dbx.Postgres: "Index Cond: (id = event.ticket_id)"}
			if !strings.Contains(plan, step[db.Dialect()]) {
				t.Errorf("tickets are not read by their ids:\n%s\n%s", text, plan)
			}
		}
		if len(q.seen) == 0 {
			t.Error("nothing was read")
		}
	})
}
