package inbound

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
)

const (
	syncJob = "templates.sync"
	// syncChunk is how many templates one transaction stores.
	syncChunk = 50
)

type templateSync struct {
	Connection desk.ID `json:"connection"`
}

// syncKind fetches the templates of a group. News of several templates that
// come together make one synchronisation.
func (r *Receiver) syncKind() jobs.Kind {
	return jobs.Kind{Name: syncJob, Timeout: 5 * time.Minute, MaxAttempts: 6, Backoff: 10 * time.Second,
		Run: func(ctx context.Context, t jobs.Task) error {
			var p templateSync
			if err := t.Decode(&p); err != nil {
				return err
			}
			return judge(r.SyncTemplates(ctx, t.Account, p.Connection))
		}}
}

// ResyncTemplates has the templates behind a connection fetched after the
// transaction.
func (r *Receiver) ResyncTemplates(tx *dbx.Tx, c desk.Connection) error {
	key := string(c.Kind) + " " + c.GroupID
	return r.Jobs.Enqueue(tx, jobs.Job{Account: c.AccountID, Kind: syncJob, Key: key, UniqueKey: key,
		Payload: templateSync{Connection: c.ID}})
}

// SyncTemplates makes the templates behind a connection what the provider
// says they are. The error is a *channel.Failure when the provider refused,
// and Missing when the connection is gone.
func (r *Receiver) SyncTemplates(ctx context.Context, account, connection desk.ID) error {
	line, err := r.Directory.Line(ctx, account, connection)
	if err != nil {
		return err
	}
	source, ok := r.Registry[line.Kind].(channel.TemplateSource)
	if !ok {
		return desk.Refuse(desk.CodeUnsupportedKind)
	}
	began := desk.TimeOf(r.Now())
	err = source.Templates(ctx, line.Open, func(page []desk.Template) error {
		for chunk := range slices.Chunk(page, syncChunk) {
			err := r.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
				return r.Store.SyncTemplates(tx, account, line.Kind, line.GroupID, began, chunk)
			})
			if err != nil {
				return fmt.Errorf("store templates: %w", err)
			}
		}
		return nil
	})
	for more := true; err == nil && more; {
		err = r.Store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
			more, err = r.Store.FinishTemplateSync(tx, account, line.Kind, line.GroupID, began)
			return err
		})
	}
	return err
}
