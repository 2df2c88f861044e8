package store

import (
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TagNew is a tag to be created (D28).
type TagNew struct {
	Name        string
	Color       string
	Description string
}

// TagPatch changes the fields that are set.
type TagPatch struct {
	Name        *string
	Color       *string
	Description *string
	Active      *bool
}

// Usage is how often something is used.
type Usage struct {
	Tickets  int64
	Contacts int64
}

const (
	tagColumns        = `id, account_id, name, color, description, active, created_at`
	tagNameTaken      = "tag(account_id,name_fold)"
	maxTagDescription = 200
)

func scanTag(r dbx.Scanner) (desk.Tag, error) {
	var x desk.Tag
	err := r.Scan(&x.ID, &x.AccountID, &x.Name, &x.Color, &x.Description, &x.Active, &x.CreatedAt)
	return x, err
}

// Tag returns one tag, or a 404.
func (s *Store) Tag(q dbx.Querier, account, id desk.ID) (desk.Tag, error) {
	x, err := scanTag(q.QueryRow(`SELECT `+tagColumns+` FROM tag WHERE account_id = $1 AND id = $2`, account, id))
	return x, missing(err)
}

// Tags lists tags by name; only active ones may be put on something (C29).
func (s *Store) Tags(q dbx.Querier, account desk.ID, onlyActive bool, l List) (Page[desk.Tag], error) {
	var a dbx.Args
	text := `SELECT ` + tagColumns + ` FROM tag WHERE account_id = ` + a.Add(account)
	if onlyActive {
		text += ` AND active`
	}
	end, err := l.byName(&a, "tag")
	if err != nil {
		return Page[desk.Tag]{}, err
	}
	items, err := dbx.All(q, scanTag, text+end, a.Values()...)
	return pageOf(l, items, func(x desk.Tag) any { return nameKey{dbx.Fold(x.Name), x.ID} }), err
}

// TagUsage counts what carries each of the tags.
func (s *Store) TagUsage(q dbx.Querier, account desk.ID, ids []desk.ID) (map[desk.ID]Usage, error) {
	usage := make(map[desk.ID]Usage, len(ids))
	if len(ids) == 0 {
		return usage, nil
	}
	var a dbx.Args
	owner, list := a.Add(account), dbx.List(&a, ids)
	rows, err := q.Query(`SELECT tag_id, COUNT(*), 0 FROM ticket_tag WHERE account_id = `+owner+` AND tag_id IN (`+list+`) GROUP BY tag_id
		UNION ALL SELECT tag_id, 0, COUNT(*) FROM contact_tag WHERE account_id = `+owner+` AND tag_id IN (`+list+`) GROUP BY tag_id`,
		a.Values()...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id desk.ID
		var tickets, contacts int64
		if err := rows.Scan(&id, &tickets, &contacts); err != nil {
			return nil, err
		}
		u := usage[id]
		usage[id] = Usage{Tickets: u.Tickets + tickets, Contacts: u.Contacts + contacts}
	}
	return usage, rows.Err()
}

// CreateTag adds a tag. Supervisors may.
func (s *Store) CreateTag(tx *dbx.Tx, by *desk.Viewer, in TagNew) (desk.Tag, error) {
	if err := by.Require(desk.ActTagEdit); err != nil {
		return desk.Tag{}, err
	}
	x := desk.Tag{ID: s.IDs.Next(), AccountID: by.AccountID, Name: in.Name, Color: in.Color,
		Description: in.Description, Active: true, CreatedAt: s.now()}
	if err := checkTag(&x); err != nil {
		return desk.Tag{}, err
	}
	_, err := tx.Exec(`INSERT INTO tag (id, account_id, name, name_fold, color, description, active, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		x.ID, x.AccountID, x.Name, dbx.Fold(x.Name), x.Color, x.Description, x.Active, x.CreatedAt)
	if err != nil {
		return desk.Tag{}, taken(err, tagNameTaken, clashField("name", desk.CodeNameTaken))
	}
	return x, s.record(tx, by, desk.EvTagCreated, "tag", x.ID, made(map[string]any{"name": x.Name, "color": x.Color}))
}

func checkTag(x *desk.Tag) error {
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
	x.Description, err = desk.ValidText("description", x.Description, 0, maxTagDescription)
	if err = f.add(err); err != nil {
		return err
	}
	return f.err()
}

// UpdateTag changes a tag. Supervisors may.
func (s *Store) UpdateTag(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p TagPatch) (desk.Tag, error) {
	if err := by.Require(desk.ActTagEdit); err != nil {
		return desk.Tag{}, err
	}
	before, err := scanTag(tx.QueryRow(`SELECT `+tagColumns+` FROM tag WHERE account_id = $1 AND id = $2`+dbx.ForUpdate(tx),
		by.AccountID, id))
	if err != nil {
		return desk.Tag{}, missing(err)
	}
	next := before
	override(&next.Name, p.Name)
	override(&next.Color, p.Color)
	override(&next.Description, p.Description)
	override(&next.Active, p.Active)
	if err := checkTag(&next); err != nil {
		return desk.Tag{}, err
	}
	c := changes{}
	differ(c, "name", before.Name, next.Name)
	differ(c, "color", before.Color, next.Color)
	differ(c, "description", before.Description, next.Description)
	differ(c, "active", before.Active, next.Active)
	if len(c) == 0 {
		return next, nil
	}
	_, err = tx.Exec(`UPDATE tag SET name = $3, name_fold = $4, color = $5, description = $6, active = $7,
		rev = rev + 1, updated_at = $8 WHERE account_id = $1 AND id = $2`,
		by.AccountID, id, next.Name, dbx.Fold(next.Name), next.Color, next.Description, next.Active, s.now())
	if err != nil {
		return desk.Tag{}, taken(err, tagNameTaken, clashField("name", desk.CodeNameTaken))
	}
	return next, s.record(tx, by, desk.EvTagUpdated, "tag", id, c.data())
}

// DeleteTag removes a tag that nothing carries; else 422 in_use with the
// counts, and it can only be deactivated. Supervisors may.
func (s *Store) DeleteTag(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := by.Require(desk.ActTagEdit); err != nil {
		return err
	}
	x, err := scanTag(tx.QueryRow(`SELECT `+tagColumns+` FROM tag WHERE account_id = $1 AND id = $2`+dbx.ForUpdate(tx),
		by.AccountID, id))
	if err != nil {
		return missing(err)
	}
	usage, err := s.TagUsage(tx, by.AccountID, []desk.ID{id})
	if err != nil {
		return err
	}
	if u := usage[id]; u != (Usage{}) {
		return desk.Refuse(desk.CodeInUse).With("tickets", u.Tickets).With("contacts", u.Contacts)
	}
	if _, err := tx.Exec(`DELETE FROM tag WHERE account_id = $1 AND id = $2`, by.AccountID, id); err != nil {
		return err
	}
	return s.record(tx, by, desk.EvTagDeleted, "tag", id, changes{"name": []any{x.Name, nil}}.data())
}
