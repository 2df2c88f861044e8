package desk

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Small numbers, so that queues, connections and users often coincide.
func drawViewer(t *rapid.T) *Viewer {
	ids := func(label string) []ID {
		s := rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(1, 4), func(n int) ID { return ID(n) }), 0, 3, rapid.ID[ID]).Draw(t, label)
		slices.Sort(s)
		return s
	}
	flag := rapid.Bool()
	return &Viewer{
		AccountID: 1, UserID: ID(rapid.IntRange(1, 3).Draw(t, "me")),
		Role:        rapid.SampledFrom(Roles()).Draw(t, "role"),
		Queues:      ids("queues"),
		Connections: ids("connections"),
		Rights: Rights{
			HideAssignedToOthers:     flag.Draw(t, "hide assigned"),
			HideBotTickets:           flag.Draw(t, "hide bot"),
			SupervisorScopedToQueues: flag.Draw(t, "scoped"),
			UsersSeeUnqueued:         flag.Draw(t, "unqueued"),
			WalletRespectsQueues:     flag.Draw(t, "wallet respects"),
		},
	}
}

func drawSight(t *rapid.T) Sight {
	return Sight{
		QueueID:      ID(rapid.IntRange(0, 4).Draw(t, "queue")),
		ConnectionID: ID(rapid.IntRange(1, 4).Draw(t, "connection")),
		UserID:       ID(rapid.IntRange(0, 3).Draw(t, "user")),
		WalletUserID: ID(rapid.IntRange(0, 3).Draw(t, "wallet")),
		Status:       rapid.SampledFrom(TicketStatuses()).Draw(t, "status"),
		Bot:          rapid.Bool().Draw(t, "bot"),
	}
}

// ruleV is the rule of features.md §2.0 as its sentence says it: what gives
// sight, minus what the settings hide.
func ruleV(v *Viewer, s Sight) bool {
	unqueued := v.Rights.UsersSeeUnqueued
	switch v.Role {
	case RoleAdmin:
		return true
	case RoleSupervisor:
		if !v.Rights.SupervisorScopedToQueues {
			return true
		}
		unqueued = true
	}
	mine := s.UserID == v.UserID
	myQueue := slices.Contains(v.Queues, s.QueueID) || (s.QueueID == 0 && unqueued)
	myConnection := len(v.Connections) == 0 || slices.Contains(v.Connections, s.ConnectionID)
	wallet := s.WalletUserID == v.UserID && !v.Rights.WalletRespectsQueues
	sees := mine || wallet || (myQueue && myConnection)
	if v.Role == RoleUser && !mine {
		hiddenAgent := v.Rights.HideAssignedToOthers && s.UserID != 0
		hiddenBot := v.Rights.HideBotTickets && s.Bot
		sees = sees && !hiddenAgent && !hiddenBot
	}
	return sees
}

func TestCanSeeIsRuleV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, s := drawViewer(t), drawSight(t)
		if got, want := v.CanSee(s), ruleV(v, s); got != want {
			t.Fatalf("CanSee is %v, the rule says %v: %+v %+v", got, want, *v, s)
		}
	})
}

// Membership only ever adds: who sees a ticket still sees it with one queue
// more, with a higher role, or once it is hers.
func TestCanSeeGrowsWithMembership(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, s := drawViewer(t), drawSight(t)
		if !v.CanSee(s) {
			return
		}
		more := *v
		more.Queues = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(v.Queues), ID(rapid.IntRange(1, 4).Draw(t, "added"))))))
		admin := *v
		admin.Role = RoleAdmin
		hers := s
		hers.UserID = v.UserID
		if !more.CanSee(s) || !admin.CanSee(s) || !v.CanSee(hers) {
			t.Fatalf("sight is lost: %+v %+v", *v, s)
		}
	})
}

// A viewer without user (an API token) owns no unassigned ticket.
func TestCanSeeWithoutUser(t *testing.T) {
	v := &Viewer{AccountID: 1, Role: RoleUser}
	if v.CanSee(Sight{QueueID: 1, ConnectionID: 1, Status: Pending}) {
		t.Error("nobody is not the agent of tickets without agent")
	}
}

