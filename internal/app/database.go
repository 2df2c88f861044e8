package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prosa-desk/prosa/internal/config"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

var errLocked = errors.New("another Prosa uses this data folder")

// lockFile keeps a second program away from an embedded database.
const lockFile = "prosa.lock"

// Base is what every command works with: the migrated database, its store and
// this process's node number.
type Base struct {
	Config config.Config
	DB     *dbx.DB
	Store  *store.Store
	Node   store.Node
	Log    *slog.Logger
	Now    func() time.Time // the clock of everything above

	lock      *os.File
	inherited map[desk.ID]bool // connections of a former process that is known to be dead
}

// OpenBase opens and migrates the database. The store's Notify may be set
// before anything is written.
func OpenBase(ctx context.Context, c config.Config, log *slog.Logger) (*Base, error) {
	return openBase(ctx, c, log, time.Now)
}

func openBase(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time) (*Base, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	b := &Base{Config: c, Log: log, Now: now}
	if c.DatabaseURL == "" {
		var err error
		if b.lock, err = lockFolder(filepath.Join(c.DataDir, lockFile)); err != nil {
			return nil, err
		}
	}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.Close(ctx))
	}
	return b, nil
}

func (b *Base) open(ctx context.Context) error {
	var err error
	b.DB, err = dbx.Open(ctx, dbx.Config{Path: b.Config.DatabasePath(), URL: b.Config.DatabaseURL, Log: b.Log})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if err := dbx.Migrate(ctx, b.DB, store.Schema()); err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	b.Store = store.New(b.DB, nil, b.Now, nil)
	if err := b.claimNode(ctx); err != nil {
		return err
	}
	floor, err := b.Store.LargestEventID(b.DB.Read(ctx))
	if err != nil {
		return fmt.Errorf("find the newest id: %w", err)
	}
	b.Store.IDs = desk.NewIDs(b.Now, b.Node.Number, floor)
	return nil
}

// Close gives everything back.
func (b *Base) Close(ctx context.Context) error {
	var errs []error
	if b.Store != nil && b.DB.Dialect() == dbx.Postgres && b.Node.Fence != 0 {
		errs = append(errs, b.DB.Do(ctx, func(tx *dbx.Tx) error { return b.Store.ReleaseNode(tx, b.Node) }))
	}
	if b.DB != nil {
		errs = append(errs, b.DB.Close())
	}
	if b.lock != nil {
		errs = append(errs, b.lock.Close())
	}
	return errors.Join(errs...)
}
