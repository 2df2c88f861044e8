package jobs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const account = desk.ID(7)

// world is a database with a clock of its own; runners come and go in it.
type world struct {
	t     *testing.T
	store *store.Store
	clock *testkit.Clock
}

func eachWorld(t *testing.T, fn func(t *testing.T, w *world)) {
	testkit.EachDBWith(t, store.Schema(), func(t *testing.T, db *dbx.DB) {
		clock := testkit.NewClock(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
		fn(t, &world{t, store.New(db, desk.NewIDs(clock.Now, 1, 0), clock.Now, nil), clock})
	})
}

func (w *world) runner(kinds ...jobs.Kind) *jobs.Runner {
	r := jobs.New(jobs.Config{Store: w.store, Now: w.clock.Now, Rand: rand.Reader})
	for _, k := range kinds {
		r.Handle(k)
	}
	return r
}

func (w *world) start(r *jobs.Runner) {
	w.t.Helper()
	if err := r.Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { w.stop(r) })
}

func (w *world) stop(r *jobs.Runner) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		w.t.Errorf("stop: %v", err)
	}
}

func (w *world) enqueue(r *jobs.Runner, list ...jobs.Job) {
	w.t.Helper()
	err := w.store.DB.Do(w.t.Context(), func(tx *dbx.Tx) error {
		for _, j := range list {
			if err := r.Enqueue(tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// states counts the jobs of a kind by state.
func (w *world) states(kind string) map[string]int {
	w.t.Helper()
	type row struct {
		state string
		n     int
	}
	rows, err := dbx.All(w.store.DB.Read(w.t.Context()), func(s dbx.Scanner) (row, error) {
		var r row
		return r, s.Scan(&r.state, &r.n)
	}, `SELECT state, COUNT(*) FROM job WHERE kind = $1 GROUP BY state`, kind)
	if err != nil {
		w.t.Fatal(err)
	}
	m := map[string]int{}
	for _, r := range rows {
		m[r.state] = r.n
	}
	return m
}

func (w *world) wait(what string, cond func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if cond() {
			return
		}
	}
	w.t.Fatalf("timed out waiting for %s", what)
}

func (w *world) waitStates(kind string, want map[string]int) {
	w.t.Helper()
	w.wait(fmt.Sprintf("%s to be %v (it is %v)", kind, want, w.states(kind)), func() bool {
		got := w.states(kind)
		return len(got) == len(want) && func() bool {
			for k, n := range want {
				if got[k] != n {
					return false
				}
			}
			return true
		}()
	})
}

func TestJobRunsOnceAfterCommitAndIsPickedUpAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		type payload struct{ N int }
		got := make(chan jobs.Task, 10)
		r := w.runner(jobs.Kind{Name: "a", Run: func(_ context.Context, t jobs.Task) error { got <- t; return nil }})
		w.start(r)
		fail := errors.New("rolled back")
		err := w.store.DB.Do(t.Context(), func(tx *dbx.Tx) error {
			return errors.Join(r.Enqueue(tx, jobs.Job{Account: account, Kind: "a"}), fail)
		})
		if !errors.Is(err, fail) {
			t.Fatal(err)
		}
		began := time.Now()
		w.enqueue(r, jobs.Job{Account: account, Kind: "a", Payload: payload{42}})
		task := <-got
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("picked up after %v: the wake-up was lost and the net found it", took)
		}
		var p payload
		if err := task.Decode(&p); err != nil || p.N != 42 || task.Account != account || task.Attempt != 1 {
			t.Errorf("task %+v, payload %+v, %v", task, p, err)
		}
		w.waitStates("a", map[string]int{"done": 1})
		if len(got) != 0 {
			t.Error("the job of the rolled-back transaction ran")
		}
	})
}

func TestUnknownKindIsRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		r := w.runner()
		err := w.store.DB.Do(t.Context(), func(tx *dbx.Tx) error { return r.Enqueue(tx, jobs.Job{Kind: "nobody"}) })
		if err == nil {
			t.Fatal("a job that nobody would run was accepted")
		}
	})
}

