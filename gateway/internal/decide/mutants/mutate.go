package main

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mutant is one small change of one file of the policy.
type mutant struct {
	File string // "homeward/release/guards.rego"
	Row  int
	Key  string // file, rule and change; stable when other rules move
	at   int    // offset of what is replaced
	old  string
	with string
}

// apply returns the file as the mutant has it.
func (m *mutant) apply(source string) string {
	return source[:m.at] + m.with + source[m.at+len(m.old):]
}

// mutants of one file, in the order of its text.
func mutants(file, source string) ([]mutant, error) {
	module, err := ast.ParseModuleWithOpts(file, source, ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		return nil, err
	}
	w := &writer{file: file, source: source}
	for _, r := range module.Rules {
		w.rule = r.Head.Ref().String()
		w.change(r.Location, "delete rule", "")
		keys := objectKeys(r)
		ast.NewGenericVisitor(func(x any) bool {
			switch x := x.(type) {
			case *ast.Expr:
				w.expression(x)
			case *ast.Term:
				w.term(x, keys[x])
			}
			return false
		}).Walk(r)
	}
	slices.SortStableFunc(w.out, func(a, b mutant) int { return a.at - b.at })
	return numbered(w.out), nil
}

// objectKeys are the terms that stand before a colon: dropping their entry
// changes them already.
func objectKeys(r *ast.Rule) map[*ast.Term]bool {
	keys := make(map[*ast.Term]bool)
	ast.WalkTerms(r, func(t *ast.Term) bool {
		if o, ok := t.Value.(ast.Object); ok {
			o.Foreach(func(k, _ *ast.Term) { keys[k] = true })
		}
		return false
	})
	return keys
}

// numbered tells equal changes of one rule apart, and drops what is there twice.
func numbered(all []mutant) []mutant {
	all = slices.CompactFunc(all, func(a, b mutant) bool { return a.at == b.at && a.old == b.old && a.with == b.with })
	seen := make(map[string]int)
	for i := range all {
		seen[all[i].Key]++
		if n := seen[all[i].Key]; n > 1 {
			all[i].Key += " #" + strconv.Itoa(n)
		}
	}
	return all
}

// writer collects the mutants of a file.
type writer struct {
	file, source, rule string
	out                []mutant
}

// change replaces the text of a place.
func (w *writer) change(at *ast.Location, what, with string) {
	w.replace(at.Offset, at.Row, string(at.Text), what, with)
}

func (w *writer) replace(offset, row int, old, what, with string) {
	if !strings.HasPrefix(w.source[offset:], old) {
		return // made by the parser: it has no text of its own
	}
	short := strings.Join(strings.Fields(old), " ")
	if r := []rune(short); len(r) > 70 {
		short = string(r[:69]) + "…"
	}
	change := what + " " + short
	if with != "" && with != "true" && !strings.HasPrefix(what, "negate") {
		change = fmt.Sprintf("%s %s -> %s", what, short, with)
	}
	key := fmt.Sprintf("%s/%s %s: %s", path.Base(path.Dir(w.file)), path.Base(w.file), w.rule, change)
	w.out = append(w.out, mutant{File: w.file, Row: row, Key: key, at: offset, old: old, with: with})
}

// expression negates a condition, drops it, and moves its bound.
func (w *writer) expression(e *ast.Expr) {
	_, declares := e.Terms.(*ast.SomeDecl)
	if e.Generated || e.IsAssignment() || declares || len(e.Location.Text) == 0 {
		return
	}
	text := string(e.Location.Text)
	if rest, negated := strings.CutPrefix(text, "not "); negated {
		w.change(e.Location, "negate", rest)
	} else if !e.IsEvery() {
		w.change(e.Location, "negate", "not "+text)
	}
	if text != "true" {
		w.change(e.Location, "drop", "true")
	}
	for from, to := range map[string]string{" <= ": " < ", " < ": " <= ", " >= ": " > ", " > ": " >= "} {
		if before, after, ok := strings.Cut(text, from); ok && e.IsCall() {
			w.change(e.Location, "bound", before+to+after)
		}
	}
}

// term changes a constant, and the elements of a collection.
func (w *writer) term(t *ast.Term, key bool) {
	if t.Location == nil {
		return // made by the parser
	}
	switch v := t.Value.(type) {
	case ast.String:
		if text := string(t.Location.Text); !key && strings.HasPrefix(text, `"`) { // else a part of a reference
			for _, other := range instead(string(v)) {
				w.change(t.Location, "change", strconv.Quote(other))
			}
		}
	case ast.Boolean:
		if text := string(t.Location.Text); text == "true" || text == "false" {
			w.change(t.Location, "change", strconv.FormatBool(!bool(v)))
		}
	case ast.Number:
		if n, ok := v.Int(); ok && string(t.Location.Text) == v.String() {
			w.change(t.Location, "change", strconv.Itoa(n+1))
			w.change(t.Location, "change", strconv.Itoa(n-1))
		}
	case ast.Set:
		w.collection(t, v.Slice(), nil, "set()")
		w.widen(t, v)
	case *ast.Array:
		var elements []*ast.Term
		v.Foreach(func(e *ast.Term) { elements = append(elements, e) })
		w.collection(t, elements, nil, "[]")
	case ast.Object:
		var keys, values []*ast.Term
		v.Foreach(func(k, e *ast.Term) { keys, values = append(keys, k), append(values, e) })
		w.collection(t, keys, values, "{}")
	}
}

// collection drops each element, or each entry from its key to the end of its value.
func (w *writer) collection(t *ast.Term, elements, values []*ast.Term, empty string) {
	for i, e := range elements {
		end := e
		if values != nil {
			end = values[i]
		}
		from, to := e.Location.Offset, end.Location.Offset+len(end.Location.Text)
		if len(elements) == 1 {
			w.change(t.Location, "drop", empty)
			continue
		}
		rest := w.source[to:]
		if comma := strings.IndexAny(rest, ",]}"); comma >= 0 && rest[comma] == ',' {
			to += comma + 1
		} else {
			from = strings.LastIndexByte(w.source[:from], ',')
		}
		w.replace(from, e.Location.Row, w.source[from:to], "drop", "")
	}
}

// widen adds to a set of words another word of the same kind.
func (w *writer) widen(t *ast.Term, s ast.Set) {
	var words []string
	for _, e := range s.Slice() {
		word, ok := e.Value.(ast.String)
		if !ok {
			return
		}
		words = append(words, string(word))
	}
	if len(words) == 0 {
		return
	}
	for _, other := range kind(words...) {
		if !s.Contains(ast.StringTerm(other)) {
			text := string(t.Location.Text)
			w.change(t.Location, "widen by "+strconv.Quote(other), "{"+strconv.Quote(other)+", "+strings.TrimPrefix(text, "{"))
			return
		}
	}
}
