package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// connection is a configured number or address. Users see what they need to
// recognise and choose it; supervisors its health; administrators the rest.
type connection struct {
	ID           id                   `json:"id"`
	Kind         desk.ChannelKind     `json:"kind"`
	Name         string               `json:"name"`
	Identifier   string               `json:"identifier" doc:"number or address for people"`
	Default      bool                 `json:"default"`
	Active       bool                 `json:"active"`
	Simulated    bool                 `json:"simulated"`
	Color        string               `json:"color"`
	State        desk.ConnectionState `json:"state"`
	StateReason  string               `json:"state_reason" doc:"stable code; empty when fine"`
	Capabilities channel.Capabilities `json:"capabilities"`
	ReadReceipts bool                 `json:"read_receipts"`
	Queues       []id                 `json:"queues" doc:"initial queues; at most one today"`
	Greeting     string               `json:"greeting"`
	Health       map[string]string    `json:"health,omitempty" doc:"what the provider said last: quality, throughput, tier, verified_name"`
	CheckedAt    when                 `json:"checked_at"`
	ExternalID   string               `json:"external_id,omitempty" doc:"the provider's id of the number"`
	GroupID      string               `json:"group_id,omitempty" doc:"the provider's id of what owns it"`
	Settings     map[string]string    `json:"settings,omitempty" doc:"without secrets"`
	Secrets      []string             `json:"secrets,omitempty" doc:"names of the secrets that are stored"`
	SecretsAt    when                 `json:"secrets_at" doc:"when a secret was last stored"`
	WebhookURL   string               `json:"webhook_url,omitempty"`
	VerifyToken  string               `json:"verify_token,omitempty"`
	Version      int64                `json:"version"`
	CreatedAt    when                 `json:"created_at"`
}

type connectionList struct {
	Searched
	Kind      desk.ChannelKind `query:"kind"`
	UsableFor string           `query:"usable_for" maxLength:"20" doc:"id of a contact: only connections that can reach her now and that this user may use; any for somebody not yet known"`
}

type connectionNew struct {
	Kind         desk.ChannelKind  `json:"kind"`
	Name         string            `json:"name" minLength:"1" maxLength:"60"`
	Settings     map[string]string `json:"settings,omitempty" doc:"as GET /connection-kinds describes them"`
	Queues       []id              `json:"queues,omitempty" maxItems:"50"`
	Default      bool              `json:"default,omitempty" doc:"the first connection always is"`
	ReadReceipts *bool             `json:"read_receipts,omitempty" doc:"true when absent"`
	Greeting     string            `json:"greeting,omitempty" maxLength:"1000"`
	Color        string            `json:"color,omitempty" maxLength:"7"`
}

type connectionPatch struct {
	Name         *string           `json:"name,omitempty" maxLength:"60"`
	Settings     map[string]string `json:"settings,omitempty" doc:"only what is named changes"`
	Queues       *[]id             `json:"queues,omitempty" maxItems:"50"`
	Default      *bool             `json:"default,omitempty"`
	ReadReceipts *bool             `json:"read_receipts,omitempty"`
	Greeting     *string           `json:"greeting,omitempty" maxLength:"1000"`
	Color        *string           `json:"color,omitempty" maxLength:"7"`
	Active       *bool             `json:"active,omitempty"`
}

// connectionKind describes what can be connected.
type connectionKind struct {
	Kind      desk.ChannelKind       `json:"kind"`
	Available bool                   `json:"available" doc:"this program has its adapter"`
	Settings  []channel.SettingField `json:"settings"`
	Webhook   bool                   `json:"webhook" doc:"the provider pushes to webhook_url"`
	Templates bool                   `json:"templates" doc:"templates can be synchronised"`
	Check     bool                   `json:"check" doc:"health can be checked"`
}

func (s *Server) connectionRoutes() {
	op := operation{tag: "connections"}
	handle(s, op.get("list-connection-kinds", "/connection-kinds", "What can be connected, with the settings it needs", ""), s.listKinds)
	handle(s, op.get("list-connections", "/connections", "Connections by name", ""), s.listConnections)
	handle(s, op.post("create-connection", "/connections", "Add a connection",
		"Its health is checked right after; see POST …/check.").creates(nil).refuses(http.StatusConflict), s.createConnection)
	op = op.refuses(http.StatusNotFound)
	handle(s, op.get("get-connection", "/connections/{id}", "One connection", ""), s.getConnection)
	handle(s, op.patch("update-connection", "/connections/{id}", "Change a connection", "").refuses(http.StatusConflict), s.updateConnection)
	handle(s, op.delete("delete-connection", "/connections/{id}", "Delete a connection without live tickets", ""), s.deleteConnection)
	handle(s, op.post("check-connection", "/connections/{id}/check", "Ask the provider now",
		"The answer holds the state found: trouble with the connection is no error of this call. 503 when nothing could be found out.").
		refuses(http.StatusServiceUnavailable), s.checkConnection)
}

