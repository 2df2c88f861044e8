package store

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// TeamNew is a team to be created (D44).
type TeamNew struct {
	Name     string
	LeaderID desk.ID
	Members  []desk.ID
	Queues   []desk.ID
}

// TeamPatch changes the fields that are set.
type TeamPatch struct {
	Name     *string
	LeaderID *desk.ID
	Members  *[]desk.ID
	Queues   *[]desk.ID
}

const (
	teamColumns   = `id, account_id, name, leader_id, created_at`
	teamNameTaken = "team(account_id,name_fold)"
)

func scanTeam(r dbx.Scanner) (desk.Team, error) {
	var x desk.Team
	err := r.Scan(&x.ID, &x.AccountID, &x.Name, &x.LeaderID, &x.CreatedAt)
	return x, err
}

// Team returns one team with members and queues, or a 404.
func (s *Store) Team(q dbx.Querier, account, id desk.ID) (desk.Team, error) {
	x, err := scanTeam(q.QueryRow(`SELECT `+teamColumns+` FROM team WHERE account_id = $1 AND id = $2`, account, id))
	if err != nil {
		return x, missing(err)
	}
	list := []desk.Team{x}
	err = fillTeams(q, account, list)
	return list[0], err
}

// Teams lists teams by name.
func (s *Store) Teams(q dbx.Querier, account desk.ID, l List) (Page[desk.Team], error) {
	var a dbx.Args
	text := `SELECT ` + teamColumns + ` FROM team WHERE account_id = ` + a.Add(account)
	end, err := l.byName(&a, "team")
	if err != nil {
		return Page[desk.Team]{}, err
	}
	items, err := dbx.All(q, scanTeam, text+end, a.Values()...)
	if err != nil {
		return Page[desk.Team]{}, err
	}
	page := pageOf(l, items, func(x desk.Team) any { return nameKey{dbx.Fold(x.Name), x.ID} })
	return page, fillTeams(q, account, page.Items)
}

func fillTeams(q dbx.Querier, account desk.ID, list []desk.Team) error {
	ids := make([]desk.ID, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	members, err := teamMembers.of(q, account, ids)
	if err != nil {
		return err
	}
	queues, err := teamQueues.of(q, account, ids)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Members, list[i].Queues = members[list[i].ID], queues[list[i].ID]
	}
	return nil
}

// CreateTeam adds a team, which grants its queues to its members at once.
// Supervisors may.
func (s *Store) CreateTeam(tx *dbx.Tx, by *desk.Viewer, in TeamNew) (desk.Team, error) {
	if err := by.Require(desk.ActTeamEdit); err != nil {
		return desk.Team{}, err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return desk.Team{}, err
	}
	x := desk.Team{ID: s.IDs.Next(), AccountID: by.AccountID, Name: in.Name, LeaderID: in.LeaderID,
		Members: sortedIDs(in.Members), Queues: sortedIDs(in.Queues), CreatedAt: s.now()}
	if err := checkTeam(tx, &x, x.Members, x.Queues); err != nil {
		return desk.Team{}, err
	}
	_, err := tx.Exec(`INSERT INTO team (id, account_id, name, name_fold, leader_id, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6)`, x.ID, x.AccountID, x.Name, dbx.Fold(x.Name), x.LeaderID, x.CreatedAt)
	if err != nil {
		return desk.Team{}, taken(err, teamNameTaken, clashField("name", desk.CodeNameTaken))
	}
	if _, err := teamMembers.set(tx, x.AccountID, x.ID, nil, x.Members); err != nil {
		return desk.Team{}, err
	}
	if _, err := teamQueues.set(tx, x.AccountID, x.ID, nil, x.Queues); err != nil {
		return desk.Team{}, err
	}
	return x, s.record(tx, by, desk.EvTeamCreated, "team", x.ID, made(map[string]any{
		"name": x.Name, "leader_id": x.LeaderID, "members": emptyNotNil(x.Members), "queues": emptyNotNil(x.Queues)}))
}

// checkTeam validates; newMembers and newQueues are those the request names.
func checkTeam(q dbx.Querier, x *desk.Team, newMembers, newQueues []desk.ID) error {
	var f faults
	var err error
	x.Name, err = desk.ValidName("name", x.Name)
	if err = f.add(err); err != nil {
		return err
	}
	if err := f.add(references(q, x.AccountID, "account_user", "deleted_at = 0", "members", newMembers)); err != nil {
		return err
	}
	if err := f.add(references(q, x.AccountID, "queue", "deleted_at = 0", "queues", newQueues)); err != nil {
		return err
	}
	if x.LeaderID != 0 && !slices.Contains(x.Members, x.LeaderID) {
		f.refuse("leader_id", desk.CodeNotAMember)
	}
	return f.err()
}

// UpdateTeam changes a team; what it grants or takes counts at once. A leader
// who leaves the members stops leading. Supervisors may.
func (s *Store) UpdateTeam(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p TeamPatch) (desk.Team, error) {
	if err := by.Require(desk.ActTeamEdit); err != nil {
		return desk.Team{}, err
	}
	if err := lockAccount(tx, by.AccountID); err != nil {
		return desk.Team{}, err
	}
	before, err := s.Team(tx, by.AccountID, id)
	if err != nil {
		return desk.Team{}, err
	}
	next := before
	override(&next.Name, p.Name)
	override(&next.LeaderID, p.LeaderID)
	var newMembers, newQueues []desk.ID
	override(&newMembers, p.Members)
	override(&newQueues, p.Queues)
	if p.Members != nil {
		next.Members = sortedIDs(newMembers)
		if p.LeaderID == nil && !slices.Contains(next.Members, next.LeaderID) {
			next.LeaderID = 0
		}
	}
	if err := checkTeam(tx, &next, newMembers, newQueues); err != nil {
		return desk.Team{}, err
	}
	next.Members = before.Members
	c := changes{}
	differ(c, "name", before.Name, next.Name)
	differ(c, "leader_id", before.LeaderID, next.LeaderID)
	if err := alterLinks(tx, c, teamMembers, "members", by.AccountID, id, &next.Members, p.Members); err != nil {
		return desk.Team{}, err
	}
	if err := alterLinks(tx, c, teamQueues, "queues", by.AccountID, id, &next.Queues, p.Queues); err != nil {
		return desk.Team{}, err
	}
	if len(c) == 0 {
		return next, nil
	}
	_, err = tx.Exec(`UPDATE team SET name = $3, name_fold = $4, leader_id = $5, rev = rev + 1, updated_at = $6
		WHERE account_id = $1 AND id = $2`, by.AccountID, id, next.Name, dbx.Fold(next.Name), next.LeaderID, s.now())
	if err != nil {
		return desk.Team{}, taken(err, teamNameTaken, clashField("name", desk.CodeNameTaken))
	}
	return next, s.record(tx, by, desk.EvTeamUpdated, "team", id, c.data())
}

// DeleteTeam removes a team and with it the access it granted, never tickets.
// Administrators only.
func (s *Store) DeleteTeam(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := by.Require(desk.ActTeamDelete); err != nil {
		return err
	}
	x, err := s.Team(tx, by.AccountID, id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM team WHERE account_id = $1 AND id = $2`, by.AccountID, id); err != nil {
		return err
	}
	return s.record(tx, by, desk.EvTeamDeleted, "team", id, changes{"name": []any{x.Name, nil},
		"members": []any{emptyNotNil(x.Members), []desk.ID{}}}.data())
}
