package api

import (
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/desk"
)

// work is what a round has to look at.
type work struct {
	lost     bool             // events were missed: sessions and viewers are read, browsers read the rest
	joined   []*stream        // whose session is to be read
	users    map[desk.ID]bool // whose viewer is to be read
	everyone bool             // so is that of all
	rules    bool             // settings or account changed: all browsers read everything
	count    bool             // the badges are due

	tickets  map[desk.ID]*touched
	lines    []line // messages and events of tickets, in order
	messages map[desk.ID]int
	news     []desk.Event     // that may concern somebody
	contacts map[desk.ID]bool // whose tickets show something else now
	states   []desk.ID        // connections
	presence []desk.ID        // users
	changes  []registerChange
}

// touched is a ticket about which something was heard.
type touched struct {
	sights  []desk.Sight // that it had before and after the changes heard of
	created bool
	blind   bool // something was heard without a sight
	counts  bool // the badges may have changed
}

// line is a new or changed message, or a new event of a ticket's timeline.
type line struct {
	ticket  desk.ID
	message desk.ID
	created bool        // the message
	event   *desk.Event // if it is none
}

// registerChange is a row of a register that changed; 0 for several.
type registerChange struct {
	noun string
	id   desk.ID
}

// manyChanges is how many rows of one register are named; beyond that the
// register as a whole is.
const manyChanges = 10

func newWork() *work { return &work{} }

func (w *work) empty() bool {
	return !w.lost && !w.everyone && !w.rules && !w.count && len(w.joined)+len(w.users)+len(w.tickets)+len(w.lines)+len(w.news)+
		len(w.contacts)+len(w.states)+len(w.presence)+len(w.changes) == 0
}

// forget drops all but what decides who may see what.
func (w *work) forget() {
	*w = work{lost: true, joined: w.joined, users: w.users, everyone: w.everyone, rules: w.rules}
}

// hear notes what an event touches. Beyond most things the browsers read
// everything again instead.
func (w *work) hear(e *desk.Event, most int) {
	if w.lost {
		return // all will be read after this event was committed
	}
	w.hearRegister(e)
	w.hearTicket(e)
	if e.ID != 0 && e.Type != desk.EvMessageStatus {
		w.news = append(w.news, *e)
	}
	if len(w.tickets)+len(w.lines)+len(w.news)+len(w.contacts) > most {
		w.forget()
	}
}

// hearTicket notes an event about a ticket or one of its messages. Messages
// without a ticket are nobody's to see.
func (w *work) hearTicket(e *desk.Event) {
	if e.TicketID == 0 || e.Type == desk.EvTicketAccessed || e.Type == desk.EvTicketPeeked {
		return
	}
	t := w.touch(e.TicketID)
	t.created = t.created || e.Type == desk.EvTicketCreated
	t.blind = t.blind || e.Before == nil && e.After == nil
	t.see(e.Before)
	t.see(e.After)
	t.counts = t.counts || countable(e)
	switch {
	case e.Entity == "message" && e.MessageID != 0:
		w.addMessage(e)
	case onTimeline(e):
		w.lines = append(w.lines, line{ticket: e.TicketID, event: e})
	}
}

func (w *work) touch(ticket desk.ID) *touched {
	t := w.tickets[ticket]
	if t == nil {
		t = &touched{}
		if w.tickets == nil {
			w.tickets = map[desk.ID]*touched{}
		}
		w.tickets[ticket] = t
	}
	return t
}

func (t *touched) see(s *desk.Sight) {
	if s != nil && !slices.Contains(t.sights, *s) {
		t.sights = append(t.sights, *s)
	}
}

// countable reports whether an event may change a badge: a ticket came, went or
// moved, or has more or fewer unread messages.
func countable(e *desk.Event) bool {
	switch e.Type {
	case desk.EvMessageReceived, desk.EvTicketSeen:
		return true
	}
	if e.Entity != "ticket" {
		return false
	}
	return e.Before == nil || e.After == nil || *e.Before != *e.After
}

// onTimeline reports whether store.Timeline shows an event.
func onTimeline(e *desk.Event) bool {
	switch e.Type {
	case desk.EvTicketAccessed, desk.EvTicketPeeked, desk.EvTicketSeen, desk.EvTicketUpdated:
		return false
	}
	return e.Entity == "ticket"
}

func (w *work) addMessage(e *desk.Event) {
	created := e.Type == desk.EvMessageReceived || e.Type == desk.EvMessageCreated
	if at, known := w.messages[e.MessageID]; known {
		w.lines[at].created = w.lines[at].created || created
		return
	}
	if w.messages == nil {
		w.messages = map[desk.ID]int{}
	}
	w.messages[e.MessageID] = len(w.lines)
	w.lines = append(w.lines, line{ticket: e.TicketID, message: e.MessageID, created: created})
}

// hearRegister notes what an event changes outside of tickets, and whose rights
// may have changed with it (E11, V2).
func (w *work) hearRegister(e *desk.Event) {
	noun, what, _ := strings.Cut(string(e.Type), ".")
	switch noun {
	case "user":
		if e.Type == desk.EvUserPresence {
			w.presence = appendNew(w.presence, e.EntityID)
			return
		}
		setIn(&w.users, e.EntityID)
	case "team":
		w.everyone = true
	case "queue":
		w.everyone = w.everyone || what == "deleted"
	case "connection":
		w.everyone = w.everyone || what == "deleted"
		if e.Type == desk.EvConnectionState {
			w.states = appendNew(w.states, e.EntityID)
		}
	case "contact":
		if what != "created" {
			setIn(&w.contacts, e.EntityID)
		}
	case "settings", "account":
		w.everyone, w.rules = true, true
		return
	}
	if register := registerOf(noun); register != "" && e.Type != desk.EvConnectionAlert {
		w.change(register, e.EntityID)
	}
}

// registerOf returns the noun that the contract has for an event's.
func registerOf(noun string) string {
	switch noun {
	case "user", "team", "queue", "connection", "template", "contact", "tag":
		return noun + "s"
	case "ticket_type":
		return "ticket-types"
	}
	return ""
}

func (w *work) change(noun string, id desk.ID) {
	n := 0
	for _, c := range w.changes {
		if c.noun != noun {
			continue
		}
		if c.id == id || c.id == 0 {
			return
		}
		n++
	}
	if n >= manyChanges {
		w.changes = slices.DeleteFunc(w.changes, func(c registerChange) bool { return c.noun == noun })
		id = 0
	}
	w.changes = append(w.changes, registerChange{noun, id})
}

func appendNew(list []desk.ID, id desk.ID) []desk.ID {
	if slices.Contains(list, id) {
		return list
	}
	return append(list, id)
}

func setIn(set *map[desk.ID]bool, id desk.ID) {
	if *set == nil {
		*set = map[desk.ID]bool{}
	}
	(*set)[id] = true
}
