package whatsappcloud

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

func failureOf(t *testing.T, err error) *channel.Failure {
	t.Helper()
	f, ok := errors.AsType[*channel.Failure](err)
	if !ok {
		t.Fatalf("not a failure: %v", err)
	}
	return f
}

func sendText(t *testing.T, a *Adapter, c channel.Connection) (channel.Sent, error) {
	t.Helper()
	return a.Send(t.Context(), c, channel.Outgoing{MessageID: 1, To: ana, Type: desk.TypeText, Body: "Olá"})
}

// published is Meta's table of errors by key; flags as in the columns below.
var published = []struct {
	key   string
	codes []int
	retry bool
	auth  bool
	stop  bool
	after time.Duration
}{
	{key: KeyAuthFailed, codes: []int{0, 102, 104, 190}, auth: true},
	{key: KeyPermission, codes: []int{3, 10, 200, 210, 299, 131005}, auth: true},
	{key: KeyNumberMissing, codes: []int{33, 803}, auth: true},
	{key: KeyProviderDown, codes: []int{1, 2, 131000, 131016, 133004}, retry: true},
	{key: KeyAPIRate, codes: []int{4, 17, 32, 613}, retry: true, after: 2 * time.Minute},
	{key: KeyAPIRate, codes: []int{80007, 80008}, retry: true, after: 5 * time.Minute},
	{key: KeyThroughput, codes: []int{130429}, retry: true},
	{key: KeyPairRate, codes: []int{131056}, retry: true, after: time.Second},
	{key: KeyMaintenance, codes: []int{131057}, retry: true, after: time.Minute},
	{key: KeyInvalidRequest, codes: []int{100, 131008, 131009, 135000}},
	{key: KeyPolicyBlock, codes: []int{368}, stop: true},
	{key: KeyAccountLocked, codes: []int{131031}, stop: true},
	{key: KeyDisplayName, codes: []int{131037}, stop: true},
	{key: KeyPayment, codes: []int{131042}, stop: true},
	{key: KeyNotRegistered, codes: []int{131045, 133010}, auth: true},
	{key: KeyContactBlocked, codes: []int{130403}},
	{key: KeyExperiment, codes: []int{130472}},
	{key: KeyCountryBlocked, codes: []int{130497}},
	{key: KeyRecipientIsSender, codes: []int{131021}},
	{key: KeyUndeliverable, codes: []int{131026}},
	{key: KeyRecipientNotAllowed, codes: []int{131030}},
	{key: KeyWindowClosed, codes: []int{131047}},
	{key: KeySpamRate, codes: []int{131048}, after: time.Hour},
	{key: KeyEcosystemLimit, codes: []int{131049}, after: 24 * time.Hour},
	{key: KeyOptedOut, codes: []int{131050}},
	{key: KeyUnsupportedType, codes: []int{131051}},
	{key: KeyMediaUnfetchable, codes: []int{131052}},
	{key: KeyMediaRefused, codes: []int{131053}},
	{key: KeyNeedsPhone, codes: []int{131062}},
	{key: KeyMarketingAPI, codes: []int{131055, 134100, 134102}},
	{key: KeyMarketingAPI, codes: []int{134101}, after: 10 * time.Minute},
	{key: KeyMarketingDisabled, codes: []int{131063}},
	{key: KeyTemplateCategory, codes: []int{131064}},
	{key: KeyPaymentTerms, codes: []int{134011}},
	{key: KeyTemplateParams, codes: []int{132000, 132012, 132018}},
	{key: KeyTemplateMissing, codes: []int{132001}},
	{key: KeyTemplateTextTooLong, codes: []int{132005}},
	{key: KeyTemplatePolicy, codes: []int{132007}},
	{key: KeyTemplatePaused, codes: []int{132015}},
	{key: KeyTemplateDisabled, codes: []int{132016}},
	{key: KeyFlow, codes: []int{132068}},
	{key: KeyFlow, codes: []int{132069}, after: time.Hour},
	{key: KeyTemplateLimit, codes: []int{2388019}},
	{key: KeyTemplateTaken, codes: []int{2388024}},
	{key: KeyTemplateInvalid, codes: []int{2388293, 2388299, 2388040}},
	{key: KeyRegistration, codes: []int{133000, 133005, 133006}},
	{key: KeyRegistration, codes: []int{133009}, after: time.Minute},
	{key: KeyRegistration, codes: []int{133015}, after: 5 * time.Minute},
	{key: KeyRegistration, codes: []int{133008}, after: time.Hour},
	{key: KeyRegistration, codes: []int{133016}, after: 72 * time.Hour},
	{key: KeyCallPermission, codes: []int{138006}},
	{key: KeyBlockList, codes: []int{139100, 139101}},
	{key: KeyBlockList, codes: []int{139102, 139103}, retry: true},
	{key: KeyUsername, codes: []int{147001, 147002, 147003, 147004}},
	{key: KeyHistory, codes: []int{2593107, 2593108, 2593109}},
	{key: KeyRejected, codes: []int{999999}},
}

