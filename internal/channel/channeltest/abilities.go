package channeltest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

func deadline(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// media: a received file comes whole; one that does not exist is a certain,
// typed failure.
func media(t *testing.T, f Fixture) {
	a, c := f.make(t, Healthy)
	fetcher, ok := a.(channel.MediaFetcher)
	if !ok {
		t.Skip("the channel's media need no fetching")
	}
	got, err := fetcher.Fetch(t.Context(), c, f.MediaID)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(got.Body)
	if errClose := got.Body.Close(); err != nil || errClose != nil {
		t.Fatal(err, errClose)
	}
	if !bytes.Equal(content, f.MediaBytes) {
		t.Errorf("%d bytes, want %d", len(content), len(f.MediaBytes))
	}
	if got.Size >= 0 && got.Size != int64(len(f.MediaBytes)) {
		t.Errorf("size %d", got.Size)
	}
	if got.SHA256 != "" && (len(got.SHA256) != 64 || strings.ToLower(got.SHA256) != got.SHA256) {
		t.Errorf("sha256 %q is not lower-case hex", got.SHA256)
	}
	for _, id := range []string{"", "does-not-exist", "../secret", "a/b?c=d"} {
		if got, err := fetcher.Fetch(t.Context(), c, id); err == nil {
			got.Body.Close()
			t.Errorf("id %q was found", id)
		} else if fail := failure(t, f, a, c, err); !fail.Certain {
			t.Errorf("id %q: uncertain: %v", id, fail)
		}
	}
}

// health: a check tells a good connection from wrong credentials, and an
// unreachable provider from both.
func health(t *testing.T, f Fixture) {
	for mode, want := range map[Mode]desk.ConnectionState{Healthy: desk.Connected, Denied: desk.AuthFailed, Unreachable: ""} {
		t.Run(string(mode), func(t *testing.T) {
			a, c := f.make(t, mode)
			p, ok := a.(channel.Prober)
			if !ok {
				t.Skip("the channel can't be checked")
			}
			h, err := p.Check(t.Context(), c)
			if want == "" {
				if fail := failure(t, f, a, c, err); !fail.Retryable {
					t.Errorf("not retryable: %v", fail)
				}
				return
			}
			if err != nil || h.State != want {
				t.Errorf("state %q, error %v; want %q", h.State, err, want)
			}
			if (h.Reason == "") != (want == desk.Connected) {
				t.Errorf("state %q with reason %q", h.State, h.Reason)
			}
		})
	}
}

// templates: every page comes, every template is complete, an error of the
// caller ends it, and create and delete work.
func templates(t *testing.T, f Fixture) {
	a, c := f.make(t, Healthy)
	source, ok := a.(channel.TemplateSource)
	if !ok {
		t.Skip("the channel has no templates")
	}
	count := 0
	err := source.Templates(t.Context(), c, func(page []desk.Template) error {
		for _, tmpl := range page {
			count++
			if tmpl.Name == "" || tmpl.Language == "" || tmpl.Status != strings.ToUpper(tmpl.Status) || tmpl.ProviderID == "" || tmpl.GroupID != c.GroupID {
				t.Errorf("incomplete template %+v", tmpl)
			}
		}
		return nil
	})
	if err != nil || count == 0 {
		t.Fatalf("%d templates, %v", count, err)
	}
	stop := errors.New("stop")
	if err := source.Templates(t.Context(), c, func([]desk.Template) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error became %v", err)
	}
	made, err := source.CreateTemplate(t.Context(), c, desk.Template{
		Name: "novo_modelo", Language: "pt_BR", Category: "UTILITY", ParameterFormat: "POSITIONAL",
		Components: []desk.TemplateComponent{{Type: "BODY", Text: "Seu pedido saiu."}},
	})
	if err != nil || made.ProviderID == "" || made.Status == "" || made.Name != "novo_modelo" {
		t.Fatalf("created %+v, %v", made, err)
	}
	if err := source.DeleteTemplate(t.Context(), c, made); err != nil {
		t.Error(err)
	}
	denied, c := f.make(t, Denied)
	err = denied.(channel.TemplateSource).Templates(t.Context(), c, func([]desk.Template) error { return nil })
	if fail := failure(t, f, denied, c, err); !fail.AuthFailed || !fail.Certain {
		t.Errorf("denied: %v", fail)
	}
}

// receipts: reading and typing are told, and a refusal is typed.
func receipts(t *testing.T, f Fixture) {
	a, c := f.make(t, Healthy)
	marker, ok := a.(channel.ReadMarker)
	if ok != a.Capabilities(c).Receipts {
		t.Fatalf("receipts declared %v, able %v", a.Capabilities(c).Receipts, ok)
	}
	if !ok {
		t.Skip("the channel has no receipts")
	}
	for _, typing := range []bool{false, true} {
		if err := marker.MarkRead(t.Context(), c, f.KnownID, typing); err != nil {
			t.Errorf("typing %v: %v", typing, err)
		}
	}
	denied, c := f.make(t, Denied)
	err := denied.(channel.ReadMarker).MarkRead(t.Context(), c, f.KnownID, false)
	if fail := failure(t, f, denied, c, err); !fail.AuthFailed {
		t.Errorf("denied: %v", fail)
	}
}
