package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

// exampleBody is what the test reads of a webhook example.
type exampleBody struct {
	Entry []struct {
		ID      string `json:"id"`
		Changes []struct {
			Field string `json:"field"`
			Value struct {
				Metadata struct {
					PhoneNumberID string `json:"phone_number_id"`
				} `json:"metadata"`
				Messages []struct {
					ID   string `json:"id"`
					Type string `json:"type"`
				} `json:"messages"`
			} `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

// Every webhook example of Meta's document, signed, posted to the real ingress
// three times and in any order: stored once each, interpreted, or kept on
// purpose.
func TestMetaExamples(t *testing.T) {
	doc, err := metaapi.Load()
	if err != nil {
		t.Fatal(err)
	}
	list, err := doc.WebhookExamples()
	if err != nil {
		t.Fatal(err)
	}
	list = metaapi.Distinct(list)
	eachDatabase(t, func(t *testing.T, d database) {
		w := setUp(t, launch(t, d, "127.0.0.1"), "")
		w.hire()
		w.provider = newProvider(t)
		w.examples(list)
	})
}

// examples posts them all and counts what came of them.
func (w *company) examples(list []metaapi.Example) {
	w.t.Helper()
	bodies := make([]exampleBody, len(list))
	for i, e := range list {
		bodies[i] = decode[exampleBody](w.t, e.Body)
	}
	url := w.exampleNumbers(bodies)
	random := rand.New(rand.NewPCG(3, 14))
	for range 3 {
		for _, i := range random.Perm(len(list)) {
			if status := signed(w.t, url, list[i].Body); status != http.StatusOK {
				w.t.Errorf("%s was answered %d", list[i].Name, status)
			}
		}
	}
	elements, messages, homeless := 0, map[string]string{}, 0
	for _, b := range bodies {
		for _, entry := range b.Entry {
			for _, c := range entry.Changes {
				elements += max(1, len(c.Value.Messages))
				if c.Value.Metadata.PhoneNumberID == "" {
					homeless++
				}
				for _, m := range c.Value.Messages {
					messages[m.ID] = m.Type
				}
			}
		}
	}
	if n := w.program.count(w.t, "raw_event"); n != elements || n == 0 {
		w.t.Errorf("%d raw events, the examples have %d elements", n, elements)
	}
	w.keptOnPurpose(homeless)
	w.exampleMessages(messages)
	w.keptUntilConnected(url)
}

// exampleNumbers connects every number that the examples are addressed to, all
// of one app, and returns the webhook URL of one of them.
func (w *company) exampleNumbers(bodies []exampleBody) string {
	w.t.Helper()
	seen, url := map[string]bool{}, ""
	for _, b := range bodies {
		for _, entry := range b.Entry {
			for _, c := range entry.Changes {
				id := c.Value.Metadata.PhoneNumberID
				if id == "" || seen[id] {
					continue
				}
				seen[id] = true
				settings := w.provider.settings(id)
				made := post[connection](w.ada, "/connections", fields{"kind": "whatsapp_official", "name": fmt.Sprint("Número ", len(seen)),
					"queues": []string{w.vendas}, "settings": settings})
				url = made.WebhookURL
			}
		}
	}
	return url
}

// keptOnPurpose: only what is about business accounts that nobody connected is
// not interpreted.
func (w *company) keptOnPurpose(homeless int) {
	w.t.Helper()
	list := w.unprocessed()
	if len(list) != homeless {
		w.t.Errorf("%d elements are unprocessed, want the %d of unknown business accounts", len(list), homeless)
	}
	for _, e := range list {
		if e.Reason != "unknown_number" {
			w.t.Errorf("not interpreted for %q: %.400s", e.Reason, e.Body)
		}
	}
}

// keptUntilConnected: what is addressed to a number that nobody connected is
// kept once, and understood when it is replayed after the number was added.
func (w *company) keptUntilConnected(url string) {
	w.t.Helper()
	before := w.unprocessed()
	body := envelope("100000000000077", "messages", textFrom("5511987650401", "wamid.early", "Cedo demais"))
	for range 3 {
		if status := signed(w.t, url, body); status != http.StatusOK {
			w.t.Errorf("an unknown number was answered %d", status)
		}
	}
	kept := slices.DeleteFunc(w.unprocessed(), func(e rawEvent) bool { return slices.Contains(before, e) })
	if len(kept) != 1 || kept[0].Reason != "unknown_number" {
		w.t.Fatalf("kept are %+v", kept)
	}
	if whole := get[rawEvent](w.ada, "/raw-events/"+kept[0].ID); !strings.Contains(whole.Body, "Cedo demais") {
		w.t.Errorf("the kept event is %+v", whole)
	}
	post[connection](w.ada, "/connections", fields{"kind": "whatsapp_official", "name": "Número novo", "queues": []string{w.vendas},
		"settings": w.provider.settings("100000000000077")})
	if done := post[rawEvent](w.ada, "/raw-events/"+kept[0].ID+"/replay", nil); done.State != "done" {
		w.t.Errorf("after the replay: %+v", done)
	}
	t := w.ana.ticketOf("pending", "5511987650401")
	if list := w.ana.messages(t.ID); len(list) != 1 || list[0].Body != "Cedo demais" {
		w.t.Errorf("the replay made %s", asJSON(list))
	}
	w.ada.refused(http.StatusConflict, "no_change", http.MethodPost, "/raw-events/"+kept[0].ID+"/replay", nil)
}

// exampleMessages: each message of the examples is in a ticket once, as what it
// is.
func (w *company) exampleMessages(want map[string]string) {
	w.t.Helper()
	got := map[string]int{}
	for _, t := range all[ticket](w.ada, "/tickets") {
		for _, m := range w.ada.messages(t.ID) {
			got[m.ProviderID]++
			if kind := want[m.ProviderID]; !slices.Contains(ourTypes[kind], m.Type) {
				w.t.Errorf("a %s message became %s: %s", kind, m.Type, asJSON(m))
			}
		}
	}
	for id, kind := range want {
		switch n := got[id]; {
		case kind == "reaction" && n != 0: // it is on another message
			w.t.Errorf("the reaction example became %d messages", n)
		case kind == "system" && n > 1: // a note, if it is about somebody we know
			w.t.Errorf("the system example became %d messages", n)
		case kind == "reaction" || kind == "system":
		case n != 1:
			w.t.Errorf("the %s example %s is stored %d times", kind, id, n)
		}
	}
}

// ourTypes is what Meta's types of messages are to us.
var ourTypes = map[string][]string{
	"text": {"text"}, "image": {"image"}, "location": {"location"}, "contacts": {"contacts"}, "button": {"interactive"},
	"interactive": {"interactive"}, "order": {"order"}, "unsupported": {"unsupported"}, "unknown": {"unsupported"},
	"system": {"system"},
}
