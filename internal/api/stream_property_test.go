package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestV_StreamShowsTheList holds the stream to the rule V: whatever is
// committed, a browser that follows its stream has what the list has, its
// badges are the counters', and it was never told of a ticket that it could not
// see at some moment since it was last in step.
func TestV_StreamShowsTheList(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		p := newParade(t, db)
		rapid.Check(t, func(r *rapid.T) {
			p.march(r)
			p.check(r)
		})
	})
}

// mostContacts bounds the parade, whose every ticket is looked at after every
// step.
const mostContacts = 20

// parade is a house in which everything changes all the time.
type parade struct {
	*house
	ears    []*ear
	tickets []desk.ID
	phones  int

	sights  map[desk.ID][]desk.Sight  // of each ticket since the last check
	viewers map[desk.ID][]desk.Viewer // of each user since the last check
}

func newParade(t *testing.T, db *dbx.DB) *parade {
	p := &parade{house: newHouse(t, db)}
	for i := range 12 {
		p.arrive(p.queueOf(i), p.lineOf(i))
	}
	for _, user := range []desk.ID{p.boss, p.sonia, p.ana, p.bruno, p.ana} {
		p.ears = append(p.ears, p.listen(user))
	}
	p.settle(p.ears...)
	p.restart()
	return p
}

func (p *parade) queueOf(i int) desk.ID { return []desk.ID{p.vendas, p.suporte, 0}[i%3] }
func (p *parade) lineOf(i int) desk.ID  { return []desk.ID{p.one, p.two}[i/3%2] }

func (p *parade) arrive(queue, line desk.ID) {
	p.phones++
	ticket, _ := p.writes(fmt.Sprintf("55119%08d", p.phones), line, queue, "Olá")
	p.tickets = append(p.tickets, ticket.ID)
}

// restart begins to keep book anew.
func (p *parade) restart() {
	p.sights, p.viewers = map[desk.ID][]desk.Sight{}, map[desk.ID][]desk.Viewer{}
	p.note()
	for _, e := range p.ears {
		e.mu.Lock()
		e.frames, e.badges = nil, nil
		e.mu.Unlock()
	}
}

// note keeps what every ticket and viewer is like now.
func (p *parade) note() {
	p.Helper()
	for _, at := range p.tickets {
		t, err := p.s.Ticket(p.q(), p.account, at)
		if err != nil {
			p.Fatal(err)
		}
		p.sights[at] = append(p.sights[at], t.Sight())
	}
	for _, user := range []desk.ID{p.boss, p.sonia, p.ana, p.bruno} {
		p.viewers[user] = append(p.viewers[user], *p.viewer(user))
	}
}

// march changes something a few times.
func (p *parade) march(r *rapid.T) {
	for range rapid.IntRange(1, 6).Draw(r, "steps") {
		switch rapid.SampledFrom([]string{"move", "move", "move", "say", "say", "arrive", "member", "rule", "browser"}).Draw(r, "step") {
		case "move":
			p.move(r)
		case "say":
			p.say(r)
		case "arrive":
			if i := rapid.IntRange(0, 5).Draw(r, "where"); p.phones < mostContacts {
				p.arrive(p.queueOf(i), p.lineOf(i))
			}
		case "member":
			p.member(r)
		case "rule":
			key := rapid.SampledFrom([]string{"hide_assigned_to_others", "users_see_unqueued", "supervisor_scoped_to_queues",
				"hide_bot_tickets", "wallet_respects_queues"}).Draw(r, "key")
			p.settings(key, rapid.Bool().Draw(r, "on"))
		case "browser":
			i := rapid.IntRange(0, len(p.ears)-1).Draw(r, "which")
			_ = p.ears[i].body.Close()
			p.ears[i] = p.listenTo(p.ears[i].user, p.ears[i].session)
		}
		p.note()
	}
}

func (p *parade) move(r *rapid.T) {
	queue := rapid.SampledFrom([]desk.ID{0, p.vendas, p.suporte}).Draw(r, "queue")
	user := rapid.SampledFrom([]desk.ID{0, p.ana, p.bruno, p.sonia}).Draw(r, "user")
	wallet := rapid.SampledFrom([]desk.ID{0, 0, p.ana, p.bruno}).Draw(r, "wallet")
	bot, unread := rapid.Bool().Draw(r, "bot"), rapid.IntRange(0, 2).Draw(r, "unread")
	typ := rapid.SampledFrom([]desk.EventType{desk.EvTicketTransferred, desk.EvTicketUpdated, desk.EvTicketSeen}).Draw(r, "type")
	p.change(rapid.SampledFrom(p.tickets).Draw(r, "ticket"), typ, func(t *desk.Ticket) {
		if typ == desk.EvTicketSeen {
			t.Unread = unread
			return
		}
		t.QueueID, t.UserID, t.WalletUserID, t.Bot, t.Status = queue, user, wallet, bot, desk.Pending
		if user != 0 {
			t.Status = desk.Open
		}
	})
}

