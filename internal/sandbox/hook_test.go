package sandbox_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// answers has the callback answer with these statuses, then with 200.
func (w *world) answers(statuses ...int) (tries *int) {
	w.hooks.mu.Lock()
	defer w.hooks.mu.Unlock()
	n := 0
	w.hooks.answer = func() int {
		n++
		if n <= len(statuses) {
			return statuses[n-1]
		}
		return 200
	}
	return &n
}

func (w *world) deliver() {
	w.t.Helper()
	_, err := w.box.DeliverDue(w.t.Context())
	w.must(err)
}

func TestWebhooksAreRedeliveredWithGrowingPauses(t *testing.T) {
	each(t, func(w *world) {
		tries := w.answers(500, 503, 404, 301)
		w.says("Oi")
		want := 1
		w.deliver()
		for _, pause := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second} {
			if *tries != want {
				w.t.Fatalf("%d tries, want %d", *tries, want)
			}
			w.clock.Advance(pause - time.Millisecond)
			w.deliver()
			if *tries != want {
				w.t.Fatalf("tried again before %s", pause)
			}
			w.clock.Advance(time.Millisecond)
			w.deliver()
			want++
		}
		if n := len(w.received()); n != 1 || *tries != 5 {
			w.t.Errorf("%d received after %d tries", n, *tries)
		}
		w.clock.Advance(time.Hour)
		w.deliver()
		if *tries != 5 {
			w.t.Error("a webhook that was answered with 200 comes again")
		}
	})
}

func TestPausesBetweenWebhooksAreCapped(t *testing.T) {
	each(t, func(w *world) {
		tries := w.answers(make([]int, 100)...)
		w.hooks.mu.Lock()
		answer := w.hooks.answer
		w.hooks.answer = func() int { return max(answer(), 500) }
		w.hooks.mu.Unlock()
		w.says("Oi")
		for i := range 15 {
			w.deliver()
			if *tries != i+1 {
				w.t.Fatalf("%d tries after %d pauses of five minutes", *tries, i)
			}
			w.clock.Advance(5 * time.Minute)
		}
	})
}

func TestWebhooksAreGivenUpAfterAWeek(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		w.hooks.mu.Lock()
		w.hooks.answer = func() int { return 500 }
		w.hooks.mu.Unlock()
		w.deliver()
		w.clock.Advance(7*24*time.Hour + time.Minute)
		w.deliver()
		w.answers()
		w.clock.Advance(time.Hour)
		w.deliver()
		if n := len(w.received()); n != 0 {
			w.t.Errorf("%d came after a week", n)
		}
	})
}

func TestRestartResumesPendingWebhooks(t *testing.T) {
	each(t, func(w *world) {
		w.hooks.mu.Lock()
		w.hooks.answer = func() int { return 500 }
		w.hooks.mu.Unlock()
		in := w.says("Oi")
		out := w.accepted(hello)
		w.deliver()
		w.restart()
		w.answers()
		w.clock.Advance(time.Minute)
		w.must(w.box.Start(w.t.Context()))
		w.eventually(func() bool { return len(w.statuses()) == 2 && len(w.received()) == 1 })
		w.must(w.box.Stop(w.t.Context()))
		if w.received()[0]["id"] != in.WAMID || w.statuses()[0]["id"] != out.wamid() {
			w.t.Errorf("received %v and %v", w.received(), w.statuses())
		}
	})
}

// eventually waits for what happens on other goroutines.
func (w *world) eventually(ok func() bool) {
	w.t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatal("it didn't happen within 5 s")
}

