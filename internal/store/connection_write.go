package store

import (
	"encoding/base32"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// ConnectionNew is a connection to be created (E1 to E4, D17). The caller makes
// the id, because secrets are sealed to the row they stand in, and has checked
// the settings against the adapter's schema.
type ConnectionNew struct {
	ID           desk.ID
	PublicKey    string // see PublicKey
	Kind         desk.ChannelKind
	Name         string
	Identifier   string
	ExternalID   string // as the adapter finds it in the settings
	GroupID      string
	Settings     map[string]string // secrets sealed
	Secrets      []string          // keys of Settings that are secret
	Default      bool
	Simulated    bool
	ReadReceipts *bool // nil means on
	Greeting     string
	Color        string
	Queues       []desk.ID
}

// ConnectionPatch changes the fields that are set.
type ConnectionPatch struct {
	Name         *string
	Identifier   *string
	ExternalID   *string
	GroupID      *string
	Settings     map[string]string // only these keys change; "" removes one
	Secrets      []string          // keys of Settings that are secret
	Default      *bool
	Active       *bool
	ReadReceipts *bool
	Greeting     *string
	Color        *string
	Queues       *[]desk.ID
}

const (
	connectionNameTaken     = "connection(account_id,name_fold)"
	connectionExternalTaken = "connection(account_id,kind,external_id)"
	maxGreeting             = 1000
	maxInitialQueues        = 1
)

// PublicKey makes the unguessable part of a webhook URL: 128 random bits.
func PublicKey(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])), nil
}

// CreateConnection adds a connection. The first of an account, or the first
// beside one that is switched off, is the default whatever was asked (E3).
// Administrators only.
func (s *Store) CreateConnection(tx *dbx.Tx, by *desk.Viewer, in ConnectionNew) (desk.Connection, error) {
	if err := s.lockConnections(tx, by); err != nil {
		return desk.Connection{}, err
	}
	x := desk.Connection{ID: in.ID, AccountID: by.AccountID, Kind: in.Kind, Name: in.Name, Identifier: plainText(in.Identifier),
		ExternalID: in.ExternalID, GroupID: in.GroupID, PublicKey: in.PublicKey, Settings: in.Settings, IsDefault: in.Default,
		Active: true, Simulated: in.Simulated, State: desk.Disconnected, ReadReceipts: true, Greeting: in.Greeting,
		Color: in.Color, Queues: sortedIDs(in.Queues), Rev: 1, CreatedAt: s.now()}
	override(&x.ReadReceipts, in.ReadReceipts)
	if err := checkConnection(tx, &x, &in.Queues); err != nil {
		return desk.Connection{}, err
	}
	served, err := exists(tx, `SELECT 1 FROM connection WHERE account_id = $1 AND is_default AND active AND deleted_at = 0`, by.AccountID)
	if err != nil {
		return desk.Connection{}, err
	}
	x.IsDefault = x.IsDefault || !served
	if x.IsDefault {
		if err := s.clearDefaultConnection(tx, by); err != nil {
			return desk.Connection{}, err
		}
	}
	if len(in.Secrets) > 0 {
		x.SecretsAt = x.CreatedAt
	}
	if err := s.insertConnection(tx, &x); err != nil {
		return desk.Connection{}, err
	}
	return x, s.record(tx, by, desk.EvConnectionCreated, "connection", x.ID, made(map[string]any{
		"kind": x.Kind, "name": x.Name, "default": x.IsDefault, "queues": emptyNotNil(x.Queues)}))
}

// lockConnections makes writes of an account's connections follow one another,
// so that exactly one is the default.
func (s *Store) lockConnections(tx *dbx.Tx, by *desk.Viewer) error {
	if err := by.Require(desk.ActConnectionEdit); err != nil {
		return err
	}
	return lockAccount(tx, by.AccountID)
}

