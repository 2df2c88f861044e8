package inbound_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

// endpoints are the numbers that the examples are addressed to.
func endpoints(t *testing.T, examples []metaapi.Example) []string {
	t.Helper()
	seen := map[string]bool{}
	var list []string
	for _, e := range examples {
		var body struct {
			Entry []struct {
				Changes []struct {
					Value struct {
						Metadata struct {
							PhoneNumberID string `json:"phone_number_id"`
						} `json:"metadata"`
					} `json:"value"`
				} `json:"changes"`
			} `json:"entry"`
		}
		if err := json.Unmarshal(e.Body, &body); err != nil {
			t.Fatal(err)
		}
		for _, entry := range body.Entry {
			for _, c := range entry.Changes {
				if id := c.Value.Metadata.PhoneNumberID; id != "" && !seen[id] {
					seen[id] = true
					list = append(list, id)
				}
			}
		}
	}
	return list
}

// Every webhook example of Meta's document, signed, posted three times and in
// any order: stored once each, and understood.
func TestMetaExamplesThreeTimesInAnyOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		doc, err := metaapi.Load()
		if err != nil {
			t.Fatal(err)
		}
		examples, err := doc.WebhookExamples()
		if err != nil {
			t.Fatal(err)
		}
		examples = metaapi.Distinct(examples)
		for _, id := range endpoints(t, examples) {
			w.do(func(tx *dbx.Tx) error {
				_, err := w.connect(tx, "Número "+id, id, "k"+id, secret)
				return err
			})
		}
		w.dir.ForgetAll()
		elements, messages := 0, 0
		for _, e := range examples {
			list, err := w.adapter.Parse(e.Body)
			if err != nil {
				t.Fatalf("%s: %v", e.Name, err)
			}
			for _, el := range list {
				ev, err := w.adapter.Interpret(el.Raw)
				if err != nil {
					t.Errorf("%s: %v", e.Name, err)
				}
				if ev.Message != nil {
					messages++
				}
				if el.ExternalID == "" {
					continue // of a business account that no connection belongs to
				}
				elements++
			}
		}
		random := rand.New(rand.NewPCG(1, 2))
		for range 3 {
			for _, i := range random.Perm(len(examples)) {
				w.ok(string(examples[i].Body))
			}
		}
		if n := w.count("raw_event WHERE state = $1", store.RawDone); n != elements {
			t.Errorf("%d elements done, want %d; unprocessed: %q", n, elements, w.reasons(store.RawUnprocessed))
		}
		for _, reason := range w.reasons(store.RawUnprocessed) {
			if reason != "unknown_number" {
				t.Errorf("an example was not understood: %s", reason)
			}
		}
		if n := w.count("message WHERE direction = 'in' AND author = $1", desk.AuthorContact); n != messages {
			t.Errorf("%d messages, want %d", n, messages)
		}
		if n := w.count("(SELECT 1 AS x FROM message GROUP BY provider_id HAVING COUNT(*) > 1) AS twice"); n != 0 {
			t.Errorf("%d messages are stored twice", n)
		}
	})
}
