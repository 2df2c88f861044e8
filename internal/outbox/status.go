package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

// ApplyStatus notes what a provider reports about a message of ours, within
// the transaction that stores the report. The message is found by our own id,
// which came back with the report, or else by the provider's; a report about a
// message that is not known yet is kept for 7 days (decisions.md 9). Reports
// come in any order and more than once: the status never goes back.
func (o *Outbox) ApplyStatus(ctx context.Context, tx *dbx.Tx, account, connection desk.ID, st channel.Status) error {
	refs := []store.MessageRef{{ConnectionID: connection, ProviderID: st.ProviderID}}
	if id, err := desk.ParseID(st.Correlation); err == nil && id != 0 {
		refs = append([]store.MessageRef{{ID: id, ConnectionID: connection}}, refs...)
	}
	for _, ref := range refs {
		known, err := o.report(ctx, tx, account, ref, st)
		if err != nil || known {
			return err
		}
	}
	body, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("keep early status: %w", err)
	}
	return o.Store.AddOrphan(tx, store.Orphan{AccountID: account, ConnectionID: connection,
		ProviderID: st.ProviderID, Status: st.Status, Body: string(body)})
}

// heldUp reports whether a message that was in this state kept others of its
// conversation from leaving. What else a report may set free waits for a file:
// see arrived.
func heldUp(before desk.MessageStatus) bool {
	return before == desk.StatusPending || before == desk.StatusSending || before == desk.StatusUncertain
}

// report applies one report to the message of ref; false if there is none.
func (o *Outbox) report(ctx context.Context, tx *dbx.Tx, account desk.ID, ref store.MessageRef, st channel.Status) (bool, error) {
	if st.Status == desk.StatusFailed && st.Failure != nil {
		return o.reportFailure(ctx, tx, account, ref, st)
	}
	done, err := o.Store.StepMessage(tx, account, ref, store.MessageStep{
		To: st.Status, At: st.At, ProviderID: st.ProviderID, Price: o.priced(st.Price)})
	if desk.CodeOf(err) == desk.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if done.Message.DeliveredAt != 0 || done.Message.ReadAt != 0 {
		tx.AfterCommit(func() { o.arrived(&done.Message) })
	}
	if done.Changed {
		tx.AfterCommit(func() { o.settled.tell(done.Message.ID) })
		o.Store.AnnounceMessage(tx, &done.Message, done.Sight)
		if heldUp(done.Before) {
			o.nudgeAfter(tx, &done.Message)
		}
	}
	return true, nil
}

// reportFailure applies a refusal that the provider told of later.
func (o *Outbox) reportFailure(ctx context.Context, tx *dbx.Tx, account desk.ID, ref store.MessageRef, st channel.Status) (bool, error) {
	m, err := o.Store.MessageOf(tx, account, ref)
	if desk.CodeOf(err) == desk.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, o.refused(ctx, tx, &m, st.Failure, store.MessageStep{At: st.At, ProviderID: st.ProviderID, Price: o.priced(st.Price)})
}

// refused settles a message that the provider certainly did not deliver. When
// the reason is the closed service window, the window is closed by the
// provider's word and a message that may wait goes back in line (decisions.md
// 8); any other is failed.
func (o *Outbox) refused(ctx context.Context, tx *dbx.Tx, m *desk.Message, f *channel.Failure, step store.MessageStep) error {
	if f.WindowClosed {
		if _, err := o.Store.LockChannel(tx, m.AccountID, m.ChannelID); err != nil {
			return err
		}
		if _, err := o.Store.CloseWindow(tx, m.AccountID, m.ChannelID); err != nil {
			return err
		}
	}
	kind := desk.EvMessageFailed
	step.To, step.Failure = desk.StatusFailed, reason(f)
	if f.WindowClosed && m.Queue && m.TicketID != 0 {
		kind = desk.EvMessageWaiting
		step.To, step.ExpiresAt = desk.StatusWaiting, o.waitUntil(ctx, m.AccountID)
	}
	if m.Type == desk.TypeReaction {
		if err := o.unreact(tx, m); err != nil {
			return err
		}
	}
	return o.step(tx, m, kind, step)
}

// step moves a message and records the event if it moved.
func (o *Outbox) step(tx *dbx.Tx, m *desk.Message, kind desk.EventType, step store.MessageStep) error {
	done, err := o.Store.StepMessage(tx, m.AccountID, store.MessageRef{ID: m.ID}, step)
	if err != nil {
		return err
	}
	// Those who wait are told even if nothing changed: a report may have been
	// faster than the answer to the call.
	if done.Message.Status != desk.StatusPending {
		tx.AfterCommit(func() { o.settled.tell(m.ID) })
	}
	if done.Message.Status != desk.StatusSent {
		tx.AfterCommit(func() { o.arrived(&done.Message) }) // delivered meanwhile, or it never will be
	}
	o.nudgeAfter(tx, &done.Message)
	if !done.Changed {
		return nil
	}
	if !done.Moved || kind == desk.EvMessageStatus {
		o.Store.AnnounceMessage(tx, &done.Message, done.Sight)
		return nil
	}
	data := map[string]any{"before": string(done.Before)}
	if step.Failure != nil {
		data["code"] = step.Failure.Code
	}
	return o.Store.RecordMessage(tx, kind, desk.System(), &done.Message, done.Sight, data)
}

// reason is what people are told of a failure.
func reason(f *channel.Failure) *desk.Failure {
	r := &desk.Failure{Code: f.Key}
	if f.Code != "" {
		r.Params = map[string]any{"provider_code": f.Code}
	}
	if f.Details != "" {
		if r.Params == nil {
			r.Params = map[string]any{}
		}
		r.Params["details"] = f.Details
	}
	return r
}

// priced puts the rate card's amount to what the provider said it will charge:
// providers name category and billability, not money.
func (o *Outbox) priced(p *desk.Price) *desk.Price {
	if p == nil || !p.Billable || p.Micros != 0 {
		return p
	}
	priced := *p
	if micros, ok := o.Rates.Price(p.Category); ok {
		priced.Micros, priced.Currency = micros, o.Rates.Currency
	}
	return &priced
}

// adoptEarly applies the reports that came before the provider's id of the
// message was known.
func (o *Outbox) adoptEarly(ctx context.Context, tx *dbx.Tx, m *desk.Message) error {
	early, err := o.Store.TakeOrphans(tx, m.AccountID, m.ConnectionID, m.ProviderID)
	if err != nil {
		return err
	}
	for _, e := range early {
		var st channel.Status
		if err := json.Unmarshal([]byte(e.Body), &st); err != nil {
			return fmt.Errorf("early status %d: %w", e.ID, err)
		}
		if _, err := o.report(ctx, tx, m.AccountID, store.MessageRef{ID: m.ID}, st); err != nil {
			return err
		}
	}
	return nil
}
