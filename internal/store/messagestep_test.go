package store_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestD02_StatusesNeverGoBack drives a message through random statuses, in
// any order and repeated as webhooks are, beside a model: the status moves only
// by desk's table, times are kept once, the first price counts once, and the
// ticket's line and cost agree.
func TestD02_StatusesNeverGoBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open, UserID: w.id()})
		var cost int64
		var billable, waiting int
		rapid.Check(t, func(r *rapid.T) {
			start := rapid.SampledFrom([]desk.MessageStatus{desk.StatusPending, desk.StatusWaiting, desk.StatusSent}).Draw(r, "start")
			m := w.answers(at, "oi", start)
			model := m
			if start == desk.StatusWaiting {
				waiting++
			}
			for range rapid.IntRange(1, 8).Draw(r, "steps") {
				step := drawStep(r)
				done, err := w.step(store.MessageRef{ID: m.ID, ConnectionID: w.line}, step)
				if err != nil {
					r.Fatal(err)
				}
				was := model
				if model.Status.CanBecome(step.To) {
					model.Status = step.To
				}
				if model.Price == nil && step.Price != nil {
					model.Price = step.Price
					cost, billable = cost+step.Price.Micros, billable+1
				}
				if step.To == desk.StatusSent && model.SentAt == 0 {
					model.SentAt = step.At
				}
				if step.To == desk.StatusDelivered && model.DeliveredAt == 0 {
					model.DeliveredAt = max(step.At, model.SentAt) // nothing arrives before it left
				}
				waiting += in(model.Status) - in(was.Status)
				got, err := w.s.Message(w.q(), w.account, m.ID)
				if err != nil {
					r.Fatal(err)
				}
				if got.Status != model.Status || got.SentAt != model.SentAt || got.DeliveredAt != model.DeliveredAt || (got.Price == nil) != (model.Price == nil) {
					r.Fatalf("after %s from %s: %+v, want %+v", step.To, was.Status, got, model)
				}
				if done.Moved != (was.Status != model.Status) || done.Before != was.Status || *done.Sight != at.Sight() {
					r.Fatalf("after %s from %s: %+v", step.To, was.Status, done)
				}
			}
			now := w.now(at)
			if now.WaitingCount != waiting || now.CostMicros != cost || now.BillableCount != billable {
				r.Fatalf("ticket has %d waiting, %d micros, %d billable; want %d, %d, %d",
					now.WaitingCount, now.CostMicros, now.BillableCount, waiting, cost, billable)
			}
		})
	})
}

func in(s desk.MessageStatus) int {
	if s == desk.StatusWaiting {
		return 1
	}
	return 0
}

func drawStep(r *rapid.T) store.MessageStep {
	to := []desk.MessageStatus{desk.StatusPending, desk.StatusSending, desk.StatusSent, desk.StatusDelivered, desk.StatusRead,
		desk.StatusPlayed, desk.StatusFailed, desk.StatusUncertain, desk.StatusWaiting, desk.StatusCanceled, desk.StatusExpired}
	step := store.MessageStep{To: rapid.SampledFrom(to).Draw(r, "to"), At: desk.Time(rapid.IntRange(1, 99).Draw(r, "at"))}
	if rapid.Bool().Draw(r, "priced") {
		step.Price = &desk.Price{Category: "utility", Billable: true, Micros: 68_000, Currency: "BRL"}
	}
	return step
}

func (w *world) step(ref store.MessageRef, step store.MessageStep) (done store.Stepped, err error) {
	err = w.db.Do(w.Context(), func(tx *dbx.Tx) error {
		done, err = w.s.StepMessage(tx, w.account, ref, step)
		return err
	})
	return done, err
}

