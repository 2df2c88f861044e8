package api

import (
	"context"

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
	v := viewer(ctx)
	queues, err := everything(func(l store.List) (store.Page[desk.Queue], error) { return s.store.Queues(s.read(ctx), v.AccountID, l) })
	if err != nil {
		return nil, err
	}
	list := []transferTarget{}
	for _, q := range queues {
		if !q.Active {
			continue
		}
		members, err := everything(func(l store.List) (store.Page[desk.User], error) {
			return s.store.Users(s.read(ctx), v.AccountID, store.UserList{List: l, OnlyActive: true, QueueID: q.ID})
		})
		if err != nil {
			return nil, err
		}
		list = append(list, transferTarget{QueueID: id(q.ID), Name: q.Name, Color: q.Color, Members: viewed(members, viewMember)})
	}
	return itemsOf(list, same), nil
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
