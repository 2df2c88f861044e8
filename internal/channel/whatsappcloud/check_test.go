package whatsappcloud

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

func TestCheckTellsEverything(t *testing.T) {
	p := newPeer(t)
	got, err := adapter(t).Check(t.Context(), p.connection())
	want := channel.Health{State: desk.Connected, Identifier: "+55 11 4000-0000", Details: map[string]string{
		"display_phone_number": "+55 11 4000-0000", "verified_name": "Exemplo", "quality_rating": "GREEN", "name_status": "APPROVED",
		"code_verification_status": "EXPIRED", "status": "CONNECTED", "platform": "CLOUD_API", "throughput": "STANDARD", "tier": "TIER_2K",
		"health": "AVAILABLE", "health_phone_number": "AVAILABLE", "health_app": "AVAILABLE", "subscribed": "true",
	}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	if fields := p.last(metaapi.GetPhoneNumber).query["fields"]; !strings.Contains(fields[0], "health_status") {
		t.Errorf("fields %v", fields)
	}
}

// answering makes the peer answer one operation.
func answering(p *peer, op metaapi.Operation, status int, body string) {
	before := p.answer
	p.answer = func(w http.ResponseWriter, r request) bool {
		if r.op != op {
			return before != nil && before(w, r)
		}
		write(w, status, body)
		return true
	}
}

func TestCheckStates(t *testing.T) {
	for _, c := range []struct {
		name   string
		number string
		state  desk.ConnectionState
		reason string
	}{
		{"bare", `{"id":"1"}`, desk.Connected, ""},
		{"pending", `{"status":"PENDING"}`, desk.Disconnected, "number_pending"},
		{"banned", `{"status":"BANNED","quality_rating":"RED"}`, desk.Disconnected, "number_banned"},
		{"migrated", `{"status":"MIGRATED"}`, desk.Disconnected, "number_migrated"},
		{"flagged", `{"status":"FLAGGED"}`, desk.Degraded, "number_flagged"},
		{"restricted", `{"status":"RESTRICTED"}`, desk.Degraded, "number_restricted"},
		{"blocked", `{"status":"CONNECTED","health_status":{"can_send_message":"BLOCKED","entities":[{"entity_type":"WABA","can_send_message":"BLOCKED","errors":[{"error_code":141006,"error_description":"payment"}]}]}}`,
			desk.Disconnected, HealthBlocked},
		{"limited", `{"health_status":{"can_send_message":"LIMITED","entities":[{"entity_type":"BUSINESS","can_send_message":"LIMITED","additional_info":["Not verified"]}]}}`, desk.Degraded, HealthLimited},
		{"red", `{"quality_rating":"RED"}`, desk.Degraded, HealthQuality},
		{"status of tomorrow", `{"status":"TELEPORTED"}`, desk.Connected, ""},
	} {
		p := newPeer(t)
		answering(p, metaapi.GetPhoneNumber, 200, c.number)
		got, err := adapter(t).Check(t.Context(), p.connection())
		if err != nil || got.State != c.state || got.Reason != c.reason {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		switch c.name {
		case "blocked":
			if got.Details["health_waba_info"] != "141006 payment" {
				t.Errorf("%s: %v", c.name, got.Details)
			}
		case "limited":
			if got.Details["health_business_info"] != "Not verified" {
				t.Errorf("%s: %v", c.name, got.Details)
			}
		}
	}
}

func TestCheckSubscription(t *testing.T) {
	const app = `{"health_status":{"can_send_message":"AVAILABLE","entities":[{"entity_type":"APP","id":"400"}]}}`
	for _, c := range []struct {
		name, number, apps string
		status             int
		subscribed, reason string
		state              desk.ConnectionState
	}{
		{"none", app, `{"data":[]}`, 200, "false", HealthNotSubscribed, desk.Degraded},
		{"only another app", app, `{"data":[{"whatsapp_business_api_data":{"id":"399"}}]}`, 200, "false", HealthNotSubscribed, desk.Degraded},
		{"older form", app, `{"data":[{"id":"400","name":"x"}]}`, 200, "true", "", desk.Connected},
		{"own app unknown", `{}`, `{"data":[{"id":"1"}]}`, 200, "true", "", desk.Connected},
		{"no permission", app, apiErrorBody(200, 0), 403, "", HealthGroupUnread, desk.Degraded},
		{"wrong account", app, apiErrorBody(100, 33), 400, "", HealthGroupUnread, desk.Degraded},
		{"worse news first", `{"status":"BANNED"}`, `{"data":[]}`, 200, "false", "number_banned", desk.Disconnected},
	} {
		p := newPeer(t)
		answering(p, metaapi.GetPhoneNumber, 200, c.number)
		answering(p, metaapi.GetSubscribed, c.status, c.apps)
		got, err := adapter(t).Check(t.Context(), p.connection())
		if err != nil || got.State != c.state || got.Reason != c.reason || got.Details["subscribed"] != c.subscribed {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestCheckFailures(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		state  desk.ConnectionState
		reason string
	}{
		{"token", 401, apiErrorBody(190, 463), desk.AuthFailed, KeyAuthFailed},
		{"permission", 403, apiErrorBody(200, 0), desk.AuthFailed, KeyPermission},
		{"wrong number", 400, apiErrorBody(100, 33), desk.Disconnected, KeyNumberMissing},
		{"locked", 400, apiErrorBody(131031, 0), desk.Disconnected, KeyAccountLocked},
		{"odd request", 400, apiErrorBody(100, 0), desk.Disconnected, KeyInvalidRequest},
	} {
		p := newPeer(t)
		answering(p, metaapi.GetPhoneNumber, c.status, c.body)
		got, err := adapter(t).Check(t.Context(), p.connection())
		if err != nil || got.State != c.state || got.Reason != c.reason || got.Details["provider_code"] == "" {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	for _, op := range []metaapi.Operation{metaapi.GetPhoneNumber, metaapi.GetSubscribed} {
		p := newPeer(t)
		answering(p, op, 502, "<html>")
		got, err := adapter(t).Check(t.Context(), p.connection())
		if f := failureOf(t, err); f.Key != KeyProviderDown || got.State != "" {
			t.Errorf("%s: %+v, %+v", op.Path, got, f)
		}
	}
}

// An older version of the API refuses the newer fields; the basic ones do.
func TestCheckFallsBackToBasicFields(t *testing.T) {
	p := newPeer(t)
	p.answer = func(w http.ResponseWriter, r request) bool {
		if r.op != metaapi.GetPhoneNumber || !strings.Contains(r.query["fields"][0], "health_status") {
			return false
		}
		write(w, 400, apiErrorBody(100, 0))
		return true
	}
	got, err := adapter(t).Check(t.Context(), p.connection())
	if err != nil || got.State != desk.Connected || p.number(metaapi.GetPhoneNumber) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}
