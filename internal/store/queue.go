package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// QueueNew is a queue to be created (E-Q1 to E-Q3).
type QueueNew struct {
	Name     string
	Position int // 0 means last
	Color    string
}

// QueuePatch changes the fields that are set.
type QueuePatch struct {
	Name     *string
	Position *int
	Color    *string
	Active   *bool
}

const (
	queueColumns     = `id, account_id, name, position, color, active, created_at`
	maxQueuePosition = 10_000
	queueNameTaken   = "queue(account_id,name_fold)"
)

func scanQueue(r dbx.Scanner) (desk.Queue, error) {
	var x desk.Queue
	err := r.Scan(&x.ID, &x.AccountID, &x.Name, &x.Position, &x.Color, &x.Active, &x.CreatedAt)
	return x, err
}

// Queue returns one queue, or a 404.
func (s *Store) Queue(q dbx.Querier, account, id desk.ID) (desk.Queue, error) {
	x, err := scanQueue(q.QueryRow(`SELECT `+queueColumns+` FROM queue
		WHERE account_id = $1 AND id = $2 AND deleted_at = 0`, account, id))
	return x, missing(err)
}

// queueKey is the place of a queue in menus.
type queueKey struct {
	Position int     `json:"p"`
	Name     string  `json:"n"`
	ID       desk.ID `json:"i"`
}

// Queues lists queues in the order of menus: position, then name (E-Q2).
func (s *Store) Queues(q dbx.Querier, account desk.ID, l List) (Page[desk.Queue], error) {
	var a dbx.Args
	text := `SELECT ` + queueColumns + ` FROM queue WHERE account_id = ` + a.Add(account) +
		` AND deleted_at = 0` + l.matching(&a, "name_fold")
	if l.Cursor != "" {
		var after queueKey
		if err := decodeCursor(l.Cursor, &after); err != nil {
			return Page[desk.Queue]{}, err
		}
		text += ` AND (position, name_fold, id) > (` + a.Add(after.Position) + `, ` + a.Add(after.Name) + `, ` + a.Add(after.ID) + `)`
	}
	text += ` ORDER BY position, name_fold, id` + limit(pageSize(l.Limit)+1)
	items, err := dbx.All(q, scanQueue, text, a.Values()...)
	return pageOf(l, items, func(x desk.Queue) any { return queueKey{x.Position, dbx.Fold(x.Name), x.ID} }), err
}

// CreateQueue adds a queue. Supervisors may.
func (s *Store) CreateQueue(tx *dbx.Tx, by *desk.Viewer, in QueueNew) (desk.Queue, error) {
	if err := by.Require(desk.ActQueueEdit); err != nil {
		return desk.Queue{}, err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return desk.Queue{}, err
	}
	if in.Position == 0 {
		last := `SELECT COALESCE(MAX(position), 0) FROM queue WHERE account_id = $1 AND deleted_at = 0`
		if err := tx.QueryRow(last, by.AccountID).Scan(&in.Position); err != nil {
			return desk.Queue{}, err
		}
		in.Position = min(in.Position+1, maxQueuePosition)
	}
	x := desk.Queue{ID: s.IDs.Next(), AccountID: by.AccountID, Name: in.Name, Position: in.Position,
		Color: in.Color, Active: true, CreatedAt: s.now()}
	if err := checkQueue(&x); err != nil {
		return desk.Queue{}, err
	}
	_, err := tx.Exec(`INSERT INTO queue (id, account_id, name, name_fold, position, color, active, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		x.ID, x.AccountID, x.Name, dbx.Fold(x.Name), x.Position, x.Color, x.Active, x.CreatedAt)
	if err != nil {
		return desk.Queue{}, taken(err, queueNameTaken, clashField("name", desk.CodeNameTaken))
	}
	return x, s.record(tx, by, desk.EvQueueCreated, "queue", x.ID,
		made(map[string]any{"name": x.Name, "position": x.Position, "color": x.Color}))
}

// checkQueue normalises and validates.
func checkQueue(x *desk.Queue) error {
	var f faults
	var err error
	x.Name, err = desk.ValidName("name", x.Name)
	if err = f.add(err); err != nil {
		return err
	}
	x.Color, err = desk.ValidColor("color", x.Color)
	if err = f.add(err); err != nil {
		return err
	}
	if x.Position < 1 || x.Position > maxQueuePosition {
		_ = f.add(desk.RefuseField("position", desk.CodeOutOfRange).With("min", 1).With("max", maxQueuePosition))
	}
	return f.err()
}

// UpdateQueue changes a queue. Supervisors may.
func (s *Store) UpdateQueue(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p QueuePatch) (desk.Queue, error) {
	if err := by.Require(desk.ActQueueEdit); err != nil {
		return desk.Queue{}, err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return desk.Queue{}, err
	}
	before, err := s.Queue(tx, by.AccountID, id)
	if err != nil {
		return desk.Queue{}, err
	}
	next := before
	override(&next.Name, p.Name)
	override(&next.Position, p.Position)
	override(&next.Color, p.Color)
	override(&next.Active, p.Active)
	if err := checkQueue(&next); err != nil {
		return desk.Queue{}, err
	}
	c := changes{}
	differ(c, "name", before.Name, next.Name)
	differ(c, "position", before.Position, next.Position)
	differ(c, "color", before.Color, next.Color)
	differ(c, "active", before.Active, next.Active)
	if len(c) == 0 {
		return next, nil
	}
	_, err = tx.Exec(`UPDATE queue SET name = $3, name_fold = $4, position = $5, color = $6, active = $7,
		rev = rev + 1, updated_at = $8 WHERE account_id = $1 AND id = $2`,
		by.AccountID, id, next.Name, dbx.Fold(next.Name), next.Position, next.Color, next.Active, s.now())
	if err != nil {
		return desk.Queue{}, taken(err, queueNameTaken, clashField("name", desk.CodeNameTaken))
	}
	return next, s.record(tx, by, desk.EvQueueUpdated, "queue", id, c.data())
}

// DeleteQueue removes a queue without live tickets (E-Q4): its memberships go,
// closed tickets keep it. Administrators only.
func (s *Store) DeleteQueue(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := by.Require(desk.ActQueueDelete); err != nil {
		return err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return err
	}
	live, err := exists(tx, `SELECT 1 FROM ticket WHERE account_id = $1 AND queue_id = $2
		AND status IN ('pending', 'open')`, by.AccountID, id)
	if err != nil {
		return err
	}
	if live {
		return desk.Refuse(desk.CodeQueueInUse)
	}
	n, err := tx.Exec(`UPDATE queue SET deleted_at = $3, rev = rev + 1, updated_at = $3
		WHERE account_id = $1 AND id = $2 AND deleted_at = 0`, by.AccountID, id, s.now())
	if err != nil {
		return err
	}
	if n == 0 {
		return desk.Missing()
	}
	for _, l := range []links{userQueues, teamQueues, connectionQueues} {
		if _, err := tx.Exec(`DELETE FROM `+l.table+` WHERE account_id = $1 AND queue_id = $2`, by.AccountID, id); err != nil {
			return err
		}
	}
	return s.record(tx, by, desk.EvQueueDeleted, "queue", id, nil)
}
