package inbound_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/inbound"
	"github.com/prosa-desk/prosa/internal/store"
)

// Nothing is stored before the signature is right.
func TestWrongSignatureStoresNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		body := hook(number, list("messages", w.text(ana, "wamid.1", "Olá")))
		for _, sig := range []string{"", "sha256=", "sha256=00", sign("other", body), sign(secret, body+" ")} {
			if code := w.post(body, sig); code != http.StatusUnauthorized {
				t.Errorf("signature %q: %d", sig, code)
			}
		}
		if n := w.count("raw_event") + w.count("contact") + w.count("message"); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

// Malformed members never lose their neighbours.
func TestMalformedNeighboursDontLoseTheRest(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		deep := strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60)
		w.ok(hook(number, list("messages",
			w.text(ana, "wamid.1", "um"),
			`17`, `"text"`, `null`, `{"id":5}`, `[]`,
			w.item(ana, "wamid.bad", "text", `"text":{"body":{"x":1}}`),
			w.item(ana, "wamid.deep", "text", `"text":`+deep),
			w.item(ana, "wamid.loc", "location", `"location":{"latitude":500,"longitude":0}`),
			`{"from":"5511987650001","id":"wamid.when","timestamp":"ontem","type":"text","text":{"body":"x"}}`,
			w.text(ana, "wamid.2", "dois"),
			w.item(ana, "wamid.new", "hologram", `"hologram":{"x":[1,2,3]}`))))
		var bodies []string
		for _, m := range w.messages() {
			bodies = append(bodies, m.ProviderID)
		}
		if got := strings.Join(bodies, " "); got != "wamid.1 wamid.2 wamid.new" {
			t.Errorf("stored %s", got)
		}
		if n := len(w.reasons(store.RawUnprocessed)); n != 9 {
			t.Errorf("%d unprocessed, want 9: %q", n, w.reasons(store.RawUnprocessed))
		}
	})
}

// A signed body that is not the provider's format is kept whole.
func TestUnreadableBodyIsKeptRaw(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, body := range []string{"", "not json", `{"object":"page"}`, "\x00\xff", `{"object":"whatsapp_business_account","entry":{}}`} {
			w.ok(body)
			w.ok(body)
		}
		if n := w.count("raw_event WHERE state = 'unprocessed' AND reason = 'unreadable_body'"); n != 5 {
			t.Errorf("%d kept, want 5: %q", n, w.reasons(store.RawUnprocessed))
		}
	})
}

func TestTextWithZeroBytesIsStored(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.ok(hook(number, list("messages", w.item(ana, "wamid.1", "text", `"text":{"body":"a\u0000b"}`))))
		if m := w.message("wamid.1"); strings.ContainsRune(m.Body, 0) || !strings.Contains(m.Body, "b") {
			t.Errorf("%q", m.Body)
		}
	})
}

// flaky fails the status road of the first calls with an error.
type flaky struct {
	inbound.Outbox
	calls atomic.Int32
	fail  func(call int32) error
}

func (f *flaky) Flush(tx *dbx.Tx, t *desk.Ticket) error {
	if err := f.fail(f.calls.Add(1)); err != nil {
		return err
	}
	return f.Outbox.Flush(tx, t)
}

func (w *world) flaky(fail func(call int32) error) *flaky {
	f := &flaky{Outbox: w.recv.Outbox, fail: fail}
	w.recv.Outbox = f
	return f
}

var errDiskFull = &dbx.Error{Kind: dbx.Transient, Err: errors.New("disk full")}

