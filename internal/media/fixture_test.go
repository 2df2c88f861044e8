package media

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"testing"
)

// painted is a picture whose left half is red and right half is blue, so that
// a turn can be seen.
func painted(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			if x >= w/2 {
				c = color.RGBA{B: 255, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func pngFile(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, painted(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegFile(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, painted(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifFile(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, painted(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turnedJPEG is a JPEG with an EXIF orientation, in either byte order.
func turnedJPEG(t testing.TB, w, h, orientation int, order binary.AppendByteOrder) []byte {
	t.Helper()
	tiff := []byte("II*\x00")
	if order == binary.BigEndian {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, 274)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, uint16(orientation))
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	plain := jpegFile(t, w, h)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), plain[2:]...)
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

// animatedWebP is the head of an animation: canvas and flags, no frames.
func animatedWebP(w, h int) []byte {
	vp8x := []byte{2, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
	body := append([]byte("WEBPVP8X"), binary.LittleEndian.AppendUint32(nil, uint32(len(vp8x)))...)
	body = append(body, vp8x...)
	body = append(body, "ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	return append(append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...), body...)
}

func atom(name string, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)+8))
	return append(append(b, name...), content...)
}

func be32(vals ...uint32) []byte {
	var b []byte
	for _, v := range vals {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// track is one track of a film; a zero size makes it sound.
func track(w, h uint32, turned bool) []byte {
	matrix := be32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	if turned {
		matrix = be32(0, 0x10000, 0, 0xFFFF0000, 0, 0, 0, 0, 0x40000000)
	}
	handler := "soun"
	if w > 0 {
		handler = "vide"
	}
	return atom("trak",
		atom("tkhd", be32(0, 0, 0, 1, 0, 5000), be32(0, 0, 0, 0), matrix, be32(w<<16, h<<16)),
		atom("mdia", atom("mdhd", be32(0, 0, 0, 1000, 5000, 0)), atom("hdlr", be32(0, 0), []byte(handler), be32(0, 0, 0))))
}

func mp4File(brand string, tracks ...[]byte) []byte {
	moov := append([][]byte{atom("mvhd", be32(0, 0, 0, 1000, 5250, 0x10000), make([]byte, 80))}, tracks...)
	return bytes.Join([][]byte{
		atom("ftyp", []byte(brand), be32(512), []byte("isommp42")),
		atom("mdat", make([]byte, 5000)), // the index need not come first
		atom("moov", moov...),
	}, nil)
}

func oggPage(serial uint32, granule int64, packet []byte) []byte {
	b := append([]byte("OggS\x00\x00"), binary.LittleEndian.AppendUint64(nil, uint64(granule))...)
	b = binary.LittleEndian.AppendUint32(b, serial)
	b = append(b, make([]byte, 8)...)
	return append(append(b, 1, byte(len(packet))), packet...)
}

// opusFile is seconds long, at 48 000 granules a second after 312 to skip.
func opusFile(channels byte, seconds int64) []byte {
	head := append([]byte("OpusHead\x01"), channels)
	head = binary.LittleEndian.AppendUint16(head, 312)
	head = append(head, 0x80, 0xBB, 0, 0, 0, 0, 0)
	return bytes.Join([][]byte{
		oggPage(7, 0, head), oggPage(7, 0, []byte("OpusTags")), oggPage(7, 24000, make([]byte, 200)),
		oggPage(7, seconds*48000+312, make([]byte, 100)), oggPage(9, math.MaxInt32, []byte("another stream")),
	}, nil)
}

func wavFile(ms int) []byte {
	const rate = 8000
	data := make([]byte, rate*ms/1000)
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(36+len(data)))...)
	b = append(b, "WAVEfmt "...)
	b = append(b, 16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0)
	b = append(b, "data"...)
	return append(append(b, binary.LittleEndian.AppendUint32(nil, uint32(len(data)))...), data...)
}

// mp3File has n frames of 128 kbit/s at 44.1 kHz: 417 bytes each.
func mp3File(n int, xing bool) []byte {
	b := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x0A"), make([]byte, 10)...)
	for i := range n {
		frame := make([]byte, 417)
		copy(frame, []byte{0xFF, 0xFB, 0x90, 0x00})
		if i == 0 && xing {
			copy(frame[36:], "Xing")
			copy(frame[40:], be32(1, 10_000))
		}
		b = append(b, frame...)
	}
	return b
}

func amrFile(frames int) []byte {
	b := []byte("#!AMR\n")
	for range frames {
		b = append(b, append([]byte{7 << 3}, make([]byte, 31)...)...)
	}
	return b
}

func aacFile(frames int) []byte {
	var b []byte
	for range frames {
		const size = 200
		b = append(b, 0xFF, 0xF1, 4<<2, size>>11, size>>3&0xFF, size&7<<5|0x1F, 0xFC)
		b = append(b, make([]byte, size-7)...)
	}
	return b
}
