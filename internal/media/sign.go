package media

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
)

// Signer makes links to files that work without a session, for a time: for a
// provider that fetches what we send.
type Signer struct {
	Key []byte // secret; another key for every purpose
	Now func() time.Time
}

// Sign returns the query of a link to a part of a media that works for d.
func (s Signer) Sign(account, media desk.ID, part Part, d time.Duration) url.Values {
	expires := strconv.FormatInt(s.Now().Add(d).Unix(), 10)
	return url.Values{"expires": {expires}, "signature": {s.mac(account, media, part, expires)}}
}

// Valid reports whether the query is one that Sign made for this media, and
// not over.
func (s Signer) Valid(account, media desk.ID, part Part, q url.Values) bool {
	expires := q.Get("expires")
	want := s.mac(account, media, part, expires)
	if !hmac.Equal([]byte(want), []byte(q.Get("signature"))) {
		return false
	}
	at, err := strconv.ParseInt(expires, 10, 64)
	return err == nil && s.Now().Unix() <= at
}

func (s Signer) mac(account, media desk.ID, part Part, expires string) string {
	h := hmac.New(sha256.New, s.Key)
	// Decimal numbers and a fixed set of parts: no two tuples look alike.
	_, _ = h.Write([]byte("media/" + account.String() + "/" + media.String() + "/" + string(part) + "/" + expires))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
