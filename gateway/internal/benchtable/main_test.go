package main

import (
	"strings"
	"testing"
)

const output = `goos: linux
pkg: homeward.example/gateway/internal/exchange
BenchmarkAnswer/hit/clients=1-2     	 100	 900000 ns/op	 700 cpu-us/op	 2048 B/op	 12 allocs/op
BenchmarkAnswer/hit/clients=64-2    	 100	 300000 ns/op	 600 cpu-us/op	 2048 B/op	 12 allocs/op
BenchmarkAnswer/hit/clients=64-2    	 100	 310000 ns/op	 620 cpu-us/op	 2048 B/op	 12 allocs/op
BenchmarkAnswer/hit/clients=64-2    	 100	 320000 ns/op	 900 cpu-us/op	 2048 B/op	 12 allocs/op
BenchmarkAnswer/miss/clients=1-2    	 100	 900000 ns/op	 800 cpu-us/op
BenchmarkAnswer/miss/clients=64-2   	 100	 900000 ns/op	 810 cpu-us/op
BenchmarkCryptoFloor/clients=64-2   	 100	 900000 ns/op	 500 cpu-us/op
BenchmarkAnswerOverFloor-2          	 100	 900000 ns/op	 620 answer-us/op	 500 floor-us/op	 1.05 go-jose-x	 1.1 unstored-x	 1.24 x
PASS
ok  	homeward.example/gateway/internal/exchange	3.1s
pkg: homeward.example/gateway/internal/decide
BenchmarkDecideUncached/RETURN/origin-2  	 100	 500000 ns/op
BenchmarkDecideUncached/TRACE/icrc-2     	 100	 400000 ns/op
BenchmarkDecideCached/RETURN/partner-2  	 100	 1500 ns/op
pkg: homeward.example/gateway/internal/api
BenchmarkExchange/rest-2  	 100	 150000 ns/op
`

func TestTableAndFigures(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(strings.NewReader(output), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"answer_hit_64_clients 620 cpu-us\n", // the median of three
		"policy_uncached 0.5 ms\n",           // the slowest
		"policy_cached 1.5 us\n",
		"310.00 µs", "2.0 KiB",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if !strings.HasSuffix(out.String(), "answer_over_floor 1.24 x\n") {
		t.Errorf("the ratio is not the last line:\n%s", out.String())
	}
}

func TestFailuresAreNotATable(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"a failed benchmark": output + "--- FAIL: BenchmarkAnswer\n",
		"a failed package":   "FAIL\thomeward.example/gateway [build failed]\n",
		"a panic":            "panic: runtime error\n",
		"a missing figure":   strings.ReplaceAll(output, "CryptoFloor", "Floor"),
		"nothing":            "",
		"no number":          "BenchmarkX-2  1 many ns/op\n",
	} {
		if err := run(strings.NewReader(in), &strings.Builder{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
