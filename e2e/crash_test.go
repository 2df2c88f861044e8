package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// What one conversation does in a round. A provider takes 45 messages at once
// to one contact, so all rounds together stay below. The first round ends in an
// orderly restart, the others in a kill.
const (
	conversations = 12
	kills         = 4
	outPerRound   = 8
	inPerRound    = 12
)

// Story 4: kill -9 at any moment. Nothing accepted is lost, nothing is sent
// twice, and the order of each conversation is kept.
func TestKilledUnderLoad(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d database) {
		p := launch(t, d, "127.0.0.1")
		w := setUp(t, p, "")
		w.hire()
		w.open(sandbox.Limits{PerSecond: -1, PairBurst: -1, SentMS: 5, DeliveredMS: 10})
		l := &load{company: w, random: rand.New(rand.NewPCG(20261121, uint64(len(d.url))))}
		l.begin()
		w.provider.fails(shopNumber, sandbox.Fault{Kind: sandbox.FaultDelay, DelayMS: 15, Probability: 0.5},
			sandbox.Fault{Kind: sandbox.FaultDuplicate, Probability: 0.2})
		l.round(func() { p.stop(); p.start() })
		if l.quiet("uncertain"); l.uncertain() != 0 {
			t.Errorf("an orderly stop left %d messages uncertain", l.uncertain())
		}
		for range kills {
			l.round(func() { p.kill(); l.pass(2 * time.Minute); p.start() })
		}
		l.settled()
		l.balance()
		l.starts()
	})
}

// load is what customers and agents do while the program is killed under them.
type load struct {
	*company
	random *rand.Rand
	http   *http.Client
	talks  []*talk
	acked  atomic.Int64

	greeting template
	begun    map[string]string // phone → ticket that a start was answered with

	photographer customer // sends only pictures, which are fetched in the background
	photo        []byte
	photos       []string // wamids
}

// talk is one conversation: what the customer wrote, and what the desk said it
// took of the agent's answers.
type talk struct {
	customer customer
	ticket   string
	wrote    []string          // in order; all were answered 200 at last
	asked    []string          // keys the agent's browser used, in order
	taken    map[string]string // key → message id, of those answered with 2xx
	random   *rand.Rand
}

// begin opens the conversations.
func (l *load) begin() {
	l.t.Helper()
	l.http = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * conversations}}
	l.ana.http.Timeout = l.http.Timeout
	l.t.Cleanup(l.http.CloseIdleConnections)
	for i := range conversations {
		c, t := l.served(fmt.Sprint("Cliente ", i), fmt.Sprintf("55119876503%02d", i))
		l.talks = append(l.talks, &talk{customer: c, ticket: t.ID, wrote: []string{"Olá, sou " + c.name}, taken: map[string]string{},
			random: rand.New(rand.NewPCG(uint64(i), l.random.Uint64()))})
	}
	l.provider.must(l.provider.box.SeedTemplates(l.t.Context(), meta, waba, []byte(templateSet)))
	l.ada.done(http.MethodPost, "/templates/sync", fields{})
	l.greeting, l.begun = l.template("sem_parametros"), map[string]string{}
	l.photographer, l.photo = l.customer("Fotógrafa", "5511987650399"), jpegFile(l.t, 320, 240)
}

// round lets everybody talk, interrupts them somewhere in the middle, and waits
// until all have said what they wanted to say.
func (l *load) round(interrupt func()) {
	l.t.Helper()
	total := int64(conversations * (outPerRound + inPerRound))
	until := l.acked.Load() + total/10 + l.random.Int64N(total/2)
	var everybody sync.WaitGroup
	for _, k := range l.talks {
		everybody.Go(func() { l.writes(k) })
		everybody.Go(func() { l.answers(k) })
	}
	everybody.Go(l.start)
	for range 2 {
		l.photos = append(l.photos, l.photographer.does(sandbox.CustomerMessage{Type: sandbox.TypeImage,
			Media: &sandbox.CustomerMedia{Data: l.photo, MIME: "image/jpeg"}}).WAMID)
	}
	eventually(l.t, "the load is under way", func() (bool, any) { n := l.acked.Load(); return n >= until, n })
	interrupt()
	everybody.Wait()
}

