package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

func TestRaw_OncePerKey(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		insert := func(connection desk.ID, key string, state store.RawState) (e store.RawEvent, fresh bool) {
			e = store.RawEvent{AccountID: w.account, ConnectionID: connection, Key: key, State: state, Reason: "odd", Body: `{"a":"\u0000"}`}
			w.do(func(tx *dbx.Tx) (err error) { fresh, err = w.s.InsertRaw(tx, &e); return err })
			return e, fresh
		}
		first, fresh := insert(w.line, "k1", store.RawUnprocessed)
		if _, again := insert(w.line, "k1", store.RawDone); !fresh || again {
			t.Fatal(fresh, again)
		}
		if _, other := insert(w.id(), "k1", store.RawDone); !other {
			t.Fatal("keys are per connection")
		}
		second, _ := insert(w.line, "k2", store.RawUnprocessed)
		page, err := w.s.RawEvents(w.q(), w.account, store.RawUnprocessed, store.List{Limit: 1})
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != second.ID || page.Next == "" {
			t.Fatalf("%+v %v", page, err)
		}
		page, err = w.s.RawEvents(w.q(), w.account, store.RawUnprocessed, store.List{Limit: 1, Cursor: page.Next})
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != first.ID || page.Next != "" || page.Items[0].Body != first.Body {
			t.Fatalf("%+v %v", page, err)
		}
		w.do(func(tx *dbx.Tx) error {
			got, err := w.s.RawByKey(tx, w.account, w.line, "k1")
			if err == nil && got.ID != first.ID {
				t.Errorf("%+v", got)
			}
			return w.s.SettleRaw(tx, w.account, first.ID, store.RawDone, "")
		})
		got, err := w.s.Raw(w.q(), w.account, first.ID)
		if err != nil || got.State != store.RawDone || got.Attempts != 1 || got.ProcessedAt == 0 {
			t.Fatalf("%+v %v", got, err)
		}
		// Only what was interpreted is ever forgotten.
		w.clock.Advance(time.Hour)
		var emptied, purged int64
		w.do(func(tx *dbx.Tx) (err error) { emptied, err = w.s.ForgetRawBodies(tx, w.at(), 100); return err })
		w.do(func(tx *dbx.Tx) (err error) { purged, err = w.s.PurgeRaw(tx, w.at(), 100); return err })
		left, err := w.s.Raw(w.q(), w.account, second.ID)
		if err != nil || left.Body == "" || emptied != 2 || purged != 2 {
			t.Fatalf("%+v %v, %d emptied, %d purged", left, err, emptied, purged)
		}
		w.fails(desk.CodeNotFound, func(tx *dbx.Tx) error { return w.s.SettleRaw(tx, w.account+1, second.ID, store.RawDone, "") })
	})
}

func TestIdempotency(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		e := store.Effect{AccountID: w.account, Principal: "user:1", Key: "k", Hash: "h", Status: 201}
		var mu sync.Mutex
		var fresh []desk.ID
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				mine := e
				mine.IDs = []desk.ID{w.id()}
				var prior *store.Effect
				err := db.Do(t.Context(), func(tx *dbx.Tx) (err error) { prior, err = w.s.Once(tx, mine); return err })
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					t.Error(err)
				case prior == nil:
					fresh = append(fresh, mine.IDs...)
				case len(prior.IDs) != 1 || prior.Status != 201:
					t.Errorf("%+v", prior)
				}
			})
		}
		wg.Wait()
		got, err := w.s.EffectOf(w.q(), e)
		if err != nil || len(fresh) != 1 || !slices.Equal(got.IDs, fresh) {
			t.Fatalf("%v did it, stored is %+v (%v)", fresh, got, err)
		}
		other := e
		other.Hash = "another body"
		w.fails(desk.CodeIdempotencyMismatch, func(tx *dbx.Tx) error { _, err := w.s.Once(tx, other); return err })
		other.Principal = "user:2"
		w.do(func(tx *dbx.Tx) error {
			prior, err := w.s.Once(tx, other)
			if prior != nil {
				t.Error("keys of different callers met")
			}
			return err
		})
		e.Status, e.IDs = 202, []desk.ID{1, 2}
		w.do(func(tx *dbx.Tx) error { return w.s.ChangeEffect(tx, e) })
		if got, err := w.s.EffectOf(w.q(), e); err != nil || got.Status != 202 || len(got.IDs) != 2 {
			t.Fatalf("%+v %v", got, err)
		}
		w.do(func(tx *dbx.Tx) error { return w.s.ForgetEffect(tx, e) })
		w.clock.Advance(time.Second)
		w.do(func(tx *dbx.Tx) error {
			n, err := w.s.PurgeEffects(tx, w.at(), 10)
			if n != 1 {
				t.Errorf("%d purged", n)
			}
			return err
		})
		if _, err := w.s.EffectOf(w.q(), e); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error(err)
		}
	})
}

