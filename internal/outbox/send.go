package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
)

const (
	// maxAttempts is how often a message that the provider certainly did not
	// take is offered to it.
	maxAttempts = 8
	// rescueEvery is how often at most abandoned messages are looked for.
	rescueEvery = time.Second
	// authPause keeps a connection silent that the provider does not let in,
	// should its state not show it yet.
	authPause = time.Minute
)

// send hands one claimed message to its provider and commits what became of
// it. It always settles: a message is not left as sending.
func (o *Outbox) send(ctx context.Context, l *line, adapter channel.Adapter, open channel.Connection, m desk.Message) {
	out, err := o.outgoing(ctx, &m)
	var sent channel.Sent
	if err == nil {
		call, cancel := context.WithTimeout(ctx, o.SendTimeout)
		sent, err = adapter.Send(call, open, out)
		cancel()
	}
	if err == nil {
		if m.Type.IsMedia() {
			l.left(&m)
		}
		if sent.To.Phone == out.To.Phone {
			sent.To.Phone = "" // nothing to learn
		}
		o.settle(ctx, &m, func(tx *dbx.Tx) error { return o.accepted(ctx, tx, &m, sent) })
		return
	}
	failure := asFailure(err)
	o.heed(ctx, l, &m, failure)
	o.settle(ctx, &m, func(tx *dbx.Tx) error { return o.failed(ctx, tx, &m, failure) })
}

// settle commits the outcome of a call. It insists for as long as the lease
// lasts: the provider has acted, and only the database does not know. After
// that the message counts as abandoned, which is uncertain.
func (o *Outbox) settle(ctx context.Context, m *desk.Message, write func(tx *dbx.Tx) error) {
	until := time.Now().Add(o.lease()) // of the process, whatever o.Now says
	for try := 1; ; try++ {
		err := o.Store.DB.Do(ctx, write)
		if err == nil {
			return
		}
		pause := o.Pause(try)
		if !dbx.IsTransient(err) || time.Now().Add(pause).After(until) {
			o.Log.Error("outcome of a send could not be stored", "message", m.ID, "try", try, "err", err)
			return
		}
		o.Log.Warn("outcome of a send could not be stored yet", "message", m.ID, "try", try, "err", err)
		time.Sleep(pause)
	}
}

// accepted notes that the provider has taken the message.
func (o *Outbox) accepted(ctx context.Context, tx *dbx.Tx, m *desk.Message, sent channel.Sent) error {
	if err := o.step(tx, m, desk.EvMessageStatus, store.MessageStep{To: desk.StatusSent, ProviderID: sent.ProviderID}); err != nil {
		return err
	}
	if err := o.Store.LearnAddress(tx, m.AccountID, m.ChannelID, sent.To.Phone); err != nil {
		return err
	}
	m.ProviderID = sent.ProviderID
	return o.adoptEarly(ctx, tx, m)
}

// failed settles a refusal: back in line when trying again makes sense and is
// safe, uncertain when the provider may have taken it, else failed.
func (o *Outbox) failed(ctx context.Context, tx *dbx.Tx, m *desk.Message, f *channel.Failure) error {
	switch {
	case !f.Certain:
		return o.step(tx, m, desk.EvMessageUncertain, store.MessageStep{
			To: desk.StatusUncertain, Failure: reason(f), RunAt: o.now().Add(desk.UncertainHold)})
	case f.AuthFailed || f.StopSending:
		// The message is fine, the connection is not: it stays in line, and the
		// line rests (heed).
		return o.step(tx, m, desk.EvMessageStatus, store.MessageStep{To: desk.StatusPending, Failure: reason(f)})
	case f.Retryable && m.Attempts < maxAttempts:
		return o.step(tx, m, desk.EvMessageStatus, store.MessageStep{
			To: desk.StatusPending, Failure: reason(f), RunAt: o.now().Add(o.backOff(m.Attempts, f.After))})
	}
	return o.refused(ctx, tx, m, f, store.MessageStep{})
}

// backOff is 1 s, 2 s, 4 s … up to 5 min, with up to half as much again of
// jitter, or what the provider asked for if that is longer.
func (o *Outbox) backOff(attempts int, asked time.Duration) time.Duration {
	d := min(time.Second<<min(max(attempts-1, 0), 20), 5*time.Minute)
	d += time.Duration(o.Rand() * float64(d) / 2)
	return max(d, asked)
}

// heed keeps to what the provider said about more than this message.
func (o *Outbox) heed(ctx context.Context, l *line, m *desk.Message, f *channel.Failure) {
	switch {
	case f.AuthFailed || f.StopSending:
		l.hold(0, authPause)
		o.connectionFailed(ctx, m, f)
	case f.Retryable && f.Key == "pair_rate":
		l.hold(m.ChannelID, o.backOff(m.Attempts, f.After))
	case f.Retryable && (f.Key == "throughput" || f.Key == "maintenance"):
		l.hold(0, max(f.After, time.Second))
	}
}

