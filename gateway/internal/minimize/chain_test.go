package minimize_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/minimize"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func keys() minimize.Keys { return minimize.Keys{Pseudonym: bytes.Repeat([]byte{9}, 32)} }

// everyLeaf is the synthetic record of the schema's vectors, in which every leaf is set.
func everyLeaf(t testing.TB) adapters.Record {
	t.Helper()
	raw, err := os.ReadFile("../../../schemas/vectors/record/accept-every-leaf.json")
	if err != nil {
		t.Fatal(err)
	}
	child := new(homewardv1.ChildRecord)
	if err := protojson.Unmarshal(raw, child); err != nil {
		t.Fatal(err)
	}
	return adapters.Record{ID: "TEST-1", Version: "1", Child: child}
}

// With the real policy: what the recipient is told of the fields, and what it
// gets, are the same, whoever asks by whichever identity.
func TestDisclosuresAreTheVerdicts(t *testing.T) {
	t.Parallel()
	engine := decidetest.Engine(t)
	origin, partner, unicef, icrc := decidetest.Origin(), decidetest.Partner(), decidetest.UNICEF(), decidetest.ICRC()
	for name, c := range map[string]struct {
		facts   decide.Facts
		matched string
		least   int // disclosures
	}{
		"RETURN, origin":          {decidetest.Question("RETURN", origin, unicef), "original", 100},
		"RETURN, origin, imposed": {decidetest.Question("RETURN", origin, unicef), "imposed", 100},
		"RETURN, linked":          {decidetest.Linked("RETURN", partner, origin, "TEST-1", "original"), "original", 15},
		"RETURN, linked, imposed": {decidetest.Linked("RETURN", partner, origin, "TEST-1", "imposed"), "imposed", 5},
		"TRACE, UNICEF":           {decidetest.Question("TRACE", unicef, origin), "original", 15},
		"TRACE, UNICEF, imposed":  {decidetest.Question("TRACE", unicef, origin), "imposed", 5},
		"TRACE, ICRC":             {decidetest.Question("TRACE", icrc, origin), "original", 30},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			admitted := decidetest.Admit(t, engine, c.facts)
			v := decidetest.Verdicts(t, engine, admitted, c.matched, everyLeaf(t))
			got, err := minimize.Release(v, keys(), engine.Ref())
			if err != nil {
				t.Fatal(err)
			}
			var fields []envelope.AnswerField
			if err := json.Unmarshal(v.Records()[0].Set.Answer, &fields); err != nil {
				t.Fatal(err)
			}
			var want, have []string
			for _, f := range fields {
				if f.Verdict == envelope.VerdictWithheld || strings.HasPrefix(f.Path, "assertion.") {
					continue
				}
				name := f.Path
				if f.Identity == "imposed" {
					name += "#imposed"
				}
				want = append(want, name)
			}
			for _, d := range got.Disclosures() {
				have = append(have, d.Name)
			}
			slices.Sort(want)
			slices.Sort(have)
			if diff := cmp.Diff(want, have); diff != "" {
				t.Error(diff)
			}
			if len(have) < c.least {
				t.Errorf("%d disclosures: %v", len(have), have)
			}
			if got.Admitted().Facts().Query.ID != admitted.Facts().Query.ID {
				t.Error("the question is another")
			}
		})
	}
}

// Without a link a partner gets what it would get for a child nobody knows.
func TestUnlinkedIsAbsent(t *testing.T) {
	t.Parallel()
	engine := decidetest.Engine(t)
	for _, purpose := range []string{"RETURN", "MATCH"} {
		admitted := decidetest.Admit(t, engine, decidetest.Question(purpose, decidetest.Partner(), decidetest.Origin()))
		if admitted.Refusal() != "" {
			t.Fatalf("%s is refused: %s", purpose, admitted.Refusal())
		}
		release := func(records ...adapters.Record) minimize.Released {
			r, err := minimize.Release(decidetest.Verdicts(t, engine, admitted, "original", records...), keys(), engine.Ref())
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		absent := minimize.Absent(admitted, engine.Ref())
		none := release()
		if !bytes.Equal(none.Content(), absent.Content()) {
			t.Errorf("%s, no record: %s", purpose, none.Content())
		}
		if len(admitted.Mask()) == 0 {
			continue // nothing may even be read
		}
		held := release(everyLeaf(t))
		if !bytes.Equal(held.Content(), absent.Content()) || len(held.Disclosures()) > 0 {
			t.Errorf("%s: %s", purpose, held.Content())
		}
		if len(held.Records()) != 1 || !held.Records()[0].Set.Withheld {
			t.Errorf("%s: the ledger is not told of the record", purpose)
		}
	}
}

// BenchmarkReleaseLinked is what a partner gets who comes with a case link: the usual answer.
func BenchmarkReleaseLinked(b *testing.B) {
	engine := decidetest.Engine(b)
	admitted := decidetest.Admit(b, engine, decidetest.Linked("RETURN", decidetest.Partner(), decidetest.Origin(), "TEST-1", "original"))
	v := decidetest.Verdicts(b, engine, admitted, "original", everyLeaf(b))
	keys := keys().Ready()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := minimize.Release(v, keys, engine.Ref()); err != nil {
			b.Fatal(err)
		}
	}
}
