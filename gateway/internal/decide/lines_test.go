package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward.example/gateway/internal/decide"
)

func TestReadLedger(t *testing.T) {
	t.Parallel()
	word := func(path, identity, verdict, to string, reasons []string) decide.Verdict {
		return decide.Verdict{Path: path, Identity: identity, Verdict: verdict, To: to, Reasons: reasons, Basis: "6(1)(e)"}
	}
	for stored, want := range map[string][]decide.Verdict{
		`[]`: nil,
		`[{"verdict":"released","reasons":["OK_FULL"],"basis":"6(1)(e)","identity":"imposed","paths":["of.another_schema","name.family"]},
		  {"verdict":"generalised","to":"initials","reasons":["GEN_INITIALS"],"basis":"6(1)(e)","identity":"original","paths":["name.family"]}]`: {
			word("name.family", "original", "generalised", "initials", []string{"GEN_INITIALS"}),
			word("name.family", "imposed", "released", "", []string{"OK_FULL"}),
			word("of.another_schema", "imposed", "released", "", []string{"OK_FULL"}),
		},
	} {
		got, err := decide.ReadLedger([]byte(stored))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", stored, err, diff)
		}
	}
}

func FuzzReadLedger(f *testing.F) {
	for _, s := range []string{``, `{}`, `[{"paths":["name.family","name.family"]}]`, `[{"paths":"name.family"}]`, `[null]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, stored []byte) {
		if got, err := decide.ReadLedger(stored); err != nil && got != nil {
			t.Errorf("verdicts beside an error: %v", got)
		}
	})
}
