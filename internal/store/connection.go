package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

const connectionColumns = `c.id, c.account_id, c.kind, c.name, c.identifier, c.external_id, c.group_id, c.public_key, c.settings,
	c.is_default, c.active, c.simulated, c.state, c.state_reason, c.health, c.checked_at, c.secrets_at, c.read_receipts, c.greeting, c.color,
	c.rev, c.created_at`

func scanConnection(r dbx.Scanner) (desk.Connection, error) {
	var x desk.Connection
	var settings, health string
	if err := r.Scan(&x.ID, &x.AccountID, &x.Kind, &x.Name, &x.Identifier, &x.ExternalID, &x.GroupID, &x.PublicKey, &settings,
		&x.IsDefault, &x.Active, &x.Simulated, &x.State, &x.StateReason, &health, &x.CheckedAt, &x.SecretsAt, &x.ReadReceipts, &x.Greeting,
		&x.Color, &x.Rev, &x.CreatedAt); err != nil {
		return x, err
	}
	if err := fromJSON(settings, &x.Settings); err != nil {
		return x, err
	}
	return x, fromJSON(health, &x.Health)
}

// Connection returns one connection with its queues, or a 404. Its secrets are
// sealed.
func (s *Store) Connection(q dbx.Querier, account, id desk.ID) (desk.Connection, error) {
	return s.oneConnection(q, account, `c.account_id = $1 AND c.id = $2`, account, id)
}

// oneConnection reads the connection that a condition names.
func (s *Store) oneConnection(q dbx.Querier, account desk.ID, condition string, args ...any) (desk.Connection, error) {
	x, err := scanConnection(q.QueryRow(`SELECT `+connectionColumns+` FROM connection c WHERE c.deleted_at = 0 AND `+condition, args...))
	if err != nil {
		return x, missing(err)
	}
	list := []desk.Connection{x}
	err = fillConnections(q, account, list)
	return list[0], err
}

// ConnectionList asks for connections.
type ConnectionList struct {
	List
	Kind       desk.ChannelKind // "" means every kind
	OnlyActive bool
	Allowed    []desk.ID // only these; empty means all
}

// Connections lists connections by name.
func (s *Store) Connections(q dbx.Querier, account desk.ID, l ConnectionList) (Page[desk.Connection], error) {
	var a dbx.Args
	text := `SELECT ` + connectionColumns + ` FROM connection c WHERE c.account_id = ` + a.Add(account) + ` AND c.deleted_at = 0`
	if l.Kind != "" {
		text += ` AND c.kind = ` + a.Add(l.Kind)
	}
	if l.OnlyActive {
		text += ` AND c.active`
	}
	if len(l.Allowed) > 0 {
		text += ` AND c.id IN (` + dbx.List(&a, l.Allowed) + `)`
	}
	end, err := l.byName(&a, "c")
	if err != nil {
		return Page[desk.Connection]{}, err
	}
	items, err := dbx.All(q, scanConnection, text+end, a.Values()...)
	if err != nil {
		return Page[desk.Connection]{}, err
	}
	page := pageOf(l.List, items, func(x desk.Connection) any { return nameKey{dbx.Fold(x.Name), x.ID} })
	return page, fillConnections(q, account, page.Items)
}

// fillConnections reads the initial queues, in the order of menus.
func fillConnections(q dbx.Querier, account desk.ID, list []desk.Connection) error {
	if len(list) == 0 {
		return nil
	}
	byID := make(map[desk.ID]*desk.Connection, len(list))
	ids := make([]desk.ID, len(list))
	for i := range list {
		ids[i], byID[list[i].ID] = list[i].ID, &list[i]
	}
	var a dbx.Args
	rows, err := q.Query(`SELECT l.connection_id, l.queue_id FROM connection_queue l JOIN queue u ON u.id = l.queue_id
		WHERE l.account_id = `+a.Add(account)+` AND l.connection_id IN (`+dbx.List(&a, ids)+`)
		ORDER BY u.position, u.name_fold, u.id`, a.Values()...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var connection, queue desk.ID
		if err := rows.Scan(&connection, &queue); err != nil {
			return err
		}
		byID[connection].Queues = append(byID[connection].Queues, queue)
	}
	return rows.Err()
}
