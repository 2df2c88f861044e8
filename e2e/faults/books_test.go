package faults_test

import (
	"fmt"
	"slices"
	"time"
)

// books is everything that all sides remember of a run: customers what they
// wrote, agents what they asked for and were answered, the provider what it
// took and reported, browsers what they were shown, and the desk what it holds
// in the end. audit compares them and knows nothing of how they were gathered.
type books struct {
	wrote   []wrote
	asked   []asked
	took    []took
	tickets []ticketHeld
	seen    []sighting // of tickets
	ticks   []tick     // of messages
	users   []userBooks
	other   []string // what an actor found wrong on the spot
}

// wrote is one message of a customer, as the provider knows it.
type wrote struct {
	id    string // the provider's
	talk  string // number and customer
	text  string
	file  string    // the sum of the file it came with, if any
	gone  bool      // the provider can't find that file any more
	first time.Time // when it was first offered to the desk
	acked time.Time // when the desk first answered 200; zero: never
}

// asked is one message that an agent's browser asked for, repeated under one
// key until it was answered or she gave up.
type asked struct {
	key, talk, who, ticket string
	file                   string   // the sum of the file it was sent with, if known
	ids                    []string // of the messages in answers with 2xx
	refused                bool     // answered 4xx, and never before with anything else
	accepted               bool     // a start, answered 2xx with this ticket
	queue                  bool     // may wait in line
	start                  bool     // of a conversation, with a template
	began, ended           time.Time
}

// took is one message that the provider took.
type took struct {
	id   string // ours
	talk string
	fate string // the furthest it reported: sent, delivered, read, failed
	file string // the sum of its file
	told bool   // its reports were acknowledged
}

// ticketHeld is a ticket as the desk holds it in the end, with its messages in
// the order in which it shows them.
type ticketHeld struct {
	state    ticketState
	talk     string
	messages []messageHeld
	hidden   []messageHeld // taken out of line, which conversations don't show
}

// ticketState is what makes two views of a ticket with the same version equal.
type ticketState struct {
	id      string
	version int64
	status  string
	queue   string
	user    string
}

// messageHeld is a message as the desk holds it.
type messageHeld struct {
	id, key, provider, direction, text string
	tick
	code  string // why it did not leave
	files []fileHeld
}

// sighting is a ticket as somebody was shown it.
type sighting struct {
	ticketState
	where string
}

// tick is a message's status as somebody was shown it.
type tick struct {
	message string
	version int64
	status  string
	where   string
}

// userBooks are what one user is shown in the end.
type userBooks struct {
	name              string
	counters, recount badges
	mustSee           []string // tickets by the rule of visibility
	lists, opens      []string // tickets in her lists, and those that she can open
	finds, mustFind   []string // messages that a search for their word finds, of those tried
	reads, mustRead   []string // files that she can read, of those tried
	screen            []string // differences between her browser's screen and the desk
}

// badges are a user's counters.
type badges struct{ Open, Pending, Closed, Unread int }

// audit returns everything that does not balance.
func audit(b *books) []string {
	a := &auditor{books: b, held: map[string]messageHeld{}, byKey: map[string][]messageHeld{}, byProvider: map[string][]messageHeld{}}
	a.found = append(a.found, b.other...)
	a.index()
	a.inbound()
	a.inboundOrder()
	a.requests()
	a.provider()
	a.fates()
	a.files()
	a.outboundOrder()
	a.versions()
	a.statuses()
	a.people()
	return a.found
}

type auditor struct {
	*books
	found      []string
	held       map[string]messageHeld   // by id
	byKey      map[string][]messageHeld // of the agents
	byProvider map[string][]messageHeld
	talkOf     map[string]string // message → talk
	ticketOf   map[string]string
	takes      map[string]int // message → times the provider took it
	fate       map[string]took
}

func (a *auditor) say(format string, args ...any) {
	a.found = append(a.found, fmt.Sprintf(format, args...))
}

func (a *auditor) index() {
	a.talkOf, a.ticketOf, a.takes, a.fate = map[string]string{}, map[string]string{}, map[string]int{}, map[string]took{}
	for _, t := range a.tickets {
		for _, m := range slices.Concat(t.messages, t.hidden) {
			if _, twice := a.held[m.id]; twice {
				a.say("message %s is shown twice", m.id)
			}
			a.held[m.id], a.talkOf[m.id], a.ticketOf[m.id] = m, t.talk, t.state.id
			if m.key != "" {
				a.byKey[m.key] = append(a.byKey[m.key], m)
			}
			if m.direction == "in" {
				a.byProvider[m.provider] = append(a.byProvider[m.provider], m)
			}
		}
	}
	for _, t := range a.took {
		a.takes[t.id]++
		a.fate[t.id] = t
	}
}

