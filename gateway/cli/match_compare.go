package cli

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/matching/matchbench"
)

// matchChange is the change of one figure between two benchmarks.
type matchChange struct {
	Name   string  `json:"name"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Change float64 `json:"change"`
}

func (a *app) matchCompareCommand() *cobra.Command {
	return &cobra.Command{
		Use: "compare A.json B.json", Short: "Compare two child records, or two outputs of match bench -o json",
		Long: "compare takes two files. Of two child records it says how likely they are the same child, and why: each feature with its\n" +
			"weight. Of two outputs of match bench -o json it shows recall@10 by kind, precision by band and speed side by side;\n" +
			"two runs on other data are not compared.",
		Example: "  homeward match compare a.json b.json\n" +
			"  homeward match compare before.json after.json",
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if found, ok, err := a.comparedRecords(args[0], args[1]); ok || err != nil {
				if err != nil {
					return err
				}
				uk := a.language() == "uk"
				return a.show(found, func(p *printer) { p.candidate(found, uk) })
			}
			before, err := readReport(args[0])
			if err != nil {
				return err
			}
			after, err := readReport(args[1])
			if err != nil {
				return err
			}
			if before.Records != after.Records || before.Queries != after.Queries || before.Seed != after.Seed || before.Names != after.Names {
				return usage("%s and %s were measured on other data", args[0], args[1])
			}
			rows := matchChanges(before, after)
			return a.show(map[string][]matchChange{"differences": rows}, func(p *printer) { p.differences(rows) })
		},
	}
}

func readReport(path string) (*matchbench.Report, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(matchbench.Report)
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("%s is no output of match bench -o json: %w", path, err)
	}
	if len(r.Kinds) == 0 {
		return nil, fmt.Errorf("%s is no output of match bench -o json", path)
	}
	return r, nil
}

// matchChanges lists what both have, in the order of the first.
func matchChanges(before, after *matchbench.Report) (out []matchChange) {
	add := func(name string, b, a float64) { out = append(out, matchChange{name, b, a, a - b}) }
	for _, k := range before.Kinds {
		for _, other := range after.Kinds {
			if other.Name == k.Name {
				add("recall@10 "+k.Name, k.At10, other.At10)
			}
		}
	}
	add("recall@1", before.Overall.At1, after.Overall.At1)
	add("recall@10", before.Overall.At10, after.Overall.At10)
	for _, b := range before.Bands {
		for _, other := range after.Bands {
			if other.Name == b.Name {
				add("precision "+b.Name, b.Precision, other.Precision)
			}
		}
	}
	add("p50 ms", before.Speed.P50, after.Speed.P50)
	add("p99 ms", before.Speed.P99, after.Speed.P99)
	add("build s", before.Speed.Build, after.Speed.Build)
	add("bytes per record", before.Speed.Bytes, after.Speed.Bytes)
	return out
}

func (p *printer) differences(list []matchChange) {
	var rows [][]string
	for _, d := range list {
		rows = append(rows, []string{d.Name, share(d.Before), share(d.After), fmt.Sprintf("%+.3f", d.Change)})
	}
	p.table("", []string{"", "BEFORE", "AFTER", "CHANGE"}, rows, nil)
}
