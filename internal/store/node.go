package store

import (
	"errors"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// NodeLease is how long a process may write after it last renewed its number.
const NodeLease = 30 * time.Second

// maxNodes is the number of node numbers an id has room for.
const maxNodes = 1024

// ErrNoNode says that every node number is taken.
var ErrNoNode = errors.New("store: all 1024 node numbers are in use")

// ErrNodeLost says that another process took our node number: we must stop
// writing, or ids could repeat (decisions.md 3).
var ErrNodeLost = errors.New("store: this process lost its node number")

// Node is the number under which this process makes ids, and the fence that
// grows with every owner.
type Node struct {
	Number int
	Fence  int64
	owner  string
}

// ClaimNode takes the lowest free node number. owner tells processes apart and
// must be unguessable enough not to repeat.
func (s *Store) ClaimNode(tx *dbx.Tx, owner string) (Node, error) {
	now := s.now()
	for number := range maxNodes {
		var fence int64
		err := tx.QueryRow(`INSERT INTO node (id, owner, fence, lease_until, started_at) VALUES ($1, $2, 1, $3, $4)
			ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, fence = node.fence + 1,
				lease_until = excluded.lease_until, started_at = excluded.started_at
			WHERE node.lease_until < $4
			RETURNING fence`, number, owner, now.Add(NodeLease), now).Scan(&fence)
		if dbx.IsNotFound(err) {
			continue
		}
		return Node{Number: number, Fence: fence, owner: owner}, err
	}
	return Node{}, ErrNoNode
}

// ReclaimNode takes back the number of a former process that is known to be
// dead, without waiting for its lease. heir lists the connections it sent for.
// A 404 says that the number has another owner by now, or none.
func (s *Store) ReclaimNode(tx *dbx.Tx, number int, former, owner string) (n Node, heir []desk.ID, err error) {
	now, n := s.now(), Node{Number: number, owner: owner}
	if err := tx.QueryRow(`UPDATE node SET owner = $3, fence = fence + 1, lease_until = $4, started_at = $5
		WHERE id = $1 AND owner = $2 RETURNING fence`, number, former, owner, now.Add(NodeLease), now).Scan(&n.Fence); err != nil {
		return Node{}, nil, missing(err)
	}
	heir, err = dbx.All(tx, scanID, `SELECT id FROM connection WHERE node_id = $1`, number)
	return n, heir, err
}

// Kept is what a node learns when it keeps its number.
type Kept struct {
	Connections []desk.ID // it sends for these
	Alone       bool      // no other process works on this database
}

// KeepNode keeps the number for another lease, ErrNodeLost if it is gone; makes
// the node the owner of every connection that nobody alive owns; and tells
// which are its own (decisions.md 13) and whether anybody else is alive. On
// PostgreSQL, where it is done every few seconds, it is one statement.
func (s *Store) KeepNode(tx *dbx.Tx, n Node) (Kept, error) {
	const (
		renew = `UPDATE node SET lease_until = $3 WHERE id = $1 AND owner = $2 AND fence = $4`
		take  = `UPDATE connection SET node_id = $1, fence = $4 WHERE deleted_at = 0 AND node_id <> $1
			AND NOT EXISTS (SELECT 1 FROM node WHERE node.id = connection.node_id AND node.lease_until >= $5)`
		own    = `SELECT id FROM connection WHERE node_id = $1 AND deleted_at = 0 AND active`
		others = `EXISTS (SELECT 1 FROM node WHERE id <> $1 AND lease_until >= $5)`
	)
	now := s.now()
	args := []any{n.Number, n.owner, now.Add(NodeLease), n.Fence, now}
	// The first row tells of the others. Each part sees what was before the
	// statement: what is taken is not yet own.
	ids, err := dbx.All(tx, scanID, `WITH renewed AS (`+renew+` RETURNING id),
		taken AS (`+take+` AND EXISTS (SELECT 1 FROM renewed) RETURNING id, active)
		SELECT CASE WHEN `+others+` THEN -1 ELSE -2 END AS id FROM renewed UNION ALL SELECT id FROM taken WHERE active UNION ALL `+own+` ORDER BY 1`, args...)
	if err != nil {
		return Kept{}, err
	}
	if len(ids) == 0 || ids[0] >= 0 {
		return Kept{}, ErrNodeLost
	}
	return Kept{Connections: ids[1:], Alone: ids[0] == -2}, nil
}

// ReleaseNode gives the number back at a graceful stop.
func (s *Store) ReleaseNode(tx *dbx.Tx, n Node) error {
	_, err := tx.Exec(`UPDATE node SET lease_until = 0 WHERE id = $1 AND owner = $2 AND fence = $3`, n.Number, n.owner, n.Fence)
	return err
}

// LargestEventID is the floor for new ids: no generator may go below what is
// stored.
func (s *Store) LargestEventID(q dbx.Querier) (desk.ID, error) {
	var id desk.ID
	err := q.QueryRow(`SELECT COALESCE(MAX(id), 0) FROM event`).Scan(&id)
	return id, err
}
