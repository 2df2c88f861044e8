package store_test

import (
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

func TestD44_TeamGrantsAndTakesQueuesAtOnce(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		support := c.queue("Suporte")
		ana, bruno := c.user("Ana", desk.RoleUser), c.user("Bruno", desk.RoleUser)
		night := write(c, func(tx *dbx.Tx) (desk.Team, error) {
			return c.CreateTeam(tx, c.admin, store.TeamNew{Name: "Noite", LeaderID: ana.UserID,
				Members: []desk.ID{ana.UserID, bruno.UserID}, Queues: []desk.ID{support.ID}})
		})
		if !c.viewer(ana.UserID).InQueue(support.ID) {
			t.Fatal("the team grants nothing")
		}
		c.takeEvents()
		got := write(c, func(tx *dbx.Tx) (desk.Team, error) {
			return c.UpdateTeam(tx, c.admin, night.ID, store.TeamPatch{Members: &[]desk.ID{bruno.UserID}})
		})
		if got.LeaderID != 0 {
			t.Error("Ana leads a team she left")
		}
		if e := c.onlyEvent(); e.Type != desk.EvTeamUpdated {
			t.Errorf("event %+v", e)
		}
		if c.viewer(ana.UserID).InQueue(support.ID) || !c.viewer(bruno.UserID).InQueue(support.ID) {
			t.Error("leaving the team did not take the queue from Ana alone")
		}
		c.must(func(tx *dbx.Tx) error { return c.DeleteTeam(tx, c.admin, night.ID) })
		if c.viewer(bruno.UserID).InQueue(support.ID) {
			t.Error("a deleted team still grants")
		}
	})
}

func TestD44_LeaderIsAMemberAndNamesAreUnique(t *testing.T) {
	eachCompany(t, func(t *testing.T, c *company) {
		ana, bruno := c.user("Ana", desk.RoleUser), c.user("Bruno", desk.RoleUser)
		create := func(in store.TeamNew) (desk.Team, error) {
			return try(c, func(tx *dbx.Tx) (desk.Team, error) { return c.CreateTeam(tx, c.admin, in) })
		}
		_, err := create(store.TeamNew{Name: "Manhã", LeaderID: bruno.UserID, Members: []desk.ID{ana.UserID}})
		field(t, err, "body.leader_id", desk.CodeNotAMember)
		team, err := create(store.TeamNew{Name: "Manhã", Members: []desk.ID{ana.UserID}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = create(store.TeamNew{Name: "MANHA"})
		code(t, err, desk.Conflict, desk.CodeNameTaken)
		_, err = create(store.TeamNew{Name: "Tarde", Members: []desk.ID{99}, Queues: []desk.ID{98}})
		field(t, err, "body.members", desk.CodeUnknownReference)
		field(t, err, "body.queues", desk.CodeUnknownReference)
		_, err = try(c, func(tx *dbx.Tx) (desk.Team, error) {
			return c.UpdateTeam(tx, c.admin, team.ID, store.TeamPatch{LeaderID: ptr(bruno.UserID)})
		})
		field(t, err, "body.leader_id", desk.CodeNotAMember)
		page, err := c.Teams(c.read(), c.id, store.List{})
		if err != nil || len(page.Items) != 1 || len(page.Items[0].Members) != 1 {
			t.Errorf("teams %v %v", page.Items, err)
		}
	})
}
