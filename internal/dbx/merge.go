package dbx

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// mergeAfter is how many rows are indexed before the index is looked after.
	mergeAfter = 64
	// mergePages bounds one step, and with it how long a write that somebody
	// waits for stands behind it: some 4 ms.
	mergePages = 24
	// mergePause leaves the writer to others between two steps.
	mergePause = 10 * time.Millisecond
)

// merger keeps SQLite's index of messages short. Every commit adds a part to it,
// and many parts make searching dear, so they have to be joined. Left to itself
// FTS5 does so within the commit that happens to be the one in so many, up to
// several hundred pages at once, for which everybody who writes waits 50 ms.
// Its automerge is therefore off, and the merger joins parts a few pages at a
// time, as a patient write of its own. Where it does not keep pace FTS5 joins
// sixteen parts of a size at once, as ever.
//
// https://www.sqlite.org/fts5.html, 6.7 ("automerge") and 6.8 ("merge")
type merger struct {
	db    *DB
	rows  atomic.Int64
	wake  chan struct{}
	stop  chan struct{}
	ended chan struct{}
}

func newMerger(db *DB) *merger {
	m := &merger{db: db, wake: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{})}
	go m.loop()
	return m
}

// close ends the merger, after the step that it is in.
func (m *merger) close() {
	close(m.stop)
	<-m.ended
}

// indexed notes that a row was written to the index.
func (m *merger) indexed() {
	if m.rows.Add(1)%mergeAfter != 0 {
		return
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

func (m *merger) loop() {
	defer close(m.ended)
	for {
		select {
		case <-m.stop:
			return
		case <-m.wake:
		}
		m.settle()
	}
}

// settle joins parts until there is nothing to join. What fails (a full disk)
// waits for the next rows.
func (m *merger) settle() {
	for {
		more, err := m.step()
		if err != nil && !IsTransient(err) {
			m.db.log.Error("the index of messages could not be kept short", "err", err)
		}
		if err != nil || !more {
			return
		}
		select {
		case <-m.stop:
			return
		case <-time.After(mergePause):
		}
	}
}

// step joins a few pages and reports whether there was anything to join: then
// more rows than the one that asks for it have changed.
func (m *merger) step() (more bool, err error) {
	err = m.db.Do(Patient(context.Background()), func(tx *Tx) error {
		var before, after int64
		if err := tx.QueryRow(`SELECT total_changes()`).Scan(&before); err != nil {
			return err
		}
		fts := MessageText.fts()
		if _, err := tx.Exec(`INSERT INTO ` + fts + ` (` + fts + `, rank) VALUES ('merge', ` + strconv.Itoa(mergePages) + `)`); err != nil {
			return err
		}
		err := tx.QueryRow(`SELECT total_changes()`).Scan(&after)
		more = after-before >= 2
		return err
	})
	return more, err
}
