package faults_test

import (
	"strings"
	"testing"
	"time"
)

func at(s int) time.Time { return time.Unix(int64(s), 0) }

// balanced is a small run in which everything is right.
func balanced() *books {
	in := func(id, provider, text string) messageHeld {
		return messageHeld{id: id, provider: provider, direction: "in", text: text, tick: tick{id, 1, "received", ""}}
	}
	out := func(id, key, status, code string) messageHeld {
		return messageHeld{id: id, key: key, direction: "out", text: "resposta", tick: tick{id, 5, status, ""}, code: code}
	}
	with := func(m messageHeld, f fileHeld) messageHeld { m.files = []fileHeld{f}; return m }
	return &books{
		wrote: []wrote{{id: "w1", talk: "n/1", text: "oi", file: "f1", first: at(1), acked: at(2)},
			{id: "w2", talk: "n/1", text: "tudo bem?", file: "f2", gone: true, first: at(3), acked: at(4)},
			{id: "w3", talk: "n/1", text: "perdida", first: at(5)}},
		asked: []asked{
			{key: "k1", talk: "n/1", who: "Ana", file: "f3", ids: []string{"11", "11"}, began: at(5), ended: at(6)},
			{key: "k2", talk: "n/1", who: "Ana", ids: []string{"12"}, began: at(7), ended: at(8)},
			{key: "k3", talk: "n/1", who: "Ana", ids: []string{"13"}, began: at(9), ended: at(10)},
			{key: "k4", talk: "n/1", who: "Ana", ids: []string{"14"}, queue: true, began: at(11), ended: at(12)},
			{key: "k5", talk: "n/1", who: "Ana", refused: true},
			{key: "k6", talk: "n/1", who: "Ana"},
		},
		took: []took{{"11", "n/1", "read", "f3", true}, {"12", "n/1", "failed", "", true}},
		tickets: []ticketHeld{{state: ticketState{"t1", 9, "open", "q", "u"}, talk: "n/1", messages: []messageHeld{
			with(in("1", "w1", "oi"), fileHeld{"ready", "f1", ""}), with(in("2", "w2", "tudo bem?"), fileHeld{"failed", "", "media_missing"}),
			with(out("11", "k1", "read", ""), fileHeld{"ready", "f3", ""}), out("12", "k2", "failed", "undeliverable"),
			out("13", "k3", "uncertain", "interrupted"), out("14", "k4", "queued_window", "")}}},
		seen:  []sighting{{ticketState{"t1", 9, "open", "q", "u"}, "Ana"}, {ticketState{"t1", 4, "pending", "q", ""}, "Ana"}},
		ticks: []tick{{"11", 3, "sent", "Ana"}, {"11", 2, "sending", "Ana"}, {"11", 4, "delivered", "Ana"}},
		users: []userBooks{{name: "Ana", counters: badges{Open: 1}, recount: badges{Open: 1}, mustSee: []string{"t1"}, lists: []string{"t1"},
			opens: []string{"t1"}, finds: []string{"1"}, mustFind: []string{"1"}, reads: []string{"f1"}, mustRead: []string{"f1"}}},
	}
}

func TestBalancedBooksHaveNoFinding(t *testing.T) {
	if found := audit(balanced()); len(found) != 0 {
		t.Errorf("found %q", found)
	}
}

