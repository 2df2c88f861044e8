package dbx

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// copySQLite copies the database to <path>.before-NNNN, NNNN being the number
// of the migration that changes it next. The copy is made under another name
// first, so that a file of that name is always whole. The caller holds the
// write lock: nobody else copies or migrates meanwhile.
func copySQLite(ctx context.Context, pool *sql.DB, path string, next int) error {
	target := fmt.Sprintf("%s.before-%04d", path, next)
	unfinished := target + ".tmp"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := createPrivate(unfinished); err != nil { // VACUUM INTO accepts an empty file
		return err
	}
	if _, err := pool.ExecContext(ctx, "VACUUM INTO $1", unfinished); err != nil {
		return errors.Join(mapError(err), os.Remove(unfinished))
	}
	if err := syncFile(unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, target); err != nil {
		return err
	}
	return syncFile(filepath.Dir(target))
}

// syncFile makes a file, or the names in a directory, survive a power cut.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
