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
			if d := c.Differs(c.Decide(t.Context(), e, input)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Every reason for which evidence is not handed out, or a value not with it, has a
// case; so has every message that stays in for each of its reasons to.
func TestEveryWordOnAnExportHasACase(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range readCases(t) {
		if c.Export == nil {
			continue
		}
		seen[c.Want.Refused] = true
		for message, codes := range c.Want.Ledger {
			seen[message+" "+codes[0]] = true
		}
		answer := c.Want.Refused == "" && c.Want.Ledger["answer"] == nil
		ofICRC := c.Export.ICRC["answer"] == proof.Yes
		seen["own"] = seen["own"] || answer && c.Export.Holder == "" && !ofICRC
		seen["received"] = seen["received"] || answer && c.Export.Holder != "" && !ofICRC
		seen["by the ICRC"] = seen["by the ICRC"] || answer && c.Export.By == "icrc" && ofICRC
		seen["by its release"] = seen["by its release"] || answer && c.Export.Release == proof.Yes && ofICRC
	}
	for _, want := range []string{
		"DENY_PROHIBITED_PARTY", "SUP_ROLE", "answer SUP_NO_AGREEMENT", "answer SUP_ORIGIN_CONTROL", "query SUP_ORIGIN_CONTROL",
		"again SUP_ORIGIN_CONTROL", "own", "received", "by the ICRC", "by its release",
	} {
		if !seen[want] {
			t.Errorf("no case of an export for %q", want)
		}
	}
}
