package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
)

// nodeLock is held by the process that numbers are handed down to within a data
// folder, nodeFile says which it had.
const (
	nodeLock = "node.lock"
	nodeFile = "node.json"
)

// formerNode is what a process leaves for the next one on the same data folder.
// After a crash that one need not wait for the node's lease: it holds the lock,
// so the other is dead.
type formerNode struct {
	Number int    `json:"number"`
	Owner  string `json:"owner"`
	// Lock is the lock file it held. A copied folder has another one, and so
	// has a copied machine: the owner may well live there.
	Lock string `json:"lock"`
}

// claimNode takes a node number. An embedded database has one process, held by
// the lock on its folder, which is number 0 without a lease.
func (b *Base) claimNode(ctx context.Context) error {
	if b.DB.Dialect() == dbx.SQLite {
		return nil
	}
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return err
	}
	owner := hex.EncodeToString(random)
	lock, err := lockFolder(filepath.Join(b.Config.DataDir, nodeLock))
	if errors.Is(err, errLocked) { // a command beside the running program: a number of its own
		return b.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
			b.Node, err = b.Store.ClaimNode(tx, owner)
			return err
		})
	}
	if err != nil {
		return err
	}
	b.lock = lock
	return b.succeed(ctx, owner)
}

// succeed takes the former process's number back, else a free one, and leaves a
// note for the next.
func (b *Base) succeed(ctx context.Context, owner string) error {
	path := filepath.Join(b.Config.DataDir, nodeFile)
	here := lockIdentity(b.lock)
	var former formerNode
	if text, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(text, &former) // unreadable is the same as none
	}
	var heir []desk.ID
	err := b.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
		if here != "" && former.Lock == here {
			if b.Node, heir, err = b.Store.ReclaimNode(tx, former.Number, former.Owner, owner); desk.CodeOf(err) != desk.CodeNotFound {
				return err
			}
		}
		b.Node, err = b.Store.ClaimNode(tx, owner)
		return err
	})
	if err != nil {
		return err
	}
	b.inherited = make(map[desk.ID]bool, len(heir))
	for _, id := range heir {
		b.inherited[id] = true
	}
	return writeFormer(path, formerNode{Number: b.Node.Number, Owner: owner, Lock: here})
}

func writeFormer(path string, f formerNode) error {
	text, err := json.Marshal(f)
	if err == nil {
		err = os.WriteFile(path+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("note the node number: %w", err)
	}
	return nil
}
