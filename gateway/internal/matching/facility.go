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
	for line := range strings.Lines(facilityTable) {
		what, names, _ := strings.Cut(strings.TrimSpace(line), "\t")
		key, all, _ := strings.Cut(names, "\t")
		for name := range strings.SplitSeq(all, "|") {
			switch what {
			case "kind":
				g.kinds[form(adapters.Normalise(strings.TrimSpace(name)))] = key
			case "name":
				g.named[facilityWords(name, g.kinds)] = key
			}
		}
	}
	return g
})

// facilityKey is one for the ways in which a facility is written: by the
// gazetteer, or else the words of its name in any order, the kinds of facility
// in one word and the quotation marks off.
func facilityKey(name string) uint32 {
	g := gazetteer()
	words := facilityWords(name, g.kinds)
	if known, ok := g.named[words]; ok {
		return hash(known)
	}
	return hash(words)
}

func facilityWords(name string, kinds map[string]string) string {
	var out []string
	for _, w := range adapters.Tokens(marks.Replace(name)) {
		f := form(w)
		if f == "" {
			f = w // a number
		} else if k, ok := kinds[f]; ok {
			f = k
		}
		if k := skeleton(f); f != "" && f != "-" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
