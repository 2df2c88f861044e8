package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// audioDuration returns the length in milliseconds of the other audio formats
// that arrive, 0 if it can't be told.
func audioDuration(f file, mimeType string) int64 {
	switch mimeType {
	case "audio/mpeg":
		return mp3Duration(f)
	case "audio/wav":
		return wavDuration(f)
	case "audio/amr":
		return amrDuration(f)
	case "audio/aac":
		return adtsDuration(f)
	}
	return 0
}

// wavDuration divides the data's size by the bytes a second (RIFF/WAVE).
func wavDuration(f file) int64 {
	rate, at := int64(0), int64(12)
	for range 64 {
		b := f.head(at, 24)
		if len(b) < 8 {
			return 0
		}
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		switch {
		case string(b[:4]) == "fmt " && len(b) >= 20:
			rate = int64(binary.LittleEndian.Uint32(b[16:]))
		case string(b[:4]) == "data" && rate > 0:
			return min(size, f.size-at-8) * 1000 / rate
		}
		at += 8 + size + size&1
	}
	return 0
}

// amrSizes is the length of a frame by its type, header included (RFC 4867).
func amrSizes(wide bool) [16]int {
	if wide {
		return [16]int{18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1}
	}
	return [16]int{13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1}
}

// amrDuration counts frames of 20 ms.
func amrDuration(f file) int64 {
	head := f.head(0, 9)
	wide := bytes.HasPrefix(head, []byte("#!AMR-WB\n"))
	start := int64(6)
	if wide {
		start = 9
	}
	sizes, frames := amrSizes(wide), int64(0)
	r := bufio.NewReader(io.NewSectionReader(f, start, f.size-start))
	for {
		b, err := r.ReadByte()
		if err != nil {
			break
		}
		size := sizes[b>>3&15]
		if size == 0 {
			break
		}
		if n, err := r.Discard(size - 1); err != nil || n < size-1 {
			break
		}
		frames++
	}
	return frames * 20
}

// adtsDuration counts AAC frames of 1024 samples (ISO/IEC 13818-7).
func adtsDuration(f file) int64 {
	rates := [16]int64{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
	r := bufio.NewReader(io.NewSectionReader(f, 0, f.size))
	frames, rate := int64(0), int64(0)
	for {
		b, err := r.Peek(7)
		if err != nil || b[0] != 0xFF || b[1]&0xF6 != 0xF0 {
			break
		}
		size := int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5
		if size < 7 {
			break
		}
		rate = rates[b[2]>>2&15]
		if n, err := r.Discard(size); err != nil || n < size {
			break
		}
		frames++
	}
	if rate == 0 {
		return 0
	}
	return frames * 1024 * 1000 / rate
}