// Decisions.md 6: transient errors are tried three times more, then 503 with
// nothing stored; the redelivery is taken in.
func TestTransientErrorsAre503AndRedeliveryWorks(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		down := atomic.Bool{}
		down.Store(true)
		f := w.flaky(func(int32) error {
			if down.Load() {
				return errDiskFull
			}
			return nil
		})
		body := hook(number, list("messages", w.text(ana, "wamid.1", "Olá")))
		if code := w.post(body); code != http.StatusServiceUnavailable {
			t.Fatalf("answered %d", code)
		}
		if f.calls.Load() != 4 {
			t.Errorf("%d attempts, want 4", f.calls.Load())
		}
		if n := w.count("raw_event") + w.count("message") + w.count("ticket") + w.count("contact"); n != 0 {
			t.Errorf("%d rows of a refused message", n)
		}
		down.Store(false)
		w.ok(body)
		if m := w.message("wamid.1"); m.TicketID != w.ticket().ID {
			t.Errorf("%+v", m)
		}
	})
}

func TestShortTroubleIsNotNoticed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.flaky(func(call int32) error {
			if call < 3 {
				return errDiskFull
			}
			return nil
		})
		w.write("wamid.1", "Olá")
		if n := w.count("message"); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

// A fault of ours parks the element, keeps its neighbours and is mended by
// replay.
func TestPanicParksTheElementAndReplayMendsIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		broken := atomic.Bool{}
		broken.Store(true)
		w.flaky(func(int32) error {
			if broken.Load() {
				panic("a bug")
			}
			return nil
		})
		w.ok(hook(number, list("messages", w.text(ana, "wamid.1", "Olá")), list("statuses", w.status("wamid.o", "sent", ""))))
		w.wantReasons(store.RawUnprocessed, "internal_error")
		if n := w.count("message") + w.count("ticket"); n != 0 {
			t.Errorf("%d rows of a rolled-back message", n)
		}
		if n := w.count("orphan_status"); n != 1 {
			t.Error("the neighbour was lost")
		}
		if !strings.Contains(w.logs.String(), "a bug") || strings.Contains(w.logs.String(), "Ana Lima") {
			t.Errorf("log: %s", w.logs)
		}
		id := w.rawIn(store.RawUnprocessed)[0]
		raw, err := w.recv.Replay(t.Context(), w.account, id, desk.ByUser(w.user))
		if err != nil || raw.State != store.RawUnprocessed || raw.Attempts != 2 {
			t.Errorf("replay before the fix: %+v, %v", raw, err)
		}
		broken.Store(false)
		raw, err = w.recv.Replay(t.Context(), w.account, id, desk.ByUser(w.user))
		if err != nil || raw.State != store.RawDone || raw.Reason != "" {
			t.Errorf("replay after the fix: %+v, %v", raw, err)
		}
		if m := w.message("wamid.1"); m.Body != "Olá" {
			t.Errorf("%+v", m)
		}
		if _, err = w.recv.Replay(t.Context(), w.account, id, desk.ByUser(w.user)); desk.CodeOf(err) != desk.CodeNoChange {
			t.Errorf("replay of what is done: %v", err)
		}
		if _, err = w.recv.Replay(t.Context(), w.account+1, id, desk.ByUser(w.user)); desk.CodeOf(err) != desk.CodeNotFound {
			t.Errorf("replay by another account: %v", err)
		}
		if n := w.count("event WHERE type = $1 AND actor_id = $2", desk.EvRawReplayed, w.user); n != 2 {
			t.Errorf("%d events of replays, want 2", n)
		}
	})
}

// An unknown number that is connected later: replay finds it.
func TestReplayFindsTheConnectionOfToday(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const second = "100000000000002"
		w.ok(hook(second, list("messages", w.text(ana, "wamid.1", "Olá"))))
		w.wantReasons(store.RawUnprocessed, "unknown_number")
		var id desk.ID
		w.do(func(tx *dbx.Tx) (err error) {
			id, err = w.connect(tx, "Nova", second, "nova", secret)
			return err
		})
		w.dir.ForgetAll()
		raw, err := w.recv.Replay(t.Context(), w.account, w.rawIn(store.RawUnprocessed)[0], desk.System())
		if err != nil || raw.State != store.RawDone {
			t.Fatalf("%+v, %v", raw, err)
		}
		if tk := w.ticket(); tk.ConnectionID != id {
			t.Errorf("ticket on %d, want %d", tk.ConnectionID, id)
		}
	})
}

