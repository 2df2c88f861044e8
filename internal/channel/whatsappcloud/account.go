package whatsappcloud

import (
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Codes of news about the number or the account, stable and translatable.
const (
	AccountQuality     = "quality"     // the number was flagged, or its quality changed
	AccountThroughput  = "throughput"  // it may send faster
	AccountName        = "name"        // its display name was decided on
	AccountRestriction = "restriction" // Meta restricted what the account may do
	AccountViolation   = "violation"   // Meta found a violation of its policy
	AccountBan         = "ban"         // Meta disables, will disable or reinstates the account
	AccountDeleted     = "deleted"     // the account was deleted or disconnected from the platform
	AccountReview      = "review"      // the account was reviewed
	AccountCapability  = "capability"  // its limits changed
	AccountAlert       = "alert"       // a warning in Meta's words
	AccountSecurity    = "security"    // its two-step code changed
	AccountUsername    = "username"    // its user name changed
	AccountSettings    = "settings"    // its settings were changed elsewhere
	AccountBusiness    = "business"    // the business behind it changed state
	AccountError       = "error"       // an error outside any message
	AccountOther       = "account"     // anything else about the account
)

// update starts an AccountUpdate. News only ever worsen a connection's state: a
// check with Meta is what finds it well again.
func (e element) update(code string) *channel.AccountUpdate {
	u := &channel.AccountUpdate{GroupID: e.GroupID, Code: code, Details: map[string]string{}}
	if e.Metadata != nil {
		if m, err := readMetadata(e.Metadata); err == nil {
			u.Identifier = string(m.DisplayNumber)
		}
	}
	return u
}

// put keeps the details that have a value.
func put(u *channel.AccountUpdate, details map[string]text) *channel.AccountUpdate {
	for k, v := range details {
		if v != "" {
			u.Details[k] = string(v)
		}
	}
	return u
}

// numberQuality: Meta: webhooks/phone_number_quality_update.
func (e element) numberQuality() (channel.Event, error) {
	var v struct {
		Number text `json:"display_phone_number"`
		Event  text `json:"event"`
		Limit  text `json:"max_daily_conversations_per_business"`
		Tier   text `json:"current_limit"` // until Feb 2026
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	code := AccountQuality
	if v.Event == "THROUGHPUT_UPGRADE" {
		code = AccountThroughput
	}
	u := put(e.update(code), map[string]text{"event": v.Event, "tier": text(first(v.Limit, v.Tier))})
	u.Identifier = string(v.Number)
	if v.Event == "FLAGGED" || v.Event == "DOWNGRADE" {
		u.State, u.Severe = desk.Degraded, true
	}
	return channel.Event{Account: u}, nil
}

// numberName: Meta: webhooks/phone_number_name_update.
func (e element) numberName() (channel.Event, error) {
	var v struct {
		Number   text `json:"display_phone_number"`
		Decision text `json:"decision"`
		Name     text `json:"requested_verified_name"`
		Reason   text `json:"rejection_reason"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	u := put(e.update(AccountName), map[string]text{"decision": v.Decision, "name": v.Name, "reason": v.Reason})
	u.Identifier = string(v.Number)
	u.Severe = v.Decision == "REJECTED" || v.Decision == "DECLINED"
	return channel.Event{Account: u}, nil
}

// accountValue is the value of account_update. Meta: webhooks/account_update.
type accountValue struct {
	Event  text `json:"event"`
	Number text `json:"phone_number"`
	Ban    struct {
		State text `json:"waba_ban_state"`
		Date  text `json:"waba_ban_date"`
	} `json:"ban_info"`
	Violation struct {
		Type text `json:"violation_type"`
	} `json:"violation_info"`
	Restrictions []struct {
		Type       text `json:"restriction_type"`
		Expiration text `json:"expiration"`
		Remedy     text `json:"remediation"`
	} `json:"restriction_info"`
	Disconnection struct {
		Reason text `json:"reason"`
	} `json:"disconnection_info"`
}

func (e element) account() (channel.Event, error) {
	var v accountValue
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	u := put(e.update(AccountOther), map[string]text{
		"event": v.Event, "ban_state": v.Ban.State, "ban_date": v.Ban.Date,
		"violation": v.Violation.Type, "disconnection": v.Disconnection.Reason,
	})
	u.Identifier = string(v.Number)
	switch v.Event {
	case "ACCOUNT_RESTRICTION":
		u.Code, u.State, u.Severe = AccountRestriction, desk.Degraded, true
		v.restrictions(u)
	case "ACCOUNT_VIOLATION":
		u.Code, u.Severe = AccountViolation, true
	case "DISABLED_UPDATE":
		u.Code, u.Severe = AccountBan, true
		switch v.Ban.State {
		case "DISABLE":
			u.State = desk.Disconnected
		case "SCHEDULE_FOR_DISABLE":
			u.State = desk.Degraded
		}
	case "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED":
		u.Code, u.State, u.Severe = AccountDeleted, desk.Disconnected, true
	case "PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED":
		u.Severe = true
	}
	return channel.Event{Account: u}, nil
}

func (v accountValue) restrictions(u *channel.AccountUpdate) {
	var kinds []string
	for _, r := range v.Restrictions {
		kinds = append(kinds, string(r.Type))
		put(u, map[string]text{"expiration": r.Expiration, "remedy": r.Remedy})
	}
	put(u, map[string]text{"restrictions": text(strings.Join(kinds, " "))})
}

// alert: Meta: webhooks/account_alerts.
func (e element) alert() (channel.Event, error) {
	type part struct {
		Severity    text `json:"alert_severity"`
		Status      text `json:"alert_status"`
		Type        text `json:"alert_type"`
		Description text `json:"alert_description"`
	}
	var v struct {
		part
		Entity text `json:"entity_type"`
		ID     text `json:"entity_id"`
		Info   part `json:"alert_info"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	severity := first(v.Severity, v.Info.Severity)
	u := put(e.update(AccountAlert), map[string]text{
		"entity": v.Entity, "entity_id": v.ID, "severity": text(severity),
		"status": text(first(v.Status, v.Info.Status)), "type": text(first(v.Type, v.Info.Type)),
		"description": text(first(v.Description, v.Info.Description)),
	})
	u.Severe = severity == "CRITICAL" || severity == "WARNING"
	return channel.Event{Account: u}, nil
}

// review: Meta: webhooks/account_review_update.
func (e element) review() (channel.Event, error) {
	var v struct {
		Decision text `json:"decision"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	u := put(e.update(AccountReview), map[string]text{"decision": v.Decision})
	if v.Decision == "REJECTED" {
		u.State, u.Severe = desk.Degraded, true
	}
	return channel.Event{Account: u}, nil
}

// capability: Meta: webhooks/business_capability_update.
func (e element) capability() (channel.Event, error) {
	var v struct {
		Tier    text `json:"max_daily_conversations_per_business"`
		Number  text `json:"max_daily_conversation_per_phone"` // until Oct 2025
		Numbers text `json:"max_phone_numbers_per_business"`
		PerWABA text `json:"max_phone_numbers_per_waba"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	u := put(e.update(AccountCapability), map[string]text{
		"tier": text(first(v.Tier, v.Number)), "max_numbers": text(first(v.Numbers, v.PerWABA)),
	})
	return channel.Event{Account: u}, nil
}

// security: Meta: webhooks/security.
func (e element) security() (channel.Event, error) {
	u, err := e.named(AccountSecurity)
	if err == nil {
		u.Severe = true
	}
	return channel.Event{Account: u}, err
}

func (e element) settings() (channel.Event, error) {
	u, err := e.named(AccountSettings)
	return channel.Event{Account: u}, err
}

func (e element) business() (channel.Event, error) {
	u, err := e.named(AccountBusiness)
	return channel.Event{Account: u}, err
}

func (e element) username() (channel.Event, error) {
	u, err := e.named(AccountUsername)
	return channel.Event{Account: u}, err
}

// named reads what the smaller account webhooks have in common.
func (e element) named(code string) (*channel.AccountUpdate, error) {
	var v struct {
		Number   text `json:"display_phone_number"`
		Event    text `json:"event"`
		Status   text `json:"status"`
		Username text `json:"username"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return nil, err
	}
	u := put(e.update(code), map[string]text{"event": v.Event, "status": v.Status, "username": v.Username})
	u.Identifier = string(v.Number)
	return u, nil
}
