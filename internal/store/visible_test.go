package store_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestV_OneRule holds the rule V in all its forms together: what CanSee
// allows is exactly what lists, counters, search and direct reading show.
func TestV_OneRule(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		p := newPlayground(t, db)
		rapid.Check(t, func(r *rapid.T) {
			p.change(r)
			p.check(r, p.viewer(r))
		})
		p.checkCounts()
	})
}

// playground is an account with tickets of every kind.
type playground struct {
	*world
	queues, lines, users []desk.ID
	tickets              []desk.ID
}

func newPlayground(t *testing.T, db *dbx.DB) *playground {
	p := &playground{world: newWorld(t, db)}
	p.queues, p.lines, p.users = []desk.ID{0}, nil, []desk.ID{0}
	for range 4 {
		p.queues, p.users, p.lines = append(p.queues, p.id()), append(p.users, p.id()), append(p.lines, p.id())
	}
	status := []desk.TicketStatus{desk.Pending, desk.Open, desk.Closed}
	for i := range 150 {
		at := p.ticket(desk.Ticket{Status: status[i%3], QueueID: p.queues[i%5], ConnectionID: p.lines[i/5%4],
			UserID: p.users[i/7%5], WalletUserID: p.users[i/11%5], Bot: i%4 == 0, QueuedAt: desk.Time(i / 3)})
		p.tickets = append(p.tickets, at.ID)
		if status[i%3] != desk.Closed {
			p.says(at, "um pedido comum")
		}
	}
	return p
}

