package whatsappcloud

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Fields that a number is asked for. Older versions of the API know only the
// basic ones and refuse the whole question for the others.
const (
	basicFields = "display_phone_number,verified_name,quality_rating,name_status,code_verification_status"
	allFields   = basicFields + ",status,platform_type,throughput,whatsapp_business_manager_messaging_limit,health_status"
)

// Reasons of a health that is not connected, besides the keys of failures.
const (
	HealthNotSubscribed = "not_subscribed"    // our app does not get the account's webhooks
	HealthGroupUnread   = "waba_unreadable"   // the account cannot be read: wrong id or no permission for it
	HealthBlocked       = "messaging_blocked" // Meta blocks sending
	HealthLimited       = "messaging_limited" // Meta limits sending
	HealthQuality       = "quality_red"
	HealthNumberPrefix  = "number_" // followed by the number's status in lower case: number_pending …
)

// numberInfo is a phone number. Meta: whatsapp-business-account-phone-number.
type numberInfo struct {
	Display    text `json:"display_phone_number"`
	Verified   text `json:"verified_name"`
	Quality    text `json:"quality_rating"`
	NameStatus text `json:"name_status"`
	CodeStatus text `json:"code_verification_status"`
	Status     text `json:"status"`
	Platform   text `json:"platform_type"`
	Tier       text `json:"whatsapp_business_manager_messaging_limit"`
	Throughput struct {
		Level text `json:"level"`
	} `json:"throughput"`
	Health struct {
		CanSend  text     `json:"can_send_message"`
		Entities []entity `json:"entities"`
	} `json:"health_status"`
}

// entity is one of the things that sending depends on: number, account,
// business, app. Meta: support/health-status.
type entity struct {
	Type    text   `json:"entity_type"`
	ID      text   `json:"id"`
	CanSend text   `json:"can_send_message"`
	Info    []text `json:"additional_info"`
	Errors  []struct {
		Code        text `json:"error_code"`
		Description text `json:"error_description"`
	} `json:"errors"`
}

// Check implements channel.Prober. A refusal that says something about the
// connection is a health; an error means that nothing was found out.
func (a *Adapter) Check(ctx context.Context, c channel.Connection) (channel.Health, error) {
	acc, f := a.account(c)
	if f == nil {
		var info numberInfo
		if info, f = a.number(ctx, acc); f == nil {
			return a.health(ctx, acc, info)
		}
	}
	switch {
	case f.AuthFailed && f.Key == KeyNumberMissing:
		return channel.Health{State: desk.Disconnected, Reason: f.Key, Details: detailsOf(f)}, nil
	case f.AuthFailed:
		return channel.Health{State: desk.AuthFailed, Reason: f.Key, Details: detailsOf(f)}, nil
	case !f.Retryable:
		return channel.Health{State: desk.Disconnected, Reason: f.Key, Details: detailsOf(f)}, nil
	}
	return channel.Health{}, f
}

func detailsOf(f *channel.Failure) map[string]string {
	return map[string]string{"provider_code": f.Code, "text": f.Details}
}

// number asks for all fields, and for the basic ones when that is refused.
func (a *Adapter) number(ctx context.Context, acc account) (numberInfo, *channel.Failure) {
	var info numberInfo
	var f *channel.Failure
	for _, fields := range []string{allFields, basicFields} {
		info = numberInfo{}
		f = a.do(ctx, acc, call{
			method: http.MethodGet, url: acc.url(url.Values{"fields": {fields}}, acc.phoneID), harmless: true,
		}, &info)
		if f == nil || f.Key != KeyInvalidRequest {
			break
		}
	}
	return info, f
}

func (a *Adapter) health(ctx context.Context, acc account, info numberInfo) (channel.Health, error) {
	h := channel.Health{State: desk.Connected, Identifier: string(info.Display), Details: info.details()}
	subscribed, reason, f := a.subscribed(ctx, acc, info.appID())
	if f != nil {
		return channel.Health{}, f
	}
	if subscribed != "" {
		h.Details["subscribed"] = subscribed
	}
	if reason != "" {
		h.State, h.Reason = desk.Degraded, reason
	}
	if state, why := info.state(); state != desk.Connected {
		h.State, h.Reason = state, why
	}
	return h, nil
}

// state reads what Meta says of the number itself, the worst first.
func (n numberInfo) state() (desk.ConnectionState, string) {
	status := HealthNumberPrefix + strings.ToLower(string(n.Status))
	switch n.Status {
	case "DISCONNECTED", "PENDING", "MIGRATED", "BANNED", "DELETED":
		return desk.Disconnected, status
	}
	switch {
	case n.Health.CanSend == "BLOCKED":
		return desk.Disconnected, HealthBlocked
	case n.Status == "FLAGGED" || n.Status == "RESTRICTED" || n.Status == "RATE_LIMITED":
		return desk.Degraded, status
	case n.Health.CanSend == "LIMITED":
		return desk.Degraded, HealthLimited
	case n.Quality == "RED":
		return desk.Degraded, HealthQuality
	}
	return desk.Connected, ""
}

func (n numberInfo) details() map[string]string {
	out := map[string]string{}
	keep := func(key string, v text) {
		if v != "" {
			out[key] = string(v)
		}
	}
	keep("display_phone_number", n.Display)
	keep("verified_name", n.Verified)
	keep("quality_rating", n.Quality)
	keep("name_status", n.NameStatus)
	keep("code_verification_status", n.CodeStatus)
	keep("status", n.Status)
	keep("platform", n.Platform)
	keep("throughput", n.Throughput.Level)
	keep("tier", n.Tier)
	keep("health", n.Health.CanSend)
	for _, e := range n.Health.Entities {
		kind := strings.ToLower(string(e.Type))
		keep("health_"+kind, e.CanSend)
		keep("health_"+kind+"_info", e.why())
	}
	return out
}

// why joins Meta's explanations of a limit or a block.
func (e entity) why() text {
	var parts []string
	for _, i := range e.Info {
		parts = append(parts, string(i))
	}
	for _, x := range e.Errors {
		parts = append(parts, string(x.Code)+" "+string(x.Description))
	}
	return text(strings.Join(parts, "; "))
}

// appID is the app that the token belongs to, as far as Meta told.
func (n numberInfo) appID() text {
	for _, e := range n.Health.Entities {
		if e.Type == "APP" {
			return e.ID
		}
	}
	return ""
}

// subscribed tells whether our app gets the account's webhooks: "true", "false",
// or "" with a reason when it can't be told. A failure means that nothing was
// found out. Meta: whatsapp-business-account/subscribed_apps.
func (a *Adapter) subscribed(ctx context.Context, acc account, app text) (is, reason string, f *channel.Failure) {
	if acc.groupID == "" {
		return "", HealthGroupUnread, nil
	}
	var list struct {
		Data []struct {
			ID  text `json:"id"`
			App struct {
				ID text `json:"id"`
			} `json:"whatsapp_business_api_data"`
		} `json:"data"`
	}
	f = a.do(ctx, acc, call{method: http.MethodGet, url: acc.url(nil, acc.groupID, "subscribed_apps"), harmless: true}, &list)
	if f != nil {
		return unread(f)
	}
	for _, d := range list.Data {
		if id := first(d.App.ID, d.ID); app == "" || id == string(app) {
			return "true", "", nil
		}
	}
	return "false", HealthNotSubscribed, nil
}

// unread tells a refusal, which is a finding, from a question that was not
// answered.
func unread(f *channel.Failure) (is, reason string, _ *channel.Failure) {
	if f.Retryable {
		return "", "", f
	}
	return "", HealthGroupUnread, nil
}
