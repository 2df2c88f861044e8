package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// UserNames returns the names of users, deleted ones too, because what they did
// keeps their names. Unknown ids are left out.
func (s *Store) UserNames(q dbx.Querier, account desk.ID, ids []desk.ID) (map[desk.ID]string, error) {
	ids = sortedIDs(ids)
	names := make(map[desk.ID]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	var a dbx.Args
	rows, err := q.Query(`SELECT id, name FROM account_user WHERE account_id = `+a.Add(account)+
		` AND id IN (`+dbx.List(&a, ids)+`)`, a.Values()...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id desk.ID
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Err()
}
