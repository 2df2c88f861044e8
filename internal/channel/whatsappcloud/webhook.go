package whatsappcloud

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/prosa-desk/prosa/internal/channel"
)

// maxChallenge bounds what is echoed to the caller of a verification.
const maxChallenge = 200

// Challenge implements channel.Webhook: Meta asks with GET whether the URL is
// ours before it posts there. Meta: webhooks/create-webhook-endpoint.
func (a *Adapter) Challenge(c channel.Connection, r *http.Request) (string, bool) {
	q := r.URL.Query()
	want, got := c.Settings[settingVerify], q.Get("hub.verify_token")
	challenge := q.Get("hub.challenge")
	// Hashing first hides the length as well.
	w, g := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(got))
	same := subtle.ConstantTimeCompare(w[:], g[:]) == 1
	if !same || want == "" || q.Get("hub.mode") != "subscribe" || challenge == "" || len(challenge) > maxChallenge {
		return "", false
	}
	return challenge, true
}

// Verify implements channel.Webhook: X-Hub-Signature-256 is the HMAC-SHA256 of
// the body as it came, keyed with the app secret. Meta: webhooks/overview.
func (a *Adapter) Verify(c channel.Connection, h http.Header, body []byte) bool {
	secret := c.Settings[settingAppSecret]
	signature, ok := strings.CutPrefix(h.Get("X-Hub-Signature-256"), "sha256=")
	if !ok || secret == "" {
		return false
	}
	given, err := hex.DecodeString(signature)
	if err != nil || len(given) != sha256.Size {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}
