package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/store"
)

// The canary is a sealed value that every start tries to open: a wrong or lost
// key must show at once, not at the first message that can't be sent.
const (
	canaryKey  = "secret_canary"
	canaryText = "the key fits"
)

func canaryAAD() AAD { return AAD{Table: "installation", Field: canaryKey} }

// OpenVault finds the secret keys of the installation and proves that they fit
// its database. On an empty SQLite database it makes the key. Its errors say
// what to do.
func OpenVault(ctx context.Context, s *store.Store, from KeySource) (*Vault, error) {
	canary, err := s.Installation(s.DB.Read(ctx), canaryKey)
	if err != nil {
		return nil, err
	}
	used, err := s.HasAccounts(s.DB.Read(ctx))
	if err != nil {
		return nil, err
	}
	from.Make = canary == "" && !used && s.DB.Dialect() == dbx.SQLite
	if s.DB.Dialect() == dbx.Postgres {
		from.Dir = "" // several nodes share the database, but not a directory
	}
	keys, err := from.Keys()
	if errors.Is(err, errNoKey) {
		return nil, from.noKey(s.DB.Dialect(), canary)
	}
	if err != nil {
		return nil, err
	}
	v, err := NewVault(keys, from.Random)
	if err != nil {
		return nil, err
	}
	if canary == "" {
		// Of two nodes that start at once the first decides which key it is.
		if canary, err = v.claimCanary(ctx, s); err != nil {
			return nil, err
		}
	}
	if _, err := v.Open(canaryAAD(), canary); err != nil {
		return nil, v.wrongKey(from, canary, err)
	}
	return v, nil
}

func (v *Vault) claimCanary(ctx context.Context, s *store.Store) (stands string, err error) {
	sealed, err := v.Seal(canaryAAD(), canaryText)
	if err != nil {
		return "", err
	}
	err = s.DB.Do(ctx, func(tx *dbx.Tx) error {
		stands, err = s.ClaimInstallation(tx, canaryKey, sealed)
		return err
	})
	return stands, err
}

// writeCanary seals the canary with the first key, after everything else was.
func (v *Vault) writeCanary(ctx context.Context, s *store.Store) error {
	sealed, err := v.Seal(canaryAAD(), canaryText)
	if err != nil {
		return err
	}
	return s.DB.Do(ctx, func(tx *dbx.Tx) error { return s.SetInstallation(tx, canaryKey, sealed) })
}

// noKey says how to get a key, or the right one back.
func (s KeySource) noKey(d dbx.Dialect, canary string) error {
	id, _, _, err := split(canary)
	switch {
	case canary != "" && err == nil && d == dbx.SQLite:
		return fmt.Errorf("the secret key of this database (key id %s) is missing: put the file %s back from where it was kept, or give the key in PROSA_SECRET_KEY", id, s.path())
	case canary != "" && err == nil:
		return fmt.Errorf("the secret key of this database (key id %s) is missing: give it in PROSA_SECRET_KEY", id)
	case d == dbx.Postgres:
		return errors.New("PostgreSQL needs a secret key, the same on every node: make one with \"openssl rand -hex 32\", keep it safe, and give it in PROSA_SECRET_KEY")
	}
	return fmt.Errorf("there is no secret key at %s, and none is made for a database that is in use: put the file back, or give the key in PROSA_SECRET_KEY", s.path())
}

// wrongKey says which key is wanted.
func (v *Vault) wrongKey(s KeySource, canary string, cause error) error {
	id, _, _, err := split(canary)
	if err != nil {
		return fmt.Errorf("the key check in the database is damaged; restore a backup: %w", err)
	}
	where := "PROSA_SECRET_KEY"
	if len(s.Given) == 0 {
		where = s.path()
	}
	return fmt.Errorf("the secret key does not fit this database: it was sealed with key id %s, and %s has %s; give the right key (several may be listed, separated by commas): %w",
		id, where, strings.Join(v.KeyIDs(), ", "), cause)
}
