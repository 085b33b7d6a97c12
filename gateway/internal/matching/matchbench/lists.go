package matchbench

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

// The lists are the project's own work, of common names and places and of
// nobody in particular. Train and test share no given name, no stem of a family
// name and no settlement; the oblasts are what they are.
//
//go:embed names
var files embed.FS

// given is a given name: as Ukrainian and as Russian papers write it, and its diminutives in both.
type given struct {
	uk, ru         string
	ukDims, ruDims []string
}

// surname has four forms: Ukrainian and Russian, of a boy and of a girl.
type surname struct{ uk, ukGirl, ru, ruGirl string }

// place is a settlement of its oblast.
type place struct{ oblast, uk, ru string }

// lists are the names of one split, the most frequent ones first.
type lists struct {
	boys, girls []given
	families    []surname
	places      []place

	boyOdds, fatherOdds, girlOdds, familyOdds, placeOdds odds
	latin                                                []table
}

func readLists(split Split) (*lists, error) {
	if split != Train && split != Test {
		return nil, fmt.Errorf("matchbench: name lists %q: only %s and %s are known", split, Train, Test)
	}
	l := &lists{latin: tables()}
	var err error
	read := func(name string) (out []string) {
		raw, e := files.ReadFile("names/" + string(split) + "/" + name + ".txt")
		if e != nil {
			err = e
		}
		return strings.Split(strings.TrimSpace(string(raw)), "\n")
	}
	l.boys, l.girls = givens(read("boys")), givens(read("girls"))
	l.families = families(read("families"), read("stems"))
	for _, line := range read("places") {
		p := strings.SplitN(line, "|", 3)
		l.places = append(l.places, place{p[0], p[1], p[2]})
	}
	l.boyOdds, l.girlOdds = zipf(len(l.boys), 6), zipf(len(l.girls), 6)
	l.fatherOdds = zipf(len(l.boys), 12)
	l.familyOdds, l.placeOdds = zipf(len(l.families), 50), zipf(len(l.places), 4)
	return l, err
}

func givens(lines []string) (out []given) {
	for _, line := range lines {
		w := strings.Fields(line)
		out = append(out, given{w[0], w[1], strings.Split(w[2], ","), strings.Split(w[3], ",")})
	}
	return out
}

// suffixes of family names: Ukrainian and Russian, each for a boy and a girl.
var suffixes = [...]surname{
	{"енко", "енко", "енко", "енко"}, {"ук", "ук", "ук", "ук"}, {"чук", "чук", "чук", "чук"},
	{"івський", "івська", "овский", "овская"}, {"ович", "ович", "ович", "ович"}, {"ик", "ик", "ик", "ик"},
	{"ів", "ів", "ив", "ив"}, {"ишин", "ишин", "ишин", "ишин"}, {"ець", "ець", "ец", "ец"}, {"ов", "ова", "ов", "ова"},
}

// families are the common names as they stand, then stems with suffixes in an
// order of no meaning: which stem takes which suffix often is not known to us.
func families(common, stems []string) (out []surname) {
	for _, uk := range common {
		s := surname{uk, uk, russian(uk, false), russian(uk, false)}
		if stem, ok := strings.CutSuffix(uk, "ий"); ok {
			s.ukGirl, s.ruGirl = stem+"а", russian(stem, false)+"ая"
		}
		out = append(out, s)
	}
	ordered := make([]surname, 0, len(stems)*len(suffixes))
	for _, stem := range stems {
		ru := russian(stem, false)
		for _, x := range suffixes {
			ordered = append(ordered, surname{stem + x.uk, stem + x.ukGirl, ru + x.ru, ru + x.ruGirl})
		}
	}
	r := stream(0, 0, 0)
	for i := len(ordered) - 1; i > 0; i-- {
		j := r.intn(i + 1)
		ordered[i], ordered[j] = ordered[j], ordered[i]
	}
	return append(out, ordered...)
}

// odds are cumulative weights.
type odds []uint64

// zipf gives the name of rank r a weight of 1/(r+flat): the flatter, the less the
// first names stand out. With 50, the most frequent of 1,862 family names has 0.5 %,
// which is about what Мельник has in Ukraine.
func zipf(n, flat int) odds {
	o, sum := make(odds, n), uint64(0)
	for i := range o {
		sum += 1_000_000_000 / uint64(i+1+flat)
		o[i] = sum
	}
	return o
}

func (o odds) pick(r *random) int {
	i, _ := slices.BinarySearch(o, r.next()%o[len(o)-1]+1)
	return i
}
