package file

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"homeward.example/adapters"
	"homeward.example/schemas/edtf"
)

// Weights of what a candidate was found by. They only order candidates, so that
// the likeliest are within the limit.
const (
	weightDocument = 100
	weightFamily   = 8
	weightGiven    = 4
	weightOther    = 3
	weightFull     = 6
	weightDay      = 8
	weightSwapped  = 4 // the same day with its month and day exchanged

	weightOverlap   = 6 // the dates may be the same
	weightYear      = 3
	weightNearYears = 2 // at most two years apart
	weightOblast    = 2
	weightSex       = 1
)

type candidate struct {
	n     int32 // in snapshot.entries
	score int
}

// wanted is the criteria made ready.
type wanted struct {
	names                 []wantedName
	born                  edtf.Date
	dated, named          bool
	document, sex, oblast string
}

type wantedName struct {
	keys   []string
	weight int
}

func want(c adapters.Criteria) wanted {
	w := wanted{document: document(c.Document), sex: adapters.Normalise(c.Sex), oblast: oblast(c.BirthOblast)}
	w.born, w.dated = edtf.Parse(strings.TrimSpace(c.Born))
	w.named = c.Full+c.Given+c.Patronymic+c.Family != ""
	for _, n := range []struct {
		text   string
		weight int
	}{{c.Family, weightFamily}, {c.Given, weightGiven}, {c.Patronymic, weightOther}, {c.Full, weightFull}} {
		keys := skeletons(n.text)
		slices.Sort(keys)
		w.names = append(w.names, wantedName{slices.Compact(keys), n.weight})
	}
	return w
}

// broad says that a question names neither a name nor a document, and yet two other things.
func (w wanted) broad() bool {
	given := 0
	for _, there := range []bool{w.dated, w.sex != "", w.oblast != ""} {
		if there {
			given++
		}
	}
	return !w.named && w.document == "" && given >= 2
}

// search returns ids, the likeliest first.
func (snap *snapshot) search(c adapters.Criteria, limit int, now time.Time) []string {
	w := want(c)
	found := snap.byIndex(w)
	if w.broad() {
		found = snap.byLooking(w)
	}
	out := make([]candidate, 0, len(found))
	for n, score := range found {
		if e := snap.entries[n]; e.live(now) {
			out = append(out, candidate{n, score + w.nearness(e)})
		}
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(b.score-a.score, cmp.Compare(a.n, b.n))
	})
	ids := make([]string, 0, min(limit, len(out)))
	for _, c := range out[:min(limit, len(out))] {
		ids = append(ids, snap.entries[c.n].id)
	}
	return ids
}

func (snap *snapshot) byIndex(w wanted) map[int32]int {
	found := make(map[int32]int)
	for _, name := range w.names {
		for _, k := range name.keys {
			for _, n := range snap.byName[k] {
				found[n] += name.weight
			}
		}
	}
	if w.dated && w.born.First == w.born.Last {
		for _, n := range snap.byBirth[w.born.First] {
			found[n] += weightDay
		}
		for _, n := range snap.byBirth[swapped(w.born.First)] {
			found[n] += weightSwapped
		}
	}
	if w.document != "" {
		for _, n := range snap.byDocument[w.document] {
			found[n] += weightDocument
		}
	}
	return found
}

// byLooking compares all records with a question that has no name; the gateway
// decides what such a question is worth.
func (snap *snapshot) byLooking(w wanted) map[int32]int {
	found := make(map[int32]int)
	for i, e := range snap.entries {
		if w.fits(e) {
			found[int32(i)] = 0
		}
	}
	return found
}

// fits says whether nothing that the record has speaks against it.
func (w wanted) fits(e *entry) bool {
	return (w.sex == "" || e.sex == w.sex) &&
		(w.oblast == "" || slices.Contains(e.oblasts, w.oblast)) &&
		(!w.dated || slices.ContainsFunc(e.births, func(d edtf.Date) bool { return overlap(d, w.born) }))
}

// nearness orders candidates by what no index finds.
func (w wanted) nearness(e *entry) int {
	score := 0
	if w.sex != "" && e.sex == w.sex {
		score += weightSex
	}
	if w.oblast != "" && slices.Contains(e.oblasts, w.oblast) {
		score += weightOblast
	}
	best := 0
	for _, d := range e.births {
		switch {
		case !w.dated:
		case overlap(d, w.born):
			best = max(best, weightOverlap)
		case years(d, w.born) == 0:
			best = max(best, weightYear)
		case years(d, w.born) <= 2:
			best = max(best, weightNearYears)
		}
	}
	return score + best
}

func overlap(a, b edtf.Date) bool { return a.First <= b.Last && b.First <= a.Last }

func years(a, b edtf.Date) int {
	return max(a.First/10000-b.Last/10000, b.First/10000-a.Last/10000, 0)
}

// swapped exchanges day and month, a usual slip; 0 if that is no date.
func swapped(day int) int {
	y, m, d := day/10000, day/100%100, day%100
	if m == d || d > 12 {
		return 0
	}
	return y*10000 + d*100 + m
}

// oblast is the key of a region, without the word for region.
func oblast(s string) string {
	var keys []string
	for _, t := range adapters.Tokens(s) {
		switch t {
		case "область", "обл", "oblast", "region":
		default:
			keys = append(keys, adapters.Skeleton(t))
		}
	}
	return strings.Join(keys, "-")
}
