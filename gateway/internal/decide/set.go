package decide

import (
	"encoding/json"
	"slices"
	"sync"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
)

// readSet reads the policy's result: lines of what is given, each with paths of
// one identity that have one verdict, and causes for which paths are withheld.
// Together they must name every path and identity of the schema, either given,
// once, with a verdict that the schema allows, or withheld for one cause or more;
// anything else is no result.
func readSet(result map[string]any) (*Set, bool) {
	given, ok := givenLines(result["given"])
	causes, ok2 := withheldCauses(result["withheld"])
	basis, ok3 := result["basis"].(string)
	both, ok4 := result["both"].(bool)
	obligations, ok5 := stringsOf(result["obligations"])
	if !(ok && ok2 && ok3 && ok4 && ok5) {
		return nil, false
	}
	set := &Set{Both: both, Obligations: obligations, Verdicts: make([]Verdict, len(slots()))}
	for _, line := range given {
		if !set.give(line, basis) {
			return nil, false
		}
	}
	for _, cause := range causes {
		if !set.withhold(cause) {
			return nil, false
		}
	}
	for i := range set.Verdicts {
		v := &set.Verdicts[i]
		if v.Path == "" {
			return nil, false
		}
		slices.Sort(v.Reasons)
		v.Reasons = slices.Compact(v.Reasons)
	}
	return set, true
}

// givenLines lists the lines of all cells.
func givenLines(in any) (out []map[string]any, ok bool) {
	cells, ok := in.(map[string]any)
	for _, lines := range cells {
		more, also := objects(lines)
		out, ok = append(out, more...), ok && also
	}
	return out, ok
}

// withheldCauses lists the causes of all rules.
func withheldCauses(in any) (out []map[string]any, ok bool) {
	rules, ok := in.([]any)
	for _, causes := range rules {
		more, also := objects(causes)
		out, ok = append(out, more...), ok && also
	}
	return out, ok
}

func objects(in any) ([]map[string]any, bool) {
	list, ok := in.([]any)
	out := make([]map[string]any, len(list))
	for i, item := range list {
		var is bool
		out[i], is = item.(map[string]any)
		ok = ok && is
	}
	return out, ok
}

// give takes in a line of what is given, or of what says nothing in a column
// that opens generalised.
func (s *Set) give(line map[string]any, basis string) bool {
	paths, ok := line["paths"].(map[string]any)
	v := Verdict{}
	v.Identity, _ = line["identity"].(string)
	v.Verdict, _ = line["verdict"].(string)
	v.To, _ = line["to"].(string)
	if v.Verdict != withheld {
		v.Basis = basis
	}
	var reasoned bool
	if v.Reasons, reasoned = stringsOf(line["reasons"]); !ok || !reasoned {
		return false
	}
	for path := range paths {
		at, known := slots()[slot{path, v.Identity}]
		if !known || s.Verdicts[at].Path != "" || !v.fits(path) {
			return false
		}
		v.Path = path
		s.Verdicts[at] = v
	}
	return true
}

// withhold takes in one cause. What it names must not be given.
func (s *Set) withhold(cause map[string]any) bool {
	leaves, ok := cause["paths"].(map[string]any)
	reasons, ok2 := stringsOf(cause["reasons"])
	if !ok || !ok2 || len(reasons) == 0 {
		return false
	}
	for identity, paths := range leaves {
		paths, ok := paths.(map[string]any)
		if !ok {
			return false
		}
		for path := range paths {
			at, known := slots()[slot{path, identity}]
			if !known {
				return false
			}
			v := &s.Verdicts[at]
			if v.Path != "" && v.Verdict != withheld {
				return false
			}
			v.Path, v.Identity, v.Verdict = path, identity, withheld
			v.Reasons = append(slices.Clip(v.Reasons), reasons...)
		}
	}
	return true
}

// fits says whether a verdict on a path is one that the schema allows.
func (v Verdict) fits(path string) bool {
	if len(v.Reasons) == 0 {
		return false
	}
	switch v.Verdict {
	case withheld:
		return v.To == ""
	case released:
		return v.To == "" && v.Basis != ""
	case generalised:
		f, _ := catalog.ByPath(path)
		return slices.Contains(f.Generalise, v.To) && v.Basis != ""
	}
	return false
}

// slot is a path and identity on which there is a verdict.
type slot struct{ path, identity string }

// slots gives each its place: the order of the catalogue.
var slots = sync.OnceValue(func() map[slot]int {
	m := make(map[slot]int)
	for _, f := range catalog.Fields() {
		for _, identity := range f.Identities {
			m[slot{f.Path, identity}] = len(m)
		}
	}
	return m
})

func stringsOf(in any) ([]string, bool) {
	list, ok := in.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(list))
	for i, s := range list {
		if out[i], ok = s.(string); !ok {
			return nil, false
		}
	}
	return out, true
}

// failedSet withholds everything, since there is no decision.
func failedSet(failure string, input []byte, matched string) *Set {
	set := &Set{Failure: failure, Input: input}
	for _, f := range catalog.Fields() {
		for _, identity := range f.Identities {
			set.Verdicts = append(set.Verdicts, Verdict{
				Path: f.Path, Identity: identity, Verdict: withheld, Reasons: []string{reasonUndecided},
			})
		}
	}
	set.finish(matched)
	return set
}

// finish makes what follows from the verdicts: the groups that are disclosed
// and the two encodings.
func (s *Set) finish(matched string) {
	s.Withheld = true
	fields := make([]envelope.AnswerField, 0, len(s.Verdicts))
	for i := range s.Verdicts {
		v := &s.Verdicts[i]
		if v.Verdict != withheld {
			s.Withheld = false
			f, _ := catalog.ByPath(v.Path)
			s.Groups = append(s.Groups, f.Group+"/"+v.Identity)
		}
		if s.Both || v.Identity == matched || neutral(v.Path) {
			fields = append(fields, s.shown(v))
		}
	}
	s.Groups = Union(s.Groups, nil)
	if s.Withheld {
		s.Obligations = nil
	}
	// Structs of strings: json.Marshal cannot fail on them.
	s.Answer, _ = json.Marshal(fields)
	s.Ledger, _ = json.Marshal(ledgerLines(s.Verdicts))
}

// shown is a verdict as the recipient sees it: without reasons, since codes leak flags.
func (s *Set) shown(v *Verdict) envelope.AnswerField {
	f := envelope.AnswerField{Path: v.Path, Verdict: v.Verdict, To: v.To, Basis: v.Basis}
	if s.Both {
		f.Identity = v.Identity
	}
	return f
}
