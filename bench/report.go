package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

// row is one figure under its stable name. What does not apply is null.
type row struct {
	Name       string   `json:"name"`
	DB         string   `json:"db"` // "" for what has none
	Tickets    int      `json:"tickets"`
	Conns      int      `json:"conns"`
	PerS       *float64 `json:"per_s"`
	P50        *float64 `json:"p50_ms"`
	P99        *float64 `json:"p99_ms"`
	LimitRatio *float64 `json:"limit_ratio"` // of the limit measured in the same run
	Value      *float64 `json:"value"`
	Unit       string   `json:"unit"`

	limit string // name of the row it is held against
	note  string // shown in the table only
}

// report gathers a run's rows.
type report struct {
	rows []row
	void int
}

// rate adds what a load showed.
func (r *report) rate(at row, o outcome) {
	at.PerS, at.P50, at.P99 = &o.perS, &o.p50, &o.p99
	r.rows = append(r.rows, at)
}

// value adds a single figure.
func (r *report) value(at row, v float64, unit string) {
	at.Value, at.Unit = &v, unit
	r.rows = append(r.rows, at)
}

// fail adds a run that does not count, with its reason on the screen only.
func (r *report) fail(at row, err error) {
	r.void++
	at.Unit, at.note = "void", err.Error()
	r.rows = append(r.rows, at)
}

// settle sets every row against its limit: of its own database and data, if
// there is one, and with as many connections, else with the usual number.
func (r *report) settle() {
	find := func(at *row) *float64 {
		var best *row
		for i := range r.rows {
			l := &r.rows[i]
			if l.Name != at.limit || l.DB != "" && l.DB != at.DB || l.Tickets != 0 && l.Tickets != at.Tickets {
				continue
			}
			if best == nil || l.Conns == at.Conns || l.Conns == usual && best.Conns != at.Conns {
				best = l
			}
		}
		if best == nil {
			return nil
		}
		return best.PerS
	}
	for i := range r.rows {
		at := &r.rows[i]
		if at.limit == "" || at.PerS == nil {
			continue
		}
		if limit := find(at); limit != nil && *limit > 0 {
			ratio := *at.PerS / *limit
			at.LimitRatio = &ratio
		}
	}
}

func (r *report) save(path string) error {
	b, err := json.MarshalIndent(r.rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// print writes the table.
func (r *report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "name\tdb\ttickets\tconns\tper s\tp50 ms\tp99 ms\tof limit\tvalue\t")
	for _, at := range r.rows {
		value := number(at.Value, "%.4g") + " " + at.Unit
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", at.Name, at.DB, count(at.Tickets), count(at.Conns),
			number(at.PerS, "%.0f"), number(at.P50, "%.2f"), number(at.P99, "%.2f"), number(at.LimitRatio, "%.2f"), strings.TrimSpace(value))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, at := range r.rows {
		if at.note != "" {
			fmt.Fprintf(out, "%s (%s): %s\n", at.Name, at.DB, at.note)
		}
	}
	return nil
}

func number(v *float64, format string) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(format, *v)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
