package whatsappcloud

import (
	"encoding/json"

	"github.com/prosa-desk/prosa/internal/channel"
)

// Interpret implements channel.Webhook: it reads one element that Parse made.
// Errors are Reasons.
func (a *Adapter) Interpret(raw json.RawMessage) (channel.Event, error) {
	var e element
	if err := decode(raw, &e, "element"); err != nil {
		return channel.Event{}, err
	}
	if tooDeep(e.Item) {
		return channel.Event{}, ReasonTooDeep
	}
	if e.Metadata != nil {
		if _, err := readMetadata(e.Metadata); err != nil {
			return channel.Event{}, err
		}
	}
	switch e.Part {
	case partMessage:
		return e.message()
	case partEcho:
		return e.echo()
	case partStatus:
		return e.status()
	case partError:
		return e.outOfBand()
	case partCall:
		return e.call()
	case partPreference:
		return e.preference()
	case partChange:
		return e.change()
	default:
		return channel.Event{}, malformed(string(partUnreadable))
	}
}

// readers holds the fields that arrive as a whole change.
var readers = map[string]func(element) (channel.Event, error){
	"message_template_status_update":      element.templateStatus,
	"message_template_quality_update":     element.templateQuality,
	"message_template_components_update":  element.templateComponents,
	"template_category_update":            element.templateCategory,
	"template_correct_category_detection": element.templateComponents,
	"phone_number_quality_update":         element.numberQuality,
	"phone_number_name_update":            element.numberName,
	"account_update":                      element.account,
	"account_alerts":                      element.alert,
	"account_review_update":               element.review,
	"account_settings_update":             element.settings,
	"business_capability_update":          element.capability,
	"business_status_update":              element.business,
	"business_username_update":            element.username,
	"security":                            element.security,

	"history":             refuse(ReasonHistory),
	"smb_app_state_sync":  refuse(ReasonHistory),
	"standby":             refuse(ReasonStandby),
	"messaging_handovers": refuse(ReasonStandby),

	// Known, and nothing follows from them here: groups, forms, payments,
	// partner programmes and purchases that Meta noticed.
	"group_lifecycle_update":       nothing,
	"group_settings_update":        nothing,
	"group_status_update":          nothing,
	"group_participant_update":     nothing,
	"group_participants_update":    nothing, // as Meta's document spells it in an example
	"flows":                        nothing,
	"automatic_events":             nothing,
	"payment_configuration_update": nothing,
	"partner_solutions":            nothing,
}

func refuse(r Reason) func(element) (channel.Event, error) {
	return func(element) (channel.Event, error) { return channel.Event{}, r }
}

func nothing(element) (channel.Event, error) { return channel.Event{}, nil }

// change reads a change that is one element. Fields with lists come here when
// they hold none of them.
func (e element) change() (channel.Event, error) {
	if _, listed := lists[e.Field]; listed {
		return channel.Event{}, malformed(e.Field)
	}
	read, known := readers[e.Field]
	if !known {
		return channel.Event{}, ReasonUnknownField
	}
	return read(e)
}

// preference reads a wish about marketing. Meta: webhooks/user_preferences.
func (e element) preference() (channel.Event, error) {
	var p struct {
		WaID     text `json:"wa_id"`
		UserID   text `json:"user_id"`
		Category text `json:"category"`
		Value    text `json:"value"`
		At       text `json:"timestamp"`
	}
	if err := decode(e.Item, &p, "user_preferences"); err != nil {
		return channel.Event{}, err
	}
	at, err := instant(p.At)
	if err != nil {
		return channel.Event{}, err
	}
	from := e.sender(p.WaID, p.UserID)
	if from.Phone == "" && from.UserID == "" {
		return channel.Event{}, malformed("user_preferences.wa_id")
	}
	if p.Category != "marketing_messages" || p.Value != "stop" && p.Value != "resume" {
		return channel.Event{}, malformed("user_preferences.value")
	}
	return channel.Event{Consent: &channel.Consent{From: from, At: at, Marketing: p.Value == "resume"}}, nil
}
