package api

import (
	"fmt"
	"slices"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// The first sentence: what lands in a queue appears at once for exactly
// those who belong to it, on their streams too, and nowhere for the others.
func TestV1_StreamTellsMembersOnly(t *testing.T) {
	eachHouse(t, func(h *house) {
		ana, bruno, boss := h.listen(h.ana), h.listen(h.bruno), h.listen(h.boss)
		ticket, m := h.writes("5511987654321", h.one, h.suporte, "Olá")
		first := []string{"ticket.added " + ticket.ID.String(), "event.created ticket.created", "message.created " + m.ID.String()}
		for _, e := range []*ear{bruno, boss} {
			got := slices.DeleteFunc(e.told(), func(s string) bool { return s == frameNotification || s[:8] == "register" })
			got = slices.DeleteFunc(got, func(s string) bool { return s == "ticket.updated "+ticket.ID.String() }) // of a second round
			if !slices.Equal(got, first) {
				t.Fatalf("told %q, want %q", got, first)
			}
			e.counts(counters{Pending: 1, Unread: 1})
		}
		ana.hears("register.changed contacts " + ticket.ContactID.String())
		_, m = h.writes("5511987654321", h.one, h.suporte, "Alguém?")
		bruno.hears("ticket.updated "+ticket.ID.String(), "message.created "+m.ID.String())
		ana.hears()
		if ana.badges != nil {
			t.Fatalf("Ana was told badges: %+v", ana.badges)
		}
		if got := h.listed(h.ana); len(got) != 0 {
			t.Fatalf("Ana's lists hold %v", got)
		}
	})
}

// E11, V2: who joins a queue sees its tickets without a new login, and what she
// loses vanishes. Membership comes directly, through teams, and goes with a
// queue.
func TestV2_E11_MembershipCountsOnOpenStreams(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.suporte, "Olá")
		ana := h.listen(h.ana)
		me := "register.changed users " + h.ana.String()
		var team desk.Team
		for _, step := range []struct {
			what   string
			change func()
			sees   bool
			told   []string
		}{
			{"added to the queue", func() { h.queues(h.ana, h.vendas, h.suporte) }, true, []string{frameScope, me}},
			{"removed from it", func() { h.queues(h.ana, h.vendas) }, false, []string{frameScope, me}},
			{"in a team with it", func() {
				h.do(func(tx *dbx.Tx) (err error) {
					team, err = h.s.CreateTeam(tx, h.operator(), store.TeamNew{Name: "Plantão", Members: []desk.ID{h.ana}, Queues: []desk.ID{h.suporte}})
					return err
				})
			}, true, []string{frameScope, "register.changed teams"}},
			{"the team is gone", func() {
				h.do(func(tx *dbx.Tx) error { return h.s.DeleteTeam(tx, h.operator(), team.ID) })
			}, false, []string{frameScope, "register.changed teams"}},
			{"made a supervisor", func() { role := desk.RoleSupervisor; h.updateUser(h.ana, store.UserPatch{Role: &role}) }, true, []string{frameScope, me}},
			{"a user again", func() { role := desk.RoleUser; h.updateUser(h.ana, store.UserPatch{Role: &role}) }, false, []string{frameScope, me}},
		} {
			step.change()
			got := ana.told()
			for i, s := range got {
				if team.ID != 0 && s == "register.changed teams "+team.ID.String() {
					got[i] = "register.changed teams"
				}
			}
			if !slices.Equal(got, step.told) {
				t.Fatalf("%s: told %q, want %q", step.what, got, step.told)
			}
			if sees := slices.Contains(ana.shows(), ticket.ID); sees != step.sees {
				t.Fatalf("%s: shown %v", step.what, sees)
			}
			_, m := h.writes("5511987654321", h.one, h.suporte, "E agora?")
			var want []string
			if step.sees {
				want = []string{"ticket.updated " + ticket.ID.String(), "message.created " + m.ID.String()}
			}
			ana.hears(want...)
		}
	})
}

// A queue that is deleted takes its closed tickets out of its members' lists, a
// connection its limits.
func TestV2_StreamAfterDeletions(t *testing.T) {
	eachHouse(t, func(h *house) {
		both := []desk.ID{h.one, h.two}
		h.updateUser(h.ana, store.UserPatch{Connections: &both})
		ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
		h.change(ticket.ID, desk.EvTicketClosed, func(t *desk.Ticket) { t.Status, t.ClosedAt = desk.Closed, h.now() })
		ana := h.listen(h.ana)
		ana.forget()
		if got := ana.shows(); !slices.Equal(got, []desk.ID{ticket.ID}) {
			t.Fatalf("shows %v", got)
		}
		h.do(func(tx *dbx.Tx) error { return h.s.DeleteQueue(tx, h.operator(), h.vendas) })
		ana.hears(frameScope, "register.changed queues "+h.vendas.String())
		if got := ana.shows(); len(got) != 0 {
			t.Fatalf("still shows %v", got)
		}
		h.do(func(tx *dbx.Tx) error { return h.s.DeleteConnection(tx, h.operator(), h.two) })
		ana.hears(frameScope)
	})
}

