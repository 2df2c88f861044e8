package inbound

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
)

const (
	interpretJob = "inbound.interpret"
	// batch is how many elements of a large body one job interprets, and one
	// transaction stores.
	batch = 100
)

// interpretPayload names stored elements, in the provider's order.
type interpretPayload struct {
	Raw []desk.ID `json:"raw"`
}

// interpretKind interprets the elements of large bodies. Jobs of one
// connection follow one another, so that the order stays. They fail only for
// as long as the database does; should one die all the same, its elements stay
// pending and can be replayed.
func (r *Receiver) interpretKind() jobs.Kind {
	return jobs.Kind{Name: interpretJob, Run: r.interpretStored, Concurrency: 2, Timeout: 2 * time.Minute, MaxAttempts: 50,
		MaxBackoff: 10 * time.Minute}
}

// deferAll stores the elements of a large body and leaves interpreting them to
// jobs.
func (r *Receiver) deferAll(ctx context.Context, via routing.Line, units []unit) (Result, error) {
	var total Result
	for chunk := range slices.Chunk(units, batch) {
		var sum Result
		err := r.insist(ctx, func() error {
			return r.Store.DB.Do(ctx, func(tx *dbx.Tx) (err error) {
				sum, err = r.deferIn(tx, via, chunk)
				return err
			})
		})
		if err != nil {
			return total, err
		}
		total = total.plus(sum)
	}
	return total, nil
}

func (r *Receiver) deferIn(tx *dbx.Tx, via routing.Line, units []unit) (Result, error) {
	var sum Result
	var ids []desk.ID
	for i := range units {
		u := &units[i]
		raw := store.RawEvent{AccountID: u.account.ID, ConnectionID: u.line.ID, Key: u.element.Key, State: store.RawPending,
			ExternalID: u.element.ExternalID, GroupID: u.element.GroupID, Body: string(u.element.Raw)}
		if u.reason != "" {
			raw.State, raw.Reason = store.RawUnprocessed, u.reason
		}
		isNew, err := r.Store.InsertRaw(tx, &raw)
		switch {
		case err != nil:
			return Result{}, err
		case !isNew:
			sum.Duplicates++
		case u.reason != "":
			sum.Unprocessed++
		default:
			sum.Deferred++
			ids = append(ids, raw.ID)
		}
	}
	if len(ids) == 0 {
		return sum, nil
	}
	return sum, r.Jobs.Enqueue(tx, jobs.Job{Account: via.AccountID, Kind: interpretJob, Key: via.ID.String(),
		Payload: interpretPayload{Raw: ids}})
}

// interpretStored is the job: what it fails on stays pending and is tried
// again, what is settled is passed over.
func (r *Receiver) interpretStored(ctx context.Context, t jobs.Task) error {
	var p interpretPayload
	if err := t.Decode(&p); err != nil {
		return err
	}
	var units []unit
	for _, id := range p.Raw {
		u, err := r.stored(ctx, t.Account, id)
		switch {
		case desk.CodeOf(err) == desk.CodeNotFound:
			continue // removed with its account
		case err != nil:
			return err
		}
		units = append(units, u)
	}
	_, err := r.takeAll(ctx, units)
	return err
}

// stored makes a unit of a stored element, as prepare does of an arriving one.
func (r *Receiver) stored(ctx context.Context, account, id desk.ID) (unit, error) {
	raw, err := r.Store.Raw(r.Store.DB.Read(ctx), account, id)
	if err != nil {
		return unit{}, err
	}
	line, err := r.Directory.Line(ctx, account, raw.ConnectionID)
	if err != nil {
		return unit{}, err
	}
	adapter, ok := r.Registry[line.Kind].(channel.Webhook)
	if !ok {
		return unit{}, errors.New("inbound: the channel " + string(line.Kind) + " receives nothing")
	}
	e := channel.Element{Key: raw.Key, ExternalID: raw.ExternalID, GroupID: raw.GroupID, Raw: []byte(raw.Body)}
	u := unit{adapter: adapter, line: line, element: e, raw: raw.ID}
	if u.account, err = r.Directory.Account(ctx, account); err != nil {
		return unit{}, err
	}
	if err := r.direct(ctx, &u); err != nil {
		return unit{}, err
	}
	return u, nil
}

// direct finds the connection that a stored element is for today: it may not
// have existed when the element came.
func (r *Receiver) direct(ctx context.Context, u *unit) error {
	if e := u.element; e.ExternalID != "" && e.ExternalID != u.line.ExternalID {
		lines, err := r.Directory.ForElement(ctx, u.line, e.ExternalID, e.GroupID)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			u.reason = ReasonUnknownNumber
			return nil
		}
		u.line = lines[0]
	}
	u.event, u.reason = interpret(u.adapter, u.element)
	if !u.line.Active {
		u.reason = ReasonInactive
	}
	var err error
	u.byAgent, err = r.isAgent(ctx, u)
	return err
}
