package routing

import (
	"context"
	"crypto/subtle"
	"maps"
	"strings"
	"sync"

	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Directory keeps accounts, connections and their queues in memory, opened and
// ready, for the paths that every message takes. An account is read whole the
// first time it is asked for, and again after an event says that it changed;
// until that event has come round, a few milliseconds after the commit, the
// old state is answered.
type Directory struct {
	store   *store.Store
	secrets map[desk.ChannelKind][]string // settings that are sealed
	open    Opener
	base    func() string

	mu       sync.RWMutex
	accounts map[desk.ID]*entry
	keys     map[publicKey]place
	changes  uint64 // counts invalidations: what was read before one is not kept
}

// Opener opens a sealed setting of a connection (decisions.md 19).
type Opener func(account, connection desk.ID, field, sealed string) (string, error)

// Line is a connection in both forms, with the queues its new tickets enter.
type Line struct {
	desk.Connection
	Open    channel.Connection // with its secrets
	Initial []desk.ID          // active initial queues, in order
	broken  error              // a secret that could not be opened
}

type publicKey struct {
	kind desk.ChannelKind
	key  string
}

type place struct{ account, connection desk.ID }

// entry is one account as read.
type entry struct {
	account desk.Account
	lines   []Line
	phones  map[string]bool // of the account's users, by match key
}

const (
	// sharedSecret is the setting that must be equal for one number's webhook
	// URL to speak for another number (decisions.md 7).
	sharedSecret = "app_secret"
	// baseURL is the setting that leads to the provider.
	baseURL = "graph_url"
)

// NewDirectory returns an empty directory. The registry says which settings
// are secrets; simulator gives the base URL of the built-in provider, at the
// moment it is needed.
func NewDirectory(s *store.Store, registry channel.Registry, open Opener, simulator func() string) *Directory {
	d := &Directory{store: s, open: open, base: simulator, secrets: map[desk.ChannelKind][]string{},
		accounts: map[desk.ID]*entry{}, keys: map[publicKey]place{}}
	for kind, adapter := range registry {
		for _, f := range adapter.Settings().Fields {
			if f.Secret {
				d.secrets[kind] = append(d.secrets[kind], f.Key)
			}
		}
	}
	return d
}

// Watch keeps the directory in step with the events of a bus.
func (d *Directory) Watch(b *bus.Bus) (cancel func()) {
	return b.Subscribe("directory", 1024, func(e desk.Event) {
		if concerns(e.Type) {
			d.Forget(e.AccountID)
		}
	}, bus.OnLost(d.ForgetAll))
}

// concerns reports whether an event may change what the directory holds.
func concerns(t desk.EventType) bool {
	noun, _, _ := strings.Cut(string(t), ".")
	switch noun {
	case "account", "settings", "queue":
		return true
	case "connection":
		return t != desk.EvConnectionAlert
	case "user":
		return t != desk.EvUserPresence
	}
	return false
}

// Forget has an account read again when it is next asked for.
func (d *Directory) Forget(account desk.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes++
	delete(d.accounts, account)
	maps.DeleteFunc(d.keys, func(_ publicKey, p place) bool { return p.account == account })
}

// ForgetAll has everything read again.
func (d *Directory) ForgetAll() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes++
	clear(d.accounts)
	clear(d.keys)
}

// Account returns an account, or Missing.
func (d *Directory) Account(ctx context.Context, id desk.ID) (desk.Account, error) {
	e, err := d.entry(ctx, id)
	if err != nil {
		return desk.Account{}, err
	}
	return e.account, nil
}

// IsAgentPhone reports whether a phone, by its match key, is the private
// mobile of one of the account's active users (E8).
func (d *Directory) IsAgentPhone(ctx context.Context, account desk.ID, matchKey string) (bool, error) {
	if matchKey == "" {
		return false, nil
	}
	e, err := d.entry(ctx, account)
	return err == nil && e.phones[matchKey], err
}

// Connection returns a connection as stored and as adapters see it, or
// Missing.
func (d *Directory) Connection(ctx context.Context, account, id desk.ID) (desk.Connection, channel.Connection, error) {
	l, err := d.Line(ctx, account, id)
	return l.Connection, l.Open, err
}

// Line returns a connection with its queues, or Missing.
func (d *Directory) Line(ctx context.Context, account, id desk.ID) (Line, error) {
	e, err := d.entry(ctx, account)
	if err != nil {
		return Line{}, err
	}
	for i := range e.lines {
		if e.lines[i].ID == id {
			return d.ready(e.lines[i])
		}
	}
	return Line{}, desk.Missing()
}

