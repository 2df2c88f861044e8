package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
)

// raw sends a text and returns whatever comes.
func (w *world) raw() (reply, error) {
	return w.call("POST", pnid+"/messages", "application/json",
		[]byte(fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+%s","biz_opaque_callback_data":"7",%s}`, phone, hello)))
}

func TestFaultsThatRefuse(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		for _, c := range []struct {
			fault         sandbox.Fault
			status, codes int
		}{
			{sandbox.Fault{Kind: sandbox.FaultRefuse}, 500, 131000},
			{sandbox.Fault{Kind: sandbox.FaultRefuse, Code: 131031}, 403, 131031},
			{sandbox.Fault{Kind: sandbox.FaultRefuse, Code: 131048}, 400, 131048},
			{sandbox.Fault{Kind: sandbox.FaultRateLimit}, 429, 130429},
			{sandbox.Fault{Kind: sandbox.FaultRateLimit, Code: 80007}, 429, 80007},
			{sandbox.Fault{Kind: sandbox.FaultServer}, 500, 131000},
			{sandbox.Fault{Kind: sandbox.FaultServer, Code: 2}, 500, 2},
			{sandbox.Fault{Kind: sandbox.FaultServerBare}, 502, 0},
			{sandbox.Fault{Kind: sandbox.FaultExpiredToken}, 401, 190},
		} {
			w.faults(c.fault)
			r, err := w.raw()
			w.must(err)
			if r.status != c.status || r.code() != c.codes {
				w.t.Errorf("%+v: %d %s", c.fault, r.status, r.raw)
			}
			if c.codes == 0 && r.body != nil {
				w.t.Errorf("%+v has a body of Meta's", c.fault)
			}
		}
		w.faults()
		w.accepted(hello)
		if n := len(w.ledger()); n != 2 {
			w.t.Errorf("%d messages in the ledger", n)
		}
	})
}

func TestFaultDrop(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		w.flow(time.Second)
		w.faults(sandbox.Fault{Kind: sandbox.FaultDropBefore, Count: 1})
		if r, err := w.raw(); !errors.Is(err, io.EOF) {
			w.t.Fatalf("answered %d %s, %v", r.status, r.raw, err)
		}
		if n := len(w.ledger()); n != 1 {
			w.t.Fatalf("%d messages: what was cut before is accepted", n)
		}
		w.faults(sandbox.Fault{Kind: sandbox.FaultDrop, Count: 1})
		if r, err := w.raw(); !errors.Is(err, io.EOF) {
			w.t.Fatalf("answered %d %s, %v", r.status, r.raw, err)
		}
		books := w.ledger()
		if len(books) != 2 || books[1].Correlation != "7" {
			w.t.Fatalf("ledger %+v: what was cut after isn't accepted", books)
		}
		w.flow(time.Second)
		if got := w.steps(); got != "sent delivered" || w.statuses()[0]["biz_opaque_callback_data"] != "7" {
			w.t.Errorf("statuses %q", got)
		}
		if r, err := w.raw(); err != nil || r.status != 200 {
			w.t.Errorf("after the count: %d, %v", r.status, err)
		}
	})
}

func TestFaultDelay(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		w.faults(sandbox.Fault{Kind: sandbox.FaultDelay, DelayMS: 60, Count: 1})
		begin := time.Now()
		w.accepted(hello)
		if d := time.Since(begin); d < 60*time.Millisecond {
			w.t.Errorf("answered after %s", d)
		}
	})
}

func TestFaultFailsByStatus(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		w.flow(time.Second)
		w.faults(sandbox.Fault{Kind: sandbox.FaultFail, Code: 131049, Count: 1})
		w.accepted(hello)
		w.accepted(hello)
		w.flow(time.Second)
		if got := w.steps(); got != "failed sent delivered" && got != "sent failed delivered" {
			w.t.Errorf("statuses %q", got)
		}
		if m := w.ledger()[1]; m.Status != "failed" || m.ErrorCode != 131049 {
			w.t.Errorf("ledger %+v", m)
		}
	})
}

func TestFaultsActWhereTheyAreSet(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		w.faults(sandbox.Fault{Kind: sandbox.FaultRefuse, On: sandbox.OnMedia})
		w.accepted(hello)
		if r := w.upload("image/png", pngFile); r.code() != 131000 {
			w.t.Errorf("upload: %s", r.raw)
		}
		if r := w.list(""); r.status != 200 {
			w.t.Errorf("templates: %s", r.raw)
		}
		w.faults(sandbox.Fault{Kind: sandbox.FaultServer, On: sandbox.OnTemplates})
		if r := w.list(""); r.status != 500 {
			w.t.Errorf("templates: %s", r.raw)
		}
		w.faults(sandbox.Fault{Kind: sandbox.FaultRateLimit, On: sandbox.OnAll})
		w.refused(130429, hello)
		if r := w.ask(nil, "GET", pnid, ""); r.status != 429 {
			w.t.Errorf("number: %s", r.raw)
		}
	})
}

