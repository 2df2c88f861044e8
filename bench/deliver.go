package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// delivery watches open streams for marked messages.
type delivery struct {
	began time.Time
	seen  [][]time.Duration // by stream and mark, since the beginning; 0: not yet
	open  []*listener
	wg    sync.WaitGroup
}

const marker = "quadro-"

// watch opens streams of people who see every ticket, as many of each in turn.
func (s *scene) watch(ctx context.Context, streams, marks int) (*delivery, error) {
	list, err := overviewers(ctx, s.stage, s.run.addr, streams)
	if err != nil {
		return nil, err
	}
	d := &delivery{began: time.Now(), open: list, seen: make([][]time.Duration, streams)}
	for i, l := range list {
		if err := l.subscribe(ctx); err != nil {
			d.close()
			return nil, fmt.Errorf("open stream %d: %w", i+1, err)
		}
		d.seen[i] = make([]time.Duration, marks)
		d.wg.Go(func() { d.note(l, d.seen[i]) })
	}
	return d, nil
}

// note writes down when each marked message was first seen. It ends with the
// stream.
func (d *delivery) note(l *listener, seen []time.Duration) {
	created := false
	for {
		line, err := l.in.ReadSlice('\n') // the body is not in chunks: it ends with the connection
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
		switch {
		case bytes.HasPrefix(line, []byte("event:")):
			created = bytes.HasSuffix(line, []byte("message.created\n"))
		case created:
			n, ok := markOf(line)
			if ok && n < len(seen) && seen[n] == 0 {
				seen[n] = time.Since(d.began)
			}
		}
	}
}

// markOf finds the number of a marked message in a line.
func markOf(line []byte) (int, bool) {
	i := bytes.Index(line, []byte(marker))
	if i < 0 {
		return 0, false
	}
	digits := line[i+len(marker):]
	n, err := strconv.Atoi(string(digits[:min(6, len(digits))]))
	return n, err == nil
}

// marked is the text of the n-th marked message.
func marked(n int, text string) string { return fmt.Sprintf("%s%06d %s", marker, n, text) }

func (d *delivery) close() {
	closeAll(d.open)
	d.wg.Wait()
}

// await waits until every stream has seen what was sent, at most for a while,
// and ends the streams.
func (d *delivery) await(sent []time.Duration, most time.Duration) {
	for deadline := time.Now().Add(most); time.Now().Before(deadline) && !d.arrived(sent); {
		time.Sleep(50 * time.Millisecond)
	}
	d.close()
}

// arrived reports whether every stream has seen all that was sent. What was
// sent last may well come before what was sent just before it. A look that is a
// moment late does no harm.
func (d *delivery) arrived(sent []time.Duration) bool {
	for k := len(sent) - 1; k >= 0; k-- {
		for _, seen := range d.seen {
			if sent[k] != 0 && seen[k] == 0 {
				return false
			}
		}
	}
	return true
}

// times are how long each message took to every stream, and to the last of
// them. sent is when each was sent, 0 for none.
func (d *delivery) times(sent []time.Duration, window time.Duration) (frames, last outcome, err error) {
	var each, slowest []time.Duration
	missing, first := 0, time.Duration(0)
	for k, from := range sent {
		if from == 0 {
			continue
		}
		var worst time.Duration
		for _, seen := range d.seen {
			if seen[k] == 0 {
				if missing++; missing == 1 {
					first = from
				}
				continue
			}
			each = append(each, seen[k]-from)
			worst = max(worst, seen[k]-from)
		}
		slowest = append(slowest, worst)
	}
	if missing > 0 {
		return frames, last, fmt.Errorf("void: %d of %d frames did not come, the first of a message sent after %s", missing, missing+len(each), first)
	}
	if len(each) == 0 {
		return frames, last, errors.New("void: nothing was sent")
	}
	return summarise(each, window), summarise(slowest, window), nil
}
