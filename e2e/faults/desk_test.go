package faults_test

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
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// desk is the program under test. A supervisor starts it again when it ends by
// itself, as a service manager would.
type desk interface {
	address() string
	start(ctx context.Context) error // and wait until it serves
	stop() error                     // in order
	kill() error
	said() []string // its log
}

// process is the real program as a child. It keeps its address and its data.
type process struct {
	path, addr string
	args, env  []string
	log        logbook

	mu     sync.Mutex
	cmd    *exec.Cmd
	ended  chan struct{}
	result error
	wanted bool // it should be running
	alone  int  // times it ended by itself
}

func newProcess(path, dataDir string, env []string) (*process, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	return &process{path: path, addr: addr, env: env,
		args: []string{"--data-dir", dataDir, "serve", "--listen", addr, "--public-url", "http://" + addr, "--log-format", "json"}}, nil
}

func (p *process) address() string { return "http://" + p.addr }

// start runs the program until it serves; one that can't start yet, because
// its database is away, is started again.
func (p *process) start(ctx context.Context) error {
	p.mu.Lock()
	p.wanted = true
	p.mu.Unlock()
	deadline := time.Now().Add(time.Minute)
	for ctx.Err() == nil && time.Now().Before(deadline) {
		if p.running() == nil {
			if err := p.launch(); err != nil {
				return err
			}
		}
		if p.serves(ctx) {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("the program does not serve:\n%s", p.log.tail(20))
}

func (p *process) launch() error {
	cmd := exec.Command(p.path, p.args...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.SysProcAttr = dieWithParent()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	p.mu.Lock()
	p.cmd, p.ended = cmd, ended
	p.mu.Unlock()
	go p.watch(cmd, ended, out)
	return nil
}

// watch notes the end of the program, and starts it again if nobody asked for
// that end.
func (p *process) watch(cmd *exec.Cmd, ended chan struct{}, out io.Reader) {
	p.log.read(out)
	result := cmd.Wait()
	p.mu.Lock()
	p.cmd, p.result = nil, result
	again := p.wanted
	if again {
		p.alone++
	}
	close(ended)
	p.mu.Unlock()
	if !again {
		return
	}
	time.Sleep(100 * time.Millisecond)
	p.mu.Lock()
	again = p.wanted && p.cmd == nil
	p.mu.Unlock()
	if again {
		_ = p.launch() // start, or the next end, tries again
	}
}

func (p *process) running() *exec.Cmd {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd
}

func (p *process) serves(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address()+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// end sends a signal and waits for the end.
func (p *process) end(signal os.Signal, within time.Duration) error {
	p.mu.Lock()
	p.wanted = false
	cmd, ended := p.cmd, p.ended
	p.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-ended:
		return nil
	case <-time.After(within):
		_ = cmd.Process.Signal(syscall.SIGABRT) // tells in the log what it was doing
		<-ended
		return fmt.Errorf("the program did not end within %s of %s", within, signal)
	}
}

func (p *process) kill() error { return p.end(syscall.SIGKILL, 10*time.Second) }

// stop must end the program well, unless it was about to be started again.
func (p *process) stop() error {
	was := p.running()
	if err := p.end(syscall.SIGTERM, 40*time.Second); err != nil || was == nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.result != nil {
		return fmt.Errorf("an orderly stop ended with %w:\n%s", p.result, p.log.tail(5))
	}
	return nil
}

func (p *process) said() []string { return p.log.all() }

// badLines are those of a log that no fault excuses.
func badLines(lines []string) []string {
	var bad []string
	for _, line := range lines {
		for _, word := range []string{"panic", "fatal error:", "DATA RACE", "differ", "could not be interpreted", "internal error"} {
			if strings.Contains(line, word) {
				bad = append(bad, fmt.Sprintf("the program said: %.1200s", line))
				break
			}
		}
	}
	return slices.Compact(bad)
}

// logbook keeps what the program printed.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (b *logbook) read(r io.Reader) {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 4<<20)
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

func (b *logbook) tail(n int) string {
	lines := slices.DeleteFunc(b.all(), func(line string) bool { return strings.Contains(line, `"msg":"request"`) })
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
