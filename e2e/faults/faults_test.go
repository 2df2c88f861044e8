// Package faults_test breaks things around the real program while customers and
// agents use it, and then compares everybody's books: docs/faults.md.
package faults_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// options are how the package is run; the only globals, because TestMain has no
// other way to hand them to the tests.
var options struct {
	seed  uint64
	each  time.Duration
	long  time.Duration
	race  bool
	prosa string
}

func TestMain(m *testing.M) { os.Exit(prepare(m)) }

func prepare(m *testing.M) int {
	flag.Uint64Var(&options.seed, "seed", 0, "replays the schedule of a run; 0 draws a new one")
	flag.DurationVar(&options.each, "for", 20*time.Second, "how long faults go on, on each database")
	flag.DurationVar(&options.long, "long", 0, "how long faults go on in all, e.g. 3h")
	flag.BoolVar(&options.race, "race-program", false, "builds the program with the race detector")
	flag.Parse()
	if options.seed == 0 {
		options.seed = uint64(time.Now().UnixNano() % 1_000_000)
	}
	if options.long > 0 {
		options.each = options.long / 3 // both databases, and half as long again with the clock
	}
	dir, err := os.MkdirTemp("", "prosa-faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system empties its folder too
	options.prosa = filepath.Join(dir, "prosa")
	args := []string{"build", "-o", options.prosa}
	if options.race {
		args = append(args, "-race")
	}
	build := exec.Command("go", append(args, "./cmd/prosa")...)
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// wanted tells whether a database is to be tested: PROSA_TEST_DATABASES names
// the only one.
func wanted(name string) bool {
	only := os.Getenv("PROSA_TEST_DATABASES")
	return only == "" || only == name
}

// Everything breaks, and nothing is lost, doubled, reordered or shown to those
// who may not see it.
func TestFaults(t *testing.T) {
	if wanted("sqlite") {
		t.Run("sqlite", func(t *testing.T) {
			s := newEmbedded(t)
			if err := os.Mkdir(filepath.Join(s.dir, "data"), 0o700); err != nil {
				t.Fatal(err)
			}
			p, err := newProcess(options.prosa, filepath.Join(s.dir, "data"), nil)
			if err != nil {
				t.Fatal(err)
			}
			live(t, p, s, blows(s), options.each)
		})
	}
	if wanted("postgres") {
		t.Run("postgres", func(t *testing.T) {
			s := postgresStorage{newServed(t)}
			p, err := newProcess(options.prosa, s.dir, []string{"PROSA_DATABASE_URL=" + s.url(), "PROSA_SECRET_KEY=" + secretKey})
			if err != nil {
				t.Fatal(err)
			}
			live(t, p, s, blows(s), options.each)
		})
	}
}

// live is a whole run.
func live(t *testing.T, d desk, s storage, heavy []string, length time.Duration) {
	t.Logf("seed %d, %s: go test ./e2e/faults -run '%s' -args -seed %d -for %s", options.seed, length, t.Name(), options.seed, options.each)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := &run{t: t, seed: options.seed, ctx: ctx, desk: d, store: s, once: map[string]bool{}}
	t.Cleanup(func() {
		if err := d.kill(); err != nil {
			t.Error(err)
		}
	})
	r.post = newCourier(ctx, r.random("courier"), func(number string) string { return r.hooks[number] }, r.wrong)
	r.meta = newMeta(r.random("meta"), r.post)
	t.Cleanup(r.meta.close)
	r.crowd = newCrowd(r)
	r.meta.guests = r.crowd.gets
	r.must(d.start(ctx))
	r.found()
	events := schedule(r.random("schedule"), length, heavy)
	r.act(func() { r.storm(events) }, length)
	r.settle()
	b := r.gather()
	cancel()
	r.judge(b)
}