func TestCanSeeChecks(t *testing.T) {
	const vendas, suporte, c1, c2, ana, bruno ID = 1, 2, 11, 12, 21, 22
	user := func(queues ...ID) *Viewer { return &Viewer{AccountID: 1, UserID: ana, Role: RoleUser, Queues: queues} }
	limited := user(vendas)
	limited.Connections = []ID{c1}
	hiding := user(vendas)
	hiding.Rights.HideAssignedToOthers = true
	noBots := user(vendas)
	noBots.Rights.HideBotTickets = true
	strict := user(vendas)
	strict.Rights.WalletRespectsQueues = true
	seesUnqueued := user()
	seesUnqueued.Rights.UsersSeeUnqueued = true
	supervisor := &Viewer{UserID: ana, Role: RoleSupervisor}
	scoped := &Viewer{UserID: ana, Role: RoleSupervisor, Queues: []ID{vendas}, Rights: Rights{SupervisorScopedToQueues: true}}
	cases := []struct {
		name string
		v    *Viewer
		s    Sight
		want bool
	}{
		{"V1 another queue", user(vendas), Sight{QueueID: suporte, ConnectionID: c1, Status: Pending}, false},
		{"V2 queue added", user(vendas, suporte), Sight{QueueID: suporte, ConnectionID: c1, Status: Pending}, true},
		{"V3 assigned outside her queues", user(vendas), Sight{QueueID: suporte, ConnectionID: c1, UserID: ana, Status: Open}, true},
		{"V4 another connection", limited, Sight{QueueID: vendas, ConnectionID: c2, Status: Pending}, false},
		{"V4 allowed connection", limited, Sight{QueueID: vendas, ConnectionID: c1, Status: Pending}, true},
		{"C30 wallet outside her queues", user(vendas), Sight{QueueID: suporte, ConnectionID: c2, WalletUserID: ana, Status: Pending}, true},
		{"wallet respects queues", strict, Sight{QueueID: suporte, ConnectionID: c2, WalletUserID: ana, Status: Pending}, false},
		{"assigned to somebody else", user(vendas), Sight{QueueID: vendas, ConnectionID: c1, UserID: bruno, Status: Open}, true},
		{"hidden when assigned to somebody else", hiding, Sight{QueueID: vendas, ConnectionID: c1, UserID: bruno, Status: Open}, false},
		{"hidden although her wallet", hiding, Sight{QueueID: vendas, ConnectionID: c1, UserID: bruno, WalletUserID: ana, Status: Open}, false},
		{"bot hidden", noBots, Sight{QueueID: vendas, ConnectionID: c1, Bot: true, Status: Pending}, false},
		{"unqueued hidden from users", user(vendas), Sight{ConnectionID: c1, Status: Pending}, false},
		{"unqueued by setting", seesUnqueued, Sight{ConnectionID: c1, Status: Pending}, true},
		{"supervisor sees all", supervisor, Sight{QueueID: suporte, ConnectionID: c2, UserID: bruno, Status: Open}, true},
		{"scoped supervisor", scoped, Sight{QueueID: suporte, ConnectionID: c2, Status: Pending}, false},
		{"scoped supervisor, unqueued", scoped, Sight{ConnectionID: c2, Status: Pending}, true},
	}
	for _, c := range cases {
		if got := c.v.CanSee(c.s); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMayUseQueue(t *testing.T) {
	v := &Viewer{UserID: 1, Role: RoleUser, Queues: []ID{3}}
	if !v.MayUseQueue(3) || v.MayUseQueue(4) || v.MayUseQueue(0) {
		t.Error("B6: a user opens tickets in her queues only")
	}
	for _, role := range []Role{RoleSupervisor, RoleAdmin} {
		v.Role = role
		if !v.MayUseQueue(4) {
			t.Errorf("%s may use every queue", role)
		}
	}
}
