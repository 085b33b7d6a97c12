package decide

import (
	"context"
	"crypto/sha256"
	"slices"

	"homeward.example/gateway/internal/problem"
)

// CodeUnadmitted: a decision was asked for a question that this engine did not
// admit. It is a fault of this gateway, never of a caller.
const CodeUnadmitted problem.Code = "not_admitted"

// Decide gives the verdicts on every record that was fetched. disclosed says by
// record id what the requester already received; a record that is missing in
// it counts as if everything had been received. A record on which there is no
// decision has a Set that withholds all, and says why in Failure. An error means
// CodeUnadmitted, CodeTooMany, or that the context ended.
//
// Each record is first decided as if it were the only one. Those that are
// withheld altogether do not count: with them a requester could tell by the
// number that a child on hold is there. The others are decided again with their
// true number; more than MaxRecords is CodeTooMany, which tells the requester, who
// may see them, to ask more narrowly.
func (e *Engine) Decide(ctx context.Context, f Fetched, disclosed map[string]Disclosed) (Verdicts, error) {
	a := f.admitted
	if a.engine != e || a.Refusal() != "" || a.Pending() {
		return Verdicts{}, problem.New(CodeUnadmitted, "")
	}
	v := Verdicts{admitted: a, records: make([]RecordVerdicts, 0, len(f.records))}
	visible := 0
	for _, r := range f.records {
		set := e.decided(ctx, a, r, 1, received(disclosed, r))
		v.records = append(v.records, RecordVerdicts{Record: r.record, Matched: r.matched, Set: set, Tellable: a.tellable(r)})
		if !set.Withheld {
			visible++
		}
	}
	if visible > MaxRecords && ctx.Err() == nil {
		return Verdicts{}, problem.New(CodeTooMany, "")
	}
	for i, r := range f.records {
		if visible > 1 && !v.records[i].Set.Withheld {
			v.records[i].Set = e.decided(ctx, a, r, visible, received(disclosed, r))
		}
	}
	if err := ctx.Err(); err != nil {
		return Verdicts{}, err
	}
	return v, nil
}

// received is what the requester has of a record; what is not known is everything.
func received(disclosed map[string]Disclosed, r fetchedRecord) Disclosed {
	d, ok := disclosed[r.record.ID]
	d.Unreadable = d.Unreadable || !ok
	return d
}

// setKey names a decision: one engine has one bundle, the digest is of the whole
// question, and the facts are all that follows it. No two inputs share one.
type setKey struct {
	question [sha256.Size]byte
	record   recordFacts
}

// decided looks the set up, or makes it; what failed is not kept. The set is
// shared but for what it was decided on.
func (e *Engine) decided(ctx context.Context, a Admitted, r fetchedRecord, count int, d Disclosed) *Set {
	key := setKey{a.context.digest, factsOf(r, a.facts, count, d, e.now())}
	shared, ok := e.sets.Get(key)
	if e.cached != nil {
		e.cached(ok)
	}
	if !ok {
		shared = e.newSet(ctx, key.record.input(a.context.bytes), r.matched)
		if shared.Failure == "" {
			e.sets.Add(key, shared)
		}
	}
	set := *shared
	set.Disclosed = d
	return &set
}

// newSet asks the policy about one record.
func (e *Engine) newSet(ctx context.Context, input []byte, matched string) *Set {
	result, failure := e.release.value(ctx, input)
	if failure != "" {
		return failedSet(failure, input, matched)
	}
	set, ok := readSet(result)
	if !ok {
		return failedSet(failedType, input, matched)
	}
	if failure := e.overlay.record(ctx, input, set); failure != "" {
		return failedSet(failure, input, matched)
	}
	set.Input = input
	set.finish(matched)
	return set
}

// Admitted is the question.
func (v Verdicts) Admitted() Admitted { return v.admitted }

// Records with the policy's word on each, also those that are withheld altogether.
func (v Verdicts) Records() []RecordVerdicts { return v.records }

// Union of two lists of groups, sorted, each once.
func Union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
