package proof

import (
	"fmt"
	"strings"

	"homeward.example/gateway/internal/decide"
)

// Difference is one thing that a case wants and that the policy says otherwise.
type Difference struct {
	// Field is a path with its identity, or a part of the decision: "refused".
	Field  string `json:"field"`
	Wanted string `json:"wanted"`
	Found  string `json:"found"`
}

// Differences lists everything in which the policy's word is not what the case
// wants: nothing if Differs finds nothing.
func (c *Case) Differences(said Said) []Difference {
	if c.Export != nil {
		return c.exportDiffers(said.exported)
	}
	first := c.Differs(said)
	if first == "" {
		return nil
	}
	got, asked := said.word, said.asked
	var out []Difference
	say := func(field string, wanted, found any) {
		if w, f := fmt.Sprint(wanted), fmt.Sprint(found); w != f {
			out = append(out, Difference{field, w, f})
		}
	}
	if c.Want.Asked != nil {
		say("asked", *c.Want.Asked, asked.Asked)
		say("why", c.Want.Why, asked.Reason)
	} else if got.Failure+got.Set.Failure == "" {
		c.questionDifferences(say, got)
		if c.Want.Refused+c.Want.Reason+got.Refusal+got.Reason == "" {
			c.recordDifferences(say, got.Set)
		}
	}
	if out == nil {
		out = []Difference{{"decision", "as the case says", first}}
	}
	return out
}

func (c *Case) questionDifferences(say func(string, any, any), got decide.Word) {
	say("refused", orNot(c.Want.Refused), orNot(got.Refusal))
	say("reason", orNot(c.Want.Reason), orNot(got.Reason))
	say("pending", c.Want.Pending, got.Pending)
	say("tell_origin", c.Want.TellOrigin, got.TellOrigin)
	say("notify_always", c.Want.NotifyAlways, got.NotifyAlways)
}

func (c *Case) recordDifferences(say func(string, any, any), got *decide.Set) {
	say("absent", c.Want.Absent, got.Withheld)
	say("both", c.Want.Both, got.Both)
	if c.Want.Duties != nil {
		say("duties", strings.Join(c.Want.Duties, " "), strings.Join(got.Obligations, " "))
	}
	for _, v := range got.Verdicts {
		if c.Want.differs(v) != "" {
			name := v.Path
			if v.Identity == imposed {
				name += "#" + imposed
			}
			say(name, c.Want.on(v), word(v)+" ("+strings.Join(v.Reasons, " ")+")")
		}
	}
}

// on is what is wanted of a field, in the words of the case.
func (w *Want) on(v decide.Verdict) string {
	l := leafOf(v.Path)
	want, ok := named(w.Verdicts, l, v.Identity)
	if !ok {
		want = w.Rest
	}
	if want == "generalised" {
		want = general(l)
	}
	if reasons, exact := named(w.Ledger, l, v.Identity); exact {
		want += " (" + strings.Join(reasons, " ") + ")"
	}
	if w.Basis != "" && v.Basis != w.Basis {
		want += ", basis " + w.Basis
	}
	return strings.TrimSpace(want)
}

func orNot(code string) string { return or(code, "no") }
