package main

import (
	"slices"
	"strings"
	"testing"
)

// A sample of the run that `make policy-mutants` makes in full.
func TestMutantsDie(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	ok, err := run(t.Context(), options{root: "../../../../policies", every: 240, contexts: 200, seed: 1}, &out)
	if err != nil || !ok {
		t.Errorf("%v\n%s", err, out.String())
	}
}

const source = `package homeward.test

allowed if {
	not blocked
	input.purpose in {"TRACE", "RETURN"}
	input.count <= 5
}

cells := {
	"photo": "link",
	"names": ["a"],
}
`

func TestMutations(t *testing.T) {
	t.Parallel()
	all, err := mutants("homeward/test/test.rego", source)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, m := range all {
		key, _ := strings.CutPrefix(m.Key, "test/test.rego ")
		keys = append(keys, key)
		if changed := m.apply(source); changed == source || len(changed)-len(source) != len(m.with)-len(m.old) {
			t.Errorf("%s: changes nothing, or more than it says", key)
		}
	}
	for _, want := range []string{
		`allowed: delete rule allowed if { not blocked input.purpose in {"TRACE", "RETURN"} input.c…`,
		`allowed: negate not blocked`,
		`allowed: drop not blocked`,
		`allowed: negate input.count <= 5`,
		`allowed: bound input.count <= 5 -> input.count < 5`,
		`allowed: change 5 -> 4`,
		`allowed: change 5 -> 6`,
		`allowed: drop "TRACE",`,
		`allowed: drop , "RETURN"`,
		`allowed: change "RETURN" -> "CARE"`,
		`allowed: widen by "MATCH" {"TRACE", "RETURN"} -> {"MATCH", "TRACE", "RETURN"}`,
		`cells: drop "photo": "link",`,
		`cells: change "link" -> "full"`,
		`cells: change "link" -> "never"`,
		`cells: change "link" -> "link_generalised"`,
		`cells: drop ["a"] -> []`,
		`cells: change "a" -> "a_other"`,
	} {
		if !slices.Contains(keys, want) {
			t.Errorf("no mutant %s", want)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(keys, "\n"))
	}
}

// Every change has a name of its own, so that a list of survivors names no other.
func TestKeysAreUnique(t *testing.T) {
	t.Parallel()
	j, err := newJudge(options{root: "../../../../policies"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := j.mutants()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, m := range all {
		if seen[m.Key] {
			t.Errorf("twice: %s", m.Key)
		}
		seen[m.Key] = true
	}
	if len(all) < 500 {
		t.Errorf("%d mutants: the rules have more to change", len(all))
	}
}
