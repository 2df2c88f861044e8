package media

import "encoding/binary"

// mp3Frame is what a frame's header says (ISO/IEC 11172-3 and 13818-3, layer III).
type mp3Frame struct {
	bitrate int64 // bits a second
	rate    int64 // samples a second
	samples int64 // in a frame
	info    int   // where an Xing or Info header would stand
}

// mp3Search is how far behind the tags the first frame is looked for.
const mp3Search = 64 << 10

// mp3Duration counts frames by the encoder's own header if there is one, and
// otherwise takes the first frame's bit rate for the whole file.
func mp3Duration(f file) int64 {
	start := id3Length(f)
	b := f.head(start, mp3Search)
	for i := 0; i+4 <= len(b); i++ {
		frame, ok := parseMP3(b[i:])
		if !ok {
			continue
		}
		if n := countedFrames(b[i:], frame.info); n > 0 {
			return n * frame.samples * 1000 / frame.rate
		}
		return (f.size - start - int64(i)) * 8 * 1000 / frame.bitrate
	}
	return 0
}

// id3Length is the length of an ID3v2 tag at the start.
func id3Length(f file) int64 {
	b := f.head(0, 10)
	if len(b) < 10 || string(b[:3]) != "ID3" {
		return 0
	}
	n := int64(b[6]&0x7F)<<21 | int64(b[7]&0x7F)<<14 | int64(b[8]&0x7F)<<7 | int64(b[9]&0x7F)
	return n + 10
}

func parseMP3(b []byte) (mp3Frame, bool) {
	h := binary.BigEndian.Uint32(b)
	version, layer := h>>19&3, h>>17&3
	bitrate, rate := h>>12&15, h>>10&3
	if h>>21 != 0x7FF || version == 1 || layer != 1 || bitrate == 0 || bitrate == 15 || rate == 3 {
		return mp3Frame{}, false
	}
	mono := h>>6&3 == 3
	if version == 3 { // MPEG 1
		kbps := [...]int64{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
		return mp3Frame{kbps[bitrate] * 1000, [...]int64{44100, 48000, 32000}[rate], 1152, sideInfo(mono, 17, 32)}, true
	}
	kbps := [...]int64{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	hz := [...]int64{22050, 24000, 16000}[rate]
	if version == 0 { // MPEG 2.5
		hz /= 2
	}
	return mp3Frame{kbps[bitrate] * 1000, hz, 576, sideInfo(mono, 9, 17)}, true
}

func sideInfo(mono bool, one, two int) int {
	if mono {
		return 4 + one
	}
	return 4 + two
}

// countedFrames reads the number of frames from an Xing, Info or VBRI header.
func countedFrames(b []byte, at int) int64 {
	if len(b) >= at+12 {
		if tag := string(b[at : at+4]); (tag == "Xing" || tag == "Info") && b[at+7]&1 == 1 {
			return int64(binary.BigEndian.Uint32(b[at+8:]))
		}
	}
	if len(b) >= 36+18 && string(b[36:40]) == "VBRI" {
		return int64(binary.BigEndian.Uint32(b[36+14:]))
	}
	return 0
}
