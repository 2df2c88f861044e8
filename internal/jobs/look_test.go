package jobs

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// A job that is committed while the table is read is not in the answer: what
// was told of it must outlive the look.
func TestWhatIsToldDuringALookIsKept(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	later := desk.TimeOf(noon.Add(time.Minute))
	var tell func()
	now := func() time.Time {
		if told := tell; told != nil {
			tell = nil
			told()
		}
		return noon
	}
	s := store.New(testkit.SQLiteWith(t, store.Schema()), desk.NewIDs(time.Now, 1, 0), time.Now, nil)
	r := New(Config{Store: s, Now: now, Rand: rand.Reader})
	r.Handle(Kind{Name: "a", Run: func(context.Context, Task) error { return nil }})
	r.work = t.Context()
	tell = func() { r.nudge("a", later) }
	if r.look(); r.next != later {
		t.Errorf("the next job is due at %d, want %d", r.next, later)
	}
	if r.look(); r.next != 0 {
		t.Errorf("the table is empty, but the next job is due at %d", r.next)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r.work = ended
	r.nudge("a", later)
	if r.look(); r.next != desk.TimeOf(noon.Add(retryLook)) {
		t.Errorf("after a failed look the next is at %d", r.next)
	}
}

// A runner that is alone looks rarely, and often once it is told that another
// has joined. When a dead one's lease ends it looks, whoever is there.
func TestAloneLooksRarely(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s := store.New(testkit.SQLiteWith(t, store.Schema()), desk.NewIDs(time.Now, 1, 0), func() time.Time { return noon }, nil)
	alone := true
	r := New(Config{Store: s, Now: func() time.Time { return noon }, Rand: rand.Reader, Alone: func() bool { return alone }})
	r.Handle(Kind{Name: "a", Run: func(context.Context, Task) error { return nil }})
	r.work = t.Context()
	r.look()
	if got := r.pause(noon); got != aloneTick {
		t.Errorf("alone it looks again in %v", got)
	}
	alone = false
	r.Wake()
	if got := r.pause(noon); got > time.Millisecond || !r.timeCame() {
		t.Errorf("told of another, it looks in %v", got)
	}
	r.look()
	if got := r.pause(noon); got != netTick {
		t.Errorf("beside another it looks again in %v", got)
	}

	lease := desk.TimeOf(noon).Add(2 * time.Second)
	err := s.DB.Do(t.Context(), func(tx *dbx.Tx) error { // the other one claims a job
		if err := r.Enqueue(tx, Job{Kind: "a"}); err != nil {
			return err
		}
		ids, err := s.DueJobs(tx, "a", false, desk.TimeOf(noon), 1)
		if err == nil {
			_, err = s.ClaimJobs(tx, ids, false, desk.TimeOf(noon), lease)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	alone = true
	r.look()
	if got := r.pause(noon); got < 2*time.Second || got > 2*time.Second+10*time.Millisecond {
		t.Errorf("the lease of a job ends in 2 s, it looks in %v", got)
	}
	noon = noon.Add(3 * time.Second)
	r.look()
	if got := r.pause(noon); got > retryLook || !r.dirty["a"] {
		t.Errorf("after a rescue it looks in %v, for whoever else was left; to be claimed: %v", got, r.dirty["a"])
	}
}
