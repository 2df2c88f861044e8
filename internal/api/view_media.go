package api

import "github.com/prosa-desk/prosa/internal/desk"

// media is a file of a message, or a photo.
type media struct {
	ID         id               `json:"id"`
	State      desk.MediaState  `json:"state"`
	Kind       desk.MessageType `json:"kind"`
	MIME       string           `json:"mime" doc:"found out from the bytes"`
	Name       string           `json:"name"`
	Size       int64            `json:"size" doc:"bytes"`
	Width      int              `json:"width,omitempty" doc:"pixels; of images, videos and stickers"`
	Height     int              `json:"height,omitempty"`
	DurationMS int64            `json:"duration_ms,omitempty" doc:"of audio, voice notes and videos"`
	URL        string           `json:"url,omitempty" doc:"once ready; a path on this host, valid for the session"`
	ThumbURL   string           `json:"thumb_url,omitempty"`
	Error      string           `json:"error,omitempty" doc:"stable code of why it could not be fetched"`
}

// mediaURL is where the bytes of a file are; empty for none.
func mediaURL(file desk.ID) string {
	if file == 0 {
		return ""
	}
	return basePath + "/media/" + file.String()
}

// thumbURL is where the small picture of a file is; empty for none.
func thumbURL(file desk.ID) string {
	if file == 0 {
		return ""
	}
	return mediaURL(file) + "/thumb"
}

func viewMedia(m desk.Media) media {
	view := media{ID: id(m.ID), State: m.State, Kind: m.Kind, MIME: m.MIME, Name: m.Name, Size: m.Size, Width: m.Width,
		Height: m.Height, DurationMS: m.DurationMS, Error: m.Error}
	if m.State == desk.MediaReady {
		view.URL = mediaURL(m.ID)
	}
	if m.ThumbSHA != "" {
		view.ThumbURL = thumbURL(m.ID)
	}
	return view
}
