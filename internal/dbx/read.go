package dbx

import (
	"context"
	"database/sql"
	"errors"
)

// longKey marks a context.
type longKey struct{}

// Long marks the reads of a context as some that may take long and are ended
// with it, rows that were not read yet included. Any other statement that was
// begun on SQLite runs to its end: to watch its context, the driver and
// database/sql need a goroutine each, which for short ones is a share of their
// cost that can be felt. On PostgreSQL every read ends with its context.
func Long(ctx context.Context) context.Context { return context.WithValue(ctx, longKey{}, true) }

func isLong(ctx context.Context) bool { return ctx.Value(longKey{}) != nil }

// readPool holds SQLite's read-only connections. It is our own rather than
// database/sql's so that each connection keeps its prepared statements.
type readPool struct {
	pool *sql.DB
	free chan *liteConn
	size int
	done chan struct{} // closed by close
}

func openReads(ctx context.Context, c Config) (*readPool, error) {
	size := c.ReadConns
	if size <= 0 {
		size = defaultReadConns
	}
	pool, err := openLite(readerDSN(c), size)
	if err != nil {
		return nil, err
	}
	p := &readPool{pool: pool, free: make(chan *liteConn, size), done: make(chan struct{})}
	for range size {
		conn, err := newLiteConn(ctx, pool)
		if err != nil {
			return nil, errors.Join(mapError(err), p.close())
		}
		p.size++
		p.free <- conn
	}
	return p, nil
}

func (p *readPool) take(ctx context.Context) (*liteConn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.done:
		return nil, ErrClosed
	default:
	}
	select {
	case conn := <-p.free:
		return conn, nil
	case <-p.done:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *readPool) give(conn *liteConn) { p.free <- conn }

// close waits for the reads in progress.
func (p *readPool) close() error {
	close(p.done)
	var errs []error
	for range p.size {
		errs = append(errs, (<-p.free).close())
	}
	return errors.Join(append(errs, p.pool.Close())...)
}

// Read returns a Querier whose statements each see the newest committed data.
// None begins once ctx has ended; see Long for those under way.
// On SQLite they run on the read-only pool, so a write through it fails.
// Rows must be closed or read to the end, or their connection is lost.
func (db *DB) Read(ctx context.Context) Querier { return reader{db: db, ctx: ctx} }

type reader struct {
	db  *DB
	ctx context.Context
}

func (r reader) Dialect() Dialect { return r.db.dialect }

func (r reader) QueryRow(query string, args ...any) *Row {
	rows, err := r.Query(query, args...)
	return &Row{rows: rows, err: err}
}

func (r reader) Query(query string, args ...any) (*Rows, error) {
	if r.db.dialect == Postgres {
		s := session{db: r.db, ctx: r.ctx, run: poolRunner{r.db.pg}}
		return s.Query(query, args...)
	}
	conn, err := r.db.reads.take(r.ctx)
	if err != nil {
		return nil, err
	}
	s := session{db: r.db, ctx: r.ctx, run: conn}
	rows, err := s.Query(query, args...)
	if err != nil {
		r.db.reads.give(conn)
		return nil, err
	}
	rows.release = func() { r.db.reads.give(conn) }
	return rows, nil
}

// Snapshot runs several reads that all see the same moment. fn must not keep
// the Querier. After a statement error it refuses further statements.
func (db *DB) Snapshot(ctx context.Context, fn func(q Querier) error) error {
	if db.dialect == Postgres {
		return db.snapshotPostgres(ctx, fn)
	}
	conn, err := db.reads.take(ctx)
	if err != nil {
		return err
	}
	defer db.reads.give(conn)
	whole := context.WithoutCancel(ctx) // BEGIN and ROLLBACK must not be interrupted
	if _, err := conn.exec(whole, "BEGIN", nil); err != nil {
		return mapError(err)
	}
	db.count.begins.Add(1)
	defer func() {
		db.count.rollbacks.Add(1)
		if _, err := conn.exec(whole, "ROLLBACK", nil); err != nil {
			db.log.Error("ending a read snapshot failed", "err", err)
		}
	}()
	s := &session{db: db, ctx: ctx, run: conn, strict: true}
	defer s.end()
	return fn(s)
}
