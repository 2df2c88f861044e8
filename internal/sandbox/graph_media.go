package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// postMedia is POST /{phone_number_id}/media, multipart.
func (c *call) postMedia() (any, error) {
	reader, err := c.r.MultipartReader()
	if err != nil {
		return nil, rules.New(100, "The request must be multipart/form-data.")
	}
	fields := map[string]string{}
	var stored mediaRow
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, rules.New(100, "The multipart body could not be read.")
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, 1000))
			if err != nil {
				return nil, rules.New(100, "The multipart body could not be read.")
			}
			fields[part.FormName()] = string(value)
			continue
		}
		if stored, err = c.store(part); err != nil {
			return nil, err
		}
	}
	switch {
	case fields["messaging_product"] != "whatsapp":
		return nil, errors.Join(rules.New(100, "The parameter messaging_product is required and must be whatsapp."), c.discard(stored))
	case stored.ID == 0:
		return nil, rules.New(100, "The parameter file is required.")
	}
	return map[string]any{"id": stored.ID.String()}, nil
}

func (c *call) discard(m mediaRow) error {
	if m.ID == 0 {
		return nil
	}
	return c.s.deleteMedia(c.r.Context(), m.accountID, m.ID)
}

func (c *call) store(part *multipart.Part) (mediaRow, error) {
	name := part.FileName()
	if !isText(name, 240) {
		name = "file"
	}
	m := mediaRow{accountID: c.n.AccountID, numberID: c.n.id, MIME: cleanMIME(part.Header.Get("Content-Type")), Name: name,
		expiresAt: c.s.stamp().Add(uploadLives)}
	return c.s.keep(c.r.Context(), m, part, func(m *mediaRow) error { return asError(rules.CheckUpload(m.MIME, m.Size, m.Head)) })
}

// cleanMIME replaces what can't be a type.
func cleanMIME(contentType string) string {
	if contentType == "" || !isText(contentType, 120) {
		return "application/octet-stream"
	}
	return contentType
}

// getObject is GET /{id} of what is neither a number nor a WABA.
func (c *call) getObject() (any, error) {
	m, owner, err := c.reachMedia()
	if desk.CodeOf(err) == desk.CodeNotFound {
		return c.getTemplate()
	}
	if err != nil {
		return nil, err
	}
	if asked := c.r.URL.Query().Get("phone_number_id"); asked != "" && asked != owner.PhoneNumberID {
		return nil, rules.New(100, "Param phone_number_id is not the owner of the media.")
	}
	return map[string]any{"messaging_product": "whatsapp", "url": c.s.mediaURL(c.base(), owner, m.ID, c.s.stamp().Add(urlLives)),
		"mime_type": m.MIME, "sha256": m.SHA256, "file_size": strconv.FormatInt(m.Size, 10), "id": m.ID.String()}, nil
}

// reachMedia finds the file the request names among those of the token's
// numbers.
func (c *call) reachMedia() (mediaRow, *Number, error) {
	for i := range c.reach {
		n := &c.reach[i]
		m, err := c.s.media(c.r.Context(), n.AccountID, c.id)
		if err == nil && m.numberID == n.id {
			return m, n, nil
		}
		if err != nil && desk.CodeOf(err) != desk.CodeNotFound {
			return m, nil, err
		}
	}
	return mediaRow{}, nil, desk.Missing()
}

// deleteObject is DELETE /{media_id}.
func (c *call) deleteObject() (any, error) {
	m, _, err := c.reachMedia()
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true}, c.s.deleteMedia(c.r.Context(), m.accountID, m.ID)
}

// downloadPath is where files are fetched, as on Meta's own download host.
const downloadPath = "whatsapp_business/attachments"

// mediaURL is a download address that expires; the token is needed besides.
func (s *Sandbox) mediaURL(base string, owner *Number, id desk.ID, until desk.Time) string {
	q := url.Values{"mid": {id.String()}, "ext": {seconds(until)}}
	q.Set("hash", mediaHash(owner, q.Get("mid"), q.Get("ext")))
	return base + "/" + downloadPath + "/?" + q.Encode()
}

func mediaHash(owner *Number, mid, ext string) string {
	mac := hmac.New(sha256.New, []byte(owner.AppSecret))
	_, _ = io.WriteString(mac, mid+":"+ext) // never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// download serves a file: 401 without the token, 404 when the address is
// wrong or has expired.
func (s *Sandbox) download(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c := &call{s: s, w: w, r: r, id: q.Get("mid")}
	if err := c.authenticate(); err != nil {
		c.answer(nil, err)
		return
	}
	c.n = &c.reach[0]
	if err := c.misbehave(OnMedia); err != nil || c.drop {
		if c.drop || errors.Is(err, errCut) {
			cutConnection(w)
			return
		}
		c.answer(nil, err)
		return
	}
	m, owner, err := c.reachMedia()
	until, parseErr := strconv.ParseInt(q.Get("ext"), 10, 64)
	if err != nil || parseErr != nil || int64(s.stamp()) > until*1000 ||
		!hmac.Equal([]byte(q.Get("hash")), []byte(mediaHash(owner, q.Get("mid"), q.Get("ext")))) {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", m.MIME)
	w.Header().Set("Content-Length", strconv.FormatInt(m.Size, 10))
	s.copyMedia(r.Context(), w, m)
}

func (s *Sandbox) copyMedia(ctx context.Context, w http.ResponseWriter, m mediaRow) {
	if _, err := io.Copy(w, s.bytes(ctx, m)); err != nil && ctx.Err() == nil {
		s.log.Error("sandbox: download failed", "media", m.ID, "err", err)
	}
}
