package api

import (
	"context"
	"slices"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// transferTarget is a queue that a ticket can be transferred to.
type transferTarget struct {
	QueueID id             `json:"queue_id"`
	Name    string         `json:"name"`
	Color   string         `json:"color"`
	Members []targetMember `json:"members" doc:"active ones, by name"`
}

// targetMember is an agent that a ticket can be transferred to.
type targetMember struct {
	UserID      id     `json:"user_id"`
	Name        string `json:"name"`
	PhotoURL    string `json:"photo_url,omitempty"`
	Available   bool   `json:"available"`
	PauseReason string `json:"pause_reason"`
	Online      bool   `json:"online"`
}

func (s *Server) targetRoutes() {
	op := operation{tag: "tickets"}
	handle(s, op.get("list-transfer-targets", "/transfer-targets", "Queues and agents that a ticket can go to",
		"All active queues of the company, also those this user is not in."), s.listTargets)
}

func (s *Server) listTargets(ctx context.Context, _ *none) (*body[items[transferTarget]], error) {
	account, q := viewer(ctx).AccountID, s.read(ctx)
	queues, err := everything(func(l store.List) (store.Page[desk.Queue], error) { return s.store.Queues(q, account, l) })
	if err != nil {
		return nil, err
	}
	members, err := s.queueMembers(q, account)
	if err != nil {
		return nil, err
	}
	list := []transferTarget{}
	for _, x := range queues {
		if x.Active {
			list = append(list, transferTarget{QueueID: id(x.ID), Name: x.Name, Color: x.Color, Members: filled(members[x.ID])})
		}
	}
	return itemsOf(list, same), nil
}

// queueMembers reads the active users of each queue, direct or through a team,
// by name. How many queues there are costs no statement.
func (s *Server) queueMembers(q dbx.Querier, account desk.ID) (map[desk.ID][]targetMember, error) {
	users, err := everything(func(l store.List) (store.Page[desk.User], error) {
		return s.store.Users(q, account, store.UserList{List: l, OnlyActive: true})
	})
	if err != nil {
		return nil, err
	}
	teams, err := everything(func(l store.List) (store.Page[desk.Team], error) { return s.store.Teams(q, account, l) })
	if err != nil {
		return nil, err
	}
	queuesOf := map[desk.ID][]desk.ID{}
	for _, t := range teams {
		queuesOf[t.ID] = t.Queues
	}
	members := map[desk.ID][]targetMember{}
	for _, u := range users {
		queues := slices.Clone(u.Queues)
		for _, team := range u.Teams {
			queues = append(queues, queuesOf[team]...)
		}
		slices.Sort(queues)
		for _, queue := range slices.Compact(queues) {
			members[queue] = append(members[queue], viewMember(u))
		}
	}
	return members, nil
}

func viewMember(u desk.User) targetMember {
	return targetMember{UserID: id(u.ID), Name: u.Name, PhotoURL: thumbURL(u.PhotoID), Available: u.Available,
		PauseReason: u.PauseReason, Online: u.OnlineAt != 0}
}

// everything reads all pages of a register that is small by nature.
func everything[R any](read func(store.List) (store.Page[R], error)) ([]R, error) {
	var all []R
	l := store.List{Limit: store.MaxPage}
	for {
		p, err := read(l)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Items...)
		if p.Next == "" {
			return all, nil
		}
		l.Cursor = p.Next
	}
}
