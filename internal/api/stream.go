package api

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prosa-desk/prosa/internal/auth"
	"github.com/prosa-desk/prosa/internal/bus"
	"github.com/prosa-desk/prosa/internal/channel"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/routing"
	"github.com/prosa-desk/prosa/internal/store"
)

// HubOptions are what a Hub works with.
type HubOptions struct {
	Store     *store.Store
	Bus       *bus.Bus
	Directory *routing.Directory
	Registry  channel.Registry
	Now       func() time.Time
	Log       *slog.Logger // nil discards
	Version   string       // of the program, for the first frame
}

// Hub serves the event stream: it hears every committed event of the process
// and tells each open stream what its user may see of it.
//
// An event only says what to look at. Each round of a room (an account with
// open streams) gathers the events since the last one, brings the rights of
// its viewers up to date, reads what was touched once, as it is now, and judges
// it once per viewer. So a stream may miss what lay between two rounds, but
// never where it ended, and the order in which events arrive does not matter.
type Hub struct {
	HubOptions
	views     views
	limits    streamLimits
	timing    streamTiming
	fixed     fixedFrames
	attending *attendance

	ctx         context.Context // of the rooms' work, ends with Stop
	cancel      context.CancelFunc
	unsubscribe func()
	tasks       sync.WaitGroup // workers, handlers, the attendance book

	mu    sync.RWMutex
	open  bool
	rooms map[desk.ID]*room // by account
}

// streamLimits bound what a stream may cost.
type streamLimits struct {
	perUser int // streams on this node
	frames  int // that may wait for a slow reader
	bytes   int // of those
	work    int // things touched between two rounds, before everything is read again instead
}

// streamTiming are the stream's delays.
type streamTiming struct {
	gather    time.Duration // the events of one transaction arrive one by one
	counters  time.Duration // badges are told at most this often
	recount   time.Duration // what badges are summed from is read anew this often
	heartbeat time.Duration
	write     time.Duration // for one round's frames to leave
	retry     time.Duration // after a failed round
	grace     time.Duration // for a page to load again before its user is offline
	attend    time.Duration // between notes of who is online
}

// absence is after how many missed notes a user counts as offline.
const absence = 3

// NewHub returns a Hub that serves nothing until it is started.
func NewHub(o HubOptions) *Hub {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		HubOptions: o,
		views:      views{store: o.Store, directory: o.Directory, registry: o.Registry, now: func() desk.Time { return desk.TimeOf(o.Now()) }},
		limits:     streamLimits{perUser: 20, frames: 1024, bytes: 1 << 20, work: 3000},
		timing: streamTiming{gather: time.Millisecond, counters: 150 * time.Millisecond, recount: 10 * time.Minute,
			heartbeat: 20 * time.Second, write: 10 * time.Second, retry: time.Second, grace: 15 * time.Second, attend: 5 * time.Minute},
		fixed: newFixedFrames(o.Version),
		rooms: map[desk.ID]*room{},
	}
	h.attending = newAttendance(h)
	return h
}

// Start begins to listen.
func (h *Hub) Start(ctx context.Context) error {
	h.ctx, h.cancel = context.WithCancel(context.WithoutCancel(ctx))
	h.mu.Lock()
	h.open = true
	h.mu.Unlock()
	h.tasks.Go(h.attending.run)
	const waiting = 8192 // events; while none of an account is open they cost nothing
	h.unsubscribe = h.Bus.Subscribe("stream", waiting, h.take, bus.OnLost(h.lost))
	return nil
}

// Stop ends every stream and waits until their requests have ended too. It
// comes before the HTTP server's Shutdown, which waits for requests.
func (h *Hub) Stop(ctx context.Context) error {
	h.mu.Lock()
	wasOpen := h.open
	h.open = false
	rooms := h.rooms
	h.rooms = map[desk.ID]*room{}
	h.mu.Unlock()
	if !wasOpen {
		return nil
	}
	h.unsubscribe()
	h.cancel()
	for _, r := range rooms {
		r.close()
	}
	ended := make(chan struct{})
	go func() {
		h.tasks.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hub) room(account desk.ID) *room {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.rooms[account]
}

// take hears an event of the bus.
func (h *Hub) take(e desk.Event) {
	if r := h.room(e.AccountID); r != nil {
		r.hear(&e)
	}
}

// lost hears that events were missed: every stream is told to read again.
func (h *Hub) lost() {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, r := range h.rooms {
		r.add(func(w *work) { w.lost = true })
	}
}

// join opens a stream for a session. Its first frame waits in it already; what
// is committed from now on will be told. Too many streams of one user are a
// 429, a stopped hub is a 503.
func (h *Hub) join(p *auth.Principal) (*stream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.open {
		return nil, &desk.Error{Kind: desk.Unavailable, Code: desk.CodeUnavailable}
	}
	account := p.Viewer.AccountID
	r := h.rooms[account]
	if r == nil {
		r = newRoom(h, account)
	}
	s, err := r.join(p)
	if err != nil {
		return nil, err
	}
	h.rooms[account] = r
	h.tasks.Add(1)
	h.attending.came(account, s.user)
	return s, nil
}

// leave takes a stream out. The last one of an account ends its room.
func (h *Hub) leave(s *stream) {
	defer h.tasks.Done()
	h.mu.Lock()
	defer h.mu.Unlock()
	userGone, empty := s.room.leave(s)
	if userGone {
		h.attending.went(s.room.account, s.user)
	}
	if empty && h.rooms[s.room.account] == s.room {
		delete(h.rooms, s.room.account)
	}
}
