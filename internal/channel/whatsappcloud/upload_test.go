package whatsappcloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

func sendFile(t *testing.T, a *Adapter, c channel.Connection, kind desk.MessageType, m *channel.OutgoingMedia) error {
	t.Helper()
	_, err := a.Send(t.Context(), c, channel.Outgoing{MessageID: 1, To: ana, Type: kind, Media: m})
	return err
}

func TestUploadWritesTheFile(t *testing.T) {
	for _, c := range []struct {
		kind                         desk.MessageType
		mime, name, wantMIME, wantAs string
	}{
		{desk.TypeDocument, "application/pdf", "nota fiscal.pdf", "application/pdf", "nota fiscal.pdf"},
		{desk.TypeDocument, "text/csv; charset=utf-8", "dados.csv", "text/plain", "dados.csv"},
		{desk.TypeDocument, "application/xml", "nfe.xml", "text/plain", "nfe.xml"},
		{desk.TypeVoice, "audio/ogg; codecs=opus", "voz.ogg", "audio/ogg", "voz.ogg"},
		{desk.TypeImage, "IMAGE/JPEG", `C:\fotos\a"b.jpg`, "image/jpeg", "ab.jpg"},
		{desk.TypeImage, "image/png", "../../etc/passwd", "image/png", "passwd"},
		{desk.TypeImage, "image/png", "a\r\nX-Evil: 1.png", "image/png", "aX-Evil: 1.png"},
		{desk.TypeImage, "image/png", "", "image/png", "image"},
		{desk.TypeDocument, "application/pdf", "relatório.pdf", "application/pdf", "relatório.pdf"},
	} {
		p := newPeer(t)
		if err := sendFile(t, adapter(t), p.connection(), c.kind, outgoing(c.mime, c.name, "the content")); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		r := p.last(metaapi.UploadMedia)
		if string(r.file) != "the content" || r.name != c.wantAs || r.kind != c.wantMIME || r.fields["type"] != c.wantMIME || r.fields["messaging_product"] != "whatsapp" {
			t.Errorf("%s: %q as %q of type %q, fields %v", c.name, r.file, r.name, r.kind, r.fields)
		}
	}
	long := fileName(strings.Repeat("é", 300)+".pdf", desk.TypeDocument)
	if n := len([]rune(long)); n != maxFileName || !strings.HasSuffix(long, ".pdf") {
		t.Errorf("long name of %d characters: …%s", n, long[len(long)-8:])
	}
}

// clocked is an adapter whose clock the test moves.
func clocked(t *testing.T) (*Adapter, func(time.Duration)) {
	now := time.UnixMilli(1795000000000)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	return New(Options{HTTP: client, Now: func() time.Time { return now }}), func(d time.Duration) { now = now.Add(d) }
}

func TestUploadsAreRemembered(t *testing.T) {
	p := newPeer(t)
	a, advance := clocked(t)
	uploads := func(want int, what string) {
		t.Helper()
		if got := p.number(metaapi.UploadMedia); got != want {
			t.Errorf("%s: %d uploads, want %d", what, got, want)
		}
	}
	send := func(c channel.Connection, m *channel.OutgoingMedia) {
		t.Helper()
		if err := sendFile(t, a, c, desk.TypeImage, m); err != nil {
			t.Fatal(err)
		}
	}
	photo := sample(desk.TypeImage)
	send(p.connection(), photo)
	send(p.connection(), photo)
	uploads(1, "the same file twice")
	other := p.connection()
	other.ID = 8
	send(other, photo)
	uploads(2, "another connection")
	moved := p.connection()
	moved.ExternalID = "100000000000009"
	send(moved, photo)
	uploads(3, "another number")
	send(p.connection(), outgoing("image/png", "x.png", "content of a image"))
	uploads(4, "another type")
	unnamed := outgoing("image/jpeg", "x.jpg", "y")
	unnamed.SHA256 = ""
	send(p.connection(), unnamed)
	send(p.connection(), unnamed)
	uploads(6, "files without a sum")
	advance(uploadLife - time.Second)
	send(p.connection(), photo)
	uploads(6, "after nearly 29 days")
	advance(time.Second)
	send(p.connection(), photo)
	uploads(7, "after 29 days")
}

// A remembered upload that Meta has forgotten is uploaded anew by the retry.
func TestForgottenUpload(t *testing.T) {
	p := newPeer(t)
	a := adapter(t)
	if err := sendFile(t, a, p.connection(), desk.TypeImage, sample(desk.TypeImage)); err != nil {
		t.Fatal(err)
	}
	p.failing(400, apiErrorBody(100, 0))
	err := sendFile(t, a, p.connection(), desk.TypeImage, sample(desk.TypeImage))
	if f := failureOf(t, err); !f.Retryable || !f.Certain {
		t.Errorf("remembered: %+v", f)
	}
	err = sendFile(t, a, p.connection(), desk.TypeImage, sample(desk.TypeImage))
	if f := failureOf(t, err); f.Retryable {
		t.Errorf("fresh: %+v", f)
	}
	p.answer = nil
	if err := sendFile(t, a, p.connection(), desk.TypeImage, sample(desk.TypeImage)); err != nil {
		t.Fatal(err)
	}
	if n := p.number(metaapi.UploadMedia); n != 2 {
		t.Errorf("%d uploads", n)
	}
}

