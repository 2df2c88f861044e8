package faults_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// patience is how long what must happen may take when no fault is about.
const patience = time.Minute

// settle waits until nothing moves any more: webhooks are delivered, messages
// have left or will not. Time that the program only waits for, for leases of a
// process that is gone and after messages of unknown fate, passes while it is
// off.
func (r *run) settle() {
	r.must(r.calm(r.ctx))
	for _, n := range r.numbers {
		r.check(n)
	}
	r.crowd.end()
	r.moving.Wait()
	if !r.until(patience, r.post.drained) {
		r.wrong("webhooks are not acknowledged although nothing is wrong any more")
	}
	for _, p := range r.people { // the restart below would have browsers read everything again
		for _, d := range r.atRest(p) {
			r.wrong("%s's screen before the last restart: %s", p.name, d)
		}
	}
	r.comeback()
	r.must(r.desk.stop())
	r.must(r.pass(10 * time.Minute))
	r.must(r.desk.start(r.ctx))
	moving := 0
	if !r.until(patience, func() bool {
		var err error
		moving, err = r.onTheWay()
		return err == nil && moving == 0 && r.post.drained()
	}) {
		r.wrong("%d messages or files are still on their way although nothing is wrong any more", moving)
	}
}

// soon is how long what waits for the database may wait once it is back. The
// table is looked at unasked every 30 s only.
const soon = 15 * time.Second

// comeback stops PostgreSQL while one message is being sent and another waits
// behind it. Both must leave soon after it is back, with nobody's help.
func (r *run) comeback() {
	c, p := r.store.cluster(), r.people[0]
	if c == nil {
		return
	}
	t := p.viewer.pick(p.random, func(t *ticket) bool {
		return t.Status == "open" && t.WaitingCount == 0 && t.WindowEnds != nil && time.Until(*t.WindowEnds) > 2*time.Hour
	})
	if t == nil {
		r.wrong("nobody is left to write to when the database comes back")
		return
	}
	says := func() asked {
		p.said++
		key := fmt.Sprintf("%s-%d", p.name, p.said)
		return p.asks(asked{key: key}, t, "/tickets/"+t.ID+"/messages", fields{"type": "text", "body": "resposta " + key})
	}
	first := says() // one of unknown fate may hold the conversation up
	if len(first.ids) == 0 || !r.until(patience, func() bool { return r.meta.has(first.ids[0]) }) {
		r.wrong("message %v was not accepted or has not left although nothing is wrong any more", first.ids)
		return
	}
	number := r.numberOf[t.ConnectionID]
	r.meta.change(number, func(l *line) { l.sending = weather{"slow", 1, time.Second} })
	says()
	last := says()
	r.must(c.stop(quickly))
	r.pause(1500 * time.Millisecond)
	r.must(c.start(r.ctx))
	r.meta.change(number, func(l *line) { l.sending = weather{} })
	if len(last.ids) == 0 {
		r.wrong("a message was not accepted although nothing was wrong")
		return
	}
	back := time.Now()
	if !r.until(soon, func() bool { return r.meta.has(last.ids[0]) }) {
		r.wrong("message %s has not left %s after the database came back", last.ids[0], soon)
	}
	r.t.Logf("what waited for PostgreSQL had left %s after it was back", time.Since(back).Round(10*time.Millisecond))
}

