package channeltest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
)

// webhook returns the adapter's ability to receive pushes, or skips.
func (f Fixture) webhook(t *testing.T) (channel.Webhook, channel.Connection) {
	t.Helper()
	a, c := f.make(t, Healthy)
	w, ok := a.(channel.Webhook)
	switch {
	case !ok && f.Hooks == nil:
		t.Skip("the channel has no webhook")
	case !ok || f.Hooks == nil:
		t.Fatal("Hooks and the adapter's abilities do not agree")
	}
	return w, c
}

func challenge(t *testing.T, f Fixture) {
	w, c := f.webhook(t)
	token := f.Hooks.Token(c)
	r, answer := f.Hooks.Challenge(token)
	if got, ok := w.Challenge(c, r); !ok || got != answer {
		t.Errorf("right token: %q, %v; want %q", got, ok, answer)
	}
	for _, wrong := range []string{"", token + "x", token[:len(token)-1], strings.ToUpper(token) + "!"} {
		r, _ := f.Hooks.Challenge(wrong)
		if got, ok := w.Challenge(c, r); ok || got != "" {
			t.Errorf("wrong token %q was answered %q", wrong, got)
		}
	}
	bare := c
	bare.Settings = map[string]string{}
	r, _ = f.Hooks.Challenge("")
	if _, ok := w.Challenge(bare, r); ok {
		t.Error("a connection without token answers an empty one")
	}
}

func signature(t *testing.T, f Fixture) {
	w, c := f.webhook(t)
	body := f.Hooks.Recorded[0].Body
	signed := f.Hooks.Sign(c, body)
	if !w.Verify(c, signed, body) {
		t.Fatal("right signature refused")
	}
	if w.Verify(c, signed, append(bytes.Clone(body), ' ')) {
		t.Error("changed body accepted")
	}
	if w.Verify(c, http.Header{}, body) {
		t.Error("missing signature accepted")
	}
	for name, values := range signed {
		for _, change := range []string{"", values[0][:len(values[0])-1], values[0][:len(values[0])/2], values[0] + "0", flip(values[0])} {
			altered := signed.Clone()
			altered.Set(name, change)
			if w.Verify(c, altered, body) {
				t.Errorf("%s %q accepted", name, change)
			}
		}
	}
	bare := c
	bare.Settings = map[string]string{}
	if w.Verify(bare, f.Hooks.Sign(bare, body), body) {
		t.Error("a connection without secret accepts a signature")
	}
}

// flip changes the last hexadecimal digit or letter.
func flip(s string) string {
	last := byte('0')
	if s[len(s)-1] == '0' {
		last = '1'
	}
	return s[:len(s)-1] + string(last)
}

// recorded: each body falls into the expected elements, which stand alone and
// mean the same each time they are read.
func recorded(t *testing.T, f Fixture) {
	w, _ := f.webhook(t)
	for _, hook := range f.Hooks.Recorded {
		elements, err := w.Parse(hook.Body)
		if err != nil {
			t.Errorf("%s: %v", hook.Name, err)
			continue
		}
		if len(elements) != len(hook.Want) {
			t.Errorf("%s: %d elements, want %d", hook.Name, len(elements), len(hook.Want))
			continue
		}
		for i, e := range elements {
			if got := meaning(t, hook.Name, w, e); got != hook.Want[i] {
				t.Errorf("%s: element %d means %q, want %q", hook.Name, i, got, hook.Want[i])
			}
		}
	}
}

// meaning interprets an element twice and checks what holds for all.
func meaning(t *testing.T, name string, w channel.Webhook, e channel.Element) Meaning {
	t.Helper()
	if e.Key == "" || !json.Valid(e.Raw) {
		t.Errorf("%s: element without key or raw form", name)
	}
	event, err := w.Interpret(bytes.Clone(e.Raw))
	again, errAgain := w.Interpret(bytes.Clone(e.Raw))
	if !reflect.DeepEqual(event, again) || (err == nil) != (errAgain == nil) {
		t.Errorf("%s: a second reading differs", name)
	}
	what, single := MeaningOf(event)
	if !single {
		t.Errorf("%s: an event of several things: %+v", name, event)
	}
	switch {
	case err != nil && what != Nothing:
		t.Errorf("%s: both an event and an error", name)
	case err != nil:
		return Unreadable
	case e.Err != nil:
		t.Errorf("%s: parsing found %v, reading found nothing wrong", name, e.Err)
	}
	return what
}

// keys: a redelivery has the same keys, alone or in other company; different
// elements have different ones.
func keys(t *testing.T, f Fixture) {
	w, _ := f.webhook(t)
	owner := map[string]string{} // key → raw form
	for _, hook := range f.Hooks.Recorded {
		first, err := w.Parse(bytes.Clone(hook.Body))
		second, errAgain := w.Parse(bytes.Clone(hook.Body))
		if err != nil || errAgain != nil {
			t.Errorf("%s: %v, %v", hook.Name, err, errAgain)
			continue
		}
		if !reflect.DeepEqual(first, second) {
			t.Errorf("%s: a second parse differs", hook.Name)
		}
		for _, e := range first {
			if raw, ok := owner[e.Key]; ok && raw != string(e.Raw) {
				t.Errorf("%s: key %s is shared by different elements", hook.Name, e.Key)
			}
			owner[e.Key] = string(e.Raw)
		}
	}
	if len(owner) < 2 {
		t.Error("the recorded bodies show nothing about keys")
	}
}

// foreign: a body of somebody else is refused as a whole and never panics, nor
// does reading what Parse did not make.
func foreign(t *testing.T, f Fixture) {
	w, _ := f.webhook(t)
	for _, body := range append(slices.Clone(f.Hooks.Foreign), "", "{", "null", "[]", "1", `"x"`, "\x00", strings.Repeat("[", 200_000)) {
		if elements, err := w.Parse([]byte(body)); err == nil {
			t.Errorf("%.40q accepted with %d elements", body, len(elements))
		}
		if event, err := w.Interpret(json.RawMessage(body)); err == nil {
			t.Errorf("%.40q interpreted as %+v", body, event)
		}
	}
}
