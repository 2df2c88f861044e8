package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// inTx runs one write transaction and returns what it made. fn may run more
// than once.
func inTx[T any](ctx context.Context, s *Server, fn func(tx *dbx.Tx) (T, error)) (T, error) {
	var made T
	err := s.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		var err error
		made, err = fn(tx)
		return err
	})
	return made, err
}

// read returns the querier of reads outside of transactions.
func (s *Server) read(ctx context.Context) dbx.Querier { return s.store.DB.Read(ctx) }

// creation is how a row of a register comes to be.
type creation[R any] struct {
	route string // distinguishes the same key on two routes
	key   string // Idempotency-Key; "" for none
	body  any    // without secrets
	make  func(tx *dbx.Tx) (R, error)
	id    func(R) desk.ID
	load  func(q dbx.Querier, id desk.ID) (R, error)
}

// create makes a row, once for each key: a repetition answers with the row as
// it is now.
func create[R any](ctx context.Context, s *Server, c creation[R]) (R, error) {
	if c.key == "" {
		return inTx(ctx, s, c.make)
	}
	effect, err := effectOf(ctx, c.route, c.key, c.body)
	if err != nil {
		var none R
		return none, err
	}
	return inTx(ctx, s, func(tx *dbx.Tx) (R, error) {
		return c.once(tx, s.store, effect)
	})
}

// once makes the row in the transaction that stores the effect.
func (c creation[R]) once(tx *dbx.Tx, s *store.Store, effect store.Effect) (R, error) {
	var none R
	prior, err := s.Once(tx, effect)
	if err != nil {
		return none, err
	}
	if prior != nil && len(prior.IDs) == 1 {
		return c.load(tx, prior.IDs[0])
	}
	made, err := c.make(tx)
	if err != nil {
		return none, err
	}
	effect.IDs = []desk.ID{c.id(made)}
	return made, s.ChangeEffect(tx, effect)
}

// effectOf describes a request that is to have its effect once.
func effectOf(ctx context.Context, route, key string, body any) (store.Effect, error) {
	p := principal(ctx)
	text, err := json.Marshal(body)
	if err != nil {
		return store.Effect{}, err
	}
	sum := sha256.Sum256(append([]byte(route+"\n"), text...))
	return store.Effect{
		AccountID: p.Viewer.AccountID, Principal: caller(ctx), Key: key,
		Hash: hex.EncodeToString(sum[:]), Status: http.StatusCreated,
	}, nil
}

// created answers 201 with a view of the row.
func created[R, T any](row R, err error, view func(R) T) (*statusBody[T], error) {
	if err != nil {
		return nil, err
	}
	return &statusBody[T]{Status: http.StatusCreated, Body: view(row)}, nil
}

// shown answers with a view of the row.
func shown[R, T any](row R, err error, view func(R) T) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return answer(view(row)), nil
}

// listed answers with a page of rows.
func listed[R, T any](p store.Page[R], err error, view func(R) T) (*body[page[T]], error) {
	if err != nil {
		return nil, err
	}
	return pageOf(p.Items, p.Next, view), nil
}

// list is what the store wants of a searched list.
func (in *Searched) list() store.List {
	return store.List{Q: in.Q, Cursor: in.Cursor, Limit: in.Limit}
}

// list is what the store wants of a paged list.
func (in *Paged) list() store.List { return store.List{Cursor: in.Cursor, Limit: in.Limit} }

// same is the view of what is a view already.
func same[T any](v T) T { return v }

// remove deletes a row of a register.
func (s *Server) remove(ctx context.Context, row desk.ID, del func(*dbx.Tx, *desk.Viewer, desk.ID) error) (*none, error) {
	return nil, s.store.DB.Do(ctx, func(tx *dbx.Tx) error { return del(tx, viewer(ctx), row) })
}