func (s *Server) listKinds(_ context.Context, _ *none) (*body[items[connectionKind]], error) {
	return itemsOf(desk.ChannelKinds(), func(k desk.ChannelKind) connectionKind {
		view := connectionKind{Kind: k, Settings: []channel.SettingField{}}
		adapter := s.registry[k]
		if adapter == nil {
			return view
		}
		view.Available, view.Settings = true, filled(adapter.Settings().Fields)
		_, view.Webhook = adapter.(channel.Webhook)
		_, view.Templates = adapter.(channel.TemplateSource)
		_, view.Check = adapter.(channel.Prober)
		return view
	}), nil
}

// viewConnection translates what the viewer may know of a connection.
func (s *Server) viewConnection(v *desk.Viewer) func(desk.Connection) connection {
	return func(c desk.Connection) connection {
		view := connection{ID: id(c.ID), Kind: c.Kind, Name: c.Name, Identifier: c.Identifier, Default: c.IsDefault, Active: c.Active,
			Simulated: c.Simulated, Color: c.Color, State: c.State, StateReason: c.StateReason, Capabilities: s.capabilities(c),
			ReadReceipts: c.ReadReceipts, Queues: ids(c.Queues), Greeting: c.Greeting, Version: c.Rev, CreatedAt: when(c.CreatedAt)}
		if v.May(desk.ActConnectionView) {
			view.Health, view.CheckedAt = c.Health, when(c.CheckedAt)
		}
		if v.May(desk.ActConnectionEdit) {
			s.addSettings(&view, &c)
		}
		return view
	}
}

// capabilities are those of the connection's adapter, none without one.
func (s *Server) capabilities(c desk.Connection) channel.Capabilities {
	caps := channel.Capabilities{}
	if adapter := s.registry[c.Kind]; adapter != nil {
		caps = adapter.Capabilities(channel.Connection{ID: c.ID, AccountID: c.AccountID, Kind: c.Kind, Name: c.Name,
			Identifier: c.Identifier, ExternalID: c.ExternalID, GroupID: c.GroupID})
	}
	if caps.Media == nil {
		caps.Media = map[desk.MessageType]channel.MediaLimit{}
	}
	return caps
}

// addSettings shows administrators what is configured; of secrets only that
// they are stored.
func (s *Server) addSettings(view *connection, c *desk.Connection) {
	view.ExternalID, view.GroupID, view.SecretsAt = c.ExternalID, c.GroupID, when(c.SecretsAt)
	view.Settings, view.Secrets = map[string]string{}, []string{}
	adapter := s.registry[c.Kind]
	if adapter == nil {
		return
	}
	secrets := adapter.Settings().Secrets()
	for key, value := range c.Settings {
		if slices.Contains(secrets, key) {
			view.Secrets = append(view.Secrets, key)
		} else {
			view.Settings[key] = value
		}
	}
	slices.Sort(view.Secrets)
	if _, ok := adapter.(channel.Webhook); ok {
		view.WebhookURL = s.webhookURL(c.Kind, c.PublicKey)
		view.VerifyToken = c.Settings["verify_token"]
	}
}

// webhookURL is where the provider pushes to.
func (s *Server) webhookURL(kind desk.ChannelKind, publicKey string) string {
	return s.publicURL + "/hooks/" + string(kind) + "/" + publicKey
}

func (s *Server) listConnections(ctx context.Context, in *connectionList) (*body[page[connection]], error) {
	v := viewer(ctx)
	if in.UsableFor != "" {
		return s.usableConnections(ctx, in)
	}
	p, err := s.store.Connections(s.read(ctx), v.AccountID, store.ConnectionList{List: in.list(), Kind: in.Kind})
	return listed(p, err, s.viewConnection(v))
}

