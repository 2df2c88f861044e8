package desk

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// M3: every transition of features.md §3, with one neighbour that is refused.
func TestM3TransitionTable(t *testing.T) {
	cases := []struct {
		name    string
		from    TicketStatus
		step    Step
		to      TicketStatus
		refused TicketStatus // the same step from here is refused
	}{
		{"pending to pending, transfer between queues", Pending, StepTransferPool, Pending, Closed},
		{"pending to open, accept", Pending, StepAccept, Open, Open},
		{"pending to open, given to an agent", Pending, StepTransferTo, Open, Closed},
		{"pending to closed", Pending, StepClose, Closed, Closed},
		{"open to open, transfer to an agent", Open, StepTransferTo, Open, Closed},
		{"open to pending, return", Open, StepReturn, Pending, Pending},
		{"open to pending, transfer to a queue", Open, StepTransferPool, Pending, Closed},
		{"open to closed", Open, StepClose, Closed, Closed},
		{"closed to open, reopen", Closed, StepReopen, Open, Open},
		{"closed to pending, inbound within the window", Closed, StepResume, Pending, Open},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, err := c.from.After(c.step); err != nil || got != c.to {
				t.Errorf("%s: %s, %v; want %s", c.from, got, err, c.to)
			}
			got, err := c.refused.After(c.step)
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeInvalidTransition || e.Kind != Invalid || got != "" {
				t.Fatalf("from %s: %q, %v; want 422 invalid_transition", c.refused, got, err)
			}
			if e.Params["from"] != string(c.refused) || e.Params["step"] != string(c.step) {
				t.Errorf("params %v", e.Params)
			}
		})
	}
}

// The table above is the whole table.
func TestM3NothingElse(t *testing.T) {
	allowed := 0
	for _, from := range append(TicketStatuses(), "", "paused") {
		for _, step := range []Step{StepAccept, StepReturn, StepTransferTo, StepTransferPool, StepClose, StepReopen, StepResume, "", "delete"} {
			if _, err := from.After(step); err == nil {
				allowed++
			}
		}
	}
	if allowed != 10 {
		t.Errorf("%d transitions, the table has 10", allowed)
	}
}

// However long a life, a ticket is always in a known state and a closed one
// comes back only by reopening or by the contact's message.
func TestM3Walk(t *testing.T) {
	steps := []Step{StepAccept, StepReturn, StepTransferTo, StepTransferPool, StepClose, StepReopen, StepResume}
	rapid.Check(t, func(t *rapid.T) {
		status := rapid.SampledFrom(TicketStatuses()).Draw(t, "start")
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			step := rapid.SampledFrom(steps).Draw(t, "step")
			next, err := status.After(step)
			if err != nil {
				continue
			}
			if status == Closed && step != StepReopen && step != StepResume {
				t.Fatalf("%s brought a closed ticket to %s", step, next)
			}
			if next != Pending && next != Open && next != Closed {
				t.Fatalf("unknown state %q", next)
			}
			status = next
		}
	})
}
