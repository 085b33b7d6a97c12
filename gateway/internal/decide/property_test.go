package decide

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// rank orders verdicts: more is never more than a rule meant to give.
func rank(verdict string) int {
	return slices.Index([]string{withheld, generalised, released}, verdict)
}

// The policy of this program, and one whose matrix opens every column in full
// for everybody who has a row, so that the nevers are tried by themselves.
func engines(t testing.TB) map[string]*Engine {
	t.Helper()
	b, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	open := Bundle{Modules: make(map[string]string), Data: b.Data, Version: "open"}
	for name, source := range b.Modules {
		open.Modules[name] = source
		if strings.HasSuffix(name, "matrix.rego") {
			open.Modules[name] = strings.ReplaceAll(source, `: "never",`, `: "full",`)
		}
	}
	open.Digest = open.digest()
	out := make(map[string]*Engine)
	for name, b := range map[string]Bundle{"embedded": b, "open": open} {
		e := &Engine{}
		if err := e.prepare(context.Background(), b, Options{Timeout: 10 * time.Second, CacheSize: 1}); err != nil {
			t.Fatal(err)
		}
		out[name] = e
	}
	return out
}

// usual is an input that lets as much through as its row gives, of the form that
// the engine writes (with what a plan reads beside it).
func usual(purpose, requester, holder string, linked bool) map[string]any {
	party := func(id string) map[string]any {
		kind := id
		if strings.HasPrefix(id, "gov") {
			kind = "government"
		}
		return map[string]any{
			"id": id, "kind": kind, "authority_of_origin": id == "gov-ua", "prohibited": false, "suspended": false,
		}
	}
	flags, disclosed := make(map[string]any), make(map[string]any)
	for _, f := range []string{"location_protected", "publicity_forbidden", "litigation_hold", "captor_risk", "hold_by_origin", "safe_and_reachable"} {
		flags[f] = "no"
	}
	for _, g := range groups() {
		disclosed[g] = map[string]any{"original": "no", "imposed": "no"}
	}
	return map[string]any{
		"purpose": purpose, "officer": map[string]any{"role": "case_officer"},
		"requester": party(requester), "holder": party(holder),
		"agreement": "yes", "link": yesNo(linked), "go_ahead": "no", "approval": "no", "linked": yesNo(linked), "lead": yesNo(linked),
		"question": map[string]any{
			"by": []any{"family", "born"}, "wildcard": "no", "linked": yesNo(linked), "criteria": yesNo(!linked),
			"record": yesNo(linked), "fields_known": "yes", "fields": map[string]any{"*": true},
		},
		"known": map[string]any{"name": "no"},
		"record": map[string]any{
			"matched": "original", "count": 1, "flags": flags, "age": child, "icrc_origin": "no",
			"consent": map[string]any{
				"for_tracing": "no", "disclose_to_others": "no", "for_services": "no", "deny_details": "no", "fresh": "no",
			},
		},
		"disclosed": disclosed,
	}
}

func scenarios() []map[string]any {
	return []map[string]any{
		usual("MATCH", "gov-pl", "gov-ua", false),
		usual("TRACE", "icrc", "gov-ua", false),
		usual("TRACE", "unicef", "gov-ua", false),
		usual("RETURN", "gov-ua", "icrc", false),
		usual("RETURN", "gov-pl", "gov-de", true),
	}
}

