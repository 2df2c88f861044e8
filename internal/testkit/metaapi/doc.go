// Package metaapi validates requests, answers and webhooks of the WhatsApp
// Cloud API against the OpenAPI document that Meta publishes, and lists the
// webhook examples of that document. It is for tests only.
package metaapi

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

//go:embed business-messaging-api_v23.0.yaml
var source []byte

const (
	resource    = "meta.json"
	jsonType    = "application/json"
	schemasPath = "/components/schemas/"
)

// Operation names one call of the API by its method and its path as the
// document writes it.
type Operation struct{ Method, Path string }

// The operations that Prosa calls.
var (
	SendMessage    = Operation{"post", "/{Version}/{Phone-Number-ID}/messages"}
	UploadMedia    = Operation{"post", "/{Version}/{Phone-Number-ID}/media"}
	ResolveMedia   = Operation{"get", "/{Version}/{Media-ID}"}
	GetPhoneNumber = Operation{"get", "/{Version}/{Phone-Number-ID}"}
	GetSubscribed  = Operation{"get", "/{Version}/{WABA-ID}/subscribed_apps"}
	ListTemplates  = Operation{"get", "/{Version}/{WABA-ID}/message_templates"}
	CreateTemplate = Operation{"post", "/{Version}/{WABA-ID}/message_templates"}
	DeleteTemplate = Operation{"delete", "/{Version}/{WABA-ID}/message_templates"}
)

// Doc is the loaded document. It may be used by several goroutines.
type Doc struct {
	root     map[string]any
	mu       sync.Mutex
	compiler *jsonschema.Compiler
}

// Load reads the embedded document and applies Amendments. It takes about a
// second: a test package loads it once.
func Load() (*Doc, error) {
	root, err := decode(source)
	if err != nil {
		return nil, err
	}
	return amended(root, Amendments())
}

// amended applies the amendments to root, which it keeps.
func amended(root map[string]any, amendments []Amendment) (*Doc, error) {
	for _, a := range amendments {
		if err := a.apply(root); err != nil {
			return nil, fmt.Errorf("amendment %s: %w", a.Name, err)
		}
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(resource, root); err != nil {
		return nil, fmt.Errorf("add document: %w", err)
	}
	return &Doc{root: root, compiler: compiler}, nil
}

// decode turns YAML into what a JSON decoder would have made of it, with
// json.Number for numbers.
func decode(b []byte) (map[string]any, error) {
	var tree any
	if err := yaml.Unmarshal(b, &tree); err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	text, err := json.Marshal(stringKeys(tree))
	if err != nil {
		return nil, fmt.Errorf("convert document: %w", err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("convert document: %w", err)
	}
	root, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("document is a %T", value)
	}
	return root, nil
}

// stringKeys makes every mapping key text: some status codes in the document
// are numbers.
func stringKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = stringKeys(e)
		}
		return v
	case map[any]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[fmt.Sprint(k)] = stringKeys(e)
		}
		return out
	case []any:
		for i, e := range v {
			v[i] = stringKeys(e)
		}
		return v
	default:
		return v
	}
}

// Request checks a request's body. contentType is the media type without
// parameters; a multipart body is given as a JSON object of its fields.
func (d *Doc) Request(op Operation, contentType string, body []byte) error {
	return d.validate(body, "paths", op.Path, op.Method, "requestBody", "content", contentType, "schema")
}

// Response checks an answer's JSON body. A status that the document does not
// describe for the operation is checked as one of Meta's errors.
func (d *Doc) Response(op Operation, status int, body []byte) error {
	path := []string{"paths", op.Path, op.Method, "responses", strconv.Itoa(status), "content", jsonType, "schema"}
	if _, err := dig(d.root, path...); err != nil {
		if status < 400 {
			return err
		}
		path = []string{"components", "schemas", "GraphAPIError"}
	}
	return d.validate(body, path...)
}

// Query checks the names of a call's query parameters.
func (d *Doc) Query(op Operation, names []string) error {
	known := map[string]bool{}
	for _, at := range [][]string{{"paths", op.Path, op.Method, "parameters"}, {"paths", op.Path, "parameters"}} {
		list, err := dig(d.root, at...)
		if err != nil {
			continue
		}
		for _, p := range list.([]any) {
			if name, ok := p.(map[string]any)["name"].(string); ok {
				known[name] = true
			}
		}
	}
	for _, n := range names {
		if !known[n] {
			return fmt.Errorf("%s %s has no parameter %q", op.Method, op.Path, n)
		}
	}
	return nil
}

// Webhook checks the body of a webhook.
func (d *Doc) Webhook(body []byte) error {
	return d.validate(body, "components", "schemas", "WebhookPayload")
}

func (d *Doc) validate(body []byte, path ...string) error {
	if _, err := dig(d.root, path...); err != nil {
		return err
	}
	schema, err := d.compile(resource + "#" + pointer(path))
	if err != nil {
		return fmt.Errorf("compile %s: %w", strings.Join(path, " "), err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("body is not JSON: %w", err)
	}
	return schema.Validate(value)
}

// compile is guarded: a compiler is not safe for use by several goroutines.
func (d *Doc) compile(url string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.compiler.Compile(url)
}

// pointer writes a path as a JSON pointer in a URL fragment.
func pointer(path []string) string {
	esc := strings.NewReplacer("~", "~0", "/", "~1", "%", "%25", "{", "%7B", "}", "%7D", " ", "%20")
	var b strings.Builder
	for _, p := range path {
		b.WriteString("/" + esc.Replace(p))
	}
	return b.String()
}

// dig follows object keys and list positions.
func dig(v any, path ...string) (any, error) {
	for i, key := range path {
		switch node := v.(type) {
		case map[string]any:
			next, ok := node[key]
			if !ok {
				return nil, fmt.Errorf("document has no %s", strings.Join(path[:i+1], " "))
			}
			v = next
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n < 0 || n >= len(node) {
				return nil, fmt.Errorf("document has no %s", strings.Join(path[:i+1], " "))
			}
			v = node[n]
		default:
			return nil, fmt.Errorf("document has no %s", strings.Join(path[:i+1], " "))
		}
	}
	return v, nil
}
