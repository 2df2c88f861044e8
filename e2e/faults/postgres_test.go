package faults_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is a PostgreSQL server of the run's own, which it stops and starts.
// It writes safely, as in production.
type cluster struct {
	dir, bin string

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{}
}

// newCluster makes and starts a server in an empty folder.
func newCluster(ctx context.Context, dir string) (*cluster, error) {
	bin, err := postgresFolder()
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, bin: bin}
	// Small pieces of the log, so that a nearly full disk still has room for it.
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--wal-segsize=4")
	if err := c.asServer(cmd); err != nil {
		return nil, err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return c, c.start(ctx)
}

func (c *cluster) url() string {
	return "host=" + c.dir + " port=5432 user=postgres dbname=postgres sslmode=disable"
}

// start starts the server and waits until it answers.
func (c *cluster) start(ctx context.Context) error {
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		if err := c.launchOnce(); err != nil {
			return err
		}
		if err = c.exec(ctx, "SELECT 1"); err == nil {
			return nil
		}
	}
	return fmt.Errorf("PostgreSQL did not start: %w", err)
}

func (c *cluster) launchOnce() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		return nil
	}
	return c.launch()
}

func (c *cluster) launch() error {
	cmd := exec.Command(filepath.Join(c.bin, "postgres"), "-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-c", "listen_addresses=",
		"-c", "max_connections=60", "-c", "max_wal_size=64MB", "-c", "min_wal_size=16MB", "-c", "shared_buffers=32MB",
		"-c", "restart_after_crash=on")
	if err := c.asServer(cmd); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(filepath.Dir(c.dir), "postgres.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = log, log
	err = errors.Join(cmd.Start(), log.Close())
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	c.cmd, c.ended = cmd, ended
	go func() {
		_ = cmd.Wait() // however it ended, it is gone
		c.mu.Lock()
		c.cmd = nil
		close(ended)
		c.mu.Unlock()
	}()
	return nil
}

// stop ends the server: SIGINT lets it write down what it knows, SIGQUIT is a
// crash.
func (c *cluster) stop(signal syscall.Signal) error {
	c.mu.Lock()
	cmd, ended := c.cmd, c.ended
	c.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-ended:
		return nil
	case <-time.After(30 * time.Second):
		return errors.New("PostgreSQL did not stop")
	}
}

func (c *cluster) exec(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url())
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// lock keeps everybody from writing messages for a while. It takes one lock
// only, so that it is nobody's deadlock.
func (c *cluster) lock(ctx context.Context, d time.Duration) error {
	conn, err := pgx.Connect(ctx, c.url())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // with it the lock
	if _, err := conn.Exec(ctx, "BEGIN; LOCK TABLE message IN EXCLUSIVE MODE"); err != nil {
		return err
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return nil
}

// asServer has a command run under an account that PostgreSQL accepts, which is
// any but root's.
func (c *cluster) asServer(cmd *exec.Cmd) error {
	cmd.Dir, cmd.SysProcAttr = c.dir, dieWithParent()
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return errors.Join(os.Chown(c.dir, int(uid), int(gid)), os.Chmod(filepath.Dir(c.dir), 0o755))
}

func postgresFolder() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4]) // other folders come last
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no PostgreSQL server is installed")
	}
	return filepath.Dir(path), nil
}
