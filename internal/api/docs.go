package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	html "html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// The reading page of the contract is made here, because huma's loads scripts
// from other hosts. It has no script.

//go:embed docs.html
var docsPage string

//go:embed docs.css
var docsStyle string

// docsTag is a chapter of the page.
type docsTag struct {
	Name, Description string
	Operations        []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description string
	Parameters                             []*huma.Param
	Body, Answer                           string
	Statuses                               string
}

// serveDocs serves the page with a policy that allows only its own style.
func (s *Server) serveDocs() http.HandlerFunc {
	page, err := s.renderDocs()
	sum := sha256.Sum256([]byte(docsStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'; base-uri 'none'"
	return func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			writeProblem(w, problemOf(r.Context(), s.log, err))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = w.Write(page) // the client may be gone
	}
}

func (s *Server) renderDocs() ([]byte, error) {
	t, err := html.New("docs").Parse(docsPage)
	if err != nil {
		return nil, err
	}
	doc := s.api.OpenAPI()
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Style": html.CSS(docsStyle), //nolint:gosec // our own file
		"Info":  doc.Info, "Document": basePath + "/openapi.json", "Tags": docsTags(doc), "Schemas": docsSchemas(doc),
	})
	return b.Bytes(), err
}

func docsTags(doc *huma.OpenAPI) []docsTag {
	byTag := map[string][]docsOperation{}
	for op := range operations(doc) {
		byTag[op.Tags[0]] = append(byTag[op.Tags[0]], docsOf(op))
	}
	tags := make([]docsTag, 0, len(doc.Tags))
	for _, t := range doc.Tags {
		list := byTag[t.Name]
		slices.SortFunc(list, func(a, b docsOperation) int {
			return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
		})
		tags = append(tags, docsTag{Name: t.Name, Description: t.Description, Operations: list})
	}
	return tags
}

func docsOf(op *huma.Operation) docsOperation {
	d := docsOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description,
		Parameters: op.Parameters}
	if op.RequestBody != nil {
		d.Body = schemaOf(op.RequestBody.Content)
	}
	statuses := make([]string, 0, len(op.Responses))
	for status, r := range op.Responses {
		statuses = append(statuses, status)
		if strings.HasPrefix(status, "2") && r.Content != nil {
			d.Answer = schemaOf(r.Content)
		}
	}
	slices.Sort(statuses)
	d.Statuses = strings.Join(statuses, ", ")
	return d
}

// schemaOf names the schema of a body.
func schemaOf(content map[string]*huma.MediaType) string {
	for kind, m := range content {
		if m.Schema != nil && m.Schema.Ref != "" {
			return strings.TrimPrefix(m.Schema.Ref, schemaPrefix)
		}
		return kind
	}
	return ""
}

// docsSchema is one type of the contract.
type docsSchema struct {
	Name, Description string
	Values            []any
	Fields            []docsField
	OneOf             []string
}

type docsField struct {
	Name, Type, Ref, Description string
	Required                     bool
}

func docsSchemas(doc *huma.OpenAPI) []docsSchema {
	var list []docsSchema
	for name, s := range doc.Components.Schemas.Map() {
		d := docsSchema{Name: name, Description: s.Description, Values: s.Enum}
		for field, f := range s.Properties {
			d.Fields = append(d.Fields, docsFieldOf(field, f, slices.Contains(s.Required, field)))
		}
		slices.SortFunc(d.Fields, func(a, b docsField) int { return strings.Compare(a.Name, b.Name) })
		for _, o := range s.OneOf {
			d.OneOf = append(d.OneOf, strings.TrimPrefix(o.Ref, schemaPrefix))
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b docsSchema) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func docsFieldOf(name string, s *huma.Schema, required bool) docsField {
	f := docsField{Name: name, Type: s.Type, Description: s.Description, Required: required}
	if s.Items != nil {
		f.Type, s = "list of "+s.Items.Type, s.Items
	}
	if s.Ref != "" {
		f.Ref = strings.TrimPrefix(s.Ref, schemaPrefix)
	}
	if s.Nullable {
		f.Type += " or null"
	}
	return f
}
