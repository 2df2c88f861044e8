package e2e_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// program is the real thing as a child process. It keeps its address and its
// data over restarts.
type program struct {
	t      *testing.T
	args   []string
	env    []string
	at     database
	data   string // its folder
	url    string // how we reach it
	book   *logbook
	cmd    *exec.Cmd
	ended  chan struct{} // closed when the process is gone
	result error         // of the process, after ended
}

// launch starts a program on a fresh data folder and waits until it serves.
// host is where it listens; extra are further flags of serve.
func launch(t *testing.T, d database, host string, extra ...string) *program {
	t.Helper()
	port := freePort(t)
	p := &program{t: t, env: d.env(), at: d, data: t.TempDir(), url: "http://127.0.0.1:" + port, book: &logbook{}}
	p.args = append([]string{"--data-dir", p.data, "serve", "--listen", net.JoinHostPort(host, port), "--public-url", p.url,
		"--log-format", "json"}, extra...)
	t.Cleanup(p.cleanup)
	p.start()
	return p
}

// freePort finds a port that nobody uses now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err := errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	return port
}

func (p *program) start() {
	p.t.Helper()
	p.cmd = exec.Command(prosa, p.args...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.SysProcAttr = dieWithParent()
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		p.book.read(out)
		p.result = cmd.Wait()
		close(ended)
	}(p.cmd, p.ended)
	eventually(p.t, "the program serves", func() (bool, any) {
		select {
		case <-p.ended:
			p.t.Fatalf("the program ended: %v\n%s", p.result, p.book.tail())
		default:
		}
		return p.ready(), p.book.tail()
	})
}

func (p *program) ready() bool {
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// kill ends the process as a power cut would.
func (p *program) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	<-p.ended
}

// stop ends the program in an orderly way, which must succeed.
func (p *program) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.ended:
		if p.result != nil {
			p.t.Errorf("the program ended with %v\n%s", p.result, p.book.tail())
		}
	case <-time.After(30 * time.Second):
		p.t.Error("the program did not stop within 30 s of SIGTERM")
		p.kill()
	}
}

// cleanup stops what still runs and tells what it said if the test failed. In
// its whole life it may not have met an error of its own.
func (p *program) cleanup() {
	select {
	case <-p.ended:
	default:
		p.stop()
	}
	for _, line := range p.book.all() {
		if strings.Contains(line, `"level":"ERROR"`) || strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:") {
			p.t.Errorf("the program logged: %.2000s", line)
		}
	}
	if p.t.Failed() {
		p.t.Logf("the program's last words:\n%s", p.book.tail())
	}
}

// open looks into the program's database; close it soon. What no answer tells
// is checked there: that nothing was stored, or what only time changes.
func (p *program) open(t *testing.T) *dbx.DB {
	t.Helper()
	config := dbx.Config{URL: p.at.url}
	if config.URL == "" {
		config.Path = filepath.Join(p.data, "prosa.db")
	}
	db, err := dbx.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// count counts rows of the program's database.
func (p *program) count(t *testing.T, of string) (n int) {
	t.Helper()
	db := p.open(t)
	err := db.Read(t.Context()).QueryRow(`SELECT COUNT(*) FROM ` + of).Scan(&n)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}

// logbook keeps what a program printed.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (b *logbook) read(r io.Reader) {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		b.mu.Lock()
		b.lines = append(b.lines, scan.Text())
		b.mu.Unlock()
	}
}

func (b *logbook) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.lines...)
}

func (b *logbook) tail() string {
	lines := b.all()
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// find waits for a line that holds a text.
func (b *logbook) find(t *testing.T, text string) string {
	t.Helper()
	found := ""
	eventually(t, fmt.Sprintf("a line with %q is printed", text), func() (bool, any) {
		for _, line := range b.all() {
			if strings.Contains(line, text) {
				found = line
				return true, nil
			}
		}
		return false, b.tail()
	})
	return found
}

// silentAbout fails if the log names any of these: nothing personal is logged.
func (b *logbook) silentAbout(t *testing.T, personal ...string) {
	t.Helper()
	for _, line := range b.all() {
		for _, word := range personal {
			if strings.Contains(line, word) {
				t.Errorf("the log holds %q: %.300s", word, line)
			}
		}
	}
}
