package rules

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
)

// Greatest sizes of files in bytes (Meta: media).
const (
	maxImage    = 5 << 20
	maxAV       = 16 << 20
	maxDocument = 100 << 20
	maxSticker  = 500 << 10
	maxStill    = 100 << 10
)

// MaxUpload is the size above which no upload is accepted.
const MaxUpload = maxDocument

// uploadTypes are the kinds of file Meta takes, in the order in which its
// refusal lists them, with the greatest size of each.
var uploadTypes = []struct {
	mime string
	max  int64
}{
	{"audio/aac", maxAV}, {"audio/mp4", maxAV}, {"audio/mpeg", maxAV}, {"audio/amr", maxAV},
	{"audio/ogg", maxAV}, {"audio/opus", maxAV},
	{"application/vnd.ms-powerpoint", maxDocument}, {"application/msword", maxDocument},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", maxDocument},
	{"application/vnd.openxmlformats-officedocument.presentationml.presentation", maxDocument},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", maxDocument},
	{"application/pdf", maxDocument}, {"text/plain", maxDocument}, {"application/vnd.ms-excel", maxDocument},
	{"image/jpeg", maxImage}, {"image/png", maxImage}, {"image/webp", maxSticker},
	{"video/mp4", maxAV}, {"video/3gpp", maxAV},
}

// BaseMIME returns the type without parameters, in lower case.
func BaseMIME(contentType string) string {
	base, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		base = strings.ToLower(strings.TrimSpace(contentType))
	}
	return base
}

// CheckUpload refuses files Meta doesn't take: by declared type (code 100), by
// size and by content that is not of the type (131053).
func CheckUpload(contentType string, size int64, head []byte) *Error {
	base := BaseMIME(contentType)
	var names []string
	for _, t := range uploadTypes {
		if t.mime == base {
			if size > t.max {
				return New(131053, "File of type %s is larger than %d bytes.", base, t.max)
			}
			if size == 0 {
				return New(131053, "The file is empty.")
			}
			return checkHead(base, head)
		}
		names = append(names, t.mime)
	}
	e := New(100, "")
	e.Title = "Param file must be a file with one of the following types: " + strings.Join(names, ", ") +
		". Received file of type '" + base + "'."
	return e
}

// checkHead looks at the first bytes where the format shows in them.
func checkHead(base string, head []byte) *Error {
	ok := true
	switch base {
	case "image/jpeg", "image/png", "image/webp", "application/pdf":
		ok = http.DetectContentType(head) == base
	case "audio/ogg": // only the Opus codec
		ok = bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead"))
	case "audio/amr":
		ok = bytes.HasPrefix(head, []byte("#!AMR"))
	}
	if !ok {
		return New(131053, "Media file could not be processed: its content is not a valid %s.", base)
	}
	return nil
}

// CheckUse refuses a file that can't be sent as the kind of message; Meta says
// so in a failed status after it accepted the message.
func CheckUse(kind, contentType string, size int64, head []byte) *Error {
	base := BaseMIME(contentType)
	family, _, _ := strings.Cut(base, "/")
	switch kind {
	case "image":
		if base != "image/jpeg" && base != "image/png" {
			return New(131053, "Image file of type %s could not be processed.", base)
		}
	case "video", "audio":
		if family != kind {
			return New(131053, "%s file of type %s could not be processed.", kind, base)
		}
	case "voice":
		if base != "audio/ogg" {
			return New(131053, "A voice message must be audio/ogg with the opus codec.")
		}
	case "sticker":
		return checkSticker(base, size, head)
	}
	return nil
}

func checkSticker(base string, size int64, head []byte) *Error {
	if base != "image/webp" {
		return New(131053, "Sticker file could not be processed. Please choose a different file.")
	}
	if size > maxStill && !IsAnimated(head) {
		return New(131053, "Static sticker is larger than %d bytes.", maxStill)
	}
	return nil
}

// IsAnimated reads the animation flag of a WebP file's extended header.
func IsAnimated(head []byte) bool {
	return len(head) > 20 && string(head[8:12]) == "WEBP" && string(head[12:16]) == "VP8X" && head[20]&0x02 != 0
}

// HeadBytes is how much of a file CheckUpload and CheckUse want to see.
const HeadBytes = 512
