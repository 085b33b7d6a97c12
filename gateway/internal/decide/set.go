package decide

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
)

// readSet reads the policy's result: lines of what is given, each with paths of
// one identity that have one verdict, and causes for which paths are withheld.
// Together they must name every path and identity of the schema, either given,
// once, with a verdict that the schema allows, or withheld for one cause or more;
// anything else is no result.
func readSet(result ast.Value) (*Set, bool) {
	given, ok := at(result, "given").(ast.Object)
	withheld, ok2 := at(result, "withheld").(*ast.Array)
	basis, ok3 := at(result, "basis").(ast.String)
	both, ok4 := at(result, "both").(ast.Boolean)
	obligations, ok5 := wordsOf(at(result, "obligations"))
	if !(ok && ok2 && ok3 && ok4 && ok5) {
		return nil, false
	}
	set := &Set{Both: bool(both), Obligations: obligations, Verdicts: make([]Verdict, len(slots()))}
	stop := given.Until(func(_, lines *ast.Term) bool {
		return !every(lines.Value, func(line ast.Value) bool { return set.give(line, string(basis)) })
	})
	if stop || !every(withheld, func(causes ast.Value) bool { return every(causes, set.withhold) }) {
		return nil, false
	}
	unnamed := func(v Verdict) bool { return v.Path == "" }
	if slices.ContainsFunc(set.Verdicts, unnamed) {
		return nil, false
	}
	// In the catalogue's own strings: who compares them with it compares no bytes.
	for s, i := range slots() {
		set.Verdicts[i].Path, set.Verdicts[i].Identity = s.path, s.identity
	}
	return set, true
}

// give takes in a line of what is given, or of what says nothing in a column
// that opens generalised.
func (s *Set) give(line ast.Value, basis string) bool {
	v := Verdict{Identity: text(at(line, "identity")), Verdict: text(at(line, "verdict")), To: text(at(line, "to"))}
	if v.Verdict != withheld {
		v.Basis = basis
	}
	var reasoned bool
	if v.Reasons, reasoned = wordsOf(at(line, "reasons")); !reasoned {
		return false
	}
	return eachMember(at(line, "paths"), func(path string, _ ast.Value) bool {
		i, known := slots()[slot{path, v.Identity}]
		if !known || s.Verdicts[i].Path != "" || !v.fits(path) {
			return false
		}
		v.Path = path
		s.Verdicts[i] = v
		return true
	})
}

// withhold takes in one cause. What it names must not be given.
func (s *Set) withhold(cause ast.Value) bool {
	reasons, ok := wordsOf(at(cause, "reasons"))
	if !ok || len(reasons) == 0 {
		return false
	}
	return eachMember(at(cause, "paths"), func(identity string, paths ast.Value) bool {
		return eachMember(paths, func(path string, _ ast.Value) bool {
			i, known := slots()[slot{path, identity}]
			if !known {
				return false
			}
			v := &s.Verdicts[i]
			if v.Path != "" && v.Verdict != withheld {
				return false
			}
			v.Path, v.Identity, v.Verdict = path, identity, withheld
			v.Reasons = merge(v.Reasons, reasons)
			return true
		})
	})
}

// merge is both lists of reasons, sorted, each once. It changes neither, since leaves share them.
func merge(have, more []string) []string {
	if len(have) == 0 {
		return more
	}
	return Union(have, more)
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
		f, known := catalog.ByPath(v.Path)
		if v.Verdict != withheld {
			s.Withheld = false
			s.Groups = append(s.Groups, f.Group+"/"+v.Identity)
		}
		if s.Both || v.Identity == matched || known && f.Neutral() {
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
