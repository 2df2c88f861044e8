package inbound_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func sqlite(t testing.TB) *dbx.DB { return testkit.SQLite(t) }

func picture(t *testing.T) (file []byte, sha string) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 640, 400))); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return b.Bytes(), hex.EncodeToString(sum[:])
}

func (w *world) image(id, sha string) {
	w.t.Helper()
	w.ok(hook(number, list("messages", w.item(ana, id, "image", fmt.Sprintf(`"image":{"id":"9001","mime_type":"image/png","sha256":%q,"caption":"foto"}`, sha)))))
}

func (w *world) file(providerID string) desk.Media {
	w.t.Helper()
	list, err := w.s.MessageMedia(w.db.Read(w.t.Context()), w.account, w.message(providerID).ID)
	if err != nil || len(list) != 1 {
		w.t.Fatalf("%d files, %v", len(list), err)
	}
	return list[0]
}

func TestReceivedFileIsFetchedAndAnnounced(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		body, sha := picture(t)
		w.adapter.fetch = func(id string) (channel.Fetched, error) {
			if id != "9001" {
				return channel.Fetched{}, &channel.Failure{Key: "media_missing"}
			}
			return fetched(body, sha)
		}
		w.image("wamid.1", sha)
		if f := w.file("wamid.1"); f.State != desk.MediaPending || f.SHA256 != "" {
			t.Fatalf("%+v", f)
		}
		told := make(chan desk.Event, 10)
		t.Cleanup(w.bus.Subscribe("test", 10, func(e desk.Event) {
			if e.MessageID != 0 {
				told <- e
			}
		}))
		w.run()
		w.wait("the file", func() bool { return w.file("wamid.1").State == desk.MediaReady })
		f, m := w.file("wamid.1"), w.message("wamid.1")
		if f.SHA256 != sha || f.Width != 640 || f.Height != 400 || f.MIME != "image/png" || f.ThumbSHA == "" || f.Size != int64(len(body)) || f.Kind != desk.TypeImage {
			t.Errorf("%+v", f)
		}
		if m.Body != "foto" || m.Rev != 2 {
			t.Errorf("%+v", m)
		}
		if e := <-told; e.MessageID != m.ID || e.After == nil || e.After.QueueID != w.queue {
			t.Errorf("announced %+v", e)
		}
		if r, err := w.files.Open(w.account, sha); err != nil {
			t.Error(err)
		} else {
			_ = r.Close()
		}
		if n := w.count("blob"); n != 2 {
			t.Errorf("%d blobs, want file and thumbnail", n)
		}
	})
}

func TestFileIsTriedAgainThenGivenUp(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		body, sha := picture(t)
		var calls atomic.Int32
		w.adapter.fetch = func(string) (channel.Fetched, error) {
			switch calls.Add(1) {
			case 1:
				return channel.Fetched{}, &channel.Failure{Retryable: true, Key: "network", Err: errNetwork}
			case 2:
				return fetched(body[:len(body)/2], "") // cut short
			}
			return fetched(body, sha)
		}
		w.image("wamid.1", sha)
		w.run()
		w.wait("the file", func() bool {
			w.clock.Advance(10 * time.Second)
			w.jobs.Wake()
			return w.file("wamid.1").State == desk.MediaReady
		})
		if calls.Load() != 3 {
			t.Errorf("%d calls", calls.Load())
		}
	})
}

func TestFileThatCannotComeIsMarked(t *testing.T) {
	for name, c := range map[string]struct {
		fetch func() (channel.Fetched, error)
		want  string
	}{
		"refused": {func() (channel.Fetched, error) {
			return channel.Fetched{}, &channel.Failure{Certain: true, Key: "media_missing"}
		}, "media_missing"},
		"too large": {func() (channel.Fetched, error) { f, _ := fetched([]byte("x"), ""); f.Size = 101 << 20; return f, nil }, "media_too_large"},
		"empty":     {func() (channel.Fetched, error) { return fetched(nil, "") }, "media_empty"},
		"other":     {func() (channel.Fetched, error) { return fetched([]byte("something else"), "") }, "media_checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(t *testing.T, w *world) {
				_, sha := picture(t)
				w.adapter.fetch = func(string) (channel.Fetched, error) { return c.fetch() }
				w.image("wamid.1", sha)
				w.run()
				w.wait("the mark", func() bool {
					w.clock.Advance(2 * time.Hour)
					w.jobs.Wake()
					return w.file("wamid.1").State == desk.MediaFailed
				})
				if f := w.file("wamid.1"); f.Error != c.want || f.SHA256 != "" {
					t.Errorf("%+v, want %s", f, c.want)
				}
			})
		})
	}
}
