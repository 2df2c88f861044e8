// Package dbx opens the two databases Prosa runs on and makes them behave
// alike: one SQL text with $1..$N, one transaction contract, one error type,
// one migrator, one text index.
//
// SQLite has a single writer, so every write function runs on one goroutine
// that groups concurrent calls into one commit (writer.go). PostgreSQL runs
// ordinary transactions (postgres.go). What a write function may do is the
// intersection of both: it touches nothing outside its Tx, does no network
// I/O, never calls Do, and may run more than once.
package dbx

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Dialect names a database engine. Only this package and the few places that
// need a different statement look at it.
type Dialect string

// The two engines every statement is tested on.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// ErrClosed is returned for work handed to a database that has been closed.
var ErrClosed = errors.New("dbx: database is closed")

// ErrNested is returned by a Do that was called from inside a write function.
// On SQLite it would wait for itself.
var ErrNested = errors.New("dbx: Do called from inside a write function")

// Config says where the database is.
type Config struct {
	// Path is the SQLite file. Its directory must exist.
	Path string
	// URL is a PostgreSQL connection string; when set it wins over Path.
	URL string
	Log *slog.Logger
	// ReadConns is the size of SQLite's read pool; 0 means 4.
	ReadConns int
	// BusyTimeout is how long SQLite waits for another process that writes;
	// 0 means 10 s.
	BusyTimeout time.Duration
	// PostgresConns bounds the PostgreSQL pool; 0 means 20.
	PostgresConns int
	// Fatal is called when SQLite fails to finish a COMMIT by an I/O error:
	// whether the data is on disk is then unknown, and going on could deny a
	// message that was accepted. Nil logs and exits with status 1.
	Fatal func(error)
}

// DB is one opened database.
type DB struct {
	dialect Dialect
	log     *slog.Logger
	config  Config // for the migrator, which opens SQLite again
	texts   texts
	count   counters
	after   *sequence

	writer *writer   // SQLite
	merger *merger   // SQLite
	reads  *readPool // SQLite
	pg     *sql.DB   // PostgreSQL

	writing   sync.WaitGroup // PostgreSQL transactions in flight
	mu        sync.Mutex
	closed    bool
	closeOnce sync.Once
	closeErr  error
}

// Open connects and checks that the database answers. It does not migrate.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	db := &DB{log: c.Log, config: c}
	db.after = newSequence(c.Log)
	var err error
	if c.URL != "" {
		err = db.openPostgres(ctx, c)
	} else {
		err = db.openSQLite(ctx, c)
	}
	if err != nil {
		db.after.stop()
		return nil, err
	}
	return db, nil
}

// Dialect tells which engine this is.
func (db *DB) Dialect() Dialect { return db.dialect }

// Close lets queued writes and their after-commit callbacks finish, then
// closes every connection. It is safe to call twice. It must not be called
// from a write function or an after-commit callback.
func (db *DB) Close() error {
	db.closeOnce.Do(func() {
		db.mu.Lock()
		db.closed = true
		db.mu.Unlock()
		if db.dialect == Postgres {
			db.writing.Wait()
			db.after.stop()
			db.closeErr = db.pg.Close()
			return
		}
		db.merger.close()
		writerErr := db.writer.stop()
		db.after.stop()
		db.closeErr = errors.Join(db.reads.close(), writerErr, db.writer.close())
	})
	return db.closeErr
}

// Do runs fn in a write transaction and returns once it is committed or
// rolled back. The transaction commits when fn returns nil.
//
// ctx only decides whether the transaction starts: once fn runs, it runs to
// its end whatever becomes of ctx, so the outcome is always known.
func (db *DB) Do(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if db.dialect == Postgres {
		return db.doPostgres(ctx, fn)
	}
	return db.writer.do(ctx, fn)
}

// Settle waits until the after-commit callbacks of every transaction that
// committed before the call have run. Tests use it, and so does a shutdown
// that wants its last events published.
func (db *DB) Settle() { db.after.settleAll() }

// enter registers a PostgreSQL transaction so that Close can wait for it.
func (db *DB) enter() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return ErrClosed
	}
	db.writing.Add(1)
	return nil
}
