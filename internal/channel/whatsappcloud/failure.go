package whatsappcloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
)

// apiError is an error as Meta writes it in answers, statuses and webhooks.
// Decisions are made by its code alone: the words change.
type apiError struct {
	Code      text `json:"code"`
	Subcode   text `json:"error_subcode"`
	Title     text `json:"title"`
	Message   text `json:"message"`
	UserText  text `json:"error_user_msg"`
	Transient bool `json:"is_transient"`
	Trace     text `json:"fbtrace_id"`
	Data      struct {
		Details text `json:"details"`
	} `json:"error_data"`
}

// failure types the error. status is the HTTP status it came with, 0 for
// webhooks. It is always certain: Meta says itself that it failed.
func (e apiError) failure(status int, header http.Header) *channel.Failure {
	code, err := strconv.Atoi(string(e.Code))
	if err != nil {
		code = -1
	}
	subcode, _ := strconv.Atoi(string(e.Subcode)) // absent is none
	r, known := ruleOf(code, subcode)
	if !known {
		r = rule{key: KeyRejected}
		if e.Transient || status >= 500 {
			r = rule{key: KeyProviderDown, retry: true}
		}
	}
	f := &channel.Failure{
		Certain: true, Retryable: r.retry, After: r.after, Code: string(e.Code), Key: r.key,
		WindowClosed: r.key == KeyWindowClosed, AuthFailed: r.auth, StopSending: r.stop, Details: e.details(),
	}
	if subcode != 0 {
		f.Code += "/" + strconv.Itoa(subcode)
	}
	if wait := waitOf(header); wait > f.After && f.Retryable {
		f.After = wait
	}
	return f
}

// longNumber finds what may be a phone number or an id of a person.
var longNumber = regexp.MustCompile(`\+?\d[\d ().-]{5,}\d`)

// maxDetails bounds the provider's words, in bytes.
const maxDetails = 500

// details joins Meta's words, without numbers that may be a person's.
func (e apiError) details() string {
	var parts []string
	for _, p := range []text{text(first(e.Title, e.Message)), e.Data.Details, e.UserText} {
		if p != "" && (len(parts) == 0 || parts[len(parts)-1] != string(p)) {
			parts = append(parts, string(p))
		}
	}
	s := longNumber.ReplaceAllString(strings.Join(parts, ": "), "…")
	if len(s) > maxDetails {
		s = strings.ToValidUTF8(s[:maxDetails], "") + "…"
	}
	if e.Trace != "" {
		s += " [" + string(e.Trace) + "]"
	}
	return s
}

// waitOf reads how long Meta asks to wait: Retry-After in seconds, or the
// minutes of the usage header. Meta: graph-api/overview/rate-limiting.
func waitOf(header http.Header) time.Duration {
	if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil && seconds > 0 {
		return min(time.Duration(seconds)*time.Second, 24*time.Hour)
	}
	var usage map[string][]struct {
		Minutes float64 `json:"estimated_time_to_regain_access"`
	}
	if json.Unmarshal([]byte(header.Get("X-Business-Use-Case-Usage")), &usage) != nil {
		return 0
	}
	longest := 0.0
	for _, list := range usage {
		for _, u := range list {
			longest = max(longest, u.Minutes)
		}
	}
	return time.Duration(min(longest, 24*60) * float64(time.Minute))
}

// answerFailure types an answer that is not a success.
//
// An error in Meta's form is Meta's own and certain. Anything else was written
// by something on the way: a refusal (4xx) did not reach Meta, but behind a
// gateway's 5xx the request may well have been carried out.
func answerFailure(status int, header http.Header, body []byte) *channel.Failure {
	var answer struct {
		Error *apiError `json:"error"`
	}
	if json.Unmarshal(body, &answer) == nil && answer.Error != nil && answer.Error.Code != "" {
		return answer.Error.failure(status, header)
	}
	f := &channel.Failure{Code: "http_" + strconv.Itoa(status), Key: KeyRejected, Certain: true, After: waitOf(header)}
	switch {
	case status >= 500 || status == http.StatusRequestTimeout:
		f.Key, f.Retryable, f.Certain = KeyProviderDown, true, false
	case status == http.StatusTooManyRequests:
		f.Key, f.Retryable = KeyThroughput, true
	case status >= 300 && status < 400:
		f.Key = KeyMisconfigured // a redirect is never followed: it would carry the token elsewhere
	}
	return f
}

// transportFailure types a call that brought no whole answer. sent tells
// whether a connection was had, so that Meta may have read the request.
func transportFailure(err error, sent bool) *channel.Failure {
	f := &channel.Failure{Key: KeyNetwork, Retryable: true, Certain: !sent, Err: hideURL(err)}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		f.Key = KeyTimeout
	}
	return f
}

// refusal is a failure that we see before asking Meta.
func refusal(key, format string, args ...any) *channel.Failure {
	return &channel.Failure{Certain: true, Key: key, Details: fmt.Sprintf(format, args...)}
}
