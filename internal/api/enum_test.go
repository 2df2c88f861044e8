package api

import (
	"slices"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/channel/whatsappcloud"
	"github.com/prosa-desk/prosa/internal/desk"
)

// What the interface must have words for stands in the document: the adapter's
// reasons too.
func TestOpenAPINamesEveryReason(t *testing.T) {
	s := &Server{}
	s.describe()
	listed := s.api.OpenAPI().Components.Schemas.Map()["FailureCode"].Enum
	reasons := append(whatsappcloud.FailureKeys(), whatsappcloud.HealthNotSubscribed, whatsappcloud.HealthGroupUnread,
		whatsappcloud.HealthBlocked, whatsappcloud.HealthLimited, whatsappcloud.HealthQuality, "interrupted", "internal")
	for _, reason := range reasons {
		if !slices.Contains(listed, any(reason)) {
			t.Errorf("FailureCode lacks %s", reason)
		}
	}
	if len(listed) != len(reasons) {
		t.Errorf("FailureCode has %d values, adapters know %d", len(listed), len(reasons))
	}
}

// A provider's refusal is told as one, its words only to those who configure.
func TestProviderRefusals(t *testing.T) {
	w := newWorld(t, testDB(t))
	for _, tc := range []struct {
		failure channel.Failure
		status  int
		code    desk.Code
	}{
		{channel.Failure{Key: "template_taken", Code: "2388024", Details: "exists"}, 422, desk.CodeProviderRefused},
		{channel.Failure{Key: "network", Retryable: true}, 503, desk.CodeUnavailable},
	} {
		p := problemOf(t.Context(), w.server.log, &tc.failure)
		if p.Status != tc.status || p.Code != tc.code || p.Params["reason"] != tc.failure.Key || p.Params["details"] != nil {
			t.Errorf("%+v became %+v", tc.failure, p)
		}
	}
}
