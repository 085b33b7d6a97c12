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
	maxRead      = 12_000
	maxCompared  = 3_000
	minCompared  = 1_000
	maxSkeletons = 24 // that the family names of a question may mean
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
	given, father, siblings := w.classesIn(givenName, w.given), w.classesIn(patronymicName, w.patronymic), w.classesIn(givenName, w.siblings)
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
	for _, y := range years {
		pairs(siblings, func(a, b uint32) { w.probe(mix(keySiblings, a, b, y)) })
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

// classesIn are the classes of the words of a question; of a word that no table
// knows, also those of words that it may be a slip of.
func (w *work) classesIn(f field, words []spoken) (out []uint32) {
	take := func(t *token) {
		for _, c := range t.classes {
			if len(out) < 2*few && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	for i := range words {
		t := &words[i].token
		take(t)
		if t.isGuess || t.classes[0]&unlisted != 0 {
			for _, o := range w.x.names[f].alike(t) {
				take(o)
			}
		}
	}
	return out
}

// skeletons of the family names of a question, and of those that it may be a slip of.
func (w *work) skeletons() (out []uint32) {
	for i := range w.family {
		t := &w.family[i].token
		out = addUpTo(out, t.skel)
		for _, o := range w.x.names[familyName].alike(t) {
			out = addUpTo(out, o.skel)
		}
	}
	return out
}

func addUpTo(to []uint32, v uint32) []uint32 {
	if len(to) == maxSkeletons || slices.Contains(to, v) {
		return to
	}
	return append(to, v)
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
	slices.SortStableFunc(w.probes, func(a, b probe) int { return cmp.Compare(a.n, b.n) })
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
