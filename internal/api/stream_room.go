package api

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/desk"
)

// room is an account with open streams. While there is work, one goroutine does
// it in rounds.
type room struct {
	hub     *Hub
	account desk.ID

	mu       sync.Mutex
	watchers map[desk.ID]*watcher // by user
	work     *work                // since the last round began
	running  bool
	counting bool // a round for the badges is coming
	closed   bool

	tally tally // the worker's alone
}

// watcher is a user with open streams. All of them are told the same.
type watcher struct {
	user    desk.ID
	streams []*stream // under the room's mutex

	// The rest is the worker's alone.
	viewer desk.Viewer
	scoped bool     // was told in this round to read everything again
	frames [][]byte // of this round
	badges badges
}

// tell adds a frame to what the round has for the watcher.
func (w *watcher) tell(frame []byte) {
	if len(frame) > 0 {
		w.frames = append(w.frames, frame)
	}
}

func newRoom(h *Hub, account desk.ID) *room {
	return &room{hub: h, account: account, watchers: map[desk.ID]*watcher{}, work: newWork()}
}

// join adds a stream. What the request was allowed is where the viewer starts;
// the next round reads it again, because it may have changed since.
func (r *room) join(p *auth.Principal) (*stream, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	user := p.Viewer.UserID
	w := r.watchers[user]
	if w == nil {
		w = &watcher{user: user, viewer: p.Viewer}
	}
	if len(w.streams) >= r.hub.limits.perUser {
		e := &desk.Error{Kind: desk.TooMany, Code: desk.CodeTooManyRequests}
		return nil, e.With("max", r.hub.limits.perUser)
	}
	r.watchers[user] = w
	s := newStream(r, w, user, p.SessionID)
	s.push([][]byte{r.hub.fixed.hello(s.session)})
	w.streams = append(w.streams, s)
	r.work.joined = append(r.work.joined, s)
	r.start()
	return s, nil
}

// leave takes a stream out and tells whether it was the user's and the room's
// last one.
func (r *room) leave(s *stream) (userGone, empty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := s.watcher
	w.streams = slices.DeleteFunc(w.streams, func(o *stream) bool { return o == s })
	if len(w.streams) > 0 {
		return false, false
	}
	delete(r.watchers, s.user)
	r.closed = r.closed || len(r.watchers) == 0
	return true, len(r.watchers) == 0
}

// close ends every stream without a word and the room with them.
func (r *room) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, w := range r.watchers {
		for _, s := range w.streams {
			s.drop()
		}
	}
}

// hear takes an event in. Sessions end at once, whatever the database does.
func (r *room) hear(e *desk.Event) {
	if e.Type == desk.EvSessionEnded {
		r.endSession(e.EntityID)
	}
	r.add(func(w *work) { w.hear(e, r.hub.limits.work) })
}

// add notes work and has it done.
func (r *room) add(note func(*work)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	note(r.work)
	r.start()
}

// start starts the worker if there is work and nobody does it. The mutex is
// held.
func (r *room) start() {
	if r.closed || r.running || r.work.empty() {
		return
	}
	r.running = true
	r.hub.tasks.Go(r.run)
}

// run does rounds until there is nothing left to do. After a failed one
// everybody reads everything again, as soon as that is possible.
func (r *room) run() {
	for {
		r.pause(r.hub.timing.gather)
		w := r.take()
		if w == nil {
			return
		}
		err := r.round(w)
		if err == nil || r.hub.ctx.Err() != nil {
			continue
		}
		r.hub.Log.Error("a round of the stream failed", "account", r.account, "error", err)
		r.add(func(w *work) { w.lost = true })
		r.pause(r.hub.timing.retry)
	}
}

func (r *room) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.hub.ctx.Done():
	}
}

// take returns the work of a round; nil when the worker is to end.
func (r *room) take() *work {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.work.empty() {
		r.running = false
		return nil
	}
	w := r.work
	r.work = newWork()
	return w
}

// round does the work and hands out what it made. A panic is an error: no
// event may end the process.
func (r *room) round(w *work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	x := &round{room: r, work: w, ctx: r.hub.ctx, watchers: r.present()}
	if err := x.do(); err != nil {
		for _, w := range x.watchers {
			w.frames, w.scoped = nil, false
		}
		return err
	}
	r.deliver(x.watchers)
	return nil
}

// present lists the watchers.
func (r *room) present() []*watcher {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*watcher, 0, len(r.watchers))
	for _, w := range r.watchers {
		list = append(list, w)
	}
	return list
}

// deliver hands each watcher's frames to her streams.
func (r *room) deliver(watchers []*watcher) {
	r.mu.Lock()
	defer r.mu.Unlock()
	soon := false
	for _, w := range watchers {
		if len(w.frames) > 0 {
			for _, s := range w.streams {
				s.push(w.frames)
			}
		}
		w.frames, w.scoped = nil, false
		soon = soon || w.badges.due
	}
	if soon && !r.counting && !r.closed {
		r.counting = true
		time.AfterFunc(r.countPause(), r.countNow)
	}
}

// countPause is how long badges wait: where counting is dear it takes a tenth of
// the time, and no more.
func (r *room) countPause() time.Duration {
	const share, longest = 10, 5 * time.Second
	return max(r.hub.timing.counters, min(share*r.tally.took, longest))
}

func (r *room) countNow() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counting = false
	r.work.count = true
	r.start()
}

// endSession ends the streams of a session.
func (r *room) endSession(session desk.ID) {
	r.expel(func(s *stream) bool { return s.session == session })
}

// expel ends streams with a last word. A user whose other streams go on is
// noted as here: signing out marked her as gone.
func (r *room) expel(which func(*stream) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.watchers {
		ended := 0
		for _, s := range w.streams {
			if which(s) {
				s.end(r.hub.fixed.ended)
				ended++
			}
		}
		if ended > 0 && ended < len(w.streams) {
			r.hub.attending.came(r.account, w.user)
		}
	}
}

// recheck has a stream's session read again once it should have expired; using
// the desk may have prolonged it.
func (r *room) recheck(s *stream) {
	until := s.expires.Load()
	if until == 0 || desk.Time(until) > desk.TimeOf(r.hub.Now()) {
		return
	}
	r.add(func(w *work) { w.joined = append(w.joined, s) })
}

// streams lists every open stream.
func (r *room) streams() []*stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*stream
	for _, w := range r.watchers {
		list = append(list, w.streams...)
	}
	return list
}
