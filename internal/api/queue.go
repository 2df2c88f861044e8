package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// queue is a department: routing target and unit of visibility.
type queue struct {
	ID        id     `json:"id"`
	Name      string `json:"name"`
	Position  int    `json:"position" doc:"order in menus and registers"`
	Color     string `json:"color"`
	Active    bool   `json:"active"`
	CreatedAt when   `json:"created_at"`
}

type queueNew struct {
	Name     string `json:"name" minLength:"1" maxLength:"60"`
	Position *int   `json:"position,omitempty" minimum:"1" maximum:"10000" doc:"last when absent"`
	Color    string `json:"color" minLength:"1" maxLength:"7"`
}

type queuePatch struct {
	Name     *string `json:"name,omitempty" maxLength:"60"`
	Position *int    `json:"position,omitempty" minimum:"1" maximum:"10000"`
	Color    *string `json:"color,omitempty" maxLength:"7"`
	Active   *bool   `json:"active,omitempty"`
}

func viewQueue(q desk.Queue) queue {
	return queue{ID: id(q.ID), Name: q.Name, Position: q.Position, Color: q.Color, Active: q.Active, CreatedAt: when(q.CreatedAt)}
}

func (s *Server) queueRoutes() {
	op := operation{tag: "queues"}
	handle(s, op.get("list-queues", "/queues", "Queues in the order of menus", ""), s.listQueues)
	handle(s, op.post("create-queue", "/queues", "Add a queue", "").creates(nil).refuses(http.StatusConflict), s.createQueue)
	handle(s, op.get("get-queue", "/queues/{id}", "One queue", "").refuses(http.StatusNotFound), s.getQueue)
	handle(s, op.patch("update-queue", "/queues/{id}", "Change a queue", "").refuses(http.StatusNotFound, http.StatusConflict), s.updateQueue)
	handle(s, op.delete("delete-queue", "/queues/{id}", "Delete a queue without live tickets", "").refuses(http.StatusNotFound), s.deleteQueue)
}

func (s *Server) listQueues(ctx context.Context, in *Searched) (*body[page[queue]], error) {
	p, err := s.store.Queues(s.read(ctx), viewer(ctx).AccountID, in.list())
	return listed(p, err, viewQueue)
}

func (s *Server) getQueue(ctx context.Context, in *ByID) (*body[queue], error) {
	q, err := s.store.Queue(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	return shown(q, err, viewQueue)
}

func (s *Server) createQueue(ctx context.Context, in *write[queueNew]) (*statusBody[queue], error) {
	v, b := viewer(ctx), in.Body
	wanted := store.QueueNew{Name: b.Name, Color: b.Color}
	if b.Position != nil {
		wanted.Position = *b.Position
	}
	q, err := create(ctx, s, creation[desk.Queue]{
		route: "create-queue", key: in.Key, body: b,
		make: func(tx *dbx.Tx) (desk.Queue, error) { return s.store.CreateQueue(tx, v, wanted) },
		id:   func(q desk.Queue) desk.ID { return q.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.Queue, error) { return s.store.Queue(q, v.AccountID, id) },
	})
	return created(q, err, viewQueue)
}

func (s *Server) updateQueue(ctx context.Context, in *change[queuePatch]) (*body[queue], error) {
	b := in.Body
	q, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.Queue, error) {
		return s.store.UpdateQueue(tx, viewer(ctx), in.ID.ID, store.QueuePatch{Name: b.Name, Position: b.Position, Color: b.Color, Active: b.Active})
	})
	return shown(q, err, viewQueue)
}

func (s *Server) deleteQueue(ctx context.Context, in *ByID) (*none, error) {
	return s.remove(ctx, in.ID.ID, s.store.DeleteQueue)
}
