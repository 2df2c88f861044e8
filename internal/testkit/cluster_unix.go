//go:build unix

package testkit

import (
	"bufio"
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
	"syscall"
)

// watchdog makes a cluster, says so, and waits for its standard input to
// close: that happens when the test process ends, however it ends. Then it
// stops the server and removes everything. Safety on disk is switched off:
// nothing here outlives the process.
const watchdog = `
set -e
trap '' INT HUP TERM
dir=$1 bin=$2
finish() { "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >>"$dir/log" 2>&1 || true; rm -rf "$dir"; }
trap finish EXIT
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >>"$dir/log" 2>&1 \
  || { tail -5 "$dir/log"; exit 1; }
"$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-k '$dir' -c listen_addresses= -c max_connections=300 \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c shared_buffers=64MB" \
  start >>"$dir/log" 2>&1 || { tail -5 "$dir/log"; exit 1; }
echo ready
exec >/dev/null
read -r _ || true
`

// startCluster runs a throw-away PostgreSQL server on a unix socket.
func startCluster() (*cluster, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "prosa-pg-")
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", watchdog, "sh", dir, bin)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a ^C is for the tests; the pipe tells the rest
	if err := dropPrivileges(cmd, dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	alive, err := launch(cmd)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &cluster{dsn: "host=" + dir + " port=5432 user=postgres dbname=postgres sslmode=disable", alive: alive}, nil
}

// launch starts the watchdog, waits until it is ready and returns the end of
// the pipe that keeps it.
func launch(cmd *exec.Cmd) (alive *os.File, err error) {
	in, alive, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // the child has its own
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, alive.Close())
	}
	cmd.Stdin = in
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, alive.Close())
	}
	var said []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			return alive, nil
		}
		said = append(said, lines.Text())
	}
	return nil, errors.Join(fmt.Errorf("start PostgreSQL: %s", strings.Join(said, "; ")), cmd.Wait(), alive.Close())
}

// findPostgres returns the directory of the newest installed server.
func findPostgres() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	slices.SortFunc(found, func(a, b string) int { return majorVersion(b) - majorVersion(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no server found: install postgresql, or set PROSA_TEST_POSTGRES")
	}
	return filepath.Dir(path), nil
}

func majorVersion(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}

// dropPrivileges: PostgreSQL refuses to run as root.
func dropPrivileges(cmd *exec.Cmd, dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(dir, int(uid), int(gid))
}