// The change is in force for what follows it in the same breath.
func TestE11_OrderOfChangeAndMessage(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.suporte, "Olá")
		bruno := h.listen(h.bruno)
		bruno.forget()
		for i := range 20 {
			h.queues(h.bruno)
			h.writes("5511987654321", h.one, h.suporte, fmt.Sprint("fora ", i))
			for _, s := range bruno.told() {
				if s != frameScope && s != "register.changed users "+h.bruno.String() {
					t.Fatalf("round %d: told %s after he left the queue", i, s)
				}
			}
			h.queues(h.bruno, h.suporte)
			_, m := h.writes("5511987654321", h.one, h.suporte, fmt.Sprint("dentro ", i))
			if got := bruno.told(); !slices.Contains(got, "message.created "+m.ID.String()) || !slices.Contains(bruno.shows(), ticket.ID) {
				t.Fatalf("round %d: told %q after he came back", i, got)
			}
		}
	})
}

// V3: what is assigned to her she sees wherever it is.
func TestV3_StreamTellsTheAssignedAgent(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.suporte, "Olá")
		ana := h.listen(h.ana)
		ana.forget()
		h.change(ticket.ID, desk.EvTicketTransferred, func(t *desk.Ticket) { t.Status, t.UserID, t.QueuedAt = desk.Open, h.ana, 0 })
		at := ticket.ID.String()
		ana.hears("ticket.added "+at, "event.created ticket.transferred", frameNotification)
		ana.counts(counters{Open: 1, Unread: 1})
		h.change(ticket.ID, desk.EvTicketReturned, func(t *desk.Ticket) { t.Status, t.UserID, t.QueuedAt = desk.Pending, 0, h.now() })
		ana.hears("ticket.removed " + at)
		ana.counts(counters{})
	})
}

// V4: who is limited to one connection hears of no other, not even of its
// health.
func TestV4_StreamRespectsConnections(t *testing.T) {
	eachHouse(t, func(h *house) {
		only := []desk.ID{h.one}
		h.updateUser(h.ana, store.UserPatch{Connections: &only})
		ana := h.listen(h.ana)
		ana.forget()
		for _, line := range []desk.ID{h.one, h.two} {
			h.do(func(tx *dbx.Tx) error {
				_, err := h.s.SetConnectionHealth(tx, h.account, line, desk.System(), store.ConnectionHealth{State: desk.Degraded, Reason: "flagged"})
				return err
			})
		}
		ana.hears("connection.state "+h.one.String(), "register.changed connections "+h.one.String())
		ticket, m := h.writes("5511987654321", h.one, h.vendas, "Olá")
		ana.told()
		if got := ana.shows(); !slices.Equal(got, []desk.ID{ticket.ID}) {
			t.Fatalf("shows %v", got)
		}
		h.writes("5511900000000", h.two, h.vendas, "Olá")
		for _, s := range ana.told() {
			if s[:8] != "register" {
				t.Fatalf("told %s of another connection (%v)", s, m.ID)
			}
		}
	})
}

// A transfer: those who lose sight are told so, those who gain it get the
// ticket, and both frames carry its version.
func TestStreamTransferGainsAndLosses(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
		ana, bruno, sonia := h.listen(h.ana), h.listen(h.bruno), h.listen(h.sonia)
		ana.forget()
		h.ok(h.desk.Transfer(h.Context(), h.viewer(h.ana), ticket.ID, h.suporte, 0))
		at := ticket.ID.String()
		var gone ticketRemovedFrame
		ana.last(frameTicketRemoved, &gone)
		var added struct {
			Version int64
			Ticket  struct{ Version int64 }
		}
		bruno.last(frameTicketAdded, &added)
		row, err := h.s.Ticket(h.q(), h.account, ticket.ID)
		if err != nil {
			t.Fatal(err)
		}
		if gone.Version != row.Rev || added.Version != row.Rev || added.Ticket.Version != row.Rev {
			t.Fatalf("versions %d and %+v, the ticket has %d", gone.Version, added, row.Rev)
		}
		ana.hears("ticket.removed " + at)
		bruno.hears("ticket.added "+at, "event.created ticket.transferred", frameNotification)
		sonia.hears("ticket.updated "+at, "event.created ticket.transferred")
		ana.counts(counters{})
		bruno.counts(counters{Pending: 1, Unread: 1})
	})
}