// Every code of the table is read from a real answer, and no rule stands
// outside the table.
func TestErrorTable(t *testing.T) {
	tested := map[int]bool{}
	for _, row := range published {
		for _, code := range row.codes {
			tested[code] = true
			p := newPeer(t)
			p.failing(400, apiErrorBody(code, 0))
			_, err := sendText(t, adapter(t), p.connection())
			f := failureOf(t, err)
			if f.Key != row.key || f.Retryable != row.retry || f.AuthFailed != row.auth || f.StopSending != row.stop || f.After != row.after ||
				!f.Certain || f.WindowClosed != (code == 131047) {
				t.Errorf("%d: %+v, want %+v", code, f, row)
			}
		}
	}
	for code := range rules {
		if !tested[code] {
			t.Errorf("rule %d is not in the table", code)
		}
	}
}

func TestEveryKeyIsListedOnce(t *testing.T) {
	keys := FailureKeys()
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(keys) {
		t.Error("a key is listed twice")
	}
	for code, r := range rules {
		if !slices.Contains(keys, r.key) {
			t.Errorf("key %s of %d is not listed", r.key, code)
		}
	}
}

func TestErrorSubcodes(t *testing.T) {
	for _, c := range []struct {
		code, subcode int
		key, want     string
	}{
		{100, 33, KeyNumberMissing, "100/33"},
		{100, 2388024, KeyTemplateTaken, "100/2388024"},
		{100, 2388293, KeyTemplateInvalid, "100/2388293"},
		{100, 2494010, KeyInvalidRequest, "100/2494010"},
		{190, 463, KeyAuthFailed, "190/463"},
		{131047, 33, KeyWindowClosed, "131047/33"},
	} {
		p := newPeer(t)
		p.failing(400, apiErrorBody(c.code, c.subcode))
		_, err := sendText(t, adapter(t), p.connection())
		if f := failureOf(t, err); f.Key != c.key || f.Code != c.want {
			t.Errorf("%d/%d: %+v", c.code, c.subcode, f)
		}
	}
}

func TestErrorDetailsHoldNoNumbers(t *testing.T) {
	p := newPeer(t)
	p.failing(400, apiErrorBody(131026, 0))
	_, err := sendText(t, adapter(t), p.connection())
	f := failureOf(t, err)
	if !strings.Contains(f.Details, "Something about …") || !strings.Contains(f.Details, "Details for …") || !strings.Contains(f.Details, "[AbC]") {
		t.Errorf("details %q", f.Details)
	}
	long := apiError{Message: text(strings.Repeat("é", 600))}
	if d := long.details(); len(d) > maxDetails+len("…") || !strings.HasSuffix(d, "é…") {
		t.Errorf("long details end in %q", d[len(d)-8:])
	}
}

