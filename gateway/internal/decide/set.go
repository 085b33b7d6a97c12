package decide

import (
	"encoding/json"
	"slices"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/schemas/catalog"
)

// readSet reads the policy's result. There must be one verdict on every path
// and identity of the schema, in its order, and each must be one that the schema
// allows; anything else is no result.
func readSet(result map[string]any) (*Set, bool) {
	list, ok := result["verdicts"].([]any)
	both, ok2 := result["both"].(bool)
	obligations, ok3 := stringsOf(result["obligations"])
	if !ok || !ok2 || !ok3 {
		return nil, false
	}
	set := &Set{Both: both, Obligations: obligations, Verdicts: make([]Verdict, 0, len(list))}
	for i := range catalog.Fields() {
		f := &catalog.Fields()[i]
		for _, identity := range f.Identities {
			if len(set.Verdicts) == len(list) {
				return nil, false
			}
			v, ok := readVerdict(list[len(set.Verdicts)], f, identity)
			if !ok {
				return nil, false
			}
			set.Verdicts = append(set.Verdicts, v)
		}
	}
	return set, len(set.Verdicts) == len(list)
}

func readVerdict(in any, f *catalog.Field, identity string) (Verdict, bool) {
	o, ok := in.(map[string]any)
	if !ok || o["path"] != f.Path || o["identity"] != identity {
		return Verdict{}, false
	}
	v := Verdict{Path: f.Path, Identity: identity}
	v.Verdict, _ = o["verdict"].(string)
	v.To, _ = o["to"].(string)
	v.Basis, _ = o["basis"].(string)
	if v.Reasons, ok = stringsOf(o["reasons"]); !ok || len(v.Reasons) == 0 {
		return Verdict{}, false
	}
	switch v.Verdict {
	case withheld:
		return v, v.To == "" && v.Basis == ""
	case released:
		return v, v.To == "" && v.Basis != ""
	case generalised:
		return v, slices.Contains(f.Generalise, v.To) && v.Basis != ""
	}
	return Verdict{}, false
}

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
	s.Ledger, _ = json.Marshal(s.Verdicts)
}

// shown is a verdict as the recipient sees it: without reasons, since codes leak flags.
func (s *Set) shown(v *Verdict) envelope.AnswerField {
	f := envelope.AnswerField{Path: v.Path, Verdict: v.Verdict, To: v.To, Basis: v.Basis}
	if s.Both {
		f.Identity = v.Identity
	}
	return f
}
