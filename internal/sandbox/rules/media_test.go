package rules_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

var (
	png  = []byte("\x89PNG\r\n\x1a\n0000")
	jpeg = []byte("\xff\xd8\xff\xe0000JFIF")
	webp = append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00"), 0, 0, 0)
	ogg  = []byte("OggS\x00\x02000000000000000000000000OpusHead\x01\x01")
	pdf  = []byte("%PDF-1.7\n")
)

func animated() []byte {
	b := bytes.Clone(webp)
	b[20] = 0x02
	return append(b, 0)
}

func TestCheckUpload(t *testing.T) {
	for name, c := range map[string]struct {
		mime string
		size int64
		head []byte
		code int
	}{
		"jpeg":             {"image/jpeg", 5 << 20, jpeg, 0},
		"jpeg too large":   {"image/jpeg", 5<<20 + 1, jpeg, 131053},
		"png":              {"image/png", 10, png, 0},
		"png that is not":  {"image/png", 10, jpeg, 131053},
		"gif":              {"image/gif", 10, []byte("GIF89a"), 100},
		"heic":             {"image/heic", 10, nil, 100},
		"webm":             {"audio/webm", 10, nil, 100},
		"opus":             {"audio/ogg; codecs=opus", 16 << 20, ogg, 0},
		"opus too large":   {"audio/ogg", 16<<20 + 1, ogg, 131053},
		"vorbis":           {"audio/ogg", 10, []byte("OggS\x00\x02vorbis"), 131053},
		"mp4":              {"video/mp4", 16 << 20, nil, 0},
		"mp4 too large":    {"video/mp4", 16<<20 + 1, nil, 131053},
		"pdf":              {"application/pdf", 100 << 20, pdf, 0},
		"pdf too large":    {"application/pdf", 100<<20 + 1, pdf, 131053},
		"zip":              {"application/zip", 10, nil, 100},
		"sticker":          {"image/webp", 500 << 10, webp, 0},
		"webp too large":   {"image/webp", 500<<10 + 1, webp, 131053},
		"empty file":       {"text/plain", 0, nil, 131053},
		"upper-case type":  {"TEXT/PLAIN", 3, []byte("abc"), 0},
		"nonsense as type": {"///", 3, []byte("abc"), 100},
	} {
		err := rules.CheckUpload(c.mime, c.size, c.head)
		if (err == nil) != (c.code == 0) || err != nil && err.Code != c.code {
			t.Errorf("%s: %v, want %d", name, err, c.code)
		}
	}
}

func TestCheckUse(t *testing.T) {
	for name, c := range map[string]struct {
		kind, mime string
		size       int64
		head       []byte
		ok         bool
	}{
		"image":                      {"image", "image/png", 1, nil, true},
		"webp as image":              {"image", "image/webp", 1, nil, false},
		"pdf as image":               {"image", "application/pdf", 1, nil, false},
		"image as document":          {"document", "image/png", 1, nil, true},
		"audio":                      {"audio", "audio/mpeg", 1, nil, true},
		"video as audio":             {"audio", "video/mp4", 1, nil, false},
		"mp3 as voice":               {"voice", "audio/mpeg", 1, nil, false},
		"ogg as voice":               {"voice", "audio/ogg", 1, nil, true},
		"small sticker":              {"sticker", "image/webp", 100 << 10, webp, true},
		"large still sticker":        {"sticker", "image/webp", 100<<10 + 1, webp, false},
		"large animated sticker":     {"sticker", "image/webp", 400 << 10, animated(), true},
		"picture that is no sticker": {"sticker", "image/png", 1, nil, false},
	} {
		err := rules.CheckUse(c.kind, c.mime, c.size, c.head)
		if (err == nil) != c.ok || err != nil && err.Code != 131053 {
			t.Errorf("%s: %v, want allowed = %t", name, err, c.ok)
		}
	}
}

func TestLimiterLendsABurstAndWantsItBack(t *testing.T) {
	l := rules.NewLimiter[string]()
	now := time.Unix(1_795_000_000, 0)
	allow := func() bool { return l.Allow("pair", now, 6*time.Second, 45) }
	for i := range 45 {
		if !allow() {
			t.Fatalf("message %d of the burst is refused", i+1)
		}
	}
	if allow() {
		t.Fatal("message 46 passes at once")
	}
	if !l.Allow("other", now, 6*time.Second, 45) {
		t.Fatal("another pair pays too")
	}
	now = now.Add(6 * time.Second)
	if !allow() || allow() {
		t.Fatal("after 6 s exactly one message passes")
	}
	now = now.Add(45 * 6 * time.Second)
	for range 45 {
		if !allow() {
			t.Fatal("the burst isn't lent again after silence")
		}
	}
	l.Forget("pair")
	if !allow() {
		t.Fatal("a forgotten key still owes")
	}
}

func TestLimiterForgetsWhoOwesNothing(t *testing.T) {
	l := rules.NewLimiter[int]()
	now := time.Unix(1_795_000_000, 0)
	for i := range 5000 {
		now = now.Add(time.Second)
		if !l.Allow(i, now, time.Second, 1) {
			t.Fatal("a new key is refused")
		}
	}
	if n := l.Len(); n > 2048 {
		t.Errorf("%d keys are kept, of which one is active", n)
	}
}
