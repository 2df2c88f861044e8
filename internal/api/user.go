package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// user is somebody of the company. Colleagues of role user see names, photos
// and availability only.
type user struct {
	ID                  id        `json:"id"`
	Name                string    `json:"name"`
	PhotoURL            string    `json:"photo_url,omitempty"`
	Role                desk.Role `json:"role"`
	Active              bool      `json:"active"`
	Available           bool      `json:"available"`
	PauseReason         string    `json:"pause_reason"`
	Online              bool      `json:"online"`
	OnlineAt            when      `json:"online_at"`
	Email               string    `json:"email,omitempty"`
	Phone               string    `json:"phone,omitempty" doc:"private mobile"`
	DefaultConnectionID ref       `json:"default_connection_id"`
	Signature           string    `json:"signature,omitempty"`
	Queues              []id      `json:"queues" doc:"direct ones"`
	Teams               []id      `json:"teams"`
	Connections         []id      `json:"connections" doc:"allowed ones; empty means all"`
	CreatedAt           when      `json:"created_at"`
}

type userList struct {
	Searched
	Role   desk.Role `query:"role"`
	Active bool      `query:"active" doc:"only active ones"`
	Queue  idIn      `query:"queue" doc:"members of it, direct or through a team"`
}

type userNew struct {
	Name                string    `json:"name" minLength:"1" maxLength:"60"`
	Email               string    `json:"email" minLength:"1" maxLength:"254"`
	Password            string    `json:"password" minLength:"1" maxLength:"1000" writeOnly:"true"`
	Role                desk.Role `json:"role,omitempty" default:"user"`
	Phone               string    `json:"phone,omitempty" maxLength:"40"`
	Queues              []id      `json:"queues,omitempty" maxItems:"200"`
	Teams               []id      `json:"teams,omitempty" maxItems:"200"`
	Connections         []id      `json:"connections,omitempty" maxItems:"200"`
	DefaultConnectionID ref       `json:"default_connection_id,omitempty"`
	Signature           string    `json:"signature,omitempty" maxLength:"60"`
}

type userPatch struct {
	Name                *string    `json:"name,omitempty" maxLength:"60"`
	Email               *string    `json:"email,omitempty" maxLength:"254"`
	Password            *string    `json:"password,omitempty" maxLength:"1000" writeOnly:"true" doc:"ends her sessions"`
	Role                *desk.Role `json:"role,omitempty"`
	Phone               *string    `json:"phone,omitempty" maxLength:"40"`
	Active              *bool      `json:"active,omitempty" doc:"false returns her open tickets to their queues and ends her sessions"`
	Queues              *[]id      `json:"queues,omitempty" maxItems:"200"`
	Teams               *[]id      `json:"teams,omitempty" maxItems:"200"`
	Connections         *[]id      `json:"connections,omitempty" maxItems:"200"`
	DefaultConnectionID refPatch   `json:"default_connection_id,omitzero"`
	Signature           *string    `json:"signature,omitempty" maxLength:"60"`
}

func (s *Server) userRoutes() {
	op := operation{tag: "users"}
	handle(s, op.get("list-users", "/users", "Users by name", ""), s.listUsers)
	handle(s, op.post("create-user", "/users", "Add a person", "").creates(nil).refuses(http.StatusConflict), s.createUser)
	handle(s, op.get("get-user", "/users/{id}", "One user", "").refuses(http.StatusNotFound), s.getUser)
	handle(s, op.patch("update-user", "/users/{id}", "Change a user", "").refuses(http.StatusNotFound, http.StatusConflict), s.updateUser)
	handle(s, op.delete("delete-user", "/users/{id}", "Delete a user", "").refuses(http.StatusNotFound), s.deleteUser)
}

