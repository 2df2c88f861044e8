package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Rates and sizes of what arrives while streams are open.
const (
	fewStreams   = 50
	fewRate      = 100 // webhooks a second
	crowdRate    = 20
	fixedStreams = 200
	fixedRate    = 200
)

// delivery is O12: from a webhook to the streams that show its message.
func (b *benchmark) delivery(ctx context.Context, s *scene) {
	if !b.wants("O12.") {
		return
	}
	b.deliveryTo(ctx, s, fewStreams, fewRate)
	if b.plan.crowd > 0 {
		b.deliveryTo(ctx, s, b.plan.crowd, crowdRate)
	}
}

func (b *benchmark) deliveryTo(ctx context.Context, s *scene, streams int, rate float64) {
	at := func(name string) row { return s.row(fmt.Sprintf(name, streams), streams) }
	got, err := s.arrive(ctx, arrivals{streams: streams, rate: rate, window: b.plan.window})
	if err != nil {
		b.report.fail(at("O12.webhook_to_frame_%d_streams"), err)
		return
	}
	b.report.rate(at("O12.webhook_to_frame_%d_streams"), got.frames)
	b.report.rate(at("O12.webhook_to_last_of_%d"), got.last)
	b.report.rate(at("O12.webhook_meanwhile_%d_streams"), got.hooks)
}

// fixedInbound is a minute of what a busy company gets: messages, statuses and
// repetitions at a fixed rate, with its people watching.
func (b *benchmark) fixedInbound(ctx context.Context, s *scene) {
	const name = "inbound_200."
	if b.plan.fixed == 0 || !b.wants(name) {
		return
	}
	spent := s.cpu()
	got, err := s.arrive(ctx, arrivals{streams: fixedStreams, rate: fixedRate, window: b.plan.fixed, mixed: true})
	at := s.row(name+"webhook", fixedStreams)
	if err != nil {
		b.report.fail(at, err)
		return
	}
	each := (s.cpu() - spent).Seconds() * 1000 / float64(got.hooks.all)
	at.Value, at.Unit = &each, "ms CPU"
	b.report.rate(at, got.hooks)
	b.report.value(s.row(name+"webhook_p999", fixedStreams), got.hooks.p999, "ms")
	b.report.rate(s.row(name+"to_frame", fixedStreams), got.frames)
	b.report.rate(s.row(name+"to_last_frame", fixedStreams), got.last)
}

// arrivals say what arrives.
type arrivals struct {
	streams int
	rate    float64 // webhooks a second
	window  time.Duration
	mixed   bool // a fifth are statuses, a twentieth come again
}

// arrived is how long it took: the answer to a webhook; from when it was sent
// to its frame on each stream; to the last of them.
type arrived struct{ hooks, frames, last outcome }

// arrive sends webhooks at a fixed rate while streams are open.
func (s *scene) arrive(ctx context.Context, a arrivals) (got arrived, err error) {
	marks := int(a.rate*a.window.Seconds()) + 2
	d, err := s.watch(ctx, a.streams, marks)
	if err != nil {
		return got, err
	}
	sent := make([]time.Duration, marks)
	again := make([]atomic.Pointer[[]byte], marks/repeated+1)
	var next atomic.Int64
	got.hooks, err = loadSpec{addr: s.run.addr, conns: usual, window: a.window, rate: a.rate}.run(ctx, func(h *hand) error {
		k := int(next.Add(1)) - 1
		if k >= marks {
			return nil
		}
		if a.mixed && k%5 == 0 {
			_, err := h.must(s.status(int(s.seq.Add(1))))
			return err
		}
		if first := again[k/repeated].Load(); a.mixed && k%repeated == repeated-1 && first != nil {
			_, err := h.must(*first)
			return err
		}
		n := s.seq.Add(1)
		c := s.writing[h.rng.IntN(len(s.writing))]
		request := s.webhook(c.line, c.phone, marked(k, s.text(n)), n)
		if k%repeated == 1 {
			again[k/repeated].Store(&request)
		}
		sent[k] = time.Since(d.began)
		_, err := h.must(request)
		return err
	})
	if err != nil {
		d.close()
		return got, err
	}
	d.await(sent, 5*time.Second)
	got.frames, got.last, err = d.times(sent, a.window)
	return got, err
}

// repeated: one webhook of so many comes twice.
const repeated = 20

// status is a webhook that tells what became of a message of ours: the data
// hold many that have not reached their phones. Each is first delivered, then
// read.
func (s *scene) status(n int) []byte {
	m := s.sentOnly[n%len(s.sentOnly)]
	word := "delivered"
	if n/len(s.sentOnly)%2 == 1 {
		word = "read"
	}
	t := &s.d.tickets[s.d.messages[m].ticket]
	l, phone := s.company.Connections[t.connection], phoneOf(t.contact)
	element := fmt.Sprintf(`{"id":%q,"status":%q,"timestamp":"%d","recipient_id":%q}`, providerID(m), word, time.Now().Unix(), phone)
	return s.signed(l, fmt.Sprintf(`{"messaging_product":"whatsapp","metadata":{"display_phone_number":%q,"phone_number_id":%q},"statuses":[%s]}`,
		l.Display, l.PhoneID, element))
}
