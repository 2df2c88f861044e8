package store

import (
	"math"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TicketPageSQL returns the statement of a list's first page, to be explained.
func (s *Store) TicketPageSQL(q dbx.Querier, v *desk.Viewer, f TicketFilter) (string, []any, error) {
	p, err := s.newTicketPlan(q, v, f)
	if err != nil {
		return "", nil, err
	}
	from := place{At: math.MaxInt64, ID: math.MaxInt64}
	if p.ascending() {
		from = place{At: -1}
	}
	var a dbx.Args
	text := p.text(&a, from, DefaultPage+1)
	return text, a.Values(), nil
}

// SearchIndex is the second plan of Search alone.
func (s *Store) SearchIndex(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID) ([]desk.ID, bool, error) {
	wanted, _ := dbx.Want(int64(v.AccountID), typed)
	wanted, err := wanted.Whole(q, dbx.MessageText)
	if err != nil || wanted.Nowhere() {
		return nil, false, err
	}
	return s.searchIndex(q, v, wanted, before)
}

// Conversations is how many a look goes to at most.
const Conversations = conversations
