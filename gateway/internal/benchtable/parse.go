package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// result is one benchmark with the median of each of its measures over all runs.
type result struct {
	pkg, name string
	measures  map[string]float64 // by unit: "ns/op", "cpu-us/op", "B/op", "allocs/op"
}

var procs = regexp.MustCompile(`-\d+$`)

// parse reads the output of `go test -bench`. A failure in it is an error.
func parse(in io.Reader) ([]result, error) {
	var order []string
	runs := make(map[string]map[string][]float64)
	pkg := ""
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := scanner.Text()
		switch f := strings.Fields(line); {
		case strings.HasPrefix(line, "FAIL") || strings.HasPrefix(line, "--- FAIL") || strings.HasPrefix(line, "panic:"):
			return nil, fmt.Errorf("a benchmark failed: %s", line)
		case strings.HasPrefix(line, "pkg: "):
			pkg = strings.TrimPrefix(line, "pkg: homeward.example/")
		case len(f) >= 4 && strings.HasPrefix(f[0], "Benchmark"):
			key := pkg + " " + procs.ReplaceAllString(strings.TrimPrefix(f[0], "Benchmark"), "")
			if runs[key] == nil {
				runs[key] = make(map[string][]float64)
				order = append(order, key)
			}
			for i := 2; i+1 < len(f); i += 2 {
				v, err := strconv.ParseFloat(f[i], 64)
				if err != nil {
					return nil, fmt.Errorf("not a benchmark line: %s", line)
				}
				runs[key][f[i+1]] = append(runs[key][f[i+1]], v)
			}
		}
	}
	var out []result
	for _, key := range order {
		pkg, name, _ := strings.Cut(key, " ")
		r := result{pkg: pkg, name: name, measures: make(map[string]float64)}
		for unit, values := range runs[key] {
			r.measures[unit] = median(values)
		}
		out = append(out, r)
	}
	return out, scanner.Err()
}

func median(v []float64) float64 {
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