// viewUser returns the view of a user that the viewer may have.
func viewUser(v *desk.Viewer) func(desk.User) user {
	return func(u desk.User) user {
		view := user{ID: id(u.ID), Name: u.Name, PhotoURL: thumbURL(u.PhotoID), Role: u.Role, Active: u.Active, Available: u.Available,
			PauseReason: u.PauseReason, Online: u.OnlineAt != 0, OnlineAt: when(u.OnlineAt), Queues: []id{}, Teams: []id{}, Connections: []id{}}
		if u.ID != v.UserID && !v.May(desk.ActUserView) {
			return view
		}
		view.Email, view.Phone, view.Signature = u.Email, u.Phone, u.Signature
		view.DefaultConnectionID, view.CreatedAt = ref(u.DefaultConnectionID), when(u.CreatedAt)
		view.Queues, view.Teams, view.Connections = ids(u.Queues), ids(u.Teams), ids(u.Connections)
		return view
	}
}

func (s *Server) listUsers(ctx context.Context, in *userList) (*body[page[user]], error) {
	v := viewer(ctx)
	p, err := s.store.Users(s.read(ctx), v.AccountID, store.UserList{
		List: in.list(), OnlyActive: in.Active, Role: in.Role, QueueID: in.Queue.ID})
	return listed(p, err, viewUser(v))
}

func (s *Server) getUser(ctx context.Context, in *ByID) (*body[user], error) {
	u, err := s.store.User(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	return shown(u, err, viewUser(viewer(ctx)))
}

func (s *Server) createUser(ctx context.Context, in *write[userNew]) (*statusBody[user], error) {
	v, b := viewer(ctx), in.Body
	if err := v.Require(desk.ActUserEdit); err != nil {
		return nil, err // before the password is hashed
	}
	hash, err := s.auth.Hash(ctx, "password", b.Password)
	if err != nil {
		return nil, err
	}
	b.Password = ""
	u, err := create(ctx, s, creation[desk.User]{
		route: "create-user", key: in.Key, body: b,
		make: func(tx *dbx.Tx) (desk.User, error) {
			return s.store.CreateUser(tx, v, store.UserNew{
				Name: b.Name, Email: b.Email, PasswordHash: hash, Role: b.Role, Phone: b.Phone, Signature: b.Signature,
				Queues: deskIDs(b.Queues), Teams: deskIDs(b.Teams), Connections: deskIDs(b.Connections), DefaultConnectionID: desk.ID(b.DefaultConnectionID)})
		},
		id:   func(u desk.User) desk.ID { return u.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.User, error) { return s.store.User(q, v.AccountID, id) },
	})
	return created(u, err, viewUser(v))
}

func (s *Server) updateUser(ctx context.Context, in *change[userPatch]) (*body[user], error) {
	v, b := viewer(ctx), in.Body
	if err := v.Require(desk.ActUserEdit); err != nil {
		return nil, err
	}
	hash, err := s.newHash(ctx, b.Password)
	if err != nil {
		return nil, err
	}
	u, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.User, error) {
		return s.store.UpdateUser(tx, v, in.ID.ID, store.UserPatch{
			Name: b.Name, Email: b.Email, PasswordHash: hash, Role: b.Role, Phone: b.Phone, Active: b.Active, Signature: b.Signature,
			Queues: idsPatch(b.Queues), Teams: idsPatch(b.Teams), Connections: idsPatch(b.Connections), DefaultConnectionID: b.DefaultConnectionID.pointer(),
			KeepSession: principal(ctx).SessionID})
	})
	return shown(u, err, viewUser(v))
}

// newHash hashes a password that a PATCH names; nil when it names none.
func (s *Server) newHash(ctx context.Context, password *string) (*string, error) {
	if password == nil {
		return nil, nil
	}
	hash, err := s.auth.Hash(ctx, "password", *password)
	return &hash, err
}

func (s *Server) deleteUser(ctx context.Context, in *ByID) (*none, error) {
	return s.remove(ctx, in.ID.ID, s.store.DeleteUser)
}
