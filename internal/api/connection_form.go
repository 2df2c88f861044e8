package api

import (
	"crypto/rand"
	"io"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// connectionForms turns what an administrator typed into what the store keeps:
// settings as the adapter's schema wants them, secrets sealed, and what the
// server makes itself.
type connectionForms struct {
	registry channel.Registry
	vault    *auth.Vault
	ids      *desk.IDs
	random   io.Reader
}

// fresh builds a new connection.
func (f *connectionForms) fresh(account desk.ID, b connectionNew) (store.ConnectionNew, error) {
	adapter := f.registry[b.Kind]
	if adapter == nil {
		return store.ConnectionNew{}, desk.RefuseField("kind", desk.CodeUnsupportedKind)
	}
	schema := adapter.Settings()
	settings := complete(schema, b.Settings)
	if err := schema.Check(settings, false); err != nil {
		return store.ConnectionNew{}, err
	}
	key, err := store.PublicKey(f.random)
	if err != nil {
		return store.ConnectionNew{}, err
	}
	row := store.ConnectionNew{ID: f.ids.Next(), PublicKey: key, Kind: b.Kind, Name: b.Name, ExternalID: settings[schema.Endpoint],
		GroupID: settings[schema.Group], Secrets: schema.Secrets(), Default: b.Default, ReadReceipts: b.ReadReceipts,
		Greeting: b.Greeting, Color: b.Color, Queues: deskIDs(b.Queues)}
	row.Settings, err = f.vault.SealSettings(account, row.ID, settings, row.Secrets)
	return row, err
}

// complete adds to settings what the server makes and the defaults.
func complete(schema channel.Schema, typed map[string]string) map[string]string {
	settings := map[string]string{}
	for key, value := range typed {
		settings[key] = value
	}
	for _, f := range schema.Fields {
		switch {
		case settings[f.Key] != "":
		case f.Generated:
			settings[f.Key] = rand.Text()
		case f.Default != "":
			settings[f.Key] = f.Default
		}
	}
	return settings
}

// patch builds the change of a connection. An empty secret leaves the stored
// one: forms show none.
func (f *connectionForms) patch(before *desk.Connection, b connectionPatch) (store.ConnectionPatch, error) {
	p := store.ConnectionPatch{Name: b.Name, Default: b.Default, Active: b.Active, ReadReceipts: b.ReadReceipts,
		Greeting: b.Greeting, Color: b.Color, Queues: idsPatch(b.Queues)}
	adapter := f.registry[before.Kind]
	if len(b.Settings) == 0 {
		return p, nil
	}
	if adapter == nil {
		return p, desk.RefuseField("settings", desk.CodeUnsupportedKind)
	}
	schema := adapter.Settings()
	p.Secrets = schema.Secrets()
	settings := map[string]string{}
	for key, value := range b.Settings {
		settings[key] = value
	}
	for _, key := range p.Secrets {
		if settings[key] == "" {
			delete(settings, key)
		}
	}
	if err := schema.Check(settings, true); err != nil {
		return p, err
	}
	if value, named := settings[schema.Endpoint]; named {
		p.ExternalID = &value
	}
	if value, named := settings[schema.Group]; named {
		p.GroupID = &value
	}
	var err error
	p.Settings, err = f.vault.SealSettings(before.AccountID, before.ID, settings, p.Secrets)
	return p, err
}
