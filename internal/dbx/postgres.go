package dbx

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

const (
	defaultPostgresConns = 20
	maxRetries           = 3
	minPostgres          = 150000
)

func (db *DB) openPostgres(ctx context.Context, c Config) error {
	db.dialect = Postgres
	pool, err := sql.Open("pgx", c.URL)
	if err != nil {
		return err
	}
	size := c.PostgresConns
	if size <= 0 {
		size = defaultPostgresConns
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	var version int
	err = pool.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version)
	if err == nil && version < minPostgres {
		err = fmt.Errorf("dbx: PostgreSQL 15 or newer is needed, this is %d.%d", version/10000, version%10000)
	}
	if err != nil {
		return errors.Join(mapError(err), pool.Close())
	}
	db.pg = pool
	return nil
}

// doPostgres runs fn in a READ COMMITTED transaction, and again when the
// server asks for that.
func (db *DB) doPostgres(ctx context.Context, fn func(tx *Tx) error) error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.writing.Done()
	for try := 1; ; try++ {
		err := db.tryPostgres(ctx, fn)
		if err == nil || !retryable(err) || try > maxRetries {
			return err
		}
		pause := time.Duration(try) * (2 + time.Duration(rand.IntN(10))) * time.Millisecond
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

// tryPostgres takes the caller's ctx only for waiting for a connection: once
// the transaction has begun it runs to its end, as on SQLite.
func (db *DB) tryPostgres(ctx context.Context, fn func(tx *Tx) error) (err error) {
	conn, err := db.pg.Conn(ctx)
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = conn.Close() }() // only gives it back to the pool
	whole := context.WithoutCancel(ctx)
	sqlTx, err := conn.BeginTx(whole, nil)
	if err != nil {
		return mapError(err)
	}
	db.count.begins.Add(1)
	settled := false
	defer func() {
		if !settled { // fn failed, or left its goroutine
			db.count.rollbacks.Add(1)
			if e := sqlTx.Rollback(); e != nil {
				db.log.Warn("rollback failed", "err", e)
			}
		}
	}()
	tx := newTx(session{db: db, ctx: whole, run: txRunner{sqlTx}})
	if err := tx.call(fn); err != nil {
		return err
	}
	settled = true
	return db.commitPostgres(sqlTx, tx.after, tx.doubt)
}

// commitPostgres takes the callbacks' place in line before COMMIT is sent. A
// transaction that waited for a row of ours can only go on, and take its
// place, after our COMMIT reached the server: so callbacks of transactions
// that touch the same rows run in the order in which these committed, though
// the answers may overtake each other.
func (db *DB) commitPostgres(sqlTx *sql.Tx, after, doubt []func()) error {
	place := db.after.take(len(after) + len(doubt))
	db.count.commits.Add(1)
	if err := sqlTx.Commit(); err != nil {
		err = uncertainIfLost(err)
		if !isUncertain(err) {
			doubt = nil
		}
		db.after.settle(place, doubt)
		return err
	}
	db.count.calls.Add(1)
	db.after.settle(place, after)
	return nil
}

func uncertainIfLost(err error) error {
	mapped := mapError(err)
	var e *Error
	if errors.As(mapped, &e) && e.Kind == Transient && !retryable(err) {
		e.Uncertain = true // the server may have committed before it went away
	}
	return mapped
}

func (db *DB) snapshotPostgres(ctx context.Context, fn func(q Querier) error) error {
	sqlTx, err := db.pg.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return mapError(err)
	}
	db.count.begins.Add(1)
	defer func() {
		db.count.rollbacks.Add(1)
		_ = sqlTx.Rollback() // nothing to lose; a dead connection leaves the pool by itself
	}()
	s := &session{db: db, ctx: ctx, run: txRunner{sqlTx}, strict: true}
	defer s.end()
	return fn(s)
}

type txRunner struct{ tx *sql.Tx }

func (r txRunner) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return r.tx.QueryContext(ctx, text, args...)
}

func (r txRunner) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	return r.tx.ExecContext(ctx, text, args...)
}

type poolRunner struct{ pool *sql.DB }

func (r poolRunner) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return r.pool.QueryContext(ctx, text, args...)
}

func (r poolRunner) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	return r.pool.ExecContext(ctx, text, args...)
}
