package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// limitWindow is how long each limit of the machine is looked for.
const limitWindow = 1500 * time.Millisecond

// calmRate is so few empty answers a second that the slowest of them tell how
// long the machine itself keeps somebody waiting.
const calmRate = 500

// httpLimit is how many empty answers a second net/http gives, to the same
// client over the same number of connections; at a rate, what those take.
func httpLimit(ctx context.Context, conns int, rate float64) (outcome, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return outcome{}, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok")) // the client is ours
	})}
	go func() { _ = server.Serve(l) }() // ends with Close
	defer func() { _ = server.Close() }()
	addr := l.Addr().String()
	return loadSpec{addr: addr, conns: conns, rate: rate, warm: 200 * time.Millisecond, window: limitWindow}.run(ctx, fixed(rawRequest(http.MethodGet, addr, "/", "")))
}

// diskLimit is how many small appends a second reach the disk one by one.
func diskLimit(dir string) (outcome, error) {
	f, err := os.Create(filepath.Join(dir, "append"))
	if err != nil {
		return outcome{}, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	row := []byte(strings.Repeat("x", 127) + "\n")
	var took []time.Duration
	for began := time.Now(); time.Since(began) < limitWindow; {
		from := time.Now()
		if _, err := f.Write(row); err != nil {
			return outcome{}, errors.Join(err, f.Close())
		}
		if err := f.Sync(); err != nil {
			return outcome{}, errors.Join(err, f.Close())
		}
		took = append(took, time.Since(from))
	}
	return summarise(took, limitWindow), f.Close()
}

// callers runs fn as a load runs an operation, but in this process. fn gets the
// number of its call.
func callers(load loadSpec, fn func(call int64) error) (outcome, error) {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		took  []sample
		errs  []error
		next  atomic.Int64
		begin = time.Now()
	)
	for range load.conns {
		wg.Go(func() {
			var mine []sample
			var err error
			for err == nil && time.Since(begin) < load.ends() {
				from := time.Since(begin)
				if err = fn(next.Add(1)); err == nil {
					end := time.Since(begin)
					mine = append(mine, sample{end, end - from})
				}
			}
			mu.Lock()
			defer mu.Unlock()
			took, errs = append(took, mine...), append(errs, err)
		})
	}
	wg.Wait()
	return load.summary(took), errors.Join(errs...)
}

// commitLimit is how many transactions of one row a second the callers commit,
// through the program's own way of writing: grouped on SQLite (FULL), side by
// side on PostgreSQL.
func commitLimit(ctx context.Context, at place, conns int) (outcome, error) {
	db, err := dbx.Open(ctx, dbx.Config{Path: filepath.Join(filepath.Dir(at.dir), "limit.db"), URL: at.url})
	if err != nil {
		return outcome{}, err
	}
	err = db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`CREATE TABLE bench_limit (id BIGINT NOT NULL PRIMARY KEY, row TEXT NOT NULL)`)
		return err
	})
	if err != nil {
		return outcome{}, errors.Join(err, db.Close())
	}
	row := strings.Repeat("x", 250)
	o, err := callers(loadSpec{conns: conns, window: limitWindow}, func(call int64) error {
		return db.Do(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(`INSERT INTO bench_limit (id, row) VALUES ($1, $2)`, call, row)
			return err
		})
	})
	if err != nil {
		return o, errors.Join(fmt.Errorf("commits: %w", err), db.Close())
	}
	err = db.Do(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(`DROP TABLE bench_limit`)
		return err
	})
	return o, errors.Join(err, db.Close())
}
