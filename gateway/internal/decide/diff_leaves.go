package decide

import (
	"fmt"
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

// leavesOf reads the schema of a data document by "path (identity)". A leaf that
// stands in two cells, or says in one mode what is not read for it, is like no other.
func leavesOf(doc map[string]any) map[string]leaf {
	schema := dig(doc, "homeward", "schema")
	cells, _ := dig(schema, "cells").([]any)
	out := make(map[string]leaf)
	for i, cell := range cells {
		of, _ := at(dig(schema, "paths"), i).(map[string]any)
		for path := range of {
			text := func(name string) string { s, _ := dig(cell, name).(string); return s }
			l := leaf{
				column: text("group"), speaks: text("speaks"), part: text("part"), guards: strings.Join(listing(dig(schema, "guarded"), i), ", "),
				whole: mode(schema, i, path, "full"), less: mode(schema, i, path, "generalised"),
			}
			if !slices.Contains(listing(dig(schema, "columns"), i), l.column) {
				l.column += " (but not among the cells of that column)"
			}
			if parts := strings.Join(listing(dig(schema, "parts"), i), "+"); parts != l.part {
				l.part += " (but among the cells of " + worded(parts) + ")"
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

// at is a member of a list; nil if there is none.
func at(list any, i int) any {
	values, _ := list.([]any)
	if i >= len(values) {
		return nil
	}
	return values[i]
}

// listing are the names under which a table of the schema has a cell.
func listing(table any, cell int) []string {
	lists, _ := table.(map[string]any)
	var out []string
	for name, list := range lists {
		numbers, _ := list.([]any)
		if slices.Contains(numbers, any(float64(cell))) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// mode is what a leaf says if its cell opens in a mode, and whether it is read for that.
func mode(schema any, cell int, path, name string) string {
	lines, _ := dig(at(dig(schema, "lines"), cell), name).([]any)
	var said []string
	for _, line := range lines {
		if dig(line, "paths", path) != nil {
			verdict, _ := dig(line, "verdict").(string)
			to, _ := dig(line, "to").(string)
			said = append(said, Verdict{Verdict: verdict, To: to}.says())
		}
	}
	word := strings.Join(said, " and ")
	if read := dig(at(dig(schema, "readable"), cell), name, path) != nil; read != (word != withheld) {
		word += fmt.Sprintf(" (read: %v)", read)
	}
	return word
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
