package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// tag labels tickets and contacts.
type tag struct {
	ID          id     `json:"id"`
	Name        string `json:"name"`
	Color       string `json:"color"`
	Description string `json:"description"`
	Active      bool   `json:"active"`
	Tickets     int64  `json:"tickets" doc:"how many tickets have it"`
	Contacts    int64  `json:"contacts"`
	CreatedAt   when   `json:"created_at"`
}

type tagNew struct {
	Name        string `json:"name" minLength:"1" maxLength:"60"`
	Color       string `json:"color" minLength:"1" maxLength:"7"`
	Description string `json:"description,omitempty" maxLength:"200"`
}

type tagPatch struct {
	Name        *string `json:"name,omitempty" maxLength:"60"`
	Color       *string `json:"color,omitempty" maxLength:"7"`
	Description *string `json:"description,omitempty" maxLength:"200"`
	Active      *bool   `json:"active,omitempty"`
}

type activeList struct {
	Searched
	Active bool `query:"active" doc:"only those that may still be chosen"`
}

func (s *Server) tagRoutes() {
	op := operation{tag: "tags"}
	handle(s, op.get("list-tags", "/tags", "Tags by name", ""), s.listTags)
	handle(s, op.post("create-tag", "/tags", "Add a tag", "").creates(nil).refuses(http.StatusConflict), s.createTag)
	handle(s, op.get("get-tag", "/tags/{id}", "One tag", "").refuses(http.StatusNotFound), s.getTag)
	handle(s, op.patch("update-tag", "/tags/{id}", "Change a tag", "").refuses(http.StatusNotFound, http.StatusConflict), s.updateTag)
	handle(s, op.delete("delete-tag", "/tags/{id}", "Delete an unused tag", "").refuses(http.StatusNotFound), s.deleteTag)
}

// viewTags adds to tags how often they are used.
func (s *Server) viewTags(ctx context.Context, rows []desk.Tag) ([]tag, error) {
	ids := viewed(rows, func(t desk.Tag) desk.ID { return t.ID })
	usage, err := s.store.TagUsage(s.read(ctx), viewer(ctx).AccountID, ids)
	if err != nil {
		return nil, err
	}
	return viewed(rows, func(t desk.Tag) tag {
		return tag{ID: id(t.ID), Name: t.Name, Color: t.Color, Description: t.Description, Active: t.Active,
			Tickets: usage[t.ID].Tickets, Contacts: usage[t.ID].Contacts, CreatedAt: when(t.CreatedAt)}
	}), nil
}

func (s *Server) viewTag(ctx context.Context, row desk.Tag, err error) (tag, error) {
	if err != nil {
		return tag{}, err
	}
	views, err := s.viewTags(ctx, []desk.Tag{row})
	if err != nil {
		return tag{}, err
	}
	return views[0], nil
}

func (s *Server) listTags(ctx context.Context, in *activeList) (*body[page[tag]], error) {
	p, err := s.store.Tags(s.read(ctx), viewer(ctx).AccountID, in.Active, in.list())
	if err != nil {
		return nil, err
	}
	views, err := s.viewTags(ctx, p.Items)
	if err != nil {
		return nil, err
	}
	return paged(views, p.Next), nil
}

func (s *Server) getTag(ctx context.Context, in *ByID) (*body[tag], error) {
	row, err := s.store.Tag(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	t, err := s.viewTag(ctx, row, err)
	return shown(t, err, same)
}

func (s *Server) createTag(ctx context.Context, in *write[tagNew]) (*statusBody[tag], error) {
	v, b := viewer(ctx), in.Body
	row, err := create(ctx, s, creation[desk.Tag]{
		route: "create-tag", key: in.Key, body: b,
		make: func(tx *dbx.Tx) (desk.Tag, error) {
			return s.store.CreateTag(tx, v, store.TagNew{Name: b.Name, Color: b.Color, Description: b.Description})
		},
		id:   func(t desk.Tag) desk.ID { return t.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.Tag, error) { return s.store.Tag(q, v.AccountID, id) },
	})
	t, err := s.viewTag(ctx, row, err)
	return created(t, err, same)
}

func (s *Server) updateTag(ctx context.Context, in *change[tagPatch]) (*body[tag], error) {
	b := in.Body
	row, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.Tag, error) {
		return s.store.UpdateTag(tx, viewer(ctx), in.ID.ID, store.TagPatch{Name: b.Name, Color: b.Color, Description: b.Description, Active: b.Active})
	})
	t, err := s.viewTag(ctx, row, err)
	return shown(t, err, same)
}

func (s *Server) deleteTag(ctx context.Context, in *ByID) (*none, error) {
	return s.remove(ctx, in.ID.ID, s.store.DeleteTag)
}
