package decide

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// fact is something that could be true of a question, its requester, or the
// record, and would then release no less: the policy is monotone in each.
type fact struct {
	text string // key of its text
	name string // column, need, identity, role: what the text speaks of
	set  func(doc map[string]any)
}

// what would have to be true for a field to say more, and what it would say then.
type more struct {
	facts   []*fact
	becomes Verdict
}

// kept ranks facts that can stand for each other: what people decide about a
// column itself is kept rather than what opens others too, and what belongs to
// the question, or a consent, rather than a decision of people.
func (f *fact) kept(column string) int {
	switch f.text {
	case "go_ahead", "approval":
		if f.name == column {
			return 1
		}
	case "for_services", "fresh", "attested", "mandate", "icrc_release", "narrow", "fields_known", "asked", "agreement", "parties",
		"link", "matched", "need", "push", "role":
		return 2
	}
	return 0
}

// put makes a setter of one member of the input.
func put(value any, names ...string) func(map[string]any) {
	return func(doc map[string]any) {
		for _, name := range names[:len(names)-1] {
			next, ok := doc[name].(map[string]any)
			if !ok {
				next = make(map[string]any)
				doc[name] = next
			}
			doc = next
		}
		doc[names[len(names)-1]] = value
	}
}

func all(setters ...func(map[string]any)) func(map[string]any) {
	return func(doc map[string]any) {
		for _, set := range setters {
			set(doc)
		}
	}
}

// facts that can be told to the policy. Of those that can stand for each other
// the earlier is left out first: a go-ahead is something that people can give,
// that nothing was received before is not.
func facts() []*fact {
	list := []*fact{
		{"age", "", put(child, "record", "age")},
		{"safe_and_reachable", "", put("no", "record", "flags", "safe_and_reachable")},
		{"own", "", all(put("no", "record", "icrc_origin"), put(map[string]any{"*": map[string]any{"original": "yes", "imposed": "yes"}}, "record", "own"))},
		{"at_site", "", put("yes", "record", "at_site")},
		{"count", "", put(1, "record", "count")},
		{"known", "names_birth", put("no", "known", "name")},
		{"known", "photo", put("no", "known", "photo")},
	}
	for _, column := range groups() {
		list = append(list, &fact{"disclosed", column, put(map[string]any{"original": "no", "imposed": "no"}, "disclosed", column)})
	}
	for _, flag := range []string{"location_protected", "publicity_forbidden", "litigation_hold", "captor_risk", "hold_by_origin"} {
		list = append(list, &fact{flag, "", put("no", "record", "flags", flag)})
	}
	list = append(list,
		&fact{"deny_details", "", put("no", "record", "consent", "deny_details")},
		&fact{"for_tracing", "", put("yes", "record", "consent", "for_tracing")},
		&fact{"disclose_to_others", "", put("yes", "record", "consent", "disclose_to_others")},
		&fact{"for_services", "", all(put("yes", "record", "consent", "for_services"), put("no", "record", "consent", "services_refused"))},
		&fact{"fresh", "", put("yes", "record", "consent", "fresh")},
	)
	for _, column := range Columns() {
		list = append(list, &fact{"approval", column, put("yes", "approval", column)})
	}
	for _, column := range Columns() {
		list = append(list, &fact{"go_ahead", column, put("yes", "go_ahead", column)})
	}
	return append(list,
		&fact{"attested", "", put("yes", "attested")},
		&fact{"mandate", "", put("yes", "mandate")},
		&fact{"icrc_release", "", put("yes", "icrc_release")},
		&fact{"narrow", "", all(put([]any{"given", "family", "born"}, "question", "by"), put("no", "question", "wildcard"))},
		&fact{"fields_known", "", put("yes", "question", "fields_known")},
		&fact{"asked", "", put(map[string]any{"*": true}, "question", "fields")},
		&fact{"agreement", "", put("yes", "agreement")},
		&fact{"parties", "", all(
			put(false, "requester", "prohibited"), put(false, "requester", "suspended"),
			put(false, "holder", "prohibited"), put(false, "holder", "suspended"))},
	)
}

// choices exclude each other, so each combination is a world of its own. The
// first of each is the input as it is.
func choices() [][]*fact {
	as := (*fact)(nil)
	return [][]*fact{
		{as, {"link", "", all(put("yes", "link"), put("yes", "question", "linked"), put("yes", "question", "record"), put("no", "question", "criteria"))}},
		{as, {"matched", "original", put("original", "record", "matched")}, {"matched", "imposed", put("imposed", "record", "matched")}},
		{as, needs("medication"), needs("disability_aid"), needs("language")},
		{as, {"push", "", put("yes", "question", "push")}},
		{as, role("case_officer"), role("investigator"), role("legal_reviewer")},
	}
}

func needs(code string) *fact { return &fact{"need", code, put(code, "need")} }

func role(name string) *fact { return &fact{"role", name, put(name, "officer", "role")} }