// usableConnections lists what the channel step offers (B5): active, connected
// and allowed to the viewer, and able to reach the contact.
func (s *Server) usableConnections(ctx context.Context, in *connectionList) (*body[page[connection]], error) {
	v, q := viewer(ctx), s.read(ctx)
	var person *desk.Contact
	if in.UsableFor != "any" {
		wanted, err := parseIDs("usable_for", []string{in.UsableFor})
		if err != nil {
			return nil, err
		}
		c, err := s.store.VisibleContact(q, v, wanted[0])
		if err != nil {
			return nil, err
		}
		person = &c
	}
	all, err := everything(func(l store.List) (store.Page[desk.Connection], error) {
		l.Q = in.Q
		return s.store.Connections(q, v.AccountID, store.ConnectionList{List: l, Kind: in.Kind, OnlyActive: true, Allowed: v.Connections})
	})
	if err != nil {
		return nil, err
	}
	usable := slices.DeleteFunc(all, func(c desk.Connection) bool {
		return !c.State.Usable() || !v.ReachesConnection(c.ID) || !s.reaches(&c, person)
	})
	return pageOf(usable, "", s.viewConnection(v)), nil
}

// reaches reports whether a connection can reach a person at all; nil is
// anybody.
func (s *Server) reaches(c *desk.Connection, person *desk.Contact) bool {
	if s.registry[c.Kind] == nil {
		return false
	}
	caps := s.capabilities(*c)
	return person == nil || !person.Blocked && (!caps.NeedsPhone || person.Phone != "") && (!caps.NeedsEmail || person.Email != "")
}

func (s *Server) getConnection(ctx context.Context, in *ByID) (*body[connection], error) {
	c, err := s.store.Connection(s.read(ctx), viewer(ctx).AccountID, in.ID.ID)
	return shown(c, err, s.viewConnection(viewer(ctx)))
}

func (s *Server) createConnection(ctx context.Context, in *write[connectionNew]) (*statusBody[connection], error) {
	v, b := viewer(ctx), in.Body
	if err := v.Require(desk.ActConnectionEdit); err != nil {
		return nil, err
	}
	row, err := s.forms.fresh(v.AccountID, b)
	if err != nil {
		return nil, err
	}
	c, err := s.storeConnection(ctx, in.Key, b, row)
	if err == nil {
		s.checkLater(ctx, c.ID)
	}
	return created(c, err, s.viewConnection(v))
}

// storeConnection adds a connection, once for each key.
func (s *Server) storeConnection(ctx context.Context, key string, b any, row store.ConnectionNew) (desk.Connection, error) {
	v := viewer(ctx)
	c, err := create(ctx, s, creation[desk.Connection]{
		route: "create-connection", key: key, body: b,
		make: func(tx *dbx.Tx) (desk.Connection, error) { return s.store.CreateConnection(tx, v, row) },
		id:   func(c desk.Connection) desk.ID { return c.ID },
		load: func(q dbx.Querier, id desk.ID) (desk.Connection, error) {
			return s.store.Connection(q, v.AccountID, id)
		},
	})
	s.directory.Forget(v.AccountID) // checks must see what was just stored
	return c, err
}

func (s *Server) updateConnection(ctx context.Context, in *change[connectionPatch]) (*body[connection], error) {
	v, b := viewer(ctx), in.Body
	if err := v.Require(desk.ActConnectionEdit); err != nil {
		return nil, err
	}
	before, err := s.store.Connection(s.read(ctx), v.AccountID, in.ID.ID)
	if err != nil {
		return nil, err
	}
	patch, err := s.forms.patch(&before, b)
	if err != nil {
		return nil, err
	}
	c, err := inTx(ctx, s, func(tx *dbx.Tx) (desk.Connection, error) { return s.store.UpdateConnection(tx, v, in.ID.ID, patch) })
	if err == nil && len(b.Settings) > 0 {
		s.directory.Forget(v.AccountID)
		s.checkLater(ctx, c.ID)
	}
	return shown(c, err, s.viewConnection(v))
}

func (s *Server) deleteConnection(ctx context.Context, in *ByID) (*none, error) {
	v := viewer(ctx)
	c, err := s.store.Connection(s.read(ctx), v.AccountID, in.ID.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.remove(ctx, in.ID.ID, s.store.DeleteConnection); err != nil || !c.Simulated || s.sandbox == nil {
		return nil, err
	}
	err = s.sandbox.RemoveNumber(ctx, v.AccountID, c.ExternalID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return nil, nil
	}
	return nil, err
}
