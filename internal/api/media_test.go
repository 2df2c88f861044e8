package api

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	mediastore "github.com/prosa-desk/prosa/internal/media"
)

// picture is a PNG of some size.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// form builds a multipart body; fields come in pairs before the file.
func form(t testing.TB, name string, data []byte, fields ...string) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := m.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if data != nil {
		h := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}, "Content-Type": {"text/html"}}
		part, err := m.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, m.FormDataContentType()
}

func (w *world) upload(a actorOf, name string, data []byte, fields ...string) reply {
	w.t.Helper()
	in, kind := form(w.t, name, data, fields...)
	return w.call(a, "POST", "/media", in, "Content-Type", kind)
}

func TestMediaUpload(t *testing.T) {
	w := newWorld(t, testDB(t))
	got := w.upload(w.ana, `C:\fotos\tampo.png`, picture(t, 800, 600)).want(201)
	if got.str("mime") != "image/png" || got.str("kind") != "image" || got.at("width") != float64(800) || got.str("name") != "tampo.png" || got.str("thumb_url") == "" {
		t.Errorf("uploaded: %s", got.text)
	}
	file := w.call(w.ana, "GET", got.str("url"), nil).want(200)
	if file.header.Get("Content-Type") != "image/png" || !bytes.Equal(file.text, picture(t, 800, 600)) {
		t.Errorf("file: %v", file.header)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"} {
		if file.header.Get(name) != want {
			t.Errorf("%s: %q", name, file.header.Get(name))
		}
	}
	if d := w.call(w.ana, "GET", got.str("url")+"?download=true", nil).want(200).header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("download: %q", d)
	}
	if part := w.call(w.ana, "GET", got.str("url"), nil, "Range", "bytes=0-9"); part.status != 206 || len(part.text) != 10 {
		t.Errorf("range: %d, %d bytes", part.status, len(part.text))
	}
	if thumb := w.call(w.ana, "GET", got.str("thumb_url"), nil).want(200); thumb.header.Get("Content-Type") != "image/jpeg" || len(thumb.text) == 0 {
		t.Errorf("thumb: %v", thumb.header)
	}
	w.call(w.nobody, "GET", got.str("url"), nil).refused(401, desk.CodeUnauthorized, "")
	page := w.upload(w.ana, "nota.html", []byte("<!doctype html><script>alert(1)</script>")).want(201)
	shown := w.call(w.ana, "GET", page.str("url"), nil).want(200)
	if !strings.HasPrefix(shown.header.Get("Content-Disposition"), "attachment") || strings.Contains(shown.header.Get("Content-Type"), "html") {
		t.Errorf("a page is shown: %v", shown.header)
	}
}

func TestMediaRefusals(t *testing.T) {
	w := newWorld(t, testDB(t))
	w.call(w.elisa, "PATCH", "/settings", map[string]any{"max_media_mb": 1, "max_document_mb": 1}).want(200)
	w.upload(w.ana, "vazio.txt", []byte{}).refused(422, desk.CodeMediaEmpty, "body.file")
	w.upload(w.ana, "", nil).refused(422, desk.CodeRequired, "body.file")
	w.upload(w.ana, "x.txt", []byte("x"), "nope", "1").refused(422, desk.CodeUnknownField, "body.nope")
	w.upload(w.ana, "x.txt", []byte("x"), "kind", "order").refused(422, desk.CodeInvalid, "body.kind")
	for _, size := range []int{megabyte + 1, 4 * megabyte} { // beyond the limit, and beyond what is read of the request
		got := w.upload(w.ana, "grande.bin", bytes.Repeat([]byte{7}, size))
		got.refused(422, desk.CodeMediaTooLarge, "body.file")
		if got.at("params", "max") != float64(megabyte) {
			t.Errorf("the limit is not told: %s", got.text)
		}
	}
	w.call(w.ana, "POST", "/media", strings.NewReader("{}")).refused(400, desk.CodeMalformed, "")
	in, kind := form(t, "x.bin", bytes.Repeat([]byte{7}, 1000))
	broken, _ := io.ReadAll(in)
	w.call(w.ana, "POST", "/media", bytes.NewReader(broken[:len(broken)/2]), "Content-Type", kind).refused(400, desk.CodeMalformed, "")
	w.call(w.ana, "GET", "/media/9", nil).refused(404, desk.CodeNotFound, "")
}