// What may have been taken is never called certain.
func TestAnswersThatAreNoErrorsOfMeta(t *testing.T) {
	for _, c := range []struct {
		name           string
		status         int
		body           string
		key            string
		certain, retry bool
	}{
		{"gateway page", 502, "<html>", KeyProviderDown, false, true},
		{"empty 500", 500, "", KeyProviderDown, false, true},
		{"foreign JSON 503", 503, `{"message":"no upstream"}`, KeyProviderDown, false, true},
		{"error without code", 500, `{"error":{"message":"x"}}`, KeyProviderDown, false, true},
		{"error as text", 500, `{"error":"x"}`, KeyProviderDown, false, true},
		{"gateway timeout", 504, "", KeyProviderDown, false, true},
		{"request timeout", 408, "", KeyProviderDown, false, true},
		{"Meta's own 500", 500, apiErrorBody(131000, 0), KeyProviderDown, true, true},
		{"Meta's own 503", 503, apiErrorBody(131016, 0), KeyProviderDown, true, true},
		{"Meta's own 500, code 1", 500, apiErrorBody(1, 0), KeyProviderDown, true, true},
		{"Meta's own 500, code 2", 500, apiErrorBody(2, 0), KeyProviderDown, true, true},
		{"Meta's own 500, unknown code", 500, apiErrorBody(987654, 0), KeyProviderDown, true, true},
		{"transient, unknown code", 400, `{"error":{"message":"x","type":"y","code":987654,"is_transient":true}}`, KeyProviderDown, true, true},
		{"proxy refuses", 403, "<html>", KeyRejected, true, false},
		{"proxy throttles", 429, "slow down", KeyThroughput, true, true},
		{"redirect", 307, "", KeyMisconfigured, true, false},
		{"success without body", 200, "", KeyUnreadableAnswer, false, true},
		{"success without messages", 200, `{"messaging_product":"whatsapp"}`, KeyUnreadableAnswer, false, true},
		{"success without id", 200, `{"messages":[{"id":""}]}`, KeyUnreadableAnswer, false, true},
		{"success of another kind", 200, `{"messages":"yes"}`, KeyUnreadableAnswer, false, true},
		{"success page", 200, "<html>Welcome to the hotel network</html>", KeyUnreadableAnswer, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			p.answer = func(w http.ResponseWriter, _ request) bool {
				w.Header().Set("Location", p.server.URL+"/elsewhere")
				write(w, c.status, c.body)
				return true
			}
			_, err := sendText(t, adapter(t), p.connection())
			if f := failureOf(t, err); f.Key != c.key || f.Certain != c.certain || f.Retryable != c.retry || f.AuthFailed {
				t.Errorf("%+v", f)
			}
			if n := len(p.requests()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// A connection that dies while the answer is awaited leaves the outcome open,
// also on a connection that was used before, and the message is not repeated.
func TestConnectionLostIsUncertainAndNotRepeated(t *testing.T) {
	p := newPeer(t)
	a := adapter(t)
	if _, err := sendText(t, a, p.connection()); err != nil {
		t.Fatal(err)
	}
	for _, cut := range []func(http.ResponseWriter){
		func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			write(w, 200, `{"messages":[{"id":"wamid.1"`)
			panic(http.ErrAbortHandler)
		},
	} {
		before := p.number(metaapi.SendMessage)
		p.mu.Lock()
		p.answer = func(w http.ResponseWriter, _ request) bool { cut(w); return true }
		p.mu.Unlock()
		_, err := sendText(t, a, p.connection())
		if f := failureOf(t, err); f.Certain || f.Key != KeyNetwork || !f.Retryable {
			t.Errorf("%+v", f)
		}
		if n := p.number(metaapi.SendMessage) - before; n != 1 {
			t.Errorf("sent %d times", n)
		}
		p.mu.Lock()
		p.answer = nil
		p.mu.Unlock()
		if _, err := sendText(t, a, p.connection()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTimeoutIsUncertain(t *testing.T) {
	p := newPeer(t)
	release := make(chan struct{})
	p.answer = func(http.ResponseWriter, request) bool { <-release; return true }
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := adapter(t).Send(ctx, p.connection(), channel.Outgoing{MessageID: 1, To: ana, Type: desk.TypeText, Body: "x"})
	close(release)
	if f := failureOf(t, err); f.Certain || f.Key != KeyTimeout || !f.Retryable {
		t.Errorf("%+v", f)
	}
}

func TestNobodyThereIsCertain(t *testing.T) {
	for name, base := range map[string]string{"refused": "http://127.0.0.1:1", "no such host": "http://graph.invalid"} {
		_, err := sendText(t, adapter(t), connection(base))
		if f := failureOf(t, err); !f.Certain || f.Key != KeyNetwork || !f.Retryable || strings.Contains(f.Error(), testPhone) {
			t.Errorf("%s: %+v: %v", name, f, f)
		}
	}
}

func TestPairLimitGrows(t *testing.T) {
	now := time.UnixMilli(1795000000000)
	p := newPeer(t)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	a := New(Options{HTTP: client, Now: func() time.Time { return now }})
	limited := func() time.Duration {
		p.failing(400, apiErrorBody(131056, 0))
		_, err := sendText(t, a, p.connection())
		return failureOf(t, err).After
	}
	for i, want := range []int{1, 4, 16, 64, 256, 1024, 1024} {
		if got := limited(); got != time.Duration(want)*time.Second {
			t.Errorf("hit %d: after %v, want %ds", i, got, want)
		}
	}
	p.answer = nil
	other := channel.Outgoing{MessageID: 2, To: channel.Recipient{Phone: "5511987650002"}, Type: desk.TypeText, Body: "x"}
	p.failing(400, apiErrorBody(131056, 0))
	if _, err := a.Send(t.Context(), p.connection(), other); failureOf(t, err).After != time.Second {
		t.Error("the wait of one contact counts for another")
	}
	now = now.Add(2 * time.Hour)
	if got := limited(); got != time.Second {
		t.Errorf("after two quiet hours: %v", got)
	}
	limited()
	p.answer = nil
	if _, err := sendText(t, a, p.connection()); err != nil {
		t.Fatal(err)
	}
	if got := limited(); got != time.Second {
		t.Errorf("after a success: %v", got)
	}
}

func TestWaitHeaders(t *testing.T) {
	for _, c := range []struct {
		name, header, value string
		code                int
		want                time.Duration
	}{
		{"retry after", "Retry-After", "7", 130429, 7 * time.Second},
		{"usage", "X-Business-Use-Case-Usage", `{"200":[{"type":"messaging","estimated_time_to_regain_access":19}]}`, 80007, 19 * time.Minute},
		{"shorter than ours", "X-Business-Use-Case-Usage", `{"200":[{"estimated_time_to_regain_access":1}]}`, 80007, 5 * time.Minute},
		{"odd", "X-Business-Use-Case-Usage", `[1]`, 130429, 0},
		{"a year", "Retry-After", "31536000", 130429, 24 * time.Hour},
		{"not retryable", "Retry-After", "7", 131026, 0},
	} {
		p := newPeer(t)
		p.answer = func(w http.ResponseWriter, _ request) bool {
			w.Header().Set(c.header, c.value)
			write(w, 429, apiErrorBody(c.code, 0))
			return true
		}
		_, err := sendText(t, adapter(t), p.connection())
		if f := failureOf(t, err); f.After != c.want {
			t.Errorf("%s: after %v, want %v", c.name, f.After, c.want)
		}
	}
}
