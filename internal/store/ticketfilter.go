package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TicketFilter says which tickets a list shows (C3, C6, C7). Lists of ids are
// alternatives; the fields are combined by AND. No status means all of them.
type TicketFilter struct {
	Status      desk.TicketStatus
	Queues      []desk.ID
	Connections []desk.ID
	Users       []desk.ID
	Tags        []desk.ID
	ContactID   desk.ID
	Unread      bool
	Unassigned  bool
}

// check bounds the lists of a filter and knows the states.
func (f TicketFilter) check() error {
	const most = 100
	for name, list := range map[string][]desk.ID{"queue": f.Queues, "connection": f.Connections, "user": f.Users, "tag": f.Tags} {
		if len(list) > most {
			return badFilter(name, desk.CodeTooLong)
		}
	}
	switch f.Status {
	case "", desk.Pending, desk.Open, desk.Closed:
		return nil
	}
	return badFilter("status", desk.CodeInvalid)
}

func badFilter(name string, code desk.Code) error {
	return &desk.Error{Kind: desk.Invalid, Code: code, Fields: []desk.Field{{Location: "query." + name, Code: code}}}
}

// match is the whole filter and visibility, for rows of t.
func (p *ticketPlan) match(a *dbx.Args) string {
	f := p.filter
	text := ` AND ` + visible(a, p.viewer, "t")
	for _, in := range []struct {
		column string
		ids    []desk.ID
	}{{"queue_id", f.Queues}, {"connection_id", f.Connections}, {"user_id", f.Users}} {
		if len(in.ids) > 0 {
			text += ` AND t.` + in.column + ` IN (` + dbx.List(a, in.ids) + `)`
		}
	}
	if f.ContactID != 0 {
		text += ` AND t.contact_id = ` + a.Add(f.ContactID)
	}
	if f.Unread {
		text += ` AND t.unread > 0`
	}
	if f.Unassigned {
		text += ` AND t.user_id = 0`
	}
	if len(f.Tags) > 0 {
		text += ` AND EXISTS (SELECT 1 FROM ticket_tag x WHERE x.account_id = t.account_id AND x.ticket_id = t.id AND x.tag_id IN (` +
			dbx.List(a, f.Tags) + `))`
	}
	return text
}
