package routing_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
)

func (r *room) opens(v *desk.Viewer, t *desk.Ticket) {
	r.Helper()
	if err := r.d.Accessed(r.Context(), v, t); err != nil {
		r.Fatal(err)
	}
}

// accesses counts those in the ticket's log.
func (r *room) accesses(t desk.Ticket) (n int) {
	r.Helper()
	err := r.db.Read(r.Context()).QueryRow(`SELECT COUNT(*) FROM event WHERE ticket_id = $1 AND type = $2`, t.ID, desk.EvTicketAccessed).Scan(&n)
	if err != nil {
		r.Fatal(err)
	}
	return n
}

func (r *room) written() {
	r.Helper()
	if err := r.d.WriteAccesses(r.Context()); err != nil {
		r.Fatal(err)
	}
}

func TestC19_Accessed(t *testing.T) {
	each(t, func(r *room) {
		at := r.waiting(r.sales)
		r.ana.Rights.UsersCanPeek = false
		r.refused(r.d.Accessed(t.Context(), r.ana, &at), desk.CodeForbidden)
		r.ana.Rights.UsersCanPeek = true
		for range 3 {
			r.opens(r.ana, &at)
		}
		open := r.must(r.d.Accept(t.Context(), r.ana, at.ID, 0))
		r.opens(r.carla, &open)
		r.written()
		want := []desk.EventType{desk.EvTicketCreated, desk.EvTicketPeeked, desk.EvTicketAccepted, desk.EvTicketAccessed}
		if log := r.log(at); !slices.Equal(log, want) {
			t.Errorf("%v", log)
		}
	})
}

// TestC19_AccessesWithinTenMinutesAreOne, also for a process that did not see
// the first, and for a clock that is set back.
func TestC19_AccessesWithinTenMinutesAreOne(t *testing.T) {
	each(t, func(r *room) {
		at := r.must(r.d.Accept(t.Context(), r.ana, r.waiting(r.sales).ID, 0))
		for i, c := range []struct {
			later time.Duration
			want  int
		}{{0, 1}, {10 * time.Minute, 1}, {time.Second, 2}, {-time.Hour, 2}, {2 * time.Hour, 3}} {
			r.clock.Set(r.clock.Now().Add(c.later))
			r.opens(r.carla, &at)
			r.written()
			if got := r.accesses(at); got != c.want {
				t.Errorf("step %d: %d accesses, want %d", i, got, c.want)
			}
		}
		other := routing.New(r.s, slog.New(slog.DiscardHandler))
		if err := other.Accessed(t.Context(), r.carla, &at); err != nil {
			t.Fatal(err)
		}
		if err := other.WriteAccesses(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.accesses(at); got != 3 {
			t.Errorf("%d after a restart", got)
		}
	})
}

// TestC19_AccessesAreWrittenByThemselves: nobody has to ask for a log.
func TestC19_AccessesAreWrittenByThemselves(t *testing.T) {
	each(t, func(r *room) {
		at := r.must(r.d.Accept(t.Context(), r.ana, r.waiting(r.sales).ID, 0))
		r.opens(r.carla, &at)
		for deadline := time.Now().Add(10 * time.Second); r.accesses(at) == 0; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("never written")
			}
		}
	})
}

// TestC19_NoAccessIsDropped: what could not be written is written later, and
// when very many wait, who comes next has them written first.
func TestC19_NoAccessIsDropped(t *testing.T) {
	each(t, func(r *room) {
		at := r.must(r.d.Accept(t.Context(), r.ana, r.waiting(r.sales).ID, 0))
		r.opens(r.carla, &at)
		ended, end := context.WithCancel(t.Context())
		end()
		if err := r.d.WriteAccesses(ended); err == nil {
			t.Error("written with a context that had ended")
		}
		before := r.db.Stats()
		many := 600
		for range many {
			r.opens(&desk.Viewer{AccountID: r.account, UserID: r.s.IDs.Next(), Role: desk.RoleSupervisor}, &at)
		}
		r.written()
		if got := r.accesses(at); got != many+1 {
			t.Errorf("%d accesses, want %d", got, many+1)
		}
		if r.db.Dialect() == dbx.SQLite {
			if commits := r.db.Stats().Minus(before).Commits; commits > 60 {
				t.Errorf("%d commits", commits)
			}
		}
	})
}
