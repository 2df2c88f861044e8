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

// claim takes the due jobs of a kind as a process would that dies right after.
func (w *world) claim(kind string, lease time.Duration) {
	w.t.Helper()
	w.claimAt(kind, desk.TimeOf(w.clock.Now()), w.clock.Now().Add(lease))
}

// claimAt claims what is due by then, until the lease ends.
func (w *world) claimAt(kind string, now desk.Time, end time.Time) {
	w.t.Helper()
	ids, err := w.store.DueJobs(w.store.DB.Read(w.t.Context()), kind, false, now, 10)
	if err != nil || len(ids) == 0 {
		w.t.Fatalf("nothing to claim: %v", err)
	}
	err = w.store.DB.Do(w.t.Context(), func(tx *dbx.Tx) error {
		_, err := w.store.ClaimJobs(tx, ids, false, now, desk.TimeOf(end))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestKilledProcessLosesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		attempts := make(chan int, 10)
		k := jobs.Kind{Name: "a", Run: func(_ context.Context, t jobs.Task) error { attempts <- t.Attempt; return nil }}
		w.enqueue(w.runner(k), jobs.Job{Account: account, Kind: "a", Key: "k"}, jobs.Job{Account: account, Kind: "a", Key: "k"})
		w.claim("a", time.Minute)
		if got := w.states("a"); got["running"] != 1 || got["ready"] != 1 {
			t.Fatalf("%v: only the head may be claimed", got)
		}
		r := w.runner(k)
		w.start(r)
		if w.store.DB.Dialect() == dbx.Postgres { // another process could still be at it
			time.Sleep(20 * time.Millisecond)
			if got := w.states("a"); got["running"] != 1 {
				t.Fatalf("%v: the lease was not respected", got)
			}
			w.clock.Advance(time.Minute + time.Millisecond)
			r.Wake()
		}
		w.wait("the rescue", func() bool {
			w.clock.Advance(5 * time.Second)
			r.Wake()
			return w.states("a")["done"] == 2
		})
		if first, second := <-attempts, <-attempts; first != 2 || second != 1 {
			t.Errorf("attempts %d and %d, want the second of the killed job, then the first of its neighbour", first, second)
		}
	})
}

