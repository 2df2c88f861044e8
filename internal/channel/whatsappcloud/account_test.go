package whatsappcloud

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

const waba = "200000000000001"

func TestTemplateNews(t *testing.T) {
	const id = `"message_template_id":800000000000000001,"message_template_name":"x","message_template_language":"pt_BR"`
	for _, c := range []struct {
		name, field, value string
		want               channel.TemplateUpdate
	}{
		{"rejected", "message_template_status_update", `"event":"REJECTED","reason":"INVALID_FORMAT","message_template_category":"UTILITY"`,
			channel.TemplateUpdate{Status: "REJECTED", Reason: "INVALID_FORMAT", Category: "UTILITY"}},
		{"rejected with explanation", "message_template_status_update", `"event":"REJECTED","reason":"INVALID_FORMAT","rejection_info":{"reason":"Variables at the end"}`,
			channel.TemplateUpdate{Status: "REJECTED", Reason: "Variables at the end"}},
		{"approved", "message_template_status_update", `"event":"APPROVED","reason":"NONE"`, channel.TemplateUpdate{Status: "APPROVED"}},
		{"approved, reason null", "message_template_status_update", `"event":"APPROVED","reason":null`, channel.TemplateUpdate{Status: "APPROVED"}},
		{"paused", "message_template_status_update", `"event":"PAUSED","other_info":{"title":"FIRST_PAUSE","description":"…"}`,
			channel.TemplateUpdate{Status: "PAUSED", Reason: "FIRST_PAUSE"}},
		{"reinstated", "message_template_status_update", `"event":"REINSTATED"`, channel.TemplateUpdate{Status: "APPROVED"}},
		{"disabled", "message_template_status_update", `"event":"DISABLED","disable_info":{"disable_date":"1"}`, channel.TemplateUpdate{Status: "DISABLED"}},
		{"unarchived", "message_template_status_update", `"event":"UNARCHIVED"`, channel.TemplateUpdate{Resync: true}},
		{"flagged", "message_template_status_update", `"event":"FLAGGED"`, channel.TemplateUpdate{Resync: true}},
		{"event of tomorrow", "message_template_status_update", `"event":"TELEPORTED"`, channel.TemplateUpdate{Resync: true}},
		{"quality", "message_template_quality_update", `"previous_quality_score":"GREEN","new_quality_score":"YELLOW"`, channel.TemplateUpdate{Quality: "YELLOW"}},
		{"category", "template_category_update", `"previous_category":"UTILITY","new_category":"MARKETING","correct_category":"MARKETING"`, channel.TemplateUpdate{Category: "MARKETING"}},
		{"category to come", "template_category_update", `"new_category":"UTILITY","correct_category":"MARKETING","category_update_timestamp":1`, channel.TemplateUpdate{Category: "UTILITY"}},
		{"edited", "message_template_components_update", `"message_template_element":"Olá"`, channel.TemplateUpdate{Resync: true}},
		{"doubtful category", "template_correct_category_detection", `"category":"UTILITY","correct_category":"MARKETING"`, channel.TemplateUpdate{Resync: true}},
	} {
		c.want.GroupID, c.want.ProviderID, c.want.Name, c.want.Language = waba, "800000000000000001", "x", "pt_BR"
		got, err := read(t, hook(c.field, id+","+c.value))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(channel.Event{Template: &c.want}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		if _, err := read(t, hook(c.field, c.value)); !errors.Is(err, ReasonMalformed) {
			t.Errorf("%s without template: %v", c.name, err)
		}
	}
}

func TestAccountNews(t *testing.T) {
	const number = `"display_phone_number":"551140000000",`
	for _, c := range []struct {
		name, field, value string
		want               channel.AccountUpdate
	}{
		{"flagged", "phone_number_quality_update", number + `"event":"FLAGGED","current_limit":"TIER_10K"`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountQuality, State: desk.Degraded, Severe: true, Details: map[string]string{"event": "FLAGGED", "tier": "TIER_10K"}}},
		{"unflagged", "phone_number_quality_update", number + `"event":"UNFLAGGED"`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountQuality, Details: map[string]string{"event": "UNFLAGGED"}}},
		{"faster", "phone_number_quality_update", number + `"event":"THROUGHPUT_UPGRADE","max_daily_conversations_per_business":"TIER_10K"`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountThroughput, Details: map[string]string{"event": "THROUGHPUT_UPGRADE", "tier": "TIER_10K"}}},
		{"name approved", "phone_number_name_update", number + `"decision":"APPROVED","requested_verified_name":"Exemplo","rejection_reason":null`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountName, Details: map[string]string{"decision": "APPROVED", "name": "Exemplo"}}},
		{"name refused", "phone_number_name_update", number + `"decision":"REJECTED","rejection_reason":"NAME_X"`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountName, Severe: true, Details: map[string]string{"decision": "REJECTED", "reason": "NAME_X"}}},
		{"restricted", "account_update", `"event":"ACCOUNT_RESTRICTION","phone_number":"551140000000","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1795100000,"remediation":"wait"},{"restriction_type":"RESTRICTED_UTILITY_TEMPLATES"}]`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountRestriction, State: desk.Degraded, Severe: true, Details: map[string]string{"event": "ACCOUNT_RESTRICTION",
				"restrictions": "RESTRICTED_BIZ_INITIATED_MESSAGING RESTRICTED_UTILITY_TEMPLATES", "expiration": "1795100000", "remedy": "wait"}}},
		{"violation", "account_update", `"event":"ACCOUNT_VIOLATION","violation_info":{"violation_type":"SCAM"}`,
			channel.AccountUpdate{Code: AccountViolation, Severe: true, Details: map[string]string{"event": "ACCOUNT_VIOLATION", "violation": "SCAM"}}},
		{"to be banned", "account_update", `"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"SCHEDULE_FOR_DISABLE","waba_ban_date":"2026-12-01"}`,
			channel.AccountUpdate{Code: AccountBan, State: desk.Degraded, Severe: true, Details: map[string]string{"event": "DISABLED_UPDATE", "ban_state": "SCHEDULE_FOR_DISABLE", "ban_date": "2026-12-01"}}},
		{"banned", "account_update", `"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}`,
			channel.AccountUpdate{Code: AccountBan, State: desk.Disconnected, Severe: true, Details: map[string]string{"event": "DISABLED_UPDATE", "ban_state": "DISABLE"}}},
		{"reinstated", "account_update", `"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}`,
			channel.AccountUpdate{Code: AccountBan, Severe: true, Details: map[string]string{"event": "DISABLED_UPDATE", "ban_state": "REINSTATE"}}},
		{"deleted", "account_update", `"event":"ACCOUNT_DELETED"`,
			channel.AccountUpdate{Code: AccountDeleted, State: desk.Disconnected, Severe: true, Details: map[string]string{"event": "ACCOUNT_DELETED"}}},
		{"disconnected from the app", "account_update", `"event":"ACCOUNT_OFFBOARDED","disconnection_info":{"reason":"USER"}`,
			channel.AccountUpdate{Code: AccountDeleted, State: desk.Disconnected, Severe: true, Details: map[string]string{"event": "ACCOUNT_OFFBOARDED", "disconnection": "USER"}}},
		{"partner gone", "account_update", `"event":"PARTNER_REMOVED"`, channel.AccountUpdate{Code: AccountOther, Severe: true, Details: map[string]string{"event": "PARTNER_REMOVED"}}},
		{"verified", "account_update", `"event":"VERIFIED_ACCOUNT"`, channel.AccountUpdate{Code: AccountOther, Details: map[string]string{"event": "VERIFIED_ACCOUNT"}}},
		{"alert", "account_alerts", `"entity_type":"BUSINESS","entity_id":300,"alert_severity":"CRITICAL","alert_status":"ACTIVE","alert_type":"T","alert_description":"D"`,
			channel.AccountUpdate{Code: AccountAlert, Severe: true, Details: map[string]string{"entity": "BUSINESS", "entity_id": "300", "severity": "CRITICAL", "status": "ACTIVE", "type": "T", "description": "D"}}},
		{"alert in its newer form", "account_alerts", `"entity_type":"BUSINESS","alert_info":{"alert_severity":"INFORMATIONAL","alert_type":"T"}`,
			channel.AccountUpdate{Code: AccountAlert, Details: map[string]string{"entity": "BUSINESS", "severity": "INFORMATIONAL", "type": "T"}}},
		{"review failed", "account_review_update", `"decision":"REJECTED"`,
			channel.AccountUpdate{Code: AccountReview, State: desk.Degraded, Severe: true, Details: map[string]string{"decision": "REJECTED"}}},
		{"reviewed", "account_review_update", `"decision":"APPROVED"`, channel.AccountUpdate{Code: AccountReview, Details: map[string]string{"decision": "APPROVED"}}},
		{"limits", "business_capability_update", `"max_daily_conversations_per_business":"TIER_2K","max_phone_numbers_per_business":2`,
			channel.AccountUpdate{Code: AccountCapability, Details: map[string]string{"tier": "TIER_2K", "max_numbers": "2"}}},
		{"security", "security", number + `"event":"PIN_CHANGED","requester":"700"`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountSecurity, Severe: true, Details: map[string]string{"event": "PIN_CHANGED"}}},
		{"user name", "business_username_update", number + `"username":"exemplo","status":"APPROVED"`,
			channel.AccountUpdate{Identifier: "551140000000", Code: AccountUsername, Details: map[string]string{"username": "exemplo", "status": "APPROVED"}}},
		{"settings", "account_settings_update", `"event":"x"`, channel.AccountUpdate{Code: AccountSettings, Details: map[string]string{"event": "x"}}},
		{"business", "business_status_update", `"event":"x"`, channel.AccountUpdate{Code: AccountBusiness, Details: map[string]string{"event": "x"}}},
	} {
		c.want.GroupID = waba
		got, err := read(t, hook(c.field, c.value))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(channel.Event{Account: &c.want}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		if got, err := read(t, hook(c.field, `"event":{},"decision":{},"alert_severity":{},"max_phone_numbers_per_business":{}`)); !errors.Is(err, ReasonMalformed) || got != (channel.Event{}) {
			t.Errorf("%s of the wrong type: %+v, %v", c.name, got, err)
		}
	}
}

