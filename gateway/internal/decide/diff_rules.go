package decide

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// bodyChanges says how the clauses of a rule changed; nothing if they did not.
// Clauses that are equal are left out, the others are compared in their order.
func bodyChanges(was, becomes *Rule) []string {
	old := slices.Clone(was.clauses)
	var now []*ast.Rule
	for _, n := range becomes.clauses {
		if at := slices.IndexFunc(old, func(o *ast.Rule) bool { return source(o) == source(n) }); at >= 0 {
			old = slices.Delete(old, at, at+1)
		} else {
			now = append(now, n)
		}
	}
	var out []string
	for i := range max(len(old), len(now)) {
		switch {
		case i >= len(now):
			out = append(out, "one way less: it no longer says "+source(old[i]))
		case i >= len(old):
			out = append(out, "one way more: "+source(now[i]))
		default:
			out = append(out, clauseChanges(old[i], now[i])...)
		}
	}
	return out
}

// clauseChanges compares what a clause gives and what it asks for, branch by branch.
func clauseChanges(was, becomes *ast.Rule) []string {
	out := valueChanges(was.Head, becomes.Head)
	out = append(out, conditionChanges(was.Body, becomes.Body)...)
	switch {
	case was.Else != nil && becomes.Else != nil:
		if source(was.Else) != source(becomes.Else) {
			out = append(out, clauseChanges(was.Else, becomes.Else)...)
		}
	case was.Else != nil:
		out = append(out, "one way less: it no longer says "+source(was.Else))
	case becomes.Else != nil:
		out = append(out, "one way more: "+source(becomes.Else))
	}
	if len(out) == 0 { // arguments of a function, a default
		out = append(out, fmt.Sprintf("was %s, becomes %s", source(was), source(becomes)))
	}
	return out
}

// conditionChanges: a clause that asks for less holds more often.
func conditionChanges(was, becomes ast.Body) []string {
	old, now := conditions(was), conditions(becomes)
	var dropped, added []string
	for _, c := range old {
		if !slices.Contains(now, c) {
			dropped = append(dropped, c)
		}
	}
	for _, c := range now {
		if !slices.Contains(old, c) {
			added = append(added, c)
		}
	}
	var out []string
	for i := range max(len(dropped), len(added)) {
		switch {
		case i >= len(added):
			out = append(out, "it no longer asks for "+dropped[i])
		case i >= len(dropped):
			out = append(out, "it now asks for "+added[i])
		default:
			out = append(out, fmt.Sprintf("it asked for %s, and now for %s", dropped[i], added[i]))
		}
	}
	return out
}

func conditions(b ast.Body) []string {
	var out []string
	for _, e := range b {
		if e.Generated || e.Loc() == nil || e.IsEvery() && len(e.Loc().Text) == 0 {
			continue
		}
		if t, ok := e.Terms.(*ast.Term); ok && t.Value.Compare(ast.Boolean(true)) == 0 {
			continue
		}
		out = append(out, source(e))
	}
	return out
}

// valueChanges compares what a rule gives: entry by entry if it is written out.
func valueChanges(was, becomes *ast.Head) []string {
	if was.Value == nil || becomes.Value == nil || was.Value.Equal(becomes.Value) {
		return nil
	}
	return entryChanges("", written(was.Value), written(becomes.Value))
}

// expression is a part of a value that is worked out and not written out.
type expression string

// written is a value as it stands in a rule: objects, sets and lists entry by entry.
func written(t *ast.Term) any {
	switch v := t.Value.(type) {
	case ast.Object:
		out := make(map[string]any)
		v.Foreach(func(key, value *ast.Term) {
			if s, ok := key.Value.(ast.String); ok {
				out[string(s)] = written(value)
			} else {
				out[source(key)] = written(value)
			}
		})
		return out
	case ast.Set:
		return writtenAll(v.Slice())
	case *ast.Array:
		var terms []*ast.Term
		v.Foreach(func(t *ast.Term) { terms = append(terms, t) })
		return writtenAll(terms)
	case ast.String, ast.Boolean, ast.Number, ast.Null:
		value, _ := ast.JSON(t.Value) // constants always have one
		return value
	}
	return expression(source(t))
}

func writtenAll(terms []*ast.Term) []any {
	out := make([]any, len(terms))
	for i, t := range terms {
		out[i] = written(t)
	}
	return out
}

// entryChanges compares two values that are written out, in words.
func entryChanges(at string, was, becomes any) []string {
	if old, ok := was.(map[string]any); ok {
		if now, ok := becomes.(map[string]any); ok {
			return memberChanges(at, old, now)
		}
	}
	if old, ok := was.([]any); ok {
		if now, ok := becomes.([]any); ok {
			return listChanges(at, old, now)
		}
	}
	if said(was) == said(becomes) {
		return nil
	}
	return []string{strings.TrimSpace(fmt.Sprintf("%s was %s, becomes %s", at, said(was), said(becomes)))}
}

func memberChanges(at string, was, becomes map[string]any) []string {
	both := maps.Clone(was)
	maps.Copy(both, becomes)
	var out []string
	for _, key := range slices.Sorted(maps.Keys(both)) {
		old, had := was[key]
		now, has := becomes[key]
		place := strings.TrimPrefix(at+"."+key, ".")
		place = strings.TrimPrefix(place, "cells.") // of the matrix: a column needs no more words
		switch {
		case !had:
			out = append(out, fmt.Sprintf("%s is new: %s", place, said(now)))
		case !has:
			out = append(out, fmt.Sprintf("%s is gone (it was %s)", place, said(old)))
		default:
			out = append(out, entryChanges(place, old, now)...)
		}
	}
	return out
}

// listChanges compares sets and lists of words by what came and what went.
func listChanges(at string, was, becomes []any) []string {
	old, now := make(map[string]bool), make(map[string]bool)
	for _, v := range was {
		old[said(v)] = true
	}
	for _, v := range becomes {
		now[said(v)] = true
	}
	var out []string
	say := func(verb string, words map[string]bool, not map[string]bool) {
		var list []string
		for _, w := range slices.Sorted(maps.Keys(words)) {
			if !not[w] {
				list = append(list, w)
			}
		}
		if len(list) > 0 {
			out = append(out, strings.TrimSpace(at+" "+verb+" "+strings.Join(list, ", ")))
		}
	}
	say("gains", now, old)
	say("loses", old, now)
	if len(out) == 0 && len(was) != len(becomes) {
		out = append(out, strings.TrimSpace(at+" has another order or number of entries"))
	}
	return out
}

// said is a value in a sentence. The words of the matrix are read with a hyphen.
func said(v any) string {
	switch v := v.(type) {
	case expression:
		return string(v)
	case string:
		if v == "" {
			return "empty"
		}
		if v == strings.ToLower(v) && !strings.ContainsAny(v, " .") {
			return strings.ReplaceAll(v, "_", "-")
		}
		return v
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if yes, ok := v[k].(bool); ok && yes {
				parts = append(parts, k)
			} else {
				parts = append(parts, k+": "+said(v[k]))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, said(x))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}
