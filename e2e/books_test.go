package e2e_test

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// settled waits until nothing moves any more, with an orderly restart after
// which nobody has to wait for messages of unknown fate. Of some of these the
// provider still tells: it calls again seconds after it met nobody.
func (l *load) settled() {
	l.t.Helper()
	l.quiet("uncertain")
	l.program.stop()
	l.pass(2 * time.Minute)
	l.program.start()
	eventually(l.t, "the provider has told everything", func() (bool, any) { n := l.provider.owes(); return n == 0, n })
	l.quiet("")
}

// quiet waits until every message has arrived or will not; behind one whose
// status is held others may wait.
func (l *load) quiet(held string) {
	l.t.Helper()
	eventually(l.t, "all messages are settled", func() (bool, any) {
		for _, id := range l.tickets() {
			holds := false
			for _, m := range l.ana.messages(id) {
				holds = holds || m.Status == held
				if m.Direction == "out" && !holds && !slices.Contains([]string{"delivered", "read", "uncertain"}, m.Status) {
					return false, m
				}
			}
		}
		return true, nil
	})
}

// tickets are those in which something was sent.
func (l *load) tickets() []string {
	ids := slices.Collect(maps.Values(l.begun))
	for _, k := range l.talks {
		ids = append(ids, k.ticket)
	}
	return ids
}

// uncertain counts the messages of which nobody knows whether they left.
func (l *load) uncertain() (n int) {
	l.t.Helper()
	for _, id := range l.tickets() {
		for _, m := range l.ana.messages(id) {
			if m.Status == "uncertain" {
				n++
			}
		}
	}
	return n
}

// balance compares the desk's books with the provider's and with what customers
// and agents remember.
func (l *load) balance() {
	l.t.Helper()
	byTalk, taken := map[string][]string{}, map[string]int{}
	for _, m := range l.provider.ledger(shopNumber) {
		if m.Direction == desk.Out && m.View.Template == nil {
			taken[correlated(m)]++
			byTalk[m.Recipient] = append(byTalk[m.Recipient], correlated(m))
		}
	}
	for id, n := range taken {
		if n > 1 {
			l.t.Errorf("the provider took message %s %d times", id, n)
		}
	}
	sent, uncertain := 0, 0
	for _, k := range l.talks {
		list := l.ana.messages(k.ticket)
		l.inbound(k, list)
		s, u := l.outbound(k, list, taken)
		sent, uncertain = sent+s, uncertain+u
		l.inOrder(k, list, byTalk["+"+k.customer.phone])
	}
	if sent != len(taken) {
		l.t.Errorf("the desk sent %d messages, the provider took %d", sent, len(taken))
	}
	if c := get[counters](l.ana, "/counters"); c.Open != conversations+len(l.begun) || c.Pending != 1 {
		l.t.Errorf("counters: %+v", c)
	}
	if uncertain > conversations*kills {
		l.t.Errorf("%d messages are uncertain: at most one of each conversation may be on its way at a kill", uncertain)
	}
	l.pictures()
	l.t.Logf("%d sent once, %d uncertain, %d received", sent, uncertain, conversations*(1+(1+kills)*inPerRound))
}

// starts: each start is one ticket with one template, which the provider took
// once, or of which nobody knows and it never left.
func (l *load) starts() {
	l.t.Helper()
	sent := map[string]int{}
	for _, m := range l.provider.ledger(shopNumber) {
		if m.View.Template != nil {
			sent[correlated(m)]++
		}
	}
	for phone, id := range l.begun {
		if list := l.ticketsOf(phone); len(list) != 1 || list[0].ID != id {
			l.t.Errorf("the start to %s was answered with ticket %s, there are %+v", phone, id, list)
		}
		list := l.ana.messages(id)
		if len(list) != 1 || list[0].Template == nil {
			l.t.Fatalf("ticket %s holds %s", id, asJSON(list))
		}
		want := 1
		if list[0].Status == "uncertain" {
			want = 0
		}
		if n := sent[list[0].ID]; n != want {
			l.t.Errorf("the template to %s is %s, the provider took it %d times", phone, list[0].Status, n)
		}
	}
	if len(l.begun) != 3*(1+kills) {
		l.t.Errorf("%d of %d starts were answered", len(l.begun), 3*(1+kills))
	}
}

