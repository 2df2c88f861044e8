package media

import (
	"encoding/binary"
	"math"

	"github.com/prosa-desk/prosa/internal/desk"
)

// The ISO base media format (ISO/IEC 14496-12): boxes of a 32-bit length, a
// four-letter name and content, some of which are boxes again.

const (
	// maxBoxes bounds how many boxes of a file are looked at.
	maxBoxes   = 4096
	maxBoxHead = 128 // bytes read of a box's own fields
)

// isISO recognises the format by its first box.
func isISO(f file) bool {
	b := f.head(4, 4)
	return string(b) == "ftyp"
}

type box struct {
	name     string
	from, to int64 // its content
}

type mp4 struct {
	file
	left int // boxes that may still be looked at

	durationMS    int64
	width, height int
	video, sound  bool
}

// inspectMP4 sets duration and, of a film, width and height as it is to be
// shown. A file with sound alone is an audio whatever it calls itself.
func inspectMP4(f file, m *desk.Media) {
	p := mp4{file: f, left: maxBoxes}
	p.each(0, f.size, func(b box) {
		if b.name == "moov" {
			p.moov(b)
		}
	})
	m.DurationMS = p.durationMS
	if p.video {
		m.Width, m.Height = p.width, p.height
	}
	if p.sound && !p.video {
		m.MIME, m.Kind = "audio/mp4", desk.TypeAudio
	}
}

// each calls fn with the boxes between two places.
func (p *mp4) each(from, to int64, fn func(box)) {
	for from+8 <= to && p.left > 0 {
		p.left--
		b := p.head(from, 16)
		if len(b) < 8 {
			return
		}
		length, header := int64(binary.BigEndian.Uint32(b)), int64(8)
		switch {
		case length == 0: // to the end
			length = to - from
		case length == 1 && len(b) == 16: // 64-bit length
			length, header = int64(min(binary.BigEndian.Uint64(b[8:]), math.MaxInt64)), 16
		}
		if length < header || length > to-from {
			return
		}
		fn(box{string(b[4:8]), from + header, from + length})
		from += length
	}
}

// fields returns the start of a box's content.
func (p *mp4) fields(b box) []byte {
	return p.head(b.from, int(min(b.to-b.from, maxBoxHead)))
}

func (p *mp4) moov(b box) {
	scale := int64(0)
	p.each(b.from, b.to, func(c box) {
		switch c.name {
		case "mvhd":
			var d int64
			scale, d = mvhd(p.fields(c))
			p.setDuration(d, scale)
		case "mvex": // of a fragmented film the whole length stands here
			p.each(c.from, c.to, func(e box) {
				if e.name == "mehd" && p.durationMS == 0 {
					p.setDuration(mehd(p.fields(e)), scale)
				}
			})
		case "trak":
			p.trak(c)
		}
	})
}

func (p *mp4) setDuration(units, scale int64) {
	if scale > 0 && units > 0 && units < math.MaxInt64/1000 {
		p.durationMS = units * 1000 / scale
	}
}

func (p *mp4) trak(b box) {
	var w, h int
	p.each(b.from, b.to, func(c box) {
		switch c.name {
		case "tkhd":
			w, h = tkhd(p.fields(c))
		case "mdia":
			p.each(c.from, c.to, func(e box) {
				if e.name == "hdlr" {
					p.handler(p.fields(e), w, h)
				}
			})
		}
	})
}

// handler notes what the track carries; the first film track gives the size.
func (p *mp4) handler(b []byte, w, h int) {
	if len(b) < 12 {
		return
	}
	switch string(b[8:12]) {
	case "vide":
		if !p.video {
			p.width, p.height = w, h
		}
		p.video = true
	case "soun":
		p.sound = true
	}
}

// mvhd reads the time scale and the duration in it.
func mvhd(b []byte) (scale, duration int64) {
	switch {
	case len(b) >= 32 && b[0] == 1:
		return int64(binary.BigEndian.Uint32(b[20:])), clampUnits(binary.BigEndian.Uint64(b[24:]))
	case len(b) >= 20 && b[0] == 0:
		return int64(binary.BigEndian.Uint32(b[12:])), known32(binary.BigEndian.Uint32(b[16:]))
	}
	return 0, 0
}

func mehd(b []byte) int64 {
	switch {
	case len(b) >= 12 && b[0] == 1:
		return clampUnits(binary.BigEndian.Uint64(b[4:]))
	case len(b) >= 8 && b[0] == 0:
		return known32(binary.BigEndian.Uint32(b[4:]))
	}
	return 0
}

// clampUnits and known32: all ones mean that the duration is unknown.
func clampUnits(v uint64) int64 {
	if v >= math.MaxInt64 {
		return 0
	}
	return int64(v)
}

func known32(v uint32) int64 {
	if v == math.MaxUint32 {
		return 0
	}
	return int64(v)
}

// tkhd reads the size in pixels, turned if the matrix turns the picture by a
// quarter.
func tkhd(b []byte) (w, h int) {
	at := 40 // of the matrix, version 0
	if len(b) > 0 && b[0] == 1 {
		at = 52
	}
	if len(b) < at+44 {
		return 0, 0
	}
	w = int(binary.BigEndian.Uint32(b[at+36:]) >> 16)
	h = int(binary.BigEndian.Uint32(b[at+40:]) >> 16)
	a, turned := binary.BigEndian.Uint32(b[at:]), binary.BigEndian.Uint32(b[at+4:])
	if a == 0 && turned != 0 {
		return h, w
	}
	return w, h
}