// The audit is worth something only if it finds each kind of defect.
func TestAuditFindsPlantedDefects(t *testing.T) {
	said := func(b *books) []messageHeld { return b.tickets[0].messages }
	for _, c := range []struct {
		name  string
		want  string
		plant func(b *books)
	}{
		{"a webhook is lost", "stored 0 times", func(b *books) { b.tickets[0].messages = said(b)[1:] }},
		{"a webhook is stored twice", "stored 2 times", func(b *books) {
			m := said(b)[0]
			m.id = "99"
			b.tickets[0].messages = append(said(b), m)
		}},
		{"a webhook's text changed", "says \"oi\"", func(b *books) { said(b)[0].text = "io" }},
		{"a webhook got to another customer", "stored is", func(b *books) { b.tickets[0].talk = "n/2" }},
		{"a message nobody wrote", "no customer wrote", func(b *books) { said(b)[0].provider = "w9" }},
		{"received in the wrong order", "which came later", func(b *books) { m := said(b); m[0], m[1] = m[1], m[0] }},
		{"one key, two messages answered", "was answered with messages", func(b *books) { b.asked[0].ids[1] = "77" }},
		{"one key, two messages stored", "is stored 2 times", func(b *books) { said(b)[3].key = "k1" }},
		{"accepted and gone", "stored is []", func(b *books) { b.asked[0].key, said(b)[2].key = "k1", "" }},
		{"refused and stored all the same", "was refused", func(b *books) { said(b)[2].key, b.asked[0].ids, b.asked[0].refused = "k1", nil, true }},
		{"nobody asked for it", "nobody asked", func(b *books) { b.asked = b.asked[1:] }},
		{"a start is lost", "was answered with ticket", func(b *books) {
			b.asked = append(b.asked, asked{key: "s1", start: true, accepted: true, ticket: "t7"})
		}},
		{"given up, but there twice", "is stored 2 times", func(b *books) { said(b)[2].key, said(b)[3].key = "k6", "k6" }},
		{"sent twice", "took message 11 2 times", func(b *books) { b.took = append(b.took, b.took[0]) }},
		{"the provider has what the desk forgot", "does not know", func(b *books) { b.took[0].id = "88" }},
		{"sent to another customer", "the desk meant", func(b *books) { b.took[0].talk = "n/2" }},
		{"shown as sent, never taken", "took it 0 times", func(b *books) { b.took = b.took[1:] }},
		{"a report is missing", "reported \"delivered\"", func(b *books) { b.took[0].fate = "delivered" }},
		{"shown as failed, but delivered", "reported \"delivered\"", func(b *books) { b.took[1].fate = "delivered" }},
		{"uncertain although a report told", "shown as uncertain", func(b *books) { b.took = append(b.took, took{id: "13", talk: "n/1", fate: "delivered", told: true}) }},
		{"uncertain without a reason", "without a reason", func(b *books) { said(b)[4].code = "" }},
		{"waiting, but sent", "shown as queued_window", func(b *books) { b.took = append(b.took, took{id: "14", talk: "n/1", fate: "sent", told: true}) }},
		{"stuck on its way", "is still sending", func(b *books) { said(b)[4].status = "sending" }},
		{"sent in the wrong order", "took message 12 before 11", func(b *books) { b.took[0], b.took[1] = b.took[1], b.took[0] }},
		{"an agent's words in the wrong order", "which she said later", func(b *books) {
			b.asked[0].began, b.asked[0].ended = at(20), at(21)
		}},
		{"two looks of one version", "version 9 of ticket t1", func(b *books) { b.seen[0].user = "x" }},
		{"a change that was shown is lost", "the desk holds 9", func(b *books) { b.seen[0].version = 12 }},
		{"a message's change that was shown is lost", "the desk holds 5", func(b *books) { b.ticks[2].version = 8 }},
		{"a status goes back", "went from read", func(b *books) { b.ticks[1] = tick{"11", 2, "read", "Ana"} }},
		{"two statuses in one version", "went from", func(b *books) { b.ticks[1] = tick{"11", 3, "pending", "Ana"} }},
		{"a shown message is uncertain, then pending", "went from uncertain", func(b *books) {
			b.ticks = append(b.ticks, tick{"14", 2, "uncertain", "Ana"}, tick{"14", 3, "pending", "Ana"})
		}},
		{"a counter is wrong", "counters", func(b *books) { b.users[0].counters.Open = 2 }},
		{"a list hides a ticket", "but not t1", func(b *books) { b.users[0].lists = nil }},
		{"a list shows too much", "lists tickets that she may not see", func(b *books) { b.users[0].lists = []string{"t1", "t2"} }},
		{"an invisible ticket opens", "can open tickets that she may not see", func(b *books) { b.users[0].opens = []string{"t1", "t2"} }},
		{"a search finds too much", "finds messages that she may not see", func(b *books) { b.users[0].finds = []string{"1", "2"} }},
		{"a search misses", "finds messages, but not 1", func(b *books) { b.users[0].finds = nil }},
		{"a customer's file is missing", "came with file", func(b *books) { said(b)[0].files = nil }},
		{"a customer's file is not whole", "came with file", func(b *books) { said(b)[0].files[0].sum = "half" }},
		{"a customer's file is awaited for ever", "came with file", func(b *books) { said(b)[0].files[0] = fileHeld{state: "pending"} }},
		{"a customer's file was given up", "came with file", func(b *books) { said(b)[0].files[0] = fileHeld{"failed", "", "network"} }},
		{"a customer's file is there twice", "2 files", func(b *books) { said(b)[0].files = append(said(b)[0].files, said(b)[0].files[0]) }},
		{"a lost file fails without a reason", "which the provider lost", func(b *books) { said(b)[1].files[0].code = "" }},
		{"an agent's file is another", "was sent with file", func(b *books) { said(b)[2].files[0].sum = "f9" }},
		{"the provider got another file", "took message 11 with file", func(b *books) { b.took[0].file = "f9" }},
		{"the provider got no file", "took message 11 with file", func(b *books) { b.took[0].file = "" }},
		{"a file is open to others", "reads files that she may not see", func(b *books) { b.users[0].reads = []string{"f1", "f2"} }},
		{"a browser shows something else", "screen: ", func(b *books) { b.users[0].screen = []string{"ticket t1"} }},
		{"an actor saw something wrong", "answered 500", func(b *books) { b.other = []string{"answered 500"} }},
	} {
		b := balanced()
		c.plant(b)
		found := strings.Join(audit(b), "\n")
		if !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q, want %q", c.name, found, c.want)
		}
	}
}
