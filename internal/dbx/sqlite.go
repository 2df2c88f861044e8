package dbx

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// defaultReadConns suits a small machine: reads in WAL mode don't wait for
// the writer, so more connections than cores bring nothing.
const (
	defaultReadConns   = 4
	defaultBusyTimeout = 10 * time.Second
)

func (db *DB) openSQLite(ctx context.Context, c Config) error {
	db.dialect = SQLite
	if err := createPrivate(c.Path); err != nil {
		return err
	}
	if kind, slow := networkFileSystem(filepath.Dir(c.Path)); slow {
		c.Log.Warn("the database is on a network file system; SQLite's locks are not reliable there", "path", c.Path, "type", kind)
	}
	writer, err := openWriter(ctx, db, c)
	if err != nil {
		return err
	}
	reads, err := openReads(ctx, c)
	if err != nil {
		_ = writer.stop()
		return errors.Join(err, writer.close())
	}
	db.writer, db.reads = writer, reads
	db.merger = newMerger(db)
	return nil
}

// createPrivate makes the file readable by its owner only; SQLite gives its
// -wal and -shm files the same mode.
func createPrivate(path string) error {
	if path == "" {
		return errors.New("dbx: neither a path nor a URL is configured")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("dbx: open database file: %w", err)
	}
	return f.Close()
}

// writerDSN carries every pragma, because whatever is set by a statement is
// set on one pooled connection only.
func writerDSN(c Config, foreignKeys bool) string {
	fk := "foreign_keys(1)"
	if !foreignKeys {
		fk = "foreign_keys(0)"
	}
	return liteDSN(c.Path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": append(commonPragmas(c), "journal_mode(WAL)", "synchronous(FULL)", fk,
			"journal_size_limit(67108864)", "cache_size(-32000)"),
	})
}

func readerDSN(c Config) string {
	return liteDSN(c.Path, url.Values{
		"mode":    {"ro"},
		"_pragma": append(commonPragmas(c), "query_only(1)", "foreign_keys(1)", "cache_size(-16000)"),
	})
}

// commonPragmas: LIKE minds case as on PostgreSQL (and may then use an
// index); double quotes are names, never strings (see _dqs below).
func commonPragmas(c Config) []string {
	busy := c.BusyTimeout
	if busy <= 0 {
		busy = defaultBusyTimeout
	}
	return []string{fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()), "temp_store(MEMORY)", "case_sensitive_like(1)"}
}

func liteDSN(path string, q url.Values) string {
	q.Set("_dqs", "0")
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openLite(dsn string, conns int) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}
