package store_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// TestW_WindowModel moves a channel's window by inbound messages of any age,
// closings by the provider and the clock, beside the rule of decisions.md 8.
func TestW_WindowModel(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		rapid.Check(t, func(r *rapid.T) {
			touch := store.ChannelTouch{AccountID: w.account, ContactID: w.id(), ConnectionID: w.line}
			c := w.touch(touch)
			var expires, newest desk.Time
			var newestID string
			for range rapid.IntRange(1, 8).Draw(r, "steps") {
				w.clock.Advance(time.Duration(rapid.IntRange(0, 30).Draw(r, "hours")) * time.Hour)
				now := w.at()
				switch rapid.IntRange(0, 3).Draw(r, "what") {
				case 0: // by the provider's word
					w.do(func(tx *dbx.Tx) error { _, err := w.s.CloseWindow(tx, w.account, c.ID); return err })
					expires = min(expires, now)
				case 1: // something that opens nothing
					c = w.touch(touch)
				default:
					in := touch
					in.InboundAt = now.Add(time.Duration(rapid.IntRange(-40, 5).Draw(r, "age")) * time.Hour)
					in.InboundID = w.id().String()
					c = w.touch(in)
					at := min(in.InboundAt, now)
					expires = max(expires, at.Add(24*time.Hour))
					if at >= newest {
						newest, newestID = at, in.InboundID
					}
				}
				got, err := w.s.Channel(w.q(), w.account, c.ID)
				if err != nil || got.WindowExpiresAt != expires || got.LastInboundAt != newest || got.LastInboundID != newestID {
					r.Fatalf("%+v (%v), want until %d, inbound %d %s", got, err, expires, newest, newestID)
				}
			}
		})
	})
}

func (w *world) touch(in store.ChannelTouch) (c desk.Channel) {
	w.Helper()
	w.do(func(tx *dbx.Tx) (err error) {
		c, err = w.s.TouchChannel(tx, in)
		return err
	})
	return c
}

func TestChannel_KeepsTheAddressThatWroteLast(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		in := store.ChannelTouch{AccountID: w.account, ContactID: w.id(), ConnectionID: w.line}
		for _, c := range []struct {
			identity  desk.ID
			inboundAt desk.Time
			want      desk.ID
		}{{7, 100, 7}, {0, 0, 7}, {8, 200, 8}, {7, 150, 8}} {
			in.IdentityID, in.InboundAt = c.identity, c.inboundAt
			if got := w.touch(in); got.IdentityID != c.want {
				t.Errorf("after %+v the address is %d", c, got.IdentityID)
			}
		}
	})
}

func TestChannel_AgeAndClose(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		w.touch(store.ChannelTouch{AccountID: w.account, ContactID: at.ContactID, ConnectionID: at.ConnectionID, InboundAt: w.at()})
		var c desk.Channel
		w.do(func(tx *dbx.Tx) (err error) {
			c, err = w.s.AgeChannel(tx, w.account, at.ChannelID, 23*time.Hour)
			return err
		})
		if c.WindowExpiresAt != w.at().Add(time.Hour) || c.LastInboundAt != w.at().Add(-23*time.Hour) {
			t.Fatalf("%+v", c)
		}
		w.do(func(tx *dbx.Tx) error {
			closed, err := w.s.CloseWindow(tx, w.account, at.ChannelID)
			if !closed {
				t.Error("was open")
			}
			return err
		})
		w.do(func(tx *dbx.Tx) error {
			closed, err := w.s.CloseWindow(tx, w.account, at.ChannelID)
			if closed {
				t.Error("was closed already")
			}
			return err
		})
		if n := len(w.told(desk.EvWindowClosed)); n != 1 {
			t.Errorf("%d events", n)
		}
		if now := w.now(at); now.Rev != 3 || len(w.told(desk.EvTicketUpdated)) != 1 {
			t.Errorf("%+v", now)
		}
		w.fails(desk.CodeNotFound, func(tx *dbx.Tx) error { _, err := w.s.AgeChannel(tx, w.account, w.id(), time.Hour); return err })
	})
}
