package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	mediastore "github.com/prosa-desk/prosa/internal/media"
)

// Exchange gives operations that read or write bytes themselves the request.
type Exchange struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve implements huma.Resolver.
func (e *Exchange) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	e.r, e.w = r.WithContext(ctx.Context()), w
	return nil
}

type uploadMedia struct{ Exchange }

type mediaIn struct {
	ByID
	Exchange
	Download  bool   `query:"download" doc:"as an attachment, whatever the kind"`
	Account   idIn   `query:"account" doc:"of a signed URL"`
	Expires   string `query:"expires" maxLength:"20" doc:"of a signed URL"`
	Signature string `query:"signature" maxLength:"100" doc:"of a signed URL: no session needed"`
}

const (
	megabyte       = 1 << 20
	maxFileName    = 240     // characters
	maxUploadField = 1 << 10 // bytes of a field that is not the file
	uploadOverhead = 1 << 20 // bytes of a request beyond its file
)

// uploadForm describes the multipart body of POST /media.
func uploadForm() *huma.RequestBody {
	kinds := []any{}
	for _, k := range desk.MessageTypes() {
		if k.IsMedia() {
			kinds = append(kinds, string(k))
		}
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {
		Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
			"kind": {Type: huma.TypeString, Enum: kinds, Description: "what it is meant as, before file; found out when absent"},
			"file": {Type: huma.TypeString, Format: "binary", Description: "the file, last"},
		}},
	}}}
}

func (s *Server) mediaRoutes() {
	op := operation{tag: "media"}
	upload := op.post("upload-media", "/media", "Upload a file",
		"422 media_too_large with params.max in bytes, media_empty. Whether a channel takes it is judged when it is sent. "+
			"What is not sent within a day is removed.").creates(nil).refuses(http.StatusUnprocessableEntity)
	upload.request = uploadForm()
	handle(s, upload, s.uploadMedia)
	file := op.get("get-media", "/media/{id}", "The bytes of a file",
		"With Range. Everything but pictures, sound and film is an attachment.").open().refuses(http.StatusUnauthorized, http.StatusNotFound)
	file.answers = "*/*"
	handle(s, file, func(ctx context.Context, in *mediaIn) (*none, error) { return nil, s.serveMedia(in, mediastore.Whole) })
	thumb := op.get("get-thumb", "/media/{id}/thumb", "A small JPEG of an image", "").open().refuses(http.StatusUnauthorized, http.StatusNotFound)
	thumb.answers = "image/jpeg"
	handle(s, thumb, func(ctx context.Context, in *mediaIn) (*none, error) { return nil, s.serveMedia(in, mediastore.Thumb) })
}

func (s *Server) uploadMedia(ctx context.Context, in *uploadMedia) (*statusBody[media], error) {
	p := principal(ctx)
	account, err := s.directory.Account(ctx, p.Viewer.AccountID)
	if err != nil {
		return nil, err
	}
	limit := int64(max(account.Settings.MaxMediaMB, account.Settings.MaxDocumentMB)) * megabyte
	in.r.Body = http.MaxBytesReader(in.w, in.r.Body, limit+uploadOverhead)
	file, kind, err := filePart(in.r)
	if err != nil {
		return nil, err
	}
	m, err := s.files.Save(ctx, account.ID, file, limit)
	if err != nil {
		return nil, uploadError(err, limit)
	}
	m.UploadedBy, m.Name = p.User.ID, fileName(file.FileName())
	if kind != "" {
		m.Kind = kind
	}
	if allowed := sizeOf(account.Settings, m.Kind); m.Size > allowed {
		return nil, desk.RefuseField("file", desk.CodeMediaTooLarge).With("max", allowed).With("size", m.Size)
	}
	m, err = inTx(ctx, s, func(tx *dbx.Tx) (desk.Media, error) {
		row := m
		return row, s.store.InsertMedia(tx, &row)
	})
	return created(m, err, viewMedia)
}

