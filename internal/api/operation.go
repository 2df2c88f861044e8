package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// basePath is where the contract lives.
const basePath = "/api/v1"

const (
	maxJSONBody   = 1 << 20 // bytes
	bodyDeadline  = 30 * time.Second
	sessionScheme = "session" // the document's name of the cookie
)

// none is the input or output of operations that have none.
type none struct{}

// body wraps an answer.
type body[T any] struct{ Body T }

// answer returns a pointer to a wrapped answer.
func answer[T any](v T) *body[T] { return &body[T]{Body: v} }

// statusBody is an answer whose status depends on what happened.
type statusBody[T any] struct {
	Status int
	Body   T
}

// operation describes one route.
type operation struct {
	id      string
	method  string
	path    string
	summary string
	detail  string
	tag     string
	status  int // 0: 200, or 204 without a body
	also    map[int]string
	errors  []int
	public  bool              // no session needed
	request *huma.RequestBody // where the input doesn't tell it
	answers string            // media type of bytes that the route writes itself
}

func (op operation) on(method, id, path, summary, detail string) operation {
	op.method, op.id, op.path, op.summary, op.detail = method, id, path, summary, detail
	return op
}

func (op operation) get(id, path, summary, detail string) operation {
	return op.on(http.MethodGet, id, path, summary, detail)
}

func (op operation) post(id, path, summary, detail string) operation {
	return op.on(http.MethodPost, id, path, summary, detail)
}

func (op operation) put(id, path, summary, detail string) operation {
	return op.on(http.MethodPut, id, path, summary, detail)
}

func (op operation) patch(id, path, summary, detail string) operation {
	return op.on(http.MethodPatch, id, path, summary, detail)
}

func (op operation) delete(id, path, summary, detail string) operation {
	return op.on(http.MethodDelete, id, path, summary, detail)
}

// creates makes 201 the usual answer; also names further ones.
func (op operation) creates(also map[int]string) operation {
	op.status, op.also = http.StatusCreated, also
	return op
}

// empty makes 204 the answer.
func (op operation) empty() operation {
	op.status = http.StatusNoContent
	return op
}

// refuses adds statuses of problems beside those that every route may have.
func (op operation) refuses(statuses ...int) operation {
	op.errors = append(slices.Clone(op.errors), statuses...)
	return op
}

// open makes the route one that needs no session.
func (op operation) open() operation {
	op.public = true
	return op
}

// inDirectory are the registers of which the directory keeps a copy. It hears
// of changes a moment after they are committed; who has made one must find it
// with the next request.
var inDirectory = []string{"account", "connections", "queues", "settings", "users"}

// handle registers a route: path below basePath, problems as answers, session
// required unless public.
func handle[I, O any](s *Server, op operation, h func(context.Context, *I) (*O, error)) {
	remembered := op.method != http.MethodGet && slices.Contains(inDirectory, op.tag)
	huma.Register(s.api, op.huma(), func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if remembered {
			s.directory.Forget(viewer(ctx).AccountID)
		}
		if err != nil {
			return nil, problemOf(ctx, s.log, err)
		}
		return out, nil
	})
	if op.request != nil {
		op.documented(s.api.OpenAPI()).RequestBody = op.request // after huma has seen that it has no body to read
	}
}

// documented finds the operation in the document.
func (op operation) documented(doc *huma.OpenAPI) *huma.Operation {
	for d := range operations(doc) {
		if d.OperationID == op.id {
			return d
		}
	}
	panic("operation " + op.id + " was not registered")
}

// huma builds the description that huma wants.
func (op operation) huma() huma.Operation {
	h := huma.Operation{
		OperationID:     op.id,
		Method:          op.method,
		Path:            basePath + op.path,
		Summary:         op.summary,
		Description:     op.detail,
		Tags:            []string{op.tag},
		DefaultStatus:   op.status,
		BodyReadTimeout: bodyDeadline,
		MaxBodyBytes:    maxJSONBody,
		Errors:          op.refusals(),
		Responses:       map[string]*huma.Response{},

		RejectUnknownQueryParameters: true,
	}
	if !op.public {
		h.Security = []map[string][]string{{sessionScheme: {}}}
	}
	for status, text := range op.also {
		h.Responses[strconv.Itoa(status)] = &huma.Response{Description: text}
	}
	if op.answers != "" {
		h.Responses["200"] = &huma.Response{Description: "the bytes", Content: map[string]*huma.MediaType{
			op.answers: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}}
	}
	return h
}

// refusals lists the problem statuses of the route; huma adds 422 and 500.
func (op operation) refusals() []int {
	list := slices.Clone(op.errors)
	if !op.public {
		list = append(list, http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.method != http.MethodGet && op.method != http.MethodDelete {
		list = append(list, http.StatusBadRequest)
	}
	return list
}