func TestStepMessage_ByProviderAndStranger(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		m := w.answers(at, "oi", desk.StatusPending)
		if _, err := w.step(store.MessageRef{ID: m.ID}, store.MessageStep{To: desk.StatusSending}); err != nil {
			t.Fatal(err)
		}
		failure := &desk.Failure{Code: "window_closed", Params: map[string]any{"code": "131047"}}
		if _, err := w.step(store.MessageRef{ID: m.ID}, store.MessageStep{To: desk.StatusSent, ProviderID: "wamid.1"}); err != nil {
			t.Fatal(err)
		}
		done, err := w.step(store.MessageRef{ConnectionID: w.line, ProviderID: "wamid.1"}, store.MessageStep{To: desk.StatusFailed, Failure: failure})
		if err != nil || !done.Moved || done.Message.Error.Code != "window_closed" || done.Message.FailedAt == 0 {
			t.Fatalf("%+v %v", done, err)
		}
		got, err := w.s.MessageByProvider(w.q(), w.account, w.line, "wamid.1")
		if err != nil || got.Error == nil || got.Error.Params["code"] != "131047" {
			t.Fatalf("%+v %v", got, err)
		}
		for name, ref := range map[string]store.MessageRef{
			"another connection's": {ID: m.ID, ConnectionID: w.id()},
			"unknown id":           {ID: w.id()},
			"unknown provider id":  {ConnectionID: w.line, ProviderID: "wamid.2"},
			"no provider id":       {ConnectionID: w.line},
		} {
			if _, err := w.step(ref, store.MessageStep{To: desk.StatusRead}); desk.CodeOf(err) != desk.CodeNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestStepMessage_Parallel has statuses of one message arrive at the same
// time: all their facts are there afterwards and the price is counted once.
func TestStepMessage_Parallel(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		m := w.answers(at, "oi", desk.StatusSent)
		price := &desk.Price{Billable: true, Micros: 5, Currency: "BRL"}
		errs := make(chan error)
		all := []desk.MessageStatus{desk.StatusDelivered, desk.StatusRead, desk.StatusPlayed, desk.StatusDelivered, desk.StatusRead}
		for _, to := range all {
			go func() {
				_, err := w.step(store.MessageRef{ID: m.ID}, store.MessageStep{To: to, Price: price})
				errs <- err
			}()
		}
		for range all {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		got, err := w.s.Message(w.q(), w.account, m.ID)
		if err != nil || got.Status != desk.StatusPlayed || got.DeliveredAt == 0 || got.ReadAt == 0 {
			t.Errorf("%+v %v", got, err)
		}
		if now := w.now(at); now.CostMicros != 5 || now.BillableCount != 1 {
			t.Errorf("cost %d, billable %d", now.CostMicros, now.BillableCount)
		}
	})
}

func TestOutbox_HeadsOnly(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		a, b := w.ticket(desk.Ticket{Status: desk.Open}), w.ticket(desk.Ticket{Status: desk.Open})
		a1 := w.answers(a, "a1", desk.StatusPending)
		a2 := w.answers(a, "a2", desk.StatusPending)
		b1 := w.answers(b, "b1", desk.StatusPending)
		w.answers(b, "depois da janela", desk.StatusWaiting)
		w.heads(a1, b1)

		got := w.claim(a1, a2, b1)
		if len(got) != 2 || got[0].ID != a1.ID || got[1].ID != b1.ID || got[0].Attempts != 1 || got[0].Status != desk.StatusSending {
			t.Fatalf("claimed %+v", got)
		}
		w.heads()
		if again := w.claim(a1, a2, b1); len(again) != 0 {
			t.Fatalf("claimed twice: %+v", again)
		}

		// Sent: the next of the conversation moves up. To be tried again
		// later: it keeps its place.
		w.mustStep(a1, store.MessageStep{To: desk.StatusSent, ProviderID: "wamid.a1"})
		later := desk.TimeOf(w.clock.Now().Add(time.Minute))
		w.mustStep(b1, store.MessageStep{To: desk.StatusPending, RunAt: later})
		w.heads(a2)
		next, err := w.s.NextSend(w.q(), w.account, w.line, w.at())
		if err != nil || next != later {
			t.Fatal(next, err)
		}
		w.clock.Advance(time.Minute)
		w.heads(a2, b1)

		// An uncertain message holds up its conversation for a while.
		w.claim(b1)
		b2 := w.answers(b, "b2", desk.StatusPending)
		w.mustStep(b1, store.MessageStep{To: desk.StatusUncertain, RunAt: w.at().Add(desk.UncertainHold)})
		w.heads(a2)
		w.clock.Advance(desk.UncertainHold)
		w.heads(a2, b2)

		// Nor for longer because the clock is set back meanwhile.
		w.clock.Set(w.clock.Now().Add(-time.Hour))
		w.heads(a2, b2)
	})
}

