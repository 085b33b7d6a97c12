package decide

import (
	"slices"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
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
		for _, p := range []string{"plan", "admit", "release", "deliver"} {
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
		e.plan, e.admit, e.release, e.deliver = broken, broken, broken, broken
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
	arriving := []string{"id_min", "photo"}
	if got, err := e.Deliver(t.Context(), Delivery{Arriving: arriving}); err != nil || !slices.Equal(got, arriving) {
		t.Errorf("deliver: %v, %v", got, err)
	}
	if e.admissions.Len()+e.sets.Len() != 0 {
		t.Error("what failed is kept")
	}
}

func value(t *testing.T, doc any) ast.Value {
	t.Helper()
	v, err := ast.InterfaceToValue(doc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// goodResult withholds every leaf but one, which it gives.
func goodResult() map[string]any {
	all := map[string]any{"original": map[string]any{}, "imposed": map[string]any{}}
	for s := range slots() {
		if s != (slot{"name.family", "original"}) {
			all[s.identity].(map[string]any)[s.path] = true
		}
	}
	return map[string]any{
		"given": map[string]any{"a cell": []any{map[string]any{
			"paths": map[string]any{"name.family": true}, "identity": "original", "verdict": released, "reasons": []any{"OK_FULL"},
		}}},
		"withheld": []any{[]any{}, []any{map[string]any{"paths": all, "reasons": []any{"SUP_HOLD"}}}},
		"basis":    "an article", "both": false, "obligations": []any{},
	}
}

// Each leaf is either given, once, or withheld for one cause or more, with a
// verdict that the schema knows; anything else is no decision.
func TestWrongVerdictsAreADenial(t *testing.T) {
	t.Parallel()
	set, ok := readSet(value(t, goodResult()))
	if !ok {
		t.Fatal("the good result is refused")
	}
	if v := set.Verdicts[slots()[slot{"name.family", "original"}]]; v.Verdict != released || v.Basis != "an article" {
		t.Errorf("given: %+v", v)
	}
	line := func(m map[string]any) map[string]any {
		return m["given"].(map[string]any)["a cell"].([]any)[0].(map[string]any)
	}
	causes := func(m map[string]any) []any { return m["withheld"].([]any)[1].([]any) }
	cause := func(m map[string]any) map[string]any { return causes(m)[0].(map[string]any) }
	original := func(m map[string]any) map[string]any {
		return cause(m)["paths"].(map[string]any)["original"].(map[string]any)
	}
	for name, change := range map[string]func(map[string]any){
		"nothing given":       func(m map[string]any) { delete(m, "given") },
		"given is a list":     func(m map[string]any) { m["given"] = []any{} },
		"lines are a text":    func(m map[string]any) { m["given"].(map[string]any)["a cell"] = "x" },
		"a line of text":      func(m map[string]any) { m["given"].(map[string]any)["a cell"] = []any{"x"} },
		"nothing withheld":    func(m map[string]any) { delete(m, "withheld") },
		"causes are a text":   func(m map[string]any) { m["withheld"] = []any{"x"} },
		"a cause of text":     func(m map[string]any) { m["withheld"] = []any{[]any{"x"}} },
		"a leaf less":         func(m map[string]any) { delete(original(m), "name.given") },
		"given and withheld":  func(m map[string]any) { original(m)["name.family"] = true },
		"given twice":         func(m map[string]any) { m["given"].(map[string]any)["b"] = []any{line(m)} },
		"no basis":            func(m map[string]any) { delete(m, "basis") },
		"an empty basis":      func(m map[string]any) { m["basis"] = "" },
		"both is a text":      func(m map[string]any) { m["both"] = "no" },
		"no obligations":      func(m map[string]any) { delete(m, "obligations") },
		"a numbered duty":     func(m map[string]any) { m["obligations"] = []any{1} },
		"unknown path":        func(m map[string]any) { line(m)["paths"].(map[string]any)["x.y"] = true },
		"unknown identity":    func(m map[string]any) { line(m)["identity"] = "third" },
		"unknown verdict":     func(m map[string]any) { line(m)["verdict"] = "allow" },
		"no verdict":          func(m map[string]any) { delete(line(m), "verdict") },
		"no reasons":          func(m map[string]any) { line(m)["reasons"] = []any{} },
		"reasons a text":      func(m map[string]any) { line(m)["reasons"] = "OK" },
		"withheld to":         func(m map[string]any) { line(m)["verdict"], line(m)["to"] = withheld, "year" },
		"released to":         func(m map[string]any) { line(m)["to"] = "initials" },
		"not on this":         func(m map[string]any) { line(m)["verdict"], line(m)["to"] = generalised, "month" },
		"generalised to no":   func(m map[string]any) { line(m)["verdict"] = generalised },
		"paths are a list":    func(m map[string]any) { line(m)["paths"] = []any{"name.family"} },
		"a cause of no paths": func(m map[string]any) { delete(cause(m), "paths") },
		"a cause of a list":   func(m map[string]any) { cause(m)["paths"].(map[string]any)["imposed"] = []any{} },
		"no such leaf":        func(m map[string]any) { original(m)["x.y"] = true },
		"a cause of no code":  func(m map[string]any) { cause(m)["reasons"] = []any{} },
		"a cause, code a no.": func(m map[string]any) { cause(m)["reasons"] = []any{1} },
	} {
		m := goodResult()
		change(m)
		if _, ok := readSet(value(t, m)); ok {
			t.Errorf("%s: accepted", name)
		}
	}
}

// All causes for which a leaf is withheld are kept, each once, sorted.
func TestAllCausesAreKept(t *testing.T) {
	t.Parallel()
	m := goodResult()
	more := func(code, path string) map[string]any {
		return map[string]any{"paths": map[string]any{"original": map[string]any{path: true}}, "reasons": []any{code}}
	}
	m["withheld"] = append(m["withheld"].([]any), []any{more("SUP_ADULT", "name.given"), more("SUP_HOLD", "name.given"), more("SUP_PURPOSE", "name.given")})
	set, ok := readSet(value(t, m))
	if !ok {
		t.Fatal("refused")
	}
	if got := set.Verdicts[slots()[slot{"name.given", "original"}]].Reasons; !slices.Equal(got, []string{"SUP_ADULT", "SUP_HOLD", "SUP_PURPOSE"}) {
		t.Errorf("reasons %v", got)
	}
	if got := set.Verdicts[slots()[slot{"name.other", "original"}]].Reasons; !slices.Equal(got, []string{"SUP_HOLD"}) {
		t.Errorf("reasons of another leaf %v", got)
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
