package desk

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// vector is one file of testdata/templates; the browser runs the same files.
type vector struct {
	About    string `json:"about"`
	Template struct {
		Name            string              `json:"name"`
		Language        string              `json:"language"`
		Category        string              `json:"category"`
		ParameterFormat string              `json:"parameter_format"`
		Components      []TemplateComponent `json:"components"`
	} `json:"template"`
	Placeholders *[]Placeholder  `json:"placeholders"`
	Values       []TemplateValue `json:"values"`
	Rendered     *rendered       `json:"rendered"`
	Error        *struct {
		Code   Code `json:"code"`
		Fields []struct {
			Location string `json:"location"`
			Code     Code   `json:"code"`
		} `json:"fields"`
	} `json:"error"`
}

type rendered struct {
	Header     string           `json:"header"`
	HeaderKind string           `json:"header_kind"`
	Body       string           `json:"body"`
	Footer     string           `json:"footer"`
	Buttons    []RenderedButton `json:"buttons"`
}

func (v vector) template() Template {
	return Template{Name: v.Template.Name, Language: v.Template.Language, Category: v.Template.Category,
		ParameterFormat: v.Template.ParameterFormat, Components: v.Template.Components, Status: "APPROVED"}
}

func readVectors(t *testing.T) map[string]vector {
	t.Helper()
	files, err := filepath.Glob("../../testdata/templates/*.json")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d template vectors, %v", len(files), err)
	}
	vectors := map[string]vector{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.DisallowUnknownFields()
		var v vector
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if (v.Rendered == nil) == (v.Error == nil) {
			t.Fatalf("%s: needs either rendered or error", file)
		}
		vectors[strings.TrimSuffix(filepath.Base(file), ".json")] = v
	}
	return vectors
}

