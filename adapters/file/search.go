package file

import (
	"cmp"
	"slices"
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
	weightBirth    = 8
)

type candidate struct {
	n     int32 // in snapshot.entries
	score int
}

// search returns ids, the likeliest first.
func (snap *snapshot) search(c adapters.Criteria, limit int, now time.Time) []string {
	born, dated := edtf.Parse(c.Born)
	found := snap.byCriteria(c, born)
	if len(found) == 0 && dated && skeletons(c.Full+" "+c.Given+" "+c.Patronymic+" "+c.Family) == nil {
		snap.scan(found, born)
	}
	var out []candidate
	for n, score := range found {
		e := snap.entries[n]
		if !e.live(now) {
			continue
		}
		if dated {
			score += nearness(e.births, born)
		}
		out = append(out, candidate{n, score})
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

func (snap *snapshot) byCriteria(c adapters.Criteria, born edtf.Date) map[int32]int {
	found := make(map[int32]int)
	for _, name := range []struct {
		text   string
		weight int
	}{{c.Family, weightFamily}, {c.Given, weightGiven}, {c.Patronymic, weightOther}, {c.Full, weightFull}} {
		keys := skeletons(name.text)
		slices.Sort(keys)
		for _, k := range slices.Compact(keys) {
			for _, n := range snap.byName[k] {
				found[n] += name.weight
			}
		}
	}
	if born.First == born.Last && born.First != 0 {
		for _, day := range []int{born.First, swapped(born.First)} {
			for _, n := range snap.byBirth[day] {
				found[n] += weightBirth
			}
		}
	}
	if k := document(c.Document); k != "" {
		for _, n := range snap.byDocument[k] {
			found[n] += weightDocument
		}
	}
	return found
}

// scan finds by date alone, for a question that has no name; the gateway decides what that is worth.
func (snap *snapshot) scan(found map[int32]int, born edtf.Date) {
	for i, e := range snap.entries {
		for _, d := range e.births {
			if d.First <= born.Last && born.First <= d.Last {
				found[int32(i)] = 0
			}
		}
	}
}

// swapped exchanges day and month, a usual slip; 0 if that is no date.
func swapped(day int) int {
	y, m, d := day/10000, day/100%100, day%100
	if m == d || d > 12 {
		return 0
	}
	return y*10000 + d*100 + m
}

// nearness orders candidates of one name by their years.
func nearness(births []edtf.Date, born edtf.Date) int {
	best := 0
	for _, d := range births {
		switch {
		case d.First <= born.Last && born.First <= d.Last:
			return 6
		case years(d, born) == 0:
			best = max(best, 3)
		case years(d, born) <= 2:
			best = max(best, 2)
		}
	}
	return best
}

func years(a, b edtf.Date) int {
	return max(a.First/10000-b.Last/10000, b.First/10000-a.Last/10000, 0)
}
