package dbx_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prosa-desk/prosa/internal/dbx"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// BenchmarkDo is one call of four statements, the shape of accepting a
// message, by 1, 16 and 64 callers at once.
func BenchmarkDo(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *dbx.DB
	}{
		{"sqlite", func(t testing.TB) *dbx.DB { return testkit.SQLiteWith(t, schema()) }},
		{"postgres", func(t testing.TB) *dbx.DB { return testkit.PostgresWith(t, schema()) }},
	} {
		for _, callers := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/callers=%d", engine.name, callers), func(b *testing.B) {
				benchmarkDo(b, engine.open(b), callers, false)
			})
		}
		b.Run(engine.name+"/indexed/callers=64", func(b *testing.B) {
			benchmarkDo(b, engine.open(b), 64, true)
		})
	}
}

func benchmarkDo(b *testing.B, db *dbx.DB, callers int, indexed bool) {
	var next atomic.Int64
	before := db.Stats()
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := db.Do(context.Background(), accept(n, indexed)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(b.N)/float64(db.Stats().Minus(before).Commits), "calls/commit")
}

func accept(n int64, indexed bool) func(tx *dbx.Tx) error {
	return func(tx *dbx.Tx) error {
		var rank int64
		if _, err := tx.Exec(`INSERT INTO parent (id) VALUES ($1)`, n); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO item (id, account_id, name, parent_id) VALUES ($1, 1, $2, $1)`, n, fmt.Sprint("item ", n)); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE item SET done = TRUE WHERE id = $1`, n); err != nil {
			return err
		}
		if indexed {
			if err := dbx.IndexText(tx, n, 1, n, fmt.Sprintf("Olá, o pedido número %d ainda não chegou em casa, podem verificar por favor?", n)); err != nil {
				return err
			}
		}
		return tx.QueryRow(`SELECT rank FROM item WHERE id = $1`, n).Scan(&rank)
	}
}

// BenchmarkRead is one indexed row by one reader, then by sixteen.
func BenchmarkRead(b *testing.B) {
	db := testkit.SQLiteWith(b, schema())
	mustDo(b, db, func(tx *dbx.Tx) error { return insert(tx, 1, "a") })
	for _, readers := range []int{1, 16} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			b.SetParallelism(readers)
			b.RunParallel(func(pb *testing.PB) {
				var name string
				for pb.Next() {
					if err := db.Read(b.Context()).QueryRow(`SELECT name FROM item WHERE id = $1`, 1).Scan(&name); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
