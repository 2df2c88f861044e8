package desk

import "time"

// ClockSlack is how far a clock may be behind without anybody having set it.
const ClockSlack = 2 * time.Second

// ClockSense notices that the clock was set back: what waits for a time would
// wait that much longer. It belongs to one goroutine.
type ClockSense struct {
	wall Time
	mono time.Time // the process's own sense of time, which nobody sets
	owed time.Duration
}

// Heeded says that what waits has been told of what Back returned.
func (c *ClockSense) Heeded() { c.owed = 0 }

// Back is how far the clock was set back and nobody heeded it yet, 0 if it was
// not.
func (c *ClockSense) Back(wall Time, mono time.Time) time.Duration {
	expected := c.wall.Add(mono.Sub(c.mono))
	first := c.wall == 0
	c.wall, c.mono = wall, mono
	if !first {
		c.owed += behind(wall, expected)
	}
	return c.owed
}

// BackSince is the same for what happened while no process ran: the newest id
// tells how late it was then.
func BackSince(newest ID, wall Time) time.Duration {
	return behind(wall, newest.Time())
}

func behind(wall, expected Time) time.Duration {
	if d := time.Duration(expected-wall) * time.Millisecond; d > ClockSlack {
		return d
	}
	return 0
}
