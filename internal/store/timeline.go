package store

import (
	"cmp"
	"math"
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TimelineItem is a message or an event of the ticket; exactly one is set.
type TimelineItem struct {
	Message *MessageView
	Event   *desk.Event
}

func (i TimelineItem) key() timelineKey {
	if i.Message != nil {
		return timelineKey{i.Message.Pos, i.Message.ID}
	}
	return timelineKey{i.Event.Pos, i.Event.ID}
}

// timelineKey is a place in a timeline (decisions.md 3).
type timelineKey struct {
	Pos int64   `json:"p"`
	ID  desk.ID `json:"i"`
}

func (k timelineKey) compare(o timelineKey) int {
	return cmp.Or(cmp.Compare(k.Pos, o.Pos), cmp.Compare(k.ID, o.ID))
}

// TimelineQuery asks for one page: before or after a cursor, around a message
// or event, or, with nothing set, the newest.
type TimelineQuery struct {
	Before, After string
	Around        desk.ID
	Limit         int // 0 means 50, at most 100
}

// TimelinePage is a part of a timeline, oldest first. Older and Newer are
// cursors for before and after, empty where the timeline ends.
type TimelinePage struct {
	Items        []TimelineItem
	Older, Newer string
}

const defaultTimeline = 50

// Timeline reads messages and events of a ticket that the caller knows to be
// visible to the viewer. Canceled and dismissed messages are left out, and so
// are events that only the log shows.
func (s *Store) Timeline(q dbx.Querier, v *desk.Viewer, ticket desk.ID, t TimelineQuery) (TimelinePage, error) {
	limit := t.Limit
	if limit <= 0 {
		limit = defaultTimeline
	}
	r := timelineReader{s, q, v, ticket, pageSize(limit)}
	switch {
	case t.Around != 0:
		return r.around(t.Around)
	case t.After != "":
		var k timelineKey
		if err := decodeCursor(t.After, &k); err != nil {
			return TimelinePage{}, err
		}
		return r.after(k)
	}
	k := timelineKey{math.MaxInt64, math.MaxInt64}
	if t.Before != "" {
		if err := decodeCursor(t.Before, &k); err != nil {
			return TimelinePage{}, err
		}
	}
	return r.before(k, t.Before != "")
}

type timelineReader struct {
	s      *Store
	q      dbx.Querier
	v      *desk.Viewer
	ticket desk.ID
	limit  int
}

// before reads the page that ends before k; newer tells whether there is
// anything from k on.
func (r timelineReader) before(k timelineKey, newer bool) (TimelinePage, error) {
	items, more, err := r.read(k, false, r.limit)
	if err != nil {
		return TimelinePage{}, err
	}
	return pageOfTimeline(items, more, newer), nil
}

func (r timelineReader) after(k timelineKey) (TimelinePage, error) {
	items, more, err := r.read(k, true, r.limit)
	if err != nil {
		return TimelinePage{}, err
	}
	return pageOfTimeline(items, true, more), nil
}

// around reads half a page up to and with a message or event, and half a page
// behind it.
func (r timelineReader) around(id desk.ID) (TimelinePage, error) {
	k, err := r.keyOf(id)
	if err != nil {
		return TimelinePage{}, err
	}
	half := max(1, r.limit/2)
	older, moreOlder, err := r.read(timelineKey{k.Pos, k.ID + 1}, false, half)
	if err != nil {
		return TimelinePage{}, err
	}
	newer, moreNewer, err := r.read(k, true, max(1, r.limit-half))
	if err != nil {
		return TimelinePage{}, err
	}
	return pageOfTimeline(append(older, newer...), moreOlder, moreNewer), nil
}

func (r timelineReader) keyOf(id desk.ID) (timelineKey, error) {
	k := timelineKey{ID: id}
	err := r.q.QueryRow(`SELECT pos FROM message WHERE account_id = $1 AND id = $2 AND ticket_id = $3
		UNION ALL SELECT pos FROM event WHERE account_id = $1 AND id = $2 AND ticket_id = $3 AND entity = 'ticket'`,
		r.v.AccountID, id, r.ticket).Scan(&k.Pos)
	return k, missing(err)
}

func pageOfTimeline(items []TimelineItem, older, newer bool) TimelinePage {
	p := TimelinePage{Items: emptyNotNil(items)}
	if len(items) == 0 {
		return p
	}
	if older {
		p.Older = encodeCursor(items[0].key())
	}
	if newer {
		p.Newer = encodeCursor(items[len(items)-1].key())
	}
	return p
}

// read returns up to most items on one side of k, oldest first, and whether
// there are more on that side.
func (r timelineReader) read(k timelineKey, forward bool, most int) ([]TimelineItem, bool, error) {
	order, compare := `ORDER BY pos DESC, id DESC`, `<`
	if forward {
		order, compare = `ORDER BY pos, id`, `>`
	}
	end := ` AND (pos, id) ` + compare + ` ($3, $4) ` + order + limit(most+1)
	rows, err := messageRows(r.q, most+1, `SELECT `+messageFields+` FROM message WHERE ticket_id = $2 AND ticket_id <> 0
		AND account_id = $1 AND status <> 'canceled' AND NOT dismissed`+end, r.v.AccountID, r.ticket, k.Pos, k.ID)
	if err != nil {
		return nil, false, err
	}
	events, err := dbx.All(r.q, scanEvent, `SELECT `+eventColumns+` FROM event WHERE ticket_id = $2 AND entity = 'ticket'
		AND account_id = $1 AND type NOT IN ('ticket.accessed', 'ticket.peeked', 'ticket.seen', 'ticket.updated')`+end,
		r.v.AccountID, r.ticket, k.Pos, k.ID)
	if err != nil {
		return nil, false, err
	}
	items, more := mergeTimeline(rows, events, forward, most)
	return items, more, r.fill(items, rows)
}

// mergeTimeline puts both lists in order and keeps the limit nearest to where
// they were read from. Messages are still without what belongs to them.
func mergeTimeline(rows []*messageRow, events []desk.Event, forward bool, limit int) ([]TimelineItem, bool) {
	items := make([]TimelineItem, 0, len(rows)+len(events))
	for _, r := range rows {
		items = append(items, TimelineItem{Message: &r.MessageView})
	}
	for i := range events {
		items = append(items, TimelineItem{Event: &events[i]})
	}
	slices.SortFunc(items, func(a, b TimelineItem) int { return a.key().compare(b.key()) })
	more := len(items) > limit
	switch {
	case more && forward:
		items = items[:limit]
	case more:
		items = items[len(items)-limit:]
	}
	return items, more
}

// fill reads what belongs to the messages that stayed.
func (r timelineReader) fill(items []TimelineItem, rows []*messageRow) error {
	kept := make(map[desk.ID]bool, len(items))
	for _, item := range items {
		if item.Message != nil {
			kept[item.Message.ID] = true
		}
	}
	rows = slices.DeleteFunc(rows, func(m *messageRow) bool { return !kept[m.ID] })
	err := fillMessages(r.q, r.v.AccountID, rows)
	for _, m := range rows {
		m.HideFrom(r.v)
	}
	return err
}

// HideFrom empties a message that was deleted, unless the viewer is an
// administrator, who sees what a contact took back (decisions.md 23).
func (m *MessageView) HideFrom(v *desk.Viewer) {
	if m.DeletedAt == 0 || v.Role == desk.RoleAdmin {
		return
	}
	m.Body, m.Content, m.Media, m.Reply = "", desk.Content{}, []desk.Media{}, nil
}
