package decide_test

import (
	"os"
	"testing"

	"homeward.example/gateway/internal/decide/decidetest"
	"homeward.example/gateway/internal/decide/proof"
)

func readCases(t *testing.T) []proof.Case {
	t.Helper()
	cases, err := proof.Cases(os.DirFS("../../../policies/cases"))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestPolicyCases(t *testing.T) {
	t.Parallel()
	e := decidetest.Engine(t)
	for _, c := range readCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			input, err := c.Input()
			if err != nil {
				t.Fatal(err)
			}
			if d := c.Differs(e.Replay(t.Context(), input), e.ReplayPlan(t.Context(), input)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Every cell of the matrix has a case in which its column is withheld and, unless
// it is never opened, one in which something of it leaves; every never of the
// domain has a case, but for 12, which is about statistics and has no purpose yet.
func TestEveryCellAndEveryNeverHasACase(t *testing.T) {
	t.Parallel()
	cases := readCases(t)
	if len(cases) < 200 {
		t.Errorf("%d cases, want 200", len(cases))
	}
	for _, missing := range proof.Uncovered(cases) {
		t.Error(missing)
	}
	seen := make(map[int]bool)
	for _, c := range cases {
		for _, n := range c.Never {
			seen[n] = true
		}
	}
	for n := 1; n <= 15; n++ {
		if !seen[n] && n != 12 {
			t.Errorf("never %d has no case", n)
		}
	}
}
