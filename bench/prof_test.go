//go:build prof

package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/app"
	"github.com/prosa-desk/prosa/internal/config"
	"github.com/prosa-desk/prosa/internal/dbx"
)

var profOps = flag.String("ops", "O2.list_open", "")
var profDB = flag.String("db", "sqlite", "")
var profData = flag.String("data", "S", "")
var profSecs = flag.Int("secs", 4, "")

func TestProf(t *testing.T) {
	ctx := context.Background()
	os.Chdir("..")
	work, _ := os.MkdirTemp("", "prosa-prof-")
	defer os.RemoveAll(work)
	os.Chmod(work, 0o755)
	prog, err := build(ctx, work)
	if err != nil {
		t.Fatal(err)
	}
	d := generate(sizes()[*profData])
	lib := &library{dir: "bench/out/data", work: work, prog: prog}
	st, err := lib.open(ctx, dbx.Dialect(*profDB), d)
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	addr, _ := freeAddress(ctx)
	c, err := config.Config{Listen: addr, DataDir: st.dir, DatabaseURL: st.url, SecretKeys: []string{secretKey}, Version: "prof"}.Complete()
	if err != nil {
		t.Fatal(err)
	}
	lf, _ := os.Create(work + "/log")
	a, err := app.New(ctx, c, slog.New(slog.NewTextHandler(lf, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(ctx); err != nil {
		t.Fatal(err)
	}
	s := &scene{stage: st, d: d, prog: prog, run: &running{addr: addr}}
	w := newWriter(seed+1, d.words, 0)
	for n := range textPool {
		s.texts = append(s.texts, w.text(n))
	}
	if s.admin, err = signIn(ctx, addr, adminEmail); err != nil {
		t.Fatal(err)
	}
	if s.out, err = startProvider(ctx, st.company); err != nil {
		t.Fatal(err)
	}
	defer s.out.stop(ctx)
	if err := s.out.attach(ctx, s.admin, st.company); err != nil {
		t.Fatal(err)
	}
	if err := s.customersWrite(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := s.reading(ctx)
	if err != nil {
		t.Fatal(err)
	}
	list = append(append(list, s.writes()...), s.replies()...)
	for _, m := range list {
		want := false
		for _, p := range strings.Split(*profOps, ",") {
			want = want || m.name == p
		}
		if !want {
			continue
		}
		f, _ := os.Create("/tmp/bt/" + m.name + "." + *profDB + ".prof")
		before := a.DB.Stats()
		pprof.StartCPUProfile(f)
		o, err := loadSpec{addr: addr, conns: 16, warm: 0, window: time.Duration(*profSecs) * time.Second}.run(ctx, m.op)
		pprof.StopCPUProfile()
		f.Close()
		sp := a.DB.Stats().Minus(before)
		fmt.Printf("%s %.0f/s p50 %.2f p99 %.2f  statements/op %.2f commits/op %.2f err %v\n", m.name, o.perS, o.p50, o.p99, float64(sp.Statements)/float64(o.all), float64(sp.Commits)/float64(o.done), err)
	}
	if strings.Contains(*profOps, "ref") {
		a.Stop(ctx)
		f, _ := os.Create("/tmp/bt/ref." + *profDB + ".prof")
		pprof.StartCPUProfile(f)
		o, n, err := s.reference(ctx, 16, time.Duration(*profSecs)*time.Second)
		pprof.StopCPUProfile()
		f.Close()
		fmt.Println("ref", o, n, err)
	} else {
		a.Stop(ctx)
	}
}
