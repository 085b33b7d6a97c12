package adapters

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Open connects to one case system. The gateway has a map of these by name,
// which its main function writes down; an adapter never registers itself.
type Open func(ctx context.Context, s Settings) (Adapter, error)

// Settings are what an adapter is given: its own part of the configuration,
// and what it cannot make itself.
type Settings struct {
	// Values as decoded from YAML.
	Values map[string]any
	// Dir is where relative paths start; empty: the working directory.
	Dir string
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Progress is called during a long load and Reloaded after each attempt, both
	// from the adapter's goroutine. Either may be nil.
	Progress func(Progress)
	Reloaded func(Report)
}

// Decode reads the values into a struct with yaml tags. An unknown key is an
// Issue that names it and the nearest known one.
func (s Settings) Decode(dst any) error {
	var n yaml.Node
	if err := n.Encode(s.Values); err != nil {
		return Issue{What: "settings are no YAML: " + err.Error()}
	}
	return DecodeYAML(&n, dst)
}

// DecodeYAML reads a node into a struct with yaml tags, strictly: the error joins
// an Issue for each unknown key, with its place, its dotted name and the nearest
// known key, and one for what the known ones cannot hold.
func DecodeYAML(n *yaml.Node, dst any) error {
	if n.Kind == yaml.DocumentNode {
		n = n.Content[0]
	}
	err := knownKeys(n, reflect.TypeOf(dst).Elem(), "")
	if failed := n.Decode(dst); failed != nil {
		err = errors.Join(err, Issue{What: strings.TrimPrefix(failed.Error(), "yaml: ")})
	}
	return err
}

// maxDepth bounds aliases that contain themselves; our structs are three deep.
const maxDepth = 16

func knownKeys(n *yaml.Node, t reflect.Type, prefix string) error {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if strings.Count(prefix, ".") > maxDepth {
		return Issue{Line: n.Line, Column: n.Column, What: "nested too deeply"}
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var all error
	switch {
	case t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		for i, item := range n.Content {
			all = errors.Join(all, knownKeys(item, t.Elem(), fmt.Sprintf("%s%d.", prefix, i)))
		}
	case t.Kind() == reflect.Map && n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			all = errors.Join(all, knownKeys(n.Content[i+1], t.Elem(), prefix+n.Content[i].Value+"."))
		}
	case t.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		return knownFields(n, t, prefix)
	}
	return all
}

func knownFields(n *yaml.Node, t reflect.Type, prefix string) error {
	fields := make(map[string]reflect.Type)
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); tag != "" && tag != "-" {
			fields[tag] = t.Field(i).Type
		}
	}
	var all error
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if ft, ok := fields[key.Value]; ok {
			all = errors.Join(all, knownKeys(n.Content[i+1], ft, prefix+key.Value+"."))
			continue
		}
		all = errors.Join(all, Issue{
			Line: key.Line, Column: key.Column, Field: prefix + key.Value, What: "unknown key",
			Remedy: "the nearest is " + Nearest(key.Value, slices.Sorted(maps.Keys(fields))),
		})
	}
	return all
}

// Nearest returns the candidate with the fewest edits to the word, for "did you mean".
func Nearest(word string, candidates []string) string {
	best, least := "", 1<<30
	for _, c := range candidates {
		if d := edits([]rune(word), []rune(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
