package whatsappcloud

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/channel"
)

// mediaID is the shape of the ids of Meta's nodes: nothing else goes into a
// path.
var mediaID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// downloadAgent names us where an empty or unusual name is refused: the hosts
// of media sit behind such a filter.
const downloadAgent = "Mozilla/5.0 (compatible; " + userAgent + ")"

// maxRedirects bounds how far a download is followed.
const maxRedirects = 3

// Fetch implements channel.MediaFetcher. Meta names a URL that lives five
// minutes; when it is gone it is asked for once more.
func (a *Adapter) Fetch(ctx context.Context, c channel.Connection, providerID string) (channel.Fetched, error) {
	acc, f := a.account(c)
	if f != nil {
		return channel.Fetched{}, f
	}
	if !mediaID.MatchString(providerID) {
		return channel.Fetched{}, refusal(KeyMediaMissing, "media id")
	}
	got, f := a.fetch(ctx, acc, providerID)
	if f != nil && f.Code == "http_404" {
		got, f = a.fetch(ctx, acc, providerID)
	}
	if f != nil {
		f.Certain = true // nothing is sent by asking
		return channel.Fetched{}, f
	}
	return got, nil
}

func (a *Adapter) fetch(ctx context.Context, acc account, id string) (channel.Fetched, *channel.Failure) {
	var info struct {
		URL    string `json:"url"`
		MIME   text   `json:"mime_type"`
		SHA256 text   `json:"sha256"`
		Size   text   `json:"file_size"`
	}
	query := url.Values{"phone_number_id": {acc.phoneID}}
	f := a.do(ctx, acc, call{method: http.MethodGet, url: acc.url(query, id), harmless: true}, &info)
	if f != nil {
		if f.Key == KeyInvalidRequest || f.Key == KeyNumberMissing {
			f.Key, f.AuthFailed = KeyMediaMissing, false // ids live for seven days
		}
		return channel.Fetched{}, f
	}
	got, f := a.download(ctx, acc, info.URL)
	if f != nil {
		return channel.Fetched{}, f
	}
	got.MIME, got.SHA256 = string(info.MIME), hexSum(string(info.SHA256))
	if got.Size < 0 {
		if n, err := strconv.ParseInt(string(info.Size), 10, 64); err == nil && n > 0 {
			got.Size = n
		}
	}
	return got, nil
}

// download opens a media URL, following redirects only to where the token may
// go.
func (a *Adapter) download(ctx context.Context, acc account, address string) (channel.Fetched, *channel.Failure) {
	for range maxRedirects {
		u, err := url.Parse(address)
		if err != nil || !acc.trusts(u) {
			return channel.Fetched{}, refusal(KeyMediaUnfetchable, "the file is on a foreign host")
		}
		res, f := a.open(ctx, acc, u)
		if f != nil {
			return channel.Fetched{}, f
		}
		if res.StatusCode == http.StatusOK {
			return channel.Fetched{Body: res.Body, Size: res.ContentLength}, nil
		}
		next, err := res.Location()
		if res.StatusCode < 300 || res.StatusCode > 399 || err != nil {
			return channel.Fetched{}, noFile(res)
		}
		res.Body.Close()
		address = next.String()
	}
	return channel.Fetched{}, refusal(KeyMediaUnfetchable, "too many redirects")
}

// open waits for the beginning of an answer no longer than for any other call;
// how long the file itself may take is the caller's to say.
func (a *Adapter) open(parent context.Context, acc account, u *url.URL) (*http.Response, *channel.Failure) {
	ctx, cancel := context.WithCancel(parent)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		cancel()
		return nil, refusal(KeyMediaUnfetchable, "address")
	}
	req.Header.Set("Authorization", "Bearer "+acc.token)
	req.Header.Set("User-Agent", downloadAgent)
	tooLate := time.AfterFunc(callTimeout, cancel)
	res, err := a.http.Do(req)
	if err != nil {
		f := transportFailure(err, false)
		if !tooLate.Stop() {
			f.Key = KeyTimeout
		}
		cancel()
		return nil, f
	}
	tooLate.Stop()
	res.Body = canceling{res.Body, cancel}
	return res, nil
}

// canceling ends a download's context with its body.
type canceling struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close implements io.Closer.
func (c canceling) Close() error {
	defer c.cancel()
	return c.ReadCloser.Close()
}

// noFile turns an answer that is no file into a failure.
func noFile(res *http.Response) *channel.Failure {
	body, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // only for the reason
	res.Body.Close()
	f := answerFailure(res.StatusCode, res.Header, body)
	if res.StatusCode == http.StatusNotFound || slices.Contains([]string{KeyRejected, KeyInvalidRequest, KeyMisconfigured}, f.Key) {
		f.Key = KeyMediaUnfetchable
	}
	if res.StatusCode == http.StatusNotFound {
		f.Code = "http_404"
	}
	return f
}

// trusts reports whether the token may be sent to an address: the configured
// API itself, or over https a host of Meta's. Anything else could be made to
// collect tokens, or to have us call into our own network.
func (acc account) trusts(u *url.URL) bool {
	if u.User != nil {
		return false
	}
	if u.Scheme == acc.base.Scheme && u.Host == acc.base.Host {
		return true
	}
	if u.Scheme != "https" || u.Port() != "" && u.Port() != "443" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	for _, domain := range []string{"facebook.com", "fbcdn.net", "fbsbx.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