// TestOutbox_EveryHeadIsMet has few with much to be told before many with little:
// what is asked for the next few, from where it left off, meets every message
// once, in the order of its conversation, and what was composed first of what it
// looks at.
func TestOutbox_EveryHeadIsMet(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		var talks []desk.Ticket
		for range store.Conversations + 40 {
			talks = append(talks, w.ticket(desk.Ticket{Status: desk.Open}))
		}
		composed, all := map[desk.ID][]desk.ID{}, 0
		compose := func(at desk.Ticket, n int) {
			for range n {
				m := w.answers(at, "a caminho", desk.StatusPending)
				composed[at.ChannelID] = append(composed[at.ChannelID], m.ID)
				all++
			}
		}
		compose(talks[20], 12) // in front of everything, and neither first nor last by its id
		for _, at := range talks {
			compose(at, 1)
		}
		left := map[desk.ID][]desk.ID{}
		var after desk.ID
		wholes, looks := 0, 0
		for ; all > 0 && looks < 1000; looks++ {
			heads, next, err := w.s.Heads(w.q(), w.account, w.line, after, w.at(), 4)
			w.ok(err)
			if len(heads) > 4 || !slices.IsSortedFunc(heads, func(a, b store.Head) int { return int(a.ID - b.ID) }) {
				t.Fatalf("heads %v", heads)
			}
			if after = next; next != 0 {
				wholes++
			}
			w.do(func(tx *dbx.Tx) error {
				for _, h := range heads {
					left[h.ChannelID] = append(left[h.ChannelID], h.ID)
					all--
				}
				return w.depart(tx, heads)
			})
		}
		if all != 0 || wholes == 0 {
			t.Fatalf("%d left behind after %d looks, %d of which had more than they could look at", all, looks, wholes)
		}
		if !maps.EqualFunc(left, composed, slices.Equal) {
			t.Error("not in the order of their conversations")
		}
	})
}

// depart has messages claimed and sent.
func (w *world) depart(tx *dbx.Tx, heads []store.Head) error {
	var ids []desk.ID
	for _, h := range heads {
		ids = append(ids, h.ID)
	}
	claimed, err := w.s.ClaimMessages(tx, w.account, ids, w.at(), w.at().Add(time.Minute))
	if err != nil || len(claimed) != len(ids) {
		return fmt.Errorf("%d of %d claimed: %w", len(claimed), len(ids), err)
	}
	for _, id := range ids {
		if _, err := w.s.StepMessage(tx, w.account, store.MessageRef{ID: id}, store.MessageStep{To: desk.StatusSent}); err != nil {
			return err
		}
	}
	return nil
}

// TestOutbox_TriedAgainBeforeWhatNeverLeft: what is to be tried again is not
// behind all that was composed since.
func TestOutbox_TriedAgainBeforeWhatNeverLeft(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		first := w.answers(w.ticket(desk.Ticket{Status: desk.Open}), "de novo", desk.StatusPending)
		w.claim(first)
		w.mustStep(first, store.MessageStep{To: desk.StatusPending, RunAt: w.at().Add(time.Second)})
		for range 30 {
			w.answers(w.ticket(desk.Ticket{Status: desk.Open}), "depois", desk.StatusPending)
		}
		w.clock.Advance(time.Second)
		heads, _, err := w.s.Heads(w.q(), w.account, w.line, 0, w.at(), 4)
		if err != nil || len(heads) != 4 || heads[0].ID != first.ID {
			t.Error(heads, err)
		}
	})
}

func TestOutbox_DeadSends(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		m := w.answers(w.ticket(desk.Ticket{Status: desk.Open}), "oi", desk.StatusPending)
		w.claim(m)
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{0, 0}, {time.Minute, 0}, {time.Second, 1}} {
			w.clock.Advance(c.after)
			dead, err := w.s.DeadSends(w.q(), w.account, w.line, w.at(), 10)
			if err != nil || len(dead) != c.want {
				t.Fatalf("%v: %v %v", c.after, dead, err)
			}
		}
		busy, late, err := w.s.OnTheWay(w.q(), w.at())
		if err != nil || late || !slices.Equal(busy, []store.Connected{{AccountID: w.account, ConnectionID: w.line}}) {
			t.Fatal(busy, err)
		}
	})
}

func (w *world) at() desk.Time { return desk.TimeOf(w.clock.Now()) }

func (w *world) mustStep(m desk.Message, step store.MessageStep) {
	w.Helper()
	if done, err := w.step(store.MessageRef{ID: m.ID}, step); err != nil || !done.Moved {
		w.Fatalf("%s to %s: %+v %v", m.Body, step.To, done, err)
	}
}

// heads checks what may leave now.
func (w *world) heads(want ...desk.Message) {
	w.Helper()
	got, _, err := w.s.Heads(w.q(), w.account, w.line, 0, w.at(), 10)
	if err != nil {
		w.Fatal(err)
	}
	ids := []desk.ID{}
	for _, h := range got {
		ids = append(ids, h.ID)
	}
	wanted := []desk.ID{}
	for _, m := range want {
		wanted = append(wanted, m.ID)
	}
	if !slices.Equal(ids, wanted) {
		w.Fatalf("heads %v, want %v", ids, wanted)
	}
}

// claim takes messages for a minute.
func (w *world) claim(list ...desk.Message) (got []desk.Message) {
	w.Helper()
	var ids []desk.ID
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	w.do(func(tx *dbx.Tx) (err error) {
		got, err = w.s.ClaimMessages(tx, w.account, ids, w.at(), w.at().Add(time.Minute))
		return err
	})
	return got
}
