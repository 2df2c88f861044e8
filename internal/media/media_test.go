package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

const account = desk.ID(42)

func newDisk(t testing.TB) *Disk {
	t.Helper()
	d, err := New(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func save(t testing.TB, d *Disk, b []byte) desk.Media {
	t.Helper()
	m, err := d.Save(t.Context(), account, bytes.NewReader(b), 10<<20)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSaveKnowsWhatAFileIs(t *testing.T) {
	d := newDisk(t)
	for _, c := range []struct {
		name string
		file []byte
		want desk.Media
	}{
		{"png", pngFile(t, 40, 30), desk.Media{MIME: "image/png", Kind: desk.TypeImage, Width: 40, Height: 30}},
		{"jpeg", jpegFile(t, 640, 480), desk.Media{MIME: "image/jpeg", Kind: desk.TypeImage, Width: 640, Height: 480}},
		{"gif", gifFile(t, 20, 10), desk.Media{MIME: "image/gif", Kind: desk.TypeImage, Width: 20, Height: 10}},
		{"webp", webpFile(t), desk.Media{MIME: "image/webp", Kind: desk.TypeImage, Width: 1, Height: 1}},
		{"animated webp", animatedWebP(512, 300), desk.Media{MIME: "image/webp", Kind: desk.TypeImage, Width: 512, Height: 300}},
		{"turned jpeg", turnedJPEG(t, 64, 48, 6, binary.LittleEndian), desk.Media{MIME: "image/jpeg", Kind: desk.TypeImage, Width: 48, Height: 64}},
		{"mp4", mp4File("isom", track(1280, 720, false), track(0, 0, false)), desk.Media{MIME: "video/mp4", Kind: desk.TypeVideo, Width: 1280, Height: 720, DurationMS: 5250}},
		{"turned mp4", mp4File("mp42", track(0, 0, false), track(1280, 720, true)), desk.Media{MIME: "video/mp4", Kind: desk.TypeVideo, Width: 720, Height: 1280, DurationMS: 5250}},
		{"sound in mp4", mp4File("isom", track(0, 0, false)), desk.Media{MIME: "audio/mp4", Kind: desk.TypeAudio, DurationMS: 5250}},
		{"m4a", mp4File("M4A ", track(0, 0, false)), desk.Media{MIME: "audio/mp4", Kind: desk.TypeAudio, DurationMS: 5250}},
		{"voice", opusFile(1, 7), desk.Media{MIME: "audio/ogg", Kind: desk.TypeVoice, DurationMS: 7000}},
		{"stereo opus", opusFile(2, 3), desk.Media{MIME: "audio/ogg", Kind: desk.TypeAudio, DurationMS: 3000}},
		{"wav", wavFile(1500), desk.Media{MIME: "audio/wav", Kind: desk.TypeAudio, DurationMS: 1500}},
		{"mp3", mp3File(100, false), desk.Media{MIME: "audio/mpeg", Kind: desk.TypeAudio, DurationMS: 100 * 417 * 8 * 1000 / 128000}},
		{"mp3 with a count", mp3File(100, true), desk.Media{MIME: "audio/mpeg", Kind: desk.TypeAudio, DurationMS: 10_000 * 1152 * 1000 / 44100}},
		{"amr", amrFile(150), desk.Media{MIME: "audio/amr", Kind: desk.TypeAudio, DurationMS: 3000}},
		{"aac", aacFile(431), desk.Media{MIME: "audio/aac", Kind: desk.TypeAudio, DurationMS: 431 * 1024 * 1000 / 44100}},
		{"pdf", []byte("%PDF-1.4\n%âãÏÓ\n"), desk.Media{MIME: "application/pdf", Kind: desk.TypeDocument}},
		{"text", []byte("Olá, bom dia"), desk.Media{MIME: "text/plain", Kind: desk.TypeDocument}},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), desk.Media{MIME: "image/svg+xml", Kind: desk.TypeDocument}},
		{"html", []byte("<!DOCTYPE html><script>alert(1)</script>"), desk.Media{MIME: "text/html", Kind: desk.TypeDocument}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sum := sha256.Sum256(c.file)
			c.want.AccountID, c.want.State = account, desk.MediaReady
			c.want.SHA256, c.want.Size = hex.EncodeToString(sum[:]), int64(len(c.file))
			got := save(t, d, c.file)
			c.want.ThumbSHA = got.ThumbSHA
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if hasThumb := got.ThumbSHA != ""; hasThumb != (c.want.Kind == desk.TypeImage && c.name != "animated webp") {
				t.Errorf("thumbnail: %v", hasThumb)
			}
		})
	}
}

func TestThumbnailIsSmallAndUpright(t *testing.T) {
	d := newDisk(t)
	// Where the red half of the stored picture must end up, by orientation.
	red := map[int]image.Point{1: {0, 120}, 2: {1, 120}, 3: {1, 120}, 4: {0, 120}, 5: {120, 0}, 6: {120, 0}, 7: {120, 1}, 8: {120, 1}}
	for o, where := range red {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			m := save(t, d, turnedJPEG(t, 1200, 900, o, order))
			f, err := d.Open(account, m.ThumbSHA)
			if err != nil {
				t.Fatal(err)
			}
			img, format, err := image.Decode(f)
			_ = f.Close()
			if err != nil || format != "jpeg" {
				t.Fatal(format, err)
			}
			size := img.Bounds().Size()
			if max(size.X, size.Y) != 320 || min(size.X, size.Y) != 240 || (o >= 5) != (size.Y > size.X) {
				t.Errorf("orientation %d: thumbnail of %v", o, size)
			}
			x, y := where.X, where.Y
			if x == 1 {
				x = size.X - 1
			}
			if y == 1 {
				y = size.Y - 1
			}
			if r, _, b, _ := img.At(x, y).RGBA(); r < 0xC000 || b > 0x4000 {
				t.Errorf("orientation %d: the red side is elsewhere (at %d,%d r=%x b=%x)", o, x, y, r, b)
			}
		}
	}
}

