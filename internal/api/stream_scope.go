package api

import (
	"slices"

	"github.com/prosa-desk/prosa/internal/desk"
)

// admit reads the sessions of new streams, and of all after events were
// missed. Streams of sessions that have ended or expired end.
func (x *round) admit() error {
	streams := x.work.joined
	if x.work.lost {
		streams = x.room.streams()
	}
	for _, s := range streams {
		if err := x.admitOne(s); err != nil {
			return err
		}
	}
	if x.work.lost {
		x.room.tally.forget()
		for _, w := range x.watchers {
			w.frames, w.scoped = [][]byte{x.room.hub.fixed.resync}, true
		}
	}
	return nil
}

func (x *round) admitOne(s *stream) error {
	session, v, _, err := x.store().SessionViewer(x.q(), s.session)
	gone := desk.CodeOf(err) == desk.CodeNotFound
	if err != nil && !gone {
		return err
	}
	if gone || session.UserID != s.user || session.ExpiresAt <= desk.TimeOf(x.room.hub.Now()) {
		x.room.expel(func(o *stream) bool { return o == s })
		return nil
	}
	s.expires.Store(int64(session.ExpiresAt))
	x.see(s.watcher, &v)
	return nil
}

// readViewers brings the viewers up to date whose rights may have changed,
// before anything is judged by them.
func (x *round) readViewers() error {
	for _, w := range x.watchers {
		if x.work.everyone || x.work.users[w.user] {
			if err := x.readViewer(w); err != nil {
				return err
			}
		}
		if x.work.rules {
			x.scope(w)
		}
	}
	return nil
}

func (x *round) readViewer(w *watcher) error {
	v, _, err := x.store().Viewer(x.q(), x.room.account, w.user)
	switch {
	case desk.CodeOf(err) == desk.CodeNotFound: // inactive or gone
		x.room.expel(func(s *stream) bool { return s.watcher == w })
		w.viewer = desk.Viewer{AccountID: x.room.account, UserID: w.user}
		return nil
	case err != nil:
		return err
	}
	x.see(w, &v)
	return nil
}

// see gives a watcher the viewer as it is now. If it changed, her browser reads
// everything again: what she lost vanishes with that, what she gained appears.
func (x *round) see(w *watcher, v *desk.Viewer) {
	if sameViewer(&w.viewer, v) {
		return
	}
	w.viewer = *v
	w.badges.summed = false
	x.scope(w)
}

func (x *round) scope(w *watcher) {
	if !w.scoped {
		w.scoped = true
		w.tell(x.room.hub.fixed.scope)
	}
}

func sameViewer(a, b *desk.Viewer) bool {
	return a.AccountID == b.AccountID && a.UserID == b.UserID && a.Role == b.Role && a.Rights == b.Rights &&
		slices.Equal(a.Queues, b.Queues) && slices.Equal(a.Connections, b.Connections)
}
