package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/prosa-desk/prosa/internal/ingress"
)

// observeWebhooks measures what providers push to us.
func observeWebhooks(registry *prometheus.Registry) func(ingress.Call) {
	calls := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "prosa_webhook_seconds",
		Help:    "Duration of provider webhook calls by kind and outcome.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"kind", "outcome"})
	elements := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "prosa_webhook_elements_total",
		Help: "Elements of provider webhooks by what became of them.",
	}, []string{"kind", "result"})
	registry.MustRegister(calls, elements)
	return func(c ingress.Call) {
		kind := string(c.Kind)
		calls.WithLabelValues(kind, string(c.Outcome)).Observe(c.Took.Seconds())
		for result, n := range map[string]int{"accepted": c.Result.Accepted, "duplicate": c.Result.Duplicates,
			"unprocessed": c.Result.Unprocessed, "deferred": c.Result.Deferred} {
			elements.WithLabelValues(kind, result).Add(float64(n))
		}
	}
}
