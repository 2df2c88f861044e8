package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	mediastore "github.com/prosa-desk/prosa/internal/media"
)

// problem is an error answer (RFC 9457) with a code that the browser
// translates. It never holds what the client sent.
type problem struct {
	Type     string         `json:"type" example:"about:blank"`
	Title    string         `json:"title" example:"Unprocessable Entity"`
	Status   int            `json:"status" example:"422"`
	Code     desk.Code      `json:"code"`
	Params   map[string]any `json:"params,omitempty" doc:"values for the translated text"`
	Errors   []problemField `json:"errors,omitempty" doc:"what to mend in the request"`
	ReportID string         `json:"report_id,omitempty" doc:"names the log line of an internal error"`
}

// problemField is one part of the request that was refused.
type problemField struct {
	Location string         `json:"location" example:"body.name"`
	Code     desk.Code      `json:"code"`
	Params   map[string]any `json:"params,omitempty"`
}

// Error implements error.
func (p *problem) Error() string { return string(p.Code) }

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return problemType }

// newProblem returns an answer with the status text as its title.
func newProblem(status int, code desk.Code) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code}
}

// statuses maps kinds of refusal to HTTP; nothing else does.
func statusOf(k desk.Kind) int {
	switch k {
	case desk.Invalid:
		return http.StatusUnprocessableEntity
	case desk.NotFound:
		return http.StatusNotFound
	case desk.Conflict:
		return http.StatusConflict
	case desk.Forbidden:
		return http.StatusForbidden
	case desk.Unauthorized:
		return http.StatusUnauthorized
	case desk.Malformed:
		return http.StatusBadRequest
	case desk.TooLarge:
		return http.StatusRequestEntityTooLarge
	case desk.TooMany:
		return http.StatusTooManyRequests
	case desk.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problemOf translates an error of the rooms. What is not a desk.Error is
// internal: it is logged under a report id and hidden.
func problemOf(ctx context.Context, log *slog.Logger, err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return newProblem(statusClientGone, desk.CodeUnavailable)
	}
	if f, ok := errors.AsType[*channel.Failure](err); ok {
		err = refusedByProvider(ctx, f)
	}
	if dbx.IsTransient(err) || mediastore.IsFull(err) {
		err = &desk.Error{Kind: desk.Unavailable, Code: desk.CodeUnavailable, Err: err}
	}
	e, ok := errors.AsType[*desk.Error](err)
	if !ok || statusOf(e.Kind) == http.StatusInternalServerError {
		p := newProblem(http.StatusInternalServerError, desk.CodeInternal)
		p.ReportID = rand.Text()
		log.ErrorContext(ctx, "internal error", "report_id", p.ReportID, "error", err)
		return p
	}
	p := newProblem(statusOf(e.Kind), e.Code)
	p.Params = e.Params
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, problemField{Location: f.Location, Code: f.Code, Params: f.Params})
	}
	if e.Kind == desk.Unavailable && e.Err != nil {
		log.WarnContext(ctx, "unavailable", "error", e.Err)
	}
	return p
}

// refusedByProvider tells of a provider's refusal: 422 provider_refused, or 503
// when trying again may help; params.reason is a FailureCode. Those who look
// after connections also learn the provider's own code and words.
func refusedByProvider(ctx context.Context, f *channel.Failure) *desk.Error {
	refusal := desk.Refuse(desk.CodeProviderRefused)
	if f.Retryable {
		refusal = &desk.Error{Kind: desk.Unavailable, Code: desk.CodeUnavailable}
	}
	refusal.Err = f
	if p := principal(ctx); p != nil && p.Viewer.May(desk.ActConnectionEdit) {
		refusal = refusal.With("provider_code", f.Code).With("details", f.Details)
	}
	return refusal.With("reason", f.Key)
}

// statusClientGone is what logs show when the client went away before the
// answer; nobody receives it.
const statusClientGone = 499

// fromHuma translates what huma refuses by itself: parsing and validation.
func fromHuma(m *huma.ErrorModel) *problem {
	p := newProblem(m.Status, humaCode(m.Status))
	for _, d := range m.Errors {
		f := fieldOf(d)
		if f.Code == "" || slices.ContainsFunc(p.Errors, func(g problemField) bool { return g.Location == f.Location }) {
			continue
		}
		p.Errors = append(p.Errors, f)
	}
	slices.SortStableFunc(p.Errors, byLocation)
	if m.Status == http.StatusUnprocessableEntity && len(p.Errors) == 1 {
		p.Code, p.Params = p.Errors[0].Code, p.Errors[0].Params
	}
	return p
}

func humaCode(status int) desk.Code {
	switch status {
	case http.StatusUnprocessableEntity:
		return desk.CodeValidation
	case http.StatusRequestEntityTooLarge:
		return desk.CodeTooLarge
	case http.StatusInternalServerError:
		return desk.CodeInternal
	}
	return desk.CodeMalformed
}
