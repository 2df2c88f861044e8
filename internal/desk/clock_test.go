package desk

import (
	"testing"
	"time"
)

func TestAClockThatIsSetBackIsNoticed(t *testing.T) {
	wall, mono := Time(1_000_000_000), time.Now()
	var c ClockSense
	for i, step := range []struct {
		wall, mono, want time.Duration
	}{
		{0, 0, 0}, // the first look
		{5 * time.Second, 5 * time.Second, 0},
		{4 * time.Second, 5 * time.Second, 0}, // a clock is never exact
		{time.Hour, time.Second, 0},           // set ahead: nothing waits longer
		{-time.Hour, 5 * time.Second, time.Hour + 5*time.Second},
		{5 * time.Second, 5 * time.Second, 0}, // told once
		{-time.Minute, 0, time.Minute},
		{-time.Hour, 0, time.Hour},
	} {
		wall, mono = wall.Add(step.wall), mono.Add(step.mono)
		if got := c.Back(wall, mono); got != step.want {
			t.Errorf("look %d: set back by %s, want %s", i, got, step.want)
		}
		c.Heeded()
	}
}

// Who could not do anything about it is told again, and of what was added.
func TestAStepOfTheClockIsOwedUntilItIsHeeded(t *testing.T) {
	wall, mono := Time(1_000_000_000), time.Now()
	var c ClockSense
	c.Back(wall, mono)
	c.Back(wall.Add(-time.Minute), mono)
	if got := c.Back(wall.Add(-time.Minute), mono); got != time.Minute {
		t.Errorf("again: %s", got)
	}
	if got := c.Back(wall.Add(-time.Hour), mono); got != time.Hour {
		t.Errorf("and more: %s", got)
	}
	c.Heeded()
	if got := c.Back(wall.Add(-time.Hour), mono); got != 0 {
		t.Errorf("heeded: %s", got)
	}
}

func TestTheNewestIDTellsOfAStepWhileNobodyRan(t *testing.T) {
	now := Time(1_800_000_000_000)
	for ahead, want := range map[time.Duration]time.Duration{-time.Hour: 0, time.Second: 0, time.Hour: time.Hour} {
		if got := BackSince(FirstID(now.Add(ahead)), now); got != want {
			t.Errorf("newest id %s ahead: %s, want %s", ahead, got, want)
		}
	}
	if got := BackSince(0, now); got != 0 {
		t.Errorf("no id: %s", got)
	}
}