func TestOrphans(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		add := func(id string, status desk.MessageStatus) {
			w.do(func(tx *dbx.Tx) error {
				return w.s.AddOrphan(tx, store.Orphan{AccountID: w.account, ConnectionID: w.line, ProviderID: id, Status: status, Body: "{}"})
			})
		}
		add("a", desk.StatusRead)
		add("a", desk.StatusDelivered)
		add("a", desk.StatusRead)
		add("b", desk.StatusSent)
		var got []store.Orphan
		for _, want := range []int{2, 0} {
			w.do(func(tx *dbx.Tx) (err error) { got, err = w.s.TakeOrphans(tx, w.account, w.line, "a"); return err })
			if len(got) != want {
				t.Fatalf("%+v", got)
			}
		}
		w.clock.Advance(time.Second)
		w.do(func(tx *dbx.Tx) error {
			n, err := w.s.PurgeOrphans(tx, w.at(), 10)
			if n != 1 {
				t.Errorf("%d purged", n)
			}
			return err
		})
	})
}

func TestC19_LogAndAccess(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open, UserID: 5})
		record := func(user desk.ID, typ desk.EventType, want bool) {
			t.Helper()
			w.do(func(tx *dbx.Tx) error {
				got, err := w.s.RecordAccess(tx, &store.Access{Ticket: at, UserID: user, Type: typ, At: w.at()})
				if got != want {
					t.Errorf("%s by %d: %v", typ, user, got)
				}
				return err
			})
		}
		record(7, desk.EvTicketAccessed, true)
		record(7, desk.EvTicketAccessed, false)
		record(8, desk.EvTicketAccessed, true)
		record(7, desk.EvTicketPeeked, true)
		w.clock.Advance(10 * time.Minute)
		record(7, desk.EvTicketAccessed, false)
		w.clock.Advance(time.Millisecond)
		record(7, desk.EvTicketAccessed, true)
		var types []desk.EventType
		l := store.List{Limit: 3}
		for range 3 {
			page, err := w.s.TicketLog(w.q(), w.account, at.ID, l)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Items {
				types = append(types, e.Type)
			}
			if l.Cursor = page.Next; l.Cursor == "" {
				break
			}
		}
		want := []desk.EventType{desk.EvTicketAccessed, desk.EvTicketPeeked, desk.EvTicketAccessed, desk.EvTicketAccessed}
		if !slices.Equal(types, want) || w.now(at).Rev != 1 {
			t.Errorf("%v", types)
		}
		page, err := w.s.Timeline(w.q(), w.admin(), at.ID, store.TimelineQuery{})
		if err != nil || len(page.Items) != 0 {
			t.Errorf("%+v %v", page, err)
		}
	})
}

