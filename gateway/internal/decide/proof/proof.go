// Package proof states the policy a second time, in plain Go tables and
// predicates written from the printed matrix and not from the rules, and reads
// the decisions by example of policies/cases. Tests and the mutation run compare
// an engine with both; nothing in it decides anything that is released.
package proof

import (
	"fmt"
	"strings"

	"homeward.example/gateway/internal/decide"
)

// Wanted is what the reference says of one context.
type Wanted struct {
	Admitted, Pending bool
	// Asked: the question may be sent to this holder at all.
	Asked bool
	// Verdicts by leaf and identity as "released", "generalised month" or "withheld";
	// every leaf of the table is in it.
	Verdicts map[Leaf]string
}

// Leaf is a path and the identity that is spoken of.
type Leaf struct{ Path, Identity string }

// Differs compares the policy's word with what is wanted: asked or not, admitted or
// refused, pending, and the verdict on every leaf. It returns "" or the first difference.
func (w Wanted) Differs(got decide.Word, asked decide.Planned) string {
	if got.Failure != "" || got.Set.Failure != "" {
		return fmt.Sprintf("no decision: %s%s", got.Failure, got.Set.Failure)
	}
	if admitted := got.Refusal == ""; admitted != w.Admitted || got.Pending != w.Pending {
		return fmt.Sprintf("admitted %v (%s), pending %v; want %v, %v", admitted, got.Refusal, got.Pending, w.Admitted, w.Pending)
	}
	if asked.Asked != w.Asked {
		return fmt.Sprintf("asked %v: %s", asked.Asked, asked.Reason)
	}
	if len(got.Set.Verdicts) != len(w.Verdicts) {
		return fmt.Sprintf("%d verdicts, want %d", len(got.Set.Verdicts), len(w.Verdicts))
	}
	for _, v := range got.Set.Verdicts {
		if said, want := word(v), w.Verdicts[Leaf{v.Path, v.Identity}]; said != want {
			return fmt.Sprintf("%s of %s: %s %v, want %s", v.Path, v.Identity, said, v.Reasons, want)
		}
	}
	return ""
}

// word is a verdict in one text: "released", "generalised month", "withheld".
func word(v decide.Verdict) string { return strings.TrimSuffix(v.Verdict+" "+v.To, " ") }
