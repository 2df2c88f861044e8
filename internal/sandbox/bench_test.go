package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prosa-desk/prosa/internal/desk"
	"github.com/prosa-desk/prosa/internal/sandbox"
	"github.com/prosa-desk/prosa/internal/testkit"
)

// BenchmarkSend accepts texts for 64 customers on SQLite while their webhooks
// are delivered.
func BenchmarkSend(b *testing.B) {
	callback := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer callback.Close()
	box := sandbox.New(sandbox.Options{DB: testkit.SQLite(b), IDs: desk.NewIDs(time.Now, 1, 0).Next})
	n := number()
	n.CallbackURL, n.Limits = callback.URL, sandbox.Limits{PerSecond: -1, PairBurst: -1}
	if err := box.AddNumber(b.Context(), n); err != nil {
		b.Fatal(err)
	}
	for i := range 64 {
		if _, err := box.SendAsCustomer(b.Context(), sandbox.CustomerMessage{AccountID: account, PhoneNumberID: pnid,
			Phone: fmt.Sprintf("55119876500%02d", i), Type: sandbox.TypeText, Body: "Oi"}); err != nil {
			b.Fatal(err)
		}
	}
	if err := box.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	graph := box.Graph()
	var turn atomic.Int64
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+55119876500%02d",%s}`, turn.Add(1)%64, hello)
			req := httptest.NewRequest(http.MethodPost, "/v25.0/"+pnid+"/messages", strings.NewReader(body))
			req.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			graph.ServeHTTP(w, req)
			if w.Code != http.StatusOK {
				b.Errorf("status %d: %s", w.Code, w.Body)
				return
			}
		}
	})
	b.StopTimer()
	if err := box.Stop(b.Context()); err != nil {
		b.Error(err)
	}
}
