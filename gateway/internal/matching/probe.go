package matching

import (
	"cmp"
	"math"
	"slices"
)

// probe is the rows of one key of a question.
type probe struct {
	rows []uint32
	row  uint32 // where there is only one
	n    int
}

// Bounds of one search: how many rows are read off the keys, the rarest first,
// and how many records are compared in full.
const (
	maxRead     = 12_000
	maxCompared = 3_000
	minCompared = 1_000
	maxNearKeys = 24 // skeletons that a misspelt family name may mean
)

func (w *work) probe(key uint64) {
	var one [1]uint32
	rows := w.x.keyed.rows(key, &one)
	switch len(rows) {
	case 0:
	case 1:
		w.probes = append(w.probes, probe{row: rows[0], n: 1})
	default:
		w.probes = append(w.probes, probe{rows: rows, n: len(rows)})
	}
}

// seek looks up every key that a record of the same child may have.
func (w *work) seek() {
	given, father, siblings := classesIn(w.given), classesIn(w.patronymic), classesIn(w.siblings)
	years, near, days := w.years()
	var oblasts []uint32
	for _, p := range w.home {
		if p.node.oblast != 0 {
			oblasts = addFew(oblasts, p.node.oblast)
		}
	}
	for _, f := range w.skeletons() {
		for _, y := range near {
			w.probe(mix(keyFamilyYear, f, y))
		}
		for _, g := range given {
			w.probe(mix(keyFamilyGiven, f, g))
		}
		for _, s := range father {
			w.probe(mix(keyFamilyFather, f, s))
		}
		for _, o := range oblasts {
			w.probe(mix(keyFamilyPlace, f, o))
		}
		w.probe(mix(keyFamily, f))
	}
	for _, g := range given {
		w.seekGiven(g, years, days, oblasts, siblings)
	}
	for _, o := range oblasts {
		for _, d := range days {
			w.probe(mix(keyDatePlace, d, o))
		}
		for _, s := range father {
			for _, y := range years {
				w.probe(mix(keyFatherPlace, s, o, y))
			}
		}
	}
	exactKeys(&w.q, w.probe)
}

func (w *work) seekGiven(g uint32, years, days, oblasts, siblings []uint32) {
	for _, d := range days {
		w.probe(mix(keyGivenDate, g, d))
	}
	for _, y := range years {
		w.probe(mix(keyGivenYearOnly, g, y, uint32(w.q.sex)))
		for _, o := range oblasts {
			w.probe(mix(keyGivenYear, g, y, o))
		}
		for _, s := range siblings {
			w.probe(mix(keySibling, g, s, y))
		}
	}
}

func classesIn(words []spoken) (out []uint32) {
	for _, s := range words {
		for _, c := range s.token.classes {
			if len(out) < 2*few && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func (w *work) skeletons() (out []uint32) {
	for _, s := range w.family {
		for _, k := range w.x.names[familyName].neighbours(s.token) {
			if len(out) < maxNearKeys && !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// years of birth with one more on each side, with two more, and the exact days
// with what they are if day and month were swapped.
func (w *work) years() (one, two, days []uint32) {
	for _, s := range w.born {
		from, to := yearOf(s.first), yearOf(s.last)
		if to-from > 5 {
			continue
		}
		for y := from - 2; y <= to+2; y++ {
			if !slices.Contains(two, y) {
				two = append(two, y)
			}
			if y >= from-1 && y <= to+1 && !slices.Contains(one, y) {
				one = append(one, y)
			}
		}
		if s.first == s.last {
			days = append(days, uint32(s.first))
			if other, ok := swapped(s.first); ok {
				days = append(days, uint32(other))
			}
		}
	}
	return one, two, days
}

// gather adds up, for each row, how rare the keys are that it shares with the
// question, the rarest keys first and as many rows as the bounds allow.
func (w *work) gather() {
	slices.SortFunc(w.probes, func(a, b probe) int { return cmp.Compare(a.n, b.n) })
	w.tally.reset()
	read, all := 0, math.Log2(float64(w.x.live)+1)
	for _, p := range w.probes {
		if read += p.n; read > maxRead && w.tally.n >= 100 {
			break
		}
		score := float32(max(1, all-math.Log2(float64(p.n))))
		if p.n == 1 {
			w.tally.add(p.row, score)
			continue
		}
		for _, row := range p.rows {
			w.tally.add(row, score)
		}
	}
}
