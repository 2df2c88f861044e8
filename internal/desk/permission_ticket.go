package desk

// TicketActions lists the actions of can[], in the order in which it has them.
func TicketActions() []Action {
	return []Action{
		ActAccept, ActPeek, ActReply, ActTemplate, ActReact, ActSeen, ActTyping,
		ActReturn, ActTransfer, ActClose, ActReopen, ActTag, ActSetType,
	}
}

// Abilities are what a ticket's connection can do, as far as it decides what
// the browser offers.
type Abilities struct {
	Templates bool
	Reactions bool
	Receipts  bool // reading and typing are shown to the contact
}

// offers reports whether the connection can carry the action.
func (b Abilities) offers(a Action) bool {
	switch a {
	case ActTemplate:
		return b.Templates
	case ActReact:
		return b.Reactions
	case ActTyping:
		return b.Receipts
	}
	return true
}

// Can lists what the viewer may do with the ticket now, so that the browser
// holds no matrix. It is empty for a ticket she can't see. Reply stays while
// the service window is closed: a message may wait in line for it.
func (v *Viewer) Can(t *Ticket, b Abilities) []Action {
	can := []Action{}
	for _, a := range TicketActions() {
		if b.offers(a) && v.MayOnTicket(a, t) {
			can = append(can, a)
		}
	}
	return can
}

// MayOnTicket reports whether the viewer may do the action with the ticket now.
func (v *Viewer) MayOnTicket(a Action, t *Ticket) bool { return v.bar(a, t) == "" }

// Allow returns nil if the viewer may do the action with the ticket now. Else
// it is a 404 for a ticket she can't see, a 403 when she lacks the right, and
// when only the ticket's state stands against it a 409 already_accepted, a 422
// read_only for what is written, a 422 queue_required for a return without
// queue or a 422 invalid_transition. Window, capabilities and a blocked contact
// are checked where messages are composed.
func (v *Viewer) Allow(a Action, t *Ticket) error {
	switch code := v.bar(a, t); code {
	case "":
		return nil
	case CodeNotFound:
		return Missing()
	case CodeForbidden:
		return Denied(code)
	case CodeAlreadyAccepted:
		return Clash(code)
	case CodeReadOnly:
		return Refuse(code).With("status", string(t.Status))
	case CodeInvalidTransition:
		return t.Status.refuse(stepOf(a))
	default:
		return Refuse(code)
	}
}

// bar is the code of what stands against an action, "" when nothing does. A
// list asks it a thousand times: it makes no errors.
func (v *Viewer) bar(a Action, t *Ticket) Code {
	switch {
	case !v.CanSee(t.Sight()):
		return CodeNotFound
	case !v.May(a):
		return CodeForbidden
	}
	if code := stateBar(a, t); code != "" {
		return code
	}
	if !v.holds(a, t) {
		return CodeForbidden
	}
	return ""
}

// actionSteps names the step that an action takes. A transfer is possible from
// the same states to a queue and to an agent.
var actionSteps = map[Action]Step{
	ActAccept: StepAccept, ActReturn: StepReturn, ActTransfer: StepTransferPool,
	ActClose: StepClose, ActReopen: StepReopen,
}

// stepOf is the step that an action takes; those without one bear their own
// name.
func stepOf(a Action) Step {
	if step, ok := actionSteps[a]; ok {
		return step
	}
	return Step(a)
}

// stateBar is what the ticket's state has against an action: the table of
// transitions, and that messages are written in open tickets only.
func stateBar(a Action, t *Ticket) Code {
	if a == ActAccept && t.Status == Open {
		return CodeAlreadyAccepted // somebody was faster (C7)
	}
	if step, ok := actionSteps[a]; ok {
		switch {
		case !t.Status.admits(step):
			return CodeInvalidTransition
		case a == ActReturn && t.QueueID == 0:
			return CodeQueueRequired // C11
		}
		return ""
	}
	switch a {
	case ActPeek:
		if t.Status != Pending {
			return CodeInvalidTransition
		}
	case ActReply, ActTemplate, ActReact, ActSeen, ActTyping:
		if t.Status != Open {
			return CodeReadOnly
		}
	}
	return ""
}

// holds reports whether the ticket is the viewer's to act on: open ones belong
// to the agent who serves them, and to supervisors; the rest to all who see it.
func (v *Viewer) holds(a Action, t *Ticket) bool {
	mine := t.UserID != 0 && t.UserID == v.UserID
	switch a {
	case ActSeen, ActTyping:
		return mine // a supervisor who looks on sends no receipts (E4)
	case ActReply, ActTemplate, ActReact, ActReturn:
		return mine || v.above()
	case ActTransfer:
		return mine || v.above() || t.Status == Pending
	case ActClose:
		if t.Status == Pending {
			return v.above() || v.Rights.UsersClosePending
		}
		return mine || v.above()
	}
	return true
}