func TestInactiveConnectionKeepsWhatComes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		active := false
		w.do(func(tx *dbx.Tx) error {
			_, err := w.s.UpdateConnection(tx, w.by(), w.connection, store.ConnectionPatch{Active: &active})
			return err
		})
		w.dir.ForgetAll()
		w.write("wamid.1", "Olá")
		w.wantReasons(store.RawUnprocessed, "connection_inactive")
		if err := w.recv.Discard(t.Context(), w.account, w.rawIn(store.RawUnprocessed)[0], desk.System()); err != nil {
			t.Fatal(err)
		}
		w.wantReasons(store.RawDiscarded, "connection_inactive")
	})
}

// More than 25 elements: stored at once, interpreted by jobs in order.
func TestLargeBodyIsDeferredAndInterpretedInOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const n = 230
		var items []string
		for i := range n {
			items = append(items, w.text(ana, fmt.Sprintf("wamid.%03d", i), fmt.Sprint(i)))
		}
		items = append(items, `{"id":7}`)
		body := hook(number, list("messages", items...))
		before := w.db.Stats()
		w.ok(body)
		if spent := w.db.Stats().Minus(before); spent.Calls != 3 {
			t.Errorf("%d transactions while the provider waits, want 3", spent.Calls)
		}
		if w.count("raw_event WHERE state = 'pending'") != n || w.count("message") != 0 {
			t.Errorf("%d pending", w.count("raw_event WHERE state = 'pending'"))
		}
		w.ok(body) // a redelivery before the jobs ran
		w.run()
		w.wait("the jobs", func() bool { return w.count("raw_event WHERE state = 'pending'") == 0 })
		w.ok(body)
		last := ""
		for _, m := range w.messages() {
			if m.ProviderID <= last {
				t.Fatalf("%s after %s", m.ProviderID, last)
			}
			last = m.ProviderID
		}
		if tk := w.ticket(); tk.Unread != n || w.count("message") != n {
			t.Errorf("unread %d, %d messages", tk.Unread, w.count("message"))
		}
		if n := len(w.reasons(store.RawUnprocessed)); n != 1 {
			t.Errorf("%d unprocessed", n)
		}
	})
}

// FuzzWebhook: whatever a signed body holds, the answer is 200, every element
// is kept, and a repetition changes nothing.
func FuzzWebhook(f *testing.F) {
	db := sqlite(f)
	w := newWorld(f, db)
	f.Add(hook(number, list("messages", w.text(ana, "wamid.1", "Olá"))))
	f.Add(hook(number, list("statuses", w.status("wamid.o", "failed", `,"errors":[{"code":131047}]`))))
	f.Add(change("account_update", `{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}`))
	f.Add(hook(number, list("messages", w.item(ana, "wamid.r", "reaction", `"reaction":{"message_id":"wamid.1","emoji":"👍"}`))))
	f.Add(hook(number, list("messages", w.item(ana, "wamid.i", "image", `"image":{"id":"1","mime_type":"image/png"}`))))
	f.Fuzz(func(t *testing.T, body string) {
		w.t = t
		if code := w.post(body); code != http.StatusOK {
			t.Fatalf("answered %d", code)
		}
		raw, messages := w.count("raw_event"), w.count("message")
		if raw == 0 && json.Valid([]byte(body)) && strings.Contains(body, `"messages":[{`) {
			t.Error("nothing was kept")
		}
		if code := w.post(body); code != http.StatusOK {
			t.Fatalf("repeated: %d", code)
		}
		if w.count("raw_event") != raw || w.count("message") != messages {
			t.Error("a repetition added rows")
		}
	})
}

var _ channel.Webhook = (*adapter)(nil)
