package main

import (
	"fmt"
	"io"
	"strings"
)

// table prints every benchmark.
func table(out io.Writer, results []result) error {
	const row = "%11s %11s %12s %11s  %-28s %s\n"
	fmt.Fprintf(out, row, "wall/op", "cpu/op", "memory/op", "allocs/op", "package", "benchmark")
	for _, r := range results {
		_, err := fmt.Fprintf(out, row,
			r.show("ns/op", nanoseconds), r.show("cpu-us/op", func(v float64) string { return nanoseconds(1000 * v) }),
			r.show("B/op", bytes), r.show("allocs/op", func(v float64) string { return fmt.Sprintf("%.0f", v) }), r.pkg, r.name)
		if err != nil {
			return err
		}
	}
	return nil
}

func (r result) show(unit string, text func(float64) string) string {
	if v, ok := r.measures[unit]; ok {
		return text(v)
	}
	return "-"
}

func nanoseconds(v float64) string {
	switch {
	case v >= 1e9:
		return fmt.Sprintf("%.2f s", v/1e9)
	case v >= 1e6:
		return fmt.Sprintf("%.2f ms", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.2f µs", v/1e3)
	}
	return fmt.Sprintf("%.1f ns", v)
}

func bytes(v float64) string {
	if v >= 1<<20 {
		return fmt.Sprintf("%.1f MiB", v/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", v/(1<<10))
}

// figure is one number that the project promises. Of a name that ends in "/" the
// slowest sub-benchmark counts.
type figure struct {
	name, benchmark, measure string
	scale                    float64
	unit                     string
}

// figures are what the issue and the README name. CPU, not wall time: that is
// what an answer costs, whatever it waits for.
func figures() []figure {
	const cpu = "cpu-us/op"
	return []figure{
		{"answer_hit_1_client", "Answer/hit/clients=1", cpu, 1, "cpu-us"},
		{"answer_hit_64_clients", "Answer/hit/clients=64", cpu, 1, "cpu-us"},
		{"answer_miss_1_client", "Answer/miss/clients=1", cpu, 1, "cpu-us"},
		{"answer_miss_64_clients", "Answer/miss/clients=64", cpu, 1, "cpu-us"},
		{"answer_hit_64_clients_wall", "Answer/hit/clients=64", "ns/op", 1e-3, "us"},
		{"crypto_floor_64_clients", "CryptoFloor/clients=64", cpu, 1, "cpu-us"},
		{"policy_uncached", "DecideUncached/", "ns/op", 1e-6, "ms"},
		{"policy_cached", "DecideCached/", "ns/op", 1e-3, "us"},
		{"rest_round_trip", "Exchange/rest", "ns/op", 1e-3, "us"},
		{"answer_unstored_over_floor", "AnswerOverFloor", "unstored-x", 1, "x"},
		{"answer_over_go_jose", "AnswerOverFloor", "go-jose-x", 1, "x"},
		{"answer_over_floor", "AnswerOverFloor", "x", 1, "x"},
	}
}

func printFigures(out io.Writer, results []result) error {
	fmt.Fprintln(out)
	var missing []string
	for _, f := range figures() {
		v, ok := slowest(results, f.benchmark, f.measure)
		if !ok {
			missing = append(missing, f.name)
			continue
		}
		fmt.Fprintf(out, "%s %.4g %s\n", f.name, v*f.scale, f.unit)
	}
	if len(missing) > 0 {
		return fmt.Errorf("no benchmark for %s", strings.Join(missing, ", "))
	}
	return nil
}

func slowest(results []result, name, measure string) (worst float64, ok bool) {
	for _, r := range results {
		if r.name == name || strings.HasSuffix(name, "/") && strings.HasPrefix(r.name, name) {
			if v, has := r.measures[measure]; has {
				worst, ok = max(worst, v), true
			}
		}
	}
	return worst, ok
}
