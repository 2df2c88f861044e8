package sandbox

import (
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// Free entry point: a user who came by an ad and is answered within a day may
// be written to without charge for three days from that answer (Meta: pricing).
const (
	entryAnswer = 24 * time.Hour
	entryFree   = 72 * time.Hour
)

// receipt is what all statuses of one message share.
type receipt struct {
	wamid       string
	user        *User
	byUserID    bool // the request named the BSUID
	correlation string
	pricing     *Pricing
	freeUntil   desk.Time // of a free entry point
}

// status builds the value of a status webhook (Meta: status messages webhook).
// Pricing comes with sent and delivered, the conversation only within a free
// entry point.
func (r *receipt) status(n *Number, status string, at desk.Time, failure *rules.Error) map[string]any {
	s := map[string]any{"id": r.wamid, "status": status, "timestamp": seconds(at), "recipient_user_id": r.user.UserID}
	if !r.byUserID && !r.user.HidePhone {
		s["recipient_id"] = r.user.WaID
	}
	if r.correlation != "" {
		s["biz_opaque_callback_data"] = r.correlation
	}
	if failure != nil {
		s["errors"] = []any{failure.StatusError()}
	}
	if r.pricing != nil && (status == statusSent || status == statusDelivered) {
		s["pricing"] = r.pricing
		if r.freeUntil > at {
			s["conversation"] = map[string]any{"id": "fep." + r.user.UserID, "expiration_timestamp": seconds(r.freeUntil),
				"origin": map[string]any{"type": "referral_conversion"}}
		}
	}
	return n.value("statuses", []any{s})
}

// price tells what a message costs: templates always, service messages beyond
// the monthly quota, nothing within a free entry point (Meta: pricing since
// October 2026).
func price(n *Number, category string, servicesThisMonth int64, free bool) *Pricing {
	p := &Pricing{Billable: true, Model: "PMP", Type: "regular", Category: category}
	switch {
	case free:
		p.Billable, p.Type = false, "free_entry_point"
	case category == categoryService && servicesThisMonth <= or(int64(n.Limits.FreeService), 1000):
		p.Billable, p.Type = false, "free_customer_service"
	}
	return p
}

// categoryService is the category of what is not a template.
const categoryService = "service"

// monthOf numbers months, for the quota.
func monthOf(t desk.Time) int64 {
	std := t.Std()
	return int64(std.Year())*12 + int64(std.Month())
}
