package inbound_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkWebhook posts signed messages of 64 contacts into their live
// tickets over 16 connections (O7), and reports the 99th percentile.
func BenchmarkWebhook(b *testing.B) {
	w := newWorld(b, sqlite(b))
	const senders = 64
	from := func(i int) string { return fmt.Sprintf("55119876%05d", i%senders) }
	body := func(i int) string {
		return hook(number, list("messages", w.text(from(i), fmt.Sprint("wamid.", i), "Olá, o pedido ainda não chegou em casa, podem verificar por favor?")))
	}
	for i := range senders {
		w.ok(body(i))
	}
	var next atomic.Int64
	next.Store(senders)
	took := make([]time.Duration, b.N)
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N+senders {
					return
				}
				began := time.Now()
				if code := w.post(body(i)); code != http.StatusOK {
					b.Errorf("answered %d", code)
				}
				took[i-senders] = time.Since(began)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[b.N*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
