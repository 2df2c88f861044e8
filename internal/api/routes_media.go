package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/prosa-desk/prosa/internal/desk"
)

// exchange is the input of operations that read or write bytes themselves.
type exchange struct {
	r *http.Request
	w http.ResponseWriter
}

// Resolve implements huma.Resolver.
func (e *exchange) Resolve(ctx huma.Context) []error {
	e.r, e.w = humago.Unwrap(ctx)
	return nil
}

type uploadMedia struct {
	Exchange exchange
}

type mediaIn struct {
	ByID
	Exchange  exchange
	Download  bool   `query:"download" doc:"as an attachment, whatever the kind"`
	Expires   int64  `query:"expires" doc:"of a signed URL"`
	Signature string `query:"signature" maxLength:"100" doc:"of a signed URL: no session needed"`
}

// stream is an answer that writes itself.
type stream struct{ Body func(huma.Context) }

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
		"422 media_too_large with params.max, media_kind_refused, media_empty. What is not sent with a message is removed after a day.").creates(nil).refuses(http.StatusRequestEntityTooLarge)
	upload.request = uploadForm()
	handle(s, upload, unfinished[uploadMedia, statusBody[media]])
	file := op.get("get-media", "/media/{id}", "The bytes of a file",
		"With Range. Everything but safe kinds is an attachment.").open().refuses(http.StatusUnauthorized, http.StatusNotFound)
	file.answers = "*/*"
	handle(s, file, unfinished[mediaIn, stream])
	thumb := op.get("get-thumb", "/media/{id}/thumb", "A small JPEG of an image", "").open().refuses(http.StatusUnauthorized, http.StatusNotFound)
	thumb.answers = "image/jpeg"
	handle(s, thumb, unfinished[mediaIn, stream])
}
