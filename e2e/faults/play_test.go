package faults_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// act has everybody work for a while under a storm.
func (r *run) act(storm func(), length time.Duration) {
	quiet := make(chan struct{})
	var actors, weather sync.WaitGroup
	for _, p := range r.people {
		go p.viewer.watches() // ends with the run
		actors.Go(func() { p.works(quiet) })
	}
	actors.Go(func() { r.crowd.writes(quiet) })
	weather.Go(storm)
	r.pause(length)
	close(quiet)
	weather.Wait()
	r.must(r.calm(r.ctx)) // or those who insist would do so in vain
	actors.Wait()
}

// judge compares the books, and tells what the run was worth.
func (r *run) judge(b *books) {
	r.t.Helper()
	count, files := map[string]int{}, 0
	for _, t := range b.tickets {
		for _, m := range t.messages {
			count[m.direction+" "+m.status]++
			files += len(m.files)
		}
	}
	streams, frames := 0, 0
	for _, p := range r.people {
		streams, frames = streams+p.viewer.resyncs, frames+p.viewer.frames
	}
	r.t.Logf("%d tickets, %d webhooks written, %d requests, %d messages taken by the provider, %d frames in %d readings; %d files; messages: %v",
		len(b.tickets), len(b.wrote), len(b.asked), len(b.took), frames, streams, files, fmt.Sprint(count))
	for _, line := range r.afterwards() {
		r.t.Log(line)
	}
	found := append(badLines(r.desk.said()), audit(b)...)
	const most = 40
	for i, f := range found {
		if i == most {
			r.t.Errorf("and %d more", len(found)-most)
			break
		}
		r.t.Error(f)
	}
	if len(b.took) == 0 || len(b.wrote) == 0 || frames == 0 || files == 0 {
		r.t.Error("the run proved nothing: nobody got anything done")
	}
	if r.t.Failed() {
		r.t.Log(r.keepLog())
	}
}

// keepLog puts what the program said where it can be read after the run.
func (r *run) keepLog() string {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("prosa-faults-%s-%d.log", strings.ReplaceAll(r.t.Name(), "/", "-"), r.seed))
	if err := os.WriteFile(path, []byte(strings.Join(r.desk.said(), "\n")), 0o600); err != nil {
		return err.Error()
	}
	return "what the program said: " + path
}

// afterwards tells what is no fault but worth knowing.
func (r *run) afterwards() []string {
	p, ok := r.desk.(*process)
	if !ok {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.alone == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the program ended itself %d times and was started again", p.alone)}
}
