package metaapi

import (
	"maps"
	"slices"
	"sync"
	"testing"
)

var loaded = sync.OnceValues(Load)

func document(t testing.TB) *Doc {
	t.Helper()
	d, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Meta's own webhook examples are valid in the amended document.
func TestWebhookExamplesAreValid(t *testing.T) {
	d := document(t)
	examples, err := d.WebhookExamples()
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) < 15 {
		t.Fatalf("only %d examples found", len(examples))
	}
	for _, e := range Distinct(examples) {
		if err := d.Webhook(e.Body); err != nil {
			t.Errorf("%s (%s): %v", e.Name, e.Field, err)
		}
	}
}

func TestDistinctGivesEveryMessageAnIDOfItsOwn(t *testing.T) {
	examples, err := document(t).WebhookExamples()
	if err != nil {
		t.Fatal(err)
	}
	ids := func(list []Example) map[string]int {
		n := map[string]int{}
		for _, e := range list {
			v, err := decode(e.Body)
			if err != nil {
				t.Fatal(err)
			}
			if id, err := dig(v, "entry", "0", "changes", "0", "value", "messages", "0", "id"); err == nil {
				n[id.(string)]++
			}
		}
		return n
	}
	if before := slices.Max(slices.Collect(maps.Values(ids(examples)))); before < 2 {
		t.Fatal("the document no longer repeats ids: Distinct can go")
	}
	for id, n := range ids(Distinct(examples)) {
		if n != 1 {
			t.Errorf("id %s used %d times", id, n)
		}
	}
}

// invalidExamples are examples of Meta's document that its own schemas refuse,
// for reasons that don't concern what we send.
var invalidExamples = map[string]string{
	"Send Catalog Template Message":              "language without policy, sub_type in capitals, index as a number",
	"Send Flow Template Message":                 "no recipient_type, language without policy",
	"Send Message Template Interactive":          "language without policy",
	"Send Message Template Media":                "language without policy",
	"Send Message Template Text":                 "language without policy",
	"Send Order Details Message":                 "payment kinds are not in the schema",
	"Send Order Status Message":                  "payment kinds are not in the schema",
	"Send Sample Issue Resolution Template":      "booleans as text",
	"Send Sample Shipping Confirmation Template": "language without policy",
	"Send Sample Text Message":                   "language without policy",
	"Send Contact Message":                       "no recipient_type",
	"Send Reply to Contact Message":              "no recipient_type",
	"Send Location Message":                      "coordinates as numbers",
	"Send Reply to Location Message":             "coordinates as numbers",
	"Send Reply to List Message":                 "no type",
	"Send Multi-Product Message":                 "placeholder for the header type",
	"Send Test Message":                          "no recipient_type, language without policy",
	"Send Text Message with Preview URL":         "no type",
}

func TestRequestExamples(t *testing.T) {
	d := document(t)
	list, err := dig(d.root, "paths", SendMessage.Path, "post", "requestBody", "content", jsonType, "examples")
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range list.(map[string]any) {
		err := d.Request(SendMessage, jsonType, encode(t, e.(map[string]any)["value"]))
		if _, known := invalidExamples[name]; known != (err != nil) {
			t.Errorf("%s: known as invalid: %v, result: %v", name, known, err)
		}
	}
}
