package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// label names an item of a timeline.
func label(i store.TimelineItem) string {
	if i.Message != nil {
		return i.Message.Body
	}
	return string(i.Event.Type)
}

func labels(items []store.TimelineItem) []string {
	list := []string{}
	for _, i := range items {
		list = append(list, label(i))
	}
	return list
}

func TestTimeline_MergesAndPages(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{})
		var want []string
		var middle desk.ID
		for i := range 12 { // some within one millisecond, some not
			m := w.says(at, fmt.Sprintf("m%d", i))
			want = append(want, m.Body)
			if i == 6 {
				middle = m.ID
			}
			typ := desk.EvTicketTagged
			if i%3 == 0 {
				typ = desk.EvTicketUpdated // only in the log
			} else {
				want = append(want, string(typ))
			}
			w.do(func(tx *dbx.Tx) error {
				_, err := w.s.ChangeTicket(tx, w.account, at.ID, desk.System(), func(_ *desk.Ticket, e *desk.Event) error {
					e.Type = typ
					return nil
				})
				return err
			})
			if i%4 == 0 {
				w.clock.Advance(time.Second)
			}
		}
		read := func(q store.TimelineQuery) store.TimelinePage {
			p, err := w.s.Timeline(w.q(), w.admin(), at.ID, q)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		if p := read(store.TimelineQuery{}); !slices.Equal(labels(p.Items), want) || p.Older != "" || p.Newer != "" {
			t.Fatalf("whole: %v", labels(p.Items))
		}
		var back []string
		q := store.TimelineQuery{Limit: 3}
		for range len(want) {
			p := read(q)
			back = append(labels(p.Items), back...)
			if (p.Newer != "") != (q.Before != "") {
				t.Errorf("newer is %q on the page before %q", p.Newer, q.Before)
			}
			if q.Before = p.Older; q.Before == "" {
				break
			}
		}
		if !slices.Equal(back, want) {
			t.Fatalf("backwards: %v", back)
		}
		p := read(store.TimelineQuery{Around: middle, Limit: 4})
		if !slices.Contains(labels(p.Items), "m6") || len(p.Items) != 4 || p.Older == "" || p.Newer == "" {
			t.Fatalf("around: %v", labels(p.Items))
		}
		forth := labels(p.Items)
		for p.Newer != "" {
			p = read(store.TimelineQuery{After: p.Newer, Limit: 2})
			forth = append(forth, labels(p.Items)...)
		}
		if !slices.Equal(forth, want[len(want)-len(forth):]) {
			t.Fatalf("forwards: %v", forth)
		}
		for _, bad := range []store.TimelineQuery{{Before: "?"}, {After: "e30x"}, {Before: "eyJwIjoxLCJ4IjoyfQ"}} {
			if _, err := w.s.Timeline(w.q(), w.admin(), at.ID, bad); desk.CodeOf(err) != desk.CodeInvalidCursor {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := w.s.Timeline(w.q(), w.admin(), at.ID, store.TimelineQuery{Around: w.id()}); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error(err)
		}
	})
}

