package media

import (
	"bytes"
	"encoding/binary"

	"github.com/prosa-desk/prosa/internal/desk"
)

const (
	oggHeader = 27        // bytes before the segment table (RFC 3533)
	oggTail   = 128 << 10 // where the last page is looked for; a page is at most 65 307 bytes
	opusRate  = 48000     // granules a second, whatever the input's rate (RFC 7845)
)

func isOgg(f file) bool { return string(f.head(0, 4)) == "OggS" }

// inspectOgg sets type and duration of an Ogg file by its first stream. Opus
// with one channel is a voice note.
func inspectOgg(f file, m *desk.Media) {
	b := f.head(0, 512)
	if len(b) < oggHeader+1 {
		return
	}
	start := oggHeader + int(b[26])
	if start >= len(b) {
		return
	}
	packet := b[start:]
	serial := binary.LittleEndian.Uint32(b[14:])
	switch {
	case bytes.HasPrefix(packet, []byte("OpusHead")) && len(packet) >= 12:
		m.MIME, m.Kind = "audio/ogg", desk.TypeAudio
		if packet[9] == 1 {
			m.Kind = desk.TypeVoice
		}
		skip := int64(binary.LittleEndian.Uint16(packet[10:]))
		m.DurationMS = oggDuration(f, serial, skip, opusRate)
	case bytes.HasPrefix(packet, []byte("\x01vorbis")) && len(packet) >= 16:
		m.MIME, m.Kind = "audio/ogg", desk.TypeAudio
		m.DurationMS = oggDuration(f, serial, 0, int64(binary.LittleEndian.Uint32(packet[12:])))
	}
}

// oggDuration reads the position of the stream's last page.
func oggDuration(f file, serial uint32, skip, rate int64) int64 {
	from := max(0, f.size-oggTail)
	b := f.head(from, int(f.size-from))
	for rate > 0 {
		i := bytes.LastIndex(b, []byte("OggS"))
		if i < 0 {
			return 0
		}
		page := b[i:]
		if len(page) >= oggHeader && binary.LittleEndian.Uint32(page[14:]) == serial {
			granule := int64(binary.LittleEndian.Uint64(page[6:]))
			if granule > skip && granule < 1<<52 {
				return (granule - skip) * 1000 / rate
			}
		}
		b = b[:i]
	}
	return 0
}