func TestStartDeliversWhatBecomesDue(t *testing.T) {
	each(t, func(w *world) {
		w.box = sandbox.New(sandbox.Options{DB: w.db, Seed: 1, IDs: w.ids.Next}) // the real clock
		ctx := w.t.Context()
		ignore := goleak.IgnoreCurrent()
		w.must(w.box.Start(ctx))
		w.must(w.box.Start(ctx)) // twice does nothing
		w.limits(sandbox.Limits{SentMS: 5, DeliveredMS: 20})
		w.says("Oi")
		w.eventually(func() bool { return len(w.received()) == 1 })
		c := w.chat()
		w.graphOf(w.box)
		w.accepted(hello)
		w.eventually(func() bool { return w.steps() == "sent delivered" })
		_, err := w.box.Open(ctx, account, c.ID)
		w.must(err)
		w.eventually(func() bool { return w.steps() == "sent delivered read" })
		w.must(w.box.Stop(ctx))
		w.must(w.box.Stop(ctx))
		w.says("Depois")
		time.Sleep(50 * time.Millisecond)
		if n := len(w.received()); n != 1 {
			w.t.Errorf("%d received after Stop", n)
		}
		w.graph.Close()
		w.hooks.CloseClientConnections()
		goleak.VerifyNone(w.t, ignore, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
			goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"), goleak.IgnoreAnyFunction("net/http.(*conn).serve"))
	})
}

func TestOrderWithinAChatIsKept(t *testing.T) {
	each(t, func(w *world) {
		w.limits(sandbox.Limits{PairBurst: -1, PerSecond: -1})
		var want []string
		for i := range 60 {
			want = append(want, w.says(fmt.Sprint("mensagem ", i)).WAMID)
			w.clock.Advance(time.Millisecond)
		}
		w.deliver()
		var got []string
		for _, m := range w.received() {
			got = append(got, m["id"].(string))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			w.t.Errorf("%d messages came in another order", len(got))
		}
		w.hooks.mu.Lock()
		defer w.hooks.mu.Unlock()
		if n := len(w.hooks.bodies); n >= 60 || n < 3 {
			w.t.Errorf("60 changes came in %d webhooks, want batches", n)
		}
	})
}

func TestBatchOfOne(t *testing.T) {
	each(t, func(w *world) {
		w.limits(sandbox.Limits{Batch: 1})
		for range 30 {
			w.says("Oi")
		}
		w.deliver()
		w.hooks.mu.Lock()
		defer w.hooks.mu.Unlock()
		if n := len(w.hooks.bodies); n != 30 {
			w.t.Errorf("30 changes came in %d webhooks", n)
		}
	})
}

func TestUnsubscribedAppGetsNothing(t *testing.T) {
	each(t, func(w *world) {
		apps := func(method, body string) reply { return w.ask(nil, method, waba+"/subscribed_apps", body) }
		if r := apps("GET", ""); len(r.body["data"].([]any)) != 1 {
			w.t.Errorf("at first: %s", r.raw)
		}
		apps("DELETE", "")
		if r := apps("GET", ""); len(r.body["data"].([]any)) != 0 {
			w.t.Errorf("unsubscribed: %s", r.raw)
		}
		w.says("Oi")
		w.accepted(hello)
		w.flow(time.Second)
		if n := len(w.changes()); n != 0 {
			w.t.Errorf("%d webhooks", n)
		}
		if r := apps("POST", ""); r.body["success"] != true {
			w.t.Errorf("subscribe: %s", r.raw)
		}
		w.says("Oi")
		w.flow(time.Second)
		if n := len(w.changes()); n != 1 {
			w.t.Errorf("%d webhooks", n)
		}
	})
}

func TestCallbackMustProveItself(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.must(w.box.VerifyCallback(ctx, w.hooks.URL, "verify"))
		if err := w.box.VerifyCallback(ctx, w.hooks.URL, "other"); err == nil {
			w.t.Error("a callback that refuses the token passes")
		}
		if err := w.box.VerifyCallback(ctx, w.graph.URL, "verify"); err == nil {
			w.t.Error("a server that doesn't know the challenge passes")
		}
		if err := w.box.VerifyCallback(ctx, "nowhere", "verify"); err == nil {
			w.t.Error("what isn't a URL passes")
		}
		set := func(url, token string) reply {
			return w.ask(nil, "POST", waba+"/subscribed_apps", fmt.Sprintf(`{"override_callback_uri":%q,"verify_token":%q}`, url, token))
		}
		if r := set(w.hooks.URL+"/hooks", "wrong"); r.status != 400 {
			w.t.Errorf("override with a wrong token: %s", r.raw)
		}
		if r := set(w.hooks.URL+"/hooks", "verify"); r.status != 200 {
			w.t.Errorf("override: %s", r.raw)
		}
		n, err := w.box.Number(ctx, account, pnid)
		w.must(err)
		if n.CallbackURL != w.hooks.URL+"/hooks" {
			w.t.Errorf("callback %s", n.CallbackURL)
		}
	})
}

func TestEmit(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		w.must(w.box.Emit(ctx, account, pnid, "phone_number_quality_update", json.RawMessage(`{"display_phone_number":"551140000000","event":"THROUGHPUT_UPGRADE"}`)))
		w.flow(time.Second)
		if c := w.changes(); len(c) != 1 || c[0].Field != "phone_number_quality_update" || c[0].Value["event"] != "THROUGHPUT_UPGRADE" {
			w.t.Errorf("changes %v", c)
		}
		for _, value := range []string{`[]`, `{`, `null`, ``} {
			if err := w.box.Emit(ctx, account, pnid, "x", json.RawMessage(value)); desk.CodeOf(err) != desk.CodeInvalid {
				w.t.Errorf("%q: %v", value, err)
			}
		}
	})
}
