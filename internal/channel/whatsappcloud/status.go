package whatsappcloud

import (
	"strconv"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// statuses translates Meta's words. Meta: webhooks/messages/status.
var statuses = map[text]desk.MessageStatus{
	"sent":      desk.StatusSent,
	"delivered": desk.StatusDelivered,
	"read":      desk.StatusRead,
	"played":    desk.StatusPlayed,
	"failed":    desk.StatusFailed,
}

// statusItem is one entry of statuses.
type statusItem struct {
	ID              text       `json:"id"`
	Type            text       `json:"type"`
	Status          text       `json:"status"`
	Timestamp       text       `json:"timestamp"`
	RecipientID     text       `json:"recipient_id"`
	RecipientUserID text       `json:"recipient_user_id"`
	RecipientType   text       `json:"recipient_type"`
	GroupID         text       `json:"group_id"`
	Correlation     text       `json:"biz_opaque_callback_data"`
	Pricing         *pricing   `json:"pricing"`
	Errors          []apiError `json:"errors"`
}

// status reads what became of a message or a call of ours.
func (e element) status() (channel.Event, error) {
	var s statusItem
	if err := decode(e.Item, &s, "status"); err != nil {
		return channel.Event{}, err
	}
	if s.Type == "call" || e.Field == "calls" {
		return channel.Event{}, nil // we place no calls; the call itself comes as an element of its own
	}
	if s.GroupID != "" || s.RecipientType == "group" {
		return channel.Event{}, ReasonGroupMessage
	}
	if s.ID == "" {
		return channel.Event{}, malformed("status.id")
	}
	at, err := instant(s.Timestamp)
	if err != nil {
		return channel.Event{}, err
	}
	known, ok := statuses[s.Status]
	if !ok {
		return channel.Event{}, ReasonUnknownStatus
	}
	out := &channel.Status{
		ProviderID: string(s.ID), Correlation: parseCorrelation(string(s.Correlation)), Status: known, At: at,
		Recipient: e.sender(s.RecipientID, s.RecipientUserID), Price: s.Pricing.desk(),
	}
	if known == desk.StatusFailed {
		out.Failure = statusFailure(s.Errors)
	}
	return channel.Event{Status: out}, nil
}

// statusFailure types the first error of a failed status; a status without any
// is still a failure.
func statusFailure(errs []apiError) *channel.Failure {
	if len(errs) == 0 {
		return &channel.Failure{Certain: true, Key: KeyRejected}
	}
	return errs[0].failure(0, nil)
}

// pricing is Meta's word on the cost of a message. billable is going away:
// what is charged is what has the type regular. Meta: pricing, 1 Jul 2025.
type pricing struct {
	Billable *bool `json:"billable"`
	Model    text  `json:"pricing_model"`
	Type     text  `json:"type"`
	Category text  `json:"category"`
}

func (p *pricing) desk() *desk.Price {
	if p == nil {
		return nil
	}
	billable := p.Billable != nil && *p.Billable
	if p.Type != "" {
		billable = p.Type == "regular"
	}
	return &desk.Price{Category: string(p.Category), Type: string(p.Type), Billable: billable}
}

// correlationPrefix marks what we put into biz_opaque_callback_data, so that
// the data of other systems on the same number is not taken for ours.
const correlationPrefix = "p"

func correlation(id desk.ID) string { return correlationPrefix + id.String() }

// parseCorrelation returns our message id in decimal, or "" for foreign data.
func parseCorrelation(s string) string {
	rest, ours := strings.CutPrefix(s, correlationPrefix)
	if id, err := desk.ParseID(rest); !ours || err != nil || id == 0 || id.String() != rest {
		return ""
	}
	return rest
}

// outOfBand reads an error of the number that belongs to no message.
func (e element) outOfBand() (channel.Event, error) {
	var fault apiError
	if err := decode(e.Item, &fault, "errors"); err != nil {
		return channel.Event{}, err
	}
	if fault.Code == "" {
		return channel.Event{}, malformed("errors.code")
	}
	f := fault.failure(0, nil)
	u := e.update(AccountError)
	u.Severe = f.AuthFailed || f.StopSending
	u.Details["key"], u.Details["provider_code"], u.Details["text"] = f.Key, f.Code, f.Details
	return channel.Event{Account: u}, nil
}

// call reads a call of a contact. The platform rings us and we don't answer:
// the call is one message in the conversation and opens the window
// (decisions.md 8). Its end has the same id, so that it counts only if the
// beginning was lost. Meta: calling/webhooks.
func (e element) call() (channel.Event, error) {
	var c struct {
		ID         text `json:"id"`
		From       text `json:"from"`
		FromUserID text `json:"from_user_id"`
		Event      text `json:"event"`
		Direction  text `json:"direction"`
		Timestamp  text `json:"timestamp"`
		Start      text `json:"start_time"`
		Status     text `json:"status"`
		Duration   text `json:"duration"`
	}
	if err := decode(e.Item, &c, "calls"); err != nil {
		return channel.Event{}, err
	}
	if c.ID == "" || c.Event == "" {
		return channel.Event{}, malformed("calls.id")
	}
	if c.Direction != "USER_INITIATED" {
		return channel.Event{}, nil
	}
	at, err := instant(text(first(c.Start, c.Timestamp)))
	if err != nil {
		return channel.Event{}, err
	}
	from := e.sender(c.From, c.FromUserID)
	if from.Phone == "" && from.UserID == "" {
		return channel.Event{}, malformed("calls.from")
	}
	seconds, _ := strconv.ParseInt(string(c.Duration), 10, 32) // absent while it rings
	return channel.Event{Message: &channel.Incoming{
		ProviderID: string(c.ID), From: from, At: at, Type: desk.TypeCall,
		Content: desk.Content{Call: &desk.CallNote{
			Event: string(c.Event), Direction: desk.In, Status: strings.ToLower(string(c.Status)), DurationMS: max(seconds, 0) * 1000,
		}},
	}}, nil
}
