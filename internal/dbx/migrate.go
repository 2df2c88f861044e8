package dbx

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

// migrationLock is the PostgreSQL advisory lock under which nodes migrate.
const migrationLock = 0x50726f7361 // "Prosa"

// NewerSchemaError says that a newer release has used this database.
type NewerSchemaError struct{ Database, Program int }

func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("dbx: the database has schema version %d, but this release knows only up to %d; run the newer release, or restore the backup taken before the upgrade",
		e.Database, e.Program)
}

type migration struct {
	version int
	name    string
	text    string
}

// Migrate brings the schema to the newest of the files 0001_name.sql,
// 0002_name.sql … in fsys. It goes forward only, each file in a transaction of
// its own, and refuses a schema newer than the files. A SQLite database that
// has data is copied to <path>.before-NNNN first. Many nodes may start at once.
func Migrate(ctx context.Context, db *DB, fsys fs.FS) error {
	files, err := readMigrations(fsys)
	if err != nil {
		return err
	}
	m := &migrator{db: db, files: files}
	if db.dialect == Postgres {
		return m.onPostgres(ctx)
	}
	return m.onSQLite(ctx)
}

func readMigrations(fsys fs.FS) ([]migration, error) {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return nil, err
	}
	var files []migration
	for _, name := range names {
		number, rest, ok := strings.Cut(name, "_")
		version, err := strconv.Atoi(number)
		if !ok || err != nil || len(number) != 4 || version < 1 || rest == ".sql" {
			return nil, fmt.Errorf("dbx: migration %q is not named 0001_name.sql", name)
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		files = append(files, migration{version, strings.TrimSuffix(name, ".sql"), string(text)})
	}
	slices.SortFunc(files, func(a, b migration) int { return cmp.Compare(a.version, b.version) })
	for i := 1; i < len(files); i++ {
		if files[i].version == files[i-1].version {
			return nil, fmt.Errorf("dbx: migrations %s and %s have the same number", files[i-1].name, files[i].name)
		}
	}
	if len(files) == 0 {
		return nil, errors.New("dbx: no migrations found")
	}
	return files, nil
}

// migrator brings one database forward over a connection of its own.
type migrator struct {
	db     *DB
	files  []migration
	conn   *sql.Conn
	begin  string
	backUp func(ctx context.Context, next int) error // nil: nothing to copy
}

func (m *migrator) onPostgres(ctx context.Context) (err error) {
	if m.conn, err = m.db.pg.Conn(ctx); err != nil {
		return mapError(err)
	}
	defer func() { err = errors.Join(err, m.conn.Close()) }()
	if _, err := m.conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return mapError(err)
	}
	defer func() {
		_, e := m.conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
		err = errors.Join(err, mapError(e))
	}()
	m.begin = "BEGIN"
	return m.forward(ctx)
}

// onSQLite uses connections of its own with foreign keys off: rebuilding a
// table, SQLite's only way to change much of it, would cascade otherwise.
// They are checked before each COMMIT instead. The second connection copies
// the database while the first keeps every other process from writing.
func (m *migrator) onSQLite(ctx context.Context) (err error) {
	pool, err := openLite(writerDSN(m.db.config, false), 2)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if m.conn, err = pool.Conn(ctx); err != nil {
		return mapError(err)
	}
	defer func() { err = errors.Join(err, m.conn.Close()) }()
	m.begin = "BEGIN IMMEDIATE"
	m.backUp = func(ctx context.Context, next int) error {
		return copySQLite(ctx, pool, m.db.config.Path, next)
	}
	return m.forward(ctx)
}

// forward applies file after file. What is pending is asked anew within each
// transaction, because another process may have been waiting with us.
func (m *migrator) forward(ctx context.Context) error {
	for {
		if _, err := m.conn.ExecContext(ctx, m.begin); err != nil {
			return mapError(err)
		}
		more, err := m.step(ctx)
		if err == nil {
			_, err = m.conn.ExecContext(ctx, "COMMIT")
		}
		if err != nil {
			_, _ = m.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // the first error counts
			return mapError(err)
		}
		if !more {
			return nil
		}
	}
}

// step applies the next file, if there is one.
func (m *migrator) step(ctx context.Context) (more bool, err error) {
	pending, err := m.pending(ctx)
	if err != nil || len(pending) == 0 {
		return false, err
	}
	next := pending[0]
	if m.backUp != nil && len(pending) < len(m.files) {
		if err := m.backUp(ctx, next.version); err != nil {
			return false, fmt.Errorf("dbx: copy the database before migrating: %w", err)
		}
	}
	m.backUp = nil // one copy an upgrade; an empty database needs none
	if err := m.apply(ctx, next); err != nil {
		return false, fmt.Errorf("dbx: migration %s: %w", next.name, err)
	}
	m.db.log.Info("schema migrated", "migration", next.name)
	return len(pending) > 1, nil
}

// pending returns the files not applied yet, and refuses a history that is
// not a beginning of the files.
func (m *migrator) pending(ctx context.Context) ([]migration, error) {
	_, err := m.conn.ExecContext(ctx,
		"CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)")
	if err != nil {
		return nil, mapError(err)
	}
	applied, err := m.applied(ctx)
	if err != nil {
		return nil, err
	}
	newest := m.files[len(m.files)-1].version
	for i, version := range applied {
		if last := applied[len(applied)-1]; last > newest {
			return nil, &NewerSchemaError{Database: last, Program: newest}
		}
		if i >= len(m.files) || m.files[i].version != version {
			return nil, fmt.Errorf("dbx: the database has applied migrations %v, which don't match this release's files from number %04d on", applied, m.files[min(i, len(m.files)-1)].version)
		}
	}
	return m.files[len(applied):], nil
}

func (m *migrator) applied(ctx context.Context) (list []int, err error) {
	rows, err := m.conn.QueryContext(ctx, "SELECT version FROM schema_version ORDER BY version")
	if err != nil {
		return nil, mapError(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var version int
		if err := rows.Scan(&version); err != nil {
			return nil, mapError(err)
		}
		list = append(list, version)
	}
	return list, mapError(rows.Err())
}

// apply runs the statements of one file and records it.
func (m *migrator) apply(ctx context.Context, f migration) error {
	statements, err := script(f.text, m.db.dialect)
	if err != nil {
		return err
	}
	for _, text := range statements {
		if info := inspect(text); errors.Is(info.err, errControl) {
			return info.err
		}
		if _, err := m.conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%w\nin: %s", mapError(err), excerpt(text))
		}
	}
	if err := m.checkReferences(ctx); err != nil {
		return err
	}
	_, err = m.conn.ExecContext(ctx, "INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, $3)",
		f.version, f.name, time.Now().UnixMilli())
	return mapError(err)
}

func (m *migrator) checkReferences(ctx context.Context) error {
	if m.db.dialect != SQLite {
		return nil
	}
	var table, parent string
	var rowid, key sql.NullInt64
	err := m.conn.QueryRowContext(ctx, "PRAGMA foreign_key_check").Scan(&table, &rowid, &parent, &key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return mapError(err)
	}
	return fmt.Errorf("row %d of %s refers to a missing row of %s", rowid.Int64, table, parent)
}
