package store

import (
	"encoding/json"
	"maps"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// ConnectionHealth is what an adapter found out about a connection.
type ConnectionHealth struct {
	State      desk.ConnectionState // "" keeps it
	Reason     string               // stable code; kept when State is ""
	Identifier string               // "" keeps it
	Details    map[string]string    // overlay what is known; "" removes a detail
}

// SetConnectionHealth stores what a check or the provider said. Only a new
// state or reason is an event (connection.state); the time of the check is
// always kept. A deleted connection is a 404.
func (s *Store) SetConnectionHealth(tx *dbx.Tx, account, id desk.ID, actor desk.Actor, h ConnectionHealth) (desk.Connection, error) {
	if _, err := tx.Exec(`UPDATE connection SET checked_at = $3 WHERE account_id = $1 AND id = $2 AND deleted_at = 0`,
		account, id, s.now()); err != nil {
		return desk.Connection{}, err
	}
	x, err := s.Connection(tx, account, id)
	if err != nil {
		return desk.Connection{}, err
	}
	before := x
	if h.State != "" {
		x.State, x.StateReason = h.State, h.Reason
	}
	if h.Identifier != "" {
		x.Identifier = plainText(h.Identifier)
	}
	x.Health = overlayDetails(before.Health, h.Details)
	moved := x.State != before.State || x.StateReason != before.StateReason
	if !moved && x.Identifier == before.Identifier && maps.Equal(x.Health, before.Health) {
		return x, nil
	}
	health, err := json.Marshal(x.Health)
	if err != nil {
		return desk.Connection{}, err
	}
	x.Rev++
	if _, err := tx.Exec(`UPDATE connection SET state = $3, state_reason = $4, identifier = $5, health = $6, rev = rev + 1,
		updated_at = $7 WHERE account_id = $1 AND id = $2`,
		account, id, x.State, x.StateReason, x.Identifier, string(health), s.now()); err != nil {
		return desk.Connection{}, err
	}
	e := desk.Event{AccountID: account, Type: desk.EvConnectionUpdated, Entity: "connection", EntityID: id, Actor: actor}
	c := changes{}
	differ(c, "state", before.State, x.State)
	differ(c, "state_reason", before.StateReason, x.StateReason)
	differ(c, "identifier", before.Identifier, x.Identifier)
	if !maps.Equal(before.Health, x.Health) {
		c["health"] = []any{union(before.Health, nil), x.Health}
	}
	e.Data = c.data()
	if moved {
		e.Type = desk.EvConnectionState
		e.Data["state"], e.Data["reason"] = x.State, x.StateReason
	}
	return x, s.Record(tx, e)
}

func overlayDetails(known, news map[string]string) map[string]string {
	all := union(known, nil)
	for key, value := range news {
		if value == "" {
			delete(all, key)
		} else {
			all[plainText(key)] = plainText(value)
		}
	}
	return all
}

// SealedSettings are the stored settings of one connection, for the rotation of
// the secret key.
type SealedSettings struct {
	AccountID    desk.ID
	ConnectionID desk.ID
	Settings     map[string]string
}

// SealedSettingsAfter returns the settings of up to n connections of the
// installation with an id above after, in order of id.
func (s *Store) SealedSettingsAfter(q dbx.Querier, after desk.ID, n int) ([]SealedSettings, error) {
	return dbx.All(q, func(r dbx.Scanner) (SealedSettings, error) {
		var x SealedSettings
		var settings string
		if err := r.Scan(&x.AccountID, &x.ConnectionID, &settings); err != nil {
			return x, err
		}
		return x, fromJSON(settings, &x.Settings)
	}, `SELECT account_id, id, settings FROM connection WHERE id > $1 ORDER BY id`+limit(n), after)
}

// ReplaceSealed writes settings sealed anew, unless they have changed since
// they were read; then it reports false.
func (s *Store) ReplaceSealed(tx *dbx.Tx, old SealedSettings, settings map[string]string) (bool, error) {
	x, err := s.Connection(tx, old.AccountID, old.ConnectionID)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return true, nil // deleted meanwhile, and its secrets with it
	}
	if err != nil {
		return false, err
	}
	if !maps.Equal(x.Settings, old.Settings) {
		return false, nil
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(`UPDATE connection SET settings = $3 WHERE account_id = $1 AND id = $2`, old.AccountID, old.ConnectionID, string(text))
	return true, err
}

// Installation returns a value kept for the whole installation; "" when there
// is none.
func (s *Store) Installation(q dbx.Querier, key string) (string, error) {
	var value string
	err := q.QueryRow(`SELECT value FROM installation WHERE key = $1`, key).Scan(&value)
	if dbx.IsNotFound(err) {
		return "", nil
	}
	return value, err
}

// ClaimInstallation keeps a value unless there is one, and returns the one that
// stands.
func (s *Store) ClaimInstallation(tx *dbx.Tx, key, value string) (string, error) {
	if _, err := tx.Exec(`INSERT INTO installation (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, value); err != nil {
		return "", err
	}
	return s.Installation(tx, key)
}

// SetInstallation keeps a value for the whole installation.
func (s *Store) SetInstallation(tx *dbx.Tx, key, value string) error {
	_, err := tx.Exec(`INSERT INTO installation (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