// hide_assigned_to_others: accepting takes a ticket from colleagues' lists,
// returning gives it back, on open streams too.
func TestStreamHidesAssignedToOthers(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.queues(h.bruno, h.vendas)
		ticket, _ := h.writes("5511987654321", h.one, h.vendas, "Olá")
		ana, bruno := h.listen(h.ana), h.listen(h.bruno)
		ana.forget()
		bruno.forget()
		h.settings("hide_assigned_to_others", true)
		bruno.hears(frameScope)
		at := ticket.ID.String()
		h.ok(h.desk.Accept(h.Context(), h.viewer(h.ana), ticket.ID, 0))
		bruno.hears("ticket.removed " + at)
		_, m := h.writes("5511987654321", h.one, h.vendas, "Oi")
		bruno.hears()
		ana.hears(frameScope, "ticket.updated "+at, "event.created ticket.accepted", "ticket.updated "+at, "message.created "+m.ID.String())
		h.ok(h.desk.Return(h.Context(), h.viewer(h.ana), ticket.ID))
		bruno.hears("ticket.added "+at, "event.created ticket.returned", frameNotification)
		h.settings("hide_assigned_to_others", false)
		h.ok(h.desk.Accept(h.Context(), h.viewer(h.ana), ticket.ID, 0))
		bruno.hears(frameScope, "ticket.updated "+at, "event.created ticket.accepted")
	})
}

// The owner of the wallet sees her contacts' tickets wherever they are.
func TestStreamFollowsTheWallet(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, _ := h.writes("5511987654321", h.one, h.suporte, "Olá")
		ana := h.listen(h.ana)
		ana.forget()
		own := func(owner desk.ID) {
			h.do(func(tx *dbx.Tx) error {
				_, err := h.s.UpdateContact(tx, h.operator(), ticket.ContactID, store.ContactPatch{OwnerUserID: &owner})
				return err
			})
		}
		own(h.ana)
		if got := ana.told(); !slices.Contains(got, "ticket.added "+ticket.ID.String()) {
			t.Fatalf("told %q", got)
		}
		own(0)
		if got := ana.told(); !slices.Contains(got, "ticket.removed "+ticket.ID.String()) {
			t.Fatalf("told %q", got)
		}
	})
}

// A ticket that was taken back (B9 refused) leaves with a version that no frame
// follows; a message without a ticket is told to nobody.
func TestStreamOfWhatIsNoMore(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, m := h.writes("5511987654321", h.one, h.vendas, "Olá")
		boss := h.listen(h.boss)
		boss.forget()
		h.do(func(tx *dbx.Tx) error {
			_, err := h.s.RemoveRefused(tx, desk.System(), ticket, m)
			return err
		})
		var gone ticketRemovedFrame
		boss.last(frameTicketRemoved, &gone)
		if gone.Version != lastVersion {
			t.Fatalf("version %d", gone.Version)
		}
		boss.hears("ticket.removed " + ticket.ID.String())
		m.ID, m.TicketID, m.ProviderID = h.s.IDs.Next(), 0, ""
		h.do(func(tx *dbx.Tx) error {
			if err := h.s.InsertMessage(tx, &m); err != nil {
				return err
			}
			return h.s.RecordMessage(tx, desk.EvMessageCreated, desk.System(), &m, nil, nil)
		})
		boss.hears()
	})
}

// An event that comes late is judged by what the ticket is now: who may have
// been shown it is told that it is gone, nobody is told what it was.
func TestStreamJudgesByTheNewestState(t *testing.T) {
	eachHouse(t, func(h *house) {
		ticket, m := h.writes("5511987654321", h.one, h.suporte, "Olá")
		ana, bruno := h.listen(h.ana), h.listen(h.bruno)
		ana.forget()
		bruno.forget()
		then := ticket.Sight()
		then.QueueID = h.vendas
		now := ticket.Sight()
		late := []desk.Event{
			{Type: desk.EvTicketTransferred, Entity: "ticket", Before: &now, After: &then},
			{Type: desk.EvMessageReceived, Entity: "message", MessageID: m.ID, After: &then},
		}
		for _, e := range late {
			e.ID, e.AccountID, e.TicketID, e.Actor = h.s.IDs.Next(), h.account, ticket.ID, desk.System()
			h.bus.Publish(e)
		}
		for _, s := range ana.told() {
			if s != "ticket.removed "+ticket.ID.String() {
				t.Fatalf("Ana was told %s", s)
			}
		}
		if got := bruno.told(); !slices.Contains(got, "ticket.added "+ticket.ID.String()) || !slices.Contains(got, "message.created "+m.ID.String()) {
			t.Fatalf("Bruno was told %q", got)
		}
	})
}

// What belongs to another account is not heard.
func TestStreamsOfAccountsAreApart(t *testing.T) {
	eachHouse(t, func(h *house) {
		boss := h.listen(h.boss)
		boss.forget()
		ours := h.account
		h.do(h.found)
		h.writes("5511987654321", h.one, h.vendas, "Olá")
		h.account = ours
		boss.hears()
	})
}
