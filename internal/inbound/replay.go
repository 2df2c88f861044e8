package inbound

import (
	"context"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// Replay interprets a stored element again, after a fix, and returns the row
// as it is then: done, or unprocessed with the reason of today. One that is
// done already is a 409 no_change; one whose body was emptied by age is a 422
// read_only. That the actor may do it, the caller has checked.
func (r *Receiver) Replay(ctx context.Context, account, raw desk.ID, actor desk.Actor) (store.RawEvent, error) {
	u, err := r.stored(ctx, account, raw)
	if err != nil {
		return store.RawEvent{}, err
	}
	var after store.RawEvent
	err = r.insist(ctx, func() error {
		return r.Store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
			after, err = r.replayIn(ctx, tx, &u, actor)
			return err
		})
	})
	return after, err
}

func (r *Receiver) replayIn(ctx context.Context, tx *dbx.Tx, u *unit, actor desk.Actor) (store.RawEvent, error) {
	before, err := r.Store.LockRaw(tx, u.account.ID, u.raw)
	if err != nil {
		return before, err
	}
	switch {
	case before.State == store.RawDone:
		return before, desk.Clash(desk.CodeNoChange)
	case before.Body == "":
		return before, desk.Refuse(desk.CodeReadOnly)
	}
	out, err := r.settle(ctx, tx, u, u.raw)
	if err != nil {
		return before, err
	}
	after := before
	after.State, after.Reason, after.Attempts = out.state, out.reason, before.Attempts+1
	return after, r.Store.Record(tx, desk.Event{AccountID: u.account.ID, Type: desk.EvRawReplayed, Entity: "raw_event",
		EntityID: u.raw, Actor: actor, Data: map[string]any{
			"before": string(before.State), "state": string(out.state), "reason": out.reason}})
}

// Discard gives up a stored element that is not done: it will be emptied and
// removed by age like those that are.
func (r *Receiver) Discard(ctx context.Context, account, raw desk.ID, actor desk.Actor) error {
	return r.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		before, err := r.Store.LockRaw(tx, account, raw)
		if err != nil {
			return err
		}
		if before.State == store.RawDone || before.State == store.RawDiscarded {
			return desk.Clash(desk.CodeNoChange)
		}
		if err := r.Store.SettleRaw(tx, account, raw, store.RawDiscarded, before.Reason); err != nil {
			return err
		}
		return r.Store.Record(tx, desk.Event{AccountID: account, Type: desk.EvRawReplayed, Entity: "raw_event", EntityID: raw,
			Actor: actor, Data: map[string]any{"before": string(before.State), "state": string(store.RawDiscarded)}})
	})
}
