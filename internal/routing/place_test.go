package routing_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// TestM1_FiftyAtOnce has one contact write fifty messages at the same time: one
// ticket (I4), every message in it, each at a place of its own.
func TestM1_FiftyAtOnce(t *testing.T) {
	each(t, func(r *room) {
		contact := r.s.IDs.Next()
		var wg sync.WaitGroup
		var mu sync.Mutex
		opened, tickets := 0, map[desk.ID]bool{}
		for range 50 {
			wg.Go(func() {
				var id desk.ID
				var fresh bool
				err := r.db.Do(t.Context(), func(tx *dbx.Tx) error {
					p, _, err := r.arrive(tx, contact, []desk.ID{r.sales}, 0)
					id, fresh = p.Ticket.ID, p.Opened
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				tickets[id] = true
				if fresh {
					opened++
				}
			})
		}
		wg.Wait()
		if opened != 1 || len(tickets) != 1 {
			t.Fatalf("%d opened, %d tickets", opened, len(tickets))
		}
		for id := range tickets {
			got := r.must(r.s.Ticket(r.db.Read(t.Context()), r.account, id))
			page, err := r.s.Timeline(r.db.Read(t.Context()), r.carla, id, store.TimelineQuery{Limit: 100})
			places := map[int64]bool{}
			for _, item := range page.Items {
				if item.Message != nil {
					places[item.Message.Pos] = true
				}
			}
			if err != nil || got.Unread != 50 || len(places) != 50 {
				t.Errorf("%v: %d unread, %d places", err, got.Unread, len(places))
			}
			if first := page.Items[0]; first.Event == nil || first.Event.Type != desk.EvTicketCreated {
				t.Errorf("the timeline begins with %+v", first)
			}
		}
	})
}

func TestI2_I3_AfterClosing(t *testing.T) {
	each(t, func(r *room) {
		for name, c := range map[string]struct {
			window, closedAgo time.Duration
			resumed           bool
		}{
			"no window":       {0, time.Minute, false},
			"within":          {2 * time.Hour, time.Hour, true},
			"just over":       {2 * time.Hour, 2 * time.Hour, false},
			"one ms to spare": {2 * time.Hour, 2*time.Hour - time.Millisecond, true},
		} {
			p, _ := r.arrives(r.s.IDs.Next(), []desk.ID{r.sales}, c.window)
			old := r.must(r.d.Accept(t.Context(), r.ana, p.Ticket.ID, 0))
			old = r.must(r.d.Close(t.Context(), r.ana, old.ID))
			r.clock.Advance(c.closedAgo)
			p, m := r.arrives(old.ContactID, []desk.ID{r.sales}, c.window)
			got := p.Ticket
			if p.Resumed != c.resumed || p.Opened == c.resumed || (got.ID == old.ID) != c.resumed {
				t.Errorf("%s: %+v", name, p)
			}
			if got.Status != desk.Pending || got.UserID != 0 || got.QueuedAt != desk.TimeOf(r.clock.Now()) || got.LastMessageID != m.ID || got.WaitingSince == 0 {
				t.Errorf("%s: %+v", name, got)
			}
		}
	})
}

func TestEIni_InitialQueue(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct {
			queues []desk.ID
			want   desk.ID
		}{{nil, 0}, {[]desk.ID{r.sales}, r.sales}, {[]desk.ID{r.sales, r.support}, 0}} {
			p, m := r.arrives(r.s.IDs.Next(), c.queues, 0)
			got := p.Ticket
			if got.QueueID != c.want || got.Origin != desk.OriginInbound || got.Unread != 1 || got.FirstUnreadID != m.ID {
				t.Errorf("%v: %+v", c.queues, got)
			}
		}
	})
}

