package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/jobs"
	"github.com/prosa-desk/prosa/internal/media"
	"github.com/prosa-desk/prosa/internal/store"
)

// night is a world with everything upkeep looks after.
type night struct {
	*world
	dir   string
	files *media.Disk
	log   *bytes.Buffer
	kinds []jobs.Kind
}

func eachNight(t *testing.T, fn func(t *testing.T, n *night)) {
	eachWorld(t, func(t *testing.T, w *world) {
		n := &night{world: w, dir: t.TempDir(), log: &bytes.Buffer{}}
		var err error
		if n.files, err = media.New(n.dir, w.clock.Now); err != nil {
			t.Fatal(err)
		}
		n.exec(`INSERT INTO account (id, name, time_zone, default_ddi, created_at, updated_at) VALUES ($1, 'Aurora', 'America/Sao_Paulo', '55', 0, 0)`, account)
		n.kinds = jobs.Upkeep(w.store, n.files, slog.New(slog.NewTextHandler(n.log, nil)))
		fn(t, n)
	})
}

func (n *night) exec(query string, args ...any) {
	n.t.Helper()
	err := n.store.DB.Do(n.t.Context(), func(tx *dbx.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

// run does what one night does.
func (n *night) run() {
	n.t.Helper()
	for _, k := range n.kinds {
		if err := k.Run(n.t.Context(), jobs.Task{}); err != nil {
			n.t.Fatalf("%s: %v", k.Name, err)
		}
	}
}

func (n *night) count(what string, args ...any) int {
	n.t.Helper()
	var c int
	if err := n.store.DB.Read(n.t.Context()).QueryRow(`SELECT COUNT(*) FROM `+what, args...).Scan(&c); err != nil {
		n.t.Fatal(err)
	}
	return c
}

func (n *night) raw(key string, state store.RawState) {
	n.t.Helper()
	err := n.store.DB.Do(n.t.Context(), func(tx *dbx.Tx) error {
		e := store.RawEvent{AccountID: account, ConnectionID: 1, Key: key, State: state, Body: "{}"}
		_, err := n.store.InsertRaw(tx, &e)
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

func TestRetentionOfRawEvents(t *testing.T) {
	eachNight(t, func(t *testing.T, n *night) {
		for i := range 450 { // more than two chunks
			n.raw(fmt.Sprint("done", i), store.RawDone)
		}
		n.raw("unprocessed", store.RawUnprocessed)
		n.raw("pending", store.RawPending)
		n.raw("blocked", store.RawQuarantined)
		left := func(what string, want int) {
			t.Helper()
			if got := n.count("raw_event WHERE " + what); got != want {
				t.Errorf("%s: %d, want %d", what, got, want)
			}
		}
		n.clock.Advance(6 * 24 * time.Hour)
		n.run()
		left("body <> ''", 453)
		n.clock.Advance(2 * 24 * time.Hour)
		n.run()
		left("state = 'quarantined'", 0)
		n.clock.Advance(23 * 24 * time.Hour)
		n.raw("young", store.RawDone)
		n.run()
		left("body = ''", 450)
		left("state = 'done' AND body <> ''", 1)
		n.clock.Advance(60 * 24 * time.Hour)
		n.run()
		left("state = 'done'", 1) // the young one, without its body
		left("state IN ('unprocessed', 'pending') AND body <> ''", 2)
	})
}

func TestRetentionOfTheRest(t *testing.T) {
	eachNight(t, func(t *testing.T, n *night) {
		now := desk.TimeOf(n.clock.Now())
		old, young := now.Add(-8*24*time.Hour), now.Add(-2*24*time.Hour)
		for i, at := range []desk.Time{old, young} {
			n.exec(`INSERT INTO orphan_status (id, account_id, connection_id, provider_id, status, body, at) VALUES ($1, 7, 1, $2, 'sent', '{}', $3)`, i+1, fmt.Sprint(i), at)
			n.exec(`INSERT INTO idempotency (account_id, principal, key, request_hash, status, ids, at) VALUES (7, 'user:1', $1, 'h', 201, '[]', $2)`, fmt.Sprint(i), at)
			for j, state := range []string{"done", "dead", "ready"} {
				n.exec(`INSERT INTO job (id, account_id, kind, state, run_at, created_at, finished_at) VALUES ($1, 7, 'x', $2, $3, $3, $3)`, 10*i+j+1, state, at)
			}
			n.exec(`INSERT INTO session (id, account_id, user_id, secret_hash, remember, created_at, seen_at, expires_at) VALUES ($1, 7, 1, 'h', $2, 0, 0, $3)`,
				i+1, i == 1, now.Add(time.Duration(2*i-1)*time.Hour))
			n.exec(`INSERT INTO login_failure (subject, failures, since, blocked_until) VALUES ($1, 3, $2, $3)`, fmt.Sprint(i), at, now.Add(time.Duration(2*i-1)*24*2*time.Hour))
		}
		n.run()
		for what, want := range map[string]int{
			"orphan_status": 1, "idempotency": 1, "job WHERE state = 'done'": 1, "job WHERE state = 'dead'": 2, "job WHERE state = 'ready'": 2,
			"session": 1, "login_failure": 1,
		} {
			if got := n.count(what); got != want {
				t.Errorf("%s: %d, want %d", what, got, want)
			}
		}
	})
}

// Decisions.md 23: what a contact took back is kept for administrators for a
// time, and then for nobody.
func TestDeletedMessagesAreForgotten(t *testing.T) {
	eachNight(t, func(t *testing.T, n *night) {
		m := desk.Message{AccountID: account, ConnectionID: 1, ContactID: 1, ChannelID: 1, Direction: desk.In, Author: desk.AuthorContact,
			Type: desk.TypeImage, Body: "meu CPF", Status: desk.StatusReceived}
		kept := m
		file := n.save("a picture of it")
		err := n.store.DB.Do(t.Context(), func(tx *dbx.Tx) error {
			if err := n.store.InsertMessage(tx, &m, file); err != nil {
				return err
			}
			if _, err := n.store.EditMessage(tx, &m, "meu RG", desk.TimeOf(n.clock.Now())); err != nil {
				return err
			}
			if _, err := n.store.RevokeMessage(tx, account, m.ID, 0); err != nil {
				return err
			}
			return n.store.InsertMessage(tx, &kept)
		})
		if err != nil {
			t.Fatal(err)
		}
		n.age(29 * 24 * time.Hour)
		n.run()
		if n.count("message WHERE body <> ''") != 2 || n.count("message_revision") != 1 || !n.stored(file) {
			t.Error("cleared too early")
		}
		n.age(2 * 24 * time.Hour)
		n.run()
		if n.count("message WHERE body <> ''") != 1 || n.count("message_revision") != 0 || n.count("media") != 0 || n.stored(file) {
			t.Error("something is left of a deleted message")
		}
		if n.count("message") != 2 {
			t.Error("a row is gone")
		}
	})
}

func (n *night) save(text string) desk.Media {
	n.t.Helper()
	m, err := n.files.Save(n.t.Context(), account, strings.NewReader(text), 1000)
	if err != nil {
		n.t.Fatal(err)
	}
	return m
}

func (n *night) insert(m desk.Media) desk.Media {
	n.t.Helper()
	err := n.store.DB.Do(n.t.Context(), func(tx *dbx.Tx) error { return n.store.InsertMedia(tx, &m) })
	if err != nil {
		n.t.Fatal(err)
	}
	return m
}

// age makes every file on disk look as old as the clock says.
func (n *night) age(d time.Duration) {
	n.t.Helper()
	n.clock.Advance(d)
	err := filepath.WalkDir(n.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		at := n.clock.Now().Add(-d)
		return os.Chtimes(path, at, at)
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *night) stored(m desk.Media) bool {
	f, err := n.files.Open(account, m.SHA256)
	if err == nil {
		_ = f.Close()
	}
	return err == nil
}

func TestSweepKeepsWhatIsReferredTo(t *testing.T) {
	eachNight(t, func(t *testing.T, n *night) {
		attached := n.save("attached")
		attached.MessageID = 99
		n.insert(attached)
		shared := n.save("attached to one, loose in another")
		n.insert(shared)
		shared.ID, shared.MessageID = 0, 100
		n.insert(shared)
		thumb := n.save("a thumbnail")
		withThumb := n.save("with a thumbnail")
		withThumb.MessageID, withThumb.ThumbSHA = 101, thumb.SHA256
		n.insert(withThumb)
		photo := n.insert(n.save("a photo"))
		n.exec(`INSERT INTO contact (id, account_id, name, name_fold, photo_id, created_at, updated_at) VALUES (1, $1, 'Ana', 'ana', $2, 0, 0)`, account, photo.ID)
		loose := n.insert(n.save("loose"))
		unknown := n.save("saved just before a crash")
		n.age(23 * time.Hour)
		n.run()
		for _, m := range []desk.Media{attached, shared, thumb, withThumb, photo, loose, unknown} {
			if !n.stored(m) {
				t.Fatal("a file of today was swept")
			}
		}
		n.age(25 * time.Hour)
		n.run()
		for name, m := range map[string]desk.Media{"attached": attached, "shared": shared, "thumbnail": thumb, "with thumbnail": withThumb, "photo": photo} {
			if !n.stored(m) {
				t.Errorf("%s: swept", name)
			}
		}
		if n.stored(loose) || n.stored(unknown) || n.count("media WHERE id = $1", loose.ID) != 0 || n.count("blob WHERE sha256 = $1", loose.SHA256) != 0 {
			t.Error("what nobody refers to is still there")
		}
	})
}

func TestRecountMendsAndReports(t *testing.T) {
	eachNight(t, func(t *testing.T, n *night) {
		n.exec(`INSERT INTO ticket_count (account_id, status, queue_id, connection_id, user_id, wallet_user_id, bot, n) VALUES ($1, 'open', 1, 1, 1, 0, FALSE, 5)`, account)
		n.run()
		if got := n.count("ticket_count WHERE n <> 0"); got != 0 {
			t.Errorf("%d wrong cells left", got)
		}
		if !strings.Contains(n.log.String(), "had=5 has=0") {
			t.Errorf("log: %s", n.log)
		}
	})
}

func TestUpkeepEndsWithItsContext(t *testing.T) {
	eachNight(t, func(t *testing.T, n *night) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, k := range n.kinds {
			if err := k.Run(ctx, jobs.Task{}); err == nil {
				t.Errorf("%s went on", k.Name)
			}
		}
	})
}
