package store_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestV_CellsSumToCounters proves that badges summed in memory are those that
// Counters reads, whether the cells were read whole or by their keys.
func TestV_CellsSumToCounters(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		p := newPlayground(t, db)
		rapid.Check(t, func(r *rapid.T) {
			p.change(r)
			v := p.viewer(r)
			want, err := p.s.Counters(p.q(), v)
			if err != nil {
				r.Fatal(err)
			}
			cells, err := p.s.CountCells(p.q(), p.account)
			if err != nil {
				r.Fatal(err)
			}
			keys := []desk.Sight{{Status: desk.Open, QueueID: p.id()}} // of which there is none
			for _, c := range cells {
				keys = append(keys, c.Sight)
			}
			named, err := p.s.CountCellsOf(p.q(), p.account, keys)
			if err != nil {
				r.Fatal(err)
			}
			unread, err := p.s.UnreadCells(p.q(), p.account)
			if err != nil {
				r.Fatal(err)
			}
			for what, list := range map[string][]store.CountCell{"whole": cells, "by key": named} {
				if got := summed(v, list, unread); got != want {
					r.Fatalf("%s: %+v, want %+v", what, got, want)
				}
			}
		})
	})
}

func summed(v *desk.Viewer, cells, unread []store.CountCell) store.Counters {
	byTab := map[desk.TicketStatus]int64{}
	for _, c := range cells {
		if v.CanSee(c.Sight) {
			byTab[c.Status] += c.N
		}
	}
	c := store.Counters{Open: byTab[desk.Open], Pending: byTab[desk.Pending], Closed: byTab[desk.Closed]}
	for _, u := range unread {
		if store.CountsUnread(v, u.Sight) {
			c.Unread += u.N
		}
	}
	return c
}
