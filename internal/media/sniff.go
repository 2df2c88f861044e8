package media

import (
	"context"
	"fmt"
	"io"
	"mime"
	"os"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/prosa-desk/prosa/internal/desk"
)

// file is what the parsers read: any place of it, and its length.
type file struct {
	io.ReaderAt
	size int64
}

// head returns up to n bytes from an offset; fewer at the end.
func (f file) head(at int64, n int) []byte {
	b := make([]byte, n)
	got, _ := f.ReadAt(b, at) // a short read is told by the length
	return b[:got]
}

// inspect finds out what the file is and returns the JPEG of its thumbnail if
// it can have one. What it can't find out stays zero: a file need not be
// whole to be kept.
func (d *Disk) inspect(ctx context.Context, f *os.File, m *desk.Media) (thumb []byte, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	found, err := mimetype.DetectReader(f)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	content := file{f, m.Size}
	m.MIME = plainMIME(found.String())
	switch {
	case isOgg(content):
		inspectOgg(content, m)
	case isISO(content) && (strings.HasPrefix(m.MIME, "video/") || strings.HasPrefix(m.MIME, "audio/")):
		inspectMP4(content, m)
	default:
		m.DurationMS = audioDuration(content, m.MIME)
	}
	if m.Kind == "" {
		m.Kind = kindOf(m.MIME)
	}
	if m.Kind != desk.TypeImage {
		return nil, nil
	}
	select {
	case d.decode <- struct{}{}:
		defer func() { <-d.decode }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return inspectImage(content, m), nil
}

// plainMIME drops parameters and takes the names that providers use.
func plainMIME(s string) string {
	plain, _, err := mime.ParseMediaType(s)
	if err != nil {
		return "application/octet-stream"
	}
	switch plain {
	case "audio/x-m4a":
		return "audio/mp4"
	case "video/x-m4v":
		return "video/mp4"
	case "audio/x-wav", "audio/vnd.wave":
		return "audio/wav"
	case "application/ogg":
		return "audio/ogg"
	}
	return plain
}

// kindOf says as what a file of this type is shown. Pictures that browsers
// don't show, or that may hold scripts, are documents.
func kindOf(mimeType string) desk.MessageType {
	family, _, _ := strings.Cut(mimeType, "/")
	switch {
	case isPicture(mimeType):
		return desk.TypeImage
	case family == "video":
		return desk.TypeVideo
	case family == "audio":
		return desk.TypeAudio
	}
	return desk.TypeDocument
}

func isPicture(mimeType string) bool {
	switch mimeType {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return true
	}
	return false
}
