package store

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// ticketTags are the tags of tickets (C29).
var ticketTags = links{"ticket_tag", "ticket_id", "tag_id"}

// TicketTags reads the tags of one ticket, sorted by id.
func (s *Store) TicketTags(q dbx.Querier, account, ticket desk.ID) ([]desk.ID, error) {
	tags, err := ticketTags.of(q, account, []desk.ID{ticket})
	return tags[ticket], err
}

// SetTicketTags makes the tags of a locked ticket exactly ids and returns those
// before. New ones must be active; ones it has may stay whatever they are.
func (s *Store) SetTicketTags(tx *dbx.Tx, account, ticket desk.ID, ids []desk.ID) (before []desk.ID, err error) {
	before, err = s.TicketTags(tx, account, ticket)
	if err != nil {
		return nil, err
	}
	ids = sortedIDs(ids)
	added := slices.DeleteFunc(slices.Clone(ids), func(id desk.ID) bool { return slices.Contains(before, id) })
	if err := references(tx, account, "tag", "active", "tags", added); err != nil {
		return nil, err
	}
	_, err = ticketTags.set(tx, account, ticket, before, ids)
	return before, err
}
