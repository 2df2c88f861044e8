package sandbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
	"github.com/prosa-desk/prosa/internal/testkit/metaapi"
)

type fetched struct {
	status int
	mime   string
	sha    string // promised
	data   []byte
}

// fetch resolves and downloads a file as an app would.
func (w *world) fetch(id string) fetched {
	w.t.Helper()
	r := w.ask(&metaapi.ResolveMedia, "GET", id, "")
	if r.status != 200 {
		w.t.Fatalf("resolve: %d %s", r.status, r.raw)
	}
	f := w.download(r.body["url"].(string), token)
	f.sha = r.body["sha256"].(string)
	return f
}

func (w *world) download(url, token string) fetched {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, url, nil)
	w.must(err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := w.graph.Client().Do(req)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	w.must(err)
	return fetched{status: res.StatusCode, mime: res.Header.Get("Content-Type"), data: data}
}

func TestUploadResolveDownloadDelete(t *testing.T) {
	each(t, func(w *world) {
		large := append(bytes.Clone(pngFile), bytes.Repeat([]byte("0123456789abcdef"), 1<<16)...) // over two chunks
		id := w.uploaded("image/png", large)
		got := w.fetch(id)
		sum := sha256.Sum256(large)
		if got.status != 200 || got.mime != "image/png" || got.sha != hex.EncodeToString(sum[:]) || !bytes.Equal(got.data, large) {
			w.t.Errorf("fetched %d bytes of %s, %s", len(got.data), got.mime, got.sha)
		}
		if r := w.ask(nil, "GET", id+"?phone_number_id="+pnid, ""); r.status != 200 {
			w.t.Errorf("with the number's id: %s", r.raw)
		}
		if r := w.ask(nil, "GET", id+"?phone_number_id=1", ""); r.code() != 100 {
			w.t.Errorf("with another number's id: %s", r.raw)
		}
		url := w.ask(nil, "GET", id, "").body["url"].(string)
		for name, c := range map[string]struct {
			url, token string
			status     int
		}{
			"without token":    {url, "", 401},
			"with another one": {url, "x", 401},
			"forged":           {strings.Replace(url, "hash=", "hash=0", 1), token, 404},
			"of another file":  {strings.Replace(url, "mid="+id, "mid=5", 1), token, 404},
			"genuine":          {url, token, 200},
		} {
			if f := w.download(c.url, c.token); f.status != c.status {
				w.t.Errorf("%s: %d, want %d", name, f.status, c.status)
			}
		}
		w.clock.Advance(5*time.Minute + time.Second)
		if f := w.download(url, token); f.status != 404 {
			w.t.Errorf("after five minutes: %d", f.status)
		}
		if f := w.fetch(id); f.status != 200 {
			w.t.Errorf("resolved again: %d", f.status)
		}
		if r := w.ask(nil, "DELETE", id, ""); r.body["success"] != true {
			w.t.Errorf("delete: %s", r.raw)
		}
		if r := w.ask(nil, "GET", id, ""); r.code() != 100 || r.subcode() != 33 {
			w.t.Errorf("deleted: %s", r.raw)
		}
		if r := w.ask(nil, "DELETE", id, ""); r.subcode() != 33 {
			w.t.Errorf("deleted twice: %s", r.raw)
		}
	})
}

func TestUploadsExpire(t *testing.T) {
	each(t, func(w *world) {
		id := w.uploaded("image/png", pngFile)
		w.clock.Advance(30*24*time.Hour + time.Second)
		if r := w.ask(nil, "GET", id, ""); r.subcode() != 33 {
			w.t.Errorf("after 30 days: %s", r.raw)
		}
		w.uploaded("image/png", pngFile)
		var left int
		w.must(w.db.Read(w.t.Context()).QueryRow(`SELECT count(*) FROM sandbox_media_chunk`).Scan(&left))
		if left != 1 {
			w.t.Errorf("%d chunks, want that of the new file alone", left)
		}
	})
}

