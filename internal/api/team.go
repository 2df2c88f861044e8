package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// team is a named set of users that can grant queues.
type team struct {
	ID        id     `json:"id"`
	Name      string `json:"name"`
	LeaderID  ref    `json:"leader_id"`
	Members   []id   `json:"members"`
	Queues    []id   `json:"queues"`
	CreatedAt when   `json:"created_at"`
}

type teamNew struct {
	Name     string `json:"name" minLength:"1" maxLength:"60"`
	LeaderID ref    `json:"leader_id,omitempty" doc:"must be a member"`
	Members  []id   `json:"members,omitempty" maxItems:"200"`
	Queues   []id   `json:"queues,omitempty" maxItems:"200"`
}

type teamPatch struct {
	Name     *string  `json:"name,omitempty" maxLength:"60"`
	LeaderID refPatch `json:"leader_id,omitzero"`
	Members  *[]id    `json:"members,omitempty" maxItems:"200"`
	Queues   *[]id    `json:"queues,omitempty" maxItems:"200"`
}

func viewTeam(t desk.Team) team {
	return team{ID: id(t.ID), Name: t.Name, LeaderID: ref(t.LeaderID), Members: ids(t.Members), Queues: ids(t.Queues), CreatedAt: when(t.CreatedAt)}
}

func (s *Server) teamRoutes() {
	op := operation{tag: "teams"}
	handle(s, op.get("list-teams", "/teams", "Teams by name", ""), s.listTeams)
	handle(s, op.post("create-team", "/teams", "Add a team", "").creates(nil).refuses(http.StatusConflict), s.createTeam)
	handle(s, op.get("get-team", "/teams/{id}", "One team", "").refuses(http.StatusNotFound), s.getTeam)
	handle(s, op.patch("update-team", "/teams/{id}", "Change a team", "").refuses(http.StatusNotFound, http.StatusConflict), s.updateTeam)
	handle(s, op.delete("delete-team", "/teams/{id}", "Delete a team", "Takes away the queues it granted, at once.").refuses(http.StatusNotFound), s.deleteTeam)
}

func (s *Server) listTeams(ctx context.Context, in *Searched) (*body[page[team]], error) {
	p, err := s.store.Teams(s.read(ctx), viewer(ctx).AccountID, in.list())
	return listed(p, err, viewTeam)
}

func (s *Server) getTeam(ctx context.Context, in *ByID) (*body[team], error) {
	t, err := s.store.Team(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	return shown(t, err, viewTeam)
}

func (s *Server) createTeam(ctx context.Context, in *write[teamNew]) (*statusBody[team], error) {
	v, b := viewer(ctx), in.Body
	t, err := create(ctx, s, creation[desk.Team]{
		route: "create-team", key: in.Key, body: b,
		make: func(tx *dbx.Tx) (desk.Team, error) {
			return s.store.CreateTeam(tx, v, store.TeamNew{Name: b.Name, LeaderID: desk.ID(b.LeaderID), Members: deskIDs(b.Members), Queues: deskIDs(b.Queues)})
		},
		id:   func(t desk.Team) desk.ID { return t.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.Team, error) { return s.store.Team(q, v.AccountID, id) },
	})
	return created(t, err, viewTeam)
}

func (s *Server) updateTeam(ctx context.Context, in *change[teamPatch]) (*body[team], error) {
	b := in.Body
	t, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.Team, error) {
		return s.store.UpdateTeam(tx, viewer(ctx), in.ID.ID, store.TeamPatch{
			Name: b.Name, LeaderID: b.LeaderID.pointer(), Members: idsPatch(b.Members), Queues: idsPatch(b.Queues)})
	})
	return shown(t, err, viewTeam)
}

func (s *Server) deleteTeam(ctx context.Context, in *ByID) (*none, error) {
	return s.remove(ctx, in.ID.ID, s.store.DeleteTeam)
}
