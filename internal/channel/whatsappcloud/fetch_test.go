package whatsappcloud

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

func TestFetch(t *testing.T) {
	p := newPeer(t)
	got, err := adapter(t).Fetch(t.Context(), p.connection(), "9001")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	if err != nil || string(content) != "file 9001" {
		t.Errorf("%q, %v", content, err)
	}
	if got.MIME != "image/jpeg" || got.Size != 9 || got.SHA256 != "49f227634806293b0995459bc310b593e1400f41591efcf07e9bced335f41942" {
		t.Errorf("%+v", got)
	}
	if r := p.last(metaapi.ResolveMedia); r.query["phone_number_id"][0] != testPhone {
		t.Errorf("query %v", r.query)
	}
}

// fileServer answers downloads with the given statuses in turn, 200 at last.
func fileServer(p *peer, answers ...int) {
	p.answer = func(w http.ResponseWriter, r request) bool {
		if !strings.HasPrefix(r.path, "/file/") || len(answers) == 0 {
			return false
		}
		status := answers[0]
		answers = answers[1:]
		if status >= 300 && status < 400 {
			w.Header().Set("Location", p.server.URL+"/file/9001")
		}
		write(w, status, "")
		return true
	}
}

func TestFetchAsksAgainForAnExpiredURL(t *testing.T) {
	p := newPeer(t)
	fileServer(p, 404)
	got, err := adapter(t).Fetch(t.Context(), p.connection(), "9001")
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	if n := p.number(metaapi.ResolveMedia); n != 2 {
		t.Errorf("resolved %d times", n)
	}
}

func TestFetchFailures(t *testing.T) {
	for _, c := range []struct {
		name           string
		prepare        func(*peer)
		id, key        string
		retry, auth    bool
		resolved, file int
	}{
		{name: "gone twice", prepare: func(p *peer) { fileServer(p, 404, 404) }, id: "9001", key: KeyMediaUnfetchable, resolved: 2, file: 2},
		{name: "unknown", id: "404", key: KeyMediaMissing, resolved: 1},
		{name: "not an id", id: "9001/../x", key: KeyMediaMissing},
		{name: "host down", prepare: func(p *peer) { fileServer(p, 503) }, id: "9001", key: KeyProviderDown, retry: true, resolved: 1, file: 1},
		{name: "host refuses", prepare: func(p *peer) { fileServer(p, 403) }, id: "9001", key: KeyMediaUnfetchable, resolved: 1, file: 1},
		{name: "round and round", prepare: func(p *peer) { fileServer(p, 302, 302, 302) }, id: "9001", key: KeyMediaUnfetchable, resolved: 1, file: 3},
		{name: "token refused", prepare: func(p *peer) {
			p.answer = func(w http.ResponseWriter, _ request) bool { write(w, 401, apiErrorBody(190, 0)); return true }
		}, id: "9001", key: KeyAuthFailed, auth: true, resolved: 1},
		{name: "odd answer", prepare: func(p *peer) {
			p.answer = func(w http.ResponseWriter, _ request) bool { write(w, 200, `{"url":5}`); return true }
		}, id: "9001", key: KeyUnreadableAnswer, retry: true, resolved: 1},
		{name: "no url", prepare: func(p *peer) {
			p.answer = func(w http.ResponseWriter, _ request) bool { write(w, 200, `{}`); return true }
		}, id: "9001", key: KeyMediaUnfetchable, resolved: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			if c.prepare != nil {
				c.prepare(p)
			}
			_, err := adapter(t).Fetch(t.Context(), p.connection(), c.id)
			if f := failureOf(t, err); f.Key != c.key || f.Retryable != c.retry || f.AuthFailed != c.auth || !f.Certain {
				t.Errorf("%+v", f)
			}
			files := 0
			for _, r := range p.requests() {
				if strings.HasPrefix(r.path, "/file/") {
					files++
				}
			}
			if n := p.number(metaapi.ResolveMedia); n != c.resolved || files != c.file {
				t.Errorf("resolved %d times, downloaded %d times", n, files)
			}
		})
	}
}

