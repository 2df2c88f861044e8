// Package channeltest is the conformance suite that every channel adapter must
// pass: what it declares it does, what it refuses it types, what it does not
// know it says, and it leaves nothing running.
package channeltest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// Mode says how the provider behaves towards the adapter under test.
type Mode string

// Modes.
const (
	Healthy     Mode = "healthy"     // takes everything
	Unreachable Mode = "unreachable" // nobody listens there
	Silent      Mode = "silent"      // takes the request and never answers
	Cut         Mode = "cut"         // takes the request and hangs up
	Garbled     Mode = "garbled"     // answers success in a form that can't be read
	Gateway     Mode = "gateway"     // something on the way answers for it that it is down
	Busy        Mode = "busy"        // asks to try later
	Refusing    Mode = "refusing"    // refuses the message for good
	Denied      Mode = "denied"      // does not accept the credentials
	WindowShut  Mode = "window_shut" // says that the service window is closed; windowed channels only
)

// Fixture is what an adapter's test gives the suite.
type Fixture struct {
	// New makes an adapter and a connection whose provider behaves as mode
	// says. It cleans up by t.Cleanup.
	New func(t *testing.T, mode Mode) (channel.Adapter, channel.Connection)
	// Without lists the modes that the channel can't have, with the reason.
	Without map[Mode]string
	// To is a recipient that a healthy provider takes.
	To channel.Recipient
	// File returns a file of the kind that a healthy provider takes.
	File func(kind desk.MessageType) *channel.OutgoingMedia
	// KnownID is the provider's id of a message that may be quoted, reacted to
	// and marked as read.
	KnownID string
	// Hooks must be set when the adapter is a channel.Webhook.
	Hooks *Hooks
	// MediaID and MediaBytes are a received file, for a channel.MediaFetcher.
	MediaID    string
	MediaBytes []byte
}

// Hooks describes the pushes of a provider.
type Hooks struct {
	// Sign returns the headers with which the provider posts body.
	Sign func(c channel.Connection, body []byte) http.Header
	// Challenge returns the provider's question whether the URL is ours; it
	// expects answer when the token is the connection's.
	Challenge func(token string) (r *http.Request, answer string)
	// Token returns the connection's own token.
	Token func(c channel.Connection) string
	// Recorded are bodies as the provider posts them.
	Recorded []Hook
	// Foreign are bodies that are not of this provider.
	Foreign []string
}

// Hook is one recorded body and what each of its elements means.
type Hook struct {
	Name string
	Body []byte
	Want []Meaning
}

// Meaning is what an element turns out to be: the name of the Event's field
// that is set, Nothing, or Unreadable.
type Meaning string

// Meanings that are no field of an Event.
const (
	Nothing    Meaning = ""
	Unreadable Meaning = "unreadable"
)

// MeaningOf names the field of an event that is set, and reports whether at
// most one is.
func MeaningOf(e channel.Event) (Meaning, bool) {
	var set []Meaning
	for name, is := range map[Meaning]bool{
		"message": e.Message != nil, "reaction": e.Reaction != nil, "status": e.Status != nil, "template": e.Template != nil,
		"account": e.Account != nil, "consent": e.Consent != nil, "identity": e.Identity != nil, "revoke": e.Revoke != nil,
		"edit": e.Edit != nil,
	} {
		if is {
			set = append(set, name)
		}
	}
	switch len(set) {
	case 0:
		return Nothing, true
	case 1:
		return set[0], true
	default:
		return "", false
	}
}

// Run runs the whole suite.
func Run(t *testing.T, f Fixture) {
	tests := []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"declarations", declarations},
		{"sends", sends},
		{"limits", limits},
		{"failures", failures},
		{"cancelled", cancelled},
		{"challenge", challenge},
		{"signature", signature},
		{"recorded", recorded},
		{"keys", keys},
		{"foreign", foreign},
		{"media", media},
		{"health", health},
		{"templates", templates},
		{"receipts", receipts},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// Registered first, so that it looks after the fixture's clean-up.
			alive := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, alive) })
			test.run(t, f)
		})
	}
}

// make builds an adapter, or skips a mode that the channel can't have.
func (f Fixture) make(t *testing.T, mode Mode) (channel.Adapter, channel.Connection) {
	t.Helper()
	if why, ok := f.Without[mode]; ok {
		if why == "" {
			t.Fatalf("mode %s is left out without a reason", mode)
		}
		t.Skipf("mode %s: %s", mode, why)
	}
	return f.New(t, mode)
}

// failure returns the typed failure of a provider call. It must be typed, have
// a key, and tell nothing that does not belong into a log.
func failure(t *testing.T, f Fixture, a channel.Adapter, c channel.Connection, err error) *channel.Failure {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	fail, ok := errors.AsType[*channel.Failure](err)
	if !ok || fail == nil {
		t.Fatalf("error is a %T, not a *channel.Failure: %v", err, err)
	}
	if fail.Key == "" {
		t.Error("failure without key")
	}
	private := []string{f.To.Phone, f.To.UserID, f.To.Email}
	for _, field := range a.Settings().Fields {
		if field.Secret {
			private = append(private, c.Settings[field.Key])
		}
	}
	for _, p := range private {
		if p != "" && (strings.Contains(fail.Error(), p) || strings.Contains(fail.Details, p)) {
			t.Errorf("failure tells a secret or an address: %v", fail)
		}
	}
	return fail
}

func declarations(t *testing.T, f Fixture) {
	a, c := f.make(t, Healthy)
	if a.Kind() == "" || a.Kind() != c.Kind {
		t.Errorf("kind %q, connection of kind %q", a.Kind(), c.Kind)
	}
	seen := map[string]bool{}
	for _, field := range a.Settings().Fields {
		if field.Key == "" || seen[field.Key] {
			t.Errorf("setting %q is empty or doubled", field.Key)
		}
		seen[field.Key] = true
		if field.Secret != (field.Type == "secret") {
			t.Errorf("setting %s: secret %v, type %s", field.Key, field.Secret, field.Type)
		}
		if field.Secret && (field.Default != "" || field.Generated) {
			t.Errorf("secret %s has a default", field.Key)
		}
	}
	for kind, limit := range a.Capabilities(c).Media {
		if !kind.IsMedia() || limit.MaxBytes <= 0 || len(limit.MIME) == 0 {
			t.Errorf("media %s: %+v", kind, limit)
		}
	}
	if p, ok := a.(channel.Pacer); ok {
		if pace := p.Pace(c); pace.PerSecond < 0 || pace.PairEvery < 0 || pace.AfterMedia < 0 || pace.PairEvery > 0 && pace.PairBurst < 1 {
			t.Errorf("pace %+v", pace)
		}
	}
}

func cancelled(t *testing.T, f Fixture) {
	a, c := f.make(t, Healthy)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Send(ctx, c, f.text(1, "x"))
	if fail := failure(t, f, a, c, err); !fail.Certain {
		t.Errorf("cancelled before anything left, but uncertain: %v", fail)
	}
}