// insist repeats a request until it is answered with success, as providers and
// browsers do; once is for who gives up at the first failure. It reports
// whether it succeeded.
func (l *load) insist(once bool, try func(ctx context.Context) (status int, err error)) bool {
	for deadline := time.Now().Add(patience); ; {
		status, err := try(l.t.Context())
		switch {
		case err == nil && status < 300:
			l.acked.Add(1)
			return true
		case err == nil && status < 500:
			l.t.Errorf("answered %d", status)
			return false
		case once:
			return false
		case time.Now().After(deadline):
			l.t.Errorf("no success within %s: %d %v", patience, status, err)
			return false
		}
		time.Sleep(20 * time.Millisecond) // the program is being started again
	}
}

// writes posts the customer's messages one after another, each until it is
// acknowledged.
func (l *load) writes(k *talk) {
	for range inPerRound {
		text := fmt.Sprint("texto ", len(k.wrote))
		body := envelope(shopNumber, "messages", textFrom(k.customer.phone, fmt.Sprintf("wamid.crash.%s.%d", k.customer.phone, len(k.wrote)), text))
		signature := sandbox.Sign(appSecret, body)
		if !l.insist(false, func(ctx context.Context) (int, error) {
			return webhook(ctx, l.http, l.shop.WebhookURL, signature, body)
		}) {
			return
		}
		k.wrote = append(k.wrote, text)
	}
}

// answers sends the agent's messages one after another. Most are repeated with
// the same key until they are taken; some are given up, and nobody knows then
// whether they were.
func (l *load) answers(k *talk) {
	for range outPerRound {
		key := fmt.Sprintf("%s-%d", k.customer.phone, len(k.asked))
		k.asked = append(k.asked, key)
		r := request{method: http.MethodPost, path: "/tickets/" + k.ticket + "/messages", key: key, body: fields{"body": "resposta " + key}}
		var a answer
		ok := l.insist(k.random.IntN(4) == 0, func(ctx context.Context) (int, error) {
			var err error
			a, err = l.ana.send(ctx, r)
			return a.status, err
		})
		if ok {
			k.taken[key] = decode[message](l.t, a.body).ID
		}
	}
}

// pass lets time pass while the program is off, for what it only waits for:
// leases of a process that is gone, and the pause after a message whose fate
// nobody knows.
func (l *load) pass(time time.Duration) {
	l.t.Helper()
	db := l.program.open(l.t)
	err := db.Do(l.t.Context(), func(tx *dbx.Tx) error {
		ms := time.Milliseconds()
		_, nodes := tx.Exec(`UPDATE node SET lease_until = lease_until - $1`, ms)
		_, leases := tx.Exec(`UPDATE message SET lease_until = lease_until - $1 WHERE status = 'sending'`, ms)
		_, holds := tx.Exec(`UPDATE message SET run_at = run_at - $1 WHERE status IN ('uncertain', 'pending') AND run_at > 0`, ms)
		_, jobs := tx.Exec(`UPDATE job SET lease_until = lease_until - $1 WHERE lease_until > 0`, ms)
		return errors.Join(nodes, leases, holds, jobs)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		l.t.Fatal(err)
	}
}

// settled waits until nothing moves any more, with an orderly restart after
// which nobody has to wait for messages of unknown fate.
func (l *load) settled() {
	l.t.Helper()
	l.quiet("uncertain")
	l.program.stop()
	l.pass(2 * time.Minute)
	l.program.start()
	l.quiet("")
}

// quiet waits until every message has arrived or will not; behind one whose
// status is held others may wait.
func (l *load) quiet(held string) {
	l.t.Helper()
	eventually(l.t, "all messages are settled", func() (bool, any) {
		for _, k := range l.talks {
			holds := false
			for _, m := range l.ana.messages(k.ticket) {
				holds = holds || m.Status == held
				if m.Direction == "out" && !holds && !slices.Contains([]string{"delivered", "read", "uncertain"}, m.Status) {
					return false, m
				}
			}
		}
		return true, nil
	})
}

// uncertain counts the messages of which nobody knows whether they left.
func (l *load) uncertain() (n int) {
	l.t.Helper()
	for _, k := range l.talks {
		for _, m := range l.ana.messages(k.ticket) {
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

// start begins conversations with a template, each with a key and until it is
// answered.
func (l *load) start() {
	for range 3 {
		phone := fmt.Sprintf("55119876507%02d", len(l.begun))
		r := request{method: http.MethodPost, path: "/tickets", key: "start-" + phone, body: fields{"mode": "steps",
			"contact": fields{"phone": phone}, "connection_id": l.shop.ID, "template": l.greeting.fill()}}
		var a answer
		if l.insist(false, func(ctx context.Context) (int, error) {
			var err error
			a, err = l.ana.send(ctx, r)
			return a.status, err
		}) {
			l.begun[phone] = decode[ticket](l.t, a.body).ID
		}
	}
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