func TestUploadRefuses(t *testing.T) {
	each(t, func(w *world) {
		for name, c := range map[string]struct {
			mime string
			data []byte
			code int
		}{
			"gif":             {"image/gif", []byte("GIF89a"), 100},
			"not a png":       {"image/png", []byte("hello"), 131053},
			"empty":           {"image/png", nil, 131053},
			"image too large": {"image/png", append(bytes.Clone(pngFile), make([]byte, 5<<20)...), 131053},
		} {
			if r := w.upload(c.mime, c.data); r.code() != c.code {
				w.t.Errorf("%s: %d %s, want %d", name, r.status, r.raw, c.code)
			}
		}
		if r := w.ask(nil, "POST", pnid+"/media", `{"messaging_product":"whatsapp"}`); r.code() != 100 {
			w.t.Errorf("no form: %s", r.raw)
		}
		var kept int
		w.must(w.db.Read(w.t.Context()).QueryRow(`SELECT count(*) FROM sandbox_media_chunk`).Scan(&kept))
		if kept != 0 {
			w.t.Errorf("%d chunks of refused files are kept", kept)
		}
	})
}

func TestSendMedia(t *testing.T) {
	each(t, func(w *world) {
		w.says("Oi")
		image, voice := w.uploaded("image/png", pngFile), w.uploaded("audio/ogg; codecs=opus", oggFile)
		w.accepted(fmt.Sprintf(`"type":"image","image":{"id":%q,"caption":"Foto"}`, image))
		w.accepted(fmt.Sprintf(`"type":"audio","audio":{"id":%q,"voice":true}`, voice))
		w.accepted(fmt.Sprintf(`"type":"document","document":{"id":%q,"filename":"nota.png"}`, image))
		w.refused(131009, `"type":"image","image":{"id":"123"}`)
		w.flow(time.Second)
		if got := w.steps(); strings.Count(got, "delivered") != 3 || strings.Contains(got, "failed") {
			w.t.Errorf("statuses %q", got)
		}
		books := w.ledger()
		if v := books[1].View; v.Body != "Foto" || v.Media.Kind != "image" || v.Media.MIME != "image/png" {
			w.t.Errorf("image %+v", v.Media)
		}
		if v := books[2].View; !v.Media.Voice || v.Media.Kind != "voice" {
			w.t.Errorf("voice %+v", v.Media)
		}
		if v := books[3].View; v.Media.Name != "nota.png" {
			w.t.Errorf("document %+v", v.Media)
		}
		w.accepted(fmt.Sprintf(`"type":"sticker","sticker":{"id":%q}`, image))
		w.flow(time.Second)
		list := w.statuses()
		last := list[len(list)-1]
		if last["status"] != "failed" || last["errors"].([]any)[0].(map[string]any)["code"] != 131053.0 {
			w.t.Errorf("a picture as sticker: %v", last)
		}
	})
}

func TestMediaByLink(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/foto.png" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(pngFile)
		}))
		t.Cleanup(site.Close)
		w := newWorld(t, db)
		w.says("Oi")
		w.flow(time.Second)
		use := func(path string) string {
			return fmt.Sprintf(`"type":"image","image":{"link":"%s/%s"}`, site.URL, path)
		}
		w.accepted(use("foto.png")) // no way out
		w.flow(time.Second)
		if code := w.failedCode(); code != 131053 {
			t.Errorf("code %d", code)
		}
		w.links = site.Client()
		w.restart()
		w.accepted(use("foto.png"))
		w.accepted(use("nada.png"))
		w.flow(time.Second)
		if got := w.steps(); strings.Count(got, "failed") != 2 || strings.Count(got, "delivered") != 1 {
			t.Errorf("statuses %q", got)
		}
		if v := w.ledger()[2].View.Media; v == nil || v.Size != int64(len(pngFile)) {
			t.Errorf("file %+v", v)
		}
	})
}
