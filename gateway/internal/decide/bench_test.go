package decide_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// one decides one record under an engine that keeps what it decided, or not.
func one(b *testing.B, f decide.Facts, cold bool) {
	decided(b, f, decidetest.Record("child-1", nil), cold)
}

func decided(b *testing.B, f decide.Facts, record adapters.Record, cold bool) {
	e := decidetest.Engine(b)
	a := decidetest.Admit(b, e, f)
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
	for _, name := range slices.Sorted(maps.Keys(questions())) {
		b.Run(name, func(b *testing.B) { one(b, questions()[name], true) })
	}
}

func BenchmarkDecideCached(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(questions())) {
		b.Run(name, func(b *testing.B) { one(b, questions()[name], false) })
	}
}

// BenchmarkDecideLinked is the usual question: a record of all fields by a case link, decided before.
func BenchmarkDecideLinked(b *testing.B) {
	raw, err := os.ReadFile("../../../schemas/vectors/record/accept-every-leaf.json")
	if err != nil {
		b.Fatal(err)
	}
	child := new(homewardv1.ChildRecord)
	if err := protojson.Unmarshal(raw, child); err != nil {
		b.Fatal(err)
	}
	decided(b, decidetest.Linked("RETURN", decidetest.Partner(), decidetest.Origin(), "child-1", "original"), adapters.Record{ID: "child-1", Version: "1", Child: child}, false)
}

// BenchmarkDeliver is what a requester's own gateway pays for each child of an answer.
func BenchmarkDeliver(b *testing.B) {
	e := decidetest.Engine(b)
	d := decide.Delivery{Purpose: "RETURN", Requester: decidetest.Partner(), Arriving: []string{"id_min", "names_birth", "photo"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Deliver(context.Background(), d); err != nil {
			b.Fatal(err)
		}
	}
}

// questions has one for every row of the matrix.
func questions() map[string]decide.Facts {
	origin, partner, unicef, icrc := decidetest.Origin(), decidetest.Partner(), decidetest.UNICEF(), decidetest.ICRC()
	link := func(purpose string, by decide.Party) decide.Facts {
		return decidetest.Linked(purpose, by, origin, "child-1", "original")
	}
	all := map[string]decide.Facts{
		"MATCH/partner":             decidetest.Question("MATCH", partner, origin),
		"FOUND/partner":             decidetest.Question("FOUND", partner, origin),
		"TRACE/icrc":                decidetest.Question("TRACE", icrc, origin),
		"TRACE/unicef":              decidetest.Question("TRACE", unicef, origin),
		"RETURN/origin":             decidetest.Question("RETURN", origin, unicef),
		"RETURN/partner":            link("RETURN", partner),
		"RETURN/mediator":           link("RETURN", decidetest.Mediator()),
		"CARE/ngo":                  decidetest.Question("CARE", decidetest.NGO(), unicef),
		"CARE/partner":              decidetest.Question("CARE", partner, unicef),
		"ACCOUNTABILITY/icc":        link("ACCOUNTABILITY", decidetest.ICC()),
		"ACCOUNTABILITY/prosecutor": link("ACCOUNTABILITY", decidetest.Prosecutor()),
		"AUDIT/reviewer":            decidetest.Question("AUDIT", partner, origin),
	}
	push := all["RETURN/mediator"]
	push.Push = true
	all["RETURN/mediator"] = push
	return all
}
