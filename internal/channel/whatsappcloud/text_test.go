package whatsappcloud

import (
	"encoding/json"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prosa-desk/prosa/internal/desk"
)

func TestInstant(t *testing.T) {
	for in, want := range map[text]desk.Time{
		"": 0, "0": 0, "1795000001": 1795000001000, "1795000001234": 1795000001234, "100000000000": 100000000000000,
	} {
		if got, err := instant(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []text{"-1", "x", "1e9", "1795000001.5", "999999999999999", "99999999999999999999"} {
		if got, err := instant(in); err == nil {
			t.Errorf("%q: %d", in, got)
		}
	}
}

func TestTextKeepsEveryDigit(t *testing.T) {
	for in, want := range map[string]text{
		`"a"`: "a", `800000000000000001`: "800000000000000001", `10.50`: "10.50", `true`: "true", `null`: "", `"a\u0000b"`: "ab",
	} {
		var got text
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{`{}`, `["a"]`} {
		var got text
		if json.Unmarshal([]byte(in), &got) == nil {
			t.Errorf("%s: %q", in, got)
		}
	}
}

func TestHexSum(t *testing.T) {
	const want = "49f2276348064a0b2634e95b0c1eb5bbe1a807e1d70af60f7eb7ce4ed4c2aa66"
	for _, in := range []string{
		want, strings.ToUpper(want), "SfInY0gGSgsmNOlbDB61u+GoB+HXCvYPfrfOTtTCqmY=", "SfInY0gGSgsmNOlbDB61u-GoB-HXCvYPfrfOTtTCqmY",
	} {
		if got := hexSum(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	for _, in := range []string{"", "abcd", want[:62], "not a sum at all", "SfInY0gG"} {
		if got := hexSum(in); got != "" {
			t.Errorf("%q: %s", in, got)
		}
	}
}

// The transport may find its connection stale before it wrote anything and ask
// for another: only the last attempt counts.
func TestOnlyTheLastConnectionCounts(t *testing.T) {
	var had atomic.Bool
	trace := httptrace.ContextClientTrace(traced(t.Context(), &had))
	trace.GetConn("a")
	trace.GotConn(httptrace.GotConnInfo{})
	if !had.Load() {
		t.Error("a connection was had")
	}
	trace.GetConn("b")
	if had.Load() {
		t.Error("the second connection was never had")
	}
}
