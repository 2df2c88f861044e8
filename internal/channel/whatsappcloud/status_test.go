package whatsappcloud

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

func statusHook(status string) []byte {
	return hook("messages", testMetadata+`,"statuses":[`+status+`]`)
}

func TestStatuses(t *testing.T) {
	to := channel.Sender{Phone: "5511987650001"}
	for _, c := range []struct {
		name, status string
		want         channel.Status
	}{
		{"sent with price", `"status":"sent","pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"utility"}`,
			channel.Status{Status: desk.StatusSent, Price: &desk.Price{Category: "utility", Billable: true, Type: "regular"}}},
		{"free by type, whatever billable says", `"status":"delivered","pricing":{"billable":true,"type":"free_entry_point","category":"marketing"}`,
			channel.Status{Status: desk.StatusDelivered, Price: &desk.Price{Category: "marketing", Type: "free_entry_point"}}},
		{"older price", `"status":"sent","pricing":{"billable":true,"pricing_model":"CBP","category":"service"}`,
			channel.Status{Status: desk.StatusSent, Price: &desk.Price{Category: "service", Billable: true}}},
		{"charged though billable is gone", `"status":"sent","pricing":{"type":"regular","category":"service"}`,
			channel.Status{Status: desk.StatusSent, Price: &desk.Price{Category: "service", Billable: true, Type: "regular"}}},
		{"read", `"status":"read"`, channel.Status{Status: desk.StatusRead}},
		{"played", `"status":"played"`, channel.Status{Status: desk.StatusPlayed}},
		{"failed", `"status":"failed","errors":[{"code":131026,"title":"Message undeliverable","error_data":{"details":"to 5511987650001"}}]`,
			channel.Status{Status: desk.StatusFailed, Failure: &channel.Failure{Certain: true, Code: "131026", Key: KeyUndeliverable, Details: "Message undeliverable: to …"}}},
		{"window closed", `"status":"failed","errors":[{"code":131047,"title":"Re-engagement message"}]`,
			channel.Status{Status: desk.StatusFailed, Failure: &channel.Failure{Certain: true, Code: "131047", Key: KeyWindowClosed, WindowClosed: true, Details: "Re-engagement message"}}},
		{"pair limit", `"status":"failed","errors":[{"code":131056}]`,
			channel.Status{Status: desk.StatusFailed, Failure: &channel.Failure{Certain: true, Retryable: true, After: time.Second, Code: "131056", Key: KeyPairRate}}},
		{"failed without reason", `"status":"failed"`, channel.Status{Status: desk.StatusFailed, Failure: &channel.Failure{Certain: true, Key: KeyRejected}}},
		{"ours", `"status":"sent","biz_opaque_callback_data":"p72057594037927937"`, channel.Status{Status: desk.StatusSent, Correlation: "72057594037927937"}},
	} {
		c.want.ProviderID, c.want.At, c.want.Recipient = "wamid.O", testAt, to
		got, err := read(t, statusHook(`{"id":"wamid.O","timestamp":"1795000001","recipient_id":"5511987650001",`+c.status+`}`))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(channel.Event{Status: &c.want}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestStatusOddities(t *testing.T) {
	got, err := read(t, hook("messages", testMetadata+`,"contacts":[{"profile":{"name":"Ana"},"user_id":"BR.1"}],"statuses":[{"id":"w","status":"sent","timestamp":"1","recipient_user_id":"BR.1"}]`))
	if err != nil || got.Status.Recipient != (channel.Sender{UserID: "BR.1", Name: "Ana"}) {
		t.Errorf("user id: %+v, %v", got.Status, err)
	}
	for name, c := range map[string]struct {
		status string
		want   error
	}{
		"group":          {`{"id":"w","status":"read","timestamp":"1","recipient_id":"g","recipient_type":"group"}`, ReasonGroupMessage},
		"unknown":        {`{"id":"w","status":"vanished","timestamp":"1","recipient_id":"1"}`, ReasonUnknownStatus},
		"no id":          {`{"status":"read","timestamp":"1","recipient_id":"1"}`, ReasonMalformed},
		"odd time":       {`{"id":"w","status":"read","timestamp":"noon","recipient_id":"1"}`, ReasonMalformed},
		"errors no list": {`{"id":"w","status":"failed","timestamp":"1","errors":{"code":1}}`, ReasonMalformed},
	} {
		if _, err := read(t, statusHook(c.status)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := read(t, statusHook(`{"id":"wacid.Y","type":"call","status":"RINGING","timestamp":"1","recipient_id":"1"}`)); err != nil || got != (channel.Event{}) {
		t.Errorf("call: %+v, %v", got, err)
	}
}

// Only what we wrote ourselves comes back as a correlation.
func TestCorrelation(t *testing.T) {
	for data, want := range map[string]string{
		"p1": "1", "p72057594037927937": "72057594037927937", "": "", "p": "", "p0": "", "p-1": "", "p+1": "", "p01": "", "1": "", "x1": "",
		"p1 ": "", "p9223372036854775808": "", "campaign-7": "",
	} {
		if got := parseCorrelation(data); got != want {
			t.Errorf("%q: %q, want %q", data, got, want)
		}
	}
	if got := parseCorrelation(correlation(desk.ID(42))); got != "42" {
		t.Errorf("round trip: %q", got)
	}
}

func TestCalls(t *testing.T) {
	call := func(rest string) []byte {
		return hook("calls", testMetadata+`,"contacts":[{"profile":{"name":"Ana"},"wa_id":"5511987650001"}],"calls":[{"id":"wacid.X1","from":"5511987650001","from_user_id":"BR.1","to":"551140000000",`+rest+`}]`)
	}
	from := channel.Sender{Phone: "5511987650001", UserID: "BR.1", Name: "Ana"}
	got, err := read(t, call(`"event":"connect","timestamp":"1795000001","direction":"USER_INITIATED","session":{"sdp_type":"offer","sdp":"v=0"}`))
	want := channel.Event{Message: &channel.Incoming{ProviderID: "wacid.X1", From: from, At: testAt, Type: desk.TypeCall,
		Content: desk.Content{Call: &desk.CallNote{Event: "connect", Direction: desk.In}}}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	// The end of the call is the same message, dated from its beginning.
	got, err = read(t, call(`"event":"terminate","status":"Completed","timestamp":"1795000099","start_time":"1795000001","end_time":"1795000098","duration":97,"direction":"USER_INITIATED"`))
	want.Message.Content.Call = &desk.CallNote{Event: "terminate", Direction: desk.In, Status: "completed", DurationMS: 97000}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	if got, err := read(t, call(`"event":"connect","timestamp":"1","direction":"BUSINESS_INITIATED"`)); err != nil || got != (channel.Event{}) {
		t.Errorf("our own call: %+v, %v", got, err)
	}
	if _, err := read(t, hook("calls", testMetadata+`,"calls":[{"id":"c","event":"connect","timestamp":"1","direction":"USER_INITIATED"}]`)); !errors.Is(err, ReasonMalformed) {
		t.Errorf("nobody calls: %v", err)
	}
	if got, err := read(t, hook("calls", testMetadata+`,"statuses":[{"id":"wacid.Y","status":"ACCEPTED","timestamp":"1","recipient_id":"1"}]`)); err != nil || got != (channel.Event{}) {
		t.Errorf("call status: %+v, %v", got, err)
	}
}

func TestConsent(t *testing.T) {
	preference := func(rest string) (channel.Event, error) {
		return read(t, hook("user_preferences", testMetadata+`,"contacts":[{"profile":{"name":"Ana"},"wa_id":"551"}],"user_preferences":[{"wa_id":"551","user_id":"BR.1","timestamp":1795000001,`+rest+`}]`))
	}
	for value, marketing := range map[string]bool{"stop": false, "resume": true} {
		got, err := preference(`"detail":"d","category":"marketing_messages","value":"` + value + `"`)
		want := channel.Event{Consent: &channel.Consent{From: channel.Sender{Phone: "551", UserID: "BR.1", Name: "Ana"}, At: testAt, Marketing: marketing}}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%s: %v\n%s", value, err, d)
		}
	}
	for _, odd := range []string{`"category":"marketing_messages","value":"perhaps"`, `"category":"weather","value":"stop"`, `"value":{}`} {
		if _, err := preference(odd); !errors.Is(err, ReasonMalformed) {
			t.Errorf("%s: %v", odd, err)
		}
	}
}