// say lets the contact of a ticket write again.
func (p *parade) say(r *rapid.T) {
	i := rapid.IntRange(1, p.phones).Draw(r, "phone")
	p.writes(fmt.Sprintf("55119%08d", i), p.lineOf(rapid.IntRange(0, 5).Draw(r, "line")), p.vendas, "Oi")
	p.know()
}

// know finds tickets that a message opened.
func (p *parade) know() {
	p.Helper()
	ids, err := p.list(p.boss)
	if err != nil {
		p.Fatal(err)
	}
	p.tickets = ids
}

func (p *parade) member(r *rapid.T) {
	user := rapid.SampledFrom([]desk.ID{p.ana, p.bruno, p.sonia}).Draw(r, "whose")
	queues := rapid.SliceOfDistinct(rapid.SampledFrom([]desk.ID{p.vendas, p.suporte}), rapid.ID[desk.ID]).Draw(r, "queues")
	lines := rapid.SliceOfDistinct(rapid.SampledFrom([]desk.ID{p.one, p.two}), rapid.ID[desk.ID]).Draw(r, "lines")
	role := rapid.SampledFrom([]desk.Role{desk.RoleUser, desk.RoleUser, desk.RoleSupervisor}).Draw(r, "role")
	p.updateUser(user, store.UserPatch{Queues: &queues, Connections: &lines, Role: &role})
}

// check lets the streams come to rest and compares.
func (p *parade) check(r *rapid.T) {
	p.settle(p.ears...)
	for _, e := range p.ears {
		if got, want := e.shows(), p.listed(e.user); !slices.Equal(got, want) {
			r.Fatalf("the stream of %d shows %v, the list %v", e.user, got, want)
		}
		p.checkFrames(r, e)
	}
	if rapid.IntRange(0, 3).Draw(r, "badges too") == 0 {
		p.checkBadges(r)
	}
	p.restart()
}

// checkFrames looks at each ticket that was named.
func (p *parade) checkFrames(r *rapid.T, e *ear) {
	e.mu.Lock()
	frames := slices.Clone(e.frames)
	e.mu.Unlock()
	for _, f := range frames {
		var x struct {
			Ticket   struct{ ID id }
			TicketID id `json:"ticket_id"`
			Message  struct {
				TicketID id `json:"ticket_id"`
			}
			Notification struct {
				TicketID id `json:"ticket_id"`
			}
		}
		if err := json.Unmarshal(f.text, &x); err != nil {
			r.Fatal(err)
		}
		for _, at := range []id{x.Ticket.ID, x.TicketID, x.Message.TicketID, x.Notification.TicketID} {
			if at != 0 && !p.couldSee(e.user, desk.ID(at)) {
				r.Fatalf("%d was told %s of a ticket never visible to her: %s", e.user, f.kind, f.text)
			}
		}
	}
}

func (p *parade) couldSee(user, ticket desk.ID) bool {
	for _, v := range p.viewers[user] {
		if slices.ContainsFunc(p.sights[ticket], v.CanSee) {
			return true
		}
	}
	return false
}

// checkBadges moves a ticket that everybody sees, so that everybody is told, and
// compares with the counters.
func (p *parade) checkBadges(r *rapid.T) {
	for _, user := range []desk.ID{p.boss, p.sonia, p.ana, p.bruno} {
		for _, unread := range []int{1, 0} {
			p.change(p.tickets[0], desk.EvTicketTransferred, func(t *desk.Ticket) {
				t.Status, t.UserID, t.Bot, t.QueueID, t.Unread = desk.Open, user, unread == 1, p.vendas, unread
			})
		}
		v := p.viewer(user)
		c, err := p.s.Counters(p.q(), v)
		if err != nil {
			r.Fatal(err)
		}
		for _, e := range p.ears {
			if e.user == user {
				e.counts(counters{Open: c.Open, Pending: c.Pending, Closed: c.Closed, Unread: c.Unread})
			}
		}
	}
	p.settle(p.ears...)
}
