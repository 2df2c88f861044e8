package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// size says how much there is of everything.
type size struct {
	Name                                    string
	Tickets, Messages, Contacts             int
	Queues, Users, Supervisors, Connections int
	RareEvery                               int // messages
}

func sizes() map[string]size {
	return map[string]size{
		"S": {"S", 1_000, 10_000, 500, 20, 20, 3, 5, 1_000},
		"L": {"L", 100_000, 1_000_000, 30_000, 20, 200, 10, 5, 10_000},
		// One agent's screen at its fullest: everything open, one endless conversation, photos.
		deskSize: {deskSize, 10_000, 60_000, 10_000, 20, 20, 3, 5, 1_000},
		"XL":     {"XL", 1_000_000, 10_000_000, 200_000, 20, 200, 10, 5, 100_000},
	}
}

const (
	seed        = 42
	deskSize    = "desk"
	longTicket  = 2_000 // messages of ticket 0
	longOnDesk  = 5_000
	photoEvery  = 12 // messages of the desk
	answerGap   = 4 * time.Minute
	closeAfter  = 10 * time.Minute
	acceptAfter = time.Minute
	nobody      = -1
)

// The year the data plays in. It is over, so that everything a run adds is
// newer.
var (
	dataFrom  = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	dataUntil = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// onDesk tells that everything is open, as the web app's benchmark wants it.
func (s *size) onDesk() bool { return s.Name == deskSize }

// long is how many messages ticket 0 has.
func (s *size) long() int {
	if s.onDesk() {
		return longOnDesk
	}
	return longTicket
}

// ticketRow is one ticket. Queue, user, contact and connection are positions in
// the data set's lists, times are unix milliseconds.
type ticketRow struct {
	id                         desk.ID
	contact, connection, queue int
	user                       int // nobody: pending
	status                     desk.TicketStatus
	created, accepted, closed  int64
	messages                   []int // in order, positions in dataset.messages
	unread                     int
}

// messageRow is one message. Its text is the writer's text of its position.
type messageRow struct {
	id     desk.ID
	ticket int
	at     int64
	out    bool
}

// dataset is what the generator made. Ids of tickets and messages follow from
// their times and are part of it; those of the company's registers are not.
type dataset struct {
	size
	tickets  []ticketRow
	messages []messageRow
	words    []string
	members  [][]int // of each queue, positions of ordinary users
}

// Node numbers in the ids of loaded rows, so that they can't meet.
const (
	ticketNode  = 1000
	messageNode = 1001
	otherNode   = 1002
	eventNode   = 1003 // and those after it
)

// generate makes the data set of a size; always the same one.
func generate(s size) *dataset {
	d := &dataset{size: s, words: vocabulary(seed)}
	rng := rand.New(rand.NewPCG(seed, 2<<40))
	d.hire()
	d.place(rng)
	d.settleStates(rng)
	d.talk(rng)
	d.number()
	return d
}

// queuesOf are the queues of the n-th ordinary user: one to five.
func (d *dataset) queuesOf(user int) []int {
	list := make([]int, 1+user%5)
	for i := range list {
		list[i] = (user + i*3) % d.Queues
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// ordinary is how many users are neither administrator nor supervisor.
func (d *dataset) ordinary() int { return d.Users - d.Supervisors - 1 }

func (d *dataset) hire() {
	d.members = make([][]int, d.Queues)
	for u := range d.ordinary() {
		for _, q := range d.queuesOf(u) {
			d.members[q] = append(d.members[q], u)
		}
	}
}

// place spreads the beginnings of tickets over the year and over contacts.
// Ticket 0 is the first and has a contact of its own.
func (d *dataset) place(rng *rand.Rand) {
	span := dataUntil.Sub(dataFrom).Milliseconds() - (3 * 24 * time.Hour).Milliseconds()
	starts := make([]int64, d.Tickets)
	for i := range starts {
		starts[i] = dataFrom.UnixMilli() + rng.Int64N(span)
	}
	slices.Sort(starts)
	d.tickets = make([]ticketRow, d.Tickets)
	for i := range d.tickets {
		if i > 0 {
			starts[i] = max(starts[i], starts[i-1]+1) // an id's millisecond holds one ticket
		}
		contact := 0
		if i > 0 {
			contact = 1 + rng.IntN(d.Contacts-1)
		}
		if d.onDesk() {
			contact = i // all are open, and a contact has one open ticket
		}
		d.tickets[i] = ticketRow{contact: contact, connection: contact % d.Connections, queue: rng.IntN(d.Queues),
			user: nobody, status: desk.Closed, created: starts[i]}
	}
}

// settleStates makes the newest tickets live, one a contact at most: 3 % of all
// pending, 7 % open and unanswered, 5 % open and answered (awaiting).
func (d *dataset) settleStates(rng *rand.Rand) {
	live, pending := d.Tickets*15/100, 20
	if d.onDesk() {
		live, pending = d.Tickets+1, 0
	}
	busy := map[int]bool{}
	for i := d.Tickets - 1; i >= 0; i-- {
		t := &d.tickets[i]
		last := !busy[t.contact]
		busy[t.contact] = true
		isLive := i == 0 || last && live > 1
		if isLive {
			live--
			t.status = desk.Open
			if i > 0 && rng.IntN(100) < pending {
				t.status = desk.Pending
			}
		}
		if team := d.members[t.queue]; t.status != desk.Pending && len(team) > 0 {
			t.user = team[rng.IntN(len(team))]
		}
	}
}

// lengths is how many messages each ticket has: log-normal, d.Messages in all.
func (d *dataset) lengths(rng *rand.Rand) []int {
	weights := make([]float64, d.Tickets)
	var sum float64
	for i := 1; i < d.Tickets; i++ {
		weights[i] = math.Exp(rng.NormFloat64())
		sum += weights[i]
	}
	n := make([]int, d.Tickets)
	n[0] = d.long()
	left := d.Messages - n[0]
	spare := left - (d.Tickets - 1)
	for i := 1; i < d.Tickets; i++ {
		n[i] = 1 + int(float64(spare)*weights[i]/sum)
		left -= n[i]
	}
	for ; left > 0; left-- {
		n[1+rng.IntN(d.Tickets-1)]++
	}
	return n
}

// talk fills the tickets with messages and sorts them by time.
func (d *dataset) talk(rng *rand.Rand) {
	d.messages = make([]messageRow, 0, d.Messages)
	for i, n := range d.lengths(rng) {
		d.converse(rng, i, n)
	}
	slices.SortStableFunc(d.messages, func(a, b messageRow) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return a.ticket - b.ticket
	})
	for n := range d.messages {
		t := &d.tickets[d.messages[n].ticket]
		t.messages = append(t.messages, n)
	}
	for i := range d.tickets {
		d.finish(&d.tickets[i])
	}
}

// converse writes one ticket's messages. The contact begins; of a pending
// ticket nobody has answered; an open one ends with the contact in seven cases
// of twelve.
func (d *dataset) converse(rng *rand.Rand, i, n int) {
	t := &d.tickets[i]
	gap := answerGap.Milliseconds()
	if room := (dataUntil.UnixMilli() - t.created) / int64(n+1); i == 0 || gap > room {
		gap = room
	}
	answered := rng.IntN(12) < 5
	at := t.created
	for k := range n {
		m := messageRow{ticket: i, at: at + 1, out: rng.IntN(100) < 45}
		switch {
		case k == 0 || t.status == desk.Pending:
			m.out = false
		case k == n-1 && t.status == desk.Open:
			m.out = answered
		}
		d.messages = append(d.messages, m)
		at += 1 + rng.Int64N(max(2*gap-1, 1))
	}
}

// finish derives what follows from a ticket's messages.
func (d *dataset) finish(t *ticketRow) {
	last := d.messages[t.messages[len(t.messages)-1]].at
	switch t.status {
	case desk.Closed:
		t.closed = last + closeAfter.Milliseconds()
		fallthrough
	case desk.Open:
		t.accepted = t.created + acceptAfter.Milliseconds()
	}
	for k := len(t.messages) - 1; k >= 0 && !d.messages[t.messages[k]].out; k-- {
		t.unread++
	}
	if t.status == desk.Closed {
		t.unread = 0
	}
}

// number gives ids, as the program would have given them at the time.
func (d *dataset) number() {
	var now int64
	clock := func() time.Time { return time.UnixMilli(now) }
	ids := desk.NewIDs(clock, messageNode, 0)
	for n := range d.messages {
		now = d.messages[n].at
		d.messages[n].id = ids.Next()
	}
	for i := range d.tickets {
		now = d.tickets[i].created
		d.tickets[i].id = desk.NewIDs(clock, ticketNode, 0).Next()
	}
}

// writer makes the data set's texts.
func (d *dataset) writer() *writer { return newWriter(seed, d.words, d.RareEvery) }

// hash tells data sets apart: any change of what the generator makes changes
// it.
func (d *dataset) hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%+v\n", d.size)
	w := d.writer()
	for i := range d.tickets {
		t := &d.tickets[i]
		fmt.Fprintln(h, t.id, t.contact, t.connection, t.queue, t.user, t.status, t.created, t.accepted, t.closed, t.unread, len(t.messages))
	}
	for n, m := range d.messages {
		fmt.Fprintln(h, m.id, m.ticket, m.at, m.out, w.text(n))
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