// The token goes to Meta and to the configured host, nowhere else: neither by
// the address that is named nor by a redirect.
func TestFetchKeepsTheTokenAtHome(t *testing.T) {
	foreign := newPeer(t) // another origin: the port differs
	p := newPeer(t)
	p.answer = func(w http.ResponseWriter, r request) bool {
		if r.op != metaapi.ResolveMedia {
			return false
		}
		write(w, 200, `{"url":"`+foreign.server.URL+`/file/9001"}`)
		return true
	}
	if _, err := adapter(t).Fetch(t.Context(), p.connection(), "9001"); failureOf(t, err).Key != KeyMediaUnfetchable {
		t.Error(err)
	}
	q := newPeer(t)
	q.answer = func(w http.ResponseWriter, r request) bool {
		if !strings.HasPrefix(r.path, "/file/") {
			return false
		}
		w.Header().Set("Location", foreign.server.URL+"/file/9001")
		write(w, 302, "")
		return true
	}
	if _, err := adapter(t).Fetch(t.Context(), q.connection(), "9001"); failureOf(t, err).Key != KeyMediaUnfetchable {
		t.Error(err)
	}
	if n := len(foreign.requests()); n != 0 {
		t.Errorf("%d requests to a foreign host", n)
	}
}

func TestTrustedHosts(t *testing.T) {
	real, _ := New(Options{}).account(connection("https://graph.facebook.com"))
	local, _ := New(Options{}).account(connection("http://127.0.0.1:8080/meta"))
	for _, c := range []struct {
		acc     account
		address string
		want    bool
	}{
		{real, "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", true},
		{real, "https://graph.facebook.com/v25.0/1", true},
		{real, "https://scontent.xx.fbcdn.net/v/t1", true},
		{real, "https://LOOKASIDE.FBSBX.COM:443/x", true},
		{real, "http://lookaside.fbsbx.com/x", false},
		{real, "https://lookaside.fbsbx.com:8443/x", false},
		{real, "https://fbsbx.com.evil.test/x", false},
		{real, "https://evilfbsbx.com/x", false},
		{real, "https://lookaside.fbsbx.com@evil.test/x", false},
		{real, "https://user:pw@lookaside.fbsbx.com/x", false},
		{real, "https://169.254.169.254/latest/meta-data", false},
		{real, "http://127.0.0.1:8080/x", false},
		{real, "file:///etc/passwd", false},
		{real, "/relative", false},
		{real, "", false},
		{local, "http://127.0.0.1:8080/media/1", true},
		{local, "http://127.0.0.1:9090/media/1", false},
		{local, "https://127.0.0.1:8080/media/1", false},
		{local, "https://lookaside.fbsbx.com/x", true},
	} {
		u, err := url.Parse(c.address)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.acc.trusts(u); got != c.want {
			t.Errorf("%s from %s: %v", c.address, c.acc.base, got)
		}
	}
}

func TestMarkRead(t *testing.T) {
	p := newPeer(t)
	a := adapter(t)
	for typing, want := range map[bool]string{
		false: `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN"}`,
		true:  `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN","typing_indicator":{"type":"text"}}`,
	} {
		if err := a.MarkRead(t.Context(), p.connection(), "wamid.IN", typing); err != nil {
			t.Fatal(err)
		}
		if got := string(p.last(metaapi.SendMessage).body); got != want {
			t.Errorf("typing %v: %s", typing, got)
		}
	}
	p.failing(500, "<html>")
	err := a.MarkRead(t.Context(), p.connection(), "wamid.IN", false)
	if f := failureOf(t, err); !f.Certain || !f.Retryable {
		t.Errorf("reading twice changes nothing, yet %+v", f)
	}
	if err := a.MarkRead(t.Context(), channel.Connection{}, "wamid.IN", false); failureOf(t, err).Key != KeyAuthFailed {
		t.Error(err)
	}
}
