package api

import (
	"context"
	"net/http"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// template is a message approved by the provider.
type template struct {
	ID              id                       `json:"id"`
	Kind            desk.ChannelKind         `json:"kind"`
	GroupID         string                   `json:"group_id" doc:"the provider's id of the account that owns it"`
	Connections     []id                     `json:"connections" doc:"those it can be sent over"`
	Name            string                   `json:"name"`
	Language        string                   `json:"language"`
	Category        string                   `json:"category" doc:"MARKETING, UTILITY, AUTHENTICATION"`
	Status          string                   `json:"status" doc:"APPROVED, PENDING, REJECTED, PAUSED …"`
	Quality         string                   `json:"quality" doc:"GREEN, YELLOW, RED, UNKNOWN"`
	RejectedReason  string                   `json:"rejected_reason"`
	ParameterFormat string                   `json:"parameter_format" enum:"POSITIONAL,NAMED"`
	Components      []desk.TemplateComponent `json:"components"`
	Placeholders    []desk.Placeholder       `json:"placeholders" doc:"what is to be filled, in order"`
	Fillable        bool                     `json:"fillable" doc:"this program can fill all of it"`
	SyncedAt        when                     `json:"synced_at"`
	CreatedAt       when                     `json:"created_at"`
}

type templateList struct {
	Searched
	Status     string `query:"status" maxLength:"40" doc:"APPROVED, PENDING …; all but deleted ones when absent"`
	Category   string `query:"category" maxLength:"40"`
	Language   string `query:"language" maxLength:"20"`
	Connection idIn   `query:"connection" doc:"those that can be sent over it"`
}

type templateNew struct {
	ConnectionID    id                       `json:"connection_id"`
	Name            string                   `json:"name" minLength:"1" maxLength:"512" pattern:"^[a-z0-9_]+$" doc:"lower-case letters, digits and _"`
	Language        string                   `json:"language" minLength:"2" maxLength:"20"`
	Category        string                   `json:"category" enum:"MARKETING,UTILITY,AUTHENTICATION"`
	ParameterFormat string                   `json:"parameter_format,omitempty" enum:"POSITIONAL,NAMED" default:"POSITIONAL"`
	Components      []desk.TemplateComponent `json:"components" minItems:"1" maxItems:"4"`
}

type templateSync struct {
	ConnectionID ref `json:"connection_id,omitempty" doc:"none: all connections with templates"`
}

// syncTemplates is the input of POST /templates/sync.
type syncTemplates struct{ Body *templateSync }

// templatesSynced tells when the synchronisation was done and how many there
// are.
type templatesSynced struct {
	Connections []id `json:"connections" doc:"those that were asked"`
	SyncedAt    when `json:"synced_at"`
}

func (s *Server) templateRoutes() {
	op := operation{tag: "templates"}
	handle(s, op.get("list-templates", "/templates", "Templates by name", "q matches name and text."), s.listTemplates)
	handle(s, op.post("create-template", "/templates", "Submit a template for approval", "").creates(nil).refuses(http.StatusConflict), s.createTemplate)
	handle(s, op.post("sync-templates", "/templates/sync", "Fetch the templates from the provider", "").refuses(http.StatusServiceUnavailable), s.syncTemplates)
	op = op.refuses(http.StatusNotFound)
	handle(s, op.get("get-template", "/templates/{id}", "One template", ""), s.getTemplate)
	handle(s, op.delete("delete-template", "/templates/{id}", "Delete a template at the provider", ""), s.deleteTemplate)
	handle(s, op.post("preview-template", "/templates/{id}/preview", "Fill a template without sending it",
		"422 template_parameters with what is missing. The text equals what would be sent."), s.previewTemplate)
}

// viewTemplate translates a template; lines are the account's connections.
func viewTemplate(lines []desk.Connection) func(desk.Template) template {
	return func(t desk.Template) template {
		view := template{ID: id(t.ID), Kind: t.Kind, GroupID: t.GroupID, Connections: []id{}, Name: t.Name, Language: t.Language,
			Category: t.Category, Status: t.Status, Quality: t.Quality, RejectedReason: t.RejectedReason, ParameterFormat: t.ParameterFormat,
			Components: filled(t.Components), Placeholders: filled(t.Placeholders()), Fillable: t.Fillable(), SyncedAt: when(t.SyncedAt),
			CreatedAt: when(t.CreatedAt)}
		for _, c := range lines {
			if c.Kind == t.Kind && c.GroupID == t.GroupID {
				view.Connections = append(view.Connections, id(c.ID))
			}
		}
		return view
	}
}

// lines returns all connections of the account.
func (s *Server) lines(ctx context.Context) ([]desk.Connection, error) {
	return everything(func(l store.List) (store.Page[desk.Connection], error) {
		return s.store.Connections(s.read(ctx), viewer(ctx).AccountID, store.ConnectionList{List: l})
	})
}

func (s *Server) listTemplates(ctx context.Context, in *templateList) (*body[page[template]], error) {
	v, q := viewer(ctx), s.read(ctx)
	l := store.TemplateList{List: in.list(), Status: in.Status, Category: in.Category, Language: in.Language}
	if in.Connection.ID != 0 {
		c, err := s.store.Connection(q, v.AccountID, in.Connection.ID)
		if err != nil {
			return nil, err
		}
		l.Kind, l.GroupID = c.Kind, c.GroupID
		if c.GroupID == "" {
			return paged([]template{}, ""), nil
		}
	}
	p, err := s.store.Templates(q, v.AccountID, l)
	if err != nil {
		return nil, err
	}
	lines, err := s.lines(ctx)
	return listed(p, err, viewTemplate(lines))
}

// templateView answers with one template.
func (s *Server) templateView(ctx context.Context, t desk.Template, err error) (template, error) {
	if err != nil {
		return template{}, err
	}
	lines, err := s.lines(ctx)
	if err != nil {
		return template{}, err
	}
	return viewTemplate(lines)(t), nil
}

func (s *Server) getTemplate(ctx context.Context, in *ByID) (*body[template], error) {
	t, err := s.store.Template(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	view, err := s.templateView(ctx, t, err)
	return shown(view, err, same)
}

// source returns where a connection's templates come from.
func (s *Server) source(ctx context.Context, connectionID desk.ID, field string) (channel.TemplateSource, channel.Connection, desk.Connection, error) {
	row, open, err := s.directory.Connection(ctx, viewer(ctx).AccountID, connectionID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil, open, row, desk.RefuseField(field, desk.CodeUnknownReference)
	}
	if err != nil {
		return nil, open, row, err
	}
	source, ok := s.registry[row.Kind].(channel.TemplateSource)
	if !ok {
		return nil, open, row, desk.RefuseField(field, desk.CodeUnsupportedKind)
	}
	return source, open, row, nil
}

func (s *Server) createTemplate(ctx context.Context, in *write[templateNew]) (*statusBody[template], error) {
	v, b := viewer(ctx), in.Body
	if err := v.Require(desk.ActTemplateEdit); err != nil {
		return nil, err
	}
	source, open, row, err := s.source(ctx, desk.ID(b.ConnectionID), "connection_id")
	if err != nil {
		return nil, err
	}
	wanted := desk.Template{AccountID: v.AccountID, Kind: row.Kind, GroupID: row.GroupID, Name: b.Name, Language: b.Language,
		Category: b.Category, ParameterFormat: b.ParameterFormat, Components: b.Components}
	if in.Key != "" {
		if done, prior, err := s.templateBefore(ctx, in.Key, b); err != nil || done {
			view, err := s.templateView(ctx, prior, err)
			return created(view, err, same)
		}
	}
	made, err := source.CreateTemplate(ctx, open, wanted)
	if err != nil {
		return nil, err
	}
	made.Kind, made.GroupID = row.Kind, row.GroupID
	t, err := create(ctx, s, creation[desk.Template]{
		route: "create-template", key: in.Key, body: b,
		make: func(tx *dbx.Tx) (desk.Template, error) { return s.store.CreateTemplate(tx, v, made) },
		id:   func(t desk.Template) desk.ID { return t.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.Template, error) { return s.store.Template(q, v.AccountID, id) },
	})
	view, err := s.templateView(ctx, t, err)
	return created(view, err, same)
}

// templateBefore finds what an earlier request with the same key created, so
// that the provider is not asked again.
func (s *Server) templateBefore(ctx context.Context, key string, b templateNew) (bool, desk.Template, error) {
	e, err := effectOf(ctx, "create-template", key, b)
	if err != nil {
		return false, desk.Template{}, err
	}
	prior, err := s.store.EffectOf(s.read(ctx), e)
	if desk.CodeOf(err) == desk.CodeNotFound || err == nil && len(prior.IDs) == 0 {
		return false, desk.Template{}, nil
	}
	if err != nil {
		return false, desk.Template{}, err
	}
	t, err := s.store.Template(s.read(ctx), e.AccountID, prior.IDs[0])
	return true, t, err
}

func (s *Server) deleteTemplate(ctx context.Context, in *ByID) (*none, error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActTemplateEdit); err != nil {
		return nil, err
	}
	t, err := s.store.Template(s.read(ctx), v.AccountID, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if t.Deleted() {
		return nil, desk.Missing()
	}
	lines, err := s.lines(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range lines {
		if c.Kind != t.Kind || c.GroupID != t.GroupID {
			continue
		}
		source, open, _, err := s.source(ctx, c.ID, "id")
		if err != nil {
			return nil, err
		}
		if err := source.DeleteTemplate(ctx, open, t); err != nil {
			return nil, err
		}
		break
	}
	_, err = s.remove(ctx, in.ID.ID, s.store.DeleteTemplate)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil, nil // the provider's news of it was faster
	}
	return nil, err
}

func (s *Server) syncTemplates(ctx context.Context, in *syncTemplates) (*body[templatesSynced], error) {
	v := viewer(ctx)
	if err := v.Require(desk.ActTemplateSync); err != nil {
		return nil, err
	}
	lines, err := s.lines(ctx)
	if err != nil {
		return nil, err
	}
	var only desk.ID
	if in.Body != nil {
		only = desk.ID(in.Body.ConnectionID)
	}
	result := templatesSynced{Connections: []id{}, SyncedAt: when(desk.TimeOf(s.now()))}
	groups := map[string]bool{}
	for _, c := range lines {
		group := string(c.Kind) + " " + c.GroupID
		_, can := s.registry[c.Kind].(channel.TemplateSource)
		if only != 0 && c.ID != only || !can || !c.Active || groups[group] {
			continue
		}
		groups[group] = true
		if err := s.inbound.SyncTemplates(ctx, v.AccountID, c.ID); err != nil {
			return nil, err
		}
		result.Connections = append(result.Connections, id(c.ID))
	}
	if only != 0 && len(result.Connections) == 0 {
		return nil, desk.RefuseField("connection_id", desk.CodeUnknownReference)
	}
	return answer(result), nil
}
