// Command bench measures the real program from outside: it builds it, runs it as
// a child process on data of a known size, drives it over HTTP, and prints every
// figure beside a limit of the same machine measured in the same run. See
// docs/performance.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

// options are what a run is told.
type options struct {
	quick  bool
	data   string
	dbs    []dbx.Dialect
	ops    []string
	conns  int
	out    string
	work   string
	warm   time.Duration
	window time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse()
	if err == nil {
		err = bench(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func parse() (options, error) {
	var o options
	var db, ops string
	flag.BoolVar(&o.quick, "quick", true, "one run of 3 s a figure, under three minutes in all")
	flag.StringVar(&o.data, "data", "S", "size of the data: S, L or XL")
	flag.StringVar(&db, "db", "both", "sqlite, postgres or both")
	flag.StringVar(&ops, "ops", "", "only figures whose names begin so, separated by commas")
	flag.IntVar(&o.conns, "conns", 16, "connections of the load")
	flag.StringVar(&o.out, "out", filepath.Join("bench", "out"), "folder of results and built data")
	flag.StringVar(&o.work, "work", os.TempDir(), "folder of the databases under load: a disk, not memory")
	flag.Parse()
	if !o.quick {
		return o, errors.New("only -quick is there yet")
	}
	o.warm, o.window = 300*time.Millisecond, 3*time.Second
	switch db {
	case "sqlite":
		o.dbs = []dbx.Dialect{dbx.SQLite}
	case "postgres":
		o.dbs = []dbx.Dialect{dbx.Postgres}
	case "both":
		o.dbs = []dbx.Dialect{dbx.SQLite, dbx.Postgres}
	default:
		return o, fmt.Errorf("-db %q: sqlite, postgres or both", db)
	}
	if _, known := sizes()[o.data]; !known {
		return o, fmt.Errorf("-data %q: S, L or XL", o.data)
	}
	if ops != "" {
		o.ops = strings.Split(ops, ",")
	}
	return o, nil
}

// wants reports whether a figure was asked for.
func (o *options) wants(name string) bool {
	for _, prefix := range o.ops {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return len(o.ops) == 0
}

func bench(ctx context.Context, o options) (err error) {
	began := time.Now()
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(o.work, "prosa-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := os.Chmod(work, 0o755); err != nil { // PostgreSQL's account passes through
		return err
	}
	prog, err := build(ctx, work)
	if err != nil {
		return err
	}
	b := &benchmark{options: o, d: generate(sizes()[o.data]), prog: prog, report: &report{},
		library: &library{dir: filepath.Join(o.out, "data"), work: work, prog: prog}}
	if err := b.machine(ctx, work); err != nil {
		return err
	}
	for _, db := range o.dbs {
		if err := b.database(ctx, db); err != nil {
			return fmt.Errorf("%s: %w", db, err)
		}
	}
	b.report.settle()
	if err := b.report.print(os.Stdout); err != nil {
		return err
	}
	path := filepath.Join(o.out, "quick.json")
	fmt.Printf("\n%s, data %s, %.0f s; closed loop unless a rate is named; on a shared machine compare the ratios\n", path, o.data, time.Since(began).Seconds())
	if err := b.report.save(path); err != nil {
		return err
	}
	if b.report.void > 0 {
		return fmt.Errorf("%d figures are void", b.report.void)
	}
	return nil
}
