package jobs

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

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
