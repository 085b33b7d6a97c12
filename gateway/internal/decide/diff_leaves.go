package decide

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"homeward.example/schemas/catalog"
)

// leaf is what the rules see of one path and identity, in words that can be
// compared: the data document says it by the numbers of cells.
type leaf struct {
	column, speaks string
	whole, less    string // verdict in a column that opens in full, or generalised
	part, guards   string
}

// leavesOf reads the cells of a data document by "path (identity)". A leaf that
// stands in two cells is like no other.
func leavesOf(doc map[string]any) map[string]leaf {
	cells, _ := dig(doc, "homeward", "schema", "cells").([]any)
	out := make(map[string]leaf)
	for _, cell := range cells {
		text := func(name string) string { s, _ := dig(cell, name).(string); return s }
		guards := words(dig(cell, "guards"))
		slices.Sort(guards)
		of := map[string]map[string]string{"full": leafLines(cell, "full"), "generalised": leafLines(cell, "generalised")}
		paths := maps.Clone(of["full"])
		maps.Copy(paths, of["generalised"])
		for path := range paths {
			l := leaf{
				column: text("group"), speaks: text("speaks"), part: text("part"), guards: strings.Join(guards, ", "),
				whole: of["full"][path], less: of["generalised"][path],
			}
			name := fmt.Sprintf("%s (%s)", path, text("identity"))
			if before, twice := out[name]; twice {
				l.column += " and " + before.column
			}
			out[name] = l
		}
	}
	return out
}

// leafLines is what the leaves of a cell say in a mode, by path.
func leafLines(cell any, mode string) map[string]string {
	lines, _ := dig(cell, "lines", mode).([]any)
	out := make(map[string]string)
	for _, line := range lines {
		verdict, _ := dig(line, "verdict").(string)
		to, _ := dig(line, "to").(string)
		paths, _ := dig(line, "paths").(map[string]any)
		for path := range paths {
			out[path] = strings.TrimPrefix(out[path]+" and "+Verdict{Verdict: verdict, To: to}.says(), " and ")
		}
	}
	return out
}

// words of a list.
func words(list any) []string {
	values, _ := list.([]any)
	var out []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// tables of the rules that tell leaves of one column apart.
type tables struct{ parts, ofLeaf, ofColumn map[string]any }

// leavesOfCatalog is what a data document must say, by the schema of this program
// and by the tables of the rules.
func leavesOfCatalog(t tables) map[string]leaf {
	out := make(map[string]leaf)
	for _, f := range catalog.Fields() {
		for _, identity := range f.Identities {
			l := leaf{
				column: ColumnOf(f.Path), speaks: identity, whole: released, less: withheld,
				part: strings.Join(having(t.parts, f.Path), "+"),
			}
			if f.Neutral() {
				l.speaks = "either"
			}
			guards := slices.Concat(having(t.ofLeaf, f.Path), having(t.ofColumn, l.column))
			slices.Sort(guards)
			l.guards = strings.Join(guards, ", ")
			if n := len(f.Generalise); n > 0 {
				l.less = generalised + " " + f.Generalise[n-1]
			} else if f.Class == "official" || f.Class == "public" {
				l.less = released
			}
			out[fmt.Sprintf("%s (%s)", f.Path, identity)] = l
		}
	}
	return out
}

// having lists the names under which a table of the rules has a member.
func having(table map[string]any, member string) []string {
	var out []string
	for name, set := range table {
		if contains(set, member) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
