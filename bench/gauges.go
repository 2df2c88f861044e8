package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// gauges is what the program's /metrics say, by name and labels as written
// there.
type gauges map[string]float64

// gauges reads them; none if the program does not answer.
func (r *running) gauges(ctx context.Context) gauges {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.addr+"/metrics", nil)
	if err != nil {
		return nil
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil
	}
	return readGauges(text)
}

func readGauges(text []byte) gauges {
	g := gauges{}
	for line := range bytes.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			g[name] = v
		}
	}
	return g
}

// minus is what happened since an earlier reading.
func (g gauges) minus(earlier gauges) gauges {
	diff := make(gauges, len(g))
	for name, v := range g {
		diff[name] = v - earlier[name]
	}
	return diff
}

// What the program counts of its database.
func (g gauges) inWrites() float64   { return g[`prosa_db_statements_total{in="write"}`] }
func (g gauges) statements() float64 { return g.inWrites() + g[`prosa_db_statements_total{in="read"}`] }
func (g gauges) commits() float64    { return g["prosa_db_commits_total"] }
func (g gauges) goroutines() float64 { return g["go_goroutines"] }
