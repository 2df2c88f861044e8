package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var everyAbility = Abilities{Templates: true, Reactions: true, Receipts: true}

const (
	ana   ID = 1
	bruno ID = 2
	sales ID = 10
)

func inSales(role Role, r Rights) *Viewer {
	return &Viewer{AccountID: 1, UserID: ana, Role: role, Queues: []ID{sales}, Rights: r}
}

// can[] over role, status, agent and rights: the whole matrix of what is "o" or
// "s" in features.md §2.0.
func TestCan(t *testing.T) {
	usual := Rights{UsersCanPeek: true, UsersCanReopen: true}
	pending := &Ticket{QueueID: sales, Status: Pending}
	mine := &Ticket{QueueID: sales, UserID: ana, Status: Open}
	his := &Ticket{QueueID: sales, UserID: bruno, Status: Open}
	closed := &Ticket{QueueID: sales, UserID: bruno, Status: Closed}
	unseen := &Ticket{QueueID: 99, UserID: bruno, Status: Open}
	cases := []struct {
		name   string
		role   Role
		rights Rights
		ticket *Ticket
		want   string
	}{
		{"user, pending", RoleUser, usual, pending, "accept peek transfer tag set_type"},
		{"user, pending, no peeking", RoleUser, Rights{}, pending, "accept transfer tag set_type"},
		{"user, pending, may close", RoleUser, Rights{UsersClosePending: true}, pending, "accept transfer close tag set_type"},
		{"user, pre-assigned to another", RoleUser, usual, &Ticket{QueueID: sales, UserID: bruno, Status: Pending}, "accept peek transfer tag set_type"},
		{"user, hers", RoleUser, usual, mine, "reply template react seen typing return transfer close tag set_type"},
		{"user, another's", RoleUser, usual, his, "tag set_type"},
		{"user, closed", RoleUser, usual, closed, "reopen tag set_type"},
		{"user, closed, may not reopen", RoleUser, Rights{}, closed, "tag set_type"},
		{"user, invisible", RoleUser, usual, unseen, ""},
		{"supervisor, pending", RoleSupervisor, Rights{}, pending, "accept peek transfer close tag set_type"},
		{"supervisor, another's", RoleSupervisor, Rights{}, his, "reply template react return transfer close tag set_type"},
		{"supervisor, hers", RoleSupervisor, Rights{}, mine, "reply template react seen typing return transfer close tag set_type"},
		{"supervisor, closed", RoleSupervisor, Rights{}, closed, "reopen tag set_type"},
		{"supervisor, scoped, invisible", RoleSupervisor, Rights{SupervisorScopedToQueues: true}, unseen, ""},
		{"admin, another queue", RoleAdmin, Rights{}, unseen, "reply template react return transfer close tag set_type"},
		{"admin, without queue nothing to return to", RoleAdmin, Rights{}, &Ticket{UserID: ana, Status: Open}, "reply template react seen typing transfer close tag set_type"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := []Action{}
			for a := range strings.FieldsSeq(c.want) {
				want = append(want, Action(a))
			}
			if diff := cmp.Diff(want, inSales(c.role, c.rights).Can(c.ticket, everyAbility)); diff != "" {
				t.Errorf("can (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCanObeysTheConnection(t *testing.T) {
	v, mine := inSales(RoleUser, Rights{}), &Ticket{QueueID: sales, UserID: ana, Status: Open}
	cases := []struct {
		abilities Abilities
		action    Action
	}{
		{Abilities{Reactions: true, Receipts: true}, ActTemplate},
		{Abilities{Templates: true, Receipts: true}, ActReact},
		{Abilities{Templates: true, Reactions: true}, ActTyping},
	}
	all := v.Can(mine, everyAbility)
	for _, c := range cases {
		got := v.Can(mine, c.abilities)
		if slices.Contains(got, c.action) || len(got) != len(all)-1 {
			t.Errorf("without the ability for %s: %v", c.action, got)
		}
	}
}

func TestAllowRefusals(t *testing.T) {
	usual := Rights{UsersCanPeek: true, UsersCanReopen: true}
	cases := []struct {
		name   string
		v      *Viewer
		action Action
		ticket *Ticket
		kind   Kind
		code   Code
	}{
		{"V1 invisible", inSales(RoleUser, usual), ActAccept, &Ticket{QueueID: 99, Status: Pending}, NotFound, CodeNotFound},
		{"C7 accepted by another", inSales(RoleUser, usual), ActAccept, &Ticket{QueueID: sales, UserID: bruno, Status: Open}, Conflict, CodeAlreadyAccepted},
		{"accept closed", inSales(RoleAdmin, usual), ActAccept, &Ticket{QueueID: sales, Status: Closed}, Invalid, CodeInvalidTransition},
		{"C7 peek forbidden", inSales(RoleUser, Rights{}), ActPeek, &Ticket{QueueID: sales, Status: Pending}, Forbidden, CodeForbidden},
		{"peek at open", inSales(RoleAdmin, usual), ActPeek, &Ticket{QueueID: sales, Status: Open}, Invalid, CodeInvalidTransition},
		{"reply while peeking", inSales(RoleUser, usual), ActReply, &Ticket{QueueID: sales, Status: Pending}, Invalid, CodeReadOnly},
		{"reply to closed", inSales(RoleAdmin, usual), ActReply, &Ticket{QueueID: sales, UserID: ana, Status: Closed}, Invalid, CodeReadOnly},
		{"reply on another's", inSales(RoleUser, usual), ActReply, &Ticket{QueueID: sales, UserID: bruno, Status: Open}, Forbidden, CodeForbidden},
		{"E4 supervisor's seen", inSales(RoleSupervisor, usual), ActSeen, &Ticket{QueueID: sales, UserID: bruno, Status: Open}, Forbidden, CodeForbidden},
		{"C9 reopen forbidden", inSales(RoleUser, Rights{}), ActReopen, &Ticket{QueueID: sales, Status: Closed}, Forbidden, CodeForbidden},
		{"C9 reopen open", inSales(RoleUser, usual), ActReopen, &Ticket{QueueID: sales, UserID: ana, Status: Open}, Invalid, CodeInvalidTransition},
		{"C11 return without queue", inSales(RoleAdmin, usual), ActReturn, &Ticket{UserID: ana, Status: Open}, Invalid, CodeQueueRequired},
		{"C11 return pending", inSales(RoleAdmin, usual), ActReturn, &Ticket{QueueID: sales, Status: Pending}, Invalid, CodeInvalidTransition},
		{"C12 close pending", inSales(RoleUser, usual), ActClose, &Ticket{QueueID: sales, Status: Pending}, Forbidden, CodeForbidden},
		{"C12 close closed", inSales(RoleAdmin, usual), ActClose, &Ticket{QueueID: sales, Status: Closed}, Invalid, CodeInvalidTransition},
		{"C13 transfer closed", inSales(RoleAdmin, usual), ActTransfer, &Ticket{QueueID: sales, Status: Closed}, Invalid, CodeInvalidTransition},
		{"C13 transfer another's", inSales(RoleUser, usual), ActTransfer, &Ticket{QueueID: sales, UserID: bruno, Status: Open}, Forbidden, CodeForbidden},
		{"no such action", inSales(RoleAdmin, usual), "explode", &Ticket{QueueID: sales, Status: Open}, Forbidden, CodeForbidden},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var e *Error
			if err := c.v.Allow(c.action, c.ticket); !errors.As(err, &e) || e.Kind != c.kind || e.Code != c.code {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

// Nothing may be done with a ticket that can't be seen, nothing moves a ticket
// against the table of transitions, and supervisors may do all that users may.
func TestCanProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, s := drawViewer(t), drawSight(t)
		v.Rights.UsersCanPeek, v.Rights.UsersCanReopen = rapid.Bool().Draw(t, "peek"), rapid.Bool().Draw(t, "reopen")
		v.Rights.UsersClosePending = rapid.Bool().Draw(t, "close pending")
		ticket := &Ticket{QueueID: s.QueueID, ConnectionID: s.ConnectionID, UserID: s.UserID, WalletUserID: s.WalletUserID, Status: s.Status, Bot: s.Bot}
		can := v.Can(ticket, everyAbility)
		if !v.CanSee(s) && len(can) > 0 {
			t.Fatalf("an invisible ticket offers %v", can)
		}
		for _, a := range can {
			if step, moves := actionSteps[a]; moves {
				if _, err := s.Status.After(step); err != nil {
					t.Fatalf("%s is offered and refused: %v", a, err)
				}
			}
		}
		admin := *v
		admin.Role = RoleAdmin
		for _, a := range can {
			if !slices.Contains(admin.Can(ticket, everyAbility), a) {
				t.Fatalf("%s may %s, the administrator may not", v.Role, a)
			}
		}
	})
}

// A token without user is the agent of nothing, not of tickets without agent.
func TestAllowWithoutUser(t *testing.T) {
	v := &Viewer{AccountID: 1, Role: RoleAdmin}
	orphan := &Ticket{QueueID: sales, Status: Open}
	if v.MayOnTicket(ActSeen, orphan) || v.MayOnTicket(ActTyping, orphan) {
		t.Error("nobody's seen would send a receipt")
	}
}
