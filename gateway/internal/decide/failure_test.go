package decide

import (
	"slices"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
)

// Whatever goes wrong inside, the answer is no, and says why.
func TestNoDecisionIsADenial(t *testing.T) {
	t.Parallel()
	decision := func(body string) map[string]string {
		m := make(map[string]string)
		for name := range embedded(t).Modules {
			m[name] = ""
		}
		for _, p := range []string{"plan", "admit", "release"} {
			m["homeward/"+p+"/"+p+".rego"] = "package homeward." + p + "\n" + body
		}
		for name, source := range m {
			if source == "" {
				m[name] = "package homeward.empty"
			}
		}
		return m
	}
	for name, c := range map[string]struct {
		modules map[string]string
		timeout time.Duration
		want    string
	}{
		"undefined":       {decision("decision := 1 if input.never"), 0, failedUndefined},
		"no such rule":    {decision("other := 1"), 0, failedUndefined},
		"a number":        {decision("decision := 1"), 0, failedType},
		"an empty object": {decision("decision := {}"), 0, failedType},
		"a set":           {decision("decision := {1}"), 0, failedType},
		"a conflict":      {decision("decision := {\"a\": input.purpose}\ndecision := {\"a\": 2}"), 0, failedError},
		"a built-in":      {decision("decision := {\"a\": substring(\"x\", -1, 1)}"), 0, failedError},
		"a time-out":      {decision("decision := {\"a\": count([1 | some i in numbers.range(1, 3000); some j in numbers.range(1, 3000); i == j + 4000])}"), 20 * time.Millisecond, failedTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := untried(t, with(t, c.modules), Options{Timeout: c.timeout})
			denies(t, e, c.want)
		})
	}
	t.Run("a panic", func(t *testing.T) {
		t.Parallel()
		e := untried(t, embedded(t), Options{})
		broken := &entry{query: rego.PreparedEvalQuery{}, timeout: time.Second}
		e.plan, e.admit, e.release = broken, broken, broken
		denies(t, e, failedPanic)
	})
}

func denies(t *testing.T, e *Engine, why string) {
	t.Helper()
	s := samples()[0]
	input := newPrefix(questionInput(s.facts, []string{"family", "born"}, false))
	a := e.admitted(t.Context(), input, nil)
	if a.refusal != reasonUndecided || len(a.mask) != 0 || a.failure != why {
		t.Errorf("admission: refusal %q, mask %v, failure %q, want %q", a.refusal, a.mask, a.failure, why)
	}
	set := e.newSet(t.Context(), s.record.input(input.bytes), "original")
	if !set.Withheld || set.Failure != why || set.Groups != nil || set.Obligations != nil || len(set.Verdicts) != len(slots()) {
		t.Errorf("release: withheld %v, failure %q, want %q", set.Withheld, set.Failure, why)
	}
	for _, v := range set.Verdicts {
		if v.Verdict != withheld || !slices.Equal(v.Reasons, []string{reasonUndecided}) {
			t.Errorf("verdict %+v", v)
		}
	}
	planned, err := e.Plan(t.Context(), PlanInput{Holders: []PlanHolder{{Party: Party{ID: "x"}}}})
	if err != nil || planned[0].Asked || planned[0].Reason != "no decision: "+why {
		t.Errorf("plan: %+v, %v", planned, err)
	}
	if e.admissions.Len()+e.sets.Len() != 0 {
		t.Error("what failed is kept")
	}
}

