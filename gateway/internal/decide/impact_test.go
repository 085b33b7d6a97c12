package decide_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
)

// edited is the embedded policy with one text of its rules replaced by another.
func edited(tb testing.TB, old, now string) decide.Bundle {
	tb.Helper()
	b, err := decide.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	b.Modules = maps.Clone(b.Modules)
	found := 0
	for name, source := range b.Modules {
		found += strings.Count(source, old)
		b.Modules[name] = strings.ReplaceAll(source, old, now)
	}
	if found == 0 {
		tb.Fatalf("no rule says %q", old)
	}
	return redigested(tb, b)
}

func redigested(tb testing.TB, b decide.Bundle) decide.Bundle {
	tb.Helper()
	b.Digest = decide.Digest(b)
	return b
}

func engineOf(tb testing.TB, b decide.Bundle) *decide.Engine {
	tb.Helper()
	e, err := decide.New(tb.Context(), b, decide.Options{Now: decidetest.Now, Timeout: time.Minute})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// recorded are decisions of the embedded policy, as a ledger has them.
func recorded(tb testing.TB, e *decide.Engine, facts ...decide.Facts) []decide.Recorded {
	tb.Helper()
	var out []decide.Recorded
	for i, f := range facts {
		a := decidetest.Admit(tb, e, f)
		r := decide.Recorded{
			ID: fmt.Sprintf("decision-%d", i), Requester: f.Requester.ID, Purpose: f.Query.Purpose,
			Refused: a.Refusal() != "", Pending: a.Pending(), Input: a.Input(),
		}
		if !r.Refused && len(a.Mask()) > 0 && a.Reason() == "" {
			for _, v := range decidetest.Verdicts(tb, e, a, "original", decidetest.Record("child-1", nil)).Records() {
				r.Records = append(r.Records, decide.RecordedSet{Input: v.Set.Input, Verdicts: v.Set.Ledger})
			}
		}
		out = append(out, r)
	}
	return out
}

func each(all []decide.Recorded) iter.Seq2[decide.Recorded, error] {
	return func(yield func(decide.Recorded, error) bool) {
		for _, d := range all {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func impact(tb testing.TB, next decide.Bundle, all []decide.Recorded) decide.Impact {
	tb.Helper()
	i, err := decide.ImpactOf(tb.Context(), decidetest.Engine(tb), engineOf(tb, next), each(all), 2)
	if err != nil {
		tb.Fatal(err)
	}
	return i
}

// find is the flip of a field, or of the question.
func find(i decide.Impact, kind, requester, field string) (decide.Flip, bool) {
	for _, f := range i.Flips {
		if f.Kind == kind && f.Requester == requester && f.Field == field {
			return f, true
		}
	}
	return decide.Flip{}, false
}

func askedBefore() []decide.Facts {
	no := decidetest.Question("TRACE", decidetest.ICRC(), decidetest.Origin())
	no.Query.Officer.Role = "investigator"
	return []decide.Facts{
		decidetest.Question("TRACE", decidetest.UNICEF(), decidetest.Origin()),
		decidetest.Question("TRACE", decidetest.UNICEF(), decidetest.Origin()),
		decidetest.Linked("RETURN", decidetest.Partner(), decidetest.Origin(), "child-1", "original"),
		decidetest.Question("RETURN", decidetest.Partner(), decidetest.Origin()), // no link: nothing is read
		no,
	}
}

func TestImpactOfTheSamePolicyIsNothing(t *testing.T) {
	t.Parallel()
	b, err := decide.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	got := impact(t, b, recorded(t, decidetest.Engine(t), askedBefore()...))
	if len(got.Flips) != 0 || got.Loosens() || got.Replayed != 5 || got.Distinct != 4 || got.Undecided != 0 {
		t.Errorf("%+v", got)
	}
}

func TestImpact(t *testing.T) {
	t.Parallel()
	past := recorded(t, decidetest.Engine(t), askedBefore()...)
	for _, c := range []struct {
		name, old, now         string
		kind, requester, field string
		was, becomes           string
		decisions              int
		loosens                bool
	}{
		{
			"a loosened column", `"documents": "break_glass",`, `"documents": "link",`,
			decide.FlipReleased, "gov-pl", "documents.national_id", "withheld", "released", 1, true,
		},
		{
			"a tightened row", `"family": "generalised",`, `"family": "never",`,
			decide.FlipWithheld, "unicef", "family.members.current_location", "generalised country", "withheld", 2, false,
		},
		{
			"a duty dropped", `"duties": ["no_onward_transfer", "delete_by=P90D"],`, `"duties": ["no_onward_transfer"],`,
			decide.FlipUnbound, "unicef", "", "delete_by=P90D", "", 2, false,
		},
		{
			"a duty added", `"duties": ["no_onward_transfer", "delete_by=P90D"],`, `"duties": ["no_onward_transfer", "delete_by=P90D", "encrypt_to"],`,
			decide.FlipBound, "unicef", "", "", "encrypt_to", 2, false,
		},
		{
			"another office", `"TRACE": {"case_officer", "tracing_officer"},`, `"TRACE": {"case_officer", "tracing_officer", "investigator"},`,
			decide.FlipPossible, "icrc", "name.family", "withheld", "released", 1, true,
		},
		{
			"the same, of its question", `"TRACE": {"case_officer", "tracing_officer"},`, `"TRACE": {"case_officer", "tracing_officer", "investigator"},`,
			decide.FlipAdmitted, "icrc", "", "", "", 1, true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			i := impact(t, edited(t, c.old, c.now), past)
			f, ok := find(i, c.kind, c.requester, c.field)
			if !ok || f.Was != c.was || f.Becomes != c.becomes || f.Decisions != c.decisions || f.Example == "" {
				t.Errorf("flip %v: %+v; all: %+v", ok, f, i.Flips)
			}
			if i.Loosens() != c.loosens {
				t.Errorf("loosens: %v", i.Loosens())
			}
		})
	}
}

// What releases more stands first, and decisions that were not recorded as verdicts are today's.
func TestImpactOrderAndInputsAlone(t *testing.T) {
	t.Parallel()
	b := edited(t, `"family": "generalised",`, `"family": "full",`)
	past := recorded(t, decidetest.Engine(t), askedBefore()...)
	for i := range past {
		for j := range past[i].Records {
			past[i].Records[j].Verdicts = nil
		}
	}
	i := impact(t, b, past)
	f, ok := find(i, decide.FlipMore, "unicef", "family.members.current_location")
	if !ok || f.Was != "generalised country" || f.Becomes != "released" || f.Decisions != 2 {
		t.Errorf("%v %+v", ok, f)
	}
	if len(i.Flips) == 0 || i.Flips[0].Kind != decide.FlipReleased {
		t.Errorf("first: %+v", i.Flips)
	}
}

// Of an input that nobody asked it is today's policy that says whether it is refused.
func TestImpactOnRefusedInputsAlone(t *testing.T) {
	t.Parallel()
	asked := append(askedBefore(), decidetest.Question("AUDIT", decidetest.ICRC(), decidetest.Origin()))
	past := recorded(t, decidetest.Engine(t), asked...)
	refused := 0
	for i := range past {
		if past[i].Refused {
			refused++
		}
		past[i].Refused, past[i].Pending, past[i].Alone = false, false, true
	}
	if i := impact(t, edited(t, "basis", "basis"), past); len(i.Flips) != 0 || refused == 0 {
		t.Errorf("%d refused, flips: %+v", refused, i.Flips)
	}
}

func TestImpactEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := decidetest.Engine(t)
	if _, err := decide.ImpactOf(ctx, e, e, each(recorded(t, e, askedBefore()...)), 2); err == nil {
		t.Error("no error")
	}
}

// BenchmarkImpact10k replays ten thousand different decisions in one operation.
func BenchmarkImpact10k(b *testing.B) {
	e := decidetest.Engine(b)
	past := manyDecisions(b, e, 10_000)
	next := engineOf(b, edited(b, `"documents": "break_glass",`, `"documents": "link",`))
	for b.Loop() {
		i, err := decide.ImpactOf(b.Context(), e, next, each(past), 2)
		if err != nil || i.Distinct < 10_000 || !i.Loosens() {
			b.Fatal(i, err)
		}
	}
}

// manyDecisions varies a few until there are n, no two of one input.
func manyDecisions(tb testing.TB, e *decide.Engine, n int) []decide.Recorded {
	tb.Helper()
	few := recorded(tb, e, askedBefore()[:3]...)
	out := make([]decide.Recorded, n)
	for i := range out {
		d := few[i%len(few)]
		d.ID = fmt.Sprintf("decision-%05d", i)
		d.Records = []decide.RecordedSet{{Input: numbered(tb, d.Records[0].Input, i), Verdicts: d.Records[0].Verdicts}}
		out[i] = d
	}
	return out
}

// numbered adds a member that no rule reads.
func numbered(tb testing.TB, input []byte, i int) []byte {
	tb.Helper()
	if !json.Valid(input) {
		tb.Fatal("no JSON")
	}
	return fmt.Appendf(bytes.TrimSuffix(bytes.Clone(input), []byte("}")), `,"number":%d}`, i)
}