func TestNotices(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		mine, theirs := w.id(), w.id()
		me := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleUser, Queues: []desk.ID{mine}}
		boss := &desk.Viewer{AccountID: w.account, UserID: w.id(), Role: desk.RoleSupervisor}
		record := func(typ desk.EventType, by desk.Actor, after *desk.Sight) desk.ID {
			w.do(func(tx *dbx.Tx) error {
				return w.s.Record(tx, desk.Event{AccountID: w.account, Type: typ, Entity: "ticket", EntityID: 1, Actor: by, After: after})
			})
			told := w.told(typ)
			return told[len(told)-1].ID
		}
		in := func(queue, user desk.ID) *desk.Sight {
			s := &desk.Sight{QueueID: queue, UserID: user, Status: desk.Pending}
			if user != 0 {
				s.Status = desk.Open
			}
			return s
		}
		arrived := record(desk.EvTicketCreated, desk.System(), in(mine, 0))
		record(desk.EvTicketCreated, desk.System(), in(theirs, 0))
		record(desk.EvTicketTransferred, desk.ByUser(me.UserID), in(mine, 0)) // my own doing
		given := record(desk.EvTicketTransferred, desk.ByUser(boss.UserID), in(theirs, me.UserID))
		record(desk.EvTicketTransferred, desk.ByUser(boss.UserID), in(mine, w.id())) // to a colleague
		failed := record(desk.EvMessageFailed, desk.System(), in(theirs, me.UserID))
		record(desk.EvTicketAccepted, desk.System(), in(mine, 0)) // no news
		broken := record(desk.EvConnectionState, desk.System(), nil)
		for _, c := range []struct {
			v    *desk.Viewer
			want []desk.ID
		}{{me, []desk.ID{failed, given, arrived}}, {boss, []desk.ID{broken}}} {
			page, err := w.s.Notices(w.q(), c.v, "")
			var ids []desk.ID
			for _, e := range page.Items {
				ids = append(ids, e.ID)
			}
			if err != nil || !slices.Equal(ids, c.want) || page.Next != "" {
				t.Errorf("%s: %v %q %v, want %v", c.v.Role, ids, page.Next, err, c.want)
			}
		}
		// What was hers and is not any more, is told to nobody but who sees it now.
		ticket := w.ticket(desk.Ticket{QueueID: mine})
		w.do(func(tx *dbx.Tx) error {
			sight := ticket.Sight()
			return w.s.Record(tx, desk.Event{AccountID: w.account, Type: desk.EvTicketQueued, Entity: "ticket", EntityID: ticket.ID,
				TicketID: ticket.ID, Actor: desk.System(), After: &sight})
		})
		first := func() desk.ID {
			page, err := w.s.Notices(w.q(), me, "")
			if err != nil || len(page.Items) == 0 {
				t.Fatalf("%+v %v", page, err)
			}
			return page.Items[0].TicketID
		}
		if first() != ticket.ID {
			t.Error("a new ticket of her queue is not told")
		}
		w.do(func(tx *dbx.Tx) error {
			_, err := tx.Exec(`UPDATE ticket SET queue_id = $1 WHERE id = $2`, theirs, ticket.ID)
			return err
		})
		if first() == ticket.ID {
			t.Error("a ticket that has left her queues is still told of")
		}
		for range 40 {
			record(desk.EvTicketCreated, desk.System(), in(mine, 0))
		}
		page, err := w.s.Notices(w.q(), me, "")
		if err != nil || len(page.Items) != 30 || page.Next == "" {
			t.Fatalf("%d %v", len(page.Items), err)
		}
		page, err = w.s.Notices(w.q(), me, page.Next)
		if err != nil || len(page.Items) != 13 || page.Next != "" {
			t.Fatalf("%d %v", len(page.Items), err)
		}
	})
}

func TestHistory(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		queue := w.id()
		for i := range 3 {
			w.do(func(tx *dbx.Tx) error {
				return w.s.Record(tx, desk.Event{AccountID: w.account, Type: desk.EvQueueUpdated, Entity: "queue", EntityID: queue,
					Actor: desk.ByUser(3), Data: map[string]any{"changes": map[string]any{"position": []int{i, i + 1}}}})
			})
		}
		var seen int
		l := store.List{Limit: 2}
		for range 3 {
			page, err := w.s.History(w.q(), w.account, "queue", queue, l)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(page.Items)
			if l.Cursor = page.Next; l.Cursor == "" {
				break
			}
		}
		other, err := w.s.History(w.q(), w.account+1, "queue", queue, store.List{})
		if seen != 3 || err != nil || len(other.Items) != 0 {
			t.Errorf("%d %+v %v", seen, other, err)
		}
	})
}