// connectionFailed shows administrators that the connection can't send. Its
// messages stay in line until a check or a new token makes it usable.
func (o *Outbox) connectionFailed(ctx context.Context, m *desk.Message, f *channel.Failure) {
	state := desk.Disconnected
	if f.AuthFailed {
		state = desk.AuthFailed
	}
	err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) error {
		_, err := o.Store.SetConnectionHealth(tx, m.AccountID, m.ConnectionID, desk.System(),
			store.ConnectionHealth{State: state, Reason: f.Key})
		return err
	})
	if err != nil {
		o.Log.Warn("state of a connection could not be stored", "connection", m.ConnectionID, "err", err)
	}
}

// asFailure types whatever a send returned. What no adapter has typed may have
// left.
func asFailure(err error) *channel.Failure {
	if f, ok := errors.AsType[*channel.Failure](err); ok {
		return f
	}
	return &channel.Failure{Key: "internal", Err: err}
}

// notSent is a failure before the provider was called.
func notSent(key string, err error) error {
	return &channel.Failure{Certain: true, Key: key, Err: err}
}

// rescue settles messages whose sending was begun by a process that is gone.
// They may have left, so they are uncertain, never sent again by themselves,
// unless the provider takes the same message twice without harm.
//
// It takes a read of its own, so it is done once in a while; unsought is when at
// the latest.
func (l *line) rescue(ctx context.Context, adapter channel.Adapter, open channel.Connection, now desk.Time) (unsought time.Duration, err error) {
	o := l.o
	// Longer is what a clock that was set back seems to say.
	if wait := l.looked.Add(rescueEvery).Sub(o.Now()); l.rescued && wait > 0 && wait <= rescueEvery {
		return wait, nil
	}
	l.looked = o.Now()
	before := now
	if !l.rescued && o.lines.owner.Inherited(l.ConnectionID) {
		before = before.Add(2 * o.lease())
	}
	dead, err := o.Store.DeadSends(o.Store.DB.Read(ctx), l.AccountID, l.ConnectionID, before, maxInFlight)
	if err != nil {
		return 0, err
	}
	l.rescued = len(dead) < maxInFlight
	p, ok := adapter.(channel.Pacer)
	harmless := ok && p.Pace(open).Idempotent
	for _, m := range dead {
		if l.flies(m.ID) {
			continue // its call goes on; the clock was set ahead
		}
		step, kind := store.MessageStep{To: desk.StatusUncertain, Failure: &desk.Failure{Code: "interrupted"},
			RunAt: o.now().Add(desk.UncertainHold)}, desk.EvMessageUncertain
		if harmless {
			step, kind = store.MessageStep{To: desk.StatusPending}, desk.EvMessageStatus
		}
		if err := o.Store.DB.Do(ctx, func(tx *dbx.Tx) error { return o.step(tx, &m, kind, step) }); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// outgoing builds what the adapter sends.
func (o *Outbox) outgoing(ctx context.Context, m *desk.Message) (channel.Outgoing, error) {
	q := o.Store.DB.Read(ctx)
	out := channel.Outgoing{MessageID: m.ID, Type: m.Type, Body: m.Body, Content: m.Content}
	to, err := o.Store.Recipient(q, m.AccountID, m.ChannelID)
	if err != nil {
		return out, notSent("internal", fmt.Errorf("recipient: %w", err))
	}
	out.To = channel.Recipient{Phone: to.Phone, UserID: to.UserID, Email: to.Email}
	if out.QuotedID, err = o.providerID(q, m.AccountID, m.ReplyTo); err != nil {
		return out, notSent("internal", err)
	}
	if r := m.Content.Reaction; r != nil {
		if out.ReactTo, err = o.providerID(q, m.AccountID, r.MessageID); err != nil {
			return out, notSent("internal", err)
		}
	}
	return out, o.attach(q, m, &out)
}

// providerID is what the provider calls one of our messages; "" for none.
func (o *Outbox) providerID(q dbx.Querier, account, message desk.ID) (string, error) {
	if message == 0 {
		return "", nil
	}
	m, err := o.Store.Message(q, account, message)
	return m.ProviderID, err
}

// attach opens the message's files to the adapter.
func (o *Outbox) attach(q dbx.Querier, m *desk.Message, out *channel.Outgoing) error {
	if m.Type == desk.TypeText {
		return nil // has none
	}
	files, err := o.Store.MessageMedia(q, m.AccountID, m.ID)
	if err != nil {
		return notSent("internal", fmt.Errorf("media: %w", err))
	}
	out.MediaByID = map[desk.ID]*channel.OutgoingMedia{}
	for _, f := range files {
		file := &channel.OutgoingMedia{MIME: f.MIME, Name: f.Name, Size: f.Size, SHA256: f.SHA256,
			Open: func(context.Context) (io.ReadCloser, error) { return o.Files.Open(f.AccountID, f.SHA256) }}
		out.MediaByID[f.ID] = file
		if m.Type.IsMedia() {
			out.Media = file
		}
	}
	return nil
}
