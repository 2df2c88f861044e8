package testkit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestClock(t *testing.T) {
	start := time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)
	c := testkit.NewClock(start)
	var log []string
	note := func(what string) { log = append(log, fmt.Sprint(what, c.Now().Sub(start))) }
	c.AfterFunc(3*time.Second, func() { note("c") })
	c.AfterFunc(time.Second, func() {
		note("a")
		c.AfterFunc(time.Second, func() { note("b") })
	})
	stop := c.AfterFunc(2*time.Second, func() { note("never") })
	after := c.After(2 * time.Second)
	if !stop() || stop() {
		t.Error("stop did not tell whether it came in time")
	}
	c.Advance(2 * time.Second)
	if got := fmt.Sprint(log); got != "[a1s b2s]" {
		t.Error(got)
	}
	if at := <-after; !at.Equal(start.Add(2 * time.Second)) {
		t.Error(at)
	}
	c.Advance(time.Minute)
	if got := fmt.Sprint(log); got != "[a1s b2s c3s]" || !c.Now().Equal(start.Add(62*time.Second)) {
		t.Error(got, c.Now())
	}
	c.Set(start)
	if !c.Now().Equal(start) {
		t.Error(c.Now())
	}
}