func TestMessageViews_WithAllThatBelongs(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open, UserID: w.id()})
		quoted := w.says(at, "você tem essa mesa?")
		m := w.message(at, "tenho")
		m.Direction, m.Author, m.Status, m.ReplyTo, m.Pos = desk.Out, desk.AuthorUser, desk.StatusFailed, quoted.ID, quoted.Pos+1
		m.Content.Location = &desk.Location{Latitude: -23.5, Longitude: -46.6, Name: "Loja Centro"}
		m.Error = &desk.Failure{Code: "undeliverable"}
		upload := desk.Media{AccountID: w.account, State: desk.MediaReady, Kind: desk.TypeImage, MIME: "image/png", Name: "mesa.png", SHA256: "aa", Size: 9, Width: 3, Height: 4, ThumbSHA: "bb"}
		w.do(func(tx *dbx.Tx) error {
			if err := w.s.InsertMedia(tx, &upload); err != nil {
				return err
			}
			return w.s.InsertMessage(tx, &m, desk.Media{ID: upload.ID}, desk.Media{State: desk.MediaPending, Kind: desk.TypeDocument, MIME: "application/pdf", Name: "Catálogo.pdf", ProviderID: "123"})
		})
		retry := w.message(at, "tenho!")
		retry.Direction, retry.Author, retry.Status, retry.RetryOf = desk.Out, desk.AuthorUser, desk.StatusPending, m.ID
		w.do(func(tx *dbx.Tx) error { return w.s.InsertMessage(tx, &retry) })
		w.react(m, "contact", "👍", 5, true)
		w.react(m, "us", "❤️", 6, true)
		w.react(m, "contact", "😡", 4, false) // older, came late
		w.react(m, "us", "", 7, true)

		before := db.Stats()
		views, err := w.s.MessageViews(w.q(), w.account, []desk.ID{m.ID, quoted.ID, w.id(), retry.ID})
		if err != nil || len(views) != 3 {
			t.Fatalf("%+v %v", views, err)
		}
		if n := db.Stats().Minus(before).Statements; n > 5 {
			t.Errorf("%d statements", n)
		}
		v := views[0]
		if v.Content.Location.Name != "Loja Centro" || v.Error.Code != "undeliverable" || v.RetriedBy != retry.ID {
			t.Errorf("%+v", v.Message)
		}
		if len(v.Media) != 2 || v.Media[0].ID != upload.ID || v.Media[1].State != desk.MediaPending {
			t.Errorf("media %+v", v.Media)
		}
		if len(v.Reactions) != 1 || v.Reactions[0].Emoji != "👍" {
			t.Errorf("reactions %+v", v.Reactions)
		}
		if v.Reply == nil || v.Reply.ID != quoted.ID || v.Reply.Text != quoted.Body || v.Reply.Author != desk.AuthorContact {
			t.Errorf("reply %+v", v.Reply)
		}
		if got := w.hits("catalogo"); !slices.Equal(got, []desk.ID{m.ID}) {
			t.Errorf("the file's name finds %v", got)
		}
		other := w.message(at, "de novo")
		other.Direction, other.Status = desk.Out, desk.StatusPending
		w.fails(desk.CodeUnknownReference, func(tx *dbx.Tx) error { return w.s.InsertMessage(tx, &other, desk.Media{ID: upload.ID}) })
	})
}

func (w *world) react(m desk.Message, author, emoji string, at desk.Time, want bool) {
	w.Helper()
	w.do(func(tx *dbx.Tx) error {
		changed, err := w.s.SetReaction(tx, w.account, desk.Reaction{MessageID: m.ID, Author: author, Emoji: emoji, At: at})
		if changed != want {
			w.Errorf("reaction %q by %s: changed is %v", emoji, author, changed)
		}
		return err
	})
}

// TestRevoke_HidesFromAllButAdmins follows decisions.md 23.
func TestRevoke_HidesFromAllButAdmins(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open})
		m := w.says(at, "apaguei isto")
		w.do(func(tx *dbx.Tx) error { _, err := w.s.RevokeMessage(tx, w.account, m.ID, 0); return err })
		for role, want := range map[desk.Role]string{desk.RoleUser: "", desk.RoleSupervisor: "", desk.RoleAdmin: m.Body} {
			v := &desk.Viewer{AccountID: w.account, UserID: 1, Role: role}
			p, err := w.s.Timeline(w.q(), v, at.ID, store.TimelineQuery{})
			if err != nil || len(p.Items) != 1 || p.Items[0].Message.Body != want || p.Items[0].Message.DeletedAt == 0 {
				t.Errorf("%s: %+v %v", role, p.Items, err)
			}
		}
		if got := w.hits("apaguei"); len(got) != 0 {
			t.Error("still found")
		}
		views, err := w.s.TicketViews(w.q(), w.account, []desk.ID{at.ID})
		if err != nil || !views[0].LastMessage.Deleted || views[0].LastMessage.Text != "" {
			t.Errorf("%+v %v", views, err)
		}
	})
}

func TestTicketViews_TwoStatements(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		var ids []desk.ID
		for i := range 30 {
			at := w.ticket(desk.Ticket{Status: desk.Open, ContactID: w.contact(fmt.Sprintf("Cliente %d", i), fmt.Sprintf("551198765%04d", i))})
			w.says(at, fmt.Sprintf("olá %d", i))
			ids = append([]desk.ID{at.ID}, ids...)
		}
		before := db.Stats()
		views, err := w.s.TicketViews(w.q(), w.account, append(ids, w.id()))
		if n := db.Stats().Minus(before).Statements; err != nil || n != 2 {
			t.Fatalf("%d statements, %v", n, err)
		}
		for i, v := range views {
			n := 29 - i
			if v.ID != ids[i] || v.Contact.Name != fmt.Sprintf("Cliente %d", n) || v.Contact.Phone == "" || v.LastMessage.Text != fmt.Sprintf("olá %d", n) || v.Tags == nil {
				t.Fatalf("%d: %+v", i, v)
			}
		}
		stranger := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser}
		if _, err := w.s.TicketView(w.q(), stranger, ids[0]); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error(err)
		}
		other := w.admin()
		other.AccountID++
		if _, err := w.s.TicketView(w.q(), other, ids[0]); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error(err)
		}
	})
}
