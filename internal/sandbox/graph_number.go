package sandbox

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// numberFields are the fields of a phone number, and whether they come when
// the request names none (Meta: WhatsApp Business phone number).
var numberFields = map[string]bool{"id": true, "verified_name": true, "code_verification_status": true, "display_phone_number": true,
	"quality_rating": true, "platform_type": true, "throughput": true, "name_status": false, "status": false, "account_mode": false,
	"is_official_business_account": false, "whatsapp_business_manager_messaging_limit": false, "health_status": false,
	"is_pin_enabled": false, "username": false, "country_dial_code": false, "last_onboarded_time": false, "webhook_configuration": false}

func (n *Number) fields() map[string]any {
	h := &n.Health
	return map[string]any{"id": n.PhoneNumberID, "display_phone_number": readable(n.Display), "verified_name": n.VerifiedName,
		"quality_rating": cmp.Or(h.Quality, "GREEN"), "code_verification_status": "VERIFIED",
		"name_status": cmp.Or(h.NameStatus, "APPROVED"), "status": cmp.Or(h.Status, "CONNECTED"), "platform_type": "CLOUD_API",
		"throughput":                   map[string]any{"level": cmp.Or(h.Throughput, "STANDARD")},
		"is_official_business_account": false, "account_mode": "LIVE", "is_pin_enabled": true,
		"whatsapp_business_manager_messaging_limit": cmp.Or(h.Tier, "TIER_2K"), "health_status": n.healthStatus("PHONE_NUMBER", n.PhoneNumberID),
		"webhook_configuration": map[string]any{"application": n.CallbackURL}}
}

// healthStatus tells whether messages can be sent (Meta: messaging health
// status). The number's trouble is the whole chain's.
func (n *Number) healthStatus(node, id string) map[string]any {
	can := cmp.Or(n.Health.CanSend, "AVAILABLE")
	self := map[string]any{"entity_type": node, "id": id, "can_send_message": can}
	switch can {
	case "LIMITED":
		self["additional_info"] = []string{cmp.Or(n.Health.Reason, "Sending is limited.")}
	case "BLOCKED":
		self["errors"] = []any{map[string]any{"error_code": cmp.Or(n.Health.ErrorCode, 131031),
			"error_description": cmp.Or(n.Health.Reason, "Sending is blocked."), "possible_solution": "Contact support."}}
	}
	entities := []any{self}
	if node == "PHONE_NUMBER" {
		entities = append(entities, map[string]any{"entity_type": "WABA", "id": n.WABAID, "can_send_message": "AVAILABLE"})
	}
	return map[string]any{"can_send_message": can, "entities": append(entities,
		map[string]any{"entity_type": "BUSINESS", "id": "1" + n.WABAID, "can_send_message": "AVAILABLE"},
		map[string]any{"entity_type": "APP", "id": appID, "can_send_message": "AVAILABLE"})}
}

// appID is the simulated Meta app that all numbers belong to.
const appID = "400000000000001"

// readable writes a number as Meta shows it.
func readable(display string) string {
	if len(display) >= 12 && display[:2] == "55" {
		local := display[4:]
		return "+55 " + display[2:4] + " " + local[:len(local)-4] + "-" + local[len(local)-4:]
	}
	return "+" + display
}

// getNumber is GET /{phone_number_id}.
func (c *call) getNumber() (any, error) {
	return pick(c.n.fields(), numberFields, c.r.URL.Query().Get("fields"), "WhatsAppBusinessPhoneNumber")
}

// getWABA is GET /{waba}.
func (c *call) getWABA() (any, error) {
	known := map[string]bool{"id": true, "name": true, "timezone_id": true, "message_template_namespace": true, "currency": false,
		"account_review_status": false, "business_verification_status": false, "country": false, "health_status": false}
	all := map[string]any{"id": c.id, "name": c.n.VerifiedName, "timezone_id": "25", "message_template_namespace": "sandbox_" + c.id,
		"currency": "BRL", "account_review_status": "APPROVED", "business_verification_status": "verified", "country": "BR",
		"health_status": c.n.healthStatus("WABA", c.id)}
	return pick(all, known, c.r.URL.Query().Get("fields"), "WhatsAppBusinessAccount")
}

// listNumbers is GET /{waba}/phone_numbers.
func (c *call) listNumbers() (any, error) {
	data := []any{}
	for i := range c.reach {
		if c.reach[i].WABAID != c.id {
			continue
		}
		fields, err := pick(c.reach[i].fields(), numberFields, c.r.URL.Query().Get("fields"), "WhatsAppBusinessPhoneNumber")
		if err != nil {
			return nil, err
		}
		data = append(data, fields)
	}
	return map[string]any{"data": data}, nil
}

// listSubscriptions is GET /{waba}/subscribed_apps.
func (c *call) listSubscriptions() (any, error) {
	data := []any{}
	if c.n.Subscribed {
		data = append(data, map[string]any{"whatsapp_business_api_data": map[string]any{
			"id": appID, "name": "Sandbox", "link": "https://www.facebook.com/games/?app_id=" + appID}})
	}
	return map[string]any{"data": data}, nil
}

// subscribe is POST /{waba}/subscribed_apps. A new callback URL is verified
// before it is used, as Meta does.
func (c *call) subscribe() (any, error) {
	body, err := c.read()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Callback string `json:"override_callback_uri"`
		Token    string `json:"verify_token"`
	}
	if len(body) > 0 && json.Unmarshal(body, &ask) != nil {
		return nil, rules.New(100, "The request body is not valid JSON.")
	}
	if ask.Callback != "" {
		if err := c.s.VerifyCallback(c.r.Context(), ask.Callback, ask.Token); err != nil {
			e := rules.New(2200, "")
			e.Status, e.Title = http.StatusBadRequest, "Callback verification failed"
			return nil, e
		}
	}
	return map[string]any{"success": true}, c.s.subscribe(c.r.Context(), c.n.AccountID, c.id, true, ask.Callback)
}

// unsubscribe is DELETE /{waba}/subscribed_apps.
func (c *call) unsubscribe() (any, error) {
	return map[string]any{"success": true}, c.s.subscribe(c.r.Context(), c.n.AccountID, c.id, false, "")
}
