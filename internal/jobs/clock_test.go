package jobs_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
)

// trouble is what a clock that is set back may leave hanging: a job that waits
// for its next attempt, a periodic one, and one whose process was killed.
type trouble struct {
	failing, regular, killed atomic.Int32
	kinds                    []jobs.Kind
}

func newTrouble() *trouble {
	tr := &trouble{}
	tr.kinds = []jobs.Kind{
		{Name: "failing", Run: func(context.Context, jobs.Task) error {
			if tr.failing.Add(1) == 1 {
				return errors.New("not yet")
			}
			return nil
		}},
		{Name: "regular", Next: jobs.Every(time.Minute), Run: func(context.Context, jobs.Task) error { tr.regular.Add(1); return nil }},
		{Name: "killed", Run: func(context.Context, jobs.Task) error { tr.killed.Add(1); return nil }},
	}
	return tr
}

// happens waits until the jobs that were left hanging have run, which takes no
// more of the clock's time than it would have anyway.
func (tr *trouble) happens(w *world, r *jobs.Runner) {
	w.t.Helper()
	end := w.clock.Now().Add(3 * time.Minute)
	w.wait("all jobs to run", func() bool {
		if w.clock.Now().Before(end) {
			w.clock.Advance(time.Second)
		}
		jobs.Poke(r)
		return w.states("failing")["done"] == 1 && w.states("killed")["done"] == 1 && tr.regular.Load() > 0
	})
	if tr.failing.Load() != 2 || tr.killed.Load() != 1 {
		w.t.Errorf("the failing job ran %d times, the killed one %d times", tr.failing.Load(), tr.killed.Load())
	}
}

// TestNoJobWaitsLongerWhenTheClockIsSetBack: neither while we run nor while
// nobody does.
func TestNoJobWaitsLongerWhenTheClockIsSetBack(t *testing.T) {
	for name, off := range map[string]bool{"while we run": false, "while nobody runs": true} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(t *testing.T, w *world) {
				tr := newTrouble()
				r := w.runner(tr.kinds...)
				w.enqueue(r, jobs.Job{Kind: "killed"})
				w.claim("killed", time.Minute+30*time.Second)
				w.start(r)
				w.enqueue(r, jobs.Job{Kind: "failing"})
				w.wait("the first failure", func() bool { return tr.failing.Load() == 1 && w.states("failing")["ready"] == 1 })
				if !off {
					w.clock.Set(w.clock.Now().Add(-time.Hour))
					tr.happens(w, r)
					return
				}
				w.stop(r)
				w.happened()
				w.clock.Set(w.clock.Now().Add(-time.Hour))
				r = w.runner(tr.kinds...)
				w.start(r)
				tr.happens(w, r)
			})
		})
	}
}

// happened has something happen on the desk: its id tells the time.
func (w *world) happened() {
	w.t.Helper()
	err := w.store.DB.Do(w.t.Context(), func(tx *dbx.Tx) error {
		_, err := tx.Exec(`INSERT INTO event (id, account_id, type, entity, entity_id, actor_kind, at) VALUES ($1, $2, 'x', 'x', 1, 'system', $3)`,
			w.store.IDs.Next(), account, desk.TimeOf(w.clock.Now()))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// What runs goes on alone: neither its own node nor another takes it for
// abandoned, and its lease lasts as long as it was to.
func TestClockSetBackRunsNothingTwice(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		entered, leave := make(chan struct{}, 3), make(chan struct{})
		k := jobs.Kind{Name: "a", Concurrency: 2, Run: func(context.Context, jobs.Task) error {
			entered <- struct{}{}
			<-leave
			return nil
		}}
		nodes := []*jobs.Runner{w.runner(k)}
		if w.store.DB.Dialect() == dbx.Postgres {
			nodes = append(nodes, w.runner(k))
		}
		for _, r := range nodes {
			w.start(r)
		}
		w.enqueue(nodes[0], jobs.Job{Kind: "a"})
		<-entered
		was := w.leaseOf("a")
		w.clock.Set(w.clock.Now().Add(-time.Hour))
		w.wait("the lease to follow the clock", func() bool {
			for _, r := range nodes {
				jobs.Poke(r)
			}
			return w.leaseOf("a") < was.Add(-time.Hour+time.Minute)
		})
		for range 3 { // a minute of the minute and a half
			w.clock.Advance(20 * time.Second)
			before := w.store.DB.Stats().Statements
			for _, r := range nodes {
				r.Wake()
			}
			w.wait("everybody to look", func() bool { return w.store.DB.Stats().Statements >= before+int64(len(nodes)) })
		}
		close(leave)
		w.waitStates("a", map[string]int{"done": 1})
		if len(entered) != 0 {
			t.Error("the job ran twice at once")
		}
	})
}

// A look that read the clock before it was set back meets leases that another
// node has moved since: what runs there has not been abandoned.
func TestClockSetBackWhileLooking(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		r := w.runner(jobs.Kind{Name: "a", Run: func(context.Context, jobs.Task) error { return nil }})
		w.enqueue(r, jobs.Job{Kind: "a"})
		before := desk.TimeOf(w.clock.Now())
		w.clock.Set(w.clock.Now().Add(-time.Hour))
		w.claimAt("a", before, w.clock.Now().Add(time.Minute+30*time.Second))
		if found, err := jobs.Rescue(t.Context(), r, "a", before); err != nil || found {
			t.Fatalf("a running job was taken for abandoned: %v", err)
		}
		w.clock.Advance(2 * time.Minute)
		if found, err := jobs.Rescue(t.Context(), r, "a", desk.TimeOf(w.clock.Now())); err != nil || !found {
			t.Fatalf("an abandoned job was not found: %v", err)
		}
	})
}

func (w *world) leaseOf(kind string) desk.Time {
	w.t.Helper()
	var at desk.Time
	if err := w.store.DB.Read(w.t.Context()).QueryRow(`SELECT MAX(lease_until) FROM job WHERE kind = $1`, kind).Scan(&at); err != nil {
		w.t.Fatal(err)
	}
	return at
}
