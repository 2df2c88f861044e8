package dbx

import (
	"container/list"
	"context"
	"database/sql"
	"errors"
)

// maxPrepared is how many statements a SQLite connection keeps prepared. The
// program's hot statements are far fewer; the bound is for built texts.
const maxPrepared = 256

// liteConn is one SQLite connection with its prepared statements: compiling a
// statement costs several times what running a small one does. It is used by
// one goroutine at a time, and keeps at most one result set open while other
// statements are prepared, so that eviction never hits a statement in use.
type liteConn struct {
	conn     *sql.Conn
	prepared map[string]*list.Element
	recent   *list.List // of *preparedStmt, most recently used first
}

type preparedStmt struct {
	text string
	stmt *sql.Stmt
}

func newLiteConn(ctx context.Context, pool *sql.DB) (*liteConn, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &liteConn{conn: conn, prepared: map[string]*list.Element{}, recent: list.New()}, nil
}

// query ends a statement early only if its context is Long.
func (c *liteConn) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !isLong(ctx) {
		ctx = context.WithoutCancel(ctx)
	}
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c *liteConn) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// prepare needs no rewriting of $N: the driver binds it by its number, also
// when it repeats.
func (c *liteConn) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if el, ok := c.prepared[text]; ok {
		c.recent.MoveToFront(el)
		return stmtOf(el), nil
	}
	stmt, err := c.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	for c.recent.Len() >= maxPrepared {
		if err := c.evict(c.recent.Back()); err != nil {
			return nil, errors.Join(err, stmt.Close())
		}
	}
	c.prepared[text] = c.recent.PushFront(&preparedStmt{text: text, stmt: stmt})
	return stmt, nil
}

func (c *liteConn) evict(el *list.Element) error {
	p, _ := c.recent.Remove(el).(*preparedStmt)
	delete(c.prepared, p.text)
	return p.stmt.Close()
}

func stmtOf(el *list.Element) *sql.Stmt {
	p, _ := el.Value.(*preparedStmt)
	return p.stmt
}

func (c *liteConn) close() error {
	var errs []error
	for c.recent.Len() > 0 {
		errs = append(errs, c.evict(c.recent.Back()))
	}
	return errors.Join(append(errs, c.conn.Close())...)
}
