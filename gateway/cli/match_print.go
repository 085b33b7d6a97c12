package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"homeward.example/gateway/internal/matching/matchbench"
)

func share(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }

// matchReport prints what a benchmark found: recall, precision, calibration, speed.
func (p *printer) matchReport(r *matchbench.Report) {
	p.line(fmt.Sprintf("%d synthetic records, %d queries (%d for children in the file), name lists %s, seed %d, %d CPUs",
		r.Records, r.Queries, r.Overall.N, r.Names, r.Seed, r.CPUs))
	p.line("")
	p.matchKinds(r)
	p.line("")
	var rows [][]string
	for _, b := range r.Bands {
		rows = append(rows, []string{b.Name, strconv.Itoa(b.N), share(b.Precision)})
	}
	p.table("", []string{"BAND", "N", "PRECISION"}, rows, nil)
	p.line("")
	rows = nil
	for _, c := range r.Certainty {
		rows = append(rows, []string{share(c.From), strconv.Itoa(c.N), share(c.Stated), share(c.Observed)})
	}
	p.table("", []string{"PROBABILITY FROM", "N", "STATED", "OBSERVED"}, rows, nil)
	p.line("")
	rows = [][]string{speedRow(r.Matcher, r.Overall.At1, r.Overall.At10, r.Speed)}
	for _, b := range r.Baselines {
		rows = append(rows, speedRow(b.Name, b.At1, b.At10, b.Speed))
	}
	p.table("", []string{"", "RECALL@1", "@10", "P50 MS", "P99 MS", "BUILD S", "BYTES/RECORD"}, rows, nil)
}

// matchKinds prints recall by kind, the baselines' at 10 beside it.
func (p *printer) matchKinds(r *matchbench.Report) {
	head := []string{"KIND", "N", "RECALL@1", "@5", "@10"}
	var names []string
	if len(r.Kinds) > 0 {
		names = slices.Sorted(maps.Keys(r.Kinds[0].Baselines))
	}
	for _, name := range names {
		head = append(head, name+" @10")
	}
	var rows [][]string
	for _, k := range r.Kinds {
		row := []string{k.Name, strconv.Itoa(k.N), share(k.At1), share(k.At5), share(k.At10)}
		for _, name := range names {
			row = append(row, share(k.Baselines[name]))
		}
		rows = append(rows, row)
	}
	o := r.Overall
	overall := []string{"overall", strconv.Itoa(o.N), share(o.At1), share(o.At5), share(o.At10)}
	for _, name := range names {
		for _, b := range r.Baselines {
			if b.Name == name {
				overall = append(overall, share(b.At10))
			}
		}
	}
	p.table("", head, append(rows, overall), nil)
}

func speedRow(name string, at1, at10 float64, s matchbench.Speed) []string {
	return []string{
		name, share(at1), share(at10), fmt.Sprintf("%.2f", s.P50), fmt.Sprintf("%.2f", s.P99),
		fmt.Sprintf("%.2f", s.Build), fmt.Sprintf("%.0f", s.Bytes),
	}
}