func TestMedia_SettleAndSweep(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		at := w.ticket(desk.Ticket{Status: desk.Open, UserID: 5})
		m := w.message(at, "")
		m.Direction, m.Status, m.Type, m.Pos = desk.In, desk.StatusReceived, desk.TypeImage, 1
		loose := desk.Media{AccountID: w.account, State: desk.MediaReady, Kind: desk.TypeImage, SHA256: "loose", UploadedBy: 5}
		w.do(func(tx *dbx.Tx) error {
			if err := w.s.InsertMedia(tx, &loose); err != nil {
				return err
			}
			return w.s.InsertMessage(tx, &m, desk.Media{State: desk.MediaPending, Kind: desk.TypeImage, ProviderID: "55"})
		})
		files, err := w.s.MessageMedia(w.q(), w.account, m.ID)
		if err != nil || len(files) != 1 {
			t.Fatalf("%+v %v", files, err)
		}
		f := files[0]
		f.State, f.SHA256, f.ThumbSHA, f.Size, f.Width = desk.MediaReady, "full", "thumb", 10, 4
		w.do(func(tx *dbx.Tx) error { return w.s.SettleMedia(tx, f) })
		if told := w.told(desk.EvMessageStatus); len(told) != 1 || told[0].MessageID != m.ID || *told[0].After != at.Sight() {
			t.Errorf("%+v", told)
		}
		if got, err := w.s.Message(w.q(), w.account, m.ID); err != nil || got.Rev != 2 {
			t.Errorf("%+v %v", got, err)
		}
		stranger := &desk.Viewer{AccountID: w.account, UserID: 6, Role: desk.RoleUser}
		if _, err := w.s.VisibleMedia(w.q(), stranger, f.ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error(err)
		}
		if _, err := w.s.VisibleMedia(w.q(), stranger, loose.ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error("another user's upload is visible:", err)
		}
		five := &desk.Viewer{AccountID: w.account, UserID: 5, Role: desk.RoleUser}
		if _, err := w.s.VisibleMedia(w.q(), five, loose.ID); err != nil {
			t.Error("her own upload is invisible:", err)
		}
		if got, err := w.s.VisibleMedia(w.q(), five, f.ID); err != nil || got.Width != 4 {
			t.Errorf("%+v %v", got, err)
		}
		w.do(func(tx *dbx.Tx) error { _, err := w.s.RevokeMessage(tx, w.account, m.ID, 0); return err })
		if _, err := w.s.VisibleMedia(w.q(), five, f.ID); desk.CodeOf(err) != desk.CodeNotFound {
			t.Error("a file that the contact deleted is visible:", err)
		}
		w.clock.Advance(time.Hour)
		list, err := w.s.LooseMedia(w.q(), w.at(), 10)
		if err != nil || len(list) != 1 || list[0].ID != loose.ID {
			t.Fatalf("%+v %v", list, err)
		}
		if blobs := w.blobs(); len(blobs) != 0 {
			t.Fatalf("%+v", blobs)
		}
		w.do(func(tx *dbx.Tx) error { return w.s.DeleteMedia(tx, w.account, loose.ID) })
		blobs := w.blobs()
		if len(blobs) != 1 || blobs[0].SHA256 != "loose" {
			t.Fatalf("%+v", blobs)
		}
		for _, c := range []struct {
			sha  string
			want bool
		}{{"loose", true}, {"loose", false}, {"thumb", false}, {"full", false}} {
			w.do(func(tx *dbx.Tx) error {
				gone, err := w.s.ForgetBlob(tx, store.Blob{AccountID: w.account, SHA256: c.sha})
				if gone != c.want {
					t.Errorf("%s: %v", c.sha, gone)
				}
				return err
			})
		}
	})
}

func (w *world) blobs() []store.Blob {
	w.Helper()
	list, err := w.s.UnreferencedBlobs(w.q(), w.at(), store.Blob{}, 10)
	if err != nil {
		w.Fatal(err)
	}
	return list
}
