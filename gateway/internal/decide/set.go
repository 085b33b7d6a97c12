package decide

import (
	"encoding/json"
	"slices"
	"sync"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
)

// readSet reads the policy's result: lists of lines, each with paths of one
// identity that have one verdict. Together they must name every path and identity of the
// schema exactly once, with a verdict that the schema allows; anything else is
// no result.
func readSet(result map[string]any) (*Set, bool) {
	lines, ok := result["lines"].([]any)
	both, ok2 := result["both"].(bool)
	obligations, ok3 := stringsOf(result["obligations"])
	if !ok || !ok2 || !ok3 {
		return nil, false
	}
	set := &Set{Both: both, Obligations: obligations, Verdicts: make([]Verdict, len(slots()))}
	named := 0
	for _, list := range lines {
		list, ok := list.([]any)
		if !ok {
			return nil, false
		}
		for _, line := range list {
			n, ok := set.read(line)
			if !ok {
				return nil, false
			}
			named += n
		}
	}
	return set, named == len(set.Verdicts)
}

// read takes one line in and counts the verdicts it gave.
func (s *Set) read(line any) (int, bool) {
	o, _ := line.(map[string]any)
	paths, ok := o["paths"].(map[string]any)
	v := Verdict{}
	v.Identity, _ = o["identity"].(string)
	v.Verdict, _ = o["verdict"].(string)
	v.To, _ = o["to"].(string)
	v.Basis, _ = o["basis"].(string)
	var reasoned bool
	if v.Reasons, reasoned = stringsOf(o["reasons"]); !ok || !reasoned {
		return 0, false
	}
	for path := range paths {
		i, known := slots()[slot{path, v.Identity}]
		if !known || s.Verdicts[i].Path != "" || !v.fits(path) {
			return 0, false
		}
		v.Path = path
		s.Verdicts[i] = v
	}
	return len(paths), true
}

// fits says whether a verdict on a path is one that the schema allows.
func (v Verdict) fits(path string) bool {
	if len(v.Reasons) == 0 {
		return false
	}
	switch v.Verdict {
	case withheld:
		return v.To == "" && v.Basis == ""
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
