package auth

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// rotateChunk is how many connections one transaction seals anew.
const rotateChunk = 50

// Rotate seals everything anew with the vault's first key, in chunks, while the
// installation may be running with the same list of keys. It returns how many
// values it sealed. Only when all of them opened is the canary sealed too, and
// older keys may be dropped.
func (v *Vault) Rotate(ctx context.Context, s *store.Store) (int, error) {
	total, after := 0, desk.ID(0)
	var broken []error
	for {
		chunk, err := s.SealedSettingsAfter(s.DB.Read(ctx), after, rotateChunk)
		if err != nil {
			return total, err
		}
		if len(chunk) == 0 {
			break
		}
		for _, old := range chunk {
			n, err := v.rotateOne(ctx, s, old)
			total += n
			var unopened *unopenedError
			if errors.As(err, &unopened) {
				broken = append(broken, err)
			} else if err != nil {
				return total, err
			}
		}
		after = chunk[len(chunk)-1].ConnectionID
	}
	if len(broken) > 0 {
		return total, fmt.Errorf("keep the old keys: %d connections have secrets that do not open; enter them anew: %w", len(broken), errors.Join(broken...))
	}
	return total, v.writeCanary(ctx, s)
}

// unopenedError names a secret that none of the keys opens.
type unopenedError struct {
	connection desk.ID
	field      string
	err        error
}

func (e *unopenedError) Error() string {
	return fmt.Sprintf("connection %s, %s: %v", e.connection, e.field, e.err)
}

func (e *unopenedError) Unwrap() error { return e.err }

// rotateOne seals one connection's secrets anew. When somebody changes them
// meanwhile it looks again.
func (v *Vault) rotateOne(ctx context.Context, s *store.Store, old store.SealedSettings) (int, error) {
	const tries = 5
	for range tries {
		next, n, err := v.reseal(old)
		if err != nil || n == 0 {
			return 0, err
		}
		done := false
		err = s.DB.Do(ctx, func(tx *dbx.Tx) error {
			var err error
			done, err = s.ReplaceSealed(tx, old, next)
			return err
		})
		if err != nil || done {
			return n, err
		}
		again, err := s.SealedSettingsAfter(s.DB.Read(ctx), old.ConnectionID-1, 1)
		if err != nil || len(again) == 0 || again[0].ConnectionID != old.ConnectionID {
			return 0, err
		}
		old = again[0]
	}
	return 0, fmt.Errorf("connection %s keeps changing; run the rotation again", old.ConnectionID)
}

// reseal returns the settings with every secret that is not sealed by the first
// key sealed by it, and how many those are.
func (v *Vault) reseal(old store.SealedSettings) (map[string]string, int, error) {
	next, n := maps.Clone(old.Settings), 0
	for key, value := range old.Settings {
		id, _, _, err := split(value)
		if err != nil || id == v.keys[0].id {
			continue
		}
		aad := settingAAD(old.AccountID, old.ConnectionID, key)
		plain, err := v.Open(aad, value)
		if err != nil {
			return nil, 0, &unopenedError{old.ConnectionID, key, err}
		}
		if next[key], err = v.Seal(aad, plain); err != nil {
			return nil, 0, err
		}
		n++
	}
	return next, n, nil
}
