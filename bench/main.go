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
	plan plan
	dbs  []dbx.Dialect
	ops  []string
	out  string
	work string
	desk string // only write the desk's data there
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
	var quick, full bool
	var data, db, ops string
	flag.BoolVar(&quick, "quick", false, "data S, one window of 3 s a figure: under three minutes in all")
	flag.BoolVar(&full, "full", false, "the whole matrix: hours")
	flag.StringVar(&data, "data", "", "sizes of the data, S, L and XL, separated by commas; the first is measured in full")
	flag.StringVar(&db, "db", "both", "sqlite, postgres or both")
	flag.StringVar(&ops, "ops", "", "only figures whose names begin so, separated by commas")
	flag.StringVar(&o.out, "out", filepath.Join("bench", "out"), "folder of results and built data")
	flag.StringVar(&o.work, "work", os.TempDir(), "folder of the databases under load: a disk, not memory")
	flag.StringVar(&o.desk, "desk", "", "measure nothing: write the data of the web app's benchmark into this folder and tell who may sign in")
	flag.Parse()
	switch {
	case quick:
		o.plan = quickPlan()
	case full:
		o.plan = fullPlan()
	default:
		o.plan = benchPlan()
	}
	if data != "" {
		o.plan.sizes = strings.Split(data, ",")
	}
	for _, name := range o.plan.sizes {
		if _, known := sizes()[name]; !known {
			return o, fmt.Errorf("-data %q: S, L or XL", name)
		}
	}
	if ops != "" {
		o.ops = strings.Split(ops, ",")
	}
	var err error
	o.dbs, err = databases(db)
	return o, err
}

func databases(name string) ([]dbx.Dialect, error) {
	switch name {
	case "sqlite":
		return []dbx.Dialect{dbx.SQLite}, nil
	case "postgres":
		return []dbx.Dialect{dbx.Postgres}, nil
	case "both":
		return []dbx.Dialect{dbx.SQLite, dbx.Postgres}, nil
	}
	return nil, fmt.Errorf("-db %q: sqlite, postgres or both", name)
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
	b := &benchmark{options: o, prog: prog, report: &report{},
		library: &library{dir: filepath.Join(o.out, "data"), work: work, prog: prog}}
	if o.desk != "" {
		return b.library.writeDesk(ctx, o.desk, os.Stdout)
	}
	all, stolen := processors()
	if err := b.all(ctx, work); err != nil {
		return err
	}
	if a, s := processors(); a > all {
		b.report.value(row{Name: "limit.stolen"}, 100*float64(s-stolen)/float64(a-all), "% of the processors")
	}
	return b.tell(began)
}

// all measures the machine, then every size on every database.
func (b *benchmark) all(ctx context.Context, work string) error {
	if err := b.machine(ctx, work); err != nil {
		return err
	}
	for _, size := range b.plan.sizes {
		d := generate(sizes()[size])
		for _, db := range b.dbs {
			if err := b.database(ctx, db, d); err != nil {
				return fmt.Errorf("data %s, %s: %w", size, db, err)
			}
			if err := b.keep(); err != nil { // a long run that is cut short leaves what it has
				return err
			}
		}
	}
	return ctx.Err()
}

func (b *benchmark) path() string { return filepath.Join(b.out, b.plan.name+".json") }

// keep writes what was measured so far.
func (b *benchmark) keep() error {
	b.report.settle()
	return b.report.save(b.path())
}

// tell prints and keeps what was measured.
func (b *benchmark) tell(began time.Time) error {
	b.report.settle()
	if err := errors.Join(b.report.print(os.Stdout), judge(os.Stdout, b.report.rows)); err != nil {
		return err
	}
	fmt.Printf("\n%s, %.0f s; closed loop unless a rate is named; on a shared machine compare the ratios\n", b.path(), time.Since(began).Seconds())
	if err := b.keep(); err != nil {
		return err
	}
	if b.report.void > 0 {
		return fmt.Errorf("%d figures are void", b.report.void)
	}
	return nil
}
