package e2e_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// Small files that are what they claim to be.

func picture(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: 90, A: 255})
		}
	}
	return m
}

func jpegFile(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngFile(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpFile is one lossless pixel.
func webpFile(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pdfFile() []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

// mp4File is the skeleton of a film: 320 by 240, 5 s.
func mp4File() []byte {
	track := box("trak",
		box("tkhd", words(0, 0, 0, 1, 0, 5000, 0, 0, 0, 0, 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000, 320<<16, 240<<16)),
		box("mdia", box("mdhd", words(0, 0, 0, 1000, 5000, 0)), box("hdlr", words(0, 0), []byte("vide"), words(0, 0, 0))))
	return bytes.Join([][]byte{
		box("ftyp", []byte("isom"), words(512), []byte("isommp42")),
		box("moov", box("mvhd", words(0, 0, 0, 1000, 5000, 0x10000), make([]byte, 80)), track),
		box("mdat", make([]byte, 2000)),
	}, nil)
}

func box(name string, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	return append(append(words(uint32(len(content)+8)), name...), content...)
}

func words(list ...uint32) []byte {
	var b []byte
	for _, w := range list {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	return b
}

// opusFile is a voice note of some seconds.
func opusFile(seconds int64) []byte {
	head := append([]byte("OpusHead\x01\x01"), 56, 1, 0x80, 0xBB, 0, 0, 0, 0, 0) // one channel, 312 to skip
	return bytes.Join([][]byte{oggPage(0, head), oggPage(0, []byte("OpusTags")), oggPage(seconds*48000+312, make([]byte, 120))}, nil)
}

func oggPage(granule int64, packet []byte) []byte {
	b := binary.LittleEndian.AppendUint64([]byte("OggS\x00\x00"), uint64(granule))
	b = append(b, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	return append(append(b, 1, byte(len(packet))), packet...)
}

// mp3File is a second and a bit of silence at 128 kbit/s.
func mp3File() []byte {
	var b []byte
	for range 40 {
		frame := make([]byte, 417)
		copy(frame, []byte{0xFF, 0xFB, 0x90, 0x00})
		b = append(b, frame...)
	}
	return b
}
