package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/store"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// Many sign-ins of one person at once: each takes its attempt and gives it back
// with the right password, which removes the row that another is about to
// count on.
func TestE7_TakenAndForgivenAtOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *dbx.DB) {
		w := newWorld(t, db)
		limit := store.LoginLimit{Subject: "ana", Failures: 1000, Window: (15 * time.Minute).Milliseconds()}
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				for range 40 {
					err := db.Do(t.Context(), func(tx *dbx.Tx) error { _, err := w.s.TakeLogin(tx, limit); return err })
					if err == nil {
						err = db.Do(t.Context(), func(tx *dbx.Tx) error { return w.s.ForgiveLogin(tx, limit.Subject) })
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}