// worlds are the combinations of choices that change the input, the fewest changes first.
func worlds(doc []byte, refused bool) ([][]*fact, error) {
	out := [][]*fact{nil}
	all := choices()
	if !refused { // then the officer may ask, and nobody need send it unasked
		all = all[:3]
	}
	for _, choice := range all {
		var next [][]*fact
		for _, w := range out {
			for _, f := range choice {
				if f == nil {
					next = append(next, w)
					continue
				}
				changed, err := supposing(doc, f)
				if err != nil {
					return nil, err
				}
				if !equalJSON(doc, changed) {
					next = append(next, append(slices.Clone(w), f))
				}
			}
		}
		out = next
	}
	slices.SortStableFunc(out, func(a, b []*fact) int { return len(a) - len(b) })
	return out, nil
}

// supposing is an input in which some facts are true.
func supposing(input []byte, facts ...*fact) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal(input, &doc); err != nil {
		return nil, problem.Wrap(CodeInput, "input", err)
	}
	for _, f := range facts {
		f.set(doc)
	}
	return json.Marshal(doc)
}

func equalJSON(a, b []byte) bool {
	canonical, err := supposing(a)
	return err == nil && string(canonical) == string(b)
}

// counterfactuals finds for every field the fewest facts that would have to be
// true for it to say the most that it could. It tries them on the policy itself,
// so that what it says is so.
func (x *Explainer) counterfactuals(ctx context.Context, s *situation, now []Verdict, keep func(Verdict) bool) (map[slot]more, error) {
	t := trial{x: x, ctx: ctx, input: s.input, memo: make(map[string][]Verdict)}
	for _, f := range facts() {
		changed, err := supposing(s.input, f)
		if err != nil {
			return nil, err
		}
		if !equalJSON(s.input, changed) {
			t.facts = append(t.facts, f)
		}
	}
	all, err := worlds(s.input, s.parts["question"]["permitted"] != true)
	if err != nil {
		return nil, err
	}
	out, done := make(map[slot]more), make(map[string]more)
	for i, v := range now {
		if v.Verdict == released || keep != nil && !keep(v) {
			continue
		}
		world, best := t.best(all, i)
		if best.tells() <= v.tells() {
			continue
		}
		// Fields of one column that stand alike need the same.
		alike := fmt.Sprint(ColumnOf(v.Path), v.Identity, v.says(), v.Reasons, best.Verdict, names(world))
		m, ok := done[alike]
		if !ok || t.verdict(append(slices.Clone(m.facts), world...), i).tells() < best.tells() {
			m = more{facts: t.least(world, i, best)}
			done[alike] = m
		}
		m.becomes = best
		out[slot{v.Path, v.Identity}] = m
	}
	return out, ctx.Err()
}

// trial decides an input with other facts, each combination once.
type trial struct {
	x     *Explainer
	ctx   context.Context //nolint:containedctx // it lives for one call
	input []byte
	facts []*fact // that are not true in the input
	memo  map[string][]Verdict
}

// verdict on a field, by its place in the set, if some facts were true as well.
func (t *trial) verdict(facts []*fact, i int) Verdict {
	key := names(facts)
	verdicts, ok := t.memo[key]
	if !ok {
		if input, err := supposing(t.input, facts...); err == nil {
			verdicts = t.x.engine.newSet(t.ctx, input, "").Verdicts
		}
		t.memo[key] = verdicts
	}
	if i >= len(verdicts) {
		return Verdict{Verdict: withheld}
	}
	return verdicts[i]
}

// names of facts, whatever their order.
func names(facts []*fact) string {
	var out []string
	for _, f := range facts {
		out = append(out, f.text+"/"+f.name)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// best is the world in which a field says most if every fact is true in it.
func (t *trial) best(worlds [][]*fact, i int) ([]*fact, Verdict) {
	var world []*fact
	best := Verdict{Verdict: withheld}
	for _, w := range worlds {
		if v := t.verdict(append(slices.Clone(t.facts), w...), i); v.tells() > best.tells() {
			world, best = w, v
		}
	}
	return world, best
}

// least drops the facts that a field can do without and says as much.
func (t *trial) least(world []*fact, i int, best Verdict) []*fact {
	left := append(slices.Clone(t.facts), world...)
	// Most are of no use: try without all that speak of another column at once.
	column := ColumnOf(best.Path)
	near := slices.DeleteFunc(slices.Clone(left), func(f *fact) bool {
		return (f.text == "go_ahead" || f.text == "approval") && f.name != column && f.name != "photo" && f.name != columnKind
	})
	if t.verdict(near, i).tells() >= best.tells() {
		left = near
	}
	order := slices.Clone(left)
	slices.SortStableFunc(order, func(a, b *fact) int { return cmp.Compare(a.kept(column), b.kept(column)) })
	for _, f := range order {
		without := slices.DeleteFunc(slices.Clone(left), func(o *fact) bool { return o == f })
		if t.verdict(without, i).tells() >= best.tells() {
			left = without
		}
	}
	return left
}
