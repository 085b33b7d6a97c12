package decide

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"homeward.example/schemas/catalog"
)

// fault tells the author of an overlay what is wrong with its word on an input, where
// a decision says "wrong_type" alone; "" if the word can be read.
func (o *overlay) fault(ctx context.Context, input []byte) string {
	if o == nil {
		return ""
	}
	if o.admit != nil {
		result, failure := o.admit.eval(ctx, input)
		if _, _, ok := readOverlayQuestion(result); failure == "" && !ok {
			return "overlay, admit: expected refuse and pending, true or false each, and nothing else"
		}
	}
	result, failure := o.release.eval(ctx, input)
	if failure != "" {
		return ""
	}
	for _, part := range slices.Sorted(maps.Keys(result)) {
		if said := partFault(part, result[part]); said != "" {
			return "overlay, release: " + said
		}
	}
	return ""
}

func partFault(part string, value any) string {
	switch part {
	case "withhold":
		names, ok := stringsOf(value)
		if !ok {
			return "withhold: expected a list of names"
		}
		for _, name := range names {
			if len(meantBy(name)) == 0 {
				return fmt.Sprintf("withhold: no field or column is called %q", name)
			}
		}
		return ""
	case "generalise":
		lines, ok := value.(map[string]any)
		if !ok {
			return "generalise: expected an object, of the path of a field what it becomes"
		}
		for _, name := range slices.Sorted(maps.Keys(lines)) {
			if said := lineFault(name, lines[name]); said != "" {
				return said
			}
		}
		return ""
	}
	return fmt.Sprintf("expected withhold and generalise, found %q", part)
}

func lineFault(name string, to any) string {
	path, _, _ := strings.Cut(name, "#")
	f, ok := catalog.ByPath(path)
	if !ok || len(meantBy(name)) == 0 {
		return fmt.Sprintf("generalise: no field is called %q", name)
	}
	if word, _ := to.(string); !slices.Contains(f.Generalise, word) {
		return fmt.Sprintf("generalise: %s cannot become %v, but %s", name, to, strings.Join(f.Generalise, ", "))
	}
	return ""
}