func TestFaultChancesRepeat(t *testing.T) {
	var runs []string
	each(t, func(w *world) {
		w.limits(sandbox.Limits{PairBurst: -1})
		w.says("Oi")
		w.faults(sandbox.Fault{Kind: sandbox.FaultRefuse, Probability: 0.3})
		var run strings.Builder
		for range 60 {
			run.WriteByte("x."[min(w.send(hello).status/300, 1)])
			w.clock.Advance(50 * time.Millisecond)
		}
		runs = append(runs, run.String())
	})
	if hits := strings.Count(runs[0], "."); hits < 8 || hits > 30 {
		t.Errorf("%d of 60 were struck", hits)
	}
	for _, r := range runs[1:] {
		if r != runs[0] {
			t.Errorf("draws differ:\n%s\n%s", runs[0], r)
		}
	}
}

func TestFaultDuplicate(t *testing.T) {
	each(t, func(w *world) {
		w.faults(sandbox.Fault{Kind: sandbox.FaultDuplicate})
		m := w.says("Oi")
		w.flow(time.Second)
		if got := w.received(); len(got) != 2 || got[0]["id"] != m.WAMID || got[1]["id"] != m.WAMID {
			w.t.Errorf("received %v", got)
		}
	})
}

func TestFaultReorder(t *testing.T) {
	each(t, func(w *world) {
		w.limits(sandbox.Limits{Batch: 1})
		w.says("Oi")
		w.flow(time.Second)
		w.faults(sandbox.Fault{Kind: sandbox.FaultReorder, DelayMS: 2000})
		for range 10 {
			w.accepted(hello)
		}
		w.flow(4 * time.Second)
		late, seen := 0, map[any]bool{}
		for _, s := range w.statuses() {
			if s["status"] == "sent" && seen[s["id"]] {
				late++
			}
			seen[s["id"]] = true
		}
		if len(w.statuses()) != 20 || late == 0 {
			w.t.Errorf("%d statuses, %d sent after delivered", len(w.statuses()), late)
		}
	})
}

func TestFaultSlowAndStoppedWebhooks(t *testing.T) {
	each(t, func(w *world) {
		w.faults(sandbox.Fault{Kind: sandbox.FaultSlowWebhooks, DelayMS: 5000, Count: 1})
		w.says("Oi")
		w.flow(4 * time.Second)
		if n := len(w.changes()); n != 0 {
			w.t.Errorf("%d webhooks came early", n)
		}
		w.flow(2 * time.Second)
		if n := len(w.changes()); n != 1 {
			w.t.Errorf("%d webhooks", n)
		}
		w.faults(sandbox.Fault{Kind: sandbox.FaultStopWebhooks})
		w.says("Oi")
		w.flow(time.Minute)
		if n := len(w.changes()); n != 1 {
			w.t.Errorf("%d webhooks in spite of the fault", n)
		}
		w.faults()
		w.flow(time.Second)
		if n := len(w.changes()); n != 2 {
			w.t.Errorf("%d webhooks after the fault", n)
		}
	})
}

func TestSetFaultsRefusesNonsense(t *testing.T) {
	each(t, func(w *world) {
		for name, f := range map[string]sandbox.Fault{
			"kind": {Kind: "explode"}, "probability": {Kind: sandbox.FaultDrop, Probability: 1.5}, "count": {Kind: sandbox.FaultDrop, Count: -1},
			"delay": {Kind: sandbox.FaultDelay, DelayMS: 1e9}, "code": {Kind: sandbox.FaultRefuse, Code: 7}, "on": {Kind: sandbox.FaultDrop, On: "everything"},
		} {
			err := w.box.SetFaults(w.t.Context(), account, pnid, []sandbox.Fault{f})
			var refusal *desk.Error
			if !errors.As(err, &refusal) || refusal.Kind != desk.Invalid || !strings.Contains(refusal.Fields[0].Location, name) {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.box.SetFaults(w.t.Context(), account, "1", nil); desk.CodeOf(err) != desk.CodeNotFound {
			w.t.Errorf("unknown number: %v", err)
		}
		w.faults(sandbox.Fault{Kind: sandbox.FaultDelay, Count: 3})
		left, err := w.box.Faults(w.t.Context(), account, pnid)
		w.must(err)
		if len(left) != 1 || left[0].DelayMS != 2000 || left[0].Count != 3 {
			w.t.Errorf("faults %+v", left)
		}
	})
}

func TestCutConnectionNeedsNoHijack(t *testing.T) {
	each(t, func(w *world) {
		w.faults(sandbox.Fault{Kind: sandbox.FaultDropBefore})
		defer func() {
			if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // the value itself is panicked with
				w.t.Errorf("panicked with %v", p)
			}
		}()
		req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, "/v25.0/"+pnid+"/messages", strings.NewReader(`{}`))
		w.must(err)
		req.Header.Set("Authorization", "Bearer "+token)
		w.box.Graph().ServeHTTP(plainWriter{}, req)
		w.t.Error("answered")
	})
}

// plainWriter can't be hijacked, as with HTTP/2.
type plainWriter struct{}

func (plainWriter) Header() http.Header         { return http.Header{} }
func (plainWriter) Write(b []byte) (int, error) { return len(b), nil }
func (plainWriter) WriteHeader(int)             {}