// inbound: what was answered 200 is stored exactly once, where it belongs and
// as it was; what was not, at most once; nothing else is there.
func (a *auditor) inbound() {
	known := map[string]bool{}
	for _, w := range a.wrote {
		known[w.id] = true
		found := a.byProvider[w.id]
		if len(found) > 1 || len(found) == 0 && !w.acked.IsZero() {
			a.say("webhook %s (acknowledged: %t) is stored %d times", w.id, !w.acked.IsZero(), len(found))
		}
		for _, m := range found {
			if m.text != w.text || a.talkOf[m.id] != w.talk {
				a.say("webhook %s of %s says %q, stored is %q with %s", w.id, w.talk, w.text, m.text, a.talkOf[m.id])
			}
		}
	}
	for id := range a.byProvider {
		if !known[id] {
			a.say("no customer wrote %s", id)
		}
	}
}

// inboundOrder: a message that was acknowledged before another one was first
// offered stands before it.
func (a *auditor) inboundOrder() {
	of := map[string]wrote{}
	for _, w := range a.wrote {
		of[w.id] = w
	}
	for _, t := range a.tickets {
		var last wrote // the latest beginning so far
		for _, m := range t.messages {
			w, known := of[m.provider]
			if m.direction != "in" || !known {
				continue
			}
			if !w.acked.IsZero() && w.acked.Before(last.first) {
				a.say("ticket %s shows %s after %s, which came later", t.state.id, w.id, last.id)
			}
			if w.first.After(last.first) {
				last = w
			}
		}
	}
}

// requests: what was answered with 2xx is there once, under the id that was
// answered; what was refused is not there; nobody else spoke.
func (a *auditor) requests() {
	known := map[string]bool{}
	for _, r := range a.asked {
		known[r.key] = true
		found, ids := a.byKey[r.key], slices.Compact(slices.Sorted(slices.Values(r.ids)))
		switch {
		case len(ids) > 1:
			a.say("key %s was answered with messages %v", r.key, ids)
		case len(found) > 1:
			a.say("key %s is stored %d times", r.key, len(found))
		case len(ids) == 1 && (len(found) != 1 || found[0].id != ids[0]):
			a.say("key %s was answered with message %s, stored is %v", r.key, ids[0], idsOf(found))
		case r.accepted && (len(found) != 1 || a.ticketOf[found[0].id] != r.ticket):
			a.say("start %s was answered with ticket %s, stored is %v", r.key, r.ticket, idsOf(found))
		case r.refused && len(found) != 0:
			a.say("key %s was refused, stored is %v", r.key, idsOf(found))
		}
	}
	for key, found := range a.byKey {
		if !known[key] {
			a.say("nobody asked for %v (key %s)", idsOf(found), key)
		}
	}
}

// provider: it took each message once, only those that the desk knows, and for
// the right customer.
func (a *auditor) provider() {
	for _, t := range a.took {
		if n := a.takes[t.id]; n > 1 {
			a.say("the provider took message %s %d times", t.id, n)
		}
		switch talk, known := a.talkOf[t.id]; {
		case !known:
			a.say("the provider took message %s, which the desk does not know", t.id)
		case talk != t.talk:
			a.say("the provider took message %s for %s, the desk meant %s", t.id, t.talk, talk)
		}
	}
}

// fates: what the desk says of a message is what became of it.
func (a *auditor) fates() {
	for _, m := range a.held {
		if m.direction != "out" {
			continue
		}
		n, fate := a.takes[m.id], a.fate[m.id]
		switch m.status {
		case "sent", "delivered", "read", "played":
			if n == 0 || fate.told && fate.fate != m.status {
				a.say("message %s is shown as %s, the provider took it %d times and reported %q", m.id, m.status, n, fate.fate)
			}
		case "failed", "uncertain":
			if n != 0 && fate.fate != m.status {
				a.say("message %s is shown as %s, the provider took it and reported %q", m.id, m.status, fate.fate)
			}
			if m.code == "" {
				a.say("message %s is %s without a reason", m.id, m.status)
			}
		case "queued_window", "canceled", "expired":
			if n != 0 {
				a.say("message %s is shown as %s, the provider took it", m.id, m.status)
			}
		default:
			a.say("message %s is still %s (%s) although nothing moves any more; the provider took it %d times", m.id, m.status, m.code, n)
		}
	}
}