// values that a leaf may have; "unknown" and nothing at all are tried against each.
func (p place) values() []any {
	switch v := p.in[p.key].(type) {
	case bool:
		return []any{true, false}
	case string:
		switch p.key {
		case "matched":
			return []any{"original", "imposed"}
		case "age":
			return []any{child, adult}
		case "kind":
			return []any{"government", "unicef", "icrc", "ngo"}
		case "purpose":
			return []any{"MATCH", "TRACE", "RETURN", "CARE"}
		}
		if v == "yes" || v == "no" {
			return []any{"yes", "no"}
		}
	case int:
		return []any{1, 6}
	case []any:
		return []any{v, []any{"family"}}
	case map[string]any:
		if p.key == "fields" {
			return []any{v, map[string]any{"name.family": true, "physical.photo": true, "flags.captor_risk": true}}
		}
	}
	return []any{p.in[p.key]}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// place is one leaf, or one whole part, of an input.
type place struct {
	in  map[string]any
	key string
}

func places(in map[string]any) []place {
	keys := make([]string, 0, len(in))
	for k := range in {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []place
	for _, k := range keys {
		out = append(out, place{in, k})
		if sub, ok := in[k].(map[string]any); ok {
			out = append(out, places(sub)...)
		}
	}
	return out
}

// result is all that one input permits.
type result struct {
	asked, admitted bool
	paths           map[string]bool
	set             *Set
}

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func permits(t failer, e *Engine, in map[string]any) result {
	input, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r := result{paths: make(map[string]bool)}
	plan, _ := e.plan.eval(ctx, input)
	r.asked, _ = plan["asked"].(bool)
	admit, _ := e.admit.eval(ctx, input)
	r.admitted, _ = admit["admitted"].(bool)
	list, _ := admit["paths"].([]any)
	for _, p := range list {
		path, _ := p.(string)
		r.paths[path] = true
	}
	r.set = e.newSet(ctx, input, "")
	return r
}

// without returns what is permitted when a place is removed, and when it is unknown.
func (p place) without(t failer, e *Engine, root map[string]any) []result {
	old := p.in[p.key]
	defer func() { p.in[p.key] = old }()
	delete(p.in, p.key)
	out := []result{permits(t, e, root)}
	p.in[p.key] = "unknown"
	return append(out, permits(t, e, root))
}

// What is removed or becomes unknown never makes more of anything: not of whom
// is asked, not of what is read, not of what is released. Here every leaf and
// every part of the usual inputs, with every value that it may have.
func TestLessKnownIsNeverMoreReleased(t *testing.T) {
	t.Parallel()
	for name, e := range engines(t) {
		for _, in := range scenarios() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for _, p := range places(in) {
					old := p.in[p.key]
					less := p.without(t, e, in)
					for _, value := range p.values() {
						p.in[p.key] = value
						full := permits(t, e, in)
						for _, l := range less {
							full.allows(t, l, p.key)
						}
					}
					p.in[p.key] = old
				}
			})
		}
	}
}

// The same where several leaves are not as usual.
func TestLessKnownIsNeverMoreReleasedTogether(t *testing.T) {
	t.Parallel()
	for name, e := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := scenarios()[rapid.IntRange(0, len(scenarios())-1).Draw(t, "scenario")]
				changed := change(t, in)
				full := permits(t, e, in)
				p := rapid.SampledFrom(append(changed, places(in)...)).Draw(t, "removed")
				for _, l := range p.without(t, e, in) {
					full.allows(t, l, p.key)
				}
			})
		})
	}
}

// change gives up to four leaves another value.
func change(t *rapid.T, in map[string]any) []place {
	var changed []place
	for range rapid.IntRange(1, 4).Draw(t, "changes") {
		p := rapid.SampledFrom(places(in)).Draw(t, "place")
		p.in[p.key] = rapid.SampledFrom(p.values()).Draw(t, "value")
		changed = append(changed, p)
	}
	return changed
}

// allows fails if another result permits what this one does not.
func (r result) allows(t failer, less result, without string) {
	t.Helper()
	if less.asked && !r.asked || less.admitted && !r.admitted {
		t.Fatalf("without %s: asked %v, admitted %v", without, less.asked, less.admitted)
	}
	for p := range less.paths {
		if !r.paths[p] {
			t.Fatalf("without %s: %s is read", without, p)
		}
	}
	for i, v := range less.set.Verdicts {
		was := r.set.Verdicts[i]
		if rank(v.Verdict) > rank(was.Verdict) || v.Verdict == generalised && was.Verdict == generalised && v.To != was.To {
			t.Fatalf("without %s: %s of %s is %s %s, was %s %s", without, v.Path, v.Identity, v.Verdict, v.To, was.Verdict, was.To)
		}
	}
	if less.set.Both && !r.set.Both {
		t.Fatalf("without %s: both identities are shown", without)
	}
}

// What is not read cannot be released: a verdict other than withheld is on a path that admission opened.
func TestReleasedWasAdmitted(t *testing.T) {
	t.Parallel()
	for name, e := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				in := scenarios()[rapid.IntRange(0, len(scenarios())-1).Draw(t, "scenario")]
				change(t, in)
				r := permits(t, e, in)
				for _, v := range r.set.Verdicts {
					if v.Verdict != withheld && (!r.admitted || !r.paths[v.Path]) {
						t.Fatalf("%s is %s and was not admitted", v.Path, v.Verdict)
					}
				}
			})
		})
	}
}

// The usual inputs release something, or the tests above would prove nothing.
func TestUsualInputsRelease(t *testing.T) {
	t.Parallel()
	e := engines(t)["open"]
	for _, in := range scenarios() {
		if r := permits(t, e, in); r.set.Withheld || r.set.Failure != "" || len(r.paths) == 0 {
			t.Errorf("%s releases nothing: %s", in["purpose"], r.set.Failure)
		}
	}
}
