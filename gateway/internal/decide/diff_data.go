package decide

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

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

func leafChanges(was, becomes map[string]leaf) []string {
	all := maps.Clone(was)
	maps.Copy(all, becomes)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		old, had := was[name]
		now, has := becomes[name]
		switch {
		case !had:
			out = append(out, fmt.Sprintf("%s is new, in column %s; generalised it is %s", name, now.column, now.less))
			continue
		case !has:
			out = append(out, fmt.Sprintf("%s is gone (it was in column %s)", name, old.column))
			continue
		}
		say := func(what, old, now string) {
			if old != now {
				out = append(out, fmt.Sprintf("%s: %s was %s, becomes %s", name, what, worded(old), worded(now)))
			}
		}
		say("its column", old.column, now.column)
		say("the identity that it speaks of", old.speaks, now.speaks)
		say("in a column given in full it", old.whole, now.whole)
		say("in a column given generalised it", old.less, now.less)
		say("the part of a column that it is", old.part, now.part)
		say("what guards it", old.guards, now.guards)
	}
	return out
}

func worded(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
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
			// What is made from the cells says nothing that they do not.
			if !slices.Contains([]string{"cells", "columns", "parts", "guarded", "speaks", "identities"}, k) {
				flat["data.homeward.schema."+k] = v
			}
		}
	}
	return flat
}
