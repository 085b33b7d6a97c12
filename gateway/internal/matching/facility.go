package matching

import (
	_ "embed" // the table of facilities
	"slices"
	"strings"
	"sync"

	"homeward.example/adapters"
)

//go:embed data/facilities.tsv
var facilityTable string

// institutions are the words for a kind of facility, by form, each with the one
// that stands for them all.
var gazetteer = sync.OnceValue(func() struct{ kinds, named map[string]string } {
	g := struct{ kinds, named map[string]string }{make(map[string]string), make(map[string]string)}
	for row := range rows(facilityTable) {
		key := row[1]
		for _, name := range names(row, 2) {
			switch row[0] {
			case "kind":
				g.kinds[form(adapters.Normalise(name))] = key
			case "name":
				g.named[facilityWords(name, g.kinds)] = key
			}
		}
	}
	return g
})

// facilityKey is one for the ways in which a facility is written: by the gazetteer,
// or else the words of its name in any order, the kinds of facility in one word and
// the quotation marks off. It is 0 for a kind alone: a children's home may be any.
func facilityKey(name string) uint32 {
	g := gazetteer()
	words := facilityWords(name, g.kinds)
	if known, ok := g.named[words]; ok {
		return hash(known)
	}
	if words == "" {
		return 0
	}
	return hash(words)
}

// facilityWords are the skeletons of the words of a name, sorted; "" if there are only kinds.
func facilityWords(name string, kinds map[string]string) string {
	var out []string
	isNamed := false
	for _, w := range adapters.Tokens(marks.Replace(name)) {
		f := form(w)
		if f == "" {
			f = w // a number
		}
		kind, isKind := kinds[f]
		isNamed = isNamed || !isKind
		if isKind {
			f = kind
		}
		if k := skeleton(f); f != "-" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	if !isNamed {
		return ""
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
