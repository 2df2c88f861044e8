package whatsappcloud

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
)

// file is an upload that a message refers to.
type file struct {
	id     string
	key    uploadKey
	cached bool // Meta was not asked now whether it still has it
}

// limitOf returns the limit of a kind and whether a file is within it.
func (a *Adapter) fits(c channel.Connection, kind desk.MessageType, m *channel.OutgoingMedia) *channel.Failure {
	limit, ok := a.Capabilities(c).Media[kind]
	if !ok {
		return refusal(KeyUnsupportedType, "%s", kind)
	}
	if m.Size > limit.MaxBytes {
		return refusal(KeyMediaRefused, "%s: %d bytes, at most %d", kind, m.Size, limit.MaxBytes)
	}
	mime := bareType(m.MIME)
	if !slices.ContainsFunc(limit.MIME, func(t string) bool {
		family, wild := strings.CutSuffix(t, "*")
		return t == mime || wild && strings.HasPrefix(mime, family)
	}) {
		return refusal(KeyMediaRefused, "%s: type %s", kind, mime)
	}
	return nil
}

// bareType drops parameters: "audio/ogg; codecs=opus" is refused by the upload.
func bareType(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	return strings.ToLower(strings.TrimSpace(mime))
}

// uploadType is the type a file is declared as. The upload takes a short list
// of types; other texts (CSV, XML, JSON) are texts to it. The name keeps their
// ending.
func uploadType(mime string) string {
	mime = bareType(mime)
	if strings.HasPrefix(mime, "text/") || mime == "application/xml" || mime == "application/json" {
		return "text/plain"
	}
	return mime
}

// upload gives a file to Meta, unless it has it. Meta:
// business-phone-numbers/media. A failed upload is always certain: no message
// has left.
func (a *Adapter) upload(ctx context.Context, acc account, kind desk.MessageType, m *channel.OutgoingMedia) (file, *channel.Failure) {
	if m == nil || m.Open == nil {
		return file{}, refusal(KeyMediaMissing, "%s", kind)
	}
	if f := a.fits(acc.conn, kind, m); f != nil {
		return file{}, f
	}
	mime := uploadType(m.MIME)
	key := uploadKey{connection: acc.conn.ID, phoneID: acc.phoneID, sha256: m.SHA256, mime: mime}
	if id, ok := a.uploads.get(key); ok && m.SHA256 != "" {
		return file{id: id, key: key, cached: true}, nil
	}
	source, err := m.Open(ctx)
	if err != nil {
		return file{}, &channel.Failure{Certain: true, Retryable: true, Key: KeyMediaMissing, Err: err}
	}
	c, err := form(mime, fileName(m.Name, kind), source, m.Size)
	if err != nil {
		source.Close()
		return file{}, &channel.Failure{Certain: true, Key: KeyMediaRefused, Err: err}
	}
	c.url = acc.url(nil, acc.phoneID, "media")
	var answer struct {
		ID text `json:"id"`
	}
	if f := a.do(ctx, acc, c, &answer); f != nil {
		if f.Key == KeyInvalidRequest {
			f.Key = KeyMediaRefused
		}
		return file{}, f
	}
	if answer.ID == "" {
		f := unreadable()
		f.Certain = true
		return file{}, f
	}
	if m.SHA256 != "" {
		a.uploads.put(key, string(answer.ID))
	}
	return file{id: string(answer.ID), key: key}, nil
}

// body closes its source, which the transport may read until it closes it.
type body struct {
	io.Reader
	io.Closer
}

// form builds the multipart body around a file without holding the file in
// memory; its length is known beforehand, so that it is not sent in chunks.
func form(mime, name string, source io.ReadCloser, size int64) (call, error) {
	var frame bytes.Buffer
	w := multipart.NewWriter(&frame)
	if err := w.WriteField("messaging_product", "whatsapp"); err != nil {
		return call{}, err
	}
	if err := w.WriteField("type", mime); err != nil {
		return call{}, err
	}
	_, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%s"`, name)},
		"Content-Type":        {mime},
	})
	if err != nil {
		return call{}, err
	}
	before := slices.Clone(frame.Bytes())
	frame.Reset()
	if err := w.Close(); err != nil {
		return call{}, err
	}
	c := call{
		method: http.MethodPost, kind: w.FormDataContentType(), timeout: uploadTimeout, harmless: true,
		body: body{io.MultiReader(bytes.NewReader(before), source, &frame), source},
	}
	if size > 0 {
		c.length = int64(len(before)) + size + int64(frame.Len())
	}
	return c, nil
}

// maxFileName bounds a file name, in characters.
const maxFileName = 200

// fileName makes a name that is safe in a header and shows as it is.
func fileName(name string, kind desk.MessageType) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > maxFileName {
		name = string(r[len(r)-maxFileName:]) // the end holds the extension
	}
	if strings.TrimSpace(name) == "" {
		return string(kind)
	}
	return name
}