func TestKeyRunsInOrderAndOneAtATime(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const keys, each = 5, 12
		var mu sync.Mutex
		order := map[string][]int{}
		busy := map[string]*atomic.Int32{}
		for k := range keys {
			busy[fmt.Sprint(k)] = new(atomic.Int32)
		}
		r := w.runner(jobs.Kind{Name: "a", Concurrency: 8, Backoff: time.Millisecond, MaxBackoff: time.Millisecond,
			Run: func(_ context.Context, t jobs.Task) error {
				if busy[t.Key].Add(1) != 1 {
					return jobs.Permanent(errors.New("two jobs of a key at once"))
				}
				defer busy[t.Key].Add(-1)
				var n int
				if err := t.Decode(&n); err != nil {
					return err
				}
				if n%5 == 3 && t.Attempt == 1 {
					return errors.New("first attempt fails")
				}
				mu.Lock()
				defer mu.Unlock()
				order[t.Key] = append(order[t.Key], n)
				return nil
			}})
		w.start(r)
		for n := range each {
			var list []jobs.Job
			for k := range keys {
				list = append(list, jobs.Job{Account: account, Kind: "a", Key: fmt.Sprint(k), Payload: n})
			}
			w.enqueue(r, list...)
		}
		w.wait("all jobs", func() bool {
			w.clock.Advance(time.Millisecond)
			r.Wake()
			return w.states("a")["done"] == keys*each
		})
		for key, got := range order {
			if !slices.IsSorted(got) || len(got) != each {
				t.Errorf("key %s ran as %v", key, got)
			}
		}
	})
}

func TestDeadHeadMovesOnUnlessStrict(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		run := func(_ context.Context, t jobs.Task) error {
			var n int
			if err := t.Decode(&n); err != nil {
				return err
			}
			if n == 1 {
				return jobs.Permanent(errors.New("never"))
			}
			return nil
		}
		var dead atomic.Int32
		r := w.runner(
			jobs.Kind{Name: "loose", Run: run, Dead: func(context.Context, jobs.Task, error) error { dead.Add(1); return nil }},
			jobs.Kind{Name: "strict", Run: run, Strict: true})
		w.start(r)
		for n := range 3 {
			w.enqueue(r, jobs.Job{Account: account, Kind: "loose", Key: "k", Payload: n + 1},
				jobs.Job{Account: account, Kind: "strict", Key: "k", Payload: n + 1})
		}
		w.waitStates("loose", map[string]int{"dead": 1, "done": 2})
		w.waitStates("strict", map[string]int{"dead": 1, "ready": 2})
		if dead.Load() != 1 {
			t.Errorf("Dead was called %d times", dead.Load())
		}
		letters, err := w.store.DeadJobs(w.store.DB.Read(t.Context()), account, 0, 10)
		if err != nil || len(letters) != 2 || letters[0].Error != "never" {
			t.Fatalf("dead letters %+v, %v", letters, err)
		}
		other, err := w.store.DeadJobs(w.store.DB.Read(t.Context()), account+1, 0, 10)
		if err != nil || len(other) != 0 {
			t.Fatalf("another account sees %d dead letters, %v", len(other), err)
		}
		if err := r.Revive(t.Context(), account+1, letters[0].ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("another account revived it: %v", err)
		}
	})
}

func TestReviveLetsAStrictKeyGoOn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var broken atomic.Bool
		broken.Store(true)
		r := w.runner(jobs.Kind{Name: "a", Strict: true, MaxAttempts: 1, Run: func(context.Context, jobs.Task) error {
			if broken.Load() {
				return errors.New("provider is down")
			}
			return nil
		}})
		w.start(r)
		w.enqueue(r, jobs.Job{Account: account, Kind: "a", Key: "k"}, jobs.Job{Account: account, Kind: "a", Key: "k"})
		w.waitStates("a", map[string]int{"dead": 1, "ready": 1})
		broken.Store(false)
		letters, err := w.store.DeadJobs(w.store.DB.Read(t.Context()), account, 0, 10)
		if err != nil || len(letters) != 1 {
			t.Fatal(letters, err)
		}
		if err := r.Revive(t.Context(), account, letters[0].ID); err != nil {
			t.Fatal(err)
		}
		w.waitStates("a", map[string]int{"done": 2})
	})
}

func TestUniqueKeyJoinsRequests(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		entered, leave := make(chan struct{}, 10), make(chan struct{})
		r := w.runner(jobs.Kind{Name: "a", Concurrency: 2, Run: func(context.Context, jobs.Task) error {
			entered <- struct{}{}
			<-leave
			return nil
		}})
		job := jobs.Job{Account: account, Kind: "a", UniqueKey: "u", RunAt: desk.TimeOf(w.clock.Now().Add(time.Minute))}
		w.enqueue(r, job, job)
		w.enqueue(r, job, jobs.Job{Account: account + 1, Kind: "a", UniqueKey: "u", RunAt: job.RunAt})
		if got := w.states("a"); got["ready"] != 2 {
			t.Fatalf("%v, want one job an account", got)
		}
		w.start(r)
		w.clock.Advance(time.Minute)
		r.Wake()
		<-entered
		<-entered
		w.enqueue(r, jobs.Job{Account: account, Kind: "a", UniqueKey: "u"})
		if got := w.states("a"); got["ready"] != 1 || got["running"] != 2 {
			t.Errorf("%v: a request made while one runs must not be lost", got)
		}
		close(leave)
		w.waitStates("a", map[string]int{"done": 3})
	})
}

