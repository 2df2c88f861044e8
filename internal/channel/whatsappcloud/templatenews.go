package whatsappcloud

import (
	"github.com/prosa-desk/prosa/internal/channel"
)

// templateValue is what the webhooks about templates have in common. Ids are
// JSON numbers there, and texts everywhere else.
type templateValue struct {
	ID       text `json:"message_template_id"`
	Name     text `json:"message_template_name"`
	Language text `json:"message_template_language"`
}

func (v templateValue) update(groupID string) *channel.TemplateUpdate {
	return &channel.TemplateUpdate{GroupID: groupID, ProviderID: string(v.ID), Name: string(v.Name), Language: string(v.Language)}
}

// check refuses news that name no template.
func (v templateValue) check() error {
	if v.ID == "" && (v.Name == "" || v.Language == "") {
		return malformed("message_template_id")
	}
	return nil
}

// templateStates translates the events that are a state of a template. Others
// tell only that something happened: the template is then fetched again.
var templateStates = map[text]string{
	"APPROVED":         "APPROVED",
	"REINSTATED":       "APPROVED",
	"PENDING":          "PENDING",
	"REJECTED":         "REJECTED",
	"PAUSED":           "PAUSED",
	"DISABLED":         "DISABLED",
	"IN_APPEAL":        "IN_APPEAL",
	"LOCKED":           "LOCKED",
	"ARCHIVED":         "ARCHIVED",
	"LIMIT_EXCEEDED":   "LIMIT_EXCEEDED",
	"PENDING_DELETION": "PENDING_DELETION",
	"DELETED":          "DELETED",
}

// templateStatus: Meta: webhooks/message_template_status_update.
func (e element) templateStatus() (channel.Event, error) {
	var v struct {
		templateValue
		Event    text `json:"event"`
		Reason   text `json:"reason"`
		Category text `json:"message_template_category"`
		Other    struct {
			Title text `json:"title"`
		} `json:"other_info"`
		Rejection struct {
			Reason text `json:"reason"`
		} `json:"rejection_info"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	if err := v.check(); err != nil {
		return channel.Event{}, err
	}
	u := v.update(e.GroupID)
	u.Status, u.Category = templateStates[v.Event], string(v.Category)
	u.Resync = u.Status == ""
	if v.Reason == "NONE" {
		v.Reason = ""
	}
	u.Reason = first(v.Rejection.Reason, v.Reason, v.Other.Title)
	return channel.Event{Template: u}, nil
}

// templateQuality: Meta: webhooks/message_template_quality_update.
func (e element) templateQuality() (channel.Event, error) {
	var v struct {
		templateValue
		Quality text `json:"new_quality_score"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	if err := v.check(); err != nil {
		return channel.Event{}, err
	}
	u := v.update(e.GroupID)
	u.Quality = string(v.Quality)
	return channel.Event{Template: u}, nil
}

// templateCategory: a notice of a coming change names the present category as
// the new one and what it will be as the correct one, so new_category is right
// in both cases. Meta: webhooks/template_category_update.
func (e element) templateCategory() (channel.Event, error) {
	var v struct {
		templateValue
		Category text `json:"new_category"`
	}
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	if err := v.check(); err != nil {
		return channel.Event{}, err
	}
	u := v.update(e.GroupID)
	u.Category = string(v.Category)
	return channel.Event{Template: u}, nil
}

// templateComponents: the template was edited, or is thought to be in the wrong
// category: fetch it again. Meta: webhooks/message_template_components_update.
func (e element) templateComponents() (channel.Event, error) {
	var v templateValue
	if err := decode(e.Item, &v, e.Field); err != nil {
		return channel.Event{}, err
	}
	if err := v.check(); err != nil {
		return channel.Event{}, err
	}
	u := v.update(e.GroupID)
	u.Resync = true
	return channel.Event{Template: u}, nil
}
