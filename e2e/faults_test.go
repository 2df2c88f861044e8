package e2e_test

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/prosa-desk/prosa/internal/sandbox"
)

// providerFaults: whatever goes wrong at the provider, a message arrives once,
// or it is shown that nobody knows, and it is not repeated by itself (M2).
func (w *company) providerFaults() {
	for i, c := range []struct {
		faults []sandbox.Fault
		ends   string
		taken  int
	}{
		{[]sandbox.Fault{{Kind: sandbox.FaultRateLimit, Count: 1}}, "delivered", 1},
		{[]sandbox.Fault{{Kind: sandbox.FaultServer, Count: 1}}, "delivered", 1},
		{[]sandbox.Fault{{Kind: sandbox.FaultDelay, DelayMS: 300, Count: 1}}, "delivered", 1},
		{[]sandbox.Fault{{Kind: sandbox.FaultDrop, Count: 1}}, "delivered", 1},
		{[]sandbox.Fault{{Kind: sandbox.FaultDropBefore, Count: 1}}, "uncertain", 0},
		{[]sandbox.Fault{{Kind: sandbox.FaultServerBare, Count: 1}}, "uncertain", 0},
		{[]sandbox.Fault{{Kind: sandbox.FaultDuplicate}, {Kind: sandbox.FaultReorder, DelayMS: 150}}, "delivered", 1},
		{[]sandbox.Fault{{Kind: sandbox.FaultRefuse, Code: 131031, Count: 1}}, "", 0}, // account locked: see below
	} {
		name := fmt.Sprintf("%s %s", c.faults[0].Kind, c.ends)
		_, t := w.served(fmt.Sprint("Falha ", i), fmt.Sprintf("55119876508%02d", i))
		w.provider.fails(shopNumber, c.faults...)
		m := w.ana.say(t.ID, name)
		if c.ends == "" {
			w.lockedAccount(m)
			continue
		}
		m = w.ana.reaches(m.ID, c.ends)
		w.provider.fails(shopNumber)
		if n := w.sentAs(m.ID); n != c.taken {
			w.t.Errorf("%s: the provider took it %d times, want %d", name, n, c.taken)
		}
		if c.ends == "uncertain" {
			w.uncertain(m)
		}
	}
}

// uncertain: while a report may still settle it, it is not to be sent again,
// not even by hand (decisions.md 10).
func (w *company) uncertain(m message) {
	w.t.Helper()
	p := w.ana.refused(http.StatusUnprocessableEntity, "not_retryable", http.MethodPost, "/messages/"+m.ID+"/retry", nil)
	if p.Params["status"] != "uncertain" || p.Params["after"] == nil {
		w.t.Errorf("the refusal says %v", p.Params)
	}
	if m.Error == nil || !slices.Contains(m.Can, "dismiss") {
		w.t.Errorf("shown as %s", asJSON(m))
	}
}

// lockedAccount: what stops the whole number keeps its messages in line until a
// check finds it mended.
func (w *company) lockedAccount(m message) {
	w.t.Helper()
	w.ana.message("it stays in line", m.ID, func(m message) bool { return m.Status == "pending" && m.Error != nil })
	if c := get[connection](w.ada, "/connections/"+w.shop.ID); c.State != "disconnected" || c.StateReason == "" {
		w.t.Errorf("a locked account leaves the connection %s (%s)", c.State, c.StateReason)
	}
	post[connection](w.ada, "/connections/"+w.shop.ID+"/check", nil)
	w.ana.reaches(m.ID, "delivered")
	if n := w.sentAs(m.ID); n != 1 {
		w.t.Errorf("the provider took it %d times", n)
	}
}
