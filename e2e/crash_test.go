package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
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