func (s *Store) insertConnection(tx *dbx.Tx, x *desk.Connection) error {
	settings, err := json.Marshal(x.Settings)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO connection (id, account_id, kind, name, name_fold, identifier, external_id, group_id, public_key,
			settings, is_default, simulated, read_receipts, greeting, color, secrets_at, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)`,
		x.ID, x.AccountID, x.Kind, x.Name, dbx.Fold(x.Name), x.Identifier, x.ExternalID, x.GroupID, x.PublicKey,
		string(settings), x.IsDefault, x.Simulated, x.ReadReceipts, x.Greeting, x.Color, x.SecretsAt, x.CreatedAt)
	if err != nil {
		return connectionTaken(err)
	}
	_, err = connectionQueues.set(tx, x.AccountID, x.ID, nil, x.Queues)
	return err
}

// connectionTaken names the field that clashes; the same number twice is a 422
// number_in_use (E5).
func connectionTaken(err error) error {
	inUse := desk.Refuse(desk.CodeNumberInUse)
	err = taken(err, connectionNameTaken, clashField("name", desk.CodeNameTaken))
	return taken(err, connectionExternalTaken, inUse)
}

// checkConnection normalises and validates; queues are those the request names.
func checkConnection(q dbx.Querier, x *desk.Connection, queues *[]desk.ID) error {
	var f faults
	var err error
	x.Name, err = desk.ValidName("name", x.Name)
	if err = f.add(err); err != nil {
		return err
	}
	x.Greeting = strings.TrimSpace(plainText(x.Greeting))
	if n := len([]rune(x.Greeting)); n > maxGreeting {
		_ = f.add(desk.RefuseField("greeting", desk.CodeTooLong).With("max", maxGreeting))
	}
	if x.Color != "" {
		x.Color, err = desk.ValidColor("color", x.Color)
		if err = f.add(err); err != nil {
			return err
		}
	}
	if queues != nil {
		if len(sortedIDs(*queues)) > maxInitialQueues {
			// E-Ini asks the customer to choose between several; nothing answers yet.
			_ = f.add(desk.RefuseField("queues", desk.CodeOneQueue).With("max", maxInitialQueues))
		}
		if err := f.add(references(q, x.AccountID, "queue", "deleted_at = 0", "queues", *queues)); err != nil {
			return err
		}
	}
	return f.err()
}

// UpdateConnection changes a connection. Administrators only.
func (s *Store) UpdateConnection(tx *dbx.Tx, by *desk.Viewer, id desk.ID, p ConnectionPatch) (desk.Connection, error) {
	if err := s.lockConnections(tx, by); err != nil {
		return desk.Connection{}, err
	}
	before, err := s.Connection(tx, by.AccountID, id)
	if err != nil {
		return desk.Connection{}, err
	}
	next := before
	p.overlay(&next)
	if err := checkConnection(tx, &next, p.Queues); err != nil {
		return desk.Connection{}, err
	}
	if err := checkDefault(tx, &before, &next); err != nil {
		return desk.Connection{}, err
	}
	c := changes{}
	noteConnection(c, &before, &next, p.Secrets)
	slices.Sort(next.Queues)
	if err := alterLinks(tx, c, connectionQueues, "queues", by.AccountID, id, &next.Queues, p.Queues); err != nil {
		return desk.Connection{}, err
	}
	if len(c) == 0 {
		return next, nil
	}
	if next.IsDefault && !before.IsDefault {
		if err := s.clearDefaultConnection(tx, by); err != nil {
			return desk.Connection{}, err
		}
	}
	if err := s.storeConnection(tx, &next, p); err != nil {
		return desk.Connection{}, err
	}
	return next, s.record(tx, by, desk.EvConnectionUpdated, "connection", id, c.data())
}

func (p ConnectionPatch) overlay(x *desk.Connection) {
	override(&x.Name, p.Name)
	override(&x.Identifier, p.Identifier)
	override(&x.ExternalID, p.ExternalID)
	override(&x.GroupID, p.GroupID)
	override(&x.IsDefault, p.Default)
	override(&x.Active, p.Active)
	override(&x.ReadReceipts, p.ReadReceipts)
	override(&x.Greeting, p.Greeting)
	override(&x.Color, p.Color)
	x.Identifier = plainText(x.Identifier)
	x.Settings = maps.Clone(x.Settings)
	if x.Settings == nil {
		x.Settings = map[string]string{}
	}
	for key, value := range p.Settings {
		if value == "" {
			delete(x.Settings, key)
		} else {
			x.Settings[key] = value
		}
	}
}

func noteConnection(c changes, before, next *desk.Connection, secrets []string) {
	differ(c, "name", before.Name, next.Name)
	differ(c, "identifier", before.Identifier, next.Identifier)
	differ(c, "external_id", before.ExternalID, next.ExternalID)
	differ(c, "group_id", before.GroupID, next.GroupID)
	differ(c, "default", before.IsDefault, next.IsDefault)
	differ(c, "active", before.Active, next.Active)
	differ(c, "read_receipts", before.ReadReceipts, next.ReadReceipts)
	differ(c, "greeting", before.Greeting, next.Greeting)
	differ(c, "color", before.Color, next.Color)
	for _, key := range slices.Sorted(maps.Keys(union(before.Settings, next.Settings))) {
		if slices.Contains(secrets, key) {
			differHidden(c, "settings."+key, before.Settings[key], next.Settings[key])
		} else {
			differ(c, "settings."+key, before.Settings[key], next.Settings[key])
		}
	}
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}

func (s *Store) storeConnection(tx *dbx.Tx, x *desk.Connection, p ConnectionPatch) error {
	settings, err := json.Marshal(x.Settings)
	if err != nil {
		return err
	}
	now := s.now()
	for _, key := range p.Secrets {
		if p.Settings[key] != "" {
			x.SecretsAt = now
		}
	}
	x.Rev++
	_, err = tx.Exec(`UPDATE connection SET name = $3, name_fold = $4, identifier = $5, external_id = $6, group_id = $7,
		settings = $8, is_default = $9, active = $10, read_receipts = $11, greeting = $12, color = $13,
		secrets_at = $14, rev = rev + 1, updated_at = $15
		WHERE account_id = $1 AND id = $2`,
		x.AccountID, x.ID, x.Name, dbx.Fold(x.Name), x.Identifier, x.ExternalID, x.GroupID, string(settings), x.IsDefault,
		x.Active, x.ReadReceipts, x.Greeting, x.Color, x.SecretsAt, now)
	return connectionTaken(err)
}

// DeleteConnection removes a connection without live tickets, secrets and
// memberships with it; history stays. The default goes last (E3).
// Administrators only.
func (s *Store) DeleteConnection(tx *dbx.Tx, by *desk.Viewer, id desk.ID) error {
	if err := s.lockConnections(tx, by); err != nil {
		return err
	}
	x, err := s.Connection(tx, by.AccountID, id)
	if err != nil {
		return err
	}
	if err := keepDefault(tx, &x, false); err != nil {
		return err
	}
	live, err := exists(tx, `SELECT 1 FROM ticket WHERE account_id = $1 AND status IN ('pending', 'open') AND connection_id = $2`,
		by.AccountID, id)
	if err != nil {
		return err
	}
	if live {
		return desk.Refuse(desk.CodeInUse)
	}
	if _, err := tx.Exec(`DELETE FROM connection_queue WHERE account_id = $1 AND connection_id = $2`, by.AccountID, id); err != nil {
		return err
	}
	// No allowed connection means all of them: whoever was limited to this one
	// stays limited to it, and so to none, until somebody decides otherwise.
	if _, err := tx.Exec(`DELETE FROM user_connection WHERE account_id = $1 AND connection_id = $2 AND EXISTS (
		SELECT 1 FROM user_connection o WHERE o.account_id = $1 AND o.user_id = user_connection.user_id AND o.connection_id <> $2)`,
		by.AccountID, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE account_user SET default_connection_id = 0, rev = rev + 1
		WHERE account_id = $1 AND default_connection_id = $2`, by.AccountID, id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE connection SET deleted_at = $3, is_default = FALSE, active = FALSE, settings = '{}',
		rev = rev + 1, updated_at = $3 WHERE account_id = $1 AND id = $2`, by.AccountID, id, s.now()); err != nil {
		return err
	}
	return s.record(tx, by, desk.EvConnectionDeleted, "connection", id, changes{"name": []any{x.Name, nil}}.data())
}
