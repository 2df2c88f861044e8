package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// How long things are kept (decisions.md 5, 9, 18, 20, 21 and amendment 8).
const (
	keepRawBodies   = 30 * day
	keepRawKeys     = 90 * day
	keepQuarantine  = 7 * day
	keepJobs        = 3 * day
	keepEffects     = 7 * day
	keepOrphans     = 7 * day
	keepLogins      = 1 * day
	keepLooseFiles  = 1 * day
	day             = 24 * time.Hour
	upkeepChunk     = 200 // rows a transaction
	deletedChunk    = 50  // messages, each with its file and earlier texts
	upkeepTimeout   = 2 * time.Hour
	upkeepUTCHour   = 6 // the middle of the night in Brazil
	upkeepUTCMinute = 10
)

// Files is the disk of which the sweep removes what nobody refers to.
type Files interface {
	// Remove deletes a file unless it was saved after the time.
	Remove(account desk.ID, sha256 string, savedBefore time.Time) (bool, error)
	// Old calls fn with batches of an account's files saved before the time.
	Old(ctx context.Context, account desk.ID, savedBefore time.Time, fn func(sha256 []string) error) error
}

// upkeep is what the nightly jobs work with.
type upkeep struct {
	store *store.Store
	files Files
	log   *slog.Logger
}

// Upkeep returns the periodic kinds that keep the installation tidy: what has
// had its time is removed, counters are counted again, files without a
// reference are swept.
func Upkeep(s *store.Store, files Files, log *slog.Logger) []Kind {
	u := &upkeep{s, files, log}
	nightly := func(name string, run func(context.Context) error) Kind {
		return Kind{Name: name, Timeout: upkeepTimeout, Next: Daily(upkeepUTCHour, upkeepUTCMinute),
			Run: func(ctx context.Context, _ Task) error { return run(ctx) }}
	}
	return []Kind{nightly("upkeep.retention", u.retain), nightly("upkeep.recount", u.recount), nightly("upkeep.files", u.sweep)}
}

// chunked repeats a step, which may change upkeepChunk rows, until it finds
// nothing more.
func (u *upkeep) chunked(ctx context.Context, what string, step func(tx *dbx.Tx) (int64, error)) error {
	for total := int64(0); ; {
		var n int64
		err := u.store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
			n, err = step(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		total += n
		if n == 0 {
			if total > 0 {
				u.log.Info("upkeep", "what", what, "rows", total)
			}
			return nil
		}
	}
}

// retain removes what has had its time.
func (u *upkeep) retain(ctx context.Context) error {
	s := u.store
	before := func(keep time.Duration) desk.Time { return desk.TimeOf(s.Now().Add(-keep)) }
	steps := []struct {
		what string
		do   func(tx *dbx.Tx) (int64, error)
	}{
		{"raw bodies", func(tx *dbx.Tx) (int64, error) { return s.ForgetRawBodies(tx, before(keepRawBodies), upkeepChunk) }},
		{"raw keys", func(tx *dbx.Tx) (int64, error) { return s.PurgeRaw(tx, before(keepRawKeys), upkeepChunk) }},
		{"jobs", func(tx *dbx.Tx) (int64, error) { return s.PurgeJobs(tx, before(keepJobs), upkeepChunk) }},
		{"idempotency keys", func(tx *dbx.Tx) (int64, error) { return s.PurgeEffects(tx, before(keepEffects), upkeepChunk) }},
		{"early statuses", func(tx *dbx.Tx) (int64, error) { return s.PurgeOrphans(tx, before(keepOrphans), upkeepChunk) }},
		{"failed sign-ins", func(tx *dbx.Tx) (int64, error) { return 0, s.DropLoginFailures(tx, before(keepLogins)) }},
		{"sessions", func(tx *dbx.Tx) (int64, error) {
			more, err := s.DropExpiredSessions(tx, before(0))
			return count(more), err
		}},
	}
	for _, step := range steps {
		if err := u.chunked(ctx, step.what, step.do); err != nil {
			return err
		}
	}
	return u.eachAccount(ctx, func(a desk.Account) error {
		err := u.chunked(ctx, "quarantine", func(tx *dbx.Tx) (int64, error) {
			return s.PurgeQuarantine(tx, a.ID, before(keepQuarantine), upkeepChunk)
		})
		if err != nil {
			return err
		}
		cut := before(time.Duration(a.Settings.RevokedTextDays) * day)
		return u.chunked(ctx, "deleted messages", func(tx *dbx.Tx) (int64, error) {
			return s.ForgetDeleted(tx, a.ID, cut, deletedChunk)
		})
	})
}

// count is 1 as long as there is more.
func count(more bool) int64 {
	if more {
		return 1
	}
	return 0
}

func (u *upkeep) eachAccount(ctx context.Context, fn func(desk.Account) error) error {
	accounts, err := u.store.Accounts(u.store.DB.Read(ctx))
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := fn(a); err != nil {
			return err
		}
	}
	return nil
}

