package dbx

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxGroup bounds how many calls share a commit, and with it how long the
	// first of them waits for the last.
	maxGroup = 64
	// maxPatient bounds how many patient ones are among them. Impatient ones
	// leave that much room, so that nobody waits for ever.
	maxPatient = 16
	// nestedCheck is how long a Do waits before it looks whether it runs on
	// the writer's own goroutine. Looking is too dear for every call, and a
	// healthy call is answered long before.
	nestedCheck = 100 * time.Millisecond
)

// patientKey marks a context.
type patientKey struct{}

// Patient marks the writes of a context as those that nobody at a screen waits
// for: where writes stand in line, they let others pass. Each is still answered
// when it is committed.
func Patient(ctx context.Context) context.Context { return context.WithValue(ctx, patientKey{}, true) }

func isPatient(ctx context.Context) bool { return ctx.Value(patientKey{}) != nil }

// writer owns SQLite's one writing connection. Callers queue their functions;
// its goroutine takes what is queued, runs each function in a savepoint of
// one transaction and commits them together, so that one sync of the disk
// serves them all. See group.go for what happens inside a group.
type writer struct {
	db    *DB
	log   *slog.Logger
	pool  *sql.DB
	conn  *liteConn
	fatal func(error)

	queue   chan *call
	patient chan *call   // they let those of queue pass
	mu      sync.RWMutex // held shared while sending to either, so that stop can close them
	stopped bool
	ended   chan struct{}

	goroutine atomic.Int64 // id of the goroutine that runs the functions
	running   *run         // the group being run; the writer's goroutine only
	commit    func() error // sends COMMIT; replaced by tests
}

// call is one Do waiting for its outcome.
type call struct {
	ctx   context.Context
	fn    func(tx *Tx) error
	state atomic.Int32
	done  chan error
}

// States of a call: whoever moves it away from queued owns its fate.
const (
	queued int32 = iota
	taken
	withdrawn
)

func openWriter(ctx context.Context, db *DB, c Config) (*writer, error) {
	pool, err := openLite(writerDSN(c, true), 1)
	if err != nil {
		return nil, err
	}
	conn, err := newLiteConn(ctx, pool)
	if err != nil {
		return nil, errors.Join(mapError(err), pool.Close())
	}
	w := &writer{
		db: db, log: c.Log, pool: pool, conn: conn, fatal: c.Fatal,
		queue:   make(chan *call, 4*maxGroup),
		patient: make(chan *call, 4*maxGroup),
		ended:   make(chan struct{}),
	}
	w.commit = func() error { return w.control("COMMIT") }
	if w.fatal == nil {
		w.fatal = func(err error) {
			w.log.Error("COMMIT failed by an I/O error; stopping, because what is on disk is unknown", "err", err)
			os.Exit(1)
		}
	}
	go w.loop()
	return w, nil
}

// do queues fn and waits for its outcome. A caller whose ctx ends while it is
// still queued leaves; once the writer has taken the call, it waits.
func (w *writer) do(ctx context.Context, fn func(tx *Tx) error) error {
	c := &call{ctx: ctx, fn: fn, done: make(chan error, 1)}
	if err := w.enqueue(c); err != nil {
		return err
	}
	timer := time.NewTimer(nestedCheck)
	defer timer.Stop()
	canceled := ctx.Done()
	for {
		select {
		case err := <-c.done:
			return err
		case <-canceled:
			if c.state.CompareAndSwap(queued, withdrawn) {
				return ctx.Err()
			}
			canceled = nil
		case <-timer.C:
			if goroutineID() == w.goroutine.Load() && c.state.CompareAndSwap(queued, withdrawn) {
				return ErrNested
			}
		}
	}
}

func (w *writer) enqueue(c *call) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.stopped {
		return ErrClosed
	}
	queue := w.queue
	if isPatient(c.ctx) {
		queue = w.patient
	}
	select {
	case queue <- c:
		return nil
	default:
	}
	timer := time.NewTimer(nestedCheck)
	defer timer.Stop()
	for {
		select {
		case queue <- c:
			return nil
		case <-c.ctx.Done():
			return c.ctx.Err()
		case <-timer.C:
			if goroutineID() == w.goroutine.Load() {
				return ErrNested
			}
		}
	}
}

// stop refuses new calls, lets the queued ones finish and ends the goroutine.
func (w *writer) stop() error {
	w.mu.Lock()
	if !w.stopped {
		w.stopped = true
		close(w.queue)
		close(w.patient)
	}
	w.mu.Unlock()
	<-w.ended
	return nil
}

// close leaves one file. SQLite moves the -wal file into the database when its
// last connection closes, but only if that connection has read anything.
func (w *writer) close() error {
	if _, err := w.conn.exec(context.Background(), "SELECT count(*) FROM sqlite_schema", nil); err != nil {
		w.log.Warn("the -wal file stays beside the database", "err", err)
	}
	return errors.Join(w.conn.close(), w.pool.Close())
}

// loop runs groups until the queues are closed and empty. A write function that
// leaves its goroutine (runtime.Goexit, which t.FailNow calls) must not take
// the writer with it: the work then goes on in a new one.
func (w *writer) loop() {
	w.goroutine.Store(goroutineID())
	finished := false
	defer func() {
		if finished {
			close(w.ended)
			return
		}
		again := w.running.abandon()
		go func() {
			w.goroutine.Store(goroutineID())
			w.runAll(again, 1)
			w.loop()
		}()
	}()
	for {
		first, open := w.next()
		if !open {
			break
		}
		// The callers just answered want to queue again; letting them run
		// first makes groups twice as large and costs a lone caller nothing.
		runtime.Gosched()
		w.runAll(w.gather(first), 0)
	}
	finished = true
}

// next waits for a call; open is false once both queues are closed and empty.
func (w *writer) next() (c *call, open bool) {
	other := w.patient
	select {
	case c, open = <-w.queue:
	case c, open = <-w.patient:
		other = w.queue
	}
	if !open { // then so is the other
		c, open = <-other
	}
	return c, open
}

// gather takes what is queued, without waiting for more.
func (w *writer) gather(first *call) []*call {
	group := w.admit(nil, first)
	group = w.fill(group, w.queue, maxGroup-maxPatient)
	return w.fill(group, w.patient, min(len(group)+maxPatient, maxGroup))
}

// fill adds calls to a group until it has so many.
func (w *writer) fill(group []*call, queue chan *call, most int) []*call {
	for len(group) < most {
		select {
		case c, open := <-queue:
			if !open {
				return group
			}
			group = w.admit(group, c)
		default:
			return group
		}
	}
	return group
}

func (w *writer) admit(group []*call, c *call) []*call {
	if !c.state.CompareAndSwap(queued, taken) {
		return group // the caller has left
	}
	return append(group, c)
}
