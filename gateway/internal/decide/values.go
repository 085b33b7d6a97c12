package decide

import (
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// resultMembers are the names of what readSet looks for, as terms that are made once.
var resultMembers = sync.OnceValue(func() map[string]*ast.Term {
	terms := make(map[string]*ast.Term)
	for _, name := range []string{
		"given", "withheld", "basis", "both", "obligations", "paths", "identity", "verdict", "to", "reasons",
	} {
		terms[name] = ast.StringTerm(name)
	}
	return terms
})

// at is a member of a result; nil if there is none, or if it is no object.
func at(v ast.Value, name string) ast.Value {
	o, ok := v.(ast.Object)
	if !ok {
		return nil
	}
	t := o.Get(resultMembers()[name])
	if t == nil {
		return nil
	}
	return t.Value
}

// text is a string; empty for anything else.
func text(v ast.Value) string {
	s, _ := v.(ast.String)
	return string(s)
}

// every says whether all members of a list or a set are as wanted; false for anything else.
func every(v ast.Value, wanted func(ast.Value) bool) bool {
	no := func(t *ast.Term) bool { return !wanted(t.Value) }
	switch v := v.(type) {
	case *ast.Array:
		return !v.Until(no)
	case ast.Set:
		return !v.Until(no)
	}
	return false
}

// eachMember says whether all members of an object are as wanted; false for anything else.
func eachMember(v ast.Value, wanted func(name string, value ast.Value) bool) bool {
	o, ok := v.(ast.Object)
	return ok && !o.Until(func(k, v *ast.Term) bool {
		name, ok := k.Value.(ast.String)
		return !ok || !wanted(string(name), v.Value)
	})
}

// wordsOf lists the texts of a list or a set, in its order; that of a set is sorted.
func wordsOf(v ast.Value) ([]string, bool) {
	var out []string
	switch v := v.(type) {
	case *ast.Array:
		out = make([]string, 0, v.Len())
	case ast.Set:
		out = make([]string, 0, v.Len())
	}
	ok := every(v, func(v ast.Value) bool {
		s, ok := v.(ast.String)
		out = append(out, string(s))
		return ok
	})
	return out, ok
}

// stringsOf lists the texts of a list that was read from JSON.
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
