// Package rules holds what Meta checks before it accepts something: the shape
// and limits of messages, media and templates, and the words of its refusals.
// It is pure: no database, no clock, no network. Facts are from Meta's
// developer documentation (Cloud API: messages, media, message templates,
// error codes) and its OpenAPI document v23.0.
package rules

import (
	"fmt"
	"net/http"
	"strconv"
)

// Error is a refusal as the Graph API words it. Details never hold what a
// message says, only which parameter is wrong.
type Error struct {
	Status    int // HTTP status when it is the answer to a request
	Code      int
	Subcode   int
	Type      string
	Title     string
	Details   string
	UserTitle string // template management words its refusals for people
	UserMsg   string
	Transient bool
}

func (e *Error) Error() string { return fmt.Sprintf("(#%d) %s: %s", e.Code, e.Title, e.Details) }

// codes are the error codes the simulator can answer or put into a failed
// status (Meta: Cloud API error codes).
var codes = map[int]struct {
	title  string
	status int
}{
	1:      {"An unknown error occurred", http.StatusInternalServerError},
	2:      {"Service temporarily unavailable", http.StatusServiceUnavailable},
	3:      {"Application does not have the capability to make this API call.", http.StatusForbidden},
	4:      {"Application request limit reached", http.StatusTooManyRequests},
	10:     {"Application does not have permission for this action", http.StatusForbidden},
	33:     {"Parameter value is not valid", http.StatusBadRequest},
	100:    {"Invalid parameter", http.StatusBadRequest},
	190:    {"Invalid OAuth access token - Cannot parse access token", http.StatusUnauthorized},
	200:    {"Permissions error", http.StatusForbidden},
	368:    {"Temporarily blocked for policies violations", http.StatusForbidden},
	80007:  {"Rate limit issues", http.StatusTooManyRequests},
	80008:  {"There have been too many calls to this WhatsApp Business account", http.StatusTooManyRequests},
	130403: {"Recipient is blocked by the business", http.StatusBadRequest},
	130429: {"Rate limit hit", http.StatusTooManyRequests},
	130472: {"User's number is part of an experiment", http.StatusBadRequest},
	130497: {"Business account is restricted from messaging users in this country.", http.StatusForbidden},
	131000: {"Something went wrong", http.StatusInternalServerError},
	131005: {"Access denied", http.StatusForbidden},
	131008: {"Required parameter is missing", http.StatusBadRequest},
	131009: {"Parameter value is not valid", http.StatusBadRequest},
	131016: {"Service unavailable", http.StatusServiceUnavailable},
	131021: {"Recipient cannot be sender", http.StatusBadRequest},
	131026: {"Message undeliverable", http.StatusBadRequest},
	131031: {"Account has been locked", http.StatusForbidden},
	131037: {"Display name approval needed before sending messages", http.StatusBadRequest},
	131042: {"Business eligibility payment issue", http.StatusBadRequest},
	131045: {"Incorrect certificate", http.StatusInternalServerError},
	131047: {"Re-engagement message", http.StatusBadRequest},
	131048: {"Spam rate limit hit", http.StatusBadRequest},
	131049: {"This message was not delivered to maintain healthy ecosystem engagement.", http.StatusBadRequest},
	131050: {"User has stopped receiving marketing messages from this business.", http.StatusBadRequest},
	131051: {"Unsupported message type", http.StatusBadRequest},
	131052: {"Media download error", http.StatusBadRequest},
	131053: {"Media upload error", http.StatusBadRequest},
	131056: {"(Business Account, Consumer Account) pair rate limit hit", http.StatusBadRequest},
	131057: {"Account in maintenance mode", http.StatusInternalServerError},
	131062: {"Business-scoped user ID recipients are not supported for this message", http.StatusBadRequest},
	132000: {"Number of parameters does not match the expected number of params", http.StatusBadRequest},
	132001: {"Template name does not exist in the translation", http.StatusNotFound},
	132005: {"Translated text too long", http.StatusBadRequest},
	132007: {"Template content violates WhatsApp policy", http.StatusBadRequest},
	132012: {"Parameter format does not match format in the created template", http.StatusBadRequest},
	132015: {"Template is paused", http.StatusBadRequest},
	132016: {"Template is disabled", http.StatusBadRequest},
	132018: {"Invalid template parameters", http.StatusBadRequest},
	132068: {"Flow is in blocked state", http.StatusBadRequest},
	132069: {"Flow is in throttled state", http.StatusBadRequest},
	133004: {"Server temporarily unavailable", http.StatusServiceUnavailable},
	133010: {"Phone number not registered", http.StatusBadRequest},
	135000: {"Generic user error", http.StatusBadRequest},
}

// Known reports whether the simulator has words for an error code.
func Known(code int) bool {
	_, ok := codes[code]
	return ok
}

// New returns the refusal with a code. An unknown code reads as Meta's
// catch-all, but keeps its number.
func New(code int, details string, args ...any) *Error {
	c, ok := codes[code]
	if !ok {
		c.title, c.status = "Something went wrong", http.StatusBadRequest
	}
	if len(args) > 0 {
		details = fmt.Sprintf(details, args...)
	}
	return &Error{Status: c.status, Code: code, Type: "OAuthException", Title: c.title, Details: details}
}

// Missing is the answer about an object that is not there or that the token
// may not see; the caller can't tell which.
func Missing(id string, method string) *Error {
	verb := "get"
	if method != http.MethodGet && method != http.MethodHead {
		verb = "post"
	}
	return &Error{Status: http.StatusBadRequest, Code: 100, Subcode: 33, Type: "GraphMethodException",
		Title: fmt.Sprintf("Unsupported %s request. Object with ID '%.64s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", verb, id)}
}

// refuseTemplate is a refusal of a template definition, with the text that
// WhatsApp Manager would show.
func refuseTemplate(subcode int, title, msg string, args ...any) *Error {
	e := New(100, "")
	e.Subcode, e.UserTitle, e.UserMsg = subcode, title, fmt.Sprintf(msg, args...)
	return e
}

// Body is the JSON body of the refusal.
func (e *Error) Body(trace string) map[string]any {
	inner := map[string]any{"message": e.message(), "type": e.Type, "code": e.Code, "fbtrace_id": trace}
	if e.Details != "" {
		inner["error_data"] = map[string]any{"messaging_product": "whatsapp", "details": e.Details}
	}
	if e.Subcode != 0 {
		inner["error_subcode"] = e.Subcode
	}
	if e.UserTitle != "" {
		inner["error_user_title"], inner["error_user_msg"] = e.UserTitle, e.UserMsg
		inner["is_transient"] = e.Transient
	} else if e.Transient {
		inner["is_transient"] = true
	}
	return map[string]any{"error": inner}
}

// message puts the code before the title, as Meta does, except for errors
// about tokens and missing objects.
func (e *Error) message() string {
	if e.Code == 190 || e.Subcode == 33 {
		return e.Title
	}
	return "(#" + strconv.Itoa(e.Code) + ") " + e.Title
}

// StatusError is the error of a failed status webhook.
func (e *Error) StatusError() map[string]any {
	return map[string]any{"code": e.Code, "title": e.Title, "message": e.Title,
		"error_data": map[string]any{"details": e.Details},
		"href":       "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}
}