// pictures: every file was fetched, whatever it was interrupted by, once.
func (l *load) pictures() {
	l.t.Helper()
	t := l.arrived(l.photographer)
	var got []string
	for _, m := range l.ana.messages(t.ID) {
		got = append(got, m.ProviderID)
		m = l.ana.message("the picture is fetched", m.ID, func(m message) bool { return len(m.Media) == 1 && m.Media[0].State == "ready" })
		if a := l.ana.raw(m.Media[0].URL); !bytes.Equal(a.body, l.photo) {
			l.t.Errorf("a picture has %d bytes, want %d", len(a.body), len(l.photo))
		}
	}
	slices.Sort(got)
	slices.Sort(l.photos)
	if !slices.Equal(got, l.photos) {
		l.t.Errorf("pictures %v were sent, %v arrived", l.photos, got)
	}
}

// inbound: everything the customer wrote is there once, in her order.
func (l *load) inbound(k *talk, list []message) {
	l.t.Helper()
	var got []string
	for _, m := range list {
		if m.Direction == "in" {
			got = append(got, m.Body)
		}
	}
	if !slices.Equal(got, k.wrote) {
		l.t.Errorf("%s wrote %q, the desk has %q", k.customer.phone, k.wrote, got)
	}
	if n := l.ana.ticket(k.ticket).Unread; n != len(got) {
		l.t.Errorf("unread is %d, want %d", n, len(got))
	}
}

// outbound: what was answered with 2xx is there once; what is there as sent was
// taken once, and of what is uncertain the provider knows nothing: else its
// status would have told.
func (l *load) outbound(k *talk, list []message, taken map[string]int) (sent, uncertain int) {
	l.t.Helper()
	byKey := map[string][]message{}
	for _, m := range list {
		if m.Direction == "out" {
			byKey[m.ClientID] = append(byKey[m.ClientID], m)
		}
	}
	for _, key := range k.asked {
		found, id := byKey[key], k.taken[key]
		if len(found) > 1 || id != "" && (len(found) != 1 || found[0].ID != id) {
			l.t.Errorf("key %s was answered with %q, stored are %+v", key, id, found)
		}
		delete(byKey, key)
		for _, m := range found {
			want := 1
			if m.Status == "uncertain" {
				want, uncertain = 0, uncertain+1
			} else {
				sent++
			}
			if taken[m.ID] != want {
				l.t.Errorf("message %s is %s, the provider took it %d times", m.ID, m.Status, taken[m.ID])
			}
		}
	}
	if len(byKey) != 0 {
		l.t.Errorf("nobody asked for %+v", byKey)
	}
	return sent, uncertain
}

// inOrder: the provider took the messages of a conversation in the order in
// which the agent spoke.
func (l *load) inOrder(k *talk, list []message, took []string) {
	l.t.Helper()
	var want []string
	for _, m := range list {
		if m.Direction == "out" && slices.Contains(took, m.ID) {
			want = append(want, m.ID)
		}
	}
	if !slices.Equal(took, want) {
		l.t.Errorf("to %s the provider took %v, the agent said %v", k.customer.phone, took, want)
	}
	var asked []string
	for _, m := range list {
		if m.Direction == "out" {
			asked = append(asked, m.ClientID)
		}
	}
	if !slices.IsSortedFunc(asked, func(a, b string) int { return slices.Index(k.asked, a) - slices.Index(k.asked, b) }) {
		l.t.Errorf("the agent asked for %v, the desk has %v", k.asked, asked)
	}
}