func TestRetriesBackOffThenDie(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var attempts atomic.Int32
		r := w.runner(jobs.Kind{Name: "a", MaxAttempts: 4, Backoff: 10 * time.Second, MaxBackoff: 25 * time.Second,
			Run: func(context.Context, jobs.Task) error { attempts.Add(1); return errors.New("again") }})
		w.start(r)
		w.enqueue(r, jobs.Job{Account: account, Kind: "a"})
		for i, most := range []time.Duration{10 * time.Second, 20 * time.Second, 25 * time.Second} {
			n := int32(i + 1)
			w.wait("the attempt to be stored", func() bool { return attempts.Load() == n && w.states("a")["ready"] == 1 })
			pause := w.runAt("a").Std().Sub(w.clock.Now())
			if pause < most/2 || pause > most {
				t.Errorf("pause %d is %v, want %v to %v", n, pause, most/2, most)
			}
			w.clock.Advance(pause - time.Millisecond)
			r.Wake()
			time.Sleep(10 * time.Millisecond)
			if attempts.Load() != n {
				t.Fatalf("attempt %d came too early", n+1)
			}
			w.clock.Advance(time.Millisecond)
			r.Wake()
		}
		w.waitStates("a", map[string]int{"dead": 1})
		if attempts.Load() != 4 {
			t.Errorf("%d attempts, want 4", attempts.Load())
		}
	})
}

func (w *world) runAt(kind string) desk.Time {
	w.t.Helper()
	var at desk.Time
	if err := w.store.DB.Read(w.t.Context()).QueryRow(`SELECT MIN(run_at) FROM job WHERE kind = $1 AND state = 'ready'`, kind).Scan(&at); err != nil {
		w.t.Fatal(err)
	}
	return at
}

func TestAfterPanicAndTimeout(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		r := w.runner(
			jobs.Kind{Name: "later", Run: func(context.Context, jobs.Task) error {
				return jobs.After(3*time.Hour, errors.New("rate limited"))
			}},
			jobs.Kind{Name: "panics", MaxAttempts: 1, Run: func(context.Context, jobs.Task) error { panic("boom") }},
			jobs.Kind{Name: "hangs", MaxAttempts: 1, Timeout: 20 * time.Millisecond, Run: func(ctx context.Context, _ jobs.Task) error {
				<-ctx.Done()
				return ctx.Err()
			}})
		w.start(r)
		w.enqueue(r, jobs.Job{Kind: "later"}, jobs.Job{Kind: "panics"}, jobs.Job{Kind: "hangs"})
		w.waitStates("panics", map[string]int{"dead": 1})
		w.waitStates("hangs", map[string]int{"dead": 1})
		w.waitStates("later", map[string]int{"ready": 1})
		if got := w.runAt("later"); got != desk.TimeOf(w.clock.Now().Add(3*time.Hour)) {
			t.Errorf("again at %v", got.Std())
		}
	})
}

func TestFutureJobRunsByItsOwnTimer(t *testing.T) {
	db := testkit.SQLiteWith(t, store.Schema())
	s := store.New(db, desk.NewIDs(time.Now, 1, 0), time.Now, nil)
	ran := make(chan time.Time, 1)
	r := jobs.New(jobs.Config{Store: s, Now: time.Now, Rand: rand.Reader, Tick: time.Hour})
	r.Handle(jobs.Kind{Name: "a", Run: func(context.Context, jobs.Task) error { ran <- time.Now(); return nil }})
	w := &world{t: t, store: s}
	w.start(r)
	at := time.Now().Add(300 * time.Millisecond)
	w.enqueue(r, jobs.Job{Kind: "a", RunAt: desk.TimeOf(at)})
	select {
	case got := <-ran:
		if d := got.Sub(at); d < -time.Millisecond || d > 2*time.Second {
			t.Errorf("ran %v after its time", d)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("only the tick would have found it")
	}
}

func TestConcurrencyIsPerKind(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		var now, most atomic.Int32
		leave := make(chan struct{})
		r := w.runner(
			jobs.Kind{Name: "slow", Concurrency: 3, Run: func(context.Context, jobs.Task) error {
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				<-leave
				now.Add(-1)
				return nil
			}},
			jobs.Kind{Name: "quick", Run: func(context.Context, jobs.Task) error { return nil }})
		w.start(r)
		for range 10 {
			w.enqueue(r, jobs.Job{Kind: "slow"}, jobs.Job{Kind: "quick"})
		}
		w.waitStates("quick", map[string]int{"done": 10})
		w.waitStates("slow", map[string]int{"running": 3, "ready": 7})
		close(leave)
		w.waitStates("slow", map[string]int{"done": 10})
		if most.Load() != 3 {
			t.Errorf("%d ran at once, want 3", most.Load())
		}
	})
}