// TestE4_OnlyTheAgentSees: nobody's looking but that of the agent of an open
// ticket resets the unread messages and yields a receipt.
func TestE4_OnlyTheAgentSees(t *testing.T) {
	each(t, func(r *room) {
		ctx := t.Context()
		p, first := r.arrives(r.s.IDs.Next(), []desk.ID{r.sales}, 0)
		id, contact := p.Ticket.ID, p.Ticket.ContactID
		_, err := r.d.See(ctx, r.ana, id, 0)
		r.refused(err, desk.CodeReadOnly)
		_, err = r.d.See(ctx, r.bruno, id, 0)
		r.refused(err, desk.CodeNotFound)
		r.must(r.d.Accept(ctx, r.ana, id, 0))
		_, err = r.d.See(ctx, r.carla, id, 0)
		r.refused(err, desk.CodeForbidden)
		_, second := r.arrives(contact, nil, 0)

		seen, err := r.d.See(ctx, r.ana, id, first.ID)
		if err != nil || seen.Ticket.Unread != 1 || seen.Ticket.FirstUnreadID != second.ID || seen.ProviderID != second.ProviderID {
			t.Fatalf("%+v %v", seen, err)
		}
		seen, err = r.d.See(ctx, r.ana, id, first.ID) // nothing new
		if err != nil || seen.Ticket.Unread != 1 || seen.ProviderID != "" {
			t.Fatalf("%+v %v", seen, err)
		}
		_, err = r.d.See(ctx, r.ana, id, r.s.IDs.Next())
		r.refused(err, desk.CodeNotFound)
		seen, err = r.d.See(ctx, r.ana, id, 0)
		if err != nil || seen.Ticket.Unread != 0 || seen.Ticket.FirstUnreadID != 0 || seen.ProviderID != second.ProviderID {
			t.Fatalf("%+v %v", seen, err)
		}
		before := r.db.Stats()
		if seen, err = r.d.See(ctx, r.ana, id, 0); err != nil || seen.ProviderID != "" || r.db.Stats().Minus(before).Commits != 0 {
			t.Fatalf("%+v %v", seen, err)
		}
		want := []desk.EventType{desk.EvTicketCreated, desk.EvTicketAccepted, desk.EvTicketSeen, desk.EvTicketSeen}
		if log := r.log(p.Ticket); !slices.Equal(log, want) {
			t.Errorf("%v", log)
		}
	})
}

func TestC29_TagsAndType(t *testing.T) {
	each(t, func(r *room) {
		ctx := t.Context()
		at := r.served(r.ana)
		vip, old := r.s.IDs.Next(), r.s.IDs.Next()
		for id, active := range map[desk.ID]bool{vip: true, old: true} {
			r.exec(`INSERT INTO tag (id, account_id, name, name_fold, color, active, created_at, updated_at)
				VALUES ($1, $2, $3, $3, '#112233', $4, 1, 1)`, id, r.account, id.String(), active)
		}
		got := r.must(r.d.Tag(ctx, r.ana, at.ID, []desk.ID{vip, old, vip}))
		if again := r.must(r.d.Tag(ctx, r.ana, at.ID, []desk.ID{old, vip})); again.Rev != got.Rev {
			t.Error("the same tags are no change")
		}
		r.exec(`UPDATE tag SET active = FALSE WHERE id = $1`, old)
		r.must(r.d.Tag(ctx, r.ana, at.ID, []desk.ID{old})) // a tag it has stays
		_, err := r.d.Tag(ctx, r.ana, r.served(r.ana).ID, []desk.ID{old})
		r.refused(err, desk.CodeUnknownReference)
		_, err = r.d.Tag(ctx, r.bruno, at.ID, nil)
		r.refused(err, desk.CodeNotFound)
		tags, err := r.s.TicketTags(r.db.Read(ctx), r.account, at.ID)
		if err != nil || !slices.Equal(tags, []desk.ID{old}) {
			t.Errorf("%v %v", tags, err)
		}

		kind := r.s.IDs.Next()
		r.exec(`INSERT INTO ticket_type (id, account_id, name, name_fold, created_at, updated_at) VALUES ($1, $2, 'Suporte', 'suporte', 1, 1)`, kind, r.account)
		if got := r.must(r.d.SetType(ctx, r.ana, at.ID, kind)); got.TypeID != kind {
			t.Errorf("%+v", got)
		}
		_, err = r.d.SetType(ctx, r.ana, at.ID, r.s.IDs.Next())
		r.refused(err, desk.CodeUnknownReference)
	})
}