func TestBombsAreNotDecoded(t *testing.T) {
	b := pngFile(t, 10, 10)
	// IHDR: length, "IHDR", width, height …, checksum
	copy(b[16:], be32(60_000, 60_000))
	copy(b[29:], be32(crc32.ChecksumIEEE(b[12:29])))
	m := save(t, newDisk(t), b)
	if m.Width != 60_000 || m.Height != 60_000 || m.ThumbSHA != "" {
		t.Errorf("%+v: want the claimed size and no thumbnail", m)
	}
}

func TestSaveRefusesTooLargeAndEmptyAndLeavesNothing(t *testing.T) {
	d := newDisk(t)
	_, err := d.Save(t.Context(), account, strings.NewReader("12345678901"), 10)
	e, ok := errors.AsType[*desk.Error](err)
	if !ok || e.Code != desk.CodeMediaTooLarge || e.Kind != desk.Invalid || e.Params["max"] != int64(10) {
		t.Errorf("too large: %v", err)
	}
	if _, err := d.Save(t.Context(), account, strings.NewReader("1234567890"), 10); err != nil {
		t.Errorf("just small enough: %v", err)
	}
	if _, err := d.Save(t.Context(), account, strings.NewReader(""), 10); desk.CodeOf(err) != desk.CodeMediaEmpty {
		t.Errorf("empty: %v", err)
	}
	broken := errors.New("connection lost")
	if _, err := d.Save(t.Context(), account, io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), 10); !errors.Is(err, broken) {
		t.Errorf("broken reader: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Save(gone, account, strings.NewReader("abc"), 10); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	left, err := os.ReadDir(filepath.Join(d.dir, tempDir))
	if err != nil || len(left) != 0 {
		t.Errorf("%d temporary files left, %v", len(left), err)
	}
}

func TestSameBytesAreKeptOnceWithinAnAccountOnly(t *testing.T) {
	d := newDisk(t)
	one, two := save(t, d, []byte("hello")), save(t, d, []byte("hello"))
	if one.SHA256 != two.SHA256 {
		t.Fatal("different hashes")
	}
	if _, err := d.Open(account+1, one.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another account opens it: %v", err)
	}
	for _, name := range []string{"", "..", "../../etc/passwd", strings.Repeat("/", 64), strings.Repeat("A", 64)} {
		if _, err := d.Open(account, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	f, err := d.Open(account, one.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestRemoveSparesWhatWasSavedAgain(t *testing.T) {
	d := newDisk(t)
	m := save(t, d, []byte("hello"))
	path, err := d.path(account, m.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(path, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	cut := time.Now().Add(-24 * time.Hour)
	var old []string
	collect := func(shas []string) error { old = append(old, shas...); return nil }
	if err := d.Old(t.Context(), account, cut, collect); err != nil || len(old) != 1 || old[0] != m.SHA256 {
		t.Fatalf("old files %v, %v", old, err)
	}
	save(t, d, []byte("hello"))
	if gone, err := d.Remove(account, m.SHA256, cut); err != nil || gone {
		t.Errorf("removed although wanted again: %v, %v", gone, err)
	}
	if err := os.Chtimes(path, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to remove
		if gone, err := d.Remove(account, m.SHA256, cut); err != nil || !gone {
			t.Errorf("not removed: %v", err)
		}
	}
	if err := d.Old(t.Context(), account+1, cut, collect); err != nil {
		t.Errorf("an account without files: %v", err)
	}
}

func TestNewThrowsAwayHalfWrittenFiles(t *testing.T) {
	dir := t.TempDir()
	if _, err := New(dir, time.Now); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, tempDir, "x"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(dir, time.Now); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, tempDir)); err != nil || len(left) != 0 {
		t.Errorf("%d left, %v", len(left), err)
	}
}

// FuzzInspect: whatever the bytes, saving them ends, keeps them and doesn't
// panic.
func FuzzInspect(f *testing.F) {
	for _, b := range [][]byte{
		pngFile(f, 4, 4), jpegFile(f, 4, 4), gifFile(f, 4, 4), webpFile(f), animatedWebP(9, 9), turnedJPEG(f, 4, 4, 8, binary.BigEndian),
		mp4File("isom", track(64, 64, true), track(0, 0, false)), opusFile(1, 1), wavFile(10), mp3File(2, true), amrFile(2), aacFile(2),
	} {
		f.Add(b)
	}
	d := newDisk(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		m := save(t, d, b)
		if m.Size != int64(len(b)) || m.MIME == "" || m.Kind == "" || m.Width < 0 || m.Height < 0 || m.DurationMS < 0 {
			t.Errorf("%+v", m)
		}
	})
}
