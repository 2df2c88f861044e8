package bus

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func event(n int) desk.Event { return desk.Event{ID: desk.ID(n)} }

func TestEverySubscriberGetsEveryEventInOrder(t *testing.T) {
	b := New()
	const n = 1000
	var wg sync.WaitGroup
	got := make([][]desk.ID, 3)
	for i := range got {
		wg.Add(1)
		cancel := b.Subscribe("test", n, func(e desk.Event) {
			got[i] = append(got[i], e.ID)
			if len(got[i]) == n {
				wg.Done()
			}
		})
		defer cancel()
	}
	for i := range n {
		b.Publish(event(i + 1))
	}
	wg.Wait()
	for i, ids := range got {
		for j, id := range ids {
			if id != desk.ID(j+1) {
				t.Fatalf("subscriber %d: event %d at place %d", i, id, j)
			}
		}
	}
}

func TestPublishNeverWaitsAndOverflowIsTold(t *testing.T) {
	b := New()
	block, lost := make(chan struct{}), make(chan struct{}, 1)
	seen := make(chan desk.ID, 100)
	cancel := b.Subscribe("slow", 3, func(e desk.Event) {
		if e.ID == 1 {
			<-block
		}
		seen <- e.ID
	}, OnLost(func() { lost <- struct{}{} }))
	defer cancel()
	b.Publish(event(1))
	waitTaken(t, b)
	for i := 2; i <= 5; i++ { // 2, 3, 4 fill the queue, 5 overflows it
		b.Publish(event(i))
	}
	b.Publish(event(6))
	close(block)
	if id := <-seen; id != 1 {
		t.Fatalf("first event %d, want 1", id)
	}
	<-lost
	if id := <-seen; id != 6 {
		t.Fatalf("after the loss came %d, want 6: the rest is covered by the resync", id)
	}
}

func TestALossIsToldToAllAndTakesNothingAway(t *testing.T) {
	for reads, want := range map[bool]string{true: "1 lost 2", false: "1 2"} {
		b := New()
		block, got := make(chan struct{}), make(chan string, 10)
		var opts []Option
		if reads {
			opts = append(opts, OnLost(func() { got <- "lost" }))
		}
		cancel := b.Subscribe("test", 3, func(e desk.Event) {
			if e.ID == 1 {
				<-block
			}
			got <- fmt.Sprint(e.ID)
		}, opts...)
		b.Publish(event(1))
		waitTaken(t, b)
		b.Publish(event(2))
		b.Lose()
		close(block)
		var list []string
		for range strings.Fields(want) {
			list = append(list, <-got)
		}
		if told := strings.Join(list, " "); told != want {
			t.Errorf("told %q, want %q", told, want)
		}
		cancel()
	}
}

// waitTaken waits until the only subscriber has taken what was queued.
func waitTaken(t *testing.T, b *Bus) {
	t.Helper()
	s := b.subs[0]
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		empty := len(s.queue) == 0
		s.mu.Unlock()
		if empty {
			return
		}
	}
	t.Fatal("the subscriber did not take its event")
}

func TestCancelWaitsForTheCallInProgressAndEndsDelivery(t *testing.T) {
	b := New()
	entered, leave := make(chan struct{}), make(chan struct{})
	calls := 0
	cancel := b.Subscribe("test", 10, func(desk.Event) {
		calls++
		close(entered)
		<-leave
	})
	b.Publish(event(1))
	b.Publish(event(2))
	<-entered
	done := make(chan struct{})
	go func() { cancel(); close(done) }()
	select {
	case <-done:
		t.Fatal("cancel returned while the subscriber was being called")
	case <-time.After(20 * time.Millisecond):
	}
	close(leave)
	<-done
	b.Publish(event(3))
	if calls != 1 {
		t.Fatalf("%d calls, want 1", calls)
	}
}

func TestPanicOfOneSubscriberHarmsNobody(t *testing.T) {
	b := New()
	got := make(chan desk.ID, 10)
	defer b.Subscribe("bad", 10, func(e desk.Event) {
		if e.ID == 1 {
			panic("boom")
		}
		got <- e.ID
	})()
	b.Publish(event(1))
	b.Publish(event(2))
	if id := <-got; id != 2 {
		t.Fatalf("got %d, want 2", id)
	}
}

func TestConcurrentPublishSubscribeCancel(t *testing.T) {
	b := New()
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(2)
		go func() {
			defer wg.Done()
			for i := range 500 {
				b.Publish(event(i + 1))
			}
		}()
		go func() {
			defer wg.Done()
			for range 50 {
				b.Subscribe("x", 4, func(desk.Event) {}, OnLost(func() {}))()
			}
		}()
	}
	wg.Wait()
}
