package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is api/openapi.json: what every answer and frame is held to.
type contract struct {
	root     map[string]any
	mu       sync.Mutex // a compiler is not safe for several goroutines
	compiler *jsonschema.Compiler
}

const contractName = "openapi.json"

func newContract(t testing.TB) *contract {
	t.Helper()
	text, err := os.ReadFile("../api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{root: doc.(map[string]any), compiler: jsonschema.NewCompiler()}
	if err := c.compiler.AddResource(contractName, doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// answer checks a response against the operation it came from.
func (c *contract) answer(method, path string, status int, contentType string, body []byte) error {
	path, _, _ = strings.Cut(path, "?")
	template, ok := c.template(path)
	if !ok {
		return fmt.Errorf("no path of the document fits %s", path)
	}
	at := []string{"paths", template, strings.ToLower(method), "responses", strconv.Itoa(status)}
	if _, err := c.dig(at...); err != nil {
		return fmt.Errorf("status %d is not documented: %w", status, err)
	}
	at = c.resolve(at)
	if len(body) == 0 {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type %q: %w", contentType, err)
	}
	if _, err := c.dig(append(at, "content", "*/*")...); err == nil {
		return nil // bytes of a file
	}
	at = append(at, "content", media)
	if _, err := c.dig(at...); err != nil {
		return fmt.Errorf("content type %s is not documented for status %d", media, status)
	}
	if !strings.HasSuffix(media, "json") {
		return nil
	}
	return c.valid(body, append(at, "schema")...)
}

// frame checks one frame of the event stream.
func (c *contract) frame(data []byte) error {
	return c.valid(data, "components", "schemas", "StreamFrame")
}

func (c *contract) valid(body []byte, at ...string) error {
	schema, err := c.compile(at)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return schema.Validate(value)
}

func (c *contract) compile(at []string) (*jsonschema.Schema, error) {
	esc := strings.NewReplacer("~", "~0", "/", "~1", "%", "%25", "{", "%7B", "}", "%7D", "+", "%2B")
	var pointer strings.Builder
	for _, key := range at {
		pointer.WriteString("/" + esc.Replace(key))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.compiler.Compile(contractName + "#" + pointer.String())
}

// template finds the path of the document that a request's path fits; fixed
// segments win over parameters.
func (c *contract) template(path string) (string, bool) {
	paths := c.root["paths"].(map[string]any)
	if _, fixed := paths[path]; fixed {
		return path, true
	}
	want := strings.Split(path, "/")
	for template := range paths {
		parts := strings.Split(template, "/")
		if slices.EqualFunc(parts, want, func(p, w string) bool { return p == w || strings.HasPrefix(p, "{") && w != "" }) {
			return template, true
		}
	}
	return "", false
}

func (c *contract) dig(at ...string) (any, error) {
	var v any = c.root
	for _, key := range at {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, errors.New("document has no " + key)
		}
		if v, ok = m[key]; !ok {
			return nil, errors.New("document has no " + key)
		}
	}
	return v, nil
}

// resolve is where a response is described: there, or where it refers to.
func (c *contract) resolve(at []string) []string {
	ref, err := c.dig(append(at, "$ref")...)
	if err != nil {
		return at
	}
	return strings.Split(strings.TrimPrefix(ref.(string), "#/"), "/")
}

// decode reads JSON into T.
func decode[T any](t testing.TB, body []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %.500s", err, body)
	}
	return v
}
