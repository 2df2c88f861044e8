package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestW2_FlushInOrder: the line leaves in its order, behind what the contact
// wrote, and once.
func TestW2_FlushInOrder(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open, AwaitingContact: true})
		first := w.answers(at, "primeira", desk.StatusWaiting)
		second := w.answers(at, "segunda", desk.StatusWaiting)
		third := w.answers(at, "terceira", desk.StatusWaiting)
		w.do(func(tx *dbx.Tx) error {
			return w.s.ReorderWaiting(tx, w.account, at.ID, []desk.ID{second.ID, first.ID, third.ID})
		})
		if now := w.now(at); now.WaitingCount != 3 || now.FirstResponseAt != 0 || now.WaitingSince != 0 {
			t.Fatalf("%+v", now)
		}
		reply := w.says(at, "oi")
		for range 2 { // the second time there is nothing left
			w.do(func(tx *dbx.Tx) error {
				now, err := w.s.Ticket(tx, w.account, at.ID)
				if err != nil {
					return err
				}
				_, err = w.s.FlushWaiting(tx, &now)
				return err
			})
		}
		page, err := w.s.Timeline(w.q(), w.admin(), at.ID, store.TimelineQuery{})
		if err != nil {
			t.Fatal(err)
		}
		var order []desk.ID
		for _, item := range page.Items {
			order = append(order, item.Message.ID)
			if m := item.Message; m.Direction == desk.Out && m.Status != desk.StatusPending {
				t.Errorf("%s is %s", m.Body, m.Status)
			}
		}
		if want := []desk.ID{reply.ID, second.ID, first.ID, third.ID}; !slices.Equal(order, want) {
			t.Fatalf("order %v, want %v", order, want)
		}
		if now := w.now(at); now.WaitingCount != 0 || now.AwaitingContact || now.LastPos != page.Items[3].Message.Pos {
			t.Fatalf("%+v", now)
		}
		w.heads(second)
	})
}

func TestW_EditCancelReorder(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		a, b := w.answers(at, "rascunho", desk.StatusWaiting), w.answers(at, "outra", desk.StatusWaiting)
		sent := w.answers(at, "foi", desk.StatusSent)
		w.do(func(tx *dbx.Tx) error {
			m, err := w.s.EditWaiting(tx, w.account, a.ID, "definitiva\x00")
			if err == nil && (m.Body != "definitiva" || m.EditedAt == 0 || m.Rev != 2) {
				t.Errorf("%+v", m)
			}
			return err
		})
		if hits := w.hits("definitiva"); !slices.Equal(hits, []desk.ID{a.ID}) {
			t.Errorf("search finds %v", hits)
		}
		if hits := w.hits("rascunho"); len(hits) != 0 {
			t.Errorf("search finds the old text: %v", hits)
		}
		w.fails(desk.CodeAlreadyLeft, func(tx *dbx.Tx) error { _, err := w.s.EditWaiting(tx, w.account, sent.ID, "x"); return err })
		w.fails(desk.CodeAlreadyLeft, func(tx *dbx.Tx) error { _, err := w.s.CancelWaiting(tx, w.account, sent.ID); return err })
		w.fails(desk.CodeNotFound, func(tx *dbx.Tx) error { _, err := w.s.EditWaiting(tx, w.account, w.id(), "x"); return err })
		w.fails(desk.CodeNotFound, func(tx *dbx.Tx) error { _, err := w.s.CancelWaiting(tx, w.account, w.id()); return err })
		for _, c := range []struct {
			ids  []desk.ID
			code desk.Code
		}{
			{[]desk.ID{a.ID}, desk.CodeInvalid},
			{[]desk.ID{b.ID, a.ID, sent.ID}, desk.CodeAlreadyLeft},
			{[]desk.ID{b.ID, a.ID, a.ID}, desk.CodeAlreadyLeft},
		} {
			w.fails(c.code, func(tx *dbx.Tx) error { return w.s.ReorderWaiting(tx, w.account, at.ID, c.ids) })
		}
		w.do(func(tx *dbx.Tx) error { _, err := w.s.CancelWaiting(tx, w.account, b.ID); return err })
		line, err := w.s.WaitingMessages(w.q(), w.account, at.ID)
		if err != nil || len(line) != 1 || line[0].ID != a.ID || w.now(at).WaitingCount != 1 {
			t.Fatalf("%+v %v", line, err)
		}
	})
}

func TestW_ExpireAfterSevenDays(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		m := w.answers(at, "ninguém leu", desk.StatusWaiting)
		expired := func() []desk.Message {
			list, err := w.s.ExpiredWaiting(w.q(), w.at(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		w.clock.Advance(7*24*time.Hour - time.Millisecond)
		late := func() bool {
			busy, late, err := w.s.OnTheWay(w.q(), w.at())
			if err != nil || len(busy) != 0 {
				t.Fatal(busy, err)
			}
			return late
		}
		if late() {
			t.Error("late before its time")
		}
		if list := expired(); len(list) != 0 {
			t.Fatalf("%+v", list)
		}
		w.clock.Advance(time.Millisecond)
		if list := expired(); len(list) != 1 || list[0].ID != m.ID {
			t.Fatalf("%+v", list)
		}
		if !late() {
			t.Error("nobody is told that it is late")
		}
		w.mustStep(m, store.MessageStep{To: desk.StatusExpired})
		if now := w.now(at); now.WaitingCount != 0 || len(expired()) != 0 {
			t.Fatalf("%+v", now)
		}
		w.do(func(tx *dbx.Tx) error {
			got, err := w.s.DismissMessage(tx, w.account, m.ID)
			if err == nil && !got.Dismissed {
				t.Error("not dismissed")
			}
			return err
		})
		if page, err := w.s.Timeline(w.q(), w.admin(), at.ID, store.TimelineQuery{}); err != nil || len(page.Items) != 0 {
			t.Fatalf("%+v %v", page, err)
		}
		ok := w.answers(at, "foi", desk.StatusSent)
		w.fails(desk.CodeInvalidTransition, func(tx *dbx.Tx) error { _, err := w.s.DismissMessage(tx, w.account, ok.ID); return err })
		w.fails(desk.CodeNotFound, func(tx *dbx.Tx) error { _, err := w.s.DismissMessage(tx, w.account, w.id()); return err })
	})
}

// hits returns the messages an administrator finds.
func (w *world) hits(typed string) []desk.ID {
	w.Helper()
	res, err := w.s.Search(w.q(), w.admin(), typed, "")
	if err != nil {
		w.Fatal(err)
	}
	ids := []desk.ID{}
	for _, m := range res.Messages {
		ids = append(ids, m.ID)
	}
	return ids
}