// ByPublicKey returns the connection behind a webhook URL, or Missing.
func (d *Directory) ByPublicKey(ctx context.Context, kind desk.ChannelKind, key string) (Line, error) {
	k := publicKey{kind, key}
	d.mu.RLock()
	p, known := d.keys[k]
	changes := d.changes
	d.mu.RUnlock()
	if !known {
		var err error
		if p.account, p.connection, err = d.store.RouteByKey(d.store.DB.Read(ctx), kind, key); err != nil {
			return Line{}, err
		}
		d.mu.Lock()
		if d.changes == changes {
			d.keys[k] = p
		}
		d.mu.Unlock()
	}
	return d.Line(ctx, p.account, p.connection)
}

// ForElement returns the connections that an element is for, which arrived
// over the webhook URL of via: the one of its account and kind with that
// external id, or without one all of that group. Only connections that share
// via's secret count, because it is via's secret that vouches for the element
// (decisions.md 7). None means that the number is unknown.
func (d *Directory) ForElement(ctx context.Context, via Line, externalID, groupID string) ([]Line, error) {
	if externalID == via.ExternalID && externalID != "" || externalID == "" && groupID == "" {
		return []Line{via}, nil
	}
	e, err := d.entry(ctx, via.AccountID)
	if err != nil {
		return nil, err
	}
	var found []Line
	for _, l := range e.lines {
		meant := l.ExternalID == externalID
		if externalID == "" {
			meant = l.GroupID == groupID
		}
		if l.Kind != via.Kind || !meant || !sameSecret(l, via) {
			continue
		}
		l, err := d.ready(l)
		if err != nil {
			return nil, err
		}
		found = append(found, l)
	}
	return found, nil
}

func sameSecret(a, b Line) bool {
	x, y := a.Open.Settings[sharedSecret], b.Open.Settings[sharedSecret]
	return a.ID == b.ID || x != "" && subtle.ConstantTimeCompare([]byte(x), []byte(y)) == 1
}

// ready leads a simulated connection to where the simulator is now.
func (d *Directory) ready(l Line) (Line, error) {
	if l.broken != nil || !l.Simulated {
		return l, l.broken
	}
	if base := d.base(); l.Open.Settings[baseURL] != base {
		l.Open.Settings = maps.Clone(l.Open.Settings)
		l.Open.Settings[baseURL] = base
	}
	return l, nil
}

// entry returns an account, reading it if it is not in memory.
func (d *Directory) entry(ctx context.Context, account desk.ID) (*entry, error) {
	d.mu.RLock()
	e, changes := d.accounts[account], d.changes
	d.mu.RUnlock()
	if e != nil {
		return e, nil
	}
	e, err := d.read(ctx, account)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changes == changes {
		d.accounts[account] = e
	}
	return e, nil
}

func (d *Directory) read(ctx context.Context, id desk.ID) (*entry, error) {
	q := d.store.DB.Read(ctx)
	account, err := d.store.Account(q, id)
	if err != nil {
		return nil, err
	}
	routes, err := d.store.Routes(q, id)
	if err != nil {
		return nil, err
	}
	phones, err := d.store.AgentPhones(q, id)
	if err != nil {
		return nil, err
	}
	e := &entry{account: account, phones: make(map[string]bool, len(phones))}
	for _, key := range phones {
		e.phones[key] = key != ""
	}
	for _, r := range routes {
		e.lines = append(e.lines, d.line(r))
	}
	return e, nil
}

// line opens the secrets of a connection.
func (d *Directory) line(r store.Route) Line {
	l := Line{Connection: r.Connection, Initial: r.Initial, Open: channel.Connection{
		ID: r.ID, AccountID: r.AccountID, Kind: r.Kind, Name: r.Name, Identifier: r.Identifier,
		ExternalID: r.ExternalID, GroupID: r.GroupID, Settings: maps.Clone(r.Settings),
	}}
	if l.Open.Settings == nil {
		l.Open.Settings = map[string]string{}
	}
	for _, field := range d.secrets[r.Kind] {
		sealed := l.Open.Settings[field]
		if sealed == "" {
			continue
		}
		plain, err := d.open(r.AccountID, r.ID, field, sealed)
		if err != nil {
			l.broken = err
		}
		l.Open.Settings[field] = plain
	}
	if l.Simulated {
		l.Open.Settings[baseURL] = d.base()
	}
	return l
}