// pass lets time pass while the program is off.
func (r *run) pass(d time.Duration) error {
	db, err := r.store.open(r.ctx)
	if err != nil {
		return err
	}
	ms := d.Milliseconds()
	err = db.Do(r.ctx, func(tx *dbx.Tx) error {
		for _, change := range []string{
			`UPDATE node SET lease_until = lease_until - $1`,
			`UPDATE message SET lease_until = lease_until - $1 WHERE status = 'sending'`,
			`UPDATE message SET run_at = run_at - $1 WHERE status IN ('uncertain', 'pending') AND run_at > 0`,
			`UPDATE job SET lease_until = lease_until - $1 WHERE lease_until > 0`,
			`UPDATE job SET run_at = run_at - $1 WHERE state = 'ready' AND kind = 'media.fetch'`,
		} {
			if _, err := tx.Exec(change, ms); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// onTheWay counts the messages, and the files of messages, on their way.
func (r *run) onTheWay() (n int, err error) {
	db, err := r.store.open(r.ctx)
	if err != nil {
		return 0, err
	}
	err = db.Read(r.ctx).QueryRow(`SELECT (SELECT COUNT(*) FROM message WHERE status IN ('pending', 'sending')) +
		(SELECT COUNT(*) FROM media WHERE state = 'pending')`).Scan(&n)
	return n, errors.Join(err, db.Close())
}

// gather completes the books from the desk's own answers.
func (r *run) gather() *books {
	r.screens()
	r.mu.Lock()
	b := &r.books
	r.mu.Unlock()
	b.wrote, b.took = r.crowd.ledger(), r.meta.ledger()
	all, err := list[ticket](r.ctx, r.ada, "/tickets?limit=100", 0)
	r.must(err)
	for i := range all {
		held, err := r.held(&all[i])
		r.must(err)
		b.tickets = append(b.tickets, held)
	}
	r.hidden(b)
	r.peopleSee(b, all)
	r.nothingParked(b)
	r.countersInside(b)
	return b
}

func (r *run) held(t *ticket) (ticketHeld, error) {
	h := ticketHeld{state: t.state(), talk: talkOf(r.numberOf[t.ConnectionID], t.Contact.Phone)}
	list, err := said(r.ctx, r.ada, t.ID, 0)
	for i := range list {
		m := list[i].held()
		if err == nil {
			m.files, err = r.readFiles(&list[i])
		}
		h.messages = append(h.messages, m)
	}
	return h, err
}

func (m *message) held() messageHeld {
	held := messageHeld{id: m.ID, key: m.ClientID, provider: m.ProviderID, direction: m.Direction, text: m.Body, tick: m.tick("")}
	if m.Error != nil {
		held.code = m.Error.Code
	}
	return held
}

// hidden asks for accepted messages that no conversation shows: those that
// were taken out of line, and no others.
func (r *run) hidden(b *books) {
	shown, place := map[string]bool{}, map[string]*ticketHeld{}
	for i := range b.tickets {
		t := &b.tickets[i]
		place[t.state.id] = t
		for _, m := range t.messages {
			shown[m.id] = true
		}
	}
	for _, a := range b.asked {
		for _, id := range a.ids {
			if shown[id] {
				continue
			}
			shown[id] = true
			var m message
			err := r.ada.get(r.ctx, "/messages/"+id, &m)
			t := place[deref(m.TicketID)]
			if err != nil || t == nil || m.Status != "canceled" {
				b.other = append(b.other, fmt.Sprintf("message %s of ticket %q is not shown: %q %v", id, deref(m.TicketID), m.Status, err))
				continue
			}
			held := m.held()
			held.files, err = r.readFiles(&m)
			r.must(err)
			t.hidden = append(t.hidden, held)
		}
	}
}

// screens waits until every browser shows what the desk says, and notes what
// still differs.
func (r *run) screens() {
	for _, p := range r.people {
		found := r.atRest(p)
		r.mu.Lock()
		r.books.users = append(r.books.users, userBooks{name: p.name, screen: found})
		r.mu.Unlock()
	}
}

// atRest gives a browser time to show what the desk says, and returns what still
// differs then.
func (r *run) atRest(p *person) []string {
	var found []string
	var err error
	r.until(10*time.Second, func() bool {
		found, err = p.viewer.differences(r.ctx)
		return err == nil && len(found) == 0
	})
	r.must(err)
	return found
}

// peopleSee asks the desk in everybody's name for lists, each single ticket,
// counters and a sample of searches.
func (r *run) peopleSee(b *books, all []ticket) {
	sample, files := r.sample(b), r.someFiles(all)
	for i, p := range r.people {
		u := &b.users[i]
		own, err := list[ticket](r.ctx, p.browser, "/tickets?limit=100", 0)
		r.must(err)
		for j := range own {
			u.lists = append(u.lists, own[j].ID)
		}
		r.must(p.get(r.ctx, "/counters", &u.counters))
		for j := range all {
			t := &all[j]
			if p.opens(t) {
				u.opens = append(u.opens, t.ID)
			}
			if p.sees(t) {
				u.mustSee = append(u.mustSee, t.ID)
				p.counts(&u.recount, t)
			}
		}
		for _, m := range sample {
			if p.finds(m.text) {
				u.finds = append(u.finds, m.id)
			}
			if slices.Contains(u.mustSee, m.ticket) {
				u.mustFind = append(u.mustFind, m.id)
			}
		}
		for file, ticket := range files {
			if p.reads(file) {
				u.reads = append(u.reads, file)
			}
			if slices.Contains(u.mustSee, ticket) {
				u.mustRead = append(u.mustRead, file)
			}
		}
	}
}

// counts adds a visible ticket to a recount of the badges: unread are those
// that are hers, and pending ones that she may accept.
func (p *person) counts(c *badges, t *ticket) {
	switch t.Status {
	case "open":
		c.Open++
	case "pending":
		c.Pending++
	case "closed":
		c.Closed++
	}
	mine := deref(t.UserID) == p.id && t.Status != "closed"
	if t.Unread > 0 && (mine || t.Status == "pending" && t.UserID == nil) {
		c.Unread++
	}
}

// opens asks for a ticket and what is said in it: both or neither.
func (p *person) opens(t *ticket) bool {
	one := p.get(p.run.ctx, "/tickets/"+t.ID, nil)
	two := p.get(p.run.ctx, "/tickets/"+t.ID+"/messages?limit=1", nil)
	for _, err := range []error{one, two} {
		if r, ok := errors.AsType[*refusal](err); err != nil && (!ok || r.status != http.StatusNotFound) {
			p.run.wrong("%s opens a ticket: %v", p.name, err)
		}
	}
	if (one == nil) != (two == nil) {
		p.run.wrong("%s sees a half of ticket %s: %v, %v", p.name, t.ID, one, two)
	}
	return one == nil
}

// someFiles are files that can be read, and the tickets they belong to.
func (r *run) someFiles(all []ticket) map[string]string {
	files := map[string]string{}
	for i := range all {
		list, err := said(r.ctx, r.ada, all[i].ID, chatLength)
		r.must(err)
		for _, m := range list {
			for _, f := range m.Media {
				if f.State == "ready" {
					files[f.ID] = all[i].ID
				}
			}
		}
		if len(files) >= 15 {
			break
		}
	}
	return files
}

// reads asks for a file's bytes.
func (p *person) reads(id string) bool {
	_, err := p.bytes(p.run.ctx, "/media/"+id)
	if r, ok := errors.AsType[*refusal](err); err != nil && (!ok || r.status != http.StatusNotFound) {
		p.run.wrong("%s reads a file: %v", p.name, err)
	}
	return err == nil
}

func (p *person) finds(text string) bool {
	var found struct {
		Messages []struct {
			ID string `json:"message_id"`
		} `json:"messages"`
		Tickets []ticket `json:"tickets"`
	}
	p.run.must(p.get(p.run.ctx, "/search?q="+text[len("mensagem "):], &found))
	return len(found.Messages)+len(found.Tickets) > 0
}

type sampled struct{ id, ticket, text string }

// sample chooses received messages for everybody to search for.
func (r *run) sample(b *books) []sampled {
	var all []sampled
	for _, t := range b.tickets {
		for _, m := range t.messages {
			if m.direction == "in" {
				all = append(all, sampled{m.id, t.state.id, m.text})
			}
		}
	}
	slices.SortFunc(all, func(a, b sampled) int { return cmp.Compare(a.text, b.text) })
	r.random("sample").Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(len(all), 15)]
}

// nothingParked: every webhook of the run could be understood.
func (r *run) nothingParked(b *books) {
	for _, state := range []string{"unprocessed", "pending"} {
		var parked page[struct {
			Reason string `json:"reason"`
		}]
		r.must(r.ada.get(r.ctx, "/raw-events?limit=5&state="+state, &parked))
		for _, p := range parked.Items {
			b.other = append(b.other, fmt.Sprintf("a webhook is %s: %s", state, p.Reason))
		}
	}
}

// countersInside recounts the rows that all badges are summed from.
func (r *run) countersInside(b *books) {
	db, err := r.store.open(r.ctx)
	r.must(err)
	const cols = `status, queue_id, connection_id, user_id, wallet_user_id, bot`
	rows, err := db.Read(r.ctx).Query(`SELECT status, SUM(had), SUM(has) FROM (
		SELECT ` + cols + `, n AS had, 0 AS has FROM ticket_count
		UNION ALL SELECT ` + cols + `, 0, COUNT(*) FROM ticket GROUP BY ` + cols + `) AS x
		GROUP BY ` + cols + ` HAVING SUM(had) <> SUM(has)
		UNION ALL SELECT 'unread pending', SUM(had), SUM(has) FROM (
		SELECT queue_id, connection_id, bot, unread AS had, 0 AS has FROM place_count
		UNION ALL SELECT queue_id, connection_id, bot, 0, COUNT(*) FROM ticket
			WHERE user_id = 0 AND status = 'pending' AND unread > 0 GROUP BY queue_id, connection_id, bot) AS y
		GROUP BY queue_id, connection_id, bot HAVING SUM(had) <> SUM(has)`)
	r.must(err)
	for rows.Next() {
		var status string
		var had, has int64
		r.must(rows.Scan(&status, &had, &has))
		b.other = append(b.other, fmt.Sprintf("a counter of %s tickets holds %d, there are %d", status, had, has))
	}
	r.must(errors.Join(rows.Err(), rows.Close(), db.Close()))
}
