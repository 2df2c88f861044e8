//go:build prof

package main

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
)

func TestSendLat(t *testing.T) {
	ctx := context.Background()
	os.Chdir("..")
	work, _ := os.MkdirTemp("", "prosa-prof-")
	defer os.RemoveAll(work)
	os.Chmod(work, 0o755)
	prog, err := build(ctx, work)
	if err != nil {
		t.Fatal(err)
	}
	d := generate(sizes()["S"])
	lib := &library{dir: "bench/out/data", work: work, prog: prog}
	st, err := lib.open(ctx, dbx.Dialect(*profDB), d)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openScene(ctx, prog, st, d)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(ctx)
	if err := s.customersWrite(ctx); err != nil {
		t.Fatal(err)
	}
	since := s.out.count()
	w, _ := dial(ctx, s.run.addr)
	h := &hand{wire: w}
	list := s.on(0)
	fmt.Println("conversations", len(list))
	var all []composed
	began := map[string]time.Time{}
	for k := range 400 {
		m, err := s.compose(h, list[k%len(list)])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
		began[m.id.String()] = m.from
		time.Sleep(25 * time.Millisecond)
	}
	heard, err := s.heard(ctx, since, began)
	if err != nil {
		t.Fatal(err)
	}
	t0 := all[0].from
	for _, a := range heard {
		if l := a.at.Sub(began[a.correlation]); l > 300*time.Millisecond {
			fmt.Printf("at %.3f took %v id %s\n", began[a.correlation].Sub(t0).Seconds(), l, a.correlation)
		}
	}
	fmt.Println(tail(s.dir + "/log"))
	os.WriteFile("/tmp/bt/log", []byte(tail(s.dir+"/log")), 0o644)
	b, _ := os.ReadFile(s.dir + "/log")
	os.WriteFile("/tmp/bt/log", b, 0o644)
}
