package desk

// Step is something that moves a ticket from one status to another.
type Step string

// Steps of a ticket's life that need no bot (features.md §3).
const (
	StepAccept       Step = "accept"
	StepReturn       Step = "return"
	StepTransferTo   Step = "transfer_agent" // to an agent
	StepTransferPool Step = "transfer_queue" // to a queue, nobody assigned
	StepClose        Step = "close"
	StepReopen       Step = "reopen"
	StepResume       Step = "resume" // inbound message within the reopen window
)

// steps is the whole table: what is not listed is refused.
var steps = map[TicketStatus]map[Step]TicketStatus{
	Pending: {StepAccept: Open, StepTransferPool: Pending, StepTransferTo: Open, StepClose: Closed},
	Open:    {StepReturn: Pending, StepTransferPool: Pending, StepTransferTo: Open, StepClose: Closed},
	Closed:  {StepReopen: Open, StepResume: Pending},
}

// After returns the status a ticket has after the step, or a 422
// invalid_transition.
func (s TicketStatus) After(step Step) (TicketStatus, error) {
	if !s.admits(step) {
		return "", s.refuse(step)
	}
	return steps[s][step], nil
}

// admits reports whether the step is possible from the status.
func (s TicketStatus) admits(step Step) bool {
	_, ok := steps[s][step]
	return ok
}

func (s TicketStatus) refuse(step Step) error {
	return Refuse(CodeInvalidTransition).With("from", string(s)).With("step", string(step))
}
