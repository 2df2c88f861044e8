package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/store"
)

// provider is the outside world of the company's numbers: the simulator, in
// this process, with a database of its own that does not touch the disk, so
// that the disk is the program's alone.
type provider struct {
	world   *sandbox.Sandbox
	account desk.ID
	db      *dbx.DB
	server  *http.Server
	url     string
	folder  string

	mu      sync.Mutex
	heard   []arrival
	refused int
	expired bool // no token is good any more
}

// arrival is a message that the provider took.
type arrival struct {
	correlation string // the program's id of the message
	at          time.Time
}

// memoryFolder is where files stay in memory on Linux.
const memoryFolder = "/dev/shm"

func startProvider(ctx context.Context, c *company) (*provider, error) {
	under := memoryFolder
	if info, err := os.Stat(under); err != nil || !info.IsDir() {
		under = ""
	}
	folder, err := os.MkdirTemp(under, "prosa-bench-")
	if err != nil {
		return nil, err
	}
	p := &provider{account: c.Account, folder: folder}
	if p.db, err = dbx.Open(ctx, dbx.Config{Path: filepath.Join(folder, "provider.db")}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := p.open(ctx, c); err != nil {
		return nil, errors.Join(err, p.stop(ctx))
	}
	return p, nil
}

func (p *provider) open(ctx context.Context, c *company) error {
	if err := dbx.Migrate(ctx, p.db, store.Schema()); err != nil {
		return err
	}
	p.world = sandbox.New(sandbox.Options{DB: p.db, Seed: seed, IDs: desk.NewIDs(time.Now, otherNode, 0).Next})
	for _, l := range c.Connections {
		err := p.world.AddNumber(ctx, sandbox.Number{AccountID: c.Account, PhoneNumberID: l.PhoneID, WABAID: wabaID, Display: l.Display,
			VerifiedName: companyName, AccessToken: accessToken, AppSecret: appSecret, VerifyToken: verifyToken, CallbackURL: "http://127.0.0.1:9" + l.Hook})
		if err != nil {
			return err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.url = "http://" + listener.Addr().String()
	p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }() // ends with Close
	return p.world.Start(ctx)
}

func (p *provider) stop(ctx context.Context) error {
	var errs []error
	if p.server != nil {
		errs = append(errs, p.server.Close())
	}
	if p.world != nil {
		quick, cancel := context.WithTimeout(ctx, time.Second)
		_ = p.world.Stop(quick) // webhooks still owed are nobody's now
		cancel()
	}
	return errors.Join(append(errs, p.db.Close(), os.RemoveAll(p.folder))...)
}

// serve lets the simulator answer, and notes when a message arrived that it
// took.
func (p *provider) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/messages") {
		p.world.Graph().ServeHTTP(w, r)
		return
	}
	if p.isExpired() {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"message":"Session has expired","type":"OAuthException","code":190}}`)
		return
	}
	at := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	seen := &statusSeen{ResponseWriter: w, status: http.StatusOK}
	p.world.Graph().ServeHTTP(seen, r)
	var sent struct {
		Opaque string `json:"biz_opaque_callback_data"`
	}
	if json.Unmarshal(body, &sent) != nil || sent.Opaque == "" {
		return // a receipt
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if seen.status != http.StatusOK {
		p.refused++
		return
	}
	p.heard = append(p.heard, arrival{strings.TrimLeft(sent.Opaque, "abcdefghijklmnopqrstuvwxyz:"), at})
}

// expire has every token refused until it is told otherwise.
func (p *provider) expire(expired bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expired = expired
}

func (p *provider) isExpired() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.expired
}

// statusSeen remembers the status of an answer.
type statusSeen struct {
	http.ResponseWriter
	status int
}

func (s *statusSeen) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// arrivals are those since a count, which is that of the next call.
func (p *provider) arrivals(since int) []arrival {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]arrival(nil), p.heard[since:]...)
}

// refusals is how many messages it has refused.
func (p *provider) refusals() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

func (p *provider) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.heard)
}

// attach makes program and provider known to each other.
func (p *provider) attach(ctx context.Context, admin *browser, c *company) error {
	for _, l := range c.Connections {
		n, err := p.world.Number(ctx, c.Account, l.PhoneID)
		if err != nil {
			return err
		}
		n.CallbackURL = "http://" + admin.addr + l.Hook
		if err := p.world.UpdateNumber(ctx, n); err != nil {
			return err
		}
		path := "/api/v1/connections/" + l.ID.String()
		if err := admin.call(ctx, http.MethodPatch, path, map[string]any{"settings": map[string]string{"graph_url": p.url}}, nil); err != nil {
			return err
		}
		var checked struct {
			State  desk.ConnectionState `json:"state"`
			Reason string               `json:"state_reason"`
		}
		if err := admin.call(ctx, http.MethodPost, path+"/check", nil, &checked); err != nil {
			return err
		}
		if checked.State != desk.Connected {
			return fmt.Errorf("connection %s is %s (%s)", l.ID, checked.State, checked.Reason)
		}
	}
	return nil
}
