package whatsappcloud

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/channel/channeltest"
	"github.com/prosa-desk/prosa/internal/desk"
)

func TestConformance(t *testing.T) {
	channeltest.Run(t, channeltest.Fixture{
		New: inMode, To: channel.Recipient{Phone: "5511987650001", UserID: "BR.123"}, File: sample, KnownID: "wamid.KNOWN",
		MediaID: "9001", MediaBytes: []byte("file 9001"),
		Hooks: &channeltest.Hooks{
			Sign: sign, Token: func(c channel.Connection) string { return c.Settings["verify_token"] },
			Challenge: func(token string) (*http.Request, string) {
				q := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {token}, "hub.challenge": {"1158201444"}}
				return httptest.NewRequest(http.MethodGet, "/hooks/whatsapp_official/x?"+q.Encode(), nil), "1158201444"
			},
			Recorded: recordedHooks(t),
			Foreign:  []string{`{}`, `{"object":"page","entry":[]}`, `{"object":"whatsapp_business_account","entry":{}}`, `{"object":["whatsapp_business_account"],"entry":[]}`},
		},
	})
}

// inMode builds the adapter over a peer that behaves as the suite asks.
func inMode(t *testing.T, mode channeltest.Mode) (channel.Adapter, channel.Connection) {
	p := newPeer(t)
	c := p.connection()
	all := func(status int, body string) {
		p.answer = func(w http.ResponseWriter, _ request) bool { write(w, status, body); return true }
	}
	switch mode {
	case channeltest.Healthy:
	case channeltest.Unreachable:
		p.server.Close()
	case channeltest.Silent:
		release := make(chan struct{})
		t.Cleanup(func() { close(release) })
		p.answer = func(http.ResponseWriter, request) bool { <-release; return true }
	case channeltest.Cut:
		p.answer = func(http.ResponseWriter, request) bool { panic(http.ErrAbortHandler) }
	case channeltest.Garbled:
		all(200, `{"messages":[`)
	case channeltest.Gateway:
		all(502, `<html>Bad Gateway</html>`)
	case channeltest.Busy:
		all(429, apiErrorBody(130429, 0))
	case channeltest.Refusing:
		all(400, apiErrorBody(131026, 0))
	case channeltest.Denied:
		all(401, apiErrorBody(190, 463))
	case channeltest.WindowShut:
		all(400, apiErrorBody(131047, 0))
	default:
		t.Fatalf("unknown mode %s", mode)
	}
	return adapter(t), c
}

// samples are the type and name of a file of each kind.
var samples = map[desk.MessageType][2]string{
	desk.TypeImage:    {"image/jpeg", "foto.jpg"},
	desk.TypeVideo:    {"video/mp4", "filme.mp4"},
	desk.TypeAudio:    {"audio/mpeg", "musica.mp3"},
	desk.TypeVoice:    {"audio/ogg; codecs=opus", "voz.ogg"},
	desk.TypeDocument: {"application/pdf", "nota.pdf"},
	desk.TypeSticker:  {"image/webp", "figurinha.webp"},
}

func sample(kind desk.MessageType) *channel.OutgoingMedia {
	return outgoing(samples[kind][0], samples[kind][1], "content of a "+string(kind))
}

func outgoing(mime, name, content string) *channel.OutgoingMedia {
	sum := sha256.Sum256([]byte(content))
	return &channel.OutgoingMedia{
		MIME: mime, Name: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

func sign(c channel.Connection, body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte(c.Settings["app_secret"]))
	mac.Write(body)
	return http.Header{"X-Hub-Signature-256": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}}
}
