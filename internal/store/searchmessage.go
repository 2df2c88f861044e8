package store

import (
	"math"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Bounds of looking for messages (decisions.md 12).
const (
	glanceRows = 100   // looked through first on SQLite; a common word fills a page from them
	firstRows  = 500   // looked through before an index that has to gather all hits
	newestRows = 8_000 // looked through if, by what the first held, they fill a page
	periodHits = 1_000 // of PostgreSQL's index looked at in the newest periods
)

// How many hits of the index are looked at in turn, newest first, until a page
// is full: their messages and tickets are read to know what is visible. Where
// the index gathers all hits each time, it is asked less often.
func hitSlices(w dbx.Wanted) []int {
	if w.IsWhole() {
		return []int{200, 1_000, 8_800}
	}
	return []int{500, 9_500}
}

// partSlices are those of hits of some words that are tested for the others.
func partSlices() []int { return []int{200, 1_000} }

// restSlices are those of hits behind the newest periods on PostgreSQL.
func restSlices() []int { return []int{500, 8_500} }

// searchMessages returns up to one more than a page of ids, newest first. Two
// fixed plans, never the planner's choice: first the newest rows of the account
// are read and tested; if they don't fill a page, the index of words is asked.
// So a common word is answered without touching its many hits, and a rare one
// without reading everything. An index that knows the words whole gives the
// newest hits at once, so that a glance at the rows is enough before.
func (s *Store) searchMessages(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID) (ids []desk.ID, truncated bool, err error) {
	wanted, ok := dbx.Want(int64(v.AccountID), typed)
	if !ok {
		return nil, false, nil
	}
	if q.Dialect() == dbx.SQLite {
		ids, err = s.searchRows(q, v, typed, before, glanceRows)
		if err != nil || len(ids) > searchPage {
			return ids, false, err
		}
		if wanted, err = wanted.Whole(q, dbx.MessageText); err != nil || wanted.Nowhere() {
			return nil, false, err
		}
	}
	if !wanted.IsWhole() {
		ids, err = s.searchNewest(q, v, typed, before)
		if err != nil || len(ids) > searchPage {
			return ids, false, err
		}
	}
	return s.searchIndex(q, v, wanted, before)
}

// searchNewest is the first plan where the index has to gather all hits before
// it gives the newest: more rows are read if by the share of hits in the first
// these fill a page.
func (s *Store) searchNewest(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID) ([]desk.ID, error) {
	ids, err := s.searchRows(q, v, typed, before, firstRows)
	if enough := rowsForPage(len(ids)); err == nil && len(ids) <= searchPage && enough <= newestRows {
		ids, err = s.searchRows(q, v, typed, before, enough)
	}
	return ids, err
}

// rowsForPage is how many of the newest rows should hold more than a page of
// hits if the first held some, with a half more for luck, in steps, so that
// there are few different statements. Without any hit there is no saying.
func rowsForPage(hits int) int {
	const step = 1000
	if hits == 0 {
		return math.MaxInt
	}
	return (firstRows*(searchPage+1)*3/2/hits/step + 1) * step
}

// searchRows reads the newest rows in order and tests each.
func (s *Store) searchRows(q dbx.Querier, v *desk.Viewer, typed string, before desk.ID, rows int) ([]desk.ID, error) {
	var a dbx.Args
	account := a.Add(v.AccountID)
	match, ok := dbx.SearchMatch(&a, q.Dialect(), int64(v.AccountID), typed)
	if !ok {
		return nil, nil
	}
	return dbx.All(q, scanID, `WITH matched AS MATERIALIZED (SELECT id, ticket_id FROM
			(SELECT id, ticket_id, words FROM message_text WHERE account_id = `+account+` AND id < `+a.Add(before)+`
			ORDER BY id DESC`+limit(rows)+`) AS message_text WHERE `+match+`)
		SELECT x.id FROM matched x CROSS JOIN ticket t WHERE t.id = x.ticket_id AND t.account_id = `+account+
		` AND `+visible(&a, v, "t")+` ORDER BY x.id DESC`+limit(searchPage+1), a.Values()...)
}

// searchIndex is the second plan: slices of what the index of words finds. If
// only some of the words are known whole, their hits are tested for the others
// first. The answer is truncated when all slices were full and the page is not.
func (s *Store) searchIndex(q dbx.Querier, v *desk.Viewer, wanted dbx.Wanted, before desk.ID) (ids []desk.ID, truncated bool, err error) {
	alone, err := s.oneAccount(q)
	if err != nil {
		return nil, false, err
	}
	if alone {
		wanted = wanted.AnyAccount()
	}
	if q.Dialect() == dbx.Postgres {
		return s.searchPeriods(q, v, wanted, before)
	}
	if part, ok := wanted.Part(); ok && !wanted.IsWhole() {
		ids, truncated, err = s.searchSlices(q, v, part, before, partSlices())
		if err != nil || !truncated {
			return ids, false, err
		}
	}
	return s.searchSlices(q, v, wanted, before, hitSlices(wanted))
}

// searchPeriods looks at the hits of the newest periods, then at the others:
// reading the rows of all hits to learn which are the newest is what costs.
func (s *Store) searchPeriods(q dbx.Querier, v *desk.Viewer, wanted dbx.Wanted, before desk.ID) (ids []desk.ID, truncated bool, err error) {
	periods, rest, err := dbx.MessageText.Periods(q, int64(v.AccountID), int64(before))
	if err != nil || len(periods) == 0 {
		return nil, false, err
	}
	newest, err := s.searchHits(q, v, wanted.In(periods), before, periodHits)
	if err != nil || len(newest.visible) > searchPage {
		return newest.visible, false, err
	}
	switch {
	case newest.hits == periodHits:
		before = newest.oldest
	case rest == 0:
		return newest.visible, false, nil
	default:
		before = desk.ID(rest)
	}
	ids, truncated, err = s.searchSlices(q, v, wanted, before, restSlices())
	ids = append(newest.visible, ids...)
	if len(ids) > searchPage {
		return ids[:searchPage+1], false, err
	}
	return ids, truncated, err
}

func (s *Store) searchSlices(q dbx.Querier, v *desk.Viewer, wanted dbx.Wanted, before desk.ID, slices []int) (ids []desk.ID, full bool, err error) {
	for _, most := range slices {
		slice, err := s.searchHits(q, v, wanted, before, most)
		if err != nil {
			return nil, false, err
		}
		ids = append(ids, slice.visible...)
		if len(ids) > searchPage {
			return ids[:searchPage+1], false, nil
		}
		if slice.hits < most {
			return ids, false, nil
		}
		before = slice.oldest
	}
	return ids, true, nil
}

// oneAccount reports whether the installation has a single account.
func (s *Store) oneAccount(q dbx.Querier) (bool, error) {
	var n int
	err := q.QueryRow(`SELECT COUNT(*) FROM (SELECT id FROM account WHERE id > 0 LIMIT 2) AS found`).Scan(&n)
	return n < 2, err
}

// hitSlice is what a slice of the index's hits holds.
type hitSlice struct {
	hits    int
	oldest  desk.ID // of the hits
	visible []desk.ID
}

// searchHits reads the newest hits of the index before an id, at most so many,
// and which of them are visible: up to one more than a page.
func (s *Store) searchHits(q dbx.Querier, v *desk.Viewer, wanted dbx.Wanted, before desk.ID, most int) (hitSlice, error) {
	var a dbx.Args
	hits := dbx.MessageText.Hits(&a, q.Dialect(), wanted, int64(before), most)
	account := a.Add(v.AccountID)
	var slice hitSlice
	rows, err := q.Query(`WITH hits AS MATERIALIZED (`+hits+`)
		SELECT COUNT(*) AS hits, COALESCE(MIN(id), 0) AS id FROM hits UNION ALL
		SELECT * FROM (SELECT -1 AS hits, x.id FROM hits x CROSS JOIN message_text m CROSS JOIN ticket t
		WHERE m.id = x.id AND m.account_id = `+account+` AND `+wanted.Rest(&a, "m")+` AND t.id = m.ticket_id
		AND t.account_id = `+account+` AND `+visible(&a, v, "t")+` ORDER BY x.id DESC`+limit(searchPage+1)+`) AS found ORDER BY id DESC`, a.Values()...)
	if err != nil {
		return slice, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int
		var id desk.ID
		if err := rows.Scan(&n, &id); err != nil {
			return slice, err
		}
		if n < 0 {
			slice.visible = append(slice.visible, id)
		} else {
			slice.hits, slice.oldest = n, id
		}
	}
	return slice, rows.Err()
}