// change moves some ticket somewhere else, so that counters and indexes have
// something to follow.
func (p *playground) change(r *rapid.T) {
	id := rapid.SampledFrom(p.tickets).Draw(r, "ticket")
	queue, user := rapid.SampledFrom(p.queues).Draw(r, "queue"), rapid.SampledFrom(p.users).Draw(r, "user")
	wallet, bot := rapid.SampledFrom(p.users).Draw(r, "wallet"), rapid.Bool().Draw(r, "bot")
	unread := rapid.IntRange(0, 2).Draw(r, "unread")
	closed := rapid.Bool().Draw(r, "closed")
	err := p.db.Do(p.Context(), func(tx *dbx.Tx) error {
		_, err := p.s.ChangeTicket(tx, p.account, id, desk.System(), func(t *desk.Ticket, e *desk.Event) error {
			t.QueueID, t.UserID, t.WalletUserID, t.Bot, t.Unread = queue, user, wallet, bot, unread
			if closed {
				t.Status = desk.Closed
			}
			e.Type = desk.EvTicketUpdated
			return nil
		})
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
}

func (p *playground) viewer(r *rapid.T) *desk.Viewer {
	some := func(ids []desk.ID, label string) []desk.ID {
		list := rapid.SliceOfDistinct(rapid.SampledFrom(ids), rapid.ID[desk.ID]).Draw(r, label)
		slices.Sort(list)
		return list
	}
	flag := func(label string) bool { return rapid.Bool().Draw(r, label) }
	return &desk.Viewer{
		AccountID:   p.account,
		UserID:      rapid.SampledFrom(p.users[1:]).Draw(r, "me"),
		Role:        rapid.SampledFrom([]desk.Role{desk.RoleUser, desk.RoleSupervisor, desk.RoleAdmin}).Draw(r, "role"),
		Queues:      some(p.queues[1:], "my queues"),
		Connections: some(p.lines, "my connections"),
		Rights: desk.Rights{HideAssignedToOthers: flag("hide assigned"), HideBotTickets: flag("hide bot"),
			SupervisorScopedToQueues: flag("scoped"), UsersSeeUnqueued: flag("unqueued"), WalletRespectsQueues: flag("wallet")},
	}
}

func (p *playground) check(r *rapid.T, v *desk.Viewer) {
	filter := p.filter(r)
	want := map[desk.TicketStatus][]desk.ID{}
	var unread int64
	var searchable, filtered []desk.ID
	for _, id := range p.tickets {
		t, err := p.s.Ticket(p.q(), p.account, id)
		if err != nil {
			r.Fatal(err)
		}
		_, err = p.s.VisibleTicket(p.q(), v, id)
		if got := err == nil; got != v.CanSee(t.Sight()) || err != nil && desk.CodeOf(err) != desk.CodeNotFound {
			r.Fatalf("GET of %+v by %+v: %v", t.Sight(), v, err)
		}
		if !v.CanSee(t.Sight()) {
			continue
		}
		want[t.Status] = append(want[t.Status], id)
		if t.LastMessageID != 0 {
			searchable = append(searchable, id)
		}
		if matches(filter, &t) {
			filtered = append(filtered, id)
		}
		if t.Unread > 0 && t.Live() && (t.UserID == v.UserID || t.UserID == 0 && t.Status == desk.Pending &&
			(t.QueueID == 0 && len(v.Queues) > 0 || v.MayUseQueue(t.QueueID))) {
			unread++
		}
	}
	for status, ids := range want {
		p.same(r, "list of "+string(status), p.pages(r, v, store.TicketFilter{Status: status}), ids)
	}
	all := slices.Concat(want[desk.Open], want[desk.Pending], want[desk.Closed])
	p.same(r, "list of all", p.pages(r, v, store.TicketFilter{}), all)
	p.same(r, "filtered list", p.pages(r, v, filter), filtered)
	p.same(r, "search", p.search(r, v), searchable)
	got, err := p.s.Counters(p.q(), v)
	if err != nil {
		r.Fatal(err)
	}
	expect := store.Counters{Open: int64(len(want[desk.Open])), Pending: int64(len(want[desk.Pending])),
		Closed: int64(len(want[desk.Closed])), Unread: unread}
	if got != expect {
		r.Fatalf("counters of %+v: got %+v, want %+v", v, got, expect)
	}
	n, err := p.s.CountTickets(p.q(), v, filter)
	if err != nil || n != len(filtered) {
		r.Fatalf("count of %+v: %d %v, want %d", filter, n, err, len(filtered))
	}
}

func (p *playground) filter(r *rapid.T) store.TicketFilter {
	some := func(ids []desk.ID, label string) []desk.ID {
		if !rapid.Bool().Draw(r, label+"?") {
			return nil
		}
		return rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, 3, rapid.ID[desk.ID]).Draw(r, label)
	}
	return store.TicketFilter{
		Status: rapid.SampledFrom([]desk.TicketStatus{"", desk.Pending, desk.Open, desk.Closed}).Draw(r, "status"),
		Queues: some(p.queues[1:], "queues"), Connections: some(p.lines, "lines"), Users: some(p.users[1:], "users"),
		Unread: rapid.Bool().Draw(r, "only unread"), Unassigned: rapid.Bool().Draw(r, "only unassigned"),
	}
}

func matches(f store.TicketFilter, t *desk.Ticket) bool {
	in := func(ids []desk.ID, id desk.ID) bool { return len(ids) == 0 || slices.Contains(ids, id) }
	return (f.Status == "" || t.Status == f.Status) && in(f.Queues, t.QueueID) && in(f.Connections, t.ConnectionID) &&
		in(f.Users, t.UserID) && (!f.Unread || t.Unread > 0) && (!f.Unassigned || t.UserID == 0)
}

// pages reads a list to its end.
func (p *playground) pages(r *rapid.T, v *desk.Viewer, f store.TicketFilter) []desk.ID {
	var ids []desk.ID
	l := store.List{Limit: rapid.IntRange(1, 100).Draw(r, "limit")}
	for range len(p.tickets) + 1 {
		page, err := p.s.TicketPage(p.q(), v, f, l)
		if err != nil {
			r.Fatal(err)
		}
		ids = append(ids, page.Items...)
		if l.Cursor = page.Next; l.Cursor == "" {
			return ids
		}
	}
	r.Fatal("the list never ends")
	return nil
}

// search reads all hits and returns their tickets.
func (p *playground) search(r *rapid.T, v *desk.Viewer) []desk.ID {
	var ids []desk.ID
	cursor := ""
	for range len(p.tickets) + 1 {
		res, err := p.s.Search(p.q(), v, "PEDIDO comum", cursor)
		if err != nil {
			r.Fatal(err)
		}
		for _, hit := range res.Messages {
			ids = append(ids, hit.TicketID)
		}
		if cursor = res.Next; cursor == "" {
			return ids
		}
	}
	r.Fatal("the search never ends")
	return nil
}

// same compares without order, but with repetitions.
func (p *playground) same(r *rapid.T, what string, got, want []desk.ID) {
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
