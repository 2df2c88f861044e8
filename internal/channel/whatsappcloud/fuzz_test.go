package whatsappcloud

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel/channeltest"
)

// FuzzParse: whatever comes, nothing panics, everything is kept as JSON under a
// key, and a second look sees the same.
func FuzzParse(f *testing.F) {
	for _, h := range recordedHooks(f) {
		f.Add(h.Body)
	}
	for _, c := range messageCases {
		f.Add(messagesHook(ofAna(c.message)))
	}
	a := New(Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		elements, err := a.Parse(body)
		if err != nil {
			return
		}
		again, err := a.Parse(body)
		if err != nil || !reflect.DeepEqual(elements, again) {
			t.Fatal("a second parse differs")
		}
		for _, e := range elements {
			if e.Key == "" || len(e.Key) > maxKey || !json.Valid(e.Raw) {
				t.Fatalf("element %+v", e)
			}
			event, err := a.Interpret(e.Raw)
			if err != nil && !isReason(err) {
				t.Fatalf("%v is no reason", err)
			}
			if err == nil && e.Err != nil {
				t.Fatalf("parsing found %v, reading nothing", e.Err)
			}
			if what, single := channeltest.MeaningOf(event); !single || err != nil && what != channeltest.Nothing {
				t.Fatalf("%+v, %v", event, err)
			}
		}
	})
}

// FuzzNeighbours: a part of any kind between two messages leaves both as they
// are, and is one element itself.
func FuzzNeighbours(f *testing.F) {
	for _, b := range brokenParts {
		f.Add([]byte(b))
	}
	for _, c := range messageCases {
		f.Add([]byte(ofAna(c.message)))
	}
	const first = `{"from":"551","id":"g1","timestamp":"1","type":"text","text":{"body":"ok"}}`
	const last = `{"from":"551","id":"g2","timestamp":"1","type":"text","text":{"body":"ok"}}`
	a := New(Options{})
	f.Fuzz(func(t *testing.T, part []byte) {
		if !json.Valid(part) {
			return // then the body as a whole is no JSON
		}
		elements, err := a.Parse(messagesHook(first, string(part), last))
		if err != nil || len(elements) != 3 {
			t.Fatalf("%d elements, %v", len(elements), err)
		}
		for _, i := range []int{0, 2} {
			event, err := a.Interpret(elements[i].Raw)
			if err != nil || event.Message == nil || event.Message.Body != "ok" || elements[i].Err != nil {
				t.Fatalf("neighbour %d: %+v, %v", i, event, err)
			}
		}
		if _, err := a.Interpret(elements[1].Raw); err != nil && !isReason(err) {
			t.Fatal(err)
		}
	})
}

// FuzzInterpret: stored rows may be anything by the time they are replayed.
func FuzzInterpret(f *testing.F) {
	for _, h := range recordedHooks(f) {
		elements, err := New(Options{}).Parse(h.Body)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range elements {
			f.Add([]byte(e.Raw))
		}
	}
	a := New(Options{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := a.Interpret(raw); err != nil && !isReason(err) {
			t.Fatalf("%v is no reason", err)
		}
	})
}