func TestTemplateVectors(t *testing.T) {
	for name, v := range readVectors(t) {
		t.Run(name, func(t *testing.T) {
			tmpl := v.template()
			if v.Placeholders != nil {
				if diff := cmp.Diff(*v.Placeholders, tmpl.Placeholders(), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("placeholders (-want +got):\n%s", diff)
				}
			}
			sent, err := tmpl.Fill("values", v.Values)
			if v.Error != nil {
				checkVectorError(t, v, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := rendered{sent.Header, sent.HeaderKind, sent.Text, sent.Footer, sent.Buttons}
			if diff := cmp.Diff(*v.Rendered, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("rendered (-want +got):\n%s", diff)
			}
		})
	}
}

func checkVectorError(t *testing.T, v vector, err error) {
	t.Helper()
	if CodeOf(err) != v.Error.Code {
		t.Fatalf("error %v, want %s", err, v.Error.Code)
	}
	type fault struct{ Location, Code string }
	want, got := []fault{}, []fault{}
	for _, f := range v.Error.Fields {
		want = append(want, fault{f.Location, string(f.Code)})
	}
	e, _ := errors.AsType[*Error](err)
	for _, f := range e.Fields {
		got = append(got, fault{f.Location, string(f.Code)})
	}
	less := cmpopts.SortSlices(func(a, b fault) bool { return a.Location+a.Code < b.Location+b.Code })
	if diff := cmp.Diff(want, got, less); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestFillGivesValuesInOrderWithNamesAndKinds(t *testing.T) {
	v := readVectors(t)["positional-nameless-in-order"]
	tmpl := v.template()
	sent, err := tmpl.Fill("body.values", v.Values)
	if err != nil {
		t.Fatal(err)
	}
	want := []TemplateValue{
		{Component: "header", Name: "1", Kind: "text", Text: "A-1001"},
		{Component: "body", Name: "1", Kind: "text", Text: "Marta"},
		{Component: "body", Name: "2", Kind: "text", Text: "15/12"},
		{Component: "button", Name: "1", Kind: "text", Text: "x?y=1"},
		{Component: "button", Button: 2, Kind: "payload", Text: "stop:news"},
	}
	if diff := cmp.Diff(want, sent.Values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if sent.Name != "pedido_enviado" || sent.Language != "pt_BR" || sent.Format != FormatPositional || sent.Category != "UTILITY" {
		t.Errorf("head %+v", sent)
	}
}

func TestFillAuthenticationFillsBodyAndButton(t *testing.T) {
	v := readVectors(t)["authentication"]
	tmpl := v.template()
	sent, err := tmpl.Fill("body.values", v.Values)
	if err != nil {
		t.Fatal(err)
	}
	want := []TemplateValue{
		{Component: "body", Name: "1", Kind: "text", Text: "882211"},
		{Component: "button", Name: "1", Kind: "text", Text: "882211"},
	}
	if diff := cmp.Diff(want, sent.Values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

// Until the provider has written it, the body of an authentication template
// made here has no text; the code must still reach it.
func TestFillAuthenticationWithoutBodyText(t *testing.T) {
	tmpl := Template{Category: "AUTHENTICATION", Components: []TemplateComponent{
		{Type: "BODY", AddSecurityRecommendation: true},
		{Type: "BUTTONS", Buttons: []TemplateButton{{Type: "OTP", OTPType: "COPY_CODE", Text: "Copiar"}}},
	}}
	sent, err := tmpl.Fill("body.values", []TemplateValue{{Component: "body", Text: "123456"}})
	if err != nil || sent.Text != "123456" || len(sent.Values) != 2 {
		t.Errorf("%+v, %v", sent, err)
	}
}

func TestFillFaultsSayWhichPlaceholder(t *testing.T) {
	tmpl := Template{Components: []TemplateComponent{
		{Type: "BODY", Text: "Olá {{1}}, {{2}}."},
		{Type: "BUTTONS", Buttons: []TemplateButton{{Type: "QUICK_REPLY", Text: "Ok"}, {Type: "URL", Text: "Ir", URL: "https://a.example/{{1}}"}}},
	}}
	_, err := tmpl.Fill("body.template.values", []TemplateValue{{Component: "body", Name: "1", Text: "Ana"}})
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Invalid || len(e.Fields) != 2 {
		t.Fatalf("%v", err)
	}
	want := []Field{
		{"body.template.values", CodeRequired, map[string]any{"component": "body", "name": "2"}},
		{"body.template.values", CodeRequired, map[string]any{"component": "button", "button": 1, "name": "1"}},
	}
	if diff := cmp.Diff(want, e.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// B9: what Fill accepts leaves no placeholder of the template open, holds the
// limits, and dropping any required value makes it refuse.
func TestFillProperty(t *testing.T) {
	word := rapid.StringMatching(`[A-Za-zÀ-ü0-9]{1,12}( [A-Za-z0-9]{1,8}){0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "variables")
		var text strings.Builder
		text.WriteString("Início")
		var values []TemplateValue
		want := "Início"
		for i := range n {
			name, value := strconv.Itoa(i+1), word.Draw(t, "value")
			text.WriteString(" {{" + name + "}} e")
			want += " " + value + " e"
			values = append(values, TemplateValue{Component: "body", Name: name, Text: value})
		}
		tmpl := Template{Components: []TemplateComponent{{Type: "BODY", Text: text.String()}}}
		sent, err := tmpl.Fill("body.values", rapid.Permutation(values).Draw(t, "order"))
		if err != nil {
			t.Fatal(err)
		}
		if sent.Text != want {
			t.Fatalf("got %q, want %q", sent.Text, want)
		}
		drop := rapid.IntRange(0, n-1).Draw(t, "drop")
		short := append(append([]TemplateValue{}, values[:drop]...), values[drop+1:]...)
		if _, err := tmpl.Fill("body.values", short); CodeOf(err) != CodeTemplateParameters {
			t.Fatalf("without value %d: %v", drop+1, err)
		}
	})
}

func TestTemplateFillable(t *testing.T) {
	cases := []struct {
		name  string
		parts []TemplateComponent
		want  bool
	}{
		{"usual", []TemplateComponent{{Type: "HEADER", Format: "VIDEO"}, {Type: "BODY"}, {Type: "FOOTER"}, {Type: "BUTTONS"}}, true},
		{"carousel", []TemplateComponent{{Type: "BODY"}, {Type: "CAROUSEL"}}, false},
		{"limited offer", []TemplateComponent{{Type: "LIMITED_TIME_OFFER"}, {Type: "BODY"}}, false},
		{"header of an unknown form", []TemplateComponent{{Type: "HEADER", Format: "HOLOGRAM"}, {Type: "BODY"}}, false},
		{"list of products", []TemplateComponent{{Type: "BODY"}, {Type: "BUTTONS", Buttons: []TemplateButton{{Type: "MPM", Text: "Ver"}}}}, false},
	}
	for _, c := range cases {
		tmpl := Template{Components: c.parts}
		if got := tmpl.Fillable(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
