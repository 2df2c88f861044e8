package main

import (
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
	"syscall"
	"time"
)

// program is the real thing, built.
type program struct{ path string }

// build makes the program as a release is made.
func build(ctx context.Context, dir string) (*program, error) {
	p := &program{path: filepath.Join(dir, "prosa")}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", p.path, "./cmd/prosa")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build ./cmd/prosa (run this from the repository's root): %w\n%s", err, out)
	}
	return p, nil
}

// command prepares the program with a place's database.
func (p *program) command(ctx context.Context, at place, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.path, append([]string{"--data-dir", at.dir}, args...)...)
	cmd.Env = append(os.Environ(), "PROSA_DATABASE_URL="+at.url, "PROSA_SECRET_KEY="+secretKey)
	return cmd
}

// run runs a command of the program to its end.
func (p *program) run(ctx context.Context, at place, in io.Reader, args ...string) error {
	cmd := p.command(ctx, at, args...)
	cmd.Stdin = in
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// running is the program as a child process that serves.
type running struct {
	cmd   *exec.Cmd
	addr  string
	log   *os.File
	ended chan error
	ready time.Duration // from the start of the process to the first good answer
}

// start runs the program and returns once it is ready.
func (p *program) start(ctx context.Context, at place) (*running, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(at.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	r := &running{addr: addr, log: log, ended: make(chan error, 1)}
	r.cmd = p.command(ctx, at, "serve", "--listen", addr)
	r.cmd.Stdout, r.cmd.Stderr = log, log
	began := time.Now()
	if err := r.cmd.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() { r.ended <- r.cmd.Wait() }()
	if err := r.await(ctx); err != nil {
		r.kill()
		return nil, fmt.Errorf("%w\n%s", err, tail(log.Name()))
	}
	r.ready = time.Since(began)
	return r, nil
}

// await polls /readyz every millisecond.
func (r *running) await(ctx context.Context) error {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		select {
		case err := <-r.ended:
			r.ended <- err
			return fmt.Errorf("the program ended before it was ready: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := client.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("the program was not ready within 30 s")
}

// stop ends the program in order.
func (r *running) stop() error {
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case err := <-r.ended:
		r.ended <- err
		r.log.Close()
		if err != nil {
			err = fmt.Errorf("the program did not end well: %w\n%s", err, tail(r.log.Name()))
		}
		return err
	case <-time.After(30 * time.Second):
		r.kill()
		return errors.New("the program did not stop within 30 s")
	}
}

// kill ends the program at once, as a power cut would. It may be called twice.
func (r *running) kill() {
	_ = r.cmd.Process.Kill() // it may be gone
	r.ended <- <-r.ended
	r.log.Close()
}

func (r *running) pid() int { return r.cmd.Process.Pid }

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// tail is the end of a log, for error messages.
func tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}

// lastErrors are the newest errors in a log.
func lastErrors(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	var found []string
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, "level=ERROR") {
			found = append(found, line)
		}
	}
	return strings.Join(found[max(0, len(found)-4):], "")
}
