package desk

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of refusal an Error is. The HTTP layer maps each to one
// status; nothing else does.
type Kind uint8

// Kinds of refusal.
const (
	Invalid      Kind = iota + 1 // 422: the request is understood and refused
	NotFound                     // 404: absent, or invisible to the caller
	Conflict                     // 409
	Forbidden                    // 403: visible, but not allowed
	Unauthorized                 // 401
	Malformed                    // 400
	TooLarge                     // 413
	TooMany                      // 429
	Unavailable                  // 503
)

// Error is a refusal with a stable code that the browser translates. It holds
// no personal data, so that it can be logged.
type Error struct {
	Kind   Kind
	Code   Code
	Params map[string]any // for the translated text, e.g. {"max": 1024}
	Fields []Field        // what to mend in the request; may be empty
	Err    error          // cause, for logs only
}

// Field is one part of a request that was refused.
type Field struct {
	Location string // "body.name", "query.cursor", "path.id"
	Code     Code
	Params   map[string]any
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " %s:%s", f.Location, f.Code)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Refuse returns a 422 with a code that belongs to no single field.
func Refuse(code Code) *Error { return &Error{Kind: Invalid, Code: code} }

// RefuseField returns a 422 about one field of the body, for example "name".
func RefuseField(field string, code Code) *Error {
	return &Error{Kind: Invalid, Code: code, Fields: []Field{{Location: "body." + field, Code: code}}}
}

// Missing returns a 404: absent or invisible, the caller can't tell which.
func Missing() *Error { return &Error{Kind: NotFound, Code: CodeNotFound} }

// Denied returns a 403.
func Denied(code Code) *Error { return &Error{Kind: Forbidden, Code: code} }

// Clash returns a 409.
func Clash(code Code) *Error { return &Error{Kind: Conflict, Code: code} }

// With adds a parameter for the translated text.
func (e *Error) With(key string, value any) *Error {
	if e.Params == nil {
		e.Params = map[string]any{}
	}
	e.Params[key] = value
	for i := range e.Fields {
		if e.Fields[i].Params == nil {
			e.Fields[i].Params = map[string]any{}
		}
		e.Fields[i].Params[key] = value
	}
	return e
}

// CodeOf returns the code of the Error in err's chain, or "" if there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Code is a stable machine code, translated by the browser.
type Code string

// Codes of the API. Each has a text in every language of the interface.
const (
	CodeNotFound              Code = "not_found"
	CodeForbidden             Code = "forbidden"
	CodeUnauthorized          Code = "unauthorized"
	CodeInternal              Code = "internal"
	CodeValidation            Code = "validation_failed"
	CodeMalformed             Code = "malformed_request"
	CodeTooLarge              Code = "too_large"
	CodeTooManyRequests       Code = "too_many_requests"
	CodeUnavailable           Code = "unavailable"
	CodeUnknownField          Code = "unknown_field"
	CodeRequired              Code = "required"
	CodeInvalid               Code = "invalid"
	CodeTooShort              Code = "too_short"
	CodeTooLong               Code = "too_long"
	CodeOutOfRange            Code = "out_of_range"
	CodeInvalidCursor         Code = "invalid_cursor"
	CodeInvalidPhone          Code = "invalid_phone"
	CodeInvalidEmail          Code = "invalid_email"
	CodeInvalidColor          Code = "invalid_color"
	CodeInvalidTimeZone       Code = "invalid_time_zone"
	CodeInvalidDocument       Code = "invalid_document"
	CodeInvalidCredentials    Code = "invalid_credentials"
	CodeLockedOut             Code = "locked_out"
	CodeAccountRequired       Code = "account_required"
	CodeSetupDone             Code = "setup_done"
	CodeSetupCode             Code = "setup_code_wrong"
	CodeWeakPassword          Code = "weak_password"
	CodeWrongPassword         Code = "wrong_password"
	CodeLastAdmin             Code = "last_admin"
	CodeNameTaken             Code = "name_taken"
	CodeEmailTaken            Code = "email_taken"
	CodePhoneTaken            Code = "phone_taken"
	CodeInUse                 Code = "in_use"
	CodeQueueInUse            Code = "queue_in_use"
	CodeDefaultRequired       Code = "default_required"
	CodeNotAMember            Code = "not_a_member"
	CodeConnectionNotAllowed  Code = "connection_not_allowed"
	CodeConnectionUnavailable Code = "connection_unavailable"
	CodeNumberInUse           Code = "number_in_use"
	CodeUnknownReference      Code = "unknown_reference"
	CodeInvalidTransition     Code = "invalid_transition"
	CodeAlreadyAccepted       Code = "already_accepted"
	CodeLiveTicket            Code = "live_ticket"
	CodeQueueRequired         Code = "queue_required"
	CodeNoQueue               Code = "no_queue"
	CodeNoChange              Code = "no_change"
	CodeReadOnly              Code = "read_only"
	CodeWindowClosed          Code = "window_closed"
	CodeUnsupportedContent    Code = "unsupported_content"
	CodeContactBlocked        Code = "contact_blocked"
	CodeContactUnreachable    Code = "contact_unreachable"
	CodeTemplateRequired      Code = "template_required"
	CodeTemplateNotApproved   Code = "template_not_approved"
	CodeTemplateParameters    Code = "template_parameters"
	CodeTemplateTaken         Code = "template_taken"
	CodeAlreadyLeft           Code = "already_left"
	CodeNotRetryable          Code = "not_retryable"
	CodeIdempotencyMismatch   Code = "idempotency_mismatch"
	CodeIdempotencyKey        Code = "idempotency_key_invalid"
	CodeMediaTooLarge         Code = "media_too_large"
	CodeMediaKind             Code = "media_kind_refused"
	CodeMediaEmpty            Code = "media_empty"
	CodeTooManyFiles          Code = "too_many_files"
	CodeEmptyMessage          Code = "empty_message"
	CodeProviderRefused       Code = "provider_refused"
	CodeSimulatorOff          Code = "simulator_off"
	CodeGreetingRequired      Code = "greeting_required"
	CodeMergeLiveTickets      Code = "merge_live_tickets"
	CodeUnsupportedKind       Code = "unsupported_kind"
	CodeSecretKey             Code = "secret_key"
	CodeTypeRequired          Code = "type_required"
	CodeTagRequired           Code = "tag_required"
	CodeTokenScope            Code = "token_scope"
	CodePersonShared          Code = "person_shared" // her address and password are hers: she also works in another account
	CodeOneQueue              Code = "one_queue"     // several initial queues need the menu of E-Ini
)
