package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// renewEvery is how often a node renews its number; a third of what the lease
// allows for two missed turns.
const renewEvery = 5 * time.Second

// nodeKeeper keeps this process's node number, and with it its connections. On
// an embedded database there is nobody to share with and it does nothing.
type nodeKeeper struct {
	base   *Base
	fail   func(error)
	cancel context.CancelFunc
	ended  sync.WaitGroup
	news   chan struct{}

	mu    sync.Mutex
	mine  map[desk.ID]bool
	alone bool
}

func newNodeKeeper(b *Base, fail func(error)) *nodeKeeper {
	return &nodeKeeper{base: b, fail: fail, news: make(chan struct{}, 1), mine: map[desk.ID]bool{}, alone: b.DB.Dialect() == dbx.SQLite}
}

func (n *nodeKeeper) start(ctx context.Context) error {
	ctx, n.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if n.alone {
		return nil
	}
	if err := n.renew(ctx); err != nil {
		return err
	}
	n.ended.Go(func() { n.loop(ctx) })
	return nil
}

func (n *nodeKeeper) stop() {
	if n.cancel != nil {
		n.cancel()
	}
	n.ended.Wait()
}

// Owns reports whether this node sends for a connection (decisions.md 13).
func (n *nodeKeeper) Owns(connection desk.ID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.alone || n.mine[connection]
}

// Inherited reports that a process known to be dead sent for it before.
func (n *nodeKeeper) Inherited(connection desk.ID) bool {
	return n.alone || n.base.inherited[connection]
}

// watch has a new connection taken over at once.
func (n *nodeKeeper) watch(e desk.Event) {
	if e.Type != desk.EvConnectionCreated {
		return
	}
	select {
	case n.news <- struct{}{}:
	default:
	}
}

// loop renews until the end. A node that could not renew for a whole lease
// must stop writing: another may have its number.
func (n *nodeKeeper) loop(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-n.news:
		}
		err := n.renew(ctx)
		if err == nil {
			last = time.Now()
			continue
		}
		n.base.Log.Warn("node number not renewed", "err", err)
		if !dbx.IsTransient(err) || time.Since(last) > leaseLimit {
			n.fail(fmt.Errorf("node number lost: %w", err))
			return
		}
	}
}

// leaseLimit is well within store.NodeLease.
const leaseLimit = 20 * time.Second

func (n *nodeKeeper) renew(ctx context.Context) error {
	var ids []desk.ID
	err := n.base.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		ids, err = n.base.Store.KeepNode(tx, n.base.Node)
		return err
	})
	if err != nil {
		return err
	}
	mine := make(map[desk.ID]bool, len(ids))
	for _, id := range ids {
		mine[id] = true
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mine = mine
	return nil
}
