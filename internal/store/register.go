package store

import (
	"errors"
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Registers are the company's lists: users, teams, queues, connections, tags,
// types, contacts. Their writes share one shape: permission, lock, read,
// validate everything, write with rev+1, record one event.

// Operator is the viewer on whose behalf the installation itself writes: set-up,
// the command line, the demo. It may do everything and is recorded as the
// system.
func Operator(account desk.ID) *desk.Viewer {
	return &desk.Viewer{AccountID: account, Role: desk.RoleAdmin}
}

// actorOf tells who is recorded for what a viewer does.
func actorOf(v *desk.Viewer) desk.Actor {
	if v.UserID == 0 {
		return desk.System()
	}
	return desk.ByUser(v.UserID)
}

// lockAccount makes writes of one account that must agree with each other
// (one default connection, one last administrator) follow one another. It
// takes the row without touching its key, so that rows referring to the
// account can be inserted meanwhile. It comes first in its transaction.
func lockAccount(tx *dbx.Tx, account desk.ID) error {
	n, err := tx.Exec(`UPDATE account SET rev = rev WHERE id = $1`, account)
	if err == nil && n == 0 {
		return desk.Missing()
	}
	return err
}

// changes collects what a write alters, for its event: field → [old, new]. A
// value that must not be kept (a secret, a contact's personal data) leaves the
// list empty.
type changes map[string]any

// differ notes a field whose value changed.
func differ[T comparable](c changes, field string, before, after T) {
	if before != after {
		c[field] = []any{before, after}
	}
}

// differHidden is differ for values that must not be kept.
func differHidden[T comparable](c changes, field string, before, after T) {
	if before != after {
		c.hide(field)
	}
}

// hide notes that a field changed without its values.
func (c changes) hide(field string) { c[field] = []any{} }

// data is the event's data.
func (c changes) data() map[string]any { return map[string]any{"changes": map[string]any(c)} }

// made is the data of a creation's event: new values without old ones.
func made(values map[string]any) map[string]any {
	c := changes{}
	for field, v := range values {
		c[field] = []any{nil, v}
	}
	return c.data()
}

// override sets *current when the patch names a value.
func override[T any](current, next *T) {
	if next != nil {
		*current = *next
	}
}

// record stores the one event of a register's change.
func (s *Store) record(tx *dbx.Tx, by *desk.Viewer, kind desk.EventType, entity string, id desk.ID, data map[string]any) error {
	return s.Record(tx, desk.Event{AccountID: by.AccountID, Type: kind, Entity: entity, EntityID: id,
		Actor: actorOf(by), Data: data})
}

// faults collects what is wrong with a request, so that one answer tells all.
type faults struct{ fields []desk.Field }

// add keeps a refusal that names fields, and returns any other error.
func (f *faults) add(err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*desk.Error](err)
	if !ok || e.Kind != desk.Invalid || len(e.Fields) == 0 {
		return err
	}
	f.fields = append(f.fields, e.Fields...)
	return nil
}

// refuse adds one fault.
func (f *faults) refuse(field string, code desk.Code) {
	f.fields = append(f.fields, desk.Field{Location: "body." + field, Code: code})
}

// err returns one 422 about everything collected, or nil.
func (f *faults) err() error {
	switch len(f.fields) {
	case 0:
		return nil
	case 1:
		return &desk.Error{Kind: desk.Invalid, Code: f.fields[0].Code, Params: f.fields[0].Params, Fields: f.fields}
	}
	return &desk.Error{Kind: desk.Invalid, Code: desk.CodeValidation, Fields: f.fields}
}

// clashField is a 409 about one field of the body.
func clashField(field string, code desk.Code) *desk.Error {
	return &desk.Error{Kind: desk.Conflict, Code: code, Fields: []desk.Field{{Location: "body." + field, Code: code}}}
}

// taken turns the refusal of a unique constraint into the 409 that belongs to
// it; other errors pass.
func taken(err error, constraint string, clash *desk.Error) error {
	if dbx.IsUnique(err) && dbx.ConstraintOf(err) == constraint {
		clash.Err = err
		return clash
	}
	return err
}

// exists reports whether a SELECT has a row.
func exists(q dbx.Querier, text string, args ...any) (bool, error) {
	var found bool
	err := q.QueryRow(`SELECT EXISTS (`+text+`)`, args...).Scan(&found)
	return found, err
}

