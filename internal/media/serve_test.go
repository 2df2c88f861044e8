package media

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

func serve(t *testing.T, d *Disk, m desk.Media, part Part, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	for k, v := range header {
		r.Header[k] = v
	}
	if err := d.Serve(w, r, m, part); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestOnlyHarmlessKindsAreShownInTheBrowser(t *testing.T) {
	d := newDisk(t)
	for _, c := range []struct {
		file              []byte
		inline            bool
		mime, disposition string
	}{
		{jpegFile(t, 4, 4), true, "image/jpeg", "inline"},
		{opusFile(1, 1), true, "audio/ogg", "inline"},
		{mp4File("isom", track(64, 64, false)), true, "video/mp4", "inline"},
		{[]byte("%PDF-1.4\n"), false, "application/pdf", "attachment"},
		{[]byte("<!DOCTYPE html><script>alert(1)</script>"), false, "application/octet-stream", "attachment"},
		{[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), false, "application/octet-stream", "attachment"},
		{[]byte("plain words"), false, "application/octet-stream", "attachment"},
	} {
		m := save(t, d, c.file)
		w := serve(t, d, m, Whole, nil)
		h := w.Header()
		if w.Code != 200 || w.Body.String() != string(c.file) {
			t.Errorf("%s: %d", m.MIME, w.Code)
		}
		if h.Get("Content-Type") != c.mime || h.Get("Content-Disposition") != c.disposition {
			t.Errorf("%s is served as %q, %q", m.MIME, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") ||
			!strings.HasPrefix(h.Get("Cache-Control"), "private") {
			t.Errorf("%s: headers %v", m.MIME, h)
		}
	}
}

func TestNamesCannotBreakOutOfTheHeader(t *testing.T) {
	d := newDisk(t)
	m := save(t, d, []byte("%PDF-1.4\n"))
	for name, want := range map[string]string{
		"nota.pdf":                    `attachment; filename=nota.pdf`,
		"relação nº 1.pdf":            `attachment; filename*=utf-8''rela%C3%A7%C3%A3o%20n%C2%BA%201.pdf`,
		"a\"b\r\nSet-Cookie: x=1.pdf": `attachment; filename="a\"b__Set-Cookie: x=1.pdf"`,
		"../../etc/passwd":            `attachment; filename=.._.._etc_passwd`,
	} {
		m.Name = name
		if got := serve(t, d, m, Whole, nil).Header().Get("Content-Disposition"); got != want {
			t.Errorf("%q: %s", name, got)
		}
	}
}

func TestServeRangesEtagsAndThumbnails(t *testing.T) {
	d := newDisk(t)
	m := save(t, d, jpegFile(t, 800, 600))
	w := serve(t, d, m, Whole, http.Header{"Range": {"bytes=2-5"}})
	if w.Code != http.StatusPartialContent || w.Body.Len() != 4 {
		t.Errorf("range: %d, %d bytes", w.Code, w.Body.Len())
	}
	etag := w.Header().Get("ETag")
	if w := serve(t, d, m, Whole, http.Header{"If-None-Match": {etag}}); w.Code != http.StatusNotModified {
		t.Errorf("etag %s: %d", etag, w.Code)
	}
	if w := serve(t, d, m, Thumb, nil); w.Header().Get("Content-Type") != "image/jpeg" || w.Header().Get("ETag") == etag || w.Body.Len() == 0 {
		t.Errorf("thumbnail: %v", w.Header())
	}
	m.ThumbSHA = ""
	err := d.Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), m, Thumb)
	if desk.CodeOf(err) != desk.CodeNotFound {
		t.Errorf("no thumbnail: %v", err)
	}
}

func TestSignedLinksAreBoundAndExpire(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s := Signer{Key: []byte("secret"), Now: func() time.Time { return now }}
	q := s.Sign(1, 2, Whole, time.Minute)
	if !s.Valid(1, 2, Whole, q) {
		t.Fatal("a fresh link is refused")
	}
	if s.Valid(9, 2, Whole, q) || s.Valid(1, 9, Whole, q) || s.Valid(1, 2, Thumb, q) {
		t.Error("the link opens something else")
	}
	if other := (Signer{Key: []byte("other"), Now: s.Now}); other.Valid(1, 2, Whole, q) {
		t.Error("another key accepts it")
	}
	longer := s.Sign(1, 2, Whole, time.Hour)
	longer.Set("signature", q.Get("signature"))
	if s.Valid(1, 2, Whole, longer) {
		t.Error("the time can be changed")
	}
	now = now.Add(time.Minute + time.Second)
	if s.Valid(1, 2, Whole, q) {
		t.Error("the link is good for ever")
	}
}