// Verdicts that are not exactly one on each leaf, each of a kind the schema knows, are no decision.
func TestWrongVerdictsAreADenial(t *testing.T) {
	t.Parallel()
	good := func() map[string]any {
		all := make(map[string][]any)
		for s := range slots() {
			all[s.identity] = append(all[s.identity], s.path)
		}
		lines := []any{}
		for identity, list := range all {
			paths := make(map[string]any)
			for _, p := range list {
				paths[p.(string)] = true
			}
			lines = append(lines, map[string]any{
				"paths": paths, "identity": identity, "verdict": withheld, "reasons": []any{"SUP_HOLD"},
			})
		}
		return map[string]any{"lines": []any{[]any{}, lines}, "both": false, "obligations": []any{}}
	}
	if _, ok := readSet(good()); !ok {
		t.Fatal("the good result is refused")
	}
	line := func(m map[string]any) map[string]any { return m["lines"].([]any)[1].([]any)[0].(map[string]any) }
	for name, change := range map[string]func(map[string]any){
		"no lines":         func(m map[string]any) { delete(m, "lines") },
		"a line less":      func(m map[string]any) { m["lines"] = m["lines"].([]any)[:1] },
		"a line twice":     func(m map[string]any) { m["lines"] = append(m["lines"].([]any), m["lines"].([]any)[1]) },
		"a line of text":   func(m map[string]any) { m["lines"] = append(m["lines"].([]any), "x") },
		"both is a text":   func(m map[string]any) { m["both"] = "no" },
		"no obligations":   func(m map[string]any) { delete(m, "obligations") },
		"a numbered duty":  func(m map[string]any) { m["obligations"] = []any{1} },
		"unknown path":     func(m map[string]any) { line(m)["paths"].(map[string]any)["x.y"] = true },
		"unknown identity": func(m map[string]any) { line(m)["identity"] = "third" },
		"unknown verdict":  func(m map[string]any) { line(m)["verdict"] = "allow" },
		"no verdict":       func(m map[string]any) { delete(line(m), "verdict") },
		"no reasons":       func(m map[string]any) { line(m)["reasons"] = []any{} },
		"reasons a text":   func(m map[string]any) { line(m)["reasons"] = "OK" },
		"withheld to":      func(m map[string]any) { line(m)["to"] = "year" },
		"withheld by":      func(m map[string]any) { line(m)["basis"] = "x" },
		"released unbased": func(m map[string]any) { line(m)["verdict"] = released },
		"not on these": func(m map[string]any) {
			line(m)["verdict"], line(m)["to"], line(m)["basis"] = generalised, "month", "x"
		},
		"paths are a list":  func(m map[string]any) { line(m)["paths"] = []any{"name.family"} },
		"generalised to no": func(m map[string]any) { line(m)["verdict"], line(m)["basis"] = generalised, "x" },
	} {
		m := good()
		change(m)
		if _, ok := readSet(m); ok {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAdmissionsOfTheWrongFormAreADenial(t *testing.T) {
	t.Parallel()
	good := func() map[string]any {
		return map[string]any{
			"admitted": true, "refusal": "", "reason": "", "pending": false, "tell_origin": false, "notify_always": false, "paths": []any{"name.family"},
		}
	}
	if _, ok := newAdmission(good(), nil); !ok {
		t.Fatal("the good result is refused")
	}
	for key := range good() {
		m := good()
		delete(m, key)
		if _, ok := newAdmission(m, nil); ok {
			t.Errorf("without %s: accepted", key)
		}
		m[key] = 7
		if _, ok := newAdmission(m, nil); ok {
			t.Errorf("%s is a number: accepted", key)
		}
	}
	for name, change := range map[string]func(map[string]any){
		"admitted with a refusal": func(m map[string]any) { m["refusal"] = "SUP_ROLE" },
		"refused without one":     func(m map[string]any) { m["admitted"] = false },
		"a path that is a number": func(m map[string]any) { m["paths"] = []any{1} },
	} {
		m := good()
		change(m)
		if _, ok := newAdmission(m, nil); ok {
			t.Errorf("%s: accepted", name)
		}
	}
	refused := good()
	refused["admitted"], refused["refusal"], refused["pending"], refused["tell_origin"], refused["notify_always"] = false, "SUP_ROLE", true, true, true
	if a, ok := newAdmission(refused, nil); !ok || len(a.mask) != 0 || a.pending || a.tellOrigin || a.notify || a.opens {
		t.Errorf("a refusal that opens something: %+v", a)
	}
}