// sortedIDs returns the ids sorted, each once, without zeros.
func sortedIDs(ids []desk.ID) []desk.ID {
	list := slices.Clone(ids)
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(id desk.ID) bool { return id == 0 })
}

// references checks that every id is a row of the account in table, by a
// condition such as "deleted_at = 0", else a 422 unknown_reference about the
// field.
func references(q dbx.Querier, account desk.ID, table, condition, field string, ids []desk.ID) error {
	ids = sortedIDs(ids)
	if len(ids) == 0 {
		return nil
	}
	if len(ids) > maxReferences {
		return desk.RefuseField(field, desk.CodeTooLong).With("max", maxReferences)
	}
	var a dbx.Args
	text := `SELECT COUNT(*) FROM ` + table + ` WHERE account_id = ` + a.Add(account) +
		` AND ` + condition + ` AND id IN (` + dbx.List(&a, ids) + `)`
	var n int
	if err := q.QueryRow(text, a.Values()...).Scan(&n); err != nil {
		return err
	}
	if n != len(ids) {
		return desk.RefuseField(field, desk.CodeUnknownReference)
	}
	return nil
}

// maxReferences bounds the ids in one field of one request.
const maxReferences = 200

// links is a membership table: which rows of one side belong to which of the
// other.
type links struct{ table, owner, member string }

var (
	userQueues       = links{"user_queue", "user_id", "queue_id"}
	userConnections  = links{"user_connection", "user_id", "connection_id"}
	userTeams        = links{"team_member", "user_id", "team_id"}
	teamMembers      = links{"team_member", "team_id", "user_id"}
	teamQueues       = links{"team_queue", "team_id", "queue_id"}
	connectionQueues = links{"connection_queue", "connection_id", "queue_id"}
	contactTags      = links{"contact_tag", "contact_id", "tag_id"}
)

// of returns the members of each owner, sorted by id.
func (l links) of(q dbx.Querier, account desk.ID, owners []desk.ID) (map[desk.ID][]desk.ID, error) {
	members := make(map[desk.ID][]desk.ID, len(owners))
	if len(owners) == 0 {
		return members, nil
	}
	var a dbx.Args
	rows, err := q.Query(`SELECT `+l.owner+`, `+l.member+` FROM `+l.table+` WHERE account_id = `+a.Add(account)+
		` AND `+l.owner+` IN (`+dbx.List(&a, owners)+`) ORDER BY `+l.owner+`, `+l.member, a.Values()...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var owner, member desk.ID
		if err := rows.Scan(&owner, &member); err != nil {
			return nil, err
		}
		members[owner] = append(members[owner], member)
	}
	return members, rows.Err()
}

// set makes the members of owner exactly ids, which are sorted, and returns
// whether anything changed. It writes only the difference.
func (l links) set(tx *dbx.Tx, account, owner desk.ID, current, ids []desk.ID) (bool, error) {
	for _, id := range current {
		if _, stays := slices.BinarySearch(ids, id); stays {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM `+l.table+` WHERE account_id = $1 AND `+l.owner+` = $2 AND `+l.member+` = $3`,
			account, owner, id); err != nil {
			return false, err
		}
	}
	for _, id := range ids {
		if _, there := slices.BinarySearch(current, id); there {
			continue
		}
		if _, err := tx.Exec(`INSERT INTO `+l.table+` (account_id, `+l.owner+`, `+l.member+`) VALUES ($1, $2, $3)`,
			account, owner, id); err != nil {
			return false, err
		}
	}
	return !slices.Equal(current, ids), nil
}

// alterLinks sets a membership and notes the change; nil leaves it.
func alterLinks(tx *dbx.Tx, c changes, l links, field string, account, owner desk.ID, current, next *[]desk.ID) error {
	if next == nil {
		return nil
	}
	ids := sortedIDs(*next)
	changed, err := l.set(tx, account, owner, *current, ids)
	if err != nil || !changed {
		return err
	}
	c[field] = []any{emptyNotNil(*current), emptyNotNil(ids)}
	*current = ids
	return nil
}

// emptyNotNil makes JSON show an empty list rather than null.
func emptyNotNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