// outboundOrder: within a ticket the provider took messages in the order in
// which the desk shows them, and the desk shows what one agent said in her
// order. What may wait in line takes its place when it leaves.
func (a *auditor) outboundOrder() {
	at := map[string]int{}
	for i, t := range a.took {
		at[t.id] = i
	}
	when := map[string]asked{}
	for _, r := range a.asked {
		if len(r.ids) > 0 && !r.queue {
			when[r.ids[0]] = r
		}
	}
	for _, t := range a.tickets {
		last, newest := -1, map[string]asked{}
		for _, m := range t.messages {
			if i, taken := at[m.id]; taken {
				if i < last {
					a.say("ticket %s: the provider took message %s before %s", t.state.id, m.id, a.took[last].id)
				}
				last = max(last, i)
			}
			r, known := when[m.id]
			if !known {
				continue
			}
			if before := newest[r.who]; r.ended.Before(before.began) {
				a.say("ticket %s shows what %s said as %s after %s, which she said later", t.state.id, r.who, r.key, before.key)
			}
			if r.began.After(newest[r.who].began) {
				newest[r.who] = r
			}
		}
	}
}

// versions: one version of a ticket looks the same to everybody, and no later
// one was ever shown than the desk holds: nothing shown was lost.
func (a *auditor) versions() {
	final := map[string]int64{}
	looks := map[ticketState]bool{}
	first := map[[2]any]ticketState{}
	note := func(s ticketState, where string) {
		if looks[s] {
			return
		}
		looks[s] = true
		key := [2]any{s.id, s.version}
		if other, known := first[key]; known {
			a.say("version %d of ticket %s is %+v and, %s, %+v", s.version, s.id, other, where, s)
			return
		}
		first[key] = s
	}
	for _, t := range a.tickets {
		final[t.state.id] = t.state.version
		note(t.state, "in the end")
	}
	for _, s := range a.seen {
		note(s.ticketState, s.where)
		if v, held := final[s.id]; held && v < s.version {
			a.say("%s was shown version %d of ticket %s, the desk holds %d", s.where, s.version, s.id, v)
		}
	}
}

// statuses: they never go back.
func (a *auditor) statuses() {
	all := map[string][]tick{}
	for _, s := range a.ticks {
		all[s.message] = append(all[s.message], s)
	}
	for id, m := range a.held {
		final := m.tick
		final.where = "the desk"
		for _, s := range all[id] {
			if s.version > final.version {
				a.say("%s was shown version %d of message %s, the desk holds %d", s.where, s.version, id, final.version)
			}
		}
		all[id] = append(all[id], final)
	}
	for id, list := range all {
		slices.SortStableFunc(list, func(x, y tick) int { return int(x.version - y.version) })
		for i := 1; i < len(list); i++ {
			was, is := list[i-1], list[i]
			if was.version == is.version && was.status != is.status || backwards(was.status, is.status) {
				a.say("message %s went from %s (version %d, %s) to %s (version %d, %s)",
					id, was.status, was.version, was.where, is.status, is.version, is.where)
			}
		}
	}
}

// backwards tells steps that no message may take. Nobody closes windows in
// these runs, so what was sent never returns to the line.
func backwards(from, to string) bool {
	rank := map[string]int{"sent": 1, "delivered": 2, "read": 3}
	switch from {
	case "sent", "delivered", "read":
		return rank[to] < rank[from] && (from != "sent" || to != "failed")
	case "failed":
		return to != "failed" && rank[to] < 2
	case "canceled", "expired":
		return to != from
	case "uncertain":
		return !slices.Contains([]string{"uncertain", "sent", "delivered", "read", "failed"}, to)
	}
	return false
}

// people: each sees, counts and finds what she may see and nothing else, and
// her browser shows what the desk holds.
func (a *auditor) people() {
	for _, u := range a.users {
		if u.counters != u.recount {
			a.say("%s's counters are %+v, a recount gives %+v", u.name, u.counters, u.recount)
		}
		a.same(u.name, "lists tickets", u.lists, u.mustSee)
		a.same(u.name, "can open tickets", u.opens, u.mustSee)
		a.same(u.name, "finds messages", u.finds, u.mustFind)
		a.same(u.name, "reads files", u.reads, u.mustRead)
		for _, d := range u.screen {
			a.say("%s's screen: %s", u.name, d)
		}
	}
}

func (a *auditor) same(who, what string, got, want []string) {
	for _, id := range got {
		if !slices.Contains(want, id) {
			a.say("%s %s that she may not see: %s", who, what, id)
		}
	}
	for _, id := range want {
		if !slices.Contains(got, id) {
			a.say("%s %s, but not %s", who, what, id)
		}
	}
}

func idsOf(list []messageHeld) []string {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.id
	}
	return ids
}
