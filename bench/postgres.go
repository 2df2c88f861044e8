package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is a PostgreSQL server of the run's own, with the durability of a
// production server: fsync, synchronous_commit and autovacuum are on. It
// listens on a unix socket in its folder.
type cluster struct {
	dir   string
	aside string   // definition of the index that was set aside
	keep  *os.File // the watchdog lives until this pipe is closed
	cmd   *exec.Cmd
	once  sync.Once
}

// watchdog stops the server when its standard input closes: that happens when
// this process ends, however it ends.
const watchdog = `
trap '' INT HUP TERM
"$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c max_connections=100 >>"$1/log" 2>&1 &
pid=$!
read -r _ || true
kill -INT $pid; wait $pid
`

// newCluster makes an empty cluster in a new folder and starts it.
func newCluster(ctx context.Context, dir string) (*cluster, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := reachable(dir); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
	if err := asServer(cmd, dir); err != nil {
		return nil, err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	return startCluster(ctx, dir)
}

// startCluster starts the server of a folder and waits until it answers.
func startCluster(ctx context.Context, dir string) (*cluster, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	if err := reachable(dir); err != nil {
		return nil, err
	}
	in, keep, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()                                                                                  // the watchdog has its own
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", watchdog, "sh", dir, bin) // stop ends it
	cmd.Dir, cmd.Stdin = dir, in
	if err := asServer(cmd, dir); err != nil {
		return nil, errors.Join(err, keep.Close())
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, keep.Close())
	}
	c := &cluster{dir: dir, keep: keep, cmd: cmd}
	for range 600 {
		if err = c.exec(ctx, "postgres", "SELECT 1"); err == nil {
			return c, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	c.stop()
	return nil, fmt.Errorf("PostgreSQL did not start: %w\n%s", err, tail(filepath.Join(dir, "log")))
}

// stop shuts the server down in order.
func (c *cluster) stop() {
	c.once.Do(func() {
		c.keep.Close()
		_ = c.cmd.Wait() // its status is that of kill
	})
}

func (c *cluster) url(database string) string {
	return "host=" + c.dir + " port=5432 user=postgres dbname=" + database + " sslmode=disable"
}

func (c *cluster) exec(ctx context.Context, database, statement string) error {
	conn, err := pgx.Connect(ctx, c.url(database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// setAside drops an index and remembers what it was. There may be no cluster.
func (c *cluster) setAside(ctx context.Context, database, index string) error {
	if c == nil {
		return nil
	}
	conn, err := pgx.Connect(ctx, c.url(database))
	if err != nil {
		return err
	}
	err = conn.QueryRow(ctx, "SELECT indexdef FROM pg_indexes WHERE indexname = $1", index).Scan(&c.aside)
	if err == nil {
		_, err = conn.Exec(ctx, "DROP INDEX "+pgx.Identifier{index}.Sanitize())
	}
	return errors.Join(err, conn.Close(ctx))
}

// bringBack builds what was set aside, and does what autovacuum would get to.
func (c *cluster) bringBack(ctx context.Context, database string) error {
	return errors.Join(c.exec(ctx, database, "SET maintenance_work_mem = '512MB'; "+c.aside), c.exec(ctx, database, "VACUUM ANALYZE"))
}

// size is how many bytes a database takes on disk.
func (c *cluster) size(ctx context.Context, database string) (int64, error) {
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return 0, err
	}
	var n int64
	err = conn.QueryRow(ctx, "SELECT pg_database_size($1)", database).Scan(&n)
	return n, errors.Join(err, conn.Close(ctx))
}

// processes are those of the server.
func (c *cluster) processes() []int {
	b, err := os.ReadFile(filepath.Join(c.dir, "data", "postmaster.pid"))
	if err != nil {
		return nil
	}
	first, _, _ := strings.Cut(string(b), "\n")
	master, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return nil
	}
	return append([]int{master}, children(master)...)
}

// findPostgres returns the programs of the newest installed server.
func findPostgres() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	best, version := "", -1
	for _, path := range found {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err == nil && n > version {
			best, version = filepath.Dir(path), n
		}
	}
	if best != "" {
		return best, nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("PostgreSQL is not installed; use -db sqlite to measure without it")
	}
	return filepath.Dir(path), nil
}

// reachable opens the folders above a cluster to the account that runs it.
func reachable(dir string) error { return os.Chmod(filepath.Dir(dir), 0o755) }
