package decide_test

import (
	"context"
	"testing"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
)

// one decides one record under an engine that keeps what it decided, or not.
func one(b *testing.B, f decide.Facts, cold bool) {
	e := decidetest.Engine(b)
	a := decidetest.Admit(b, e, f)
	record := decidetest.Record("child-1", nil)
	cut, err := adapters.Prune(record.Child, a.Mask())
	if err != nil {
		b.Fatal(err)
	}
	record.Child = cut
	fetched, err := a.Fetched([]adapters.Record{record}, func(adapters.Criteria, adapters.Record) (string, bool) { return "original", true })
	if err != nil {
		b.Fatal(err)
	}
	disclosed := map[string]decide.Disclosed{"child-1": {}}
	b.ReportAllocs()
	for b.Loop() {
		if cold {
			e.Forget()
		}
		if _, err := e.Decide(context.Background(), fetched, disclosed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecideUncached(b *testing.B) {
	for name, f := range questions() {
		b.Run(name, func(b *testing.B) { one(b, f, true) })
	}
}

func BenchmarkDecideCached(b *testing.B) {
	one(b, decidetest.Question("RETURN", decidetest.Origin(), decidetest.UNICEF()), false)
}

// questions has one for every row of the matrix.
func questions() map[string]decide.Facts {
	origin, partner, unicef, icrc := decidetest.Origin(), decidetest.Partner(), decidetest.UNICEF(), decidetest.ICRC()
	return map[string]decide.Facts{
		"MATCH/partner":  decidetest.Question("MATCH", partner, origin),
		"TRACE/icrc":     decidetest.Question("TRACE", icrc, origin),
		"TRACE/unicef":   decidetest.Question("TRACE", unicef, origin),
		"RETURN/origin":  decidetest.Question("RETURN", origin, unicef),
		"RETURN/partner": decidetest.Linked("RETURN", partner, origin, "child-1", "original"),
	}
}
