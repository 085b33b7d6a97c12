package decide

import (
	"context"
	"crypto/sha256"
	"slices"

	"homeward.example/gateway/internal/problem"
	"homeward.example/schemas/catalog"
)

// CodeUnadmitted: a decision was asked for a question that this engine did not
// admit. It is a fault of this gateway, never of a caller.
const CodeUnadmitted problem.Code = "not_admitted"

// Decide gives the verdicts on every record that was fetched. disclosed says by
// record id what the requester already received; a record that is missing in
// it counts as if everything had been received. A record on which there is no
// decision has a Set that withholds all, and says why in Failure. An error means
// CodeUnadmitted, or that the context ended.
func (e *Engine) Decide(ctx context.Context, f Fetched, disclosed map[string]Disclosed) (Verdicts, error) {
	a := f.admitted
	if a.engine != e || a.Refusal() != "" || a.Pending() {
		return Verdicts{}, problem.New(CodeUnadmitted, "")
	}
	v := Verdicts{admitted: a, records: make([]RecordVerdicts, 0, len(f.records))}
	for _, r := range f.records {
		d, ok := disclosed[r.record.ID]
		if !ok {
			d.Unreadable = true
		}
		set := e.decided(ctx, a, r, len(f.records), d)
		if err := ctx.Err(); err != nil {
			return Verdicts{}, err
		}
		v.records = append(v.records, RecordVerdicts{Record: r.record, Matched: r.matched, Set: set})
	}
	return v, nil
}

// decided looks the set up, or makes it; what failed is not kept. The set is
// shared but for what it was decided on.
func (e *Engine) decided(ctx context.Context, a Admitted, r fetchedRecord, count int, d Disclosed) *Set {
	var stack [1536]byte // what follows the question is about 900 bytes: no allocation
	now := e.now()
	facts := recordFacts{
		matched: r.matched, count: count, age: ageOf(r.record.Child, now),
		icrc: icrcOrigin(r.record.Child), fresh: freshConsent(r.record.Child, now),
	}
	// The key is made of the digest of the question, which has one length, and of
	// what follows it: no two inputs share one. One engine has one bundle.
	b := append(stack[:0], a.context.digest[:]...)
	b = append(b, 0) // so that what follows begins with a comma, whatever the digest ends with
	b = appendRecord(b, r.record.Child, facts, d)
	key := sha256.Sum256(b)
	shared, ok := e.sets.Get(key)
	if !ok {
		input := slices.Concat(a.context.bytes[:len(a.context.bytes)-1], b[sha256.Size+1:])
		shared = e.newSet(ctx, input, r.matched)
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
	result, failure := e.release.eval(ctx, input)
	if failure != "" {
		return failedSet(failure, input, matched)
	}
	set, ok := readSet(result)
	if !ok {
		return failedSet(failedType, input, matched)
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

// neutral leaves speak of the child and of neither identity.
func neutral(path string) bool {
	f, ok := catalog.ByPath(path)
	return ok && f.Group == "id_min" && !f.Assertions
}
