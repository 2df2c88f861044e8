package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/prosa-desk/prosa/internal/dbx"
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

// observeDatabase counts what is sent to the database. What a request or a
// quiet minute costs shows here from outside.
func observeDatabase(registry *prometheus.Registry, db *dbx.DB) {
	counter := func(name, help string, labels prometheus.Labels, value func(dbx.Stats) int64) {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels},
			func() float64 { return float64(value(db.Stats())) }))
	}
	const statements, about = "prosa_db_statements_total", "Row statements sent to the database, inside write transactions and outside."
	counter(statements, about, prometheus.Labels{"in": "write"}, func(s dbx.Stats) int64 { return s.InWrites })
	counter(statements, about, prometheus.Labels{"in": "read"}, func(s dbx.Stats) int64 { return s.Statements - s.InWrites })
	counter("prosa_db_commits_total", "Commits; several calls may share one.", nil, func(s dbx.Stats) int64 { return s.Commits })
	counter("prosa_db_calls_total", "Write transactions committed.", nil, func(s dbx.Stats) int64 { return s.Calls })
}