// recount mends the counters and says where they were wrong (decisions.md 15).
func (u *upkeep) recount(ctx context.Context) error {
	return u.eachAccount(ctx, func(a desk.Account) error {
		var wrong []store.CountDifference
		err := u.store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
			wrong, err = u.store.Recount(tx, a.ID)
			return err
		})
		for _, d := range wrong {
			u.log.Error("a ticket counter was wrong", "account", int64(d.AccountID), "status", d.Sight.Status,
				"queue", int64(d.Sight.QueueID), "user", int64(d.Sight.UserID), "had", d.Had, "has", d.Has,
				"had_unread", d.HadUnread, "has_unread", d.HasUnread)
		}
		return err
	})
}

// sweep removes uploads that no message took, then files that no row refers
// to, then files of which the database knows nothing.
func (u *upkeep) sweep(ctx context.Context) error {
	cut := u.store.Now().Add(-keepLooseFiles)
	err := u.chunked(ctx, "loose uploads", func(tx *dbx.Tx) (int64, error) {
		list, err := u.store.LooseMedia(tx, desk.TimeOf(cut), upkeepChunk)
		if err != nil {
			return 0, err
		}
		for _, m := range list {
			if err := u.store.DeleteMedia(tx, m.AccountID, m.ID); err != nil {
				return 0, err
			}
		}
		return int64(len(list)), nil
	})
	if err != nil {
		return err
	}
	if err := u.sweepBlobs(ctx, cut); err != nil {
		return err
	}
	return u.eachAccount(ctx, func(a desk.Account) error {
		return u.files.Old(ctx, a.ID, cut, func(shas []string) error { return u.sweepUnknown(ctx, a.ID, cut, shas) })
	})
}

// sweepBlobs removes noted files without a reference: first the row, so that
// nobody can come to refer to it, then the bytes.
func (u *upkeep) sweepBlobs(ctx context.Context, cut time.Time) error {
	after := store.Blob{}
	for {
		list, err := u.store.UnreferencedBlobs(u.store.DB.Read(ctx), desk.TimeOf(cut), after, upkeepChunk)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := u.sweepChunk(ctx, list, cut); err != nil {
			return err
		}
		after = list[len(list)-1]
	}
}

func (u *upkeep) sweepChunk(ctx context.Context, list []store.Blob, cut time.Time) error {
	var gone []store.Blob
	err := u.store.DB.Do(ctx, func(tx *dbx.Tx) error {
		gone = nil
		for _, b := range list {
			forgotten, err := u.store.ForgetBlob(tx, b)
			if err != nil {
				return err
			}
			if forgotten {
				gone = append(gone, b)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, b := range gone {
		if _, err := u.files.Remove(b.AccountID, b.SHA256, cut); err != nil {
			return err
		}
	}
	return nil
}

// sweepUnknown removes files that were saved just before a crash, so that no
// row ever told of them.
func (u *upkeep) sweepUnknown(ctx context.Context, account desk.ID, cut time.Time, shas []string) error {
	known, err := u.store.KnownBlobs(u.store.DB.Read(ctx), account, shas)
	if err != nil {
		return err
	}
	for _, sha := range shas {
		if known[sha] {
			continue
		}
		if _, err := u.files.Remove(account, sha, cut); err != nil {
			return err
		}
	}
	return nil
}