// sizeOf is the account's limit in bytes for a kind of file.
func sizeOf(set desk.Settings, kind desk.MessageType) int64 {
	if kind == desk.TypeDocument {
		return int64(set.MaxDocumentMB) * megabyte
	}
	return int64(set.MaxMediaMB) * megabyte
}

// filePart finds the file of a multipart body and the kind named before it. The
// file is read from the wire: nothing is kept in memory.
func filePart(r *http.Request) (*multipart.Part, desk.MessageType, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, "", &desk.Error{Kind: desk.Malformed, Code: desk.CodeMalformed, Err: err}
	}
	var kind desk.MessageType
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, "", desk.RefuseField("file", desk.CodeRequired)
		}
		if err != nil {
			return nil, "", &desk.Error{Kind: desk.Malformed, Code: desk.CodeMalformed, Err: err}
		}
		switch part.FormName() {
		case "file":
			return part, kind, nil
		case "kind":
			if kind, err = kindField(part); err != nil {
				return nil, "", err
			}
		default:
			return nil, "", desk.RefuseField(part.FormName(), desk.CodeUnknownField)
		}
	}
}

func kindField(part io.Reader) (desk.MessageType, error) {
	text, err := io.ReadAll(io.LimitReader(part, maxUploadField))
	if err != nil {
		return "", &desk.Error{Kind: desk.Malformed, Code: desk.CodeMalformed, Err: err}
	}
	kind := desk.MessageType(text)
	if kind != "" && !kind.IsMedia() {
		return "", desk.RefuseField("kind", desk.CodeInvalid)
	}
	return kind, nil
}

// uploadError tells a body that is too long from one that broke off.
func uploadError(err error, limit int64) error {
	if _, ok := errors.AsType[*desk.Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return desk.RefuseField("file", desk.CodeMediaTooLarge).With("max", limit)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled) {
		return &desk.Error{Kind: desk.Malformed, Code: desk.CodeMalformed, Err: err}
	}
	return err
}

// fileName keeps the last element of what the browser said the file is called.
func fileName(said string) string {
	name := path.Base(strings.ReplaceAll(said, `\`, "/"))
	if name == "." || name == "/" {
		return ""
	}
	runes := []rune(strings.ToValidUTF8(name, ""))
	return string(runes[:min(len(runes), maxFileName)])
}

// serveMedia writes a file to whoever has a session that may see it or a signed
// URL.
func (s *Server) serveMedia(in *mediaIn, part mediastore.Part) error {
	m, err := s.mediaFor(in, part)
	if err != nil {
		return err
	}
	if m.State != desk.MediaReady {
		return desk.Missing()
	}
	if part == mediastore.Thumb && m.ThumbSHA == "" {
		if m.Kind != desk.TypeImage && m.Kind != desk.TypeSticker {
			return desk.Missing()
		}
		part = mediastore.Whole // small enough to need none
	}
	in.w.Header().Del("Cache-Control") // files set their own
	w := in.w
	if in.Download {
		w = attachment{w}
	}
	return s.files.Serve(w, in.r, m, part)
}

func (s *Server) mediaFor(in *mediaIn, part mediastore.Part) (desk.Media, error) {
	ctx := in.r.Context()
	if in.Signature != "" {
		if !s.signer.Valid(in.Account.ID, in.ID.ID, part, in.r.URL.Query()) {
			return desk.Media{}, desk.Missing()
		}
		return s.store.Media(s.read(ctx), in.Account.ID, in.ID.ID)
	}
	p, err := s.authenticate(in.r)
	if err != nil {
		return desk.Media{}, err
	}
	return s.store.VisibleMedia(s.read(ctx), &p.Viewer, in.ID.ID)
}

// attachment makes a file one to be kept rather than shown.
type attachment struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (a attachment) WriteHeader(status int) {
	h := a.Header()
	if said := h.Get("Content-Disposition"); strings.HasPrefix(said, "inline") {
		h.Set("Content-Disposition", "attachment"+strings.TrimPrefix(said, "inline"))
	}
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController the writer beneath.
func (a attachment) Unwrap() http.ResponseWriter { return a.ResponseWriter }