func TestJobThatKillsItsProcessDies(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var dead atomic.Int32
		k := jobs.Kind{Name: "a", MaxAttempts: 2, Run: func(context.Context, jobs.Task) error { return nil },
			Dead: func(context.Context, jobs.Task, error) error { dead.Add(1); return nil }}
		w.enqueue(w.runner(k), jobs.Job{Kind: "a"})
		w.claim("a", time.Millisecond)
		if err := w.store.DB.Do(t.Context(), func(tx *dbx.Tx) error {
			_, err := tx.Exec(`UPDATE job SET attempts = 2 WHERE kind = 'a'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(time.Minute)
		w.start(w.runner(k))
		w.waitStates("a", map[string]int{"dead": 1})
		if dead.Load() != 1 {
			t.Errorf("Dead was called %d times", dead.Load())
		}
	})
}

// What a job's death means to others must not be lost to a database that is
// away just then: a file would be awaited for ever.
func TestDeathIsToldUntilItIsHeard(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var told atomic.Int32
		k := jobs.Kind{Name: "a", Run: func(context.Context, jobs.Task) error { return jobs.Permanent(errors.New("no such file")) },
			Dead: func(context.Context, jobs.Task, error) error {
				if told.Add(1) == 1 {
					return errors.New("the database is away")
				}
				return nil
			}}
		r := w.runner(k)
		w.start(r)
		w.enqueue(r, jobs.Job{Kind: "a"})
		w.wait("the first try", func() bool { return told.Load() == 1 })
		w.wait("its lease to end", func() bool {
			w.clock.Advance(5 * time.Second)
			jobs.Poke(r)
			return w.states("a")["dead"] == 1
		})
		if told.Load() != 2 {
			t.Errorf("told %d times", told.Load())
		}
	})
}

// An outcome that a database was away for is stored once it is back: nobody
// waits for the lease to end.
func TestOutcomeIsStoredOnceTheDatabaseIsBack(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var told atomic.Int32
		r := w.runner(jobs.Kind{Name: "a", Run: func(context.Context, jobs.Task) error { return jobs.Permanent(errors.New("no such file")) },
			Dead: func(context.Context, jobs.Task, error) error {
				if told.Add(1) < 3 {
					return &dbx.Error{Kind: dbx.Transient, Err: errors.New("the database is away")}
				}
				return nil
			}})
		w.start(r)
		w.enqueue(r, jobs.Job{Kind: "a"})
		w.waitStates("a", map[string]int{"dead": 1})
		if told.Load() != 3 {
			t.Errorf("told %d times", told.Load())
		}
	})
}

// A process that lost its lease must not overwrite what the next one did.
func TestLateOutcomeOfALostLeaseIsIgnored(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := jobs.Kind{Name: "a", Run: func(context.Context, jobs.Task) error { return nil }}
		w.enqueue(w.runner(k), jobs.Job{Kind: "a"})
		w.claim("a", time.Millisecond)
		jobsThen, err := w.store.ExpiredJobs(w.store.DB.Read(t.Context()), "a", desk.TimeOf(w.clock.Now().Add(time.Second)), 10)
		if err != nil || len(jobsThen) != 1 {
			t.Fatal(jobsThen, err)
		}
		first := jobsThen[0]
		now := desk.TimeOf(w.clock.Now())
		err = w.store.DB.Do(t.Context(), func(tx *dbx.Tx) error {
			return w.store.RetryJob(tx, first.ID, first.Attempts, first.Attempts, now, "rescued")
		})
		if err != nil {
			t.Fatal(err)
		}
		w.claim("a", time.Minute)
		err = w.store.DB.Do(t.Context(), func(tx *dbx.Tx) error {
			finished, err := w.store.FinishJob(tx, first.ID, first.Attempts, now)
			if finished {
				t.Error("the first attempt finished the second")
			}
			return errors.Join(err, w.store.BuryJob(tx, first.ID, first.Attempts, now, "late"))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.states("a"); got["running"] != 1 {
			t.Errorf("%v, want the second attempt still running", got)
		}
	})
}

// A clock that jumps must not make a process take its own work for abandoned.
func TestClockStepDoesNotRescueWhatRunsHere(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		entered, leave := make(chan struct{}, 2), make(chan struct{})
		r := w.runner(jobs.Kind{Name: "a", Concurrency: 2, Run: func(context.Context, jobs.Task) error {
			entered <- struct{}{}
			<-leave
			return nil
		}})
		w.start(r)
		w.enqueue(r, jobs.Job{Kind: "a"})
		<-entered
		for range 3 {
			w.clock.Advance(3 * time.Hour)
			r.Wake()
			time.Sleep(10 * time.Millisecond)
		}
		close(leave)
		w.waitStates("a", map[string]int{"done": 1})
		if len(entered) != 0 {
			t.Error("the job ran twice at once")
		}
	})
}

func TestStopWaitsAndGivesBackWhatItMustInterrupt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		entered, leave := make(chan struct{}, 2), make(chan struct{})
		r := w.runner(
			jobs.Kind{Name: "short", Run: func(context.Context, jobs.Task) error {
				entered <- struct{}{}
				<-leave
				return nil
			}},
			jobs.Kind{Name: "long", Run: func(ctx context.Context, _ jobs.Task) error {
				entered <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			}})
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.enqueue(r, jobs.Job{Kind: "short"}, jobs.Job{Kind: "long"})
		<-entered
		<-entered
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		time.AfterFunc(10*time.Millisecond, func() { close(leave) })
		if err := r.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		w.waitStates("short", map[string]int{"done": 1})
		w.waitStates("long", map[string]int{"ready": 1})
		var attempts int
		if err := w.store.DB.Read(t.Context()).QueryRow(`SELECT attempts FROM job WHERE kind = 'long'`).Scan(&attempts); err != nil || attempts != 0 {
			t.Errorf("attempts %d, %v: an interruption is not the job's fault", attempts, err)
		}
	})
}

func TestTwoRunnersShareTheWorkOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		if w.store.DB.Dialect() == dbx.SQLite {
			t.Skip("one process on SQLite")
		}
		const n = 60
		var runs atomic.Int32
		var inOrder atomic.Int64
		k := jobs.Kind{Name: "a", Concurrency: 4, Run: func(_ context.Context, t jobs.Task) error {
			runs.Add(1)
			var i int64
			if err := t.Decode(&i); err != nil {
				return err
			}
			if t.Key != "" && !inOrder.CompareAndSwap(i-1, i) {
				return jobs.Permanent(errors.New("out of order"))
			}
			return nil
		}}
		a, b := w.runner(k), w.runner(k)
		w.start(a)
		w.start(b)
		for i := range n {
			w.enqueue(a, jobs.Job{Kind: "a", Payload: 0}, jobs.Job{Kind: "a", Key: "k", Payload: i + 1})
			b.Wake()
		}
		w.wait("all jobs", func() bool { a.Wake(); b.Wake(); return w.states("a")["done"] == 2*n })
		if runs.Load() != 2*n {
			t.Errorf("%d runs of %d jobs", runs.Load(), 2*n)
		}
	})
}

func TestPeriodicRunsAgainAndAgainWhateverComesOfIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var runs atomic.Int32
		k := jobs.Kind{Name: "nightly", Next: jobs.Daily(3, 30), Run: func(context.Context, jobs.Task) error {
			if runs.Add(1) == 2 {
				return errors.New("one bad night")
			}
			return nil
		}}
		r := w.runner(k)
		w.start(r)
		w.start(w.runner(k)) // another node, or a restart, adds no second job
		for day := range 3 {
			if got, want := w.runAt("nightly").Std(), time.Date(2026, 11, 22+day, 3, 30, 0, 0, time.UTC); !got.Equal(want) {
				t.Fatalf("night %d at %v, want %v", day, got, want)
			}
			w.clock.Set(w.runAt("nightly").Std())
			r.Wake()
			w.wait("the night's run", func() bool { return int(runs.Load()) == day+1 && w.states("nightly")["ready"] == 1 })
		}
		if got := w.states("nightly"); got["ready"] != 1 || len(got) != 1 {
			t.Errorf("%v, want one job for ever", got)
		}
	})
}

func TestIdleCostsOneStatementATick(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		r := w.runner(
			jobs.Kind{Name: "a", Run: func(context.Context, jobs.Task) error { return nil }},
			jobs.Kind{Name: "b", Run: func(context.Context, jobs.Task) error { return nil }, Next: jobs.Every(time.Hour)})
		w.start(r)
		w.wait("the first look", func() bool { return w.states("b")["ready"] == 1 })
		time.Sleep(30 * time.Millisecond)
		before := w.store.DB.Stats()
		const ticks = 5
		for range ticks {
			w.clock.Advance(5 * time.Second)
			jobs.Poke(r)
			time.Sleep(20 * time.Millisecond)
		}
		spent := w.store.DB.Stats().Minus(before)
		if spent.Statements > ticks || spent.Commits != 0 {
			t.Errorf("%d statements and %d commits in %d ticks", spent.Statements, spent.Commits, ticks)
		}
	})
}

func TestRegistrationMistakesStopTheStart(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		run := func(context.Context, jobs.Task) error { return nil }
		for name, kinds := range map[string][]jobs.Kind{
			"no function": {{Name: "a"}},
			"no name":     {{Run: run}},
			"twice":       {{Name: "a", Run: run}, {Name: "a", Run: run}},
		} {
			if err := w.runner(kinds...).Start(t.Context()); err == nil {
				t.Errorf("%s: started", name)
			}
		}
	})
}
