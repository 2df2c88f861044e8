package api

import (
	"iter"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// contract is the configuration of huma: no documentation of its own (it loads
// scripts from elsewhere), no schema links, problems of ours.
func contract() huma.Config {
	r := newRegistry()
	r.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[problem]())
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Prosa",
				Version:     contractVersion,
				Description: "The API of Prosa. Clients ignore unknown fields and values: version 1 only grows.",
				License:     &huma.License{Name: "AGPL-3.0-or-later", Identifier: "AGPL-3.0-or-later"},
			},
			Components: &huma.Components{
				Schemas: r,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					sessionScheme: {Type: "apiKey", In: "cookie", Name: cookieName, Description: "set by POST /session"},
				},
			},
			Tags: contractTags(),
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{translateErrors},
	}
}

// cookieName is the session's cookie.
const cookieName = "prosa_session"

func contractTags() []*huma.Tag {
	texts := [][2]string{
		{"session", "Signing in and first set-up"},
		{"me", "The signed-in user"},
		{"tickets", "Conversations of contacts with the company"},
		{"messages", "What is said in them"},
		{"media", "Files"},
		{"stream", "What changes, as it happens"},
		{"contacts", "People outside the company"},
		{"connections", "Numbers and addresses of the company"},
		{"templates", "Messages approved by the provider"},
		{"users", "People of the company"},
		{"teams", "Sets of users that grant queues"},
		{"queues", "Departments"},
		{"tags", "Labels"},
		{"ticket-types", "Catalogue of kinds of service"},
		{"settings", "Options of the company"},
		{"account", "The company"},
		{"raw-events", "What providers sent and we could not interpret"},
		{"sandbox", "The simulator that plays provider and customers"},
	}
	tags := make([]*huma.Tag, len(texts))
	for i, t := range texts {
		tags[i] = &huma.Tag{Name: t[0], Description: t[1]}
	}
	return tags
}

// translateErrors turns what huma refuses by itself into our problems.
func translateErrors(_ huma.Context, _ string, v any) (any, error) {
	if m, ok := v.(*huma.ErrorModel); ok {
		return fromHuma(m), nil
	}
	return v, nil
}

// tidy mends what huma says of Go types: lists are never null here, all problems
// look alike, and further successes answer with what the usual one does.
func tidy(doc *huma.OpenAPI) {
	for _, s := range doc.Components.Schemas.Map() {
		neverNull(s)
	}
	doc.Components.Responses = map[string]*huma.Response{"Problem": {
		Description: "Refused: see code",
		Content: map[string]*huma.MediaType{problemType: {
			Schema: doc.Components.Schemas.Schema(reflect.TypeFor[problem](), true, ""),
		}},
	}}
	for op := range operations(doc) {
		for _, param := range op.Parameters {
			neverNull(param.Schema)
		}
		for status, r := range op.Responses {
			switch {
			case r.Content[problemType] != nil:
				op.Responses[status] = &huma.Response{Ref: "#/components/responses/Problem"}
			case status == "202" && r.Content == nil:
				r.Content = op.Responses["201"].Content
			}
		}
	}
}

// problemType is the media type of problems (RFC 9457).
const problemType = "application/problem+json"

// operations yields every operation of the document.
func operations(doc *huma.OpenAPI) iter.Seq[*huma.Operation] {
	return func(yield func(*huma.Operation) bool) {
		for _, p := range doc.Paths {
			for _, op := range []*huma.Operation{p.Get, p.Post, p.Put, p.Patch, p.Delete} {
				if op != nil && !yield(op) {
					return
				}
			}
		}
	}
}

func neverNull(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	neverNull(s.Items)
	for _, p := range s.Properties {
		neverNull(p)
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		neverNull(more)
	}
}