// Signed URLs work without a session, for their file and part, for a time.
func TestSignedMedia(t *testing.T) {
	w := newWorld(t, testDB(t))
	up := w.upload(w.ana, "tampo.png", picture(t, 800, 600)).want(201)
	file := must(desk.ParseID(up.str("id")))(t)
	other := w.upload(w.ana, "outra.png", picture(t, 700, 600)).want(201)
	link := func(part mediastore.Part, d time.Duration) string {
		q := w.server.signer.Sign(w.account, file, part, d)
		q.Set("account", w.account.String())
		return "?" + q.Encode()
	}
	w.call(w.nobody, "GET", up.str("url")+link(mediastore.Whole, time.Minute), nil).want(200)
	w.call(w.nobody, "GET", up.str("thumb_url")+link(mediastore.Thumb, time.Minute), nil).want(200)
	for _, bad := range []string{
		up.str("url") + link(mediastore.Thumb, time.Minute), other.str("url") + link(mediastore.Whole, time.Minute),
		up.str("url") + link(mediastore.Whole, -time.Minute), up.str("url") + "?signature=x&expires=1&account=" + w.account.String(),
	} {
		w.call(w.nobody, "GET", bad, nil).refused(404, desk.CodeNotFound, "")
	}
}

// A file sent on a ticket belongs to those who see the ticket; one the channel
// refuses is not sent.
func TestMediaOfMessages(t *testing.T) {
	w := newWorld(t, testDB(t))
	chat := w.customer(w.line("Loja", w.vendas), "5541998124470", "Mariana")
	ticket := w.says(chat, "Oi")
	w.call(w.ana, "POST", ticket+"/accept", nil).want(200)
	photo := w.upload(w.ana, "tampo.png", picture(t, 300, 200)).want(201)
	send := map[string]any{"type": "image", "media_id": photo.str("id"), "body": "O tampo novo"}
	sent := w.call(w.ana, "POST", ticket+"/messages", send, key()...).want(201)
	if sent.str("media", 0, "id") != photo.str("id") || sent.at("media", 0, "width") != float64(300) {
		t.Errorf("sent: %s", sent.text)
	}
	w.reaches(sent.str("id"), "delivered")
	w.call(w.bia, "GET", photo.str("url"), nil).want(200)
	w.call(w.bruno, "GET", photo.str("url"), nil).refused(404, desk.CodeNotFound, "")
	w.call(w.bruno, "GET", photo.str("url")+"/thumb", nil).refused(404, desk.CodeNotFound, "")
	w.call(w.ana, "POST", ticket+"/messages", send, key()...).refused(422, desk.CodeUnknownReference, "body.media_id")
	theirs := w.upload(w.bia, "outra.png", picture(t, 30, 20)).want(201)
	send["media_id"] = theirs.str("id")
	w.call(w.ana, "POST", ticket+"/messages", send, key()...).refused(422, desk.CodeUnknownReference, "body.media_id")
	text := w.upload(w.ana, "nota.txt", []byte("duas linhas\nde texto")).want(201)
	w.call(w.ana, "POST", ticket+"/messages", map[string]any{"type": "image", "media_id": text.str("id")}, key()...).refused(422, desk.CodeMediaKind, "body.media_id")
	// The customer sends one too.
	theirPhoto := w.upload(w.elisa, "chegou.png", picture(t, 120, 90)).want(201)
	w.call(w.elisa, "POST", chat+"/messages", map[string]any{"type": "image", "media_id": theirPhoto.str("id"), "body": "Olha"}).want(201)
	var got reply
	w.eventually("the customer's photo is there", func() bool {
		got = w.call(w.ana, "GET", ticket+"/messages", nil).want(200)
		last := got.len("items") - 1
		return got.str("items", last, "direction") == "in" && got.str("items", last, "media", 0, "state") == "ready"
	})
	last := got.len("items") - 1
	if got.str("items", last, "body") != "Olha" || got.at("items", last, "media", 0, "width") != float64(120) {
		t.Errorf("received: %s", got.text)
	}
	phone := w.call(w.elisa, "GET", chat+"/messages", nil).want(200)
	for i := range phone.len("items") {
		if url := phone.str("items", i, "view", "media", "url"); url != "" {
			if file := w.call(w.elisa, "GET", url, nil).want(200); !strings.HasPrefix(file.header.Get("Content-Type"), "image/") {
				t.Errorf("on the phone: %v", file.header)
			}
			w.call(w.ana, "GET", url, nil).refused(404, desk.CodeNotFound, "")
		}
	}
}
