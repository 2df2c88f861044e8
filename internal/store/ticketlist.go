package store

import (
	"math"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// place is a ticket's position in its list.
type place struct {
	At     desk.Time         `json:"a"`
	ID     desk.ID           `json:"i"`
	Status desk.TicketStatus `json:"s"` // of the list, so that a cursor fits one tab only
}

// TicketPage lists visible tickets: pending ones first come first, open and
// closed ones by last activity, all by activity (decisions.md 14). Pages hold
// no ticket twice; what moves up meanwhile arrives by the stream.
func (s *Store) TicketPage(q dbx.Querier, v *desk.Viewer, f TicketFilter, l List) (Page[desk.ID], error) {
	p, err := s.newTicketPlan(q, v, f)
	if err != nil {
		return Page[desk.ID]{}, err
	}
	from := place{At: math.MaxInt64, ID: math.MaxInt64, Status: f.Status}
	if p.ascending() {
		from = place{Status: f.Status, At: -1}
	}
	if l.Cursor != "" {
		if err := decodeCursor(l.Cursor, &from); err != nil {
			return Page[desk.ID]{}, err
		}
		if from.Status != f.Status {
			return Page[desk.ID]{}, badCursor()
		}
	}
	var a dbx.Args
	text := p.text(&a, from, pageSize(l.Limit)+1)
	found, err := dbx.All(q, func(r dbx.Scanner) (place, error) {
		at := place{Status: f.Status}
		err := r.Scan(&at.At, &at.ID)
		return at, err
	}, text, a.Values()...)
	if err != nil {
		return Page[desk.ID]{}, err
	}
	places := pageOf(l, found, func(p place) any { return p })
	page := Page[desk.ID]{Next: places.Next, Items: make([]desk.ID, len(places.Items))}
	for i, at := range places.Items {
		page.Items[i] = at.ID
	}
	return page, nil
}

// countLimit is where a filtered count stops and the browser shows "999+".
const countLimit = 1000

// CountTickets counts visible tickets that match a filter, up to 1000.
func (s *Store) CountTickets(q dbx.Querier, v *desk.Viewer, f TicketFilter) (int, error) {
	p, err := s.newTicketPlan(q, v, f)
	if err != nil {
		return 0, err
	}
	from := place{At: math.MaxInt64, ID: math.MaxInt64}
	if p.ascending() {
		from = place{At: -1}
	}
	var a dbx.Args
	var n int
	err = q.QueryRow(`SELECT COUNT(*) FROM (`+p.text(&a, from, countLimit)+`) AS found`, a.Values()...).Scan(&n)
	return n, err
}

// ticketPlan reads a list as a merge of index ranges: each range is read in
// the order of the list and only as far as the page needs, and every row is
// tested by the whole filter and by visibility. Ranges only have to cover what
// may be shown; that they do not leave out anything is what the property test
// shows. An IN over a mixed index would read and sort everything instead.
type ticketPlan struct {
	viewer *desk.Viewer
	filter TicketFilter
	ranges []ticketRange
	byTag  bool // few tickets have the tags: read those and sort them
}

// ticketRange is one part of an index: a column with one value, of one status.
type ticketRange struct {
	column string // "" = the whole account
	value  desk.ID
	status desk.TicketStatus
}

const (
	// maxRanges bounds the size of the statement. Whoever is in more queues
	// sees most tickets anyway, and reads the account's own range.
	maxRanges = 60
	// fewTagged is up to how many tickets with the wanted tags are read and
	// sorted rather than looked for in the order of the list.
	fewTagged = 2000
)

func (s *Store) newTicketPlan(q dbx.Querier, v *desk.Viewer, f TicketFilter) (*ticketPlan, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	p := &ticketPlan{viewer: v, filter: f}
	for _, status := range p.statuses() {
		p.ranges = append(p.ranges, p.cover(status)...)
	}
	if len(p.ranges) > maxRanges {
		p.ranges = nil
		for _, status := range p.statuses() {
			p.ranges = append(p.ranges, ticketRange{status: status})
		}
	}
	if len(f.Tags) == 0 || f.ContactID != 0 || p.unread() {
		return p, nil
	}
	var a dbx.Args
	var n int
	err := q.QueryRow(`SELECT COUNT(*) FROM (`+tagged(&a, a.Add(v.AccountID), f.Tags)+limit(fewTagged+1)+`) AS tagged`,
		a.Values()...).Scan(&n)
	p.byTag = n <= fewTagged
	return p, err
}

func (p *ticketPlan) statuses() []desk.TicketStatus {
	if p.filter.Status != "" {
		return []desk.TicketStatus{p.filter.Status}
	}
	return []desk.TicketStatus{desk.Open, desk.Pending, desk.Closed}
}

func (p *ticketPlan) ascending() bool { return p.filter.Status == desk.Pending }

// cover returns ranges that hold everything of a status that the viewer may
// see and the filter wants.
func (p *ticketPlan) cover(status desk.TicketStatus) []ticketRange {
	f, v := p.filter, p.viewer
	if len(f.Users) > 0 {
		return rangesOf("user_id", sortedIDs(f.Users), status)
	}
	if !v.Scoped() {
		if len(f.Queues) > 0 {
			return rangesOf("queue_id", f.Queues, status)
		}
		return []ticketRange{{status: status}}
	}
	queues := visibleQueues(v)
	if len(f.Queues) > 0 {
		queues = slices.DeleteFunc(slices.Clone(queues), func(id desk.ID) bool { return !slices.Contains(f.Queues, id) })
	}
	list := append(rangesOf("queue_id", queues, status), ticketRange{"user_id", v.UserID, status})
	if !v.Rights.WalletRespectsQueues {
		list = append(list, ticketRange{"wallet_user_id", v.UserID, status})
	}
	return list
}

func rangesOf(column string, ids []desk.ID, status desk.TicketStatus) []ticketRange {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	list := make([]ticketRange, 0, len(ids)+2)
	for _, id := range slices.Compact(ids) {
		list = append(list, ticketRange{column, id, status})
	}
	return list
}

// text returns the statement that reads (sort_at, id) of up to most tickets
// after a place.
func (p *ticketPlan) text(a *dbx.Args, from place, most int) string {
	order, compare := " ORDER BY sort_at DESC, id DESC", "<"
	if p.ascending() {
		order, compare = " ORDER BY sort_at, id", ">"
	}
	after := ` AND (t.sort_at, t.id) ` + compare + ` (` + a.Add(from.At) + `, ` + a.Add(from.ID) + `)`
	account := a.Add(p.viewer.AccountID)
	match := p.match(a)
	if p.few() {
		return `SELECT t.sort_at, t.id FROM ` + p.source(a, account) + ` WHERE ` + p.statusIs(a) + match + after + order + limit(most)
	}
	parts := make([]string, len(p.ranges))
	for i, r := range p.ranges {
		parts[i] = `SELECT * FROM (SELECT t.sort_at, t.id FROM ticket t WHERE t.account_id = ` + account + r.condition(a) +
			match + after + order + limit(most) + `) AS part`
	}
	return `SELECT DISTINCT sort_at, id FROM (` + strings.Join(parts, " UNION ALL ") + `) AS found` + order + limit(most)
}

// condition names the range the way its index is laid out. The user and wallet
// indexes are partial.
func (r ticketRange) condition(a *dbx.Args) string {
	text := ` AND t.status = ` + a.Add(r.status)
	switch r.column {
	case "":
		return text
	case "queue_id":
		return ` AND t.queue_id = ` + a.Add(r.value) + text
	}
	return ` AND t.` + r.column + ` = ` + a.Add(r.value) + ` AND t.` + r.column + ` <> 0` + text
}

// few reports whether what the filter wants is so little that it is read
// whole and sorted: one contact's tickets, rare tags, and unread ones other
// than open or pending, where they are not rare.
func (p *ticketPlan) few() bool {
	return p.filter.ContactID != 0 || p.byTag || p.unread()
}

func (p *ticketPlan) unread() bool {
	return p.filter.Unread && (p.filter.Status == "" || p.filter.Status == desk.Closed)
}

// source is a CTE-like fence around the few, so that no planner takes the road
// over the list's order instead.
func (p *ticketPlan) source(a *dbx.Args, account string) string {
	var where string
	switch {
	case p.filter.ContactID != 0:
		where = `account_id = ` + account + ` AND contact_id = ` + a.Add(p.filter.ContactID)
	case p.unread():
		where = `account_id = ` + account + unreadRange
	default: // see TicketViews about the plus
		where = `+account_id = ` + account + ` AND id IN (` + tagged(a, account, p.filter.Tags) + `)`
	}
	return `(SELECT id, account_id, sort_at, status, contact_id, queue_id, connection_id, user_id, wallet_user_id, bot, unread
		FROM ticket WHERE ` + where + ` LIMIT 1000000) AS t`
}

// unreadRange has SQLite read ticket_unread rather than another index that
// begins with the account and is less wide.
const unreadRange = ` AND user_id >= 0 AND unread > 0`

// tagged selects the tickets with any of the tags, one range of the index for
// each.
func tagged(a *dbx.Args, account string, tags []desk.ID) string {
	parts := make([]string, len(tags))
	for i, tag := range tags {
		parts[i] = `SELECT ticket_id FROM ticket_tag WHERE account_id = ` + account + ` AND tag_id = ` + a.Add(tag)
	}
	return strings.Join(parts, " UNION ALL ")
}

func (p *ticketPlan) statusIs(a *dbx.Args) string {
	if p.filter.Status == "" {
		return "TRUE"
	}
	return "t.status = " + a.Add(p.filter.Status)
}