func TestOutOfBandErrors(t *testing.T) {
	got, err := read(t, hook("messages", testMetadata+`,"errors":[{"code":131042,"title":"Payment issue"}]`))
	want := channel.AccountUpdate{GroupID: waba, Identifier: "551140000000", Code: AccountError, Severe: true,
		Details: map[string]string{"key": KeyPayment, "provider_code": "131042", "text": "Payment issue"}}
	if d := cmp.Diff(channel.Event{Account: &want}, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	got, err = read(t, hook("messages", testMetadata+`,"errors":[{"code":130429,"title":"x"}]`))
	if err != nil || got.Account.Severe {
		t.Errorf("throughput: %+v, %v", got.Account, err)
	}
	if _, err := read(t, hook("messages", testMetadata+`,"errors":[{"title":"x"}]`)); !errors.Is(err, ReasonMalformed) {
		t.Errorf("no code: %v", err)
	}
}

// Every field is read, known to need nothing, or kept raw for a stated reason.
func TestFields(t *testing.T) {
	for field, want := range map[string]error{
		"history": ReasonHistory, "smb_app_state_sync": ReasonHistory, "standby": ReasonStandby, "messaging_handovers": ReasonStandby,
		"group_lifecycle_update": nil, "group_settings_update": nil, "group_status_update": nil, "group_participant_update": nil, "group_participants_update": nil,
		"flows": nil, "automatic_events": nil, "payment_configuration_update": nil, "partner_solutions": nil,
		"user_id_update": ReasonUnknownField, "field_of_tomorrow": ReasonUnknownField, "": ReasonUnknownField,
		"messages": ReasonMalformed, "calls": ReasonMalformed, "user_preferences": ReasonMalformed, "smb_message_echoes": ReasonMalformed,
	} {
		got, err := read(t, hook(field, testMetadata+`,"anything":{"a":[1]}`))
		if !errors.Is(err, want) || got != (channel.Event{}) {
			t.Errorf("%s: %+v, %v", field, got, err)
		}
	}
}