// Whatever happens to an upload, no message has left.
func TestUploadFailuresAreCertain(t *testing.T) {
	broken := func(open func(context.Context) (io.ReadCloser, error)) *channel.OutgoingMedia {
		m := sample(desk.TypeImage)
		m.Open = open
		return m
	}
	upload := func(answer func(http.ResponseWriter)) func(*peer) {
		return func(p *peer) {
			p.answer = func(w http.ResponseWriter, r request) bool {
				if r.op == metaapi.UploadMedia {
					answer(w)
				}
				return r.op == metaapi.UploadMedia
			}
		}
	}
	for _, c := range []struct {
		name    string
		prepare func(*peer)
		media   *channel.OutgoingMedia
		key     string
		retry   bool
	}{
		{"kind refused", upload(func(w http.ResponseWriter) { write(w, 400, apiErrorBody(100, 0)) }), sample(desk.TypeImage), KeyMediaRefused, false},
		{"content refused", upload(func(w http.ResponseWriter) { write(w, 400, apiErrorBody(131053, 0)) }), sample(desk.TypeImage), KeyMediaRefused, false},
		{"gateway", upload(func(w http.ResponseWriter) { write(w, 502, "<html>") }), sample(desk.TypeImage), KeyProviderDown, true},
		{"hung up", upload(func(http.ResponseWriter) { panic(http.ErrAbortHandler) }), sample(desk.TypeImage), KeyNetwork, true},
		{"no id", upload(func(w http.ResponseWriter) { write(w, 200, `{}`) }), sample(desk.TypeImage), KeyUnreadableAnswer, true},
		{"file gone", nil, broken(func(context.Context) (io.ReadCloser, error) { return nil, errors.New("gone") }), KeyMediaMissing, true},
		{"no way to open", nil, broken(nil), KeyMediaMissing, false},
	} {
		p := newPeer(t)
		if c.prepare != nil {
			c.prepare(p)
		}
		err := sendFile(t, adapter(t), p.connection(), desk.TypeImage, c.media)
		if f := failureOf(t, err); f.Key != c.key || f.Retryable != c.retry || !f.Certain {
			t.Errorf("%s: %+v", c.name, f)
		}
		if p.number(metaapi.SendMessage) != 0 {
			t.Errorf("%s: a message was sent", c.name)
		}
	}
}

// tracked tells whether a file was closed.
type tracked struct {
	io.Reader
	closed chan struct{}
}

func (f tracked) Close() error { close(f.closed); return nil }

func TestUploadClosesTheFile(t *testing.T) {
	for _, down := range []bool{false, true} {
		p := newPeer(t)
		c := p.connection()
		if down {
			p.server.Close()
		}
		file := tracked{strings.NewReader("x"), make(chan struct{})}
		m := &channel.OutgoingMedia{MIME: "image/jpeg", Size: 1, Open: func(context.Context) (io.ReadCloser, error) { return file, nil }}
		_ = sendFile(t, adapter(t), c, desk.TypeImage, m)
		select {
		case <-file.closed:
		case <-time.After(5 * time.Second):
			t.Errorf("provider down %v: the file stays open", down)
		}
	}
}

func TestMemoriesAreBounded(t *testing.T) {
	now := time.UnixMilli(1795000000000)
	clock := func() time.Time { return now }
	u := newUploads(clock)
	for i := range maxUploads + 10 {
		u.put(uploadKey{sha256: fmt.Sprint(i)}, "id")
		if _, ok := u.get(uploadKey{sha256: "0"}); !ok {
			t.Fatalf("the file used all the time is forgotten at %d", i)
		}
	}
	if len(u.byKey) != maxUploads || u.order.Len() != maxUploads {
		t.Errorf("%d uploads remembered", len(u.byKey))
	}
	if _, ok := u.get(uploadKey{sha256: "1"}); ok {
		t.Error("the least used file is still there")
	}
	p := newPairs(clock)
	for i := range maxPairs {
		p.limited(pairKey{to: fmt.Sprint(i)})
	}
	now = now.Add(2 * pairMemory)
	p.limited(pairKey{to: "new"})
	if len(p.hit) != 1 {
		t.Errorf("%d old pairs kept", len(p.hit))
	}
	for i := range 2 * maxPairs {
		p.limited(pairKey{to: fmt.Sprint(i)})
	}
	if len(p.hit) > maxPairs {
		t.Errorf("%d pairs", len(p.hit))
	}
}
