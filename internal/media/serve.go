package media

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Part names what of a media is wanted.
type Part string

// Parts of a media.
const (
	Whole Part = ""
	Thumb Part = "thumb"
)

// Serve answers a GET or HEAD with the file, or with its thumbnail, ranges
// included. The caller has checked that the reader may have it. What is not
// stored is a 404 (desk.Missing), returned before anything is written.
func (d *Disk) Serve(w http.ResponseWriter, r *http.Request, m desk.Media, part Part) error {
	sha, mimeType, name := m.SHA256, m.MIME, m.Name
	if part == Thumb {
		sha, mimeType, name = m.ThumbSHA, "image/jpeg", ""
	}
	f, err := d.open(m.AccountID, sha)
	if errors.Is(err, fs.ErrNotExist) {
		return desk.Missing()
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // opened for reading
	setHeaders(w.Header(), sha, mimeType, name)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// setHeaders makes sure that a file from a stranger stays a file: the browser
// neither guesses its type nor runs anything in it, and whatever could hold a
// script is only ever downloaded.
func setHeaders(h http.Header, sha, mimeType, name string) {
	disposition := "attachment"
	if inline(mimeType) {
		disposition = "inline"
	} else if !strings.HasPrefix(mimeType, "application/") {
		mimeType = "application/octet-stream"
	}
	h.Set("Content-Type", mimeType)
	h.Set("Content-Disposition", contentDisposition(disposition, name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", `"`+sha+`"`)
}

// inline lists what browsers only ever show or play. PDF is not among them: a
// viewer can't work under a sandbox, and without one a document that a
// stranger sent would be opened on our origin.
func inline(mimeType string) bool {
	if isPicture(mimeType) {
		return true
	}
	switch mimeType {
	case "video/mp4", "video/3gpp", "video/webm", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav":
		return true
	}
	return false
}

func contentDisposition(kind, name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, name)
	if name == "" {
		return kind
	}
	if s := mime.FormatMediaType(kind, map[string]string{"filename": name}); s != "" {
		return s
	}
	return kind
}
