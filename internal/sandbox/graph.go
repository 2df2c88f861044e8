package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox/rules"
)

// Graph is the simulated Graph API as an http.Handler, under any version
// prefix (/v25.0/…).
func (s *Sandbox) Graph() http.Handler { return http.HandlerFunc(s.serveGraph) }

// call is one request to the Graph API.
type call struct {
	s       *Sandbox
	w       http.ResponseWriter
	r       *http.Request
	version string
	id      string   // of the node
	edge    string   // behind the node, or ""
	reach   []Number // what the token may act on, at least one
	n       *Number  // the number it is about: the node itself, or one of the WABA's
	drop    bool     // cut the connection instead of answering
}

var versionPrefix = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,2}$`)

// Bounds of requests: JSON bodies in bytes, tokens in characters.
const (
	maxBody  = 1 << 20
	maxToken = 1000
)

// route is one endpoint.
type route struct {
	method, edge string
	group        string // of faults
	on           string // kind of node: "number", "waba" or "" for any
	serve        func(*call) (any, error)
}

var routes = []route{
	{http.MethodPost, "messages", OnMessages, "number", (*call).postMessages},
	{http.MethodPost, "media", OnMedia, "number", (*call).postMedia},
	{http.MethodGet, "message_templates", OnTemplates, "waba", (*call).listTemplates},
	{http.MethodPost, "message_templates", OnTemplates, "waba", (*call).createTemplate},
	{http.MethodDelete, "message_templates", OnTemplates, "waba", (*call).deleteTemplates},
	{http.MethodGet, "phone_numbers", OnAll, "waba", (*call).listNumbers},
	{http.MethodGet, "subscribed_apps", OnAll, "waba", (*call).listSubscriptions},
	{http.MethodPost, "subscribed_apps", OnAll, "waba", (*call).subscribe},
	{http.MethodDelete, "subscribed_apps", OnAll, "waba", (*call).unsubscribe},
	{http.MethodGet, "", OnAll, "number", (*call).getNumber},
	{http.MethodGet, "", OnAll, "waba", (*call).getWABA},
	{http.MethodGet, "", OnMedia, "", (*call).getObject},
	{http.MethodDelete, "", OnMedia, "", (*call).deleteObject},
}

func (s *Sandbox) serveGraph(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, w: w, r: r}
	path := strings.Trim(r.URL.Path, "/")
	if path == downloadPath {
		s.download(w, r)
		return
	}
	parts := strings.Split(path, "/")
	if len(parts) < 2 || len(parts) > 3 || !versionPrefix.MatchString(parts[0]) {
		c.answer(nil, rules.Missing(path, r.Method))
		return
	}
	c.version, c.id = parts[0], parts[1]
	if len(parts) == 3 {
		c.edge = parts[2]
	}
	answer, err := c.serve()
	if errors.Is(err, errCut) || c.drop {
		cutConnection(w)
		return
	}
	c.answer(answer, err)
}

func (c *call) serve() (any, error) {
	if err := c.authenticate(); err != nil {
		return nil, err
	}
	rt := c.route()
	if rt == nil {
		return nil, rules.Missing(c.id, c.r.Method)
	}
	if err := c.misbehave(rt.group); err != nil {
		return nil, err
	}
	return rt.serve(c)
}

// authenticate finds what the token reaches. Meta checks the token before the
// node.
func (c *call) authenticate() error {
	token, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		token = c.r.URL.Query().Get("access_token")
	}
	if token == "" || !isText(token, maxToken) {
		e := rules.New(190, "")
		e.Title = "An access token is required to request this resource."
		return e
	}
	var err error
	if c.reach, err = c.s.numbersOf(c.r.Context(), token); err != nil {
		return err
	}
	if len(c.reach) == 0 {
		return rules.New(190, "")
	}
	return nil
}

// route finds the endpoint and the number that answers.
func (c *call) route() *route {
	kind := ""
	c.n = &c.reach[0]
	for i := range c.reach {
		if c.reach[i].PhoneNumberID == c.id {
			kind, c.n = "number", &c.reach[i]
			break
		}
		if c.reach[i].WABAID == c.id && kind == "" {
			kind, c.n = "waba", &c.reach[i]
		}
	}
	for i := range routes {
		rt := &routes[i]
		if rt.method == c.r.Method && rt.edge == c.edge && rt.on == kind {
			return rt
		}
	}
	return nil
}

var errCut = errors.New("the connection is cut")

// misbehave lets the faults of requests strike, before anything is accepted.
func (c *call) misbehave(group string) error {
	ctx := c.r.Context()
	refusals := []FaultKind{FaultExpiredToken, FaultRateLimit, FaultServer, FaultRefuse}
	if f, hit, err := c.s.strike(ctx, c.n, FaultDelay, group); err != nil {
		return err
	} else if hit {
		pause(ctx, f.delay())
	}
	if _, hit, err := c.s.strike(ctx, c.n, FaultDropBefore, group); err != nil || hit {
		return errors.Join(err, errCut)
	}
	if _, hit, err := c.s.strike(ctx, c.n, FaultServerBare, group); err != nil || hit {
		return errors.Join(err, errBare)
	}
	for _, kind := range refusals {
		f, hit, err := c.s.strike(ctx, c.n, kind, group)
		if err != nil {
			return err
		}
		if hit {
			return f.refusal()
		}
	}
	_, hit, err := c.s.strike(ctx, c.n, FaultDrop, group)
	c.drop = hit
	return err
}

// refusal is the answer of a fault that refuses.
func (f *Fault) refusal() *rules.Error {
	e := rules.New(f.Code, "Simulated fault.")
	switch f.Kind {
	case FaultRateLimit:
		e.Status = http.StatusTooManyRequests
	case FaultServer:
		e.Status, e.Transient = http.StatusInternalServerError, true
	case FaultExpiredToken:
		e.Subcode, e.Details = 463, ""
		e.Title = "Error validating access token: Session has expired."
	}
	return e
}

// errBare is a failure in front of the Graph API: a gateway's page.
var errBare = errors.New("bad gateway")

// pause waits, or gives up with the request.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// cutConnection ends the connection without an answer.
func cutConnection(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close() // the client learns of it either way
		return
	}
	panic(http.ErrAbortHandler) // HTTP/2: resets the stream
}

// answer writes a result or a refusal in Meta's form.
func (c *call) answer(result any, err error) {
	if errors.Is(err, errBare) {
		c.w.Header().Set("Content-Type", "text/html")
		c.w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(c.w, "<html><body><h1>502 Bad Gateway</h1></body></html>") // nobody to tell
		return
	}
	id := trace(c.s.ids())
	status := http.StatusOK
	if err != nil {
		refusal := c.refusal(err)
		status, result = refusal.Status, refusal.Body(id)
		if status == http.StatusUnauthorized {
			c.w.Header().Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_token"`)
		}
	}
	body, err := json.Marshal(result)
	if err != nil {
		c.s.log.Error("sandbox: answer can't be encoded", "err", err)
		status, body = http.StatusInternalServerError, nil
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("x-fb-trace-id", id)
	if c.version != "" {
		h.Set("facebook-api-version", c.version)
	}
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // a client that went away can't be told
}

// refusal turns any error into one of Meta's; our own troubles read as Meta's.
func (c *call) refusal(err error) *rules.Error {
	if refusal, ok := errors.AsType[*rules.Error](err); ok {
		return refusal
	}
	if desk.CodeOf(err) == desk.CodeNotFound {
		return rules.Missing(c.id, c.r.Method)
	}
	if c.r.Context().Err() == nil {
		c.s.log.Error("sandbox: request failed", "edge", c.edge, "err", err)
	}
	e := rules.New(131000, "The simulator failed.")
	e.Transient = true
	return e
}

// read returns the body of a JSON request.
func (c *call) read() ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	if err != nil {
		return nil, rules.New(100, "The request body could not be read or is larger than %d bytes.", maxBody)
	}
	return body, nil
}

// base is the address under which the client reached the API, with a prefix
// that a mux may have stripped.
func (c *call) base() string {
	scheme := "http"
	if c.r.TLS != nil {
		scheme = "https"
	}
	prefix := ""
	if u, err := url.ParseRequestURI(c.r.RequestURI); err == nil {
		prefix = strings.TrimSuffix(u.Path, c.r.URL.Path)
	}
	return scheme + "://" + c.r.Host + prefix
}
