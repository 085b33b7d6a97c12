package decide

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// leaf is what the rules see of one path and identity, in words that can be
// compared: the data document says it by the numbers of cells.
type leaf struct {
	column, speaks string
	whole, less    string // verdict in a column that opens in full, or generalised
	part, guards   string
}

// leavesOf reads a data document by "path (identity)". A leaf that stands in two
// places says so, and is like no other.
func leavesOf(doc map[string]any) map[string]leaf {
	out := make(map[string]leaf)
	schema, _ := dig(doc, "homeward", "schema").(map[string]any)
	for column, of := range objectOf(schema["columns"]) {
		for _, mode := range []string{"full", "generalised"} {
			for speaks, cells := range objectOf(dig(of, "cells", mode)) {
				for name, says := range linesOf(cells) {
					l := out[name]
					l.column, l.speaks = together(l.column, column), together(l.speaks, speaks)
					if mode == "full" {
						l.whole = together(l.whole, says)
					} else {
						l.less = together(l.less, says)
					}
					out[name] = l
				}
			}
		}
	}
	for part, of := range objectOf(schema["parts"]) {
		for name := range namesOf(dig(of, "paths")) {
			l := out[name]
			l.part = strings.TrimPrefix(l.part+"+"+part, "+")
			out[name] = l
		}
	}
	guarded := objectOf(schema["guarded"])
	for _, guard := range slices.Sorted(maps.Keys(guarded)) {
		for name := range namesOf(dig(guarded[guard], "paths")) {
			l := out[name]
			l.guards = strings.TrimPrefix(l.guards+", "+guard, ", ")
			out[name] = l
		}
	}
	return out
}

// together says two things of a leaf, or one if they are the same.
func together(was, is string) string {
	if was == "" || was == is {
		return is
	}
	return was + " and " + is
}

func objectOf(doc any) map[string]any {
	m, _ := doc.(map[string]any)
	return m
}

// linesOf is what the leaves of some cells say, by "path (identity)".
func linesOf(cells any) map[string]string {
	out := make(map[string]string)
	for _, lines := range objectOf(cells) {
		list, _ := lines.([]any)
		for _, line := range list {
			verdict, _ := dig(line, "verdict").(string)
			to, _ := dig(line, "to").(string)
			for path := range objectOf(dig(line, "paths")) {
				name := fmt.Sprintf("%s (%v)", path, dig(line, "identity"))
				out[name] = strings.TrimPrefix(out[name]+" and "+Verdict{Verdict: verdict, To: to}.says(), " and ")
			}
		}
	}
	return out
}

// namesOf are leaves listed by identity, as "path (identity)".
func namesOf(leaves any) map[string]bool {
	out := make(map[string]bool)
	for identity, paths := range objectOf(leaves) {
		for path := range objectOf(paths) {
			out[fmt.Sprintf("%s (%s)", path, identity)] = true
		}
	}
	return out
}
