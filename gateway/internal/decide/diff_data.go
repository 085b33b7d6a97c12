package decide

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
)

// dataChanges compares two data documents: the schema leaf by leaf, since a
// lawyer knows leaves and columns and not how cells are numbered; anything else
// member by member.
func dataChanges(before, after []byte) ([]Change, error) {
	var was, becomes map[string]any
	for _, d := range []struct {
		source []byte
		doc    *map[string]any
	}{{before, &was}, {after, &becomes}} {
		if err := json.Unmarshal(d.source, d.doc); err != nil {
			return nil, problem.Wrap(CodeBundle, "data", err)
		}
	}
	var out []Change
	for _, part := range []struct {
		title   string
		details []string
	}{
		{"Leaves of the schema", leafChanges(leavesOf(was), leavesOf(becomes))},
		{"Data", memberChanges("", withoutSchema(was), withoutSchema(becomes))},
	} {
		if len(part.details) > 0 {
			out = append(out, Change{Kind: ChangeData, Title: part.title, Details: part.details})
		}
	}
	return out, nil
}

// leaf is what the data document says of one path and identity.
type leaf struct{ column, less string }

// leavesOf reads the schema of a data document by "path (identity)". Parts of
// another form are left out here: they are no leaf to any rule.
func leavesOf(doc map[string]any) map[string]leaf {
	homeward, _ := doc["homeward"].(map[string]any)
	schema, _ := homeward["schema"].(map[string]any)
	cells, _ := schema["cells"].([]any)
	paths, _ := schema["paths"].([]any)
	out := make(map[string]leaf)
	for i := range min(len(cells), len(paths)) {
		cell, _ := cells[i].(map[string]any)
		of, _ := paths[i].(map[string]any)
		for path := range of {
			out[fmt.Sprintf("%s (%v)", path, cell["identity"])] = leaf{fmt.Sprint(cell["group"]), saysLess(cell, path)}
		}
	}
	return out
}

// saysLess is what a leaf says in a column that opens generalised.
func saysLess(cell map[string]any, path string) string {
	ways, _ := cell["less"].([]any)
	for _, w := range ways {
		way, _ := w.(map[string]any)
		if paths, _ := way["paths"].(map[string]any); paths[path] == true {
			return fmt.Sprint(way["to"])
		}
	}
	if official, _ := cell["official"].(map[string]any); official[path] == true {
		return "its value"
	}
	return "nothing"
}

func leafChanges(was, becomes map[string]leaf) []string {
	all := maps.Clone(was)
	maps.Copy(all, becomes)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		old, had := was[name]
		now, has := becomes[name]
		switch {
		case !had:
			out = append(out, fmt.Sprintf("%s is new, in column %s; generalised it says %s", name, now.column, now.less))
		case !has:
			out = append(out, fmt.Sprintf("%s is gone (it was in column %s)", name, old.column))
		case old.column != now.column:
			out = append(out, fmt.Sprintf("%s was in column %s, comes into column %s", name, old.column, now.column))
		}
		if had && has && old.less != now.less {
			out = append(out, fmt.Sprintf("%s said %s when generalised, will say %s", name, old.less, now.less))
		}
	}
	return out
}

// withoutSchema is a copy of a document, its names as rules write them, without the leaves.
func withoutSchema(doc map[string]any) map[string]any {
	flat := make(map[string]any)
	for k, v := range doc {
		flat["data."+k] = v
	}
	homeward, ok := doc["homeward"].(map[string]any)
	if !ok {
		return flat
	}
	delete(flat, "data.homeward")
	for k, v := range homeward {
		if k != "schema" {
			flat["data.homeward."+k] = v
		}
	}
	if schema, ok := homeward["schema"].(map[string]any); ok {
		for k, v := range schema {
			if !strings.Contains(" cells paths ", " "+k+" ") {
				flat["data.homeward.schema."+k] = v
			}
		}
	}
	return flat
}
