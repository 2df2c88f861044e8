package app

import (
	"context"
	"io"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/store"
)

// chores are the jobs that finish what a change of a register began, a chunk a
// transaction.
func chores(s *store.Store) []jobs.Kind {
	kind := func(name string, step func(tx *dbx.Tx, account, id desk.ID) (more bool, err error)) jobs.Kind {
		return jobs.Kind{Name: name, Run: func(ctx context.Context, t jobs.Task) error {
			var c store.Chore
			if err := t.Decode(&c); err != nil {
				return err
			}
			for more := true; more; {
				err := s.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
					more, err = step(tx, t.Account, c.ID)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		}}
	}
	return []jobs.Kind{
		kind(store.JobWallet, s.SpreadWallet),
		kind(store.JobReleaseUser, s.ReleaseUser),
		kind(store.JobErase, s.EraseContact),
	}
}

// opener gives the outbox the bytes of stored files.
type opener struct{ disk *media.Disk }

func (o opener) Open(account desk.ID, sha256 string) (io.ReadCloser, error) {
	return o.disk.Open(account, sha256)
}
