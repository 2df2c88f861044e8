package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// How often a node renews its number. One that knows to be alone does so at
// longer distances, as long as all goes well: either way several turns may be
// missed within leaseLimit.
const (
	renewEvery      = 5 * time.Second
	renewEveryAlone = 10 * time.Second
)

// nodeKeeper keeps this process's node number, and with it its connections. On
// an embedded database there is nobody to share with and it does nothing.
type nodeKeeper struct {
	base     *Base
	fail     func(error)
	changed  func() // others came or went, or connections were taken over
	embedded bool
	cancel   context.CancelFunc
	ended    sync.WaitGroup
	news     chan struct{}

	mu    sync.Mutex
	mine  map[desk.ID]bool
	alone bool
}

func newNodeKeeper(b *Base, fail func(error), changed func()) *nodeKeeper {
	return &nodeKeeper{base: b, fail: fail, changed: changed, embedded: b.DB.Dialect() == dbx.SQLite,
		news: make(chan struct{}, 1), mine: map[desk.ID]bool{}}
}

func (n *nodeKeeper) start(ctx context.Context) error {
	ctx, n.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if n.embedded {
		return nil
	}
	if _, err := n.renew(ctx); err != nil {
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
	return n.embedded || n.mine[connection]
}

// Alone reports that no other process worked on the database at the last
// renewal.
func (n *nodeKeeper) Alone() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.embedded || n.alone
}

// Inherited reports that a process known to be dead sent for it before.
func (n *nodeKeeper) Inherited(connection desk.ID) bool {
	return n.embedded || n.base.inherited[connection]
}

// watch has a new connection taken over at once.
func (n *nodeKeeper) watch(e desk.Event) {
	if e.Type == desk.EvConnectionCreated {
		n.renewNow()
	}
}

func (n *nodeKeeper) renewNow() {
	select {
	case n.news <- struct{}{}:
	default:
	}
}

// loop renews until the end. A node that could not renew for a whole lease
// must stop writing: another may have its number.
func (n *nodeKeeper) loop(ctx context.Context) {
	turn := time.NewTimer(n.pause(nil))
	defer turn.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-turn.C:
		case <-n.news:
		}
		changed, err := n.renew(ctx)
		turn.Reset(n.pause(err))
		if err == nil {
			last = time.Now()
			if changed {
				n.changed()
			}
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

// pause is how long the next renewal may wait after one that ended so.
func (n *nodeKeeper) pause(err error) time.Duration {
	if err == nil && n.Alone() {
		return renewEveryAlone
	}
	return renewEvery
}

// renew reports whether there is something new: others came or went, or
// connections that nobody else looks after became ours.
func (n *nodeKeeper) renew(ctx context.Context) (changed bool, err error) {
	var kept store.Kept
	err = n.base.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		kept, err = n.base.Store.KeepNode(tx, n.base.Node)
		return err
	})
	if err != nil {
		return false, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	changed = kept.Alone != n.alone
	mine := make(map[desk.ID]bool, len(kept.Connections))
	for _, id := range kept.Connections {
		mine[id] = true
		changed = changed || !n.mine[id]
	}
	n.mine, n.alone = mine, kept.Alone
	return changed, nil
}
